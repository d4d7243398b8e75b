from pathlib import Path
from typing import Any

from eval.run import Cache, load_run, run_suite, save_run
from eval.suite import Suite


def suite(*cases: dict[str, Any], at_least: float = 1.0) -> Suite:
    return Suite.model_validate(
        {"name": "sample", "subject": "answer", "purpose": "p", "at_least": at_least, "cases": list(cases)}
    )


GOOD = {"id": "good", "input": {"question": "a"}, "expect": {"status": "answered"}}
BAD = {"id": "bad", "input": {"question": "b"}, "expect": {"status": "clarify"}}


def test_a_run_grades_every_case_and_saves_and_loads_the_same(tmp_path: Path) -> None:
    run = run_suite(suite(GOOD, BAD, at_least=0.5), lambda _: {"status": "answered"}, {"model": "m"}, Cache(None))
    assert [r.passed for r in run.results] == [True, False]
    assert run.share() == 0.5 and run.acceptable()
    assert load_run(save_run(run, tmp_path)) == run


def test_a_failed_must_case_fails_the_run_whatever_the_share() -> None:
    run = run_suite(suite(GOOD, BAD | {"must": True}, at_least=0.1), lambda _: {"status": "answered"}, {}, Cache(None))
    assert run.broken_musts() == ["bad"] and not run.acceptable()


def test_a_product_that_raises_is_a_failed_case() -> None:
    def broken(_: object) -> dict[str, Any]:
        raise ZeroDivisionError("nothing to divide")

    run = run_suite(suite(GOOD), broken, {}, Cache(None))
    assert not run.results[0].passed and "ZeroDivisionError" in run.results[0].error


def test_a_second_run_takes_outputs_from_the_cache_until_what_they_depend_on_changes(tmp_path: Path) -> None:
    calls = []

    def subject(given: Any) -> dict[str, Any]:
        calls.append(given)
        return {"status": "answered"}

    for under in ({"model": "1"}, {"model": "1"}, {"model": "2"}):
        last = run_suite(suite(GOOD), subject, under, Cache(tmp_path))
    assert len(calls) == 2 and not last.results[0].cached


def test_progress_is_told_after_every_case() -> None:
    seen = []
    run_suite(suite(GOOD, BAD), lambda _: {"status": "answered"}, {}, Cache(None), lambda n, r: seen.append((n, r.id)))
    assert seen == [(1, "good"), (2, "bad")]
