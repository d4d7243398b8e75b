from datetime import UTC, datetime

import pytest

from assistant.filing import (
    Answer,
    CheckerVote,
    Filing,
    Removed,
    Reply,
    SaidEvidence,
    Sentence,
    ShownArticle,
    Turn,
)
from assistant.page_view import (
    log_html,
    mask,
    progress_html,
    shown,
)
from knowledge.citation import Citation
from knowledge.items import Catalogue

ITEM = Catalogue.load().get("individual-business-registration")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVIL = '<img src=x onerror="alert(1)">'


def filing(**changes: object) -> Filing:
    base = {
        "id": "f1",
        "owner": "u1",
        "item": ITEM.code,
        "item_version": ITEM.version,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Filing.model_validate(base | changes)


def said(value: object, quote: str = "李小明", **changes: object) -> Answer:
    evidence = SaidEvidence(turn=0, start=0, end=len(quote), quote=quote)
    return Answer.model_validate({"value": value, "source": "said", "evidence": evidence} | changes)


def test_what_people_typed_is_shown_and_never_runs() -> None:
    page = log_html(filing(turns=[Turn(role="user", text=EVIL, at=NOW)]))
    assert "<img" not in page and "&lt;img" in page


def test_fragments_are_one_line_so_that_markdown_leaves_them_alone() -> None:
    turns = [Turn(role="user", text="第一行\n\n**第二行**", at=NOW)]
    assert "\n" not in log_html(filing(turns=turns)) and "<br>" in log_html(filing(turns=turns))


def test_an_answer_with_citations_shows_the_label_and_the_words_of_the_article() -> None:
    citation = Citation(passage="p", document="市场主体登记管理条例", article="第十九条", quote="当场登记")
    reply = Reply(status="answered", text="可以", citations=[citation])
    page = log_html(filing(turns=[Turn(role="assistant", text="可以", at=NOW, reply=reply)]))
    assert "人工智能生成" in page and "《市场主体登记管理条例》第十九条" in page and "当场登记" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("has_name", True, "是"),
        ("has_name", False, "否"),
        ("premises_kind", "leased", "租"),
        ("business_scope", ["餐饮服务", "灯具销售"], "餐饮服务；灯具销售"),
        ("capital_wan", 5.0, "5"),
        ("family_members", [{"name": "孟雨", "id_number": "440305198503124416"}], "孟雨 440305198503124416"),
        ("operator_name", None, ""),
    ],
)
def test_values_are_shown_in_words(field: str, value: object, words: str) -> None:
    assert words in shown(ITEM.field(field), value)


def test_identity_numbers_are_masked_in_lists() -> None:
    assert mask("440305198503124416") == "440***********4416"
    assert "198503124416" not in shown(ITEM.field("operator_id_number"), "440305198503124416", masked=True)


def test_progress_counts_what_is_filled_and_what_waits() -> None:
    page = progress_html(filing(answers={"operator_name": said("李小明")}), ITEM)
    assert "已填 1 项" in page and "1 项待您确认" in page


def test_why_it_is_said_can_be_opened_with_the_words_marked_and_the_checkers_named() -> None:
    text = f"登记机关审查材料。应当当场登记。{EVIL}"
    shown_article = ShownArticle(passage="p", document="条例", article="第十九条", text=text, marks=[(9, 16)])
    votes = [CheckerVote(name="facts", verdict="supported", score=1.0, family="rules")]
    sentence = Sentence(text="当场登记", citations=[0], verdict="supported", checkers=votes)
    left_out = Removed(text="可以等十年", verdict="not_found", why="条文里没有“十年”")
    citation = Citation(passage="p", document="条例", article="第十九条", quote="应当当场登记。")
    reply = Reply(
        status="answered",
        text="可以",
        citations=[citation],
        sentences=[sentence],
        articles=[shown_article],
        removed=[left_out],
    )
    page = log_html(filing(turns=[Turn(role="assistant", text="可以", at=NOW, reply=reply)]))
    assert "<mark>应当当场登记。</mark>" in page and "为什么这么说" in page and "数字和用词核对：条文支持" in page
    assert "可以等十年" in page and "没有使用模型" in page and "<img" not in page and "\n" not in page
