"""When two spellings mean the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from review.compare import amount, chinese_number, same_address, same_name, same_person


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        (5, 50000),
        ("0.5", 5000),
        ("15万元", 150000),
        ("150000元", 150000),
        ("壹拾伍万元整", 150000),
        ("人民币贰拾万圆整", 200000),
        ("壹佰万零伍佰元整", 1000500),
        ("１０万", 100000),
        ("陆仟元", 6000),
    ],
)
def test_amounts_in_figures_and_words(words: str | int, yuan: int) -> None:
    assert amount(words) == Decimal(yuan)


def test_what_is_no_amount_is_none() -> None:
    assert amount("面议") is None


@pytest.mark.parametrize(("text", "number"), [("十五", 15), ("二十一", 21), ("一二〇五", 1205), ("", None)])
def test_chinese_numbers(text: str, number: int | None) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("深圳市南山区科苑路15号3栋1205", "广东省深圳市南山区科苑路十五号三座1205室", "same"),
        ("南山区粤海街道科苑路15号", "深圳市南山区科苑路15号", "same"),
        ("深圳市罗湖区松园西街46号105", "深圳市罗湖区松园南街46号105", "different"),
        ("深圳市南山区科苑路15号1205", "深圳市南山区科苑路15号1250", "different"),
        ("深圳市南山区科苑路15号", "深圳市南山区科苑路15号1205", "different"),
        ("深圳市南山区科苑路15号", "深圳市南山区科苑南路15号", "different"),
        ("昆山市玉山镇前进路8号", "江苏省昆山市玉山镇前进路8号", "same"),
    ],
)
def test_addresses(a: str, b: str, verdict: str) -> None:
    assert same_address(a, b) == verdict
    assert same_address(b, a) == verdict


@pytest.mark.parametrize(
    ("a", "b", "same"), [("书墨", "書墨", True), ("阿依·丽", "阿依•丽", True), ("静", "婧", False)]
)
def test_names(a: str, b: str, same: bool) -> None:
    assert same_name(a, b) is same


def test_a_rare_character_read_from_an_image_is_a_doubt_and_in_digital_text_a_difference() -> None:
    assert same_person("䶮思远", "龚思远", 0.99) == "doubt"
    assert same_person("䶮思远", "龚思远", 1.0) == "different"
    assert same_person("严秀云", "严秀芸", 0.99) == "different"
    assert same_person("严秀云", "严秀芸", 0.5) == "doubt"
