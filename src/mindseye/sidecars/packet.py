"""An XMP packet that can be changed: some properties are set, all the rest stays as it was.

Elements, attributes, comments, processing instructions and prefixes that are not ours are written
as they were read. What may be lost is their layout between the angle brackets, and padding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.dom.minidom import Attr, Document, Element, Node, Text
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from defusedxml.minidom import parseString

from mindseye.media.readers.xmp import trimmed
from mindseye.sidecars.markup import NotWritable, markup

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_XMLNS: Final = "http://www.w3.org/2000/xmlns/"
_META: Final = "adobe:ns:meta/"

NAMESPACES: Final = {
    "exif": "http://ns.adobe.com/exif/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "MicrosoftPhoto": "http://ns.microsoft.com/photo/1.0/",
}
"""Prefix by which a property is named here -> its namespace."""

_EMPTY: Final = f"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="{_META}" x:xmptk="Mindseye">
 <rdf:RDF xmlns:rdf="{RDF}">
  <rdf:Description rdf:about="">
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
""".encode()

_MOST_TAGS: Final = 300_000
"""More angle brackets than any photo manager writes: their tree would take a gigabyte."""

_DEEPEST: Final = 100
"""Elements inside each other; those of XMP are a dozen deep."""

_DEFAULT: Final = "x-default"
"""The language of a text for readers of any."""


class Packet:
    """The properties of a photo in a packet, by prefixed name such as "dc:subject"."""

    def __init__(self, data: bytes = _EMPTY) -> None:
        """The packet in these bytes; raises `NotWritable` where they are not XMP, or hostile."""
        data = trimmed(data)
        if data.count(b"<") > _MOST_TAGS:
            raise NotWritable(f"it has more than {_MOST_TAGS:,} tags")
        try:
            self._document: Document = parseString(data, forbid_dtd=True)
        except DefusedXmlException as error:
            raise NotWritable("it declares a document type, which XMP never does") from error
        except (ExpatError, ValueError, LookupError) as error:
            raise NotWritable(f"it is not XML: {error}") from error
        _check_depth(self._document)
        self._descriptions = list(_descriptions(self._document))
        if not self._descriptions:
            raise NotWritable("it is XML without a description of a photo (rdf:Description)")

    def to_bytes(self) -> bytes:
        """The packet as UTF-8."""
        return markup(self._document).encode()

    def values(self, name: str) -> list[str]:
        """The values of a property as they are written, all items of a list; empty without it."""
        return [value for _, found in self._found(name) for value in _values(found)]

    def set_text(self, name: str, text: str | None) -> bool:
        """Let a property have this value, or be gone with None; tells whether it was another."""
        if self.values(name) == ([] if text is None else [text]):
            return False
        self._remove(name)
        if text is not None:
            self._add(name).appendChild(self._document.createTextNode(text))
        return True

    def set_texts(self, texts: Mapping[str, str | None]) -> bool:
        """Do so for each of these properties; tells whether any of them was another."""
        return bool([name for name, text in texts.items() if self.set_text(name, text)])

    def set_bag(self, name: str, words: Sequence[str]) -> bool:
        """Let a property be a list of these words, or be gone; tells whether it was another."""
        if self.values(name) == list(words):
            return False
        self._remove(name)
        if words:
            self._fill(self._add(name), "Bag", [(word, None) for word in words])
        return True

    def set_default(self, name: str, text: str | None) -> bool:
        """Let a property say this to readers of any language; tells whether it said another.

        What it says in other languages stays, unless it was the same as what it said to all (XMP
        Specification, part 1, 8.2.2.4). With None all of it is gone.
        """
        before = [entry for _, found in self._found(name) for entry in _in_languages(found)]
        default = next((said for said, tag in before if tag == _DEFAULT), None)
        if default is None and before:
            default = before[0][0]
        if default == text:
            return False
        self._remove(name)
        if text is not None:
            others = [(said, tag) for said, tag in before if tag and said != default]
            others = [(said, tag) for said, tag in others if tag != _DEFAULT]
            self._fill(self._add(name), "Alt", [(text, _DEFAULT), *others])
        return True

    def _found(self, name: str) -> Iterator[tuple[Element, Element | Attr]]:
        """Where a property is said: a description, and an attribute or an element in it."""
        prefix, _, local = name.partition(":")
        wanted = (NAMESPACES[prefix].rstrip("/"), local)
        for description in self._descriptions:
            for attribute in list(description.attributes.values()):
                if _name(attribute) == wanted:
                    yield description, attribute
            for child in list(description.childNodes):
                if isinstance(child, Element) and _name(child) == wanted:
                    yield description, child

    def _remove(self, name: str) -> None:
        for description, found in list(self._found(name)):
            if isinstance(found, Attr):
                description.removeAttributeNode(found)
                continue
            indent = found.previousSibling
            if isinstance(indent, Text) and not indent.data.strip():
                description.removeChild(indent)
            description.removeChild(found)

    def _add(self, name: str) -> Element:
        """A new element for a property, at the end of the first description."""
        prefix, _, local = name.partition(":")
        parent = self._descriptions[0]
        used = _prefix_in(parent, prefix, NAMESPACES[prefix])
        made = self._document.createElementNS(NAMESPACES[prefix], f"{used}:{local}")
        last = parent.lastChild
        before = last if isinstance(last, Text) and not last.data.strip() else None
        parent.insertBefore(self._document.createTextNode("\n   "), before)
        parent.insertBefore(made, before)
        return made

    def _fill(self, element: Element, kind: str, items: Sequence[tuple[str, str | None]]) -> None:
        """Put a list of this kind into a property: its items, each with its language."""
        rdf = _prefix_in(self._descriptions[0], "rdf", RDF)
        held = self._document.createElementNS(RDF, f"{rdf}:{kind}")
        element.appendChild(held)
        for text, language in items:
            item = self._document.createElementNS(RDF, f"{rdf}:li")
            if language is not None:
                item.setAttributeNS(_XML, "xml:lang", language)
            item.appendChild(self._document.createTextNode(text))
            held.appendChild(item)


def _check_depth(document: Document) -> None:
    """Raise `NotWritable` for a document that nests so deep that walking it would end badly."""
    level: list[Node] = [document]
    for _ in range(_DEEPEST + 1):
        level = [child for node in level for child in node.childNodes]
    if level:
        raise NotWritable(f"it nests deeper than {_DEEPEST} elements")


def _descriptions(document: Document) -> Iterator[Element]:
    for rdf in document.getElementsByTagNameNS(RDF, "RDF"):
        for child in rdf.childNodes:
            if isinstance(child, Element) and _name(child) == (RDF, "Description"):
                yield child


def _name(node: Element | Attr) -> tuple[str, str]:
    """Namespace (some writers leave its last slash off) and local name."""
    return (node.namespaceURI or "").rstrip("/"), node.localName or ""


def _values(found: Element | Attr) -> list[str]:
    if isinstance(found, Attr):
        return [found.value]
    items = found.getElementsByTagNameNS(RDF, "li")
    texts = [_text(item) for item in items] if items else [_text(found)]
    return [text for text in texts if text.strip()]


def _in_languages(found: Element | Attr) -> list[tuple[str, str]]:
    """The texts of a property with their languages, "" where none is given."""
    if isinstance(found, Attr):
        return [(found.value, "")]
    items = found.getElementsByTagNameNS(RDF, "li")
    if not items:
        return [(text, "") for text in _values(found)]
    return [(_text(item), item.getAttributeNS(_XML, "lang")) for item in items]


def _text(element: Element) -> str:
    return "".join(child.data for child in element.childNodes if isinstance(child, Text))


def _prefix_in(element: Element, wanted: str, uri: str) -> str:
    """A prefix that means a namespace in an element, declared there where none did before."""
    taken: dict[str, str] = {}
    node: Node | None = element
    while isinstance(node, Element):
        for attribute in node.attributes.values():
            if attribute.namespaceURI == _XMLNS and attribute.prefix:
                taken.setdefault(attribute.localName, attribute.value)
        node = node.parentNode
    known = [prefix for prefix, meant in taken.items() if meant == uri]
    if known:
        return wanted if wanted in known else known[0]
    prefix, number = wanted, 1
    while prefix in taken:
        number += 1
        prefix = f"{wanted}{number}"
    element.setAttributeNS(_XMLNS, f"xmlns:{prefix}", uri)
    return prefix
