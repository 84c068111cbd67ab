"""A DOM as XML text, with nothing lost that XML can say.

The writer of the standard library leaves tabs and line ends in attributes as they are before
Python 3.13, and a reader then takes them for blanks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.dom.minidom import CDATASection, Comment, Document, Element, Node, ProcessingInstruction
from xml.dom.minidom import Text as TextNode

_IN_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_IN_ATTRIBUTE: Final = _IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#x9;", "\n": "&#xA;"})


class NotWritable(ValueError):
    """A packet cannot be changed; its text says why."""


def markup(document: Document) -> str:
    """The document as text, to be encoded as UTF-8."""
    begin = '<?xml version="1.0" encoding="UTF-8"?>\n' if document.version else ""
    lines = ("".join(_pieces(node)) for node in document.childNodes)
    return begin + "".join(f"{line}\n" for line in lines)


def _pieces(node: Node) -> Iterator[str]:
    if isinstance(node, Element):
        yield from _element(node)
    elif isinstance(node, CDATASection):
        yield f"<![CDATA[{node.data}]]>"
    elif isinstance(node, TextNode):
        yield node.data.translate(_IN_TEXT)
    elif isinstance(node, Comment):
        yield f"<!--{node.data}-->"
    elif isinstance(node, ProcessingInstruction):
        yield f"<?{node.target} {node.data}?>"
    else:
        raise NotWritable(f"it holds a node of an unknown kind ({node.nodeName})")


def _element(node: Element) -> Iterator[str]:
    yield f"<{node.tagName}"
    for name, value in node.attributes.items():
        yield f' {name}="{value.translate(_IN_ATTRIBUTE)}"'
    if not node.childNodes:
        yield "/>"
        return
    yield ">"
    for child in node.childNodes:
        yield from _pieces(child)
    yield f"</{node.tagName}>"
