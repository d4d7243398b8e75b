"""Reading back and after: what an applicant sees of each answer, of a signature, and of where a filing stands."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from assistant.counter_after import Standing
from assistant.filing import Answer, EarlierEvidence, Filing, Issue, Material, SaidEvidence, SeenEvidence, Turn
from assistant.following import Opened, Step
from assistant.page_after import after_html
from assistant.page_check import answer_row, check_html, summary_html
from assistant.signing import PROMISES
from knowledge.items import Catalogue

ITEM = Catalogue.load().get("individual-business-registration")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
EVIL = '<img src=x onerror="alert(1)">'
STORY = "您好，我叫李小明，身份证440305198503124416，想卖奶茶，电话13800138000"


def filing(**changes: object) -> Filing:
    base = {"id": "f1", "owner": "u1", "item": ITEM.code, "item_version": ITEM.version}
    turns = [Turn(role="user", text=STORY, at=NOW)]
    return Filing.model_validate(base | {"turns": turns, "created_at": NOW, "updated_at": NOW} | changes)


def said(words: str, **changes: object) -> Answer:
    start = STORY.index(words)
    evidence = SaidEvidence(turn=0, start=start, end=start + len(words), quote=words)
    return Answer.model_validate({"value": words, "source": "said", "evidence": evidence} | changes)


def row(field: str, answer: Answer | None, whole: Filing | None = None, shut: bool = False) -> str:
    return answer_row(whole or filing(), ITEM.field(field), answer, True, shut)


def test_a_value_shows_the_words_it_came_from_among_those_around_them() -> None:
    page = row("operator_name", said("李小明"))
    assert "我叫<b>李小明</b>" in page and "待确认" in page and ">对</button>" in page and "修改" in page
    confirmed = row("operator_name", said("李小明", confirmed=True))
    assert "待确认" not in confirmed and ">对</button>" not in confirmed and "修改" in confirmed


def test_no_number_is_shown_in_full_not_even_beside_the_words_of_another_value() -> None:
    for field, words in (
        ("operator_name", "李小明"),
        ("operator_id_number", "440305198503124416"),
        ("main_business", "卖奶茶"),
        ("operator_mobile", "13800138000"),
    ):
        page = row(field, said(words))
        assert "8503124416" not in page and "800138000" not in page, page


def test_a_value_read_in_a_document_shows_its_page_with_the_place_marked() -> None:
    evidence = SeenEvidence(material="m", page=2, quote="李小明", box=(0.1, 0.2, 0.3, 0.25))
    paper = Material(id="m", kind="lease", filename=EVIL, pages=2, sha256="0", status="read")
    answer = Answer(value="李小明", source="material", evidence=evidence)
    page = row("operator_name", answer, filing(materials=[paper]))
    assert "/materials/m/pages/2.png" in page and "left:10.00%;top:20.00%;width:20.00%" in page
    assert "<img src=x" not in page and "从材料读到：“李小明”" in page
    gone = row("operator_name", answer)
    assert "已经拿掉" in gone and "<img" not in gone


def test_a_value_taken_over_names_the_earlier_filing() -> None:
    evidence = EarlierEvidence(filing="f0", receipt="20260000001", item="个体工商户设立登记", on=date(2026, 3, 2))
    page = row("operator_name", Answer(value="李小明", source="reused", evidence=evidence))
    assert "2026-03-02" in page and "20260000001" in page and "待确认" in page


def test_what_the_script_gets_to_edit_a_sensitive_value_does_not_hold_it() -> None:
    for field, words in (("operator_id_number", "440305198503124416"), ("operator_name", "李小明")):
        found = re.search(rf'id="editor-{field}">(.*?)</span>', row(field, said(words)))
        assert found
        told = json.loads(html.unescape(found[1]))
        assert (told.get("value") == words) is (field == "operator_name")
    assert told["title"] == "经营者姓名"


def test_a_locked_answer_cannot_be_edited() -> None:
    page = row("operator_name", said("李小明"), shut=True)
    assert "已锁定" in page and "<button" not in page


def test_the_summary_leads_to_the_rows_of_what_is_missing_and_what_blocks() -> None:
    issue = Issue(code="NAME_TRADE_SHORT", severity="block", message="字号至少两个汉字")
    answers = {"name_trade": said("奶茶", issues=[issue]), "has_name": Answer(value=True, source="form")}
    page = summary_html(filing(answers=answers), ITEM)
    assert "字号至少两个汉字" in page and 'href="#row-name_trade"' in page
    assert "经营者姓名还没有填" in page and 'href="#row-operator_name"' in page


def test_the_check_page_has_every_asked_field_the_promises_in_full_and_a_place_to_sign() -> None:
    page = check_html(filing(answers={"operator_name": said("李小明")}), ITEM)
    for field in ITEM.asked({}):
        assert f'id="row-{field.id}"' in page, field.id
    assert all(p in page for p in PROMISES) and 'id="sign-slot"' in page and "还没有签名：李小明" in page
    assert "\n" not in page


def test_what_people_typed_never_becomes_markup() -> None:
    wild = Answer(value=EVIL, source="form", issues=[Issue(code="X", severity="warn", message=EVIL)])
    page = check_html(filing(answers={"main_business": wild, "operator_name": wild}), ITEM)
    assert "<img" not in page


def test_a_returned_filing_opens_only_what_was_flagged() -> None:
    answers = {"operator_name": said("李小明"), "main_business": said("卖奶茶")}
    back = filing(status="returned", receipt="1", answers=answers)
    page = check_html(back, ITEM, (), Opened(frozenset({"operator_name"}), frozenset(), frozenset()))
    assert page.count("已锁定") == 1 and 'id="open-more"' in page
    assert "已锁定" not in check_html(back, ITEM, (), None)


def test_after_handing_in_nothing_can_be_edited_or_signed() -> None:
    page = check_html(filing(status="submitted", receipt="1", answers={"operator_name": said("李小明")}), ITEM)
    assert "<button" not in page and "sign-slot" not in page


NOTICE = {
    "round": 1,
    "number": "补正〔2026〕000001号",
    "issued_at": "2026-11-20T10:00:00+08:00",
    "items": [
        {"what_is_wrong": "租期已满", "what_to_do": "换一份在有效期内的合同", "basis": [], "kinds": ["lease"]},
        {"what_is_wrong": "号码不对", "what_to_do": "改成能打通的", "basis": [], "fields": ["operator_mobile"]},
    ],
}


def test_the_receipt_the_dates_and_the_notice_are_shown_after_handing_in() -> None:
    stands = Standing([Step(NOW, "started", 1), Step(NOW, "submitted", 1), Step(NOW, "returned", 1)], next="请改好")
    page = after_html(filing(status="returned", receipt="20260000001"), NOTICE, stands, ZONE)
    for wanted in ("20260000001", "租期已满", "换一份", "2026年11月20日 17:00", "需要补正", "请改好", "receipt.pdf"):
        assert wanted in page, wanted
    assert 'href="#row-operator_mobile"' in page and 'class="to-papers"' in page and 'id="withdraw"' in page
    assert "\n" not in page


@pytest.mark.parametrize("status", ["accepted", "refused", "withdrawn", "draft"])
def test_only_a_filing_under_way_can_be_taken_back(status: str) -> None:
    assert 'id="withdraw"' not in after_html(filing(status=status, receipt="1" if status != "draft" else None), None)


def test_the_notice_of_a_filing_that_is_no_longer_open_leads_nowhere() -> None:
    assert "to-row" not in after_html(filing(status="submitted", receipt="1"), NOTICE)


def test_there_is_nothing_to_follow_before_there_is_a_filing() -> None:
    assert after_html(None, None) == ""
