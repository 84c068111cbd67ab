"""What is recognised in pictures besides what an encoder makes of them: the text they show."""

from __future__ import annotations

from mindseye.recognition.base import TextReader


def open_text_reader(threads: int = 0) -> TextReader:
    """The reader of text in pictures, on so many threads; 0 is one per processor.

    Its networks are loaded when the first picture is read. Raises `MissingExtra` without the
    packages of the extra `ocr`.
    """
    from mindseye.recognition.rapid import RapidReader

    return RapidReader(threads)
