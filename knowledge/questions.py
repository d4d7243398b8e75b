"""Questions people ask, by the article that answers them: how everyday words find words of law.

`questions/<title>.tsv` has one line an article: key of its text, its number (for readers of the file), questions
separated by `|`. The key is the text's own: a changed article loses its old questions, an unchanged one keeps them in
any version. Questions help to find a passage; they are never shown as law and never cited.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).with_name("questions")
_SPACE = re.compile(r"\s+")


def text_key(text: str) -> str:
    """Key of a passage's words, white space aside: 12 hexadecimal digits."""
    return hashlib.sha256(_SPACE.sub("", text).encode()).hexdigest()[:12]


def questions_for(text: str) -> tuple[str, ...]:
    """Questions that the passage with these words answers; none when nobody wrote any."""
    return _shipped().get(text_key(text), ())


@lru_cache(maxsize=1)
def _shipped() -> dict[str, tuple[str, ...]]:
    return {key: asked for file in sorted(FOLDER.glob("*.tsv")) for key, asked in read(file)}


@lru_cache(maxsize=1)
def shipped_version() -> str:
    """Changes with the shipped questions."""
    files = sorted(FOLDER.glob("*.tsv"))
    return hashlib.sha256(b"".join(f.name.encode() + f.read_bytes() for f in files)).hexdigest()[:12]


def read(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(key, questions) of each line of a file; raises ValueError at a line of another shape."""
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        parts = line.split("\t")
        if len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{12}", parts[0]):
            raise ValueError(f"wanted key, article and questions in {file.name} line {number}, got {line[:60]!r}")
        yield parts[0], tuple(q for q in parts[2].split("|") if q)
