"""The first hits in the order a cross-encoder gives them: an option for offices with a model and a machine for it.

A cross-encoder reads question and passage together and costs a forward pass for each pair. None is shipped:
`BANCHENG_RERANKER=st:NAME_OR_PATH` names any sentence-transformers CrossEncoder with one output.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import structlog

from knowledge.index import Hit
from prompts.settings import Settings

DEPTH = 20
READ = 500
"""Characters of a passage that are read, title and headings aside."""

_log = structlog.get_logger(__name__)


class Scorer(Protocol):
    """Says how well texts answer a question."""

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """One number a text, larger for better. Raises `RerankerError`."""


class RerankerError(Exception):
    """There is no reranker to be had; the search's own order stands."""


def rerank(question: str, hits: Sequence[Hit], scorer: Scorer | None, depth: int = DEPTH) -> list[Hit]:
    """The first `depth` hits in the scorer's order, the rest after them as they were.

    Articles that the question names stay first: no likeness beats being asked for. Scores of hits are handed out again
    by place, so that they still fall. Without a scorer, or with one that fails, the hits as they were.
    """
    named = [h for h in hits if h.cited]
    others = [h for h in hits if not h.cited]
    first = others[:depth]
    if scorer is None or len(first) < 2:
        return list(hits)
    try:
        scores = scorer.scores(question, [read(h) for h in first])
    except RerankerError as problem:
        _log.warning("not_reranked", reason=str(problem))
        return list(hits)
    order = sorted(range(len(first)), key=lambda i: -scores[i])
    moved = [replace(first[i], score=place.score) for i, place in zip(order, first, strict=True)]
    return [*named, *moved, *others[depth:]]


def read(hit: Hit) -> str:
    """What the scorer reads of a hit."""
    passage = hit.passage
    return " ".join([passage.document, *passage.heading[-1:], passage.text[:READ]])


class CrossEncoderScorer:
    """A sentence-transformers CrossEncoder, loaded at the first question; safe for threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._model: Any = None
        self._failed = ""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One number a text, larger for better. Raises `RerankerError`, at once after a first failure to load."""
        with self._lock:
            self._load()
            try:
                found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
            except Exception as error:
                raise RerankerError(f"重排模型没有答复（{type(error).__name__}）") from error
        out = [float(score) for score in found.reshape(len(texts), -1)[:, 0]]
        if found.size != len(texts):
            raise RerankerError("重排模型应当只有一个输出")
        return out

    def _load(self) -> None:
        if self._failed:
            raise RerankerError(self._failed)
        if self._model is not None:
            return
        try:
            from sentence_transformers import CrossEncoder  # torch takes seconds to import and most offices never do

            self._model = CrossEncoder(self._name)
        except Exception as error:
            self._failed = f"重排模型打不开（{type(error).__name__}）"
            raise RerankerError(self._failed) from error


def open_reranker(settings: Settings) -> CrossEncoderScorer | None:
    """The reranker of the settings, not yet loaded; None when none is set. Raises ValueError for another kind."""
    if not settings.reranker:
        return None
    kind, _, name = settings.reranker.partition(":")
    if kind != "st" or not name:
        raise ValueError(f"wanted BANCHENG_RERANKER=st:NAME_OR_PATH, got {settings.reranker!r}")
    return CrossEncoderScorer(name)
