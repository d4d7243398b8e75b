"""DOCX, HTML, Markdown and plain text: one page of lines without boxes, styled-away words kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge.documents import FileKind, HiddenText, Line, ReadDocument, ReadPage
from knowledge.encodings import UnreadableText, decode
from knowledge.html_words import HtmlWords
from knowledge.ofd_files import read_ofd
from knowledge.sniff import Refused
from knowledge.word_files import word_lines

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

_UNSEEN = ("Cf", "Cc", "Co", "Cn")
_DECLARED = re.compile(r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)|<\?xml[^>]{0,80}encoding=[\"']([\w-]+)", re.I)
_SAME = {"utf8": "utf-8", "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "utf-8-sig": "utf-8"}
_HTML_PIECE = 1 << 16


def _document(
    kind: FileKind,
    name: str,
    lines: list[Line],
    hidden: list[HiddenText],
    notes: tuple[str, ...] = (),
    about: dict[str, str] | None = None,
) -> ReadDocument:
    shown = tuple(seen for line in lines if (seen := _seen(line, hidden)).text.strip())
    page = ReadPage(number=1, lines=shown, hidden=tuple(hidden))
    if not page.lines and not hidden:
        raise Refused("empty")
    return ReadDocument(kind=kind, filename=name, pages=(page,), notes=notes, about=about or {})


def _seen(line: Line, hidden: list[HiddenText]) -> Line:
    words = _visible(line.text, hidden)
    return line if words == line.text else line.model_copy(update={"text": words})


def _visible(line: str, hidden: list[HiddenText]) -> str:
    """The line without characters that draw nothing; words spelled with tag characters are kept as hidden."""
    if line.isascii() and line.isprintable():
        return line.rstrip()
    tags = "".join(chr(ord(c) - 0xE0000) for c in line if 0xE0020 <= ord(c) <= 0xE007E)
    if tags.strip():
        hidden.append(HiddenText(how="zero_width", text=tags))
    kept = "".join(c for c in line if c == "\t" or unicodedata.category(c) not in _UNSEEN)
    return kept.rstrip()


def _decoded(path: Path) -> tuple[str, str]:
    try:
        return decode(path.read_bytes())
    except UnreadableText as problem:
        raise Refused("corrupt", str(problem)) from problem


def read_plain(kind: FileKind) -> Callable[[Path, str, Budget], ReadDocument]:
    """A reader of text whose lines are shown as they are."""

    def read(path: Path, name: str, budget: Budget) -> ReadDocument:
        return _document(kind, name, [Line(text=line) for line in _decoded(path)[0].splitlines()], [])

    return read


def read_html(path: Path, name: str, budget: Budget) -> ReadDocument:
    """The words of a web page; scripts and styles are dropped, hidden elements kept apart."""
    text, encoding = _decoded(path)
    words = HtmlWords()
    for start in range(0, len(text), _HTML_PIECE):
        words.feed(text[start : start + _HTML_PIECE])
    words.close()
    return _document("html", name, words.lines, words.hidden, _claims_otherwise(text, encoding), words.about)


def _claims_otherwise(text: str, encoding: str) -> tuple[str, ...]:
    """A note when the page names another encoding than the one its bytes are in."""
    found = _DECLARED.search(text[:4096])
    said = (found.group(1) or found.group(2)).lower() if found else ""
    same = _SAME.get(said, said) == _SAME.get(encoding, encoding)
    return (
        ()
        if not said or same or encoding.startswith("utf-") and said.startswith("utf")
        else (f"网页声明编码为{said}，实际为{encoding}，按实际编码读取",)
    )


def read_docx(path: Path, name: str, budget: Budget) -> ReadDocument:
    """Paragraphs and table cells in order, each paragraph of a cell a line of its own."""
    lines, hidden = word_lines(path)
    return _document("docx", name, lines, hidden)


READERS: dict[FileKind, Callable[[Path, str, Budget], ReadDocument]] = {
    "docx": read_docx,
    "html": read_html,
    "markdown": read_plain("markdown"),
    "text": read_plain("text"),
    "ofd": read_ofd,
}
