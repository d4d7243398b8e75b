"""Names, scope and premises as a person meets them in the dialogue, at an office with an area and a register."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from assistant.conversation import Parts, open_filing, turn
from assistant.filing import Filing, Reply
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Talk = Callable[..., tuple[Filing, list[Reply]]]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), today=date(2026, 11, 23), _env_file=None)
    models = Models(settings)
    models.off()
    office = Office(
        authority_name="罗湖区市场监督管理局",
        areas=("440303",),
        area_names=("罗湖区",),
        registered_names=("深圳市罗湖区满满小吃店", "深圳市罗湖区晨光文具店"),
    )
    yield Parts(
        settings=settings,
        models=models,
        catalogue=Catalogue.load(),
        scopes=Scopes.load(),
        office=office,
        regions=Regions.load(),
        library=Library.of([]),
        panel=Panel(models),
    )
    models.close()


@pytest.fixture(scope="module")
def talk(parts: Parts) -> Talk:
    def said(*lines: str) -> tuple[Filing, list[Reply]]:
        filing, reply = open_filing("me", "individual-business-registration", lines[0], parts, NOW)
        replies = [reply]
        for words in lines[1:]:
            filing, reply = turn(filing, words, parts, NOW)
            replies.append(reply)
        return filing, replies

    return said


def test_a_taken_name_is_told_with_names_that_pass_and_asked_again(talk: Talk) -> None:
    filing, replies = talk("我想开个火锅店", "行", "要名字", "满满")
    assert "深圳市罗湖区满满小吃店" in replies[-1].text and "第十七条" in replies[-1].text
    assert replies[-1].asked == "name_trade"
    assert "name_trade" not in filing.values()
    assert len(replies[-1].options) == 3
    filing, replies = talk("我想开个火锅店", "行", "要名字", "满满", replies[-1].options[0])
    assert filing.values()["name_trade"] == replies[-2].options[0]
    assert filing.answers["name_trade"].issues == []


def test_the_same_name_in_another_trade_is_free(talk: Talk) -> None:
    filing, _ = talk("我开个洗车店", "行", "要名字", "满满")
    assert filing.values()["name_trade"] == "满满"
    assert filing.answers["name_trade"].issues == []


def test_likeness_is_shown_and_left_to_the_applicant(talk: Talk) -> None:
    filing, replies = talk("我想开个文具店", "行", "要名字", "辰光")
    assert filing.values()["name_trade"] == "辰光"
    assert "第十六条" in replies[-1].text and "读音" in replies[-1].text


def test_every_forbidden_word_is_explained_in_one_reply(talk: Talk) -> None:
    _, replies = talk("我想开个火锅店", "行", "要名字", "中国第一")
    assert all(w in replies[-1].text for w in ("“中国”", "第十二条", "“第一”", "第十一条第八项"))
    assert replies[-1].asked == "name_trade"


def test_somebody_without_an_idea_gets_names_of_their_own(talk: Talk) -> None:
    _, replies = talk("我叫林可儿，想开个火锅店", "行", "要名字", "没想好，你帮我起一个")
    assert "可儿" in replies[-1].text


def test_the_word_for_the_trade_is_picked_from_those_that_agree_with_the_scope(talk: Talk) -> None:
    filing, replies = talk("我想开个火锅店", "行", "要名字", "木槿", "服装")
    assert (replies[-2].asked, replies[-2].options[0]) == ("name_industry", "火锅")
    [issue] = filing.answers["name_industry"].issues
    assert issue.code == "NAME_INDUSTRY_SCOPE"
    assert "第九条" in issue.message and "“火锅”" in issue.message


def test_the_scope_tells_when_a_permit_is_needed_and_who_grants_it(talk: Talk) -> None:
    _, [*_, reply] = talk("想办个体户", "给商场派保安")
    assert "保安服务许可证（向公安机关办），才能办营业执照" in reply.text
    _, [reply] = talk("我想开家KTV")
    assert "领照后还要办娱乐经营许可证（向文化和旅游部门办）" in reply.text


@pytest.mark.parametrize(
    ("said", "scope"),
    [
        ("行", ["餐饮服务"]),
        ("行，再加上卖烟", ["餐饮服务", "烟草制品零售"]),
        ("可以，另外还卖日用百货", ["餐饮服务", "日用百货销售"]),
        ("好的，就这样，谢谢", ["餐饮服务"]),
        ("行，也没别的了", ["餐饮服务"]),
    ],
)
def test_entries_wanted_besides_are_added_to_those_agreed_to(talk: Talk, said: str, scope: list[str]) -> None:
    filing, _ = talk("我想开个火锅店", said)
    assert filing.values()["business_scope"] == scope


def test_a_food_licence_covers_packed_food(talk: Talk) -> None:
    filing, _ = talk("卖散装零食", "行，再加上卖瓶装饮料")
    assert filing.values()["business_scope"] == ["食品销售"]


def test_premises_outside_the_area_are_told_where_to_go(talk: Talk, parts: Parts) -> None:
    filing, _ = talk("我想开个火锅店", "行", "不要名字")
    filing = filing.model_copy(update={"pending": "premises_address"})
    filing, reply = turn(filing, "深圳市福田区深南大道100号3栋502室", parts, NOW)
    assert "请到深圳市福田区的市场监督管理部门申请" in reply.text
    assert filing.values()["premises_address"] == "深圳市福田区深南大道100号3栋502室"
