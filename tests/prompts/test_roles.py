"""Roles are earned: records of suites decide what a model may be asked to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from prompts.models import Models
from prompts.roles import DUTIES, Record, earned, records, standing, warn
from prompts.settings import ROLES, Settings


def record(**changes: object) -> Record:
    base = {"duty": "write", "model": "big", "suite": "written", "measure": "cases", "how": "make eval"}
    return Record.model_validate(base | {"score": 0.95, "threshold": 0.9, "on": date(2026, 11, 23)} | changes)


@pytest.fixture
def models() -> Iterator[Models]:
    made = Models.scripted({}, families=dict.fromkeys(ROLES, "big"))
    yield made
    made.close()


def test_a_model_has_a_duty_only_with_a_record_at_its_threshold(models: Models) -> None:
    assert earned(models, "write", [record()])
    assert not earned(models, "write", [record(score=0.89)])
    assert not earned(models, "write", [record(model="other")])
    assert not earned(models, "write", [record(duty="judge")])
    assert not earned(models, "write", [])


def test_the_latest_record_counts(models: Models) -> None:
    assert not earned(models, "write", [record(), record(score=0.5)])


def test_every_duty_is_shown_with_its_role_and_model_in_words(models: Models) -> None:
    found = standing(models, [record()])
    assert [s.duty for s in found] == list(DUTIES) and {s.role for s in found} <= set(ROLES)
    written = next(s for s in found if s.duty == "write")
    assert written.passed and "通过" in written.line and "0.950" in written.line
    assert "没有评测记录" in next(s for s in found if s.duty == "review").line


def test_a_binding_that_is_not_earned_is_said_in_the_log(models: Models) -> None:
    with capture_logs() as logs:
        unearned = warn(models, [record(duty="judge")])
    assert [s.duty for s in unearned] == ["extract"]
    assert [(e["event"], e["duty"], e["model"]) for e in logs] == [("role_not_earned", "extract", "big")]


def test_writing_forced_on_without_a_record_is_said_too() -> None:
    forced = Models.scripted({}, settings=Settings(_env_file=None, model="script:", written="on"))
    assert "write" in {s.duty for s in warn(forced, [])}
    forced.close()


def test_the_committed_records_are_read_and_the_default_model_may_not_write() -> None:
    found = {(r.duty, r.model): r for r in records()}
    default = "qwen2.5-coder-1.5b"
    assert found["judge", default].passed and not found["review", default].passed
    assert ("write", default) not in found or not found["write", default].passed


def test_a_record_with_anything_unknown_or_out_of_range_is_refused(tmp_path: Path) -> None:
    for change in ({"score": 1.2}, {"duty": "sing"}, {"extra": 1}):
        with pytest.raises(ValidationError):
            record(**change)
