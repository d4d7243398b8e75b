"""`python -m knowledge stages`: what each stage of the search is worth, and the usual recipe beside it, in one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import faiss

from knowledge.citation import Passage
from knowledge.embedder import Embedder, OnnxE5, converted, open_embedder
from knowledge.findings import by_document
from knowledge.fusion import Weights
from knowledge.lay_query import EMBEDDER
from knowledge.library import Library
from knowledge.measure import measure, read_questions
from prompts.settings import Settings

DEPTH = 50
CHUNK, OVERLAP = 500, 50
"""The recipe that most tutorials give."""
ENOUGH = 30
"""A chunk counts as an article when it holds so many of its characters: lenient to the recipe."""
_PLAIN = Weights(said_words=0.0, said_meaning=0.0, legal=0.0)


@dataclass(frozen=True)
class Stage:
    """One way to search; `mapped`: the vectors of questions go through the map of lay questions."""

    name: str
    weights: Weights
    mapped: bool = False


STAGES = (
    Stage("BM25 alone", replace(_PLAIN, meaning=0.0)),
    Stage("vectors alone", replace(_PLAIN, words=0.0)),
    Stage("fusion", _PLAIN),
    Stage("+ lay and legal words", replace(Weights(), said_words=0.0, said_meaning=0.0)),
    Stage("+ tuned embedder", replace(Weights(), said_words=0.0, said_meaning=0.0), mapped=True),
    Stage("+ lay questions (all)", Weights(), mapped=True),
    Stage("all, no lay and legal words", replace(Weights(), legal=0.0), mapped=True),
    Stage("all, no tuned embedder", Weights()),
    Stage("all, vectors alone", replace(Weights(), words=0.0), mapped=True),
    Stage("all, BM25 alone", replace(Weights(), meaning=0.0), mapped=True),
)
"""Each adds to the one before it up to all of them; then all of them without one."""


def table(settings: Settings, files: Sequence[Path]) -> Iterator[str]:
    """One line a question file and stage; the library of `settings` is brought up to date first.

    `Stage.mapped` off takes the map from the question alone: lay questions in the index keep theirs.
    """
    mapped, unmapped = Library(settings), Library(settings, embedder=lambda: _plain(settings))
    for library in (mapped, unmapped):
        library.refresh()
        library.vectorise()
    day = settings.day()
    in_force = [p for p in mapped.passages() if p.in_force(day)]
    recipe = Recipe(in_force, _plain(settings)) if mapped.status().vectors_ready else None
    for file in files:
        questions = read_questions(file, in_force)
        if recipe is not None:
            yield measure(questions, recipe.search).line(f"{file.stem:<16} {CHUNK}/{OVERLAP} splitter, flat FAISS")
        for stage in STAGES:
            library = mapped if stage.mapped else unmapped
            search = partial(_search, library, stage.weights)
            yield measure(questions, search).line(f"{file.stem:<16} {stage.name}")


def _plain(settings: Settings) -> Embedder:
    """The embedder without the map; raises EmbedderError."""
    return OnnxE5(converted(settings.models_folder)) if settings.embedder == EMBEDDER else open_embedder(settings)


def _search(library: Library, weights: Weights, text: str, on: date | None) -> list[list[Passage]]:
    return [[hit.passage] for hit in library.search(text, DEPTH, on, weights=weights)]


class Recipe:
    """A recursive splitter, a flat index and the same embedder, over each document's text in force."""

    def __init__(self, in_force: Sequence[Passage], embedder: Embedder) -> None:
        from langchain_text_splitters import RecursiveCharacterTextSplitter  # only for this comparison

        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True)
        texts: list[str] = []
        self._holds: list[list[Passage]] = []
        for passages in by_document(in_force).values():
            whole, starts = _joined(passages)
            for chunk in splitter.create_documents([whole]):
                first = int(chunk.metadata["start_index"])
                texts.append(chunk.page_content)
                self._holds.append(_within(passages, starts, first, first + len(chunk.page_content)))
        self._embedder = embedder
        vectors = embedder.passages(texts)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, text: str, on: date | None) -> list[list[Passage]]:
        """What the nearest chunks hold."""
        _, rows = self._index.search(self._embedder.queries([text]), DEPTH)
        return [self._holds[row] for row in rows[0]]


def _joined(passages: Sequence[Passage]) -> tuple[str, list[int]]:
    """The document's text and where each passage begins in it."""
    starts, text = [], passages[0].document
    for passage in passages:
        starts.append(len(text) + 1)
        text += "\n" + passage.text
    return text, starts


def _within(passages: Sequence[Passage], starts: Sequence[int], first: int, end: int) -> list[Passage]:
    """Passages of which the chunk holds at least `ENOUGH` characters, or all."""
    inside = (min(end, at + len(p.text)) - max(first, at) for p, at in zip(passages, starts, strict=True))
    return [p for p, n in zip(passages, inside, strict=True) if n >= min(ENOUGH, len(p.text))]
