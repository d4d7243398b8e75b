"""What comes in between: questions that wait, two answers that do not fit, skipping, distress; and what stays of it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from assistant.conversation import Parts, open_filing, turn
from assistant.filing import Filing, Reply, SaidEvidence
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE = "individual-business-registration"
Talk = Callable[..., tuple[Filing, list[Reply]]]


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), today=date(2026, 11, 23), _env_file=None)
    models = Models(settings)
    models.off()
    parts = Parts(
        settings=settings,
        models=models,
        catalogue=Catalogue.load(),
        scopes=Scopes.load(),
        office=Office.load(None),
        regions=Regions.load(),
        library=Library.of([]),
        panel=Panel(models),
    )

    def said(*lines: str) -> tuple[Filing, list[Reply]]:
        filing, reply = open_filing("me", CODE, lines[0], parts, NOW)
        replies = [reply]
        for words in lines[1:]:
            stored = Filing.model_validate_json(filing.model_dump_json())  # as the store keeps it
            filing, reply = turn(stored, words, parts, NOW)
            replies.append(reply)
        return filing, replies

    yield said
    models.close()


BEGUN = ("开面馆，我叫李小明，电话13900001111，投5万", "行", "不起名")


def test_a_question_put_before_another_leaves_that_one_waiting(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "我电话是13655556666")
    assert (replies[-1].asked, replies[-1].options) == ("operator_mobile", ["13900001111", "13655556666"])
    assert filing.waiting == ["operator_id_number"]
    assert filing.values()["operator_mobile"] == "13900001111"


def test_the_answer_that_holds_is_quoted_from_the_line_it_was_said_in(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "我电话是13655556666", "用新的那个")
    evidence = filing.answers["operator_mobile"].evidence
    assert isinstance(evidence, SaidEvidence)
    assert filing.turns[evidence.turn].text[evidence.start : evidence.end] == "13655556666"
    assert replies[-1].asked == "operator_id_number"
    assert filing.waiting == []


def test_whoever_answers_the_waiting_question_instead_keeps_the_stored_value(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "我电话是13655556666", "510106197503061020")
    assert filing.values()["operator_id_number"] == "510106197503061020"
    assert filing.values()["operator_mobile"] == "13900001111"
    assert replies[-1].asked == "operator_residence"


def test_a_skipped_question_comes_back_last_and_only_then(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "先跳过", "成都市金牛区茶店子路8号2栋501", "汉族")
    assert filing.skipped == ["operator_id_number"]
    assert [r.asked for r in replies[3:]] == ["operator_residence", "operator_ethnicity", "operator_education"]


def test_the_last_open_question_can_be_left_and_is_named(talk: Talk) -> None:
    whole = (
        *BEGUN, "跳过", "成都市金牛区茶店子路8号2栋501", "汉族", "高中", "群众", "务农", "一个人", "租的",
        "成都市金牛区茶店子路18号1楼102室", "商铺", "不上网卖", "不要副本", "我自己", "没有邮箱", "自己办",
    )  # fmt: skip
    filing, replies = talk(*whole, "跳过")
    assert replies[-2].asked == "operator_id_number"
    assert "证件号码" in replies[-1].text
    assert "提交" in replies[-1].text
    assert filing.skipped == ["contact_email", "operator_id_number"]


def test_danger_stops_the_questions_and_marks_the_case(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "我真的不想活了，欠了五十万")
    assert "12356" in replies[-1].text
    assert "身份证" not in replies[-1].text
    assert filing.care is not None
    assert filing.care.kind == "danger"
    assert filing.turns[filing.care.turn].text.startswith("我真的不想活了")


def test_anger_beside_an_answer_loses_neither(talk: Talk) -> None:
    filing, replies = talk(*BEGUN, "烦死了！510106197503061020，别再问了")
    assert filing.values()["operator_id_number"] == "510106197503061020"
    assert replies[-1].asked == "operator_residence"
    assert filing.care is not None
    assert filing.care.kind == "anger"


def test_a_milder_sign_does_not_replace_a_graver_one(talk: Talk) -> None:
    filing, _ = talk(*BEGUN, "我不想活了", "什么破系统")
    assert filing.care is not None
    assert filing.care.kind == "danger"


def test_why_is_answered_from_the_basis_of_the_item(talk: Talk) -> None:
    _, replies = talk(*BEGUN, "为什么要问这个")
    assert "市场主体登记管理条例 第十五条" in replies[-1].text
    assert replies[-1].asked == "operator_id_number"


def test_values_on_record_are_read_back_with_the_number_masked(talk: Talk) -> None:
    _, replies = talk(*BEGUN, "510106197503061020", "现在都填了些什么给我看看")
    assert "李小明" in replies[-1].text
    assert "510106197503061020" not in replies[-1].text
