"""How fast and how rightly documents are read, beside what a plain extraction by other libraries gives."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import pdfplumber
import pypdf

from knowledge.reading import extract
from knowledge.reading_samples import Sample, all_samples


@dataclass(frozen=True)
class Reading:
    """One reader on one file."""

    sample: str
    reader: str
    pages: int
    seconds: float
    right: float
    """Share of characters in the right order: twice the longest common subsequence by the length of both texts."""

    def line(self) -> str:
        """A row of the table."""
        speed = self.pages / self.seconds if self.seconds else 0.0
        return f"{self.sample:<14}{self.reader:<12}{self.pages:>5}{speed:>12.1f}{100 * self.right:>10.2f}"


HEAD = f"{'file':<14}{'reader':<12}{'pages':>5}{'pages/s':>12}{'right %':>10}"


def bench(scanned_pages: int = 2) -> Iterator[Reading]:
    """Every sample read by the product and, where they can, by the others; the second of two runs is timed."""
    with TemporaryDirectory() as folder:
        for sample in all_samples(Path(folder), scanned_pages):
            for name, read in _readers(sample):
                read(sample.path)
                began = time.perf_counter()
                text = read(sample.path)
                seconds = time.perf_counter() - began
                yield Reading(sample.name, name, sample.pages, seconds, share_right(sample.words, text))


def conditions() -> str:
    """Day, processors and load, for the head of the table."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
        f"Python {platform.python_version()}"
    )


def _readers(sample: Sample) -> list[tuple[str, Callable[[Path], str]]]:
    ours: tuple[str, Callable[[Path], str]] = ("bancheng", lambda path: extract(path).text)
    if sample.path.suffix == ".pdf":
        return [ours, ("pypdf", _by_pypdf), ("pdfplumber", _by_pdfplumber)]
    return [ours, ("python-docx", _by_python_docx)] if sample.path.suffix == ".docx" else [ours]


def _by_pypdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _by_pdfplumber(path: Path) -> str:
    with pdfplumber.open(path) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def _by_python_docx(path: Path) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def share_right(wanted: str, got: str) -> float:
    """0 to 1; white space, marks of headings and of cells and the added heading of footnotes do not count."""
    a, b = _bare(wanted), _bare(got)
    return 2 * _common(a, b) / (len(a) + len(b)) if a or b else 1.0


def _bare(text: str) -> str:
    return re.sub(r"[\s|#]|附注(?=\n)", "", text)


def _common(a: str, b: str) -> int:
    """Length of the longest common subsequence, a bit for every character of `a` (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for i, char in enumerate(a):
        places[char] = places.get(char, 0) | 1 << i
    mask = (1 << len(a)) - 1
    rows = mask
    for char in b:
        found = rows & places.get(char, 0)
        rows = ((rows + found) | (rows - found)) & mask
    return len(a) - rows.bit_count()
