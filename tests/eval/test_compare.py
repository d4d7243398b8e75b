from datetime import UTC, datetime

import pytest

from eval.compare import compare, mcnemar, smallest_visible
from eval.report import report
from eval.run import Result, Run


def run(**passed: bool) -> Run:
    results = [Result(id=i, passed=p, output={"text": "<script>alert(1)</script>"}) for i, p in passed.items()]
    return Run(
        suite="s",
        subject="answer",
        suite_sha256="0",
        under={"model": "m"},
        at_least=0.5,
        started_at=datetime(2026, 11, 23, tzinfo=UTC),
        seconds=1,
        results=results,
    )


def test_flips_are_listed_by_case() -> None:
    found = compare(run(a=False, b=True, c=True), run(a=True, b=False, c=True))
    assert (found.broke, found.mended) == (["a"], ["b"])


def test_more_broken_than_mended_is_a_regression() -> None:
    assert compare(run(a=False, b=True), run(a=True, b=True)).regressed()
    assert not compare(run(a=True, b=True), run(a=True, b=False)).regressed()


def test_a_tolerated_number_of_flips_is_no_regression() -> None:
    assert not compare(run(a=False, b=True), run(a=True, b=True)).regressed(tolerance=1)


def test_a_case_missing_from_the_run_is_a_regression() -> None:
    found = compare(run(a=True), run(a=True, b=True))
    assert found.gone == ["b"] and found.regressed(tolerance=9)


@pytest.mark.parametrize(
    ("broke", "mended", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (3, 3, 1.0)]
)
def test_mcnemar_is_exact_and_two_sided(broke: int, mended: int, p: float) -> None:
    assert mcnemar(broke, mended) == pytest.approx(p)


def test_the_smallest_visible_difference_is_six_flips_one_way() -> None:
    assert smallest_visible() == 6


def test_the_report_holds_every_case_and_runs_nothing_of_theirs() -> None:
    now, then = run(a=False, b=True), run(a=True, b=True)
    page = report([now], [compare(now, then)])
    assert 'id="s/a"' in page and "变差" in page and "McNemar" in page
    assert "<script>alert" not in page and "http" not in page
