"""Reviewed conflicts: read, refused with the place, and put to use."""

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge.citation import Passage
from knowledge.library import Library
from knowledge.reviewed import FILE, Review, ReviewError, overruled, read_reviews, reviewed, reviews

TODAY = date(2026, 11, 23)


def rule(title: str, article: str, text: str, rank: str, since: str) -> Passage:
    day = date.fromisoformat(since)
    return Passage(
        id=f"{title}@{since}#{article}",
        document=title,
        version=since,
        article=article,
        text=text,
        rank=rank,
        in_force_from=day,
    )


DETOUR = rule("实施细则", "第八条", "变更经营者，应当先注销再登记。", "部门规章", "2022-03-01")
STRAIGHT = rule("促进条例", "第三条", "变更经营者的，可以直接变更登记。", "行政法规", "2022-11-01")
LIBRARY = Library.of([DETOUR, STRAIGHT])
CONFLICT = Review.model_validate(
    {
        "one": {"document": "实施细则", "article": "第八条", "probe": "先注销"},
        "other": {"document": "中华人民共和国促进条例", "article": "第三条"},
        "verdict": "conflict",
        "note": "两种办法。",
    }
)


def test_the_loser_of_a_conflict_is_overruled_by_rank_and_the_winner_is_not() -> None:
    (found,) = overruled(DETOUR, LIBRARY.article, TODAY, [CONFLICT])
    assert found.by == STRAIGHT
    assert "上位法优于下位法" in found.line and "“变更经营者，应当先注销再登记。”" in found.line
    assert overruled(STRAIGHT, LIBRARY.article, TODAY, [CONFLICT]) == []


def test_nothing_is_overruled_before_the_other_side_is_in_force() -> None:
    assert overruled(DETOUR, LIBRARY.article, date(2022, 5, 1), [CONFLICT]) == []


def test_a_review_of_words_that_have_changed_has_no_effect() -> None:
    changed = DETOUR.model_copy(update={"text": "变更经营者，可以直接变更。"})
    assert overruled(changed, LIBRARY.article, TODAY, [CONFLICT]) == []


def test_a_pair_without_contradiction_overrules_nothing_but_counts_as_reviewed() -> None:
    seen = CONFLICT.model_copy(update={"verdict": "same_matter"})
    assert overruled(DETOUR, LIBRARY.article, TODAY, [seen]) == []
    assert reviewed(STRAIGHT, DETOUR, [seen]) == seen


def test_a_known_decision_prevails_over_the_rank() -> None:
    decided = CONFLICT.model_copy(update={"prevails": "one", "note": "国务院已裁决适用细则。"})
    (found,) = overruled(STRAIGHT, LIBRARY.article, TODAY, [decided])
    assert (found.by, found.why) == (DETOUR, "国务院已裁决适用细则。")


def test_the_list_of_the_product_can_be_read_and_names_the_known_case() -> None:
    places = {(r.one.document, r.one.article, r.verdict) for r in reviews()}
    assert ("市场主体登记管理条例实施细则", "第三十八条", "conflict") in places


def test_the_file_of_the_operator_is_read_again_when_it_changes(tmp_path: Path) -> None:
    own = len(reviews())
    assert len(reviews(tmp_path)) == own
    (tmp_path / FILE).write_text(json.dumps([CONFLICT.model_dump(mode="json")]), "utf-8")
    assert reviews(tmp_path)[0] == CONFLICT
    assert len(reviews(tmp_path)) == own + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "不是 JSON"),
        ("{}", "应当是一个列表"),
        ('[{"one": {"document": "甲"}}]', "第1项 one.article"),
        ('[{"one": {"document": "甲", "article": "第一条", "stray": 1}}]', "第1项 one.stray"),
    ],
)
def test_a_broken_list_is_refused_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(ReviewError, match=words):
        read_reviews(tmp_path / FILE)
