"""The registration item as data, and what loading refuses."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.items import Catalogue, Item, ItemError, articles, load_item

CATALOGUE = Catalogue.load()
ITEM = CATALOGUE.get("individual-business-registration")

SHOP: dict[str, Any] = {
    "main_business": "开面馆",
    "business_scope": ["餐饮服务"],
    "has_name": True,
    "name_trade": "满满",
    "name_industry": "餐饮",
    "name_form": "店",
    "operator_name": "陆小满",
    "operator_id_number": "44030519910520962X",
    "operator_gender": "female",
    "operator_birth_date": "1991-05-20",
    "operator_mobile": "13900000001",
    "operator_residence": "广东省深圳市南山区桃园路6号3栋501",
    "operator_ethnicity": "汉族",
    "operator_education": "高中",
    "operator_political_status": "群众",
    "operator_occupation": "自由职业",
    "composition": "individual",
    "premises_kind": "leased",
    "premises_address": "深圳市南山区桃园路18号一楼102室",
    "premises_residential": False,
    "name_region": "深圳市南山区",
    "capital_wan": 5,
    "is_ecommerce": False,
    "contact_name": "陆小满",
    "contact_mobile": "13900000001",
    "contact_email": "a@example.com",
    "has_agent": False,
}


def kinds(values: dict[str, Any], licences: tuple[str, ...] = ()) -> set[str]:
    return {m.kind for m in ITEM.needed(values, licences)}


def broken(change: Any) -> Item:
    """The item with a change made to its file."""
    path = Path(__file__).parents[2] / "knowledge" / "items" / "individual-business-registration.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(data)
    return Item.model_validate(data)


def test_a_complete_shop_has_nothing_missing() -> None:
    assert ITEM.missing(SHOP) == []


def test_the_story_is_asked_first_and_the_agent_last() -> None:
    missing = ITEM.missing({})
    assert missing[0] == "main_business"
    assert missing[-1] == "has_agent"


def test_a_shop_without_a_name_is_not_asked_for_its_parts() -> None:
    asked = {f.id for f in ITEM.asked(SHOP | {"has_name": False})}
    assert not {f for f in asked if f.startswith("name_")}


def test_only_an_online_shop_is_asked_for_its_platform() -> None:
    online = {"premises_kind": "online"}
    assert {"online_platform", "online_url"} <= set(ITEM.missing(online))
    assert "premises_address" not in ITEM.missing(online)
    assert "online_url" not in ITEM.missing({"premises_kind": "leased"})


def test_fields_with_a_default_are_not_asked() -> None:
    assert ITEM.defaults() == {"operator_id_type": "resident_id", "licence_copies": 0}
    assert not {"operator_id_type", "licence_copies"} & set(ITEM.missing({}))


def test_a_derived_field_is_asked_only_when_its_sources_did_not_give_it() -> None:
    without = {k: v for k, v in SHOP.items() if k != "operator_gender"}
    del without["operator_id_number"]
    assert "operator_gender" not in ITEM.missing(without)
    foreign = without | {"operator_id_type": "hk_macao", "operator_id_number": "H12345678"}
    assert "operator_gender" in ITEM.missing(foreign)


def test_the_region_of_the_name_follows_from_the_address_and_is_asked_of_an_online_shop() -> None:
    before = {k: v for k, v in SHOP.items() if k not in ("name_region", "premises_address")}
    assert "name_region" not in ITEM.missing(before)
    assert "name_region" in ITEM.missing(before | {"premises_kind": "online"})
    assert "business_name" not in ITEM.missing(SHOP)


def test_an_optional_field_is_left_out_once_skipped_and_never_blocks() -> None:
    without = SHOP | {"contact_email": None}
    assert ITEM.missing(without) == ["contact_email"]
    assert ITEM.missing(without, skipped=["contact_email"]) == []
    assert ITEM.missing(without, required_only=True) == []
    assert ITEM.missing(SHOP | {"operator_name": ""}, skipped=["operator_name"]) == ["operator_name"]


def test_a_leased_shop_needs_form_card_lease_and_deed() -> None:
    assert kinds(SHOP) == {"application_form", "operator_id_card", "lease", "title_deed"}


def test_what_is_needed_follows_the_answers() -> None:
    assert "neighbour_consent" in kinds(SHOP | {"premises_residential": True})
    assert "lease" not in kinds(SHOP | {"premises_kind": "owned"})
    assert kinds({"premises_kind": "online"}) == {"application_form", "operator_id_card", "platform_proof"}
    family = SHOP | {"composition": "family", "family_members": [{"name": "甲"}, {"name": "乙"}]}
    assert {"family_proof", "member_id_card"} <= kinds(family)
    assert next(m for m in ITEM.needed(family) if m.kind == "member_id_card").count == 2
    assert "agent_id_card" in kinds(SHOP | {"has_agent": True})


def test_an_approval_is_needed_only_for_an_entry_approved_before_registration() -> None:
    assert "pre_approval" in kinds(SHOP, ("none", "pre"))
    assert "pre_approval" not in kinds(SHOP, ("post", "filing"))


def test_documents_only_a_rule_can_ask_for_are_never_needed_by_the_answers() -> None:
    assert not {"sublet_consent", "premises_commitment"} & kinds(SHOP)
    assert next(m for m in ITEM.needed(SHOP) if m.kind == "title_deed").instead == ("premises_commitment",)


def test_every_needed_document_says_why_and_on_which_article() -> None:
    for need in ITEM.materials:
        assert need.why and any(article for _, article in articles(need.basis)), need.kind


def test_every_finding_has_a_remedy_and_an_article() -> None:
    assert len(ITEM.checks) == 49
    for check in ITEM.checks:
        assert check.remedy.endswith(("。", "！")), check.code
        assert all(article for _, article in articles(check.basis)), check.code


def test_numbers_that_identify_a_person_are_marked_sensitive() -> None:
    assert all(f.sensitive for f in ITEM.fields if f.type in ("id_number", "phone", "people"))


def test_questions_are_short_and_about_one_thing() -> None:
    for field in ITEM.fields:
        assert field.title and len(field.ask) <= 70, field.id
        assert field.ask or field.id == "business_name"


@pytest.mark.parametrize("words", ["我想办个体户", "开个面馆要怎么办执照", "想在网上卖童装", "营业执照咋办"])
def test_a_first_message_about_opening_a_business_finds_the_item(words: str) -> None:
    assert CATALOGUE.find(words) is ITEM


@pytest.mark.parametrize("words", ["你好", "我要注销个体户", "公积金怎么提取", "", "今天几号"])
def test_another_message_finds_none(words: str) -> None:
    assert CATALOGUE.find(words) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d["fields"][0].update(regex=".*"), "regex"),
        (lambda d: d["fields"][3].update(needed_if={"field": "has_nam", "is": True}), "has_nam"),
        (lambda d: d["fields"][3].update(needed_if={"field": "has_name", "is": "yes"}), "true or false"),
        (lambda d: d["materials"][2].update(needed_if={"field": "premises_kind", "is": "stolen"}), "stolen"),
        (lambda d: d["materials"][0].update(kind="passport"), "passport|Input should be"),
        (lambda d: d["checks"][0].update(kind="magic"), "magic"),
        (lambda d: d["checks"][0].update(params={"words": []}), "words"),
        (lambda d: d["checks"][0].update(basis="随便哪一条 第3款"), "basis"),
        (lambda d: d["questions"][0].update(code="NO_SUCH_CODE"), "NO_SUCH_CODE"),
        (lambda d: d["questions"][0].update(fields=["nowhere"]), "nowhere"),
        (lambda d: d["fields"].append(dict(d["fields"][0])), "twice"),
        (lambda d: d["fields"][0].update(ask=""), "question"),
    ],
)
def test_loading_refuses_what_nothing_defines(change: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        broken(change)


def test_a_refused_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("code: odd\nfields: []\n", encoding="utf-8")
    with pytest.raises(ItemError, match=r"odd\.yaml.*title"):
        load_item(path)
    path.write_text("code: [", encoding="utf-8")
    with pytest.raises(ItemError, match=r"odd\.yaml"):
        Catalogue.load(tmp_path)


def test_a_basis_is_read_as_documents_and_articles() -> None:
    assert articles("民法典 第五十四条；个体工商户登记（备案）申请书") == [
        ("民法典", "第五十四条"),
        ("个体工商户登记（备案）申请书", ""),
    ]
