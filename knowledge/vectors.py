"""Vectors of pieces of text in FAISS, each tied to the row of its passage, and kept by the hash of its text.

A vector whose passage was taken out stays as a cache: the same words put back cost no embedding.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
_FREE = -1


def text_key(text: str) -> str:
    """Key under which the vector of a text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Vectors:
    """Vectors of length 1 and `size` numbers; a row may have several."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._faiss: Any = faiss.IndexFlatIP(size)
        self._keys: list[str] = []
        self._place: dict[str, int] = {}
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)

    def __len__(self) -> int:
        """Vectors that belong to a passage."""
        return int((self._rows != _FREE).sum())

    def attach(self, row: int, text: str) -> bool:
        """Ties `row` to the vector of `text` when one is known; False when it must be embedded."""
        key = text_key(text)
        place = self._place.get(key)
        if place is None:
            return False
        if self._rows[place] == _FREE:
            self._rows[place] = row
        else:
            self._append([row], [key], self._faiss.reconstruct(place).reshape(1, -1))
        return True

    def add(self, rows: Sequence[int], texts: Sequence[str], vectors: Matrix) -> None:
        """Adds one vector for each (row, text)."""
        self._append(rows, [text_key(t) for t in texts], vectors)

    def _append(self, rows: Sequence[int], keys: Sequence[str], vectors: Matrix) -> None:
        self._place.update((key, len(self._keys) + i) for i, key in enumerate(keys))
        self._faiss.add(np.ascontiguousarray(vectors, np.float32))
        self._keys.extend(keys)
        self._rows = np.concatenate([self._rows, np.asarray(rows, np.int64)])

    def free(self, rows: Sequence[int]) -> None:
        """Unties rows; their vectors stay for the same words to come back."""
        self._rows[np.isin(self._rows, np.asarray(rows, np.int64))] = _FREE

    def nearest(self, vector: Matrix, allowed: NDArray[np.bool_], depth: int) -> list[tuple[int, float]]:
        """(row, cosine), best first, of the `depth` nearest allowed rows; a row counts once, by its nearest piece."""
        if not len(self._keys):
            return []
        usable = (self._rows != _FREE) & allowed[np.maximum(self._rows, 0)]
        bits = np.packbits(usable, bitorder="little")
        # The stubs of FAISS know the C++ signatures, not those of its Python wrapper.
        wrapper = cast(Any, faiss)
        chosen = wrapper.SearchParameters(sel=wrapper.IDSelectorBitmap(bits))
        scores, places = self._faiss.search(vector.reshape(1, -1), min(2 * depth, len(self._keys)), params=chosen)
        out: dict[int, float] = {}
        for score, place in zip(scores[0], places[0], strict=True):
            if place >= 0:
                out.setdefault(int(self._rows[place]), float(score))
        return list(out.items())[:depth]

    def save(self, folder: Path) -> None:
        """Writes `vectors.faiss` and `vectors.json`."""
        faiss.write_index(self._faiss, str(folder / "vectors.faiss"))
        (folder / "vectors.json").write_text(json.dumps(self._keys), "utf-8")

    @classmethod
    def load(cls, folder: Path, size: int) -> Vectors:
        """Reads what `save` wrote, every vector free; raises ValueError when the two files disagree."""
        out = cls(size)
        out._faiss = faiss.read_index(str(folder / "vectors.faiss"))
        out._keys = [str(k) for k in json.loads((folder / "vectors.json").read_text("utf-8"))]
        if out._faiss.d != size or out._faiss.ntotal != len(out._keys):
            raise ValueError(f"wanted {len(out._keys)} vectors of {size}, got {out._faiss.ntotal} of {out._faiss.d}")
        out._place = {key: i for i, key in enumerate(out._keys)}
        out._rows = np.full(len(out._keys), _FREE, np.int64)
        return out
