"""Vectors in segments: what is kept, joined, refused and found."""

import hashlib
import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from knowledge.index import IndexRefused, Matrix, text_key
from knowledge.vectors import Vectors, nearest


def some(count: int, seed: int = 0) -> tuple[list[bytes], Matrix]:
    found = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return [text_key(f"{seed} {i}") for i in range(count)], found / np.linalg.norm(found, axis=1, keepdims=True)


def test_places_stay_the_same_while_small_segments_are_joined(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "v", "e")
    whole: dict[bytes, int] = {}
    rows = []
    for seed in range(30):
        keys, matrix = some(3, seed)
        vectors.add(keys, matrix)
        rows.append(matrix)
        whole |= {key: len(whole) + i for i, key in enumerate(keys)}
        assert vectors.known == whole
    assert len(vectors.segments) < 6
    assert len(list((tmp_path / "v").glob("*.npy"))) == 2 * len(vectors.segments)
    again = Vectors.open(tmp_path / "v", "e")
    assert again.known == whole
    kept = np.concatenate([s.halves() for s in again.segments])
    assert np.abs(kept - np.concatenate(rows)).max() < 1e-3


def test_the_nearest_usable_ones_are_found_over_all_segments() -> None:
    vectors = Vectors(None, "e")
    keys, matrix = some(200)
    for start, end in ((0, 180), (180, 196), (196, 200)):
        vectors.add(keys[start:end], matrix[start:end])
    assert len(vectors.segments) == 2
    usable = np.arange(200) % 3 != 0
    [(places, scores), (other, _)] = nearest(vectors.segments, matrix[[7, 199]], usable, 10)
    wanted = np.where(usable, matrix @ matrix[7], -2)
    assert set(places) == set(np.argsort(-wanted)[:10])
    assert list(scores) == sorted(scores, reverse=True)
    assert (places[0], other[0]) == (7, 199)
    assert all(len(p) == 0 for p, _ in nearest(vectors.segments, matrix[:1], np.zeros(200, bool), 10))


def test_a_key_is_kept_once() -> None:
    vectors = Vectors(None, "e")
    keys, matrix = some(2)
    vectors.add([*keys, keys[0]], matrix[[0, 1, 0]])
    vectors.add(keys, matrix)
    assert len(vectors) == sum(len(s) for s in vectors.segments) == 2


def test_what_a_killed_writer_left_behind_harms_nothing(tmp_path: Path) -> None:
    keys, matrix = some(50)
    vectors = Vectors(tmp_path / "v", "e")
    vectors.add(keys[:40], matrix[:40])
    (tmp_path / "v" / "000002.keys.npy").write_bytes(b"half")
    (tmp_path / "v" / "manifest.json.new").write_bytes(b"{")
    again = Vectors.open(tmp_path / "v", "e")
    assert len(again) == 40
    again.add(keys[40:], matrix[40:])
    assert len(Vectors.open(tmp_path / "v", "e")) == 50


@pytest.mark.parametrize("damage", ["embedder", "format", "bytes", "pickled", "missing", "foreign", "manifest"])
def test_foreign_or_damaged_vectors_are_refused(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "v"
    Vectors(folder, "e").add(*some(5))
    file, manifest = folder / "000001.vectors.npy", json.loads((folder / "manifest.json").read_text())
    if damage == "bytes":
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    elif damage == "pickled":
        np.save(file, np.array([{}], object), allow_pickle=True)
        manifest["segments"][0][3] = hashlib.sha256(file.read_bytes()).hexdigest()
    elif damage == "missing":
        file.unlink()
    elif damage == "foreign":
        (folder / "vectors.pkl").write_bytes(pickle.dumps([1]))
    manifest["format"] = 0 if damage == "format" else manifest["format"]
    (folder / "manifest.json").write_text("[]" if damage == "manifest" else json.dumps(manifest))
    with pytest.raises(IndexRefused):
        Vectors.open(folder, "other" if damage == "embedder" else "e")
