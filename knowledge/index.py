"""Index of passages: exact citations first, then words (BM25) and meaning (FAISS) fused by reciprocal rank.

On disk it is a folder of `passages.json`, `vectors.faiss`, `vectors.json` and a manifest with their hashes, written to
a new folder and put in place whole. It is a product of the documents: delete it and it is built again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.citation import Passage
from knowledge.passages import pieces
from knowledge.vectors import Matrix, Vectors
from knowledge.words import Words, cited_articles, legal_words

FORMAT = 2
WORDS_WEIGHT, MEANING_WEIGHT, REWORDED_WEIGHT, LEGAL_WEIGHT, OFFSET = 0.4, 0.6, 0.5, 0.3, 10.0
"""Weights and offset of the fusion by reciprocal rank, from measurements on lay questions (`knowledge measure`)."""
GUIDE = "指南"
GUIDE_WEIGHT = 0.5
"""A guide restates the law in lay words and would stand before the article it restates."""
DEPTH = 100


class IndexRefused(ValueError):
    """The folder holds no index that may be used: damaged, of another format or of another embedder."""


@dataclass(frozen=True)
class Hit:
    """A passage found for a question; `score` is larger for better and comparable only within one search."""

    passage: Passage
    score: float
    words: float = 0.0
    """BM25 score, 0 when it was not among the first hundred by words."""
    meaning: float | None = None
    """Cosine of the question and the nearest piece of the passage; None when it was not among the nearest hundred."""
    cited: bool = False
    """The question names this article."""


def entry_text(passage: Passage, sayings: Sequence[str] = ()) -> str:
    """What the words index reads: title and headings help a question that names the matter."""
    return "\n".join([passage.document, *passage.heading, passage.text, *sayings])


def vector_texts(passage: Passage, sayings: Sequence[str] = ()) -> list[str]:
    """What is embedded: each piece of the passage after its title and innermost heading, and each saying by itself."""
    where = " ".join([passage.document, *passage.heading[-1:]])
    return [*(f"{where} {piece}" for piece in pieces(passage.text)), *sayings]


class Index:
    """Passages by document; not safe for threads by itself (`Library` holds the lock)."""

    def __init__(self, embedder: str = "", size: int = 384) -> None:
        self.embedder = embedder
        self._vectors = Vectors(size)
        self._words = Words()
        self._rows: list[Passage] = []
        self._of: dict[str, list[int]] = {}
        self._by_id: dict[str, int] = {}
        self._by_article: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._pending: dict[int, list[str]] = {}
        self._sayings: dict[str, list[str]] = {}
        self._alive: NDArray[np.bool_] = np.zeros(0, bool)
        self._days: NDArray[np.int32] = np.zeros((0, 2), np.int32)

    def __len__(self) -> int:
        return int(self._alive.sum())

    def documents(self) -> dict[str, list[Passage]]:
        """Living passages by document, in the order they were put."""
        return {name: [self._rows[r] for r in rows] for name, rows in self._of.items()}

    def get(self, passage_id: str) -> Passage | None:
        """The passage of that id."""
        row = self._by_id.get(passage_id)
        return self._rows[row] if row is not None else None

    def sayings(self, passage_id: str) -> list[str]:
        """What helps to find a passage in lay words."""
        return list(self._sayings.get(passage_id, ()))

    def articles(self, document: str, article: str) -> list[Passage]:
        """That article in every version of a document, newest first."""
        rows = [r for r in self._by_article.get((document, article), []) if self._alive[r]]
        return sorted((self._rows[r] for r in rows), key=lambda p: p.version, reverse=True)

    def put(
        self, document: str, passages: Sequence[Passage], sayings: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        """Adds a document or replaces all its passages; costs the document, not the library.

        `sayings`: passage id → the same rule in lay words. They help to find the passage and are never shown or cited.
        """
        self.remove(document)
        said = sayings or {}
        first = len(self._rows)
        rows = list(range(first, first + len(passages)))
        self._words.add([entry_text(p, said.get(p.id, ())) for p in passages])
        self._alive = np.concatenate([self._alive, np.ones(len(passages), bool)])
        self._days = np.concatenate([self._days, _days(passages)])
        self._rows.extend(passages)
        self._of[document] = rows
        for row, passage in zip(rows, passages, strict=True):
            self._by_id[passage.id] = row
            self._by_article[passage.document, passage.article].append(row)
            texts = vector_texts(passage, said.get(passage.id, ()))
            if said.get(passage.id):
                self._sayings[passage.id] = list(said[passage.id])
            lacking = [text for text in texts if not self._vectors.attach(row, text)]
            if lacking:
                self._pending[row] = lacking

    def remove(self, document: str) -> None:
        """Takes a document out; nothing happens when it is not there."""
        rows = self._of.pop(document, [])
        self._alive[rows] = False
        self._vectors.free(rows)
        for row in rows:
            self._pending.pop(row, None)
            if self._by_id.get(self._rows[row].id) == row:
                del self._by_id[self._rows[row].id]
                self._sayings.pop(self._rows[row].id, None)

    def redate(self, document: str, passages: Sequence[Passage]) -> None:
        """Puts new dates and successors on the passages of a document whose words are unchanged."""
        rows = self._of[document]
        for row, passage in zip(rows, passages, strict=True):
            self._rows[row] = passage
        self._days[rows] = _days(passages)

    def wanting(self, limit: int) -> list[tuple[int, str]]:
        """(row, text) of the pieces without a vector, of as many passages as give about `limit` pieces.

        Articles that a guide rests on come first: they are what people ask about.
        """
        out: list[tuple[int, str]] = []
        said = (self._by_id[name] for name in self._sayings)
        for row in dict.fromkeys(chain(said, self._pending)):
            out.extend((row, text) for text in self._pending.get(row, ()))
            if len(out) >= limit:
                break
        return out

    def add_vectors(self, wanted: Sequence[tuple[int, str]], vectors: Matrix) -> None:
        """Adds the vectors of what `wanting` gave; pieces of passages taken out meanwhile are left out."""
        keep = [i for i, (row, _) in enumerate(wanted) if row in self._pending]
        self._vectors.add([wanted[i][0] for i in keep], [wanted[i][1] for i in keep], vectors[keep])
        for i in keep:
            self._pending.pop(wanted[i][0], None)

    def vectorised(self) -> int:
        """How many living passages have all their vectors."""
        return len(self) - len(self._pending)

    def search(
        self,
        queries: Sequence[str],
        vectors: Matrix | None = None,
        k: int = 10,
        on: date | None = None,
        region: str | None = None,
        weights: tuple[float, float] = (WORDS_WEIGHT, MEANING_WEIGHT),
    ) -> list[Hit]:
        """The best `k` passages for the first of `queries`; the others are rewordings of it.

        `vectors` has one row a query; `weights` are those of words and of meaning. `on`: only what is in force that
        day; None: whatever its dates. `region` (GB/T 2260): national passages and those of the place or a place around
        it; None: every region.
        """
        allowed = self._allowed(on, region)
        words = [self._by_words(q, allowed) for q in queries]
        near = [self._vectors.nearest(v, allowed, DEPTH) for v in vectors] if vectors is not None else []
        fused: dict[int, float] = defaultdict(float)
        for weight, lists in zip(weights, (words, near), strict=True):
            for place, found in enumerate(lists if weight else []):
                for rank, (row, _) in enumerate(found, 1):
                    fused[row] += weight * (REWORDED_WEIGHT if place else 1.0) / (OFFSET + rank)
        for row in fused:
            fused[row] *= GUIDE_WEIGHT if self._rows[row].rank == GUIDE else 1.0
        cited = self._cited(queries[0], allowed) if queries else []
        fused.update((row, 2.0 - 0.01 * i) for i, row in enumerate(cited))
        best = sorted(fused, key=lambda r: (-fused[r], r))[:k]
        scores, cosines = dict(words[0]) if words else {}, dict(near[0]) if near else {}
        return [Hit(self._rows[r], round(fused[r], 6), scores.get(r, 0.0), cosines.get(r), r in cited) for r in best]

    def _allowed(self, on: date | None, region: str | None) -> NDArray[np.bool_]:
        allowed = self._alive.copy()
        if on is not None:
            day = on.toordinal()
            allowed &= (self._days[:, 0] <= day) & (day < self._days[:, 1])
        if region:
            allowed &= np.array([not p.region or region.startswith(p.region) for p in self._rows], bool)
        return allowed

    def _cited(self, query: str, allowed: NDArray[np.bool_]) -> list[int]:
        """Rows of the articles the question names, newest version first."""
        if "条" not in query:
            return []
        named = cited_articles(query, dict.fromkeys(title for title, _ in self._by_article))
        rows = [sorted(self._by_article.get(n, []), key=lambda r: self._rows[r].version, reverse=True) for n in named]
        return [row for found in rows for row in found if allowed[row]]

    def _by_words(self, query: str, allowed: NDArray[np.bool_]) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best rows by words, best first."""
        scores = self._words.scores(query, allowed)
        if legal := legal_words(query):
            scores = scores + LEGAL_WEIGHT * self._words.scores(legal, allowed)
        top = np.flatnonzero(scores)
        if len(top) > DEPTH:
            top = top[np.argpartition(-scores[top], DEPTH - 1)[:DEPTH]]
        return [(int(r), float(scores[r])) for r in top[np.lexsort((top, -scores[top]))]]

    def save(self, folder: Path) -> None:
        """Writes the index; a reader finds the old one or the new one, never half of either."""
        new, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        self._vectors.save(new)
        documents = {name: [p.model_dump(mode="json") for p in found] for name, found in self.documents().items()}
        whole = {"documents": documents, "sayings": self._sayings}
        (new / "passages.json").write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
        hashes = {f.name: _hash(f) for f in sorted(new.iterdir())}
        manifest = {"format": FORMAT, "embedder": self.embedder, "size": self._vectors.size, "files": hashes}
        (new / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
        shutil.rmtree(old, ignore_errors=True)

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Index:
        """Reads a saved index; raises IndexRefused unless it is whole and built with `embedder`."""
        try:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            _check(manifest, folder, embedder)
            out = cls(embedder, int(manifest["size"]))
            out._vectors = Vectors.load(folder, int(manifest["size"]))
            whole = json.loads((folder / "passages.json").read_text("utf-8"))
            for name, found in whole["documents"].items():
                out.put(name, [Passage.model_validate(p) for p in found], whole["sayings"])
        except (OSError, KeyError, TypeError, RuntimeError, ValueError) as problem:
            raise IndexRefused(str(problem)) from problem
        return out


def _check(manifest: dict[str, object], folder: Path, embedder: str) -> None:
    """Raises ValueError when the manifest is of another format or embedder, or a file is not the one it names."""
    if manifest.get("format") != FORMAT:
        raise ValueError(f"wanted an index of format {FORMAT}, got {manifest.get('format')}")
    if manifest.get("embedder") != embedder:
        raise ValueError(f"wanted an index built with {embedder}, got one built with {manifest.get('embedder')}")
    files = manifest.get("files")
    if not isinstance(files, dict) or {*files} != {"passages.json", "vectors.faiss", "vectors.json"}:
        raise ValueError(f"wanted the three files of an index, got {files!r}")
    for name, wanted in files.items():
        if _hash(folder / name) != wanted:
            raise ValueError(f"wanted {name} with hash {wanted}, got another")


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _days(passages: Sequence[Passage]) -> NDArray[np.int32]:
    """First day in force and first day no longer, as ordinals; open ends reach the ends of the calendar."""
    first, last = date.min.toordinal(), date.max.toordinal()
    pairs = [
        (
            p.in_force_from.toordinal() if p.in_force_from else first,
            p.in_force_to.toordinal() if p.in_force_to else last,
        )
        for p in passages
    ]
    return np.array(pairs, np.int32).reshape(-1, 2)
