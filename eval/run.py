"""Runs a suite: outputs first, grades second, so that grading can change without asking a model again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from eval.graders import grade
from eval.suite import Case, Suite

Subject = Callable[[Mapping[str, Any]], dict[str, Any]]
"""Input of a case → plain JSON output of the product's own function."""


class Result(BaseModel):
    """One case of one run. `error` is set when the product raised: the case then counts as failed."""

    model_config = ConfigDict(extra="forbid")

    id: str
    passed: bool
    must: bool = False
    weight: float = 1.0
    tags: tuple[str, ...] = ()
    why: list[str] = Field(default_factory=list)
    output: dict[str, Any] = Field(default_factory=dict)
    error: str = ""
    ms: int = 0
    cached: bool = False


class Run(BaseModel):
    """A finished run of one suite with all it takes to repeat it."""

    model_config = ConfigDict(extra="forbid")

    suite: str
    subject: str
    suite_sha256: str
    under: dict[str, str]
    """What the outputs depend on: models, prompts, index, rules."""
    at_least: float
    started_at: datetime
    seconds: float
    results: list[Result]

    def share(self) -> float:
        """Weighted share of passed cases, 0 to 1."""
        total = sum(r.weight for r in self.results)
        return sum(r.weight for r in self.results if r.passed) / total if total else 0.0

    def broken_musts(self) -> list[str]:
        """Ids of failed cases marked `must`."""
        return [r.id for r in self.results if r.must and not r.passed]

    def acceptable(self) -> bool:
        """Whether the share reaches the suite's own bar and no `must` case failed."""
        return self.share() >= self.at_least and not self.broken_musts()


class Cache:
    """Outputs of earlier runs by everything they depend on; a folder of JSON files, or nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def path(self, subject: str, case: Case, under: Mapping[str, str]) -> Path | None:
        """Where the output of that case under those dependencies is kept."""
        if self.folder is None:
            return None
        key = json.dumps([subject, case.input, sorted(under.items())], ensure_ascii=False, sort_keys=True, default=str)
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

    def get(self, path: Path | None) -> dict[str, Any] | None:
        """The kept output, or None."""
        if path is None or not path.exists():
            return None
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return kept

    def put(self, path: Path | None, output: dict[str, Any]) -> None:
        """Keeps an output; half-written files never appear under the final name."""
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(json.dumps(output, ensure_ascii=False, default=str), encoding="utf-8")
        part.replace(path)


def run_case(case: Case, subject_name: str, subject: Subject, under: Mapping[str, str], cache: Cache) -> Result:
    """Produces the output of one case (or takes it from the cache) and grades it."""
    place = cache.path(subject_name, case, under)
    output, cached, error, started = cache.get(place), True, "", time.perf_counter()
    if output is None:
        cached = False
        try:
            output = json.loads(json.dumps(subject(case.input), ensure_ascii=False, default=str))
            cache.put(place, output)
        except Exception as raised:  # a case that breaks the product is a failed case, not a broken run
            output, error = {}, f"{type(raised).__name__}: {raised}"
    grades = grade(output, case.expect)
    return Result(
        id=case.id,
        passed=not error and all(g.passed for g in grades),
        must=case.must,
        weight=case.weight,
        tags=case.tags,
        why=[f"{g.grader}: {g.why}" for g in grades if not g.passed],
        output=output,
        error=error,
        ms=round((time.perf_counter() - started) * 1000),
        cached=cached,
    )


def run_suite(
    suite: Suite,
    subject: Subject,
    under: Mapping[str, str],
    cache: Cache,
    progress: Callable[[int, Result], None] = lambda _done, _result: None,
) -> Run:
    """Runs every case in file order."""
    started_at, started, results = datetime.now(UTC), time.perf_counter(), []
    for done, case in enumerate(suite.cases, 1):
        results.append(run_case(case, suite.subject, subject, under, cache))
        progress(done, results[-1])
    return Run(
        suite=suite.name,
        subject=suite.subject,
        suite_sha256=suite.sha256(),
        under=dict(under),
        at_least=suite.at_least,
        started_at=started_at,
        seconds=round(time.perf_counter() - started, 2),
        results=results,
    )


def save_run(run: Run, folder: Path) -> Path:
    """Writes `folder/<suite>.json` and returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{run.suite}.json"
    path.write_text(run.model_dump_json(indent=1), encoding="utf-8")
    return path


def load_run(path: Path) -> Run:
    """Reads a run or a baseline."""
    return Run.model_validate_json(path.read_text(encoding="utf-8"))
