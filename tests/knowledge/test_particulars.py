"""Title, number, issuer and days of documents, and where each was found."""

from datetime import date

import pytest

from knowledge.particulars import day_in
from knowledge.sources import Source, source_of

TODAY = date(2026, 11, 20)
NOTICE = """国家市场监督管理总局文件
国市监注发〔2022〕24号
市场监管总局关于做好
个体工商户登记工作的通知
各省、自治区、直辖市市场监管局：
一、及时登记。
登记机关应当当场登记。本通知自二〇二二年五月一日起施行，有效期5年。
国家市场监督管理总局
2022年3月15日
"""


def read(text: str, name: str = "x.txt", **given: dict[str, str]) -> Source:
    return source_of(text, name, today=TODAY, **given)


def test_a_notice_tells_its_particulars_itself() -> None:
    source = read(NOTICE)
    assert source.title == "市场监管总局关于做好个体工商户登记工作的通知"
    assert (source.number, source.issuer) == ("国市监注发〔2022〕24号", "市场监管总局")
    assert (source.issued, source.version) == (date(2022, 3, 15), "2022-03-15")
    assert (source.in_force_from, source.in_force_to) == (date(2022, 5, 1), date(2027, 5, 1))
    assert source.rank == "规范性文件"
    assert {source.found[k] for k in ("title", "number", "issued", "in_force_from", "in_force_to")} == {"text"}
    assert source.found["rank"] == "rule"


def test_each_particular_comes_from_the_first_place_that_has_it() -> None:
    source = read(
        "---\ntitle: 甲办法\n---\n# 乙办法\n第一条 甲。\n第二条 乙。",
        "丙办法（2020-03-01）.md",
        sidecar={"title": "丁办法", "文号": "深市监规〔2020〕1号", "施行日期": "2020-05-01", "地区": "深圳"},
    )
    assert (source.title, source.found["title"]) == ("甲办法", "front matter")
    assert (source.version, source.found["version"]) == ("2020-03-01", "file name")
    assert (source.number, source.found["number"]) == ("深市监规〔2020〕1号", "sidecar")
    assert (source.in_force_from, source.found["in_force_from"]) == (date(2020, 5, 1), "sidecar")
    assert (source.region, source.found["region"]) == ("4403", "sidecar")


def test_what_a_web_page_says_of_itself_is_used_and_named() -> None:
    source = read(
        "窗口办理。\n当场登记。", "a.html", about={"title": "办理指南_某政府网", "issued": "2024-02-03 10:00"}
    )
    assert (source.title, source.found["title"]) == ("办理指南", "web page")
    assert (source.issued, source.found["issued"]) == (date(2024, 2, 3), "web page")


def test_the_order_of_the_version_is_its_number() -> None:
    head = "2007年4月5日 中华人民共和国国务院令第492号公布\n2019年4月3日 中华人民共和国国务院令第711号修订\n"
    source = read(f"公开办法\n{head}第一条 甲。\n第二条 乙。")
    assert (source.number, source.issuer, source.issued) == ("国务院令第711号", "国务院", date(2019, 4, 3))
    assert source.rank == "行政法规"


def test_a_text_behind_its_promulgation_is_told_from_it() -> None:
    order = "中华人民共和国国务院令\n第746号\n《登记管理条例》已经通过，现予公布，自2022年3月1日起施行。\n"
    order += "总理 某某\n2021年7月27日\n"
    source = read(f"{order}中华人民共和国登记管理条例\n第一章 总则\n第一条 甲。\n第二条 本条例自2022年3月1日起施行。")
    assert (source.title, source.number, source.issuer) == ("登记管理条例", "国务院令第746号", "国务院")
    assert (source.issued, source.in_force_from) == (date(2021, 7, 27), date(2022, 3, 1))


def test_a_rule_of_a_ministry_is_no_law_because_its_name_ends_alike() -> None:
    assert read("# 收费办法\n第一条 甲。\n第二条 乙。").rank == "部门规章"


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("in_force_from", "1970-01-01", "施行日期1970-01-01像是程序没有填写时的默认值（文件开头的说明），没有采用"),
        ("in_force_from", "1900-05-01", "施行日期1900-05-01早于1949年10月1日（文件开头的说明），没有采用"),
        ("in_force_from", "2022-13-45", "施行日期“2022-13-45”不是一个日期（文件开头的说明），没有采用"),
        ("in_force_from", "2099-01-01", "施行日期2099-01-01在五年以后（文件开头的说明），请核对"),
        ("version_date", "2031-01-01", "版本日期2031-01-01在将来（文件开头的说明），请核对"),
        ("in_force_to", "2001-01-01", "失效日期2001-01-01不晚于施行日期2022-03-01（文件开头的说明），请核对"),
    ],
)
def test_days_that_cannot_be_are_named_with_their_place(key: str, value: str, problem: str) -> None:
    text = f"---\n{key}: '{value}'\n---\n# 办法\n第一条 甲。\n第二条 本办法自2022年3月1日起施行。"
    assert problem in read(text).problems


def test_a_day_that_was_refused_leaves_the_next_place_to_tell() -> None:
    text = "---\nin_force_from: 1970-01-01\n---\n# 办法\n第一条 甲。\n第二条 本办法自2022年3月1日起施行。"
    source = read(text)
    assert (source.in_force_from, source.found["in_force_from"]) == (date(2022, 3, 1), "text")


def test_a_paper_takes_effect_days_after_its_issue() -> None:
    source = read("# 公告\n2024年1月1日发布\n第一条 甲。\n第二条 本公告自发布之日起三十日后施行。")
    assert source.in_force_from == date(2024, 1, 31)


def test_days_in_chinese_numerals_are_days() -> None:
    assert day_in("自二〇二二年十二月三十一日起") == date(2022, 12, 31)
    assert day_in("二〇二二年十三月一日") is None


def test_lists_and_aliases_of_front_matter_are_no_values() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\ntitle: 甲办法\n"
    assert read(f"---\n{bomb}---\n第一条 甲。\n第二条 乙。").title == "甲办法"
