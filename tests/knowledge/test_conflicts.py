"""Provisions that seem to disagree: found, and told apart from what only looks alike."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.citation import Passage
from knowledge.conflicts import candidates, rules_of
from knowledge.passages import read_text
from knowledge.sources import settle, source_of

TODAY = date(2026, 11, 23)
LAWS = Path(__file__).parents[3] / "shared" / "corpus" / "laws"


def rule(title: str, text: str, article: str = "第一条", since: str = "2020-01-01") -> Passage:
    return Passage(
        id=f"{title}@{since}#{article}",
        document=title,
        version=since,
        article=article,
        text=text,
        rank="行政法规",
        in_force_from=date.fromisoformat(since),
    )


# Other documents about other things: what a matter is shows only among many.
OTHERS = [
    rule(title, f"{subject}应当自{act}之日起三十日内向主管部门报告。")
    for title, subject, act in (
        ("仓储条例", "保管危险货物的仓库", "货物入库"),
        ("航运条例", "内河船舶的船长", "船舶离港"),
        ("林业条例", "承包山林的农户", "采伐结束"),
        ("演出条例", "演出场所的负责人", "演出结束"),
    )
]
DETOUR = rule("登记细则", "摊主变更摊位经营人，应当在注销登记后重新申请办理登记。")
STRAIGHT = rule("摊贩条例", "变更摊位经营人的，可以直接申请办理变更登记。")


def test_two_ways_for_one_matter_are_found_with_the_words_that_disagree() -> None:
    (found,) = candidates([DETOUR, STRAIGHT, *OTHERS], TODAY)
    assert {found.one.passage.document, found.other.passage.document} == {"登记细则", "摊贩条例"}
    assert "直接" in found.words and "注销登记后" in found.words


def test_two_amounts_for_one_offence_are_found() -> None:
    low = rule("市集条例", "伪造摊位许可证件的，由主管部门责令改正，处三千元以下的罚款。")
    high = rule("许可规定", "伪造摊位许可证件的，由主管部门责令改正，处十万元以下的罚款。")
    (found,) = candidates([low, high, *OTHERS], TODAY)
    assert [(d.kind, {d.one, d.other}) for d in found.differences] == [("数量", {"三千元", "十万元"})]


def test_may_against_must_not_on_one_matter_is_found() -> None:
    yes = rule("市集条例", "摊主在集市打烊后可以留用摊位存放货物。")
    no = rule("消防规定", "摊主在集市打烊后不得留用摊位存放货物。")
    (found,) = candidates([yes, no, *OTHERS], TODAY)
    assert [d.kind for d in found.differences] == ["应否"]


def test_the_same_rule_twice_is_no_conflict() -> None:
    again = rule("摊贩办法", "变更摊位经营人的，可以直接申请办理变更登记。")
    assert candidates([STRAIGHT, again, *OTHERS], TODAY) == []


def test_steps_of_one_scale_are_no_conflict() -> None:
    first = rule("市集条例", "伪造摊位许可证件的，由主管部门责令改正，处三千元以下的罚款。")
    worse = rule("许可规定", "伪造摊位许可证件，情节严重的，由主管部门责令改正，处十万元以下的罚款。")
    assert candidates([first, worse, *OTHERS], TODAY) == []


def test_a_rule_that_yields_to_others_is_no_conflict() -> None:
    yields = rule("登记细则", "摊主变更摊位经营人，应当在注销登记后重新申请办理登记，法律另有规定的除外。")
    assert candidates([yields, STRAIGHT, *OTHERS], TODAY) == []


def test_texts_that_were_never_law_together_do_not_conflict() -> None:
    gone = DETOUR.model_copy(update={"in_force_to": date(2021, 1, 1)})
    assert candidates([gone, STRAIGHT, *OTHERS], TODAY) == []
    assert len(candidates([gone, STRAIGHT, *OTHERS], date(2020, 6, 1))) == 1


def test_two_articles_of_one_document_are_not_compared() -> None:
    within = STRAIGHT.model_copy(
        update={"document": "登记细则", "article": "第二条", "id": "登记细则@2020-01-01#第二条"}
    )
    assert candidates([DETOUR, within, *OTHERS], TODAY) == []


def test_a_later_sentence_is_about_what_its_paragraph_is_about() -> None:
    text = "伪造证件的，责令改正，处三千元以下的罚款；情节严重的，处一万元以上的罚款。"
    assert [r.topic for r in rules_of(rule("条例", text))] == ["伪造证件的，", "伪造证件的，，情节严重的，"]


@pytest.mark.skipif(not LAWS.is_dir(), reason="the texts of the laws do not lie beside this checkout")
def test_the_known_conflict_is_among_the_first_twenty_of_a_hundred_laws() -> None:
    sources = settle([source_of(read_text(path), path.name) for path in sorted(LAWS.glob("*.md"))])
    found = candidates((p for s in sources for p in s.passages()), TODAY, 20)
    pairs = [{(p.document, p.article) for p in (c.one.passage, c.other.passage)} for c in found]
    assert {("市场主体登记管理条例实施细则", "第三十八条"), ("促进个体工商户发展条例", "第十三条")} in pairs
    # A true one between a law and a regulation as well: the fine for false papers of a company.
    assert {("公司法", "第二百五十条"), ("市场主体登记管理条例", "第四十四条")} in pairs
