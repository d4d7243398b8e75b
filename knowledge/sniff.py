"""What a file really is, by its first bytes, and whether its name says the same."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from pathlib import Path

from knowledge.documents import FileKind, Problem
from knowledge.encodings import UnreadableText, decode

_HEIC = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"hevx")
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_EXTENSIONS: dict[str, FileKind] = {
    "pdf": "pdf",
    "jpg": "image",
    "jpeg": "image",
    "png": "image",
    "webp": "image",
    "docx": "docx",
    "html": "html",
    "htm": "html",
    "md": "markdown",
    "markdown": "markdown",
    "txt": "text",
    "ofd": "ofd",
}
_HTML = re.compile(rb"^\s*(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|script|iframe)\b", re.I | re.S)
_XHTML = re.compile(rb"^\s*<\?xml[^>]*>\s*(<!--.*?-->\s*)?<(!doctype\s+html|html)\b", re.I | re.S)
_TAG = re.compile(rb"</?(p|div|table|span|h[1-6]|ul|ol|section|article|br|meta|title)\b", re.I)
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SVG = re.compile(rb"<(svg|\?xml|!doctype\s+svg)\b", re.I)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class Refused(Exception):
    """The file will not be read, for the reason named."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.detail = detail
        """What exactly and where, in Chinese."""


def extension(filename: str) -> str:
    """The last extension in small letters, control and direction characters of the name aside."""
    clean = "".join(c for c in filename if unicodedata.category(c) not in ("Cc", "Cf"))
    return clean.rsplit(".", 1)[-1].strip().lower() if "." in clean else ""


def sniff(path: Path, filename: str) -> FileKind:
    """The kind of the content; raises `Refused` when it is not one we read or the name claims another kind."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise Refused("empty")
    said, kind = _EXTENSIONS.get(extension(filename)), _content(path, head)
    if kind == "text" and (said in ("markdown", "text") or (said == "html" and _TAG.search(head))):
        return said
    if said and said != kind:
        raise Refused("disguised")
    return kind


def _content(path: Path, head: bytes) -> FileKind:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if start.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return "image"
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC:
        raise Refused("heic")
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if _HTML.match(start) or _XHTML.match(start):
        return "html"
    if head.startswith(_OLD_WORD):
        raise Refused("unsupported", "旧版 Office 文件，请另存为 DOCX 或 PDF")
    if b"\x00" in head and (text := _wide_text(head)):
        return "html" if _HTML.match(text) or _XHTML.match(text) else "text"
    if _SVG.search(start[:512]) or _BINARY.search(head):
        raise Refused("unsupported")
    return "text"


def _wide_text(head: bytes) -> bytes:
    """The start of a text in UTF-16 or UTF-32, as UTF-8; empty when it is none."""
    try:
        text, encoding = decode(head[: len(head) // 4 * 4])
    except UnreadableText:
        return b""
    return text.encode() if encoding.startswith("utf-") and not _BINARY.search(text.encode()) else b""


def _zipped(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.NameToInfo
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("corrupt") from error
    if "word/document.xml" in names:
        return "docx"
    if "OFD.xml" in names:
        return "ofd"
    raise Refused("unsupported")
