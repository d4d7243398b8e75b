"""The filled form: every part, unconfirmed values marked, the label, amounts in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from assistant.amount_words import in_words
from assistant.filing import Answer, Filing
from assistant.form import form_pdf
from knowledge.items import Catalogue, Item

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "has_name": True,
    "business_name": "深圳市南山区满满餐饮店",
    "operator_name": "李小明",
    "operator_gender": "male",
    "operator_id_number": "440305199001011234",
    "operator_mobile": "13800000000",
    "composition": "family",
    "family_members": [{"name": "王芳", "id_number": "440305199202023456"}],
    "premises_kind": "leased",
    "premises_address": "深圳市南山区桃园路18号102",
    "premises_residential": False,
    "business_scope": ["餐饮服务", "食品销售"],
    "capital_wan": 5,
    "is_ecommerce": False,
    "licence_copies": 1,
    "has_agent": False,
    "contact_name": "李小明",
}


@pytest.fixture(scope="module")
def registration() -> Item:
    return Catalogue.load().get("individual-business-registration")


def filing(item: Item, values: dict[str, Any], unconfirmed: tuple[str, ...] = ()) -> Filing:
    answers = {k: Answer(value=v, source="said", confirmed=k not in unconfirmed) for k, v in values.items()}
    return Filing(
        id="f1", owner="a", item=item.code, item_version=item.version, answers=answers, created_at=NOW, updated_at=NOW
    )


def words(pdf: bytes) -> str:
    return "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages)


def test_every_answer_stands_on_the_form_in_two_pages_at_most(registration: Item) -> None:
    pdf = form_pdf(filing(registration, VALUES), registration)
    text = words(pdf)
    for wanted in (
        "深圳市南山区满满餐饮店",
        "李小明",
        "440305199001011234",
        "王芳",
        "深圳市南山区桃园路18号102",
        "餐饮服务；食品销售",
        "大写：伍万元整",
        "■家庭经营",
        "□个人经营",
        "家庭成员签字",
        "未委托代理人",
    ):
        assert wanted in text, wanted
    assert len(PdfReader(BytesIO(pdf)).pages) <= 2
    assert "待确认〕女" not in text and "男" in text


def test_a_value_nobody_confirmed_is_marked(registration: Item) -> None:
    text = words(form_pdf(filing(registration, VALUES, ("operator_name",)), registration))
    assert "李小明〔待确认〕" in text
    assert "深圳市南山区桃园路18号102〔待确认〕" not in text


def test_the_form_says_that_ai_helped_in_words_and_in_its_description(registration: Item) -> None:
    pdf = form_pdf(filing(registration, VALUES), registration)
    assert "人工智能辅助填写" in words(pdf)
    description = PdfReader(BytesIO(pdf)).metadata or {}
    assert json.loads(str(description["/AIGC"]))["Label"] == "1"


def test_an_empty_filing_still_gives_a_form(registration: Item) -> None:
    assert "经营者签字" in words(form_pdf(filing(registration, {}), registration))


def test_online_premises_show_platform_and_address(registration: Item) -> None:
    online = VALUES | {"premises_kind": "online", "online_url": "https://a.example/shop", "online_platform": "云集"}
    assert "https://a.example/shop（云集）" in words(form_pdf(filing(registration, online), registration))


def test_other_items_print_their_fields_by_group() -> None:
    others = [item for item in Catalogue.load().all() if item.code != "individual-business-registration"]
    for item in others:
        text = words(form_pdf(filing(item, {}), item))
        assert item.title.replace(" ", "") in text and "申请人签字" in text


@pytest.mark.parametrize(
    ("wan", "expected"),
    [
        (1, "壹万元整"),
        (0.5, "伍仟元整"),
        (15, "壹拾伍万元整"),
        (1.05, "壹万零伍佰元整"),
        (10.01, "壹拾万零壹佰元整"),
        (10005, "壹亿零伍万元整"),
        (0.0001, "壹元整"),
        (1.00005, "壹万元伍角"),
        (1.000001, "壹万元零壹分"),
        (0, "零元整"),
    ],
)
def test_an_amount_is_written_out_as_on_a_cheque(wan: float, expected: str) -> None:
    assert in_words(wan) == expected
