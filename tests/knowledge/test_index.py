"""Fusion, dates, regions and what is on disk."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.citation import Passage
from knowledge.index import Index, IndexRefused, vector_texts


def passage(
    text: str, article: str = "第一条", document: str = "登记条例", version: str = "2021-01-01", **more: object
) -> Passage:
    return Passage.model_validate(
        {
            "id": f"{document}@{version}#{article}",
            "document": document,
            "version": version,
            "article": article,
            "text": text,
            **more,
        }
    )


def unit(*numbers: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


def test_superseded_text_is_found_only_when_asked_for() -> None:
    index = Index()
    index.put("old", [passage("当场登记", version="2011-01-01", in_force_to=date(2022, 1, 1), superseded_by="新")])
    index.put("new", [passage("当场登记", in_force_from=date(2022, 1, 1))])
    assert [h.passage.version for h in index.search(["当场登记"], on=date(2025, 1, 1))] == ["2021-01-01"]
    assert [h.passage.version for h in index.search(["当场登记"], on=date(2021, 1, 1))] == ["2011-01-01"]
    assert len(index.search(["当场登记"])) == 2


def test_a_place_sees_its_own_rules_and_those_around_it() -> None:
    index = Index()
    regions = ["", "44", "4403", "4401", "440305"]
    index.put("all", [passage("当场登记", f"第{c}条", region=r) for c, r in zip("一二三四五", regions, strict=True)])
    assert {h.passage.region for h in index.search(["当场登记"], region="440305")} == {"", "44", "4403", "440305"}
    assert {h.passage.region for h in index.search(["当场登记"], region="4403")} == {"", "44", "4403"}


def test_a_cited_article_comes_before_everything_else() -> None:
    index = Index()
    index.put("a", [passage("登记登记登记", "第一条"), passage("别的内容", "第二条")])
    hits = index.search(["登记条例第2条讲的登记"])
    assert [h.passage.article for h in hits] == ["第二条", "第一条"]
    assert hits[0].cited and not hits[1].cited


def test_meaning_finds_what_shares_no_word_and_a_passage_counts_once() -> None:
    index = Index(size=2)
    long = passage("甲" * 300 + "\n" + "乙" * 300, "第一条")
    index.put("a", [long, passage("完全不同", "第二条")])
    wanted = index.wanting(10)
    assert [row for row, _ in wanted] == [0, 0, 1]
    index.add_vectors(wanted, np.stack([unit(1, 0), unit(1, 0.1), unit(0, 1)]))
    hits = index.search(["问题"], np.stack([unit(1, 0)]))
    assert [h.passage.article for h in hits] == ["第一条", "第二条"]
    assert hits[0].meaning == pytest.approx(1.0)
    assert index.vectorised() == 2


def test_words_put_back_need_no_new_vector() -> None:
    index = Index(size=2)
    index.put("a", [passage("甲")])
    index.add_vectors(index.wanting(10), np.stack([unit(1, 0)]))
    index.put("a", [passage("甲"), passage("乙", "第二条")])
    assert [text for _, text in index.wanting(10)] == vector_texts(passage("乙", "第二条"))
    index.remove("a")
    assert index.search(["甲"], np.stack([unit(1, 0)])) == []


def test_an_index_read_back_gives_the_same_hits(tmp_path: Path) -> None:
    index = Index("e", size=2)
    index.put("a", [passage("当场登记", in_force_from=date(2022, 1, 1)), passage("保存档案", "第二条")])
    index.add_vectors(index.wanting(10), np.stack([unit(1, 0), unit(0, 1)]))
    index.save(tmp_path / "x")
    index.save(tmp_path / "x")
    again = Index.open(tmp_path / "x", "e")
    vector = np.stack([unit(0.6, 0.4)])
    assert again.search(["档案"], vector) == index.search(["档案"], vector)
    assert again.wanting(10) == []
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("damage", ["embedder", "format", "bytes", "missing", "extra"])
def test_a_foreign_or_damaged_index_is_refused(tmp_path: Path, damage: str) -> None:
    index = Index("e", size=2)
    index.put("a", [passage("当场登记")])
    folder = tmp_path / "x"
    index.save(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    if damage == "bytes":
        (folder / "passages.json").write_text("{}")
    elif damage == "missing":
        (folder / "vectors.faiss").unlink()
    elif damage == "extra":
        manifest["files"]["other.bin"] = "0"
    elif damage == "format":
        manifest["format"] = 0
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexRefused):
        Index.open(folder, "other" if damage == "embedder" else "e")


def test_lay_sayings_help_to_find_an_article_and_come_back_from_disk(tmp_path: Path) -> None:
    index = Index("e", size=2)
    moved = passage("经营场所变更的，应当申请变更登记", "第二条")
    index.put("a", [passage("其他规定"), moved], {moved.id: ["换门店：挪窝要先办手续"]})
    assert [text for _, text in index.wanting(9)][1:] == ["换门店：挪窝要先办手续", "登记条例 其他规定"]
    index.add_vectors(index.wanting(9), np.stack([unit(0, 1), unit(1, 1), unit(1, 0)]))
    index.save(tmp_path / "x")
    for found in (index, Index.open(tmp_path / "x", "e")):
        assert [h.passage for h in found.search(["挪窝"])] == [moved]
        assert found.sayings(moved.id) == ["换门店：挪窝要先办手续"]
