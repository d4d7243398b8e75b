"""What is on disk of the index in files."""

import json
import pickle
from pathlib import Path

import pytest
from test_index import embed, passage, unit

from knowledge.index import Document
from knowledge.local_index import LocalIndex


def _damaged(folder: Path, damage: str) -> None:
    words = folder / "words"
    if damage == "format":
        (words / "manifest.json").write_text(json.dumps({"format": 0}))
    elif damage == "bytes":
        file = next(words.glob("*.term"))
        raw = bytearray(file.read_bytes())
        raw[3] ^= 1
        file.write_bytes(raw)
    elif damage == "short":
        file = next(words.glob("*.store"))
        file.write_bytes(file.read_bytes()[:5])
    elif damage == "missing":
        next(words.glob("*.idx")).unlink()
    elif damage == "pickle":
        (words / "index.pkl").write_bytes(pickle.dumps({}))
    else:
        (words / "meta.json").write_text("{")


@pytest.mark.parametrize("damage", ["format", "bytes", "short", "missing", "pickle", "meta"])
def test_foreign_or_damaged_words_are_built_anew_and_vectors_stay(tmp_path: Path, damage: str) -> None:
    whole = LocalIndex(tmp_path, "e")
    whole.change([Document("a", [passage("当场登记")])])
    embed(whole, unit(1, 0))
    _damaged(tmp_path, damage)
    index = LocalIndex(tmp_path, "e")
    assert index.documents() == {}
    index.change([Document("a", [passage("当场登记")])])
    assert index.wanting(10) == []
    assert len(index.search(["登记"])) == 1
