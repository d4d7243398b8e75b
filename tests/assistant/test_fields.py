"""Answers become canonical values that point at their words; form edits are taken in any usual spelling."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.fields import Context, FieldError, Parsed, Refused, accept, derive, issues, parse
from knowledge.items import Catalogue, Item
from knowledge.office import Authority, Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes

TODAY = date(2026, 11, 23)
ITEM: Item = Catalogue.load().get("individual-business-registration")
REGIONS, SCOPES = Regions.load(), Scopes.load()
MINE = Context({"operator_name": "王小明", "operator_mobile": "13900001111"}, REGIONS, SCOPES)


@pytest.mark.parametrize(
    ("field", "said", "value", "words"),
    [
        ("operator_mobile", "好嘞 13900000027 谢谢", "13900000027", "13900000027"),
        ("operator_mobile", "幺三九零零零零幺二三四", "13900001234", "幺三九零零零零幺二三四"),
        ("operator_id_number", "俺嘛，号码是11010519491231002x咯", "11010519491231002X", "11010519491231002x"),
        ("contact_name", "写我本人就行", "王小明", "写我"),
        ("contact_name", "我老婆王芳", "王芳", "王芳"),
        ("contact_mobile", "跟我手机一样", "13900001111", "一样"),
        ("operator_ethnicity", "民族是汉族", "汉族", "汉族"),
        ("main_business", "烦死了，开修车铺！", "开修车铺", "开修车铺"),
        ("online_platform", "在拼多多上开", "拼多多", "在拼多多上开"),
        ("agent_powers", "1和4", [1, 4], "1和4"),
        ("operator_occupation", "现在是货车司机", "货车司机", "货车司机"),
    ],
)
def test_a_value_is_found_in_talk_and_points_at_its_words(field: str, said: str, value: Any, words: str) -> None:
    found = parse(ITEM.field(field), said, TODAY, MINE)
    assert isinstance(found, Parsed)
    assert found.value == value
    assert said[found.start : found.end] == words


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        ("operator_id_number", "110105194912310021", "ID_CHECK"),
        ("operator_id_number", "130503670401001", "ID_15"),
        ("operator_mobile", "手机1390000123", "PHONE_INVALID"),
        ("capital_wan", "大概十来万吧", "AMOUNT_HEDGED"),
        ("premises_address", "深圳市南山区科技园", "ADDRESS_INCOMPLETE"),
        ("name_trade", "叫 Coco 行吗", "NAME_NOT_CHINESE"),
        ("name_trade", "顺", "NAME_TRADE_SHORT"),
        ("name_trade", "您给起一个吧", "NAME_UNDECIDED"),
        ("family_members", "我老婆叫李梅", "MEMBER_INCOMPLETE"),
    ],
)
def test_words_that_cannot_be_the_value_are_refused_with_a_reason(field: str, said: str, code: str) -> None:
    found = parse(ITEM.field(field), said, TODAY, MINE)
    assert isinstance(found, Refused)
    assert found.code == code
    assert found.message


def test_family_members_are_pairs_without_the_operator() -> None:
    said = "万小勇，身份证430103198806017671，谭丽，身份证430103199001207683"
    found = parse(ITEM.field("family_members"), said, TODAY, MINE)
    assert isinstance(found, Parsed)
    assert found.value == [
        {"name": "万小勇", "id_number": "430103198806017671"},
        {"name": "谭丽", "id_number": "430103199001207683"},
    ]


def test_the_scope_is_what_was_proposed_what_is_named_or_what_the_words_mean() -> None:
    scope = ITEM.field("business_scope")
    offered = Context({}, REGIONS, SCOPES, ("餐饮服务", "食品销售"), ("餐饮服务",))
    values = [parse(scope, said, TODAY, offered) for said in ("行，就这些", "食品销售", "第二个", "卖水果")]
    assert [v.value for v in values if isinstance(v, Parsed)] == [
        ["餐饮服务"],
        ["食品销售"],
        ["食品销售"],
        ["新鲜水果零售"],
    ]


def test_a_room_said_afterwards_completes_the_address() -> None:
    context = Context({}, REGIONS, SCOPES, earlier="武汉市江岸区解放大道1500号")
    found = parse(ITEM.field("premises_address"), "15栋2号", TODAY, context)
    assert isinstance(found, Parsed)
    assert found.value == "武汉市江岸区解放大道1500号15栋2号"


@given(st.text(max_size=60), st.sampled_from([f.id for f in ITEM.fields]))
def test_any_text_is_parsed_without_an_error_and_within_its_bounds(text: str, field: str) -> None:
    found = parse(ITEM.field(field), text, TODAY, MINE)
    if isinstance(found, Parsed):
        assert 0 <= found.start <= found.end <= len(text)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("main_business", "开文具店，卖Ａ４纸", "开文具店，卖A4纸"),
        ("operator_gender", "男", "male"),
        ("operator_ethnicity", "汉", "汉族"),
        ("has_name", "是", True),
        ("capital_wan", "5万元", 5),
        ("capital_wan", 2.5, 2.5),
        ("operator_birth_date", "1991年5月20日", "1991-05-20"),
        ("operator_mobile", "１３９ 0000 1234", "13900001234"),
        ("operator_id_number", "11010519491231002x", "11010519491231002X"),
        ("premises_address", "深圳市 南山区 科苑路１５号", "深圳市南山区科苑路15号"),
        ("premises_kind", "租赁", "leased"),
        ("licence_copies", "2", 2),
        ("business_scope", "餐饮服务；食品销售", ["餐饮服务", "食品销售"]),
        ("agent_powers", "1,3", [1, 3]),
    ],
)
def test_a_form_edit_is_taken_in_any_usual_spelling(field: str, raw: Any, value: Any) -> None:
    assert accept(ITEM.field(field), raw, TODAY) == value


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("operator_id_number", "110105194912310021", "ID_CHECK"),
        ("operator_mobile", "12345", "PHONE_INVALID"),
        ("contact_email", "a@b", "EMAIL_INVALID"),
        ("capital_wan", -1, "AMOUNT_INVALID"),
        ("capital_wan", True, "AMOUNT_INVALID"),
        ("licence_copies", "-2", "COUNT_INVALID"),
        ("has_name", "也许", "TYPE_WRONG"),
        ("composition", "三人", "CHOICE_WRONG"),
        ("family_members", [{"name": "李梅"}], "MEMBER_INCOMPLETE"),
        ("operator_name", "", "TEXT_EMPTY"),
    ],
)
def test_a_malformed_edit_is_refused_with_its_code(field: str, raw: Any, code: str) -> None:
    with pytest.raises(FieldError) as error:
        accept(ITEM.field(field), raw, TODAY)
    assert error.value.code == code


def test_all_issues_come_at_once_in_words_and_with_the_severity_of_the_item() -> None:
    values = {
        "has_name": True,
        "name_region": "南山区",
        "name_trade": "茶",
        "name_industry": "餐饮",
        "name_form": "公司",
        "business_scope": ["餐饮服务", "网红带货"],
        "premises_address": "深圳市南山区观澜大道",
        "operator_id_number": "44030519910520962X",
        "operator_gender": "male",
        "operator_mobile": "123",
    }
    found = issues(ITEM, values, Office(), SCOPES, REGIONS, TODAY)
    codes = {(field, i.code, i.severity) for field, listed in found.items() for i in listed}
    assert codes >= {
        ("name_form", "NAME_FORM_FORBIDDEN", "block"),
        ("name_trade", "NAME_TRADE_SHORT", "block"),
        ("name_region", "NAME_REGION", "block"),
        ("business_scope", "SCOPE_NOT_STANDARD", "warn"),
        ("business_scope", "SCOPE_POST_APPROVAL", "info"),
        ("premises_address", "ADDRESS_INCOMPLETE", "block"),
        ("operator_gender", "ID_GENDER_MISMATCH", "block"),
        ("operator_mobile", "PHONE_INVALID", "block"),
    }


def test_the_office_decides_what_is_outside_and_who_is_too_young_is_told() -> None:
    office = Office(areas=("440303",), area_names=("罗湖区",), authority_name="罗湖监管局")
    values = {"premises_address": "深圳市南山区科苑路15号", "operator_birth_date": "2010-01-01"}
    found = issues(ITEM, values, office, SCOPES, REGIONS, TODAY)
    assert [i.code for i in found["premises_address"]] == ["ADDRESS_OUTSIDE"]
    assert [i.code for i in found["operator_id_number"]] == ["AGE_16_17"]
    assert Authority().areas == ()


def test_what_follows_from_the_values_is_derived() -> None:
    values = {
        "has_name": True,
        "name_trade": "满满",
        "name_industry": "餐饮",
        "name_form": "店",
        "operator_id_number": "44030519910520962X",
        "premises_address": "深圳市南山区桃园路18号一楼102室",
    }
    assert derive(ITEM, values, REGIONS) == {
        "operator_gender": "female",
        "operator_birth_date": "1991-05-20",
        "operator_id_type": "resident_id",
        "name_region": "深圳市南山区",
        "business_name": "深圳市南山区满满餐饮店",
    }
