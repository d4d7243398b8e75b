"""The map of lay questions: vectors of length 1 in and out; files of another kind are refused."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.lay_query import LayQuery, shipped


def test_a_map_of_zeros_changes_no_direction(tmp_path: Path) -> None:
    still = LayQuery(np.zeros((4, 4), np.float32), np.zeros(4, np.float32))
    asked = np.eye(4, dtype=np.float32)
    assert np.allclose(still(asked), asked)


def test_moved_vectors_have_length_one() -> None:
    rng = np.random.default_rng(1)
    moved = LayQuery(rng.normal(size=(4, 4)).astype(np.float32), np.ones(4, np.float32))(np.eye(4, dtype=np.float32))
    assert np.allclose(np.linalg.norm(moved, axis=1), 1)


def test_a_saved_map_comes_back_in_half_precision(tmp_path: Path) -> None:
    made = LayQuery(np.full((4, 4), 0.25, np.float32), np.full(4, 0.5, np.float32))
    made.save(tmp_path / "map.npz")
    back = shipped(tmp_path / "map.npz")
    assert np.array_equal(back.weights, made.weights)
    assert np.array_equal(back.bias, made.bias)


@pytest.mark.parametrize("content", [b"not an archive", b""])
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "map.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"map\.npz"):
        shipped(tmp_path / "map.npz")


def test_a_map_with_numbers_that_are_not_finite_is_refused(tmp_path: Path) -> None:
    LayQuery(np.full((4, 4), np.inf, np.float32), np.zeros(4, np.float32)).save(tmp_path / "map.npz")
    with pytest.raises(ValueError, match="finite"):
        shipped(tmp_path / "map.npz")
