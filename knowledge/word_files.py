"""Word files (DOCX): paragraphs with their automatic numbers, table rows, footnotes; hidden runs kept apart."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from defusedxml.ElementTree import fromstring

from knowledge.documents import HiddenText, Line
from knowledge.sniff import Refused
from knowledge.word_numbers import Numbering, W, read_numbering

if TYPE_CHECKING:
    from knowledge.document_reader import Budget

_MOST_ENTRIES = 2000
_MOST_XML = 30 * 1024 * 1024
_MOST_TOTAL = 200 * 1024 * 1024
_MOST_RATIO = 200
_TINY_HALF_POINTS = 6
_SIGNS = {f"{W}tab": "\t", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""The same words once more, for programs that cannot show a text box."""


def word_lines(path: Path, budget: Budget | None = None) -> tuple[list[Line], list[HiddenText]]:
    """Visible lines in order and hidden words; raises `Refused`."""
    parts = _parts(path)
    body = fromstring(parts["word/document.xml"]).find(f"{W}body")
    numbering = read_numbering(parts.get("word/numbering.xml"), parts.get("word/styles.xml"))
    reader = _Reader(numbering)
    if body is not None:
        reader.read(body)
    if notes := parts.get("word/footnotes.xml"):
        reader.read_notes(fromstring(notes))
    return reader.lines, reader.hidden


def _parts(path: Path) -> dict[str, bytes]:
    """The members that hold words, of an archive that is no bomb; raises `Refused`."""
    wanted = ("word/document.xml", "word/numbering.xml", "word/styles.xml", "word/footnotes.xml")
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            total = sum(i.file_size for i in infos)
            packed = sum(i.compress_size for i in infos) or 1
            if len(infos) > _MOST_ENTRIES or total > _MOST_TOTAL or total / packed > _MOST_RATIO:
                raise Refused("too_large", f"压缩包展开后有{total // 1024 // 1024}MB、{len(infos)}个文件")
            found = {name: _member(archive, name) for name in wanted if name in archive.NameToInfo}
    except (zipfile.BadZipFile, KeyError, RuntimeError) as error:
        raise Refused("corrupt", "压缩包已损坏") from error
    if "word/document.xml" not in found:
        raise Refused("corrupt", "压缩包里没有正文")
    return found


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as file:
        xml = file.read(_MOST_XML + 1)
    if len(xml) > _MOST_XML:
        raise Refused("too_large", f"{name} 展开后超过{_MOST_XML // 1024 // 1024}MB")
    return xml


class _Reader:
    """Collects lines while it goes through the body once."""

    def __init__(self, numbering: Numbering) -> None:
        self.lines: list[Line] = []
        self.hidden: list[HiddenText] = []
        self._numbering = numbering
        self._row = 0

    def read(self, parent: Any) -> None:
        """Paragraphs and tables under `parent`, in order."""
        for child in parent:
            if child.tag == f"{W}p":
                self.lines += self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag != _FALLBACK:
                self.read(child)  # content controls, smart tags, insertions

    def _table(self, table: Any) -> None:
        for row in _outermost(table, f"{W}tr"):
            cells = [
                [li for p in _outermost(cell, f"{W}p") for li in self._paragraph(p)]
                for cell in _outermost(row, f"{W}tc")
            ]
            filled = [c for c in cells if any(li.text.strip() for li in c)]
            for column, cell in enumerate(cells):
                at = {"row": self._row, "column": column} if len(filled) > 1 else {}
                self.lines += [line.model_copy(update=at) for line in cell]
            self._row += 1

    def read_notes(self, notes: Any) -> None:
        """Footnotes, each a line beside the running words."""
        for note in notes.iter(f"{W}footnote"):
            if note.get(f"{W}type") in (None, "normal"):
                words = " ".join(li.text for p in _outermost(note, f"{W}p") for li in self._paragraph(p)).strip()
                self.lines += [Line(text=words, aside=True)] if words else []

    def _paragraph(self, paragraph: Any) -> list[Line]:
        shown: list[str] = []
        unseen: list[str] = []
        inner: list[Any] = []
        for run in _runs(paragraph, inner):
            words = "".join(_run_words(run))
            (unseen if _styled_away(run) else shown).append(words)
        if "".join(unseen).strip():
            self.hidden.append(HiddenText(how="styled", text="".join(unseen).strip()[:2000]))
        number, level = self._numbering.of(paragraph) if "".join(shown).strip() else ("", 0)
        lines = [Line(text=words, level=level) for words in (number + "".join(shown)).split("\n")]
        return lines + [line for box in inner for line in self._paragraph(box)]


def _runs(element: Any, inner: list[Any]) -> Iterator[Any]:
    """Runs of a paragraph; paragraphs of text boxes anchored in it go to `inner`."""
    for child in element:
        if child.tag == f"{W}p":
            inner.append(child)
        elif child.tag == f"{W}r":
            yield child
            list(_runs(child, inner))  # a text box hangs in a run; its own runs belong to its own paragraphs
        elif child.tag not in (_FALLBACK, f"{W}del", f"{W}moveFrom"):
            yield from _runs(child, inner)


def _outermost(element: Any, tag: str) -> Iterator[Any]:
    """Elements of the tag under `element`, those inside another one of them aside."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag != _FALLBACK:
            yield from _outermost(child, tag)


def _run_words(run: Any) -> list[str]:
    return [part.text or "" if part.tag == f"{W}t" else _SIGNS.get(part.tag, "") for part in run]


def _styled_away(run: Any) -> bool:
    """Hidden, white or tiny by its own style."""
    style = run.find(f"{W}rPr")
    if style is None:
        return False
    vanish, colour, size = (style.find(f"{W}{n}") for n in ("vanish", "color", "sz"))
    off = vanish is not None and vanish.get(f"{W}val") not in ("0", "false")
    white = colour is not None and (colour.get(f"{W}val") or "").upper() == "FFFFFF"
    points = size.get(f"{W}val", "") if size is not None else ""
    return off or white or (points.isdigit() and int(points) <= _TINY_HALF_POINTS)
