"""Text of a policy document, whichever kind of file it is; extraction is done once per content and kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from knowledge.documents import PROBLEMS, Limits, Line, ReadPage, read_document
from knowledge.passages import UnreadableText, read_text

PLAIN = (".md", ".txt")
MAX_BYTES = 40 * 1024 * 1024
LIMITS = Limits(bytes=MAX_BYTES, pages=500, seconds=120.0)
_PAGE_NUMBER = re.compile(
    r"^[\s\-—–·.]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[\s\-—–·.]*$"
)
_STARTS = re.compile(
    r"^(?:第[零〇一二两三四五六七八九十百千\d]+[编章节条]|[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+、|#)"
)


class Unreadable(ValueError):
    """No text could be had from the file; the message tells the operator why, in Chinese."""


def text_of(path: Path, sha256: str, cache: Path) -> str:
    """Text of the file, paragraphs on lines of their own; what was extracted is kept in `cache` by the file's hash."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"文件超过{MAX_BYTES // 1024 // 1024}MB")
    if path.suffix.lower() in PLAIN:
        try:
            return read_text(path)
        except UnreadableText as problem:
            raise Unreadable("看不出文字的编码") from problem
    kept = cache / f"{sha256}.txt"
    if kept.is_file():
        return kept.read_text("utf-8")
    text = _extracted(path)
    cache.mkdir(parents=True, exist_ok=True)
    kept.write_text(text, "utf-8")
    return text


def _extracted(path: Path) -> str:
    document = read_document(path, path.name, LIMITS)
    if document.problem:
        raise Unreadable(PROBLEMS[document.problem])
    text = "\n".join(paragraphs(document.pages))
    if not text.strip():
        raise Unreadable("没有读到文字")
    return text


def paragraphs(pages: tuple[ReadPage, ...]) -> list[str]:
    """Paragraphs of printed pages: wrapped lines joined, also over page breaks; page numbers and running heads gone.

    A line is wrapped when it reaches the right edge of the text and the next one starts neither a unit nor a paragraph.
    Without boxes every line is a paragraph.
    """
    out: list[str] = []
    open_end = False
    for line, left, right in _body_lines(pages):
        words = line.text.strip()
        if line.box is None:
            out.append(words)
            continue
        indented = line.box[0] > left + 0.02
        if out and open_end and not indented and not _STARTS.match(words):
            out[-1] += words
        else:
            out.append(words)
        open_end = line.box[2] > right - 0.04
    return out


def _body_lines(pages: tuple[ReadPage, ...]) -> Iterator[tuple[Line, float, float]]:
    """Lines with the left and right edge of their page's text."""
    first_last = [text for page in pages for text in {_plain(line) for line in (*page.lines[:1], *page.lines[-1:])}]
    running = {text for text, times in Counter(first_last).items() if times >= 3}
    for page in pages:
        boxes = [line.box for line in page.lines if line.box]
        left, right = min((b[0] for b in boxes), default=0.0), max((b[2] for b in boxes), default=1.0)
        for line in page.lines:
            if line.text.strip() and not _PAGE_NUMBER.match(line.text) and _plain(line) not in running:
                yield line, left, right


def _plain(line: Line) -> str:
    return re.sub(r"[\d\s]", "", line.text)
