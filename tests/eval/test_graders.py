import pytest

from eval.graders import grade


@pytest.mark.parametrize(
    ("output", "expect", "passed"),
    [
        ({"values": {"capital_wan": 5.0}}, {"fields": {"capital_wan": 5}}, True),
        ({"values": {"capital_wan": 5}}, {"fields": {"capital_wan": 6}}, False),
        ({"values": {"has_name": True}}, {"fields": {"has_name": 1}}, False),
        ({"values": {"operator_name": " 李小明"}}, {"fields": {"operator_name": "李小明"}}, True),
        ({"values": {"operator_name": "老板"}}, {"no_fields": ["operator_name"]}, False),
        ({"values": {}}, {"no_fields": ["operator_name"]}, True),
        ({"status": "answered"}, {"status": ["answered", "clarify"]}, True),
        ({"status": "answered"}, {"status": "refused_unsafe"}, False),
        ({"cited": ["行政许可法@2019-04-23#第三十二条"]}, {"cites": ["第三十二条"]}, True),
        ({"cited": []}, {"cites": ["第三十二条"]}, False),
        ({"text": "应当在五日内一次告知"}, {"says": [["五日", "5日"], "一次告知"]}, True),
        ({"text": "十日"}, {"says": [["五日", "5日"]]}, False),
        ({"text": "先注销再设立"}, {"never_says": ["先注销"]}, False),
        ({"codes": ["ID_EXPIRED"]}, {"codes": ["ID_EXPIRED"], "no_codes": ["LEASE_EXPIRED"]}, True),
        ({"codes": ["LEASE_EXPIRED"]}, {"no_codes": ["LEASE_EXPIRED"]}, False),
        ({"findings": [{"code": "A", "severity": "info"}]}, {"exactly_codes": []}, True),
        ({"findings": [{"code": "A", "severity": "warn"}]}, {"exactly_codes": []}, False),
    ],
)
def test_each_grader_tells_right_from_wrong(output: dict, expect: dict, passed: bool) -> None:
    assert all(g.passed for g in grade(output, expect)) is passed


def test_a_failed_grade_says_what_was_wanted_and_what_came() -> None:
    (only,) = grade({"status": "answered"}, {"status": "clarify"})
    assert "clarify" in only.why and "answered" in only.why


def test_an_unknown_grader_is_named_with_those_that_exist() -> None:
    with pytest.raises(KeyError, match="guess"):
        grade({}, {"guess": 1})
