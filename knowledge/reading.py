"""Text of a policy document, whichever kind of file it is; extraction is done once per content and kept.

Every kind is taken apart in a process of its own under limits of memory, processor, time and pages. What is kept is one
line of JSON a paragraph, with the page and box of every run of characters.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from knowledge.citation import Passage, locate
from knowledge.documents import Box, HiddenText, Limits, Problem, ReadDocument, ReadPage, read_document
from knowledge.flow import Paragraph, Piece, lines_of_text, running_text
from knowledge.passages import cut
from knowledge.sandbox import Worker

READER = 2
"""Raised when the same file would give other text: what was kept by an older reader is read again."""
MAX_BYTES = 40 * 1024 * 1024
LIMITS = Limits(bytes=MAX_BYTES, pages=1000, seconds=120.0, memory_mb=1200, marks=False, ofd=True)
_IDLE_SECONDS = 120.0
NOTES_HEADING = "附注"
"""Heading under which footnotes stand after the text."""
_REASONS: dict[Problem, str] = {
    "too_large": f"文件或其内容过大（上限{MAX_BYTES // 1024 // 1024}MB，展开后占内存{LIMITS.memory_mb}MB）",
    "too_many_pages": "页数太多",
    "encrypted": "文件设有打开密码",
    "corrupt": "文件已损坏或不完整",
    "unsupported": "不支持这种文件，请另存为 PDF、DOCX、HTML、Markdown 或纯文本",
    "heic": "不支持 HEIC 照片，请另存为 JPG",
    "disguised": "文件内容与扩展名不符",
    "timeout": f"{LIMITS.seconds:.0f}秒内没有读完，已停止",
    "empty": "文件是空的",
}


class Unreadable(ValueError):
    """No text could be had from the file; the message tells the operator why and where, in Chinese."""


@dataclass(frozen=True)
class PolicyText:
    """Text of one file, paragraphs and table rows on lines of their own, and where its characters stand."""

    text: str
    kind: str = "text"
    pieces: tuple[Piece, ...] = ()
    """In the order of the text; empty for files without pages."""
    notes: tuple[str, ...] = ()
    """What the operator should know, in Chinese."""
    about: dict[str, str] = field(default_factory=dict)
    """What the file says about itself: `title`, `issued`, `issuer`."""

    def places(self, start: int, end: int) -> list[tuple[int, Box]]:
        """(page from 1, box) of every printed run of the characters `start` to `end`."""
        return [(p.page, p.part(start, end)) for p in self.pieces if p.start < end and p.end > start]


def places(kept: PolicyText, passage: Passage, quote: str | None = None) -> list[tuple[int, Box]]:
    """(page, box) of each printed run of a passage, or of `quote` in it; empty for files without pages."""
    unit = next((u for u in cut(kept.text) if u.article == passage.article), None) if kept.pieces else None
    if unit is None or unit.start < 0:
        return []
    whole = kept.text[unit.start : unit.end]
    wanted = passage.text if quote is None else quote
    # Line by line: the words of a section may go on behind a table whose rows are units of their own.
    spans = [span for line in wanted.split("\n") if (span := locate(line, whole))]
    return [at for a, b in spans for at in kept.places(unit.start + a, unit.start + b)]


def text_of(path: Path, sha256: str, cache: Path) -> str:
    """Text of the file, paragraphs on lines of their own; what was extracted is kept in `cache` by the file's hash."""
    return read_policy(path, sha256, cache).text


def read_policy(path: Path, sha256: str, cache: Path | None) -> PolicyText:
    """The file's text with places and notes, from `cache` when it was read before; raises `Unreadable`."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(f"文件有{size / 1024 / 1024:.0f}MB，超过{MAX_BYTES // 1024 // 1024}MB")
    if cache is None:
        return extract(path)
    known = _load(cache / f"{sha256}.{READER}.jsonl")
    if known is None:
        known = extract(path)
        _keep(known, cache / f"{sha256}.{READER}.jsonl")
    return known


def extract(path: Path) -> PolicyText:
    """Reads the file anew; raises `Unreadable`."""
    document = read_document(path, path.name, LIMITS, _reader())
    if document.problem:
        detail = f"（{document.detail}）" if document.detail else ""
        raise Unreadable(f"{_REASONS[document.problem]}{detail}")
    if document.kind in ("markdown", "text"):
        text = "\n".join(line.text for line in document.pages[0].lines)
        read = PolicyText(_unnumbered(text) if document.kind == "text" else text, document.kind)
    else:
        read = _put_together(document)
    if not read.text.strip():
        raise Unreadable("没有读到文字")
    return PolicyText(read.text, document.kind, read.pieces, _notes(document), document.about)


@lru_cache(maxsize=1)
def _reader() -> Worker:
    """A child for policy documents alone: applicants never wait for an operator's library."""
    return Worker("knowledge.document_reader", idle_seconds=_IDLE_SECONDS)


def _unnumbered(text: str) -> str:
    """Plain text without the page numbers that printing left in it."""
    return "\n".join(line for line in text.split("\n") if not re.fullmatch(r"\s*[-—–]\s*\d{1,4}\s*[-—–]\s*", line))


def paragraphs(pages: tuple[ReadPage, ...]) -> list[str]:
    """Paragraphs of printed pages: wrapped lines joined, also over page breaks; page numbers and running heads gone."""
    return [p.text for p in running_text(ReadDocument(pages=pages))[0]]


def _put_together(document: ReadDocument) -> PolicyText:
    body, notes = running_text(document)
    text, pieces = "", list[Piece]()
    marked = [*zip(body, lines_of_text(body), strict=True)]
    if notes and document.kind != "html":
        marked += [(Paragraph(), f"## {NOTES_HEADING}"), *((note, note.text) for note in notes)]
    for paragraph, line in marked:
        shift = len(text) + len(line) - len(paragraph.text)
        pieces += [Piece(p.start + shift, p.end + shift, p.page, p.box, p.edges) for p in paragraph.pieces]
        text += line + "\n"
    return PolicyText(text.rstrip("\n"), document.kind, tuple(pieces))


def _notes(document: ReadDocument) -> tuple[str, ...]:
    """What was read with doubt or left out, with its place."""
    out = list(document.notes)
    for page in document.pages:
        where = (
            f"第{page.number}页" if len(document.pages) > 1 or document.kind in ("pdf", "image", "ofd") else "文件里"
        )
        if not page.legible:
            out.append(f"{where}看不清，只收入认得出的文字")
        if page.hidden:
            out.append(f"{where}有看不见的文字，没有收入：{_shortened(page.hidden)}")
    if document.scanned:
        unsure = [line for page in document.pages for line in page.lines if line.conf < 0.8]
        out.append(f"是扫描件，文字由识别得来，请核对（没有把握的有{len(unsure)}行）")
    return tuple(out)


def _shortened(hidden: Sequence[HiddenText]) -> str:
    words = "".join(h.text for h in hidden)
    return f"“{words[:40]}{'…' if len(words) > 40 else ''}”"


def _keep(read: PolicyText, file: Path) -> None:
    """Writes what was read, whole or not at all; a full disk costs only reading it again."""
    lines = [json.dumps({"kind": read.kind, "notes": read.notes, "about": read.about}, ensure_ascii=False)]
    at, left = 0, list(reversed(read.pieces))
    for line in read.text.split("\n"):
        end = at + len(line)
        here = []
        while left and left[-1].start < end:
            piece = left.pop()
            sides = [round(10000 * e) for e in piece.edges]
            here.append([piece.start - at, piece.end - at, piece.page, *(round(10000 * v) for v in piece.box), sides])
        lines.append(json.dumps([line, here] if here else [line], ensure_ascii=False, separators=(",", ":")))
        at = end + 1
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.part")
        draft.write_text("\n".join(lines), "utf-8", errors="replace", newline="\n")
        draft.replace(file)
    except OSError:
        return


def _load(file: Path) -> PolicyText | None:
    """What was kept; None when there is nothing whole."""
    try:
        head, *rows = file.read_text("utf-8").split("\n")
        about = json.loads(head)
        text, pieces = list[str](), list[Piece]()
        at = 0
        for words, *found in map(json.loads, rows):
            for a, b, page, x0, y0, x1, y1, sides in found[0] if found else ():
                box = (x0 / 10000, y0 / 10000, x1 / 10000, y1 / 10000)
                pieces.append(Piece(at + a, at + b, page, box, tuple(s / 10000 for s in sides)))
            text.append(words)
            at += len(words) + 1
        return PolicyText("\n".join(text), about["kind"], tuple(pieces), tuple(about["notes"]), about["about"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
