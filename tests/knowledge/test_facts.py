"""The checker without a model."""

from __future__ import annotations

import pytest

from knowledge.facts import compare, modalities, sentences

FINE = "市场主体未依照本条例办理变更登记的，由登记机关责令改正；拒不改正的，处1万元以上10万元以下的罚款。"
DAYS = (
    "登记机关应当对申请材料进行形式审查。申请材料齐全的予以确认并当场登记。不能当场登记的，应当在3个工作日内予以登记。"
)
PLACES = "娱乐场所不得设在下列地点：\n（一）居民楼、博物馆、图书馆；\n（二）车站、机场等人群密集的场所。"


def kinds(claim: str, passage: str) -> set[str]:
    return {m.kind for m in compare(claim, passage).mismatches}


def test_a_whole_sentence_is_a_quote_whatever_its_digits() -> None:
    assert compare("不能当场登记的，应当在三个工作日内予以登记。", DAYS).quoted


def test_half_a_sentence_is_no_quote() -> None:
    assert not compare("处1万元以上10万元以下的罚款", FINE).quoted
    assert not compare("居民楼、博物馆、图书馆", PLACES).quoted


@pytest.mark.parametrize(
    ("claim", "passage", "kind"),
    [
        ("不能当场登记的，15个工作日内登记。", DAYS, "number"),
        ("不能当场登记的，3日内登记。", DAYS, "number"),
        ("拒不改正的罚30%。", FINE, "missing_number"),
        ("拒不改正的处10万元以上罚款。", FINE, "bound"),
        ("娱乐场所可以设在居民楼。", PLACES, "negation"),
        ("申请材料无需形式审查。", DAYS, "negation"),
        ("任何人都要登记。", "从事经营应当登记。个人销售自产农副产品的除外。", "scope"),
        ("由省级出版行政部门审批。", "由县级人民政府出版行政主管部门审批。", "authority"),
        ("先取得许可，再办登记。", "办理登记手续后，提出申请。", "order"),
        ("经营者必须参加协会。", "经营者可以自愿参加协会。", "modality"),
    ],
)
def test_words_that_disagree_are_named(claim: str, passage: str, kind: str) -> None:
    found = compare(claim, passage)
    assert kind in {m.kind for m in found.mismatches}
    assert all(m.why for m in found.mismatches) and found.why


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("材料齐了当场就给登记。", DAYS),
        ("改正了就不罚，不改罚一万到十万。", FINE),
        ("居民楼里不能开娱乐场所。", PLACES),
        ("最晚三个工作日出结果。", DAYS),
    ],
)
def test_lay_words_of_the_same_meaning_raise_no_objection(claim: str, passage: str) -> None:
    assert kinds(claim, passage) == set()


def test_list_items_are_read_with_the_words_that_introduce_them() -> None:
    assert sentences(PLACES)[1].startswith("娱乐场所不得设在下列地点")


def test_the_words_inside_a_prohibition_do_not_count_as_permission() -> None:
    assert set(modalities("不可以经营")) == {"must_not"}
    assert set(modalities("不需要办理")) == {"need_not"}


def test_an_empty_passage_supports_nothing_and_breaks_nothing() -> None:
    found = compare("应当办理登记。", "")
    assert not found.quoted and found.coverage == 0
