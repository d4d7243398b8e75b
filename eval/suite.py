"""Suites: cases with what is put in and what must come out, as YAML that people can read and edit."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

SubjectName = Literal["extraction", "answer", "claim", "retrieval", "scope", "review", "written"]


class SuiteError(ValueError):
    """A suite file that cannot be used; the message names the file and what to do."""


class Case(BaseModel):
    """One input and what is wanted of its output; each key of `expect` names a grader."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    input: dict[str, Any]
    expect: dict[str, Any] = Field(min_length=1)
    tags: tuple[str, ...] = ()
    must: bool = False
    """A failure of this case fails the run whatever the share of the others."""
    weight: float = Field(default=1.0, gt=0)


class Suite(BaseModel):
    """Cases for one subject, with the smallest share of weighted passes that is acceptable."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    subject: SubjectName
    purpose: str
    at_least: float = Field(ge=0, le=1)
    """Smallest weighted share of passed cases."""
    cases: tuple[Case, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Suite:
        seen = [case.id for case in self.cases]
        twice = sorted({i for i in seen if seen.count(i) > 1})
        if twice:
            raise ValueError(f"wanted each case id once, got twice: {', '.join(twice)}")
        return self

    def sha256(self) -> str:
        """Hash of the suite's content, kept with every run."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def load_suite(path: Path) -> Suite:
    """Reads one suite; raises SuiteError naming the file and the key."""
    try:
        return Suite.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise SuiteError(f"wanted a suite file, {path} is not there; `ls eval/suites` shows those shipped") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise SuiteError(f"{path}: {error}") from error
