"""What an index of passages does, whichever store it is kept in: exact citations, words and meaning, fused.

`local_index.LocalIndex` keeps it in files of the data folder. It is a product of the documents: delete it and it is
built again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.citation import Passage
from knowledge.fusion import MEANING_WEIGHT, WORDS_WEIGHT, Lists, Ranking, Weights
from knowledge.passages import pieces

__all__ = [
    "DEPTH",
    "GUIDE",
    "MEANING_WEIGHT",
    "WORDS_WEIGHT",
    "Counts",
    "Document",
    "Hit",
    "IndexRefused",
    "Matrix",
    "PassageIndex",
    "Weights",
    "entry_text",
    "hits_of",
    "saying_texts",
    "text_key",
    "vector_texts",
]

Matrix = NDArray[np.float32]
"""One vector of length 1 a row."""
GUIDE = "指南"
DEPTH = 100
"""How far down each list is read."""


class IndexRefused(ValueError):
    """The files hold no index that may be used: damaged, of another format or of another embedder."""


@dataclass(frozen=True)
class Hit:
    """A passage found for a question; `score` is larger for better and comparable only within one search."""

    passage: Passage
    score: float
    words: float = 0.0
    """BM25 score of its text, 0 when it was not among the first hundred by words."""
    meaning: float | None = None
    """Cosine of the question and the nearest piece of its text; None when it was not among the nearest hundred."""
    said_words: float = 0.0
    """As `words`, of its sayings."""
    said_meaning: float | None = None
    """As `meaning`, of its sayings."""
    cited: bool = False
    """The question names this article."""


@dataclass(frozen=True)
class Document:
    """One version of a document as it goes into an index."""

    name: str
    """`title@version`; what is put under a name replaces what was there."""
    passages: Sequence[Passage]
    digest: str = ""
    """Changes when anything of it changes; handed back by `PassageIndex.documents`."""
    sayings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Passage id → the same rule in lay words. They help to find the passage and are never shown or cited."""


@dataclass(frozen=True)
class Counts:
    """Of living things."""

    documents: int
    passages: int
    vectorised: int
    """Passages with all their vectors."""


class PassageIndex(Protocol):
    """Safe for threads: readers see the state before a change or after it and never wait for one."""

    @property
    def counts(self) -> Counts:
        """How much is in it."""

    def documents(self) -> Mapping[str, str]:
        """Name → digest of every document."""

    def titles(self) -> Sequence[str]:
        """Titles of the documents, each once."""

    def get(self, passage_id: str) -> Passage | None:
        """The passage of that id, whatever its dates."""

    def articles(self, title: str, article: str) -> Sequence[Passage]:
        """That article in every version of a document, newest first."""

    def passages(self) -> Iterable[Passage]:
        """Every passage, whatever its dates, in the order they were put."""

    def change(self, put: Iterable[Document] = (), remove: Collection[str] = ()) -> None:
        """Adds or replaces documents and takes others out, all at once or, on an error, not at all; then durable.

        `put` is read once, one document at a time.
        """

    def wanting(self, limit: int, sayings: bool = False) -> Sequence[str]:
        """About `limit` texts without a vector, each once; those of passages with sayings come first.

        Pieces of the law or, with `sayings`, lay words, which are embedded as questions are.
        """

    def add_vectors(self, texts: Sequence[str], vectors: Matrix) -> None:
        """Keeps the vectors of what `wanting` gave, for good: the same words put back cost no embedding."""

    def search(
        self,
        queries: Sequence[str],
        vectors: Matrix | None = None,
        k: int = 10,
        on: date | None = None,
        region: str | None = None,
        weights: Weights | None = None,
    ) -> list[Hit]:
        """The best `k` passages for the first of `queries`; the others are rewordings of it.

        `vectors` has one row a query. `on`: only what is in force that day; None: whatever its dates. `region`
        (GB/T 2260): national passages and those of the place or a place around it; None: every region.
        """

    def refresh(self) -> None:
        """Takes in what another process has changed since."""

    def close(self) -> None:
        """Lets go of files and connections."""


def hits_of(found: Sequence[tuple[Passage, int, float]], lists: Lists, cited: Collection[int]) -> list[Hit]:
    """(passage, row, fused score) as hits, with what each list says of the row for the question itself."""
    words, said_words = _scores(lists.words), _scores(lists.said_words)
    meaning, said_meaning = _scores(lists.meaning), _scores(lists.said_meaning)
    return [
        Hit(
            passage,
            round(score, 6),
            words.get(row, 0.0),
            meaning.get(row),
            said_words.get(row, 0.0),
            said_meaning.get(row),
            row in cited,
        )
        for passage, row, score in found
    ]


def _scores(rankings: Sequence[Ranking]) -> dict[int, float]:
    """Row → score, of the question's own ranking."""
    return dict(rankings[0]) if rankings else {}


def entry_text(passage: Passage) -> str:
    """What the words list reads: title and headings help a question that names the matter."""
    return "\n".join([passage.document, *passage.heading, passage.text])


def vector_texts(passage: Passage) -> list[str]:
    """What is embedded of the text: each piece of the passage after its title and innermost heading."""
    where = " ".join([passage.document, *passage.heading[-1:]])
    return [f"{where} {piece}" for piece in pieces(passage.text)]


def saying_texts(sayings: Sequence[str]) -> list[str]:
    """What is embedded of the sayings: each by itself, as a question is, because a question is compared with it."""
    return list(sayings)


def text_key(text: str) -> bytes:
    """The 16 bytes under which the vector of a text is kept."""
    return hashlib.sha256(text.encode()).digest()[:16]
