"""Fusion, dates, regions and what is kept, the same for every store of passages."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge.citation import Passage
from knowledge.fusion import Weights
from knowledge.index import Document, PassageIndex, vector_texts
from knowledge.local_index import LocalIndex
from knowledge.store_postgres import PostgresIndex

Vector = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Open = Callable[[], PassageIndex]
"""Opens the index of this test, once more with every call."""


@pytest.fixture(params=["local", "postgresql"])
def opened(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Open]:
    made: list[PassageIndex] = []
    url = "" if request.param == "local" else request.getfixturevalue("postgresql")()

    def one() -> PassageIndex:
        made.append(PostgresIndex(url, "e") if url else LocalIndex(tmp_path, "e"))
        return made[-1]

    yield one
    for index in made:
        index.close()


@pytest.fixture
def index(opened: Open) -> PassageIndex:
    return opened()


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


def unit(*numbers: float) -> Vector:
    vector = np.array(numbers, np.float32)
    return vector / np.linalg.norm(vector)


def embed(index: PassageIndex, *vectors: Vector) -> None:
    index.add_vectors(index.wanting(100), np.stack(vectors))


def test_superseded_text_is_found_only_when_asked_for(index: PassageIndex) -> None:
    old = passage("当场登记", version="2011-01-01", in_force_to=date(2022, 1, 1), superseded_by="新")
    new = passage("当场登记", in_force_from=date(2022, 1, 1))
    index.change([Document("old", [old]), Document("new", [new])])
    assert [h.passage.version for h in index.search(["当场登记"], on=date(2025, 1, 1))] == ["2021-01-01"]
    assert [h.passage.version for h in index.search(["当场登记"], on=date(2021, 1, 1))] == ["2011-01-01"]
    assert [h.passage.version for h in index.search(["当场登记"], on=date(2022, 1, 1))] == ["2021-01-01"]
    assert len(index.search(["当场登记"])) == 2
    assert [p.version for p in index.articles("登记条例", "第一条")] == ["2021-01-01", "2011-01-01"]


def test_a_place_sees_its_own_rules_and_those_around_it(index: PassageIndex) -> None:
    regions = ["", "44", "4403", "4401", "440305"]
    found = [passage("当场登记", f"第{c}条", region=r) for c, r in zip("一二三四五", regions, strict=True)]
    index.change([Document("all", found)])
    embed(index, unit(1, 0))
    for vectors in (None, np.stack([unit(1, 0)])):
        assert {h.passage.region for h in index.search(["当场登记"], vectors, region="440305")} == {*regions} - {"4401"}
        assert {h.passage.region for h in index.search(["当场登记"], vectors, region="4403")} == {"", "44", "4403"}


def test_a_cited_article_comes_before_everything_else(index: PassageIndex) -> None:
    index.change([Document("a", [passage("登记登记登记", "第一条"), passage("别的内容", "第二条")])])
    hits = index.search(["登记条例第2条讲的登记"])
    assert [h.passage.article for h in hits] == ["第二条", "第一条"]
    assert hits[0].cited and not hits[1].cited


def test_meaning_finds_what_shares_no_word_and_a_passage_counts_once(index: PassageIndex) -> None:
    long = passage("甲" * 300 + "\n" + "乙" * 300, "第一条")
    index.change([Document("a", [long, passage("完全不同", "第二条")])])
    assert len(index.wanting(10)) == 3
    embed(index, unit(1, 0), unit(1, 0.1), unit(0, 1))
    hits = index.search(["问题"], np.stack([unit(1, 0)]))
    assert [h.passage.article for h in hits] == ["第一条", "第二条"]
    assert hits[0].meaning == pytest.approx(1.0, abs=1e-3)
    assert index.counts.vectorised == 2


def test_one_text_in_two_versions_is_embedded_once_and_found_in_both(index: PassageIndex) -> None:
    index.change([Document("a", [passage("甲")]), Document("b", [passage("甲", version="2022-01-01")])])
    assert len(index.wanting(10)) == 1
    embed(index, unit(1, 0))
    assert {h.passage.version for h in index.search(["无"], np.stack([unit(1, 0)]))} == {"2021-01-01", "2022-01-01"}


def test_words_put_back_need_no_new_vector(index: PassageIndex) -> None:
    index.change([Document("a", [passage("甲")])])
    embed(index, unit(1, 0))
    index.change([Document("a", [passage("甲"), passage("乙", "第二条")])])
    assert index.wanting(10) == vector_texts(passage("乙", "第二条"))
    index.change(remove=["a"])
    assert index.search(["甲"], np.stack([unit(1, 0)])) == []
    assert index.counts.passages == len(index.titles()) == 0


def test_what_is_embedded_while_its_document_goes_is_there_when_it_comes_back(index: PassageIndex) -> None:
    index.change([Document("a", [passage("甲")])])
    texts = index.wanting(10)
    index.change(remove=["a"])
    index.add_vectors(texts, np.stack([unit(1, 0)]))
    index.change([Document("a", [passage("甲")])])
    assert index.wanting(10) == []


def test_an_index_read_back_gives_the_same_hits(index: PassageIndex, opened: Open) -> None:
    found = [passage("当场登记", in_force_from=date(2022, 1, 1)), passage("保存档案", "第二条")]
    index.change([Document("a", found, "digest")])
    embed(index, unit(1, 0), unit(0, 1))
    again = opened()
    vector = np.stack([unit(0.6, 0.4)])
    assert again.search(["档案"], vector) == index.search(["档案"], vector)
    assert again.wanting(10) == []
    assert again.documents() == {"a": "digest"}
    assert list(again.passages()) == found


def test_a_change_that_fails_leaves_everything_as_it_was(index: PassageIndex, opened: Open) -> None:
    index.change([Document("a", [passage("当场登记")])])

    def breaking() -> Iterator[Document]:
        yield Document("a", [passage("三日登记")])
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        index.change(breaking(), ["a"])
    for found in (index, opened()):
        assert [h.passage.text for h in found.search(["登记"])] == ["当场登记"]
    index.change([Document("b", [passage("三日登记", document="别的")])])
    assert len(index.search(["登记"])) == 2


def test_a_reader_sees_the_old_version_whole_while_a_new_one_is_written(index: PassageIndex) -> None:
    index.change([Document("a", [passage("当场登记", "第一条"), passage("旧的登记", "第二条")])])
    half, read = threading.Event(), threading.Event()

    def slowly() -> Iterator[Document]:
        yield Document("a", [passage("三日登记", "第一条"), passage("新的登记", "第二条")])
        half.set()
        assert read.wait(10)

    writing = threading.Thread(target=index.change, args=(slowly(),))
    writing.start()
    assert half.wait(10)
    assert {h.passage.text for h in index.search(["登记"])} == {"当场登记", "旧的登记"}
    read.set()
    writing.join()
    assert {h.passage.text for h in index.search(["登记"])} == {"三日登记", "新的登记"}


def test_two_indexes_on_one_place_see_what_the_other_has_written(opened: Open) -> None:
    one, other = opened(), opened()
    one.change([Document("a", [passage("当场登记")])])
    other.change([Document("b", [passage("保存档案", document="档案条例")])])
    embed(other, unit(1, 0), unit(0, 1))
    assert len(other.search(["登记档案"])) == 2
    one.refresh()
    assert one.counts == other.counts


def test_lay_sayings_help_to_find_an_article_and_are_kept(index: PassageIndex, opened: Open) -> None:
    moved = passage("经营场所变更的，应当申请变更登记", "第二条")
    sayings = {moved.id: ["换门店：挪窝要先办手续"]}
    index.change([Document("a", [passage("其他规定"), moved], "", sayings)])
    assert index.wanting(9)[1:] == ["登记条例 其他规定"]
    embed(index, unit(0, 1), unit(1, 0))
    assert (index.counts.vectorised, index.wanting(9, sayings=True)) == (1, ["换门店：挪窝要先办手续"])
    index.add_vectors(index.wanting(9, sayings=True), np.stack([unit(1, 1)]))
    assert index.counts.vectorised == 2
    for found in (index, opened()):
        assert [h.passage for h in found.search(["挪窝"])] == [moved]
        assert found.search(["挪窝"], weights=Weights(said_words=0)) == []
        assert found.sayings(moved.id) == ["换门店：挪窝要先办手续"]
        near = found.search(["无"], np.stack([unit(1, 1)]), weights=Weights(words=0))
        assert near[0].passage == moved
        assert near[0].said_meaning == pytest.approx(1.0, abs=1e-3)
    index.change([Document("a", [passage("其他规定"), moved])])
    assert index.search(["挪窝"]) == []


def test_a_text_that_is_also_a_saying_gets_both_its_vectors(index: PassageIndex) -> None:
    plain = passage("甲")
    index.change([Document("a", [plain], "", {plain.id: vector_texts(plain)})])
    embed(index, unit(1, 0))
    assert index.counts.vectorised == 1


def test_a_question_of_any_length_or_of_no_words_is_answered(index: PassageIndex) -> None:
    assert index.search(["登记"], np.stack([unit(1, 0)])) == []
    index.change([Document("a", [passage("当场登记")])])
    assert index.search(["？！"]) == []
    assert len(index.search(["登记" + "，某某" * 5000])) == 1
