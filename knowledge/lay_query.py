"""A small map that moves the vector of a lay question towards the articles that answer such questions.

The embedder has never seen lay questions beside articles of law. One matrix, trained on our own questions
(`python -m knowledge.tune`), teaches the question's side what it lacks; the articles' vectors stay as they are, so a
new map needs no new index. Laws left out of the training gain too, which is why it is kept (`docs/measured.md`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
FILE = Path(__file__).with_name("lay_query.npz")
EMBEDDER = "embedded:e5-small"
"""The map fits the vectors of this embedder and of no other."""


@dataclass(frozen=True)
class LayQuery:
    """`q + q·Wᵀ + b`, made of length 1 again; `weights` (size, size), `bias` (size,)."""

    weights: Matrix
    bias: Matrix

    def __call__(self, vectors: Matrix) -> Matrix:
        """Vectors of questions, shape (texts, size), moved."""
        moved = vectors + vectors @ self.weights.T + self.bias
        out: Matrix = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
        return out

    def save(self, file: Path) -> None:
        """Writes half-precision numbers, nothing else."""
        np.savez_compressed(file, weights=self.weights.astype(np.float16), bias=self.bias.astype(np.float16))


@lru_cache(maxsize=1)
def shipped(file: Path = FILE) -> LayQuery:
    """The map that comes with the product; raises ValueError when the file is not such a map."""
    try:
        with np.load(file, allow_pickle=False) as found:
            weights, bias = found["weights"].astype(np.float32), found["bias"].astype(np.float32)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as problem:
        raise ValueError(f"wanted weights and bias in {file.name}, got {problem}") from problem
    if weights.shape != (bias.size, bias.size) or not np.isfinite(weights).all() or not np.isfinite(bias).all():
        raise ValueError(f"wanted a square of finite numbers in {file.name}, got {weights.shape} and {bias.shape}")
    return LayQuery(weights, bias)


@lru_cache(maxsize=1)
def version(embedder: str) -> str:
    """Changes with the map; empty for an embedder that has none."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:12] if embedder == EMBEDDER else ""
