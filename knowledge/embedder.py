"""Texts to vectors of meaning. Any embedder here is a LangChain `Embeddings` with batches that return arrays."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from prompts.settings import Settings

Matrix = NDArray[np.float32]


class EmbedderError(Exception):
    """The embedder cannot be had or cannot embed; search goes on by words."""


class Embedder(Protocol):
    """Vectors of length 1, one row a text."""

    def queries(self, texts: list[str]) -> Matrix:
        """Vectors of questions, shape (texts, size)."""

    def passages(self, texts: list[str]) -> Matrix:
        """Vectors of pieces of documents, shape (texts, size)."""


def open_embedder(settings: Settings) -> Embedder:
    """The embedder that `settings.embedder` names; raises EmbedderError."""
    raise EmbedderError("not yet")
