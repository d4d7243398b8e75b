"""What an answer says of a provision that another one displaces, or of a text that is not the newest."""

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.answer import answer
from assistant.support import Supported, dated, prevail
from knowledge.citation import Passage
from knowledge.library import Library
from prompts.settings import Settings

TODAY = date(2026, 11, 23)


def rule(title: str, article: str, text: str, rank: str, since: str, **more: object) -> Passage:
    fields = {
        "id": f"{title}@{since}#{article}",
        "document": title,
        "version": since,
        "article": article,
        "text": text,
        "rank": rank,
        "in_force_from": date.fromisoformat(since),
    }
    return Passage.model_validate(fields | more)


DIRECT = rule(
    "促进个体工商户发展条例",
    "第十三条",
    "个体工商户可以自愿变更经营者。变更经营者的，可以直接向市场主体登记机关申请办理变更登记。",
    "行政法规",
    "2022-11-01",
)
OVERRULED = rule(
    "市场主体登记管理条例实施细则",
    "第三十八条",
    "个体工商户变更经营者，应当在办理注销登记后，由新的经营者重新申请办理登记。",
    "部门规章",
    "2022-03-01",
)
FINE = rule(
    "市场主体登记管理条例",
    "第四十四条",
    "提交虚假材料取得市场主体登记的，由登记机关责令改正，没收违法所得，并处5万元以上20万元以下的罚款。",
    "行政法规",
    "2022-03-01",
)
COMPANY = rule(
    "公司法",
    "第二百五十条",
    "对提交虚假材料的公司，处以五万元以上二百万元以下的罚款。",
    "法律",
    "2024-07-01",
)
LIBRARY = Library.of([DIRECT, OVERRULED, FINE, COMPANY])


def test_the_displaced_rule_is_named_with_its_words_and_the_reason_of_rank() -> None:
    found = prevail(Supported(OVERRULED, 0.9), LIBRARY, TODAY)
    assert found.passage == DIRECT
    assert "《市场主体登记管理条例实施细则》第三十八条" in found.note
    assert "上位法优于下位法（立法法第九十九条）" in found.note


def test_an_article_asked_for_by_number_is_shown_after_the_one_that_prevails() -> None:
    made = answer("市场主体登记管理条例实施细则第三十八条怎么规定的", library=LIBRARY, on=TODAY)
    cited = [(c.document, c.article) for c in made.citations]
    assert cited == [("促进个体工商户发展条例", "第十三条"), ("市场主体登记管理条例实施细则", "第三十八条")]
    assert "以本条为准" in made.text


def test_a_conflict_limited_to_companies_is_told_only_to_who_asks_about_companies() -> None:
    told = prevail(Supported(FINE, 0.9), LIBRARY, TODAY, "公司交假材料登记会怎么罚")
    assert told.passage == FINE
    assert "对公司，《公司法》第二百五十条规定不同" in told.note and "五万元以上二百万元以下" in told.note
    assert prevail(Supported(FINE, 0.9), LIBRARY, TODAY, "小店交假材料登记会怎么罚").note == ""


def test_a_superseded_text_says_from_when_and_by_what() -> None:
    old = rule(
        "个体工商户条例",
        "第十条",
        "变更经营者的，应当在办理注销登记后重新申请。",
        "行政法规",
        "2016-02-06",
        in_force_to=date(2022, 11, 1),
        superseded_by="促进个体工商户发展条例@2022-10-01",
    )
    made = answer("个体工商户条例第十条", library=Library.of([old]), on=date(2020, 1, 1))
    assert "自2022-11-01起不再有效，由《促进个体工商户发展条例》（2022-10-01）取代" in made.text
    assert dated(Supported(DIRECT, 0.9)).note == ""


def test_a_text_known_to_be_outdated_says_so() -> None:
    old = FINE.model_copy(update={"caveat": "这是修改以前的文本。"})
    assert "《市场主体登记管理条例》这是修改以前的文本" in dated(Supported(old, 0.9)).note


def test_the_reviews_of_the_operator_take_effect_and_a_broken_file_of_theirs_stops_no_answer(tmp_path: Path) -> None:
    slow = rule("甲办法", "第一条", "集市摊位转让应当先报批。", "部门规章", "2020-01-01")
    fast = rule("乙条例", "第二条", "集市摊位转让无需报批。", "行政法规", "2021-01-01")
    settings = Settings(_env_file=None, documents=tmp_path, data=tmp_path / "data")
    library = Library.of([slow, fast], settings)
    assert prevail(Supported(slow, 0.9), library, TODAY).passage == slow
    row = {
        "one": {"document": "甲办法", "article": "第一条"},
        "other": {"document": "乙条例", "article": "第二条"},
        "verdict": "conflict",
        "note": "要不要报批。",
    }
    (tmp_path / "conflicts.json").write_text(json.dumps([row]), "utf-8")
    assert prevail(Supported(slow, 0.9), library, TODAY).passage == fast
    (tmp_path / "conflicts.json").write_text("{", "utf-8")
    assert prevail(Supported(slow, 0.9), library, TODAY).passage == slow


@pytest.mark.parametrize("day", [date(1970, 1, 1), date(2900, 1, 1)])
def test_a_clock_that_is_far_off_gives_a_plain_answer(day: date) -> None:
    made = answer("个体工商户变更经营者怎么办理", library=LIBRARY, on=day)
    assert made.status in ("answered", "unanswerable_no_passage", "unanswerable_off_topic")
    assert made.status != "answered" or day.year > 2000
