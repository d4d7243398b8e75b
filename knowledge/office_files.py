"""DOCX, HTML, Markdown and plain text: one page of lines without boxes, styled-away words kept apart."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup, Tag
from charset_normalizer import from_bytes
from defusedxml.ElementTree import fromstring

from knowledge.documents import FileKind, HiddenText, Line, ReadDocument, ReadPage
from knowledge.sniff import Refused

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MOST_ENTRIES = 2000
_MOST_XML = 30 * 1024 * 1024
_MOST_TOTAL = 200 * 1024 * 1024
_MOST_RATIO = 200
_TINY_HALF_POINTS = 6
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(\.0\d*)?\s*(;|$)|"
    r"(?<!-)color\s*:\s*(#fff(fff)?\b|white\b)",
    re.I,
)
_BLOCKS = ["p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "br", "section", "article", "table", "title"]


def _document(kind: FileKind, name: str, lines: list[str], hidden: list[HiddenText]) -> ReadDocument:
    clean = [_visible(line, hidden) for line in lines]
    page = ReadPage(number=1, lines=tuple(Line(text=line) for line in clean if line.strip()), hidden=tuple(hidden))
    if not page.lines and not hidden:
        raise Refused("empty")
    return ReadDocument(kind=kind, filename=name, pages=(page,))


def _visible(line: str, hidden: list[HiddenText]) -> str:
    """The line without characters that draw nothing; words spelled with tag characters are kept as hidden."""
    tags = "".join(chr(ord(c) - 0xE0000) for c in line if 0xE0020 <= ord(c) <= 0xE007E)
    if tags.strip():
        hidden.append(HiddenText(how="zero_width", text=tags))
    kept = "".join(c for c in line if c == "\t" or unicodedata.category(c) not in ("Cf", "Cc", "Co", "Cn"))
    return kept.rstrip()


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(raw, cp_isolation=["gb18030", "big5", "utf_16"]).best()
        if best is None:
            raise Refused("corrupt") from None
        return str(best)


def read_plain(kind: FileKind) -> Callable[[Path, str, Budget], ReadDocument]:
    """A reader of text whose lines are shown as they are."""

    def read(path: Path, name: str, budget: Budget) -> ReadDocument:
        return _document(kind, name, _decoded(path).splitlines(), [])

    return read


def read_html(path: Path, name: str, budget: Budget) -> ReadDocument:
    """The words of a web page; scripts and styles are dropped, hidden elements kept apart."""
    soup = BeautifulSoup(_decoded(path), "html.parser")
    for tag in soup(["script", "style", "noscript", "template", "head"]):
        tag.decompose()
    hidden: list[HiddenText] = []
    for tag in soup.select("[hidden]") + list(soup.find_all(style=_HIDING)):
        if isinstance(tag, Tag) and not tag.decomposed:
            words = tag.get_text(" ", strip=True)
            if words:
                hidden.append(HiddenText(how="styled", text=words[:2000]))
            tag.decompose()
    for tag in soup.find_all(_BLOCKS):
        tag.append("\n")
    for tag in soup.find_all(["td", "th"]):
        tag.append("\t")
    return _document("html", name, [" ".join(line.split(" ")) for line in soup.get_text().splitlines()], hidden)


def read_docx(path: Path, name: str, budget: Budget) -> ReadDocument:
    """Paragraphs and table cells in order; a table row gives one line a cell."""
    body = fromstring(_safe_xml(path, "word/document.xml")).find(f"{_W}body")
    hidden: list[HiddenText] = []
    lines = [] if body is None else [line for p in body.iter(f"{_W}p") for line in _paragraph(p, hidden)]
    return _document("docx", name, lines, hidden)


def _safe_xml(path: Path, member: str) -> bytes:
    """One member of an archive that is no bomb; raises `Refused`."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            total = sum(i.file_size for i in infos)
            packed = sum(i.compress_size for i in infos) or 1
            if len(infos) > _MOST_ENTRIES or total > _MOST_TOTAL or total / packed > _MOST_RATIO:
                raise Refused("too_large")
            with archive.open(member) as file:
                xml = file.read(_MOST_XML + 1)
    except (zipfile.BadZipFile, KeyError, RuntimeError) as error:
        raise Refused("corrupt") from error
    if len(xml) > _MOST_XML:
        raise Refused("too_large")
    return xml


def _paragraph(paragraph: Any, hidden: list[HiddenText]) -> list[str]:
    shown: list[str] = []
    unseen: list[str] = []
    for run in paragraph.iter(f"{_W}r"):
        words = "".join(_run_words(run))
        (unseen if _styled_away(run) else shown).append(words)
    if "".join(unseen).strip():
        hidden.append(HiddenText(how="styled", text="".join(unseen).strip()[:2000]))
    return "".join(shown).split("\n")


def _run_words(run: Any) -> list[str]:
    signs = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
    return [part.text or "" if part.tag == f"{_W}t" else signs.get(part.tag, "") for part in run]


def _styled_away(run: Any) -> bool:
    """Hidden, white or tiny by its own style."""
    style = run.find(f"{_W}rPr")
    if style is None:
        return False
    vanish, colour, size = (style.find(f"{_W}{n}") for n in ("vanish", "color", "sz"))
    off = vanish is not None and vanish.get(f"{_W}val") not in ("0", "false")
    white = colour is not None and (colour.get(f"{_W}val") or "").upper() == "FFFFFF"
    points = size.get(f"{_W}val", "") if size is not None else ""
    return off or white or (points.isdigit() and int(points) <= _TINY_HALF_POINTS)


READERS: dict[FileKind, Callable[[Path, str, Budget], ReadDocument]] = {
    "docx": read_docx,
    "html": read_html,
    "markdown": read_plain("markdown"),
    "text": read_plain("text"),
}
