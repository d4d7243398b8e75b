"""The index in files of the data folder: words and passages in tantivy, vectors in FAISS, columns in memory.

Folder: `words/` (a shelf), `vectors-EMBEDDER/texts/` and `/sayings/`, and `lock`. What is damaged, foreign or of
another format is refused and taken away: words are built from the documents again, vectors embedded again. Readers
work on a view that is replaced as a whole after each commit.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import structlog
from numpy.typing import NDArray

from knowledge.citation import Passage
from knowledge.durable import locked
from knowledge.entries import Columns, Entry
from knowledge.fusion import Lists, Ranking, fuse
from knowledge.index import (
    DEPTH,
    Counts,
    Document,
    Hit,
    IndexRefused,
    Matrix,
    Weights,
    hits_of,
    saying_texts,
    text_key,
    vector_texts,
)
from knowledge.shelf import Reader, Shelf
from knowledge.vectors import Links, Segments, Vectors, nearest
from knowledge.words import cited_articles

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Meaning:
    """One kind of vectors and what they belong to."""

    segments: Segments
    links: Links


@dataclass(frozen=True)
class _View:
    """All that a reader needs, as of one moment."""

    reader: Reader
    entries: Mapping[str, Entry]
    columns: Columns
    texts: _Meaning
    said: _Meaning
    wanting: NDArray[np.int32]
    """Rows that lack a vector of either kind."""


class LocalIndex:
    """A `PassageIndex` in `folder` or, without one, in memory.

    `embedder` names what makes the vectors, `asking` what else shapes those of questions: with another `asking` only
    the sayings are embedded anew.
    """

    def __init__(self, folder: Path | None = None, embedder: str = "", asking: str = "") -> None:
        self._lock_file = folder / "lock" if folder else None
        self._writing = threading.Lock()
        with self._alone():
            self._shelf = _shelf(folder)
            kinds = folder / f"vectors-{re.sub(r'[^A-Za-z0-9.]+', '-', embedder)}" if folder else None
            self._texts = _vectors(kinds, "texts", embedder)
            self._said = _vectors(kinds, "sayings", " ".join(filter(None, [embedder, asking])))
            reader = self._shelf.reader()
            self._view = self._viewed(reader, reader.entries())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._writing, locked(self._lock_file):
            yield

    def _viewed(self, reader: Reader, entries: Mapping[str, Entry], columns: Columns | None = None) -> _View:
        columns = columns or Columns(entries)
        texts = _Meaning(self._texts.segments, Links.of(columns.texts, self._texts.known))
        said = _Meaning(self._said.segments, Links.of(columns.said, self._said.known))
        wanting = np.union1d(texts.links.wanting(), said.links.wanting()).astype(np.int32)
        return _View(reader, entries, columns, texts, said, wanting)

    # -- looking up

    @property
    def counts(self) -> Counts:
        """How much is in it."""
        view = self._view
        return Counts(len(view.entries), len(view.columns), len(view.columns) - len(view.wanting))

    def documents(self) -> Mapping[str, str]:
        """Name → digest of every document."""
        return {name: entry.digest for name, entry in self._view.entries.items()}

    def titles(self) -> Sequence[str]:
        """Titles of the documents, each once."""
        return self._view.columns.titles

    def get(self, passage_id: str) -> Passage | None:
        """The passage of that id, whatever its dates."""
        kept = self._view.reader.by_id(passage_id)
        return kept.passage if kept else None

    def sayings(self, passage_id: str) -> list[str]:
        """What helps to find a passage in lay words."""
        kept = self._view.reader.by_id(passage_id)
        return list(kept.sayings) if kept else []

    def articles(self, title: str, article: str) -> Sequence[Passage]:
        """That article in every version of a document, newest first."""
        view = self._view
        found = (view.reader.kept(row) for row in view.reader.rows(title, article))
        return sorted((kept.passage for kept in found if kept), key=lambda p: p.version, reverse=True)

    def passages(self) -> Iterator[Passage]:
        """Every passage, whatever its dates, in the order they were put."""
        view = self._view
        found = (view.reader.kept(int(row)) for row in view.columns.rows)
        return (kept.passage for kept in found if kept)

    # -- changing

    def change(self, put: Iterable[Document] = (), remove: Collection[str] = ()) -> None:
        """Adds or replaces documents and takes others out, all at once or, on an error, not at all; then durable."""
        with self._alone():
            self._catch_up()
            view, gone = self._view, set(remove)
            reader, entries = self._shelf.change(_noted(put, gone), remove, view.columns.next_row)
            kept = {name: entry for name, entry in view.entries.items() if name not in gone}
            self._view = self._viewed(reader, kept | entries)

    def refresh(self) -> None:
        """Takes in what another process has changed since."""
        with self._alone():
            self._catch_up()

    def _catch_up(self) -> None:
        changed = [self._shelf.changed(), self._texts.reload(), self._said.reload()]
        if any(changed):
            reader = self._shelf.reader()
            self._view = self._viewed(reader, reader.entries())

    def close(self) -> None:
        """Nothing is held between changes."""

    # -- meaning

    def wanting(self, limit: int, sayings: bool = False) -> Sequence[str]:
        """About `limit` texts without a vector, each once; those of passages with sayings come first."""
        view, known = self._view, (self._said if sayings else self._texts).known
        lacking = (view.said if sayings else view.texts).links.wanting()
        first = np.intersect1d(lacking, view.columns.said.rows)
        out: dict[str, None] = {}
        for row in chain(first, np.setdiff1d(lacking, first)):
            kept = view.reader.kept(int(row))
            if kept is None:
                continue
            texts = saying_texts(kept.sayings) if sayings else vector_texts(kept.passage)
            out.update(dict.fromkeys(text for text in texts if text_key(text) not in known))
            if len(out) >= limit:
                break
        return list(out)

    def add_vectors(self, texts: Sequence[str], vectors: Matrix) -> None:
        """Keeps the vectors of what `wanting` gave, for good: the same words put back cost no embedding."""
        keys = [text_key(text) for text in texts]
        with self._alone():
            self._catch_up()
            view = self._view
            said, plain = view.columns.said.distinct, view.columns.texts.distinct
            # What belongs to nothing any more, its document having gone meanwhile, is kept for its coming back.
            for kept, wanted in (
                (self._said, [key in said for key in keys]),
                (self._texts, [key in plain or key not in said for key in keys]),
            ):
                kept.add([key for key, w in zip(keys, wanted, strict=True) if w], vectors[np.array(wanted, bool)])
            self._view = self._viewed(view.reader, view.entries, view.columns)

    # -- searching

    def search(
        self,
        queries: Sequence[str],
        vectors: Matrix | None = None,
        k: int = 10,
        on: date | None = None,
        region: str | None = None,
        weights: Weights | None = None,
    ) -> list[Hit]:
        """The best `k` passages for the first of `queries`; the others are rewordings of it."""
        view, weights = self._view, weights or Weights()
        allowed = view.columns.allowed(on, region)
        lists = _lists(view, queries, vectors, allowed, on, region, weights)
        cited = _cited(view, queries[0], allowed) if queries else []
        found = {row for rankings in vars(lists).values() for ranking in rankings for row, _ in ranking}
        guides = [row for row in found if view.columns.guide[row]]
        best = fuse(lists, weights, guides, cited)[:k]
        kept = {row: one for row, _ in best if (one := view.reader.kept(row)) is not None}
        scored = [(kept[row].passage, row, score) for row, score in best if row in kept]
        return hits_of(scored, lists, cited)


def _shelf(folder: Path | None) -> Shelf:
    if folder is None:
        return Shelf(None)
    try:
        return Shelf.open(folder / "words")
    except IndexRefused as problem:
        _log.warning("words_built_anew", reason=str(problem))
        shutil.rmtree(folder / "words")
        return Shelf(folder / "words")


def _vectors(folder: Path | None, kind: str, embedder: str) -> Vectors:
    if folder is None:
        return Vectors(None, embedder)
    try:
        return Vectors.open(folder / kind, embedder)
    except IndexRefused as problem:
        _log.warning("vectors_embedded_anew", kind=kind, reason=str(problem))
        shutil.rmtree(folder / kind)
        return Vectors(folder / kind, embedder)


def _noted(put: Iterable[Document], names: set[str]) -> Iterator[Document]:
    for document in put:
        names.add(document.name)
        yield document


def _lists(
    view: _View,
    queries: Sequence[str],
    vectors: Matrix | None,
    allowed: NDArray[np.bool_],
    on: date | None,
    region: str | None,
    weights: Weights,
) -> Lists:
    def words(field: str, share: float) -> list[Ranking]:
        if not weights.words * share or not len(view.columns):
            return []
        return [view.reader.best(q, field, on, region, weights.legal, DEPTH) for q in queries]

    def meaning(kind: _Meaning, share: float) -> list[Ranking]:
        return [] if vectors is None or not weights.meaning * share else _near(kind, vectors, allowed, DEPTH)

    return Lists(
        words=words("words", 1.0),
        said_words=words("said", weights.said_words),
        meaning=meaning(view.texts, 1.0),
        said_meaning=meaning(view.said, weights.said_meaning),
    )


def _near(kind: _Meaning, vectors: Matrix, allowed: NDArray[np.bool_], depth: int) -> list[Ranking]:
    usable = kind.links.usable(allowed, sum(len(s) for s in kind.segments))
    # Twice as many, because several of them may belong to one passage.
    found = nearest(kind.segments, vectors, usable, 2 * depth)
    return [kind.links.ranked(places, scores, allowed, depth) for places, scores in found]


def _cited(view: _View, query: str, allowed: NDArray[np.bool_]) -> list[int]:
    """Rows of the articles the question names, newest version first."""
    if "条" not in query:
        return []
    out: list[int] = []
    for title, article in cited_articles(query, view.columns.titles):
        rows = [row for row in view.reader.rows(title, article) if allowed[row]]
        kept = {row: found for row in rows if (found := view.reader.kept(row))}
        out += sorted(kept, key=lambda row: kept[row].passage.version, reverse=True)
    return out
