"""How a message is heard: dialect and old characters in their places, phrases without marks, names as they are."""

import pytest

from assistant.cues import clauses, hear
from assistant.dialect import standard


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("系我老豆嘅铺", "是我爸爸的铺"),
        ("我同屋企人一齐做", "我同家里人一起做"),
        ("莫得啥子事", "没有什么事"),
        ("联系电话", "联系电话"),
        ("俺这边个人经营", "俺这边个人经营"),
        ("走正规渠道", "走正规渠道"),
    ],
)
def test_dialect_becomes_the_standard_word_in_the_same_place(said: str, heard: str) -> None:
    assert standard(said) == heard
    assert len(standard(said)) == len(said)


@pytest.mark.parametrize("name", ["沈默", "余乾坤", "范后山"])
def test_a_name_in_simplified_characters_stays_as_it_is(name: str) -> None:
    assert hear(f"我叫{name}").text.endswith(name)


def test_traditional_characters_become_simplified_ones_in_their_places() -> None:
    assert hear("開間理髮店").text == "开间理发店"


def test_speech_without_marks_is_cut_where_a_phrase_begins() -> None:
    heard = hear("你好我叫马晓东想开个牛肉面馆店是租的电话13800138000")
    pieces = [heard.text[s:e] for s, e in clauses(heard)]
    assert pieces == ["你好", "我叫马晓东", "想开个牛肉面馆", "店是租的", "电话13800138000"]


def test_a_space_begins_a_phrase_only_before_words_that_do() -> None:
    heard = hear("开洗车店 投20万")
    assert [heard.text[s:e] for s, e in clauses(heard)] == ["开洗车店", "投20万"]
    address = hear("成都市 金牛区 茶店子路8号")
    assert len(list(clauses(address))) == 1
