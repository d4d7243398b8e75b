"""Dates, versions and what replaced what."""

from datetime import date

import pytest

from knowledge.sources import sayings, settle, source_of, title_key


def law(title: str, version: str, last: str, front: str = "") -> tuple[str, str]:
    head = f"---\ntitle: {title}\nversion_date: {version}\n{front}---\n"
    return f"{head}# {title}\n\n第一条 甲。\n\n第二条 {last}\n", f"{title}({version}).md"


def test_the_day_in_the_text_wins_over_the_day_of_issue() -> None:
    source = source_of(*law("登记条例", "2021-07-27", "本条例自2022年3月1日起施行。"))
    assert source.in_force_from == date(2022, 3, 1)
    assert [p.id for p in source.passages()] == ["登记条例@2021-07-27#第一条", "登记条例@2021-07-27#第二条"]


def test_an_amended_text_does_not_begin_on_the_day_of_its_first_version() -> None:
    assert source_of(*law("登记法", "2019-04-23", "本法自2004年7月1日起施行。")).in_force_from == date(2019, 4, 23)


def test_title_and_version_come_from_the_file_name_without_front_matter() -> None:
    source = source_of("第一条 甲。\n第二条 本办法自2020年5月1日起施行。", "收费办法（2020-03-01）.txt")
    assert (source.title, source.version, source.in_force_from) == ("收费办法", "2020-03-01", date(2020, 5, 1))


def test_the_next_version_ends_the_older_one_on_the_day_it_takes_effect() -> None:
    old, new = settle(
        [
            source_of(*law("公司法", "2018-10-26", "本法自2006年1月1日起施行。")),
            source_of(*law("中华人民共和国公司法", "2023-12-29", "本法自2024年7月1日起施行。")),
        ]
    )
    assert (old.in_force_to, old.superseded_by) == (date(2024, 7, 1), "公司法@2023-12-29")
    assert (new.in_force_from, new.in_force_to) == (date(2024, 7, 1), None)


def test_a_repeal_clause_ends_the_text_it_names() -> None:
    old, new = settle(
        [
            source_of(*law("个体条例", "2016-02-06", "本条例自2011年11月1日起施行。")),
            source_of(*law("促进个体条例", "2022-10-01", "本条例自2022年11月1日起施行。《个体条例》同时废止。")),
        ]
    )
    assert (old.in_force_to, old.superseded_by) == (date(2022, 11, 1), "促进个体条例@2022-10-01")
    assert new.in_force_to is None


def test_a_clause_that_repeals_an_earlier_text_of_the_same_title_does_not_end_the_new_one() -> None:
    (only,) = settle([source_of(*law("出版条例", "2020-11-29", "本条例自2002年2月1日起施行。《出版条例》同时废止。"))])
    assert only.in_force_to is None


def test_status_in_the_front_matter_dates_both_versions() -> None:
    note = "status_note: superseded by amendment 2025-09-12, effective 2025-12-01\n"
    old, new = settle(
        [
            source_of(*law("食品法", "2021-04-29", "本法自2015年10月1日起施行。", note)),
            source_of(*law("食品法", "2025-09-12", "本法自2015年10月1日起施行。")),
        ]
    )
    assert (old.in_force_to, old.superseded_by) == (date(2025, 12, 1), "食品法@2025-09-12")
    assert new.in_force_from == date(2025, 12, 1)


def test_rank_and_region_follow_the_title_when_nothing_else_says() -> None:
    local = source_of(*law("深圳经济特区商事登记若干规定", "2020-11-05", "乙。"))
    assert (local.region, local.rank) == ("4403", "规范性文件")
    assert source_of(*law("行政许可法", "2019-04-23", "乙。")).rank == "法律"


def test_a_document_without_units_or_days_says_so() -> None:
    assert source_of("没有任何结构的一段话。", "说明.txt").problems == (
        "没有可引用的条文或段落",
        "没有找到施行日期，按一直有效处理",
    )


def test_titles_compare_without_marks_and_the_name_of_the_state() -> None:
    assert title_key("《中华人民共和国 商标法》（2019年修正）") == "商标法"


def test_a_guide_lends_its_lay_words_to_the_articles_it_gives_as_basis() -> None:
    line = "- 搬了地方要变更。（《登记条例》第24条、《登记法》第三条）"
    guide = source_of(f"---\ntitle: 指南\nversion: '1'\nrank: 指南\n---\n# 指南\n\n## 搬家\n\n{line}\n", "guide.md")
    assert sayings([guide]) == {
        "登记条例#第二十四条": ["搬家：搬了地方要变更。"],
        "登记法#第三条": ["搬家：搬了地方要变更。"],
    }
    assert sayings([source_of(*law("登记法", "2019-04-23", "见（《登记条例》第一条）。"))]) == {}


@pytest.mark.parametrize(
    "clause",
    [
        "本条例自2022年11月1日起施行。《个体条例》同时废止。",
        "1995年5月1日国务院发布的《个体条例》和《名称办法》同时废止。",
        "《个体条例》自本条例施行之日起即行废止。",
        "自本条例公布之日起，《中华人民共和国个体条例》（国务院令第596号）予以废止。",
    ],
)
def test_repeal_clauses_name_other_titles_in_their_several_forms(clause: str) -> None:
    assert "个体条例" in source_of(*law("促进条例", "2022-10-01", clause)).repeals


def test_a_clause_about_the_repeal_of_rules_in_general_repeals_nothing() -> None:
    clause = "规章的制定、修改和废止，依照《中华人民共和国立法法》的规定执行。"
    assert source_of(*law("立法条例", "2017-02-11", clause)).repeals == ()


def test_days_that_contradict_each_other_are_reported_and_the_text_stays_readable() -> None:
    front = "in_force_from: 2022-03-01\nin_force_to: 2020-01-01\n"
    source = source_of(*law("倒条例", "2021-07-27", "乙。", front))
    assert len(source.passages()) == 2
    assert any("不晚于施行日期" in p for p in source.problems)
