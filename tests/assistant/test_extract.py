"""What a first message tells unasked: by cues, and by a model that only points at words."""

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.cues import hear
from assistant.extract import by_code, by_model, owner, unexplained
from assistant.fields import Context
from knowledge.items import Catalogue
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.errors import ModelError
from prompts.models import Models
from prompts.settings import Settings

TODAY = date(2026, 11, 23)
ITEM = Catalogue.load().get("individual-business-registration")
CONTEXT = Context(regions=Regions.load(), scopes=Scopes.load())


def told(text: str) -> dict[str, object]:
    return {f.field: f.parsed.value for f in by_code(hear(text), ITEM, TODAY, CONTEXT)}


def test_a_story_is_read_without_a_model() -> None:
    text = (
        "我想在深圳市南山区科苑路15号2楼开个理发店，租的，店名叫小鹿理发店，我一个人干，投3万，我叫张三，"
        "身份证44030519910520962X，电话13900001111，汉族，高中毕业，群众"
    )
    assert told(text) == {
        "operator_mobile": "13900001111",
        "operator_id_number": "44030519910520962X",
        "operator_name": "张三",
        "has_name": True,
        "name_trade": "小鹿",
        "name_industry": "理发",
        "name_form": "店",
        "capital_wan": 3,
        "composition": "individual",
        "premises_kind": "leased",
        "operator_ethnicity": "汉族",
        "operator_education": "高中",
        "operator_political_status": "群众",
        "premises_address": "深圳市南山区科苑路15号2楼",
        "main_business": "开个理发店",
    }


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("我妹妹叫周小梅，电话13900003333，我想开个洗衣店", ("operator_name", "operator_mobile")),
        ("房东电话13899990000，店是租他的，我卖水果", ("operator_mobile",)),
        ("我老公让我来问问，他叫刘强，电话13900003333", ("operator_name", "operator_mobile")),
        ("老师好，想开个面馆", ("operator_name", "name_trade", "capital_wan")),
        ("房租一个月3万，我想卖衣服", ("capital_wan",)),
        ("大概投十来万", ("capital_wan",)),
        ("我想做婚庆租赁，出租衣服", ("premises_kind",)),
    ],
)
def test_what_belongs_to_others_or_to_nobody_is_left_alone(text: str, absent: tuple[str, ...]) -> None:
    assert not set(absent) & set(told(text))


def test_somebody_else_as_contact_is_the_contact() -> None:
    found = told("开家政店，联络员我想写我妹妹易乐之，她电话13977778888，她比我细心")
    assert (found["contact_name"], found["contact_mobile"]) == ("易乐之", "13977778888")
    assert "operator_mobile" not in found


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("我跟我媳妇两口子想开个烧烤店两个人一块儿干的", "composition", "family"),
        ("我侄儿在磁器口有个老房子给我白用，我想开个茶馆", "premises_kind", "free_use"),
        ("铺子都租好咯，开个串串店", "premises_kind", "leased"),
        ("只在网上卖童装，没有实体店", "premises_kind", "online"),
        ("我是 freelancer，做 translation 的", "main_business", "做 translation 的"),
        ("我17岁了想开店卖花行不行", "main_business", "开店卖花"),
    ],
)
def test_closed_answers_and_the_trade_are_heard_in_a_story(text: str, field: str, value: str) -> None:
    assert told(text)[field] == value


def test_every_value_points_at_its_words_in_what_was_typed() -> None:
    text = "😄我叫陳小明，開麵館，投５万"
    found = {f.field: text[f.parsed.start : f.parsed.end] for f in by_code(hear(text), ITEM, TODAY, CONTEXT)}
    assert found == {"operator_name": "陳小明", "main_business": "開麵館", "capital_wan": "５万"}


def test_whose_number_it_is_follows_from_the_words_before_it() -> None:
    for text, whose in (("我电话是139", "operator"), ("店名叫小鹿，电话139", "operator"), ("房东电话139", "other")):
        assert owner(hear(text), text.index("139")) == whose


def pointing(tmp_path: Path, said: list[tuple[str, str]], yes: float = 0.99) -> Models:
    reply = json.dumps({"said": [{"field": f, "words": w} for f, w in said]}, ensure_ascii=False)
    script = {"chat": [reply], "judge": [{"是": yes, "否": 1 - yes}] * len(said)}
    return Models.scripted(script, settings=Settings(model="script:", data=tmp_path, _env_file=None))


def test_a_model_s_words_count_only_where_they_stand_and_fit(tmp_path: Path) -> None:
    text = "我寻思着把家传的手艺捡起来，给人修脚按摩"
    said = [("生意", "给人修脚按摩"), ("店名", "李一刀"), ("姓名", "老师"), ("地址", "学校旁边")]
    found, made_by = by_model(
        hear(text),
        ["main_business", "name_trade", "operator_name", "premises_address"],
        pointing(tmp_path, said),
        ITEM,
        TODAY,
        CONTEXT,
    )
    assert {f.field: f.parsed.value for f in found} == {"main_business": "给人修脚按摩"}
    assert [m.prompt.partition("@")[0] for m in made_by] == ["extract_values", "check_value"]


def test_a_value_that_one_question_about_it_does_not_bear_out_is_dropped(tmp_path: Path) -> None:
    heard = hear("隔壁那家叫老味道，我寻思着给人修脚")
    models = pointing(tmp_path, [("生意", "给人修脚")], yes=0.3)
    found, made_by = by_model(heard, ["main_business"], models, ITEM, TODAY, CONTEXT)
    assert found == []
    assert len(made_by) == 2


def test_a_value_that_could_not_be_checked_is_not_stored(tmp_path: Path) -> None:
    reply = json.dumps({"said": [{"field": "生意", "words": "给人修脚"}]}, ensure_ascii=False)
    models = Models.scripted({"chat": [reply]}, settings=Settings(model="script:", data=tmp_path, _env_file=None))
    with pytest.raises(ModelError):
        by_model(hear("我寻思着给人修脚"), ["main_business"], models, ITEM, TODAY, CONTEXT)


def test_the_same_words_are_not_both_a_person_and_a_shop(tmp_path: Path) -> None:
    models = pointing(tmp_path, [("店名", "黎小川"), ("姓名", "黎小川")])
    heard = hear("我在夜市支个摊，姓黎，黎小川")
    found, _ = by_model(heard, ["name_trade", "operator_name"], models, ITEM, TODAY, CONTEXT)
    assert {f.field: f.parsed.value for f in found} == {"operator_name": "黎小川"}


def test_what_no_cue_explains_is_what_a_model_would_be_asked_about() -> None:
    heard = hear("你好，开个面馆，老家的秘方传了三代")
    assert unexplained(heard, by_code(heard, ITEM, TODAY, CONTEXT)) == "老家的秘方传了三代"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("我想在深圳南山区粤海街道科苑路15号开一家小面馆", "premises_address", "深圳南山区粤海街道科苑路15号"),
        ("打算到深圳市宝安区西乡街道宝源路88号做修鞋", "premises_address", "深圳市宝安区西乡街道宝源路88号"),
        ("准备在深圳市南山区科苑路15号1栋101弄个理发店", "premises_address", "深圳市南山区科苑路15号1栋101"),
        ("上海市黄浦区福州路123弄5号开个书店", "premises_address", "上海市黄浦区福州路123弄5号"),
        ("深圳市南山区科苑路15号的铺面我租下来了", "premises_address", "深圳市南山区科苑路15号"),
        ("我在深圳市福田区上步路8号住，想开个小卖部", "operator_residence", "深圳市福田区上步路8号"),
    ],
)
def test_a_place_before_what_is_done_there_is_that_place(text: str, field: str, value: str) -> None:
    assert told(text)[field] == value


def test_a_place_where_somebody_works_is_neither_shop_nor_home() -> None:
    assert not {"premises_address", "operator_residence"} & set(told("我在深圳市宝安区西乡街道宝源路88号上班"))
