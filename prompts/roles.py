"""Roles are earned: what a model is asked to do is what a suite has shown it can do (`roles.toml`).

A duty is a kind of work; the settings bind models to roles, and a role is asked to do one or more duties.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from prompts.settings import Role

if TYPE_CHECKING:
    from prompts.models import Models

Duty = Literal["extract", "judge", "reword", "expand", "write", "review"]
DUTIES: dict[Duty, tuple[Role, str]] = {
    "extract": ("chat", "从办事人的话里摘出内容"),
    "judge": ("judge", "核对一个说法与条文"),
    "reword": ("chat", "把口语问题改写成条文用语"),
    "expand": ("chat", "替条文写出人们会问的问题"),
    "write": ("writer", "写通俗的回答"),
    "review": ("reviewer", "初审时回答需要读材料的问题"),
}
"""Duty → the role that is asked to do it, and what it is, for people."""
NEEDED: tuple[Duty, ...] = ("extract", "judge")
"""Duties a bound model is always asked to do; the others are asked only of a model that has passed."""

FILE = Path(__file__).with_name("roles.toml")
_log = structlog.get_logger(__name__)


class Record(BaseModel):
    """One suite result of one model at one duty."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    duty: Duty
    model: str
    """Name of the weights."""
    suite: str
    measure: str
    score: float = Field(ge=0, le=1)
    threshold: float = Field(gt=0, le=1)
    on: date
    how: str
    """The command that prints the score."""

    @property
    def passed(self) -> bool:
        """Whether the result allows the duty."""
        return self.score >= self.threshold


@dataclass(frozen=True)
class Standing:
    """A duty, the model bound to it now, and its latest record (None: never measured)."""

    duty: Duty
    role: Role
    what: str
    model: str
    record: Record | None

    @property
    def passed(self) -> bool:
        """Whether this model may do it."""
        return self.record is not None and self.record.passed

    @property
    def line(self) -> str:
        """For people, in Chinese."""
        if self.record is None:
            return f"{self.what}：{self.model} 没有评测记录"
        verdict = "通过" if self.record.passed else "没有通过"
        return (
            f"{self.what}：{self.model} {verdict}（{self.record.suite} {self.record.score:.3f}，"
            f"要求 {self.record.threshold:.2f}，{self.record.on}）"
        )


@cache
def records(path: Path = FILE) -> tuple[Record, ...]:
    """All records of a file, in its order; of one duty and model the last one counts."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(Record.model_validate(r) for r in raw.get("record", []))


def standing(models: Models, known: Sequence[Record] | None = None) -> list[Standing]:
    """How the model bound to each duty has done, in the order of `DUTIES`."""
    latest = {(r.duty, r.model): r for r in (records() if known is None else known)}
    return [
        Standing(duty, role, what, (family := models.family(role)), latest.get((duty, family)))
        for duty, (role, what) in DUTIES.items()
    ]


def earned(models: Models, duty: Duty, known: Sequence[Record] | None = None) -> bool:
    """Whether the model bound to a duty has passed its suite."""
    return any(s.passed for s in standing(models, known) if s.duty == duty)


def warn(models: Models, known: Sequence[Record] | None = None) -> list[Standing]:
    """Logs every duty that is asked of a model which has not passed it; returns them."""
    asked = [*NEEDED, *(["write"] if models.settings.written == "on" else [])]
    unearned = [s for s in standing(models, known) if s.duty in asked and not s.passed]
    for s in unearned:
        _log.warning("role_not_earned", duty=s.duty, role=s.role, model=s.model, why=s.line)
    return unearned
