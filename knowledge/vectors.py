"""Vectors of texts in half precision, kept by the hash of the text: in FAISS to search, in plain arrays on disk.

They lie in segments that are written once and never changed; small ones are joined into larger ones, in order, so
that the place of a vector stays the same for good. A vector whose text nobody holds any more stays as a cache: the same
words put back cost no embedding. Whoever writes holds the index's lock; readers use what `Segments` they took.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.durable import replace
from knowledge.entries import KEY, Placed
from knowledge.index import IndexRefused, Matrix

FORMAT = 1
JOIN = 4
"""A segment is joined to the one before it unless that one is more than so many times as large."""
UNKNOWN = -1
_FILE = re.compile(r"\d{6}\.(keys|vectors)\.npy|manifest\.json(\.new)?")
# The stubs of FAISS know the C++ signatures, not those of its Python wrapper.
_faiss = cast(Any, faiss)


@dataclass(frozen=True)
class Segment:
    """Some vectors: `keys` has shape (n, 16); FAISS holds the vectors."""

    number: int
    keys: NDArray[np.uint8]
    flat: Any
    hashes: tuple[str, str] = ("", "")
    """Of the files of keys and of vectors; empty for what is only in memory."""

    def __len__(self) -> int:
        return len(self.keys)

    def halves(self) -> NDArray[np.float16]:
        """The vectors, shape (n, size)."""
        codes: NDArray[np.uint8] = faiss.vector_to_array(self.flat.codes)
        return codes.view(np.float16).reshape(len(self), -1)


Segments = tuple[Segment, ...]


@dataclass(frozen=True)
class Links:
    """Which rows the vectors belong to; a row may have several vectors and a vector several rows."""

    rows: NDArray[np.int32]
    places: NDArray[np.int32]
    """Place of the vector of each text, UNKNOWN while it has none."""
    ordered: NDArray[np.int32]
    """The places in order."""
    by_place: NDArray[np.int32]
    """The rows in the order of their places."""

    @classmethod
    def of(cls, placed: Placed, known: dict[bytes, int]) -> Links:
        """`known`: key → place."""
        places = np.array([known.get(key, UNKNOWN) for key in placed.keys], np.int32)
        order = np.argsort(places, kind="stable")
        return cls(placed.rows, places, places[order], placed.rows[order])

    def wanting(self) -> NDArray[np.int32]:
        """Rows that lack a vector, each once, in order."""
        return np.unique(self.rows[self.places == UNKNOWN])

    def usable(self, allowed: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
        """Which of `count` places belong to an allowed row."""
        out = np.zeros(count, bool)
        out[self.places[(self.places != UNKNOWN) & allowed[self.rows]]] = True
        return out

    def ranked(
        self, places: NDArray[np.int64], scores: Matrix, allowed: NDArray[np.bool_], depth: int
    ) -> list[tuple[int, float]]:
        """(row, score), best first; a row counts once, by its nearest vector."""
        first, last = (np.searchsorted(self.ordered, places.astype(np.int32), side) for side in ("left", "right"))
        out: dict[int, float] = {}
        for start, end, score in zip(first, last, scores, strict=True):
            for row in self.by_place[start:end]:
                if allowed[row]:
                    out.setdefault(int(row), float(score))
        return list(out.items())[:depth]


def nearest(
    segments: Segments, vectors: Matrix, usable: NDArray[np.bool_], count: int
) -> list[tuple[NDArray[np.int64], Matrix]]:
    """For each of `vectors` the places and cosines of the `count` nearest usable vectors, best first."""
    found: list[tuple[NDArray[np.int64], Matrix]] = []
    start = 0
    for segment in segments:
        mask = usable[start : start + len(segment)]
        if mask.any():
            bits = np.packbits(mask, bitorder="little")
            chosen = _faiss.SearchParameters(sel=_faiss.IDSelectorBitmap(bits))
            wanted = np.ascontiguousarray(vectors, np.float32)
            with _one_thread():
                scores, places = segment.flat.search(wanted, min(count, int(mask.sum())), params=chosen)
            found.append((places + start, scores))
        start += len(segment)
    if not found:
        return [(np.zeros(0, np.int64), np.zeros(0, np.float32)) for _ in vectors]
    places, scores = (np.concatenate([f[part] for f in found], axis=1) for part in (0, 1))
    best = np.argsort(-scores, axis=1, kind="stable")[:, :count]
    return [(places[i, order], scores[i, order]) for i, order in enumerate(best)]


@contextmanager
def _one_thread() -> Iterator[None]:
    """One question needs one thread; on a busy machine waiting for the others takes a hundred times the search."""
    before = _faiss.omp_get_max_threads()
    _faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        _faiss.omp_set_num_threads(before)


class Vectors:
    """The segments of one kind of text, in `folder` or, without one, in memory."""

    def __init__(self, folder: Path | None, embedder: str) -> None:
        self.folder, self.embedder = folder, embedder
        self.segments: Segments = ()
        self.known: dict[bytes, int] = {}
        """Key → place."""
        self._stamp: tuple[int, int] | None = None

    @classmethod
    def open(cls, folder: Path, embedder: str) -> Vectors:
        """What is in `folder`, nothing when it is not there; raises IndexRefused when it may not be used."""
        out = cls(folder, embedder)
        try:
            out.reload()
        except (OSError, AttributeError, KeyError, TypeError, ValueError, EOFError) as problem:
            raise IndexRefused(str(problem)) from problem
        return out

    def reload(self) -> bool:
        """Reads the segments again when another process has written; whether it has. Raises ValueError on damage."""
        stamp = _stamp(self.folder)
        if self.folder is None or stamp == self._stamp:
            return False
        foreign = [f.name for f in self.folder.iterdir() if not _FILE.fullmatch(f.name)]
        if foreign:
            raise ValueError(f"wanted segments of vectors only, got {foreign[0]}")
        manifest = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        wanted = {"format": FORMAT, "embedder": self.embedder}
        if {name: manifest.get(name) for name in wanted} != wanted:
            raise ValueError(f"wanted vectors of {wanted}, got {manifest}"[:200])
        self._take(tuple(_read(self.folder, entry, int(manifest["size"])) for entry in manifest["segments"]))
        self._stamp = stamp
        return True

    def _take(self, segments: Segments) -> None:
        raw = b"".join(segment.keys.tobytes() for segment in segments)
        self.known = {raw[i : i + KEY]: i // KEY for i in range(0, len(raw), KEY)}
        self.segments = segments

    def __len__(self) -> int:
        return len(self.known)

    def add(self, keys: Sequence[bytes], vectors: Matrix) -> None:
        """Keeps vectors, on disk before it returns; those of keys known already are left out."""
        new = list({key: i for i, key in enumerate(keys) if key not in self.known}.values())
        if not new:
            return
        kept = list(self.segments)
        added = np.frombuffer(b"".join(keys[i] for i in new), np.uint8).reshape(-1, KEY)
        halves = np.asarray(vectors[new], np.float16)
        joined: list[Segment] = []
        size = len(new)
        while kept and JOIN * size >= len(kept[-1]):
            joined.insert(0, kept.pop())
            size += len(joined[0])
        number = max((s.number for s in self.segments), default=0) + 1
        segment = _segment(
            number,
            np.concatenate([*(s.keys for s in joined), added]),
            np.concatenate([*(s.halves() for s in joined), halves]),
        )
        self._write([*kept, segment])

    def _write(self, segments: list[Segment]) -> None:
        """Puts the last of `segments`, which is new, on disk, then names them all in the manifest."""
        if self.folder is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            last = segments[-1]
            files = [self.folder / f"{last.number:06}.{part}.npy" for part in ("keys", "vectors")]
            arrays: tuple[NDArray[Any], NDArray[Any]] = (last.keys, last.halves())
            for file, array in zip(files, arrays, strict=True):
                with file.open("wb") as stream:
                    np.save(stream, array, allow_pickle=False)
                    os.fsync(stream.fileno())
            segments[-1] = Segment(last.number, last.keys, last.flat, (_hash(files[0]), _hash(files[1])))
            self._name(self.folder, segments)
        count = len(self.known)
        fresh = segments[-1].keys.tobytes()
        first = sum(len(s) for s in segments[:-1])
        self.known |= {fresh[i : i + KEY]: first + i // KEY for i in range((count - first) * KEY, len(fresh), KEY)}
        self.segments = tuple(segments)

    def _name(self, folder: Path, segments: Sequence[Segment]) -> None:
        """Names `segments` in the manifest and takes away what it no longer names."""
        size = segments[-1].flat.d
        entries = [[s.number, len(s), *s.hashes] for s in segments]
        manifest = {"format": FORMAT, "embedder": self.embedder, "size": size, "segments": entries}
        replace(folder / "manifest.json", json.dumps(manifest, indent=1).encode())
        self._stamp = _stamp(folder)
        numbers = {f"{s.number:06}" for s in segments}
        for file in folder.glob("*.npy"):
            if file.name[:6] not in numbers:
                file.unlink()

    def clear(self) -> None:
        """Forgets everything, on disk as well."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._take(())
        self._stamp = None


def _segment(
    number: int, keys: NDArray[np.uint8], halves: NDArray[np.float16], hashes: Sequence[str] = ("", "")
) -> Segment:
    kind = _faiss.ScalarQuantizer.QT_fp16
    flat = _faiss.IndexScalarQuantizer(halves.shape[1], kind, _faiss.METRIC_INNER_PRODUCT)
    faiss.copy_array_to_vector(np.ascontiguousarray(halves).view(np.uint8).ravel(), flat.codes)
    flat.ntotal = len(halves)
    return Segment(number, keys, flat, (hashes[0], hashes[1]))


def _read(folder: Path, entry: Sequence[Any], size: int) -> Segment:
    """Reads the segment that an entry of the manifest names; raises ValueError when its files are not those."""
    number, count, keys_hash, vectors_hash = entry
    arrays: list[NDArray[Any]] = []
    for part, wanted, shape in (("keys", keys_hash, (count, KEY)), ("vectors", vectors_hash, (count, size))):
        file = folder / f"{int(number):06}.{part}.npy"
        if _hash(file) != wanted:
            raise ValueError(f"wanted {file.name} with hash {wanted}, got another")
        array = np.load(file, allow_pickle=False)
        if array.shape != shape:
            raise ValueError(f"wanted {file.name} of shape {shape}, got {array.shape}")
        arrays.append(array)
    return _segment(number, arrays[0].astype(np.uint8), arrays[1].astype(np.float16), (keys_hash, vectors_hash))


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def _stamp(folder: Path | None) -> tuple[int, int] | None:
    manifest = folder / "manifest.json" if folder else None
    if manifest is None or not (folder and folder.exists()):
        return None
    stat = manifest.stat()
    return stat.st_mtime_ns, stat.st_ino
