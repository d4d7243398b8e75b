"""How often lay descriptions lead to the right entries and permits, over cases written down beforehand.

A case is one line of JSON: `text`, `scope` (groups of words, one of each group has to stand in a proposed entry),
`permit` (none, pre, post, filing, or any where the law leaves it open), `named` (words one of the permits has to hold).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel

from knowledge.scopes import Scopes


class Case(BaseModel):
    """A description and what it has to lead to."""

    text: str
    scope: list[list[str]]
    permit: str = "any"
    named: list[str] = []


class Outcome(NamedTuple):
    """What became of a case; None where it does not say."""

    text: str
    scope: bool
    permit: bool | None
    named: bool | None


def cases(path: Path) -> list[Case]:
    """The cases of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Case.model_validate(json.loads(line)) for line in lines if line.strip()]


def run(scopes: Scopes, listed: Iterable[Case]) -> list[Outcome]:
    """Every case against the proposals for it."""
    return [_outcome(scopes, case) for case in listed]


def _outcome(scopes: Scopes, case: Case) -> Outcome:
    found = scopes.propose(case.text)
    scope = all(any(word in e.entry for word in group for e in found) for group in case.scope)
    permit = None if case.permit == "any" else _when({e.licence for e in found}) == _when({case.permit})
    named = any(word in e.permit for word in case.named for e in found) if case.named else None
    return Outcome(case.text, scope, permit, named)


def _when(kinds: set[str]) -> str:
    """Before registration, after it, or never; a filing counts as after."""
    return "pre" if "pre" in kinds else "none" if kinds <= {"none"} else "after"


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Shares right, and every case that is not."""
    lines = []
    for name, got in (
        ("经营范围", [o.scope for o in outcomes]),
        ("许可时间", [o.permit for o in outcomes]),
        ("许可名称", [o.named for o in outcomes]),
    ):
        told = [right for right in got if right is not None]
        lines.append(f"{name}  {sum(told)}/{len(told)}  {sum(told) / max(len(told), 1):.1%}")
    wrong = [o.text for o in outcomes if not o.scope or o.permit is False or o.named is False]
    return [*lines, *(f"  不对：{text}" for text in wrong)]
