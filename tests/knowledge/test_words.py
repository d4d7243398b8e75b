"""Words of a text, and citations."""

import pytest

from knowledge.words import cited_articles, legal_words, tokens

TITLES = ["市场主体登记管理条例", "市场主体登记管理条例实施细则", "促进个体工商户发展条例"]
TITLES += ["行政许可法", "消费者权益保护法", "消防法", "食品安全法"]


def test_tokens_are_pairs_of_characters_words_and_numbers() -> None:
    assert tokens("网上办App，15.5日，税") == ["网上", "上办", "app", "15.5", "日", "税"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("市场主体登记管理条例第十九条", [("市场主体登记管理条例", "第十九条")]),
        ("行政许可法32条怎么说", [("行政许可法", "第三十二条")]),
        ("《中华人民共和国行政许可法》第三十二条第一款第四项", [("行政许可法", "第三十二条")]),
        ("消法第24条", [("消费者权益保护法", "第二十四条")]),
        ("食品安全法里的第一百二十二条和第35条", [("食品安全法", "第一百二十二条"), ("食品安全法", "第三十五条")]),
        ("个体工商户条例13条", [("促进个体工商户发展条例", "第十三条")]),
        ("登记管理条例第19条", [("市场主体登记管理条例", "第十九条")]),
        ("登记管理条例实施细则第19条", [("市场主体登记管理条例实施细则", "第十九条")]),
        ("条例第19条", []),
        ("我有3条狗，能开店吗", []),
    ],
)
def test_citations_are_read_however_people_write_them(question: str, found: list[tuple[str, str]]) -> None:
    assert cited_articles(question, TITLES) == found


def test_lay_words_are_joined_by_what_the_law_calls_them_each_once() -> None:
    assert legal_words("老板换人了，执照还能用吗").split().count("变更经营者") == 1
    assert "营业执照" in legal_words("执照弄丢了")
    assert legal_words("今天天气不错") == ""
