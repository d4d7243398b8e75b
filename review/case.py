"""A case: one submitted filing, frozen, with findings; only a person decides it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from assistant.filing import Box, Filing, Severity, Value
from knowledge.citation import Citation, Verdict
from prompts.ask import MadeBy

CaseStatus = Literal[
    "queued", "reviewing", "ready", "claimed", "returned", "accepted", "refused", "escalated", "withdrawn"
]
Standing = Literal["established", "supported", "disputed", "unchecked"]
Risk = Literal["low", "medium", "high"]
FindingSource = Literal["rule", "model", "clerk"]
DecisionKind = Literal["accept", "return", "refuse", "escalate"]


class Place(Value):
    """Where in a document a finding looks; pages count from 1."""

    id: str
    page: int | None = None
    box: Box | None = None
    quote: str | None = None


class About(Value):
    """The fields and documents a finding is about; an absent document leaves `materials` empty."""

    fields: list[str] = Field(default_factory=list)
    materials: list[Place] = Field(default_factory=list)


class CheckerVerdict(Value):
    """One checker's opinion of a finding; `verdict` None: the checker failed."""

    checker: str
    family: str
    verdict: Verdict | None
    quote: str | None = None
    score: float | None = None


class Opinion(Value):
    """A clerk's own judgement of one finding."""

    opinion: Literal["agree", "dispute"]
    reason: str
    clerk: str
    at: datetime


class Finding(Value):
    """Something a clerk should look at."""

    id: str
    code: str
    severity: Severity
    source: FindingSource
    standing: Standing
    about: About
    expected: str
    found: str
    message: str
    remedy: str = ""
    """What the applicant should do, one sentence; the notice prints it."""
    basis: list[Citation] = Field(default_factory=list)
    verdicts: list[CheckerVerdict] = Field(default_factory=list)
    made_by: MadeBy | None = None
    opinion: Opinion | None = None
    missed_in_round: int | None = None


class Decision(Value):
    """What a person decided and why."""

    decision: DecisionKind
    reason: str
    by: str
    at: datetime
    findings: list[str] = Field(default_factory=list)


class NoticeItem(Value):
    """One defect as the applicant reads it."""

    finding: str
    code: str
    what_is_wrong: str
    what_to_do: str
    basis: list[Citation] = Field(default_factory=list)
    fields: list[str] = Field(default_factory=list)
    """Answers it is about."""
    materials: list[str] = Field(default_factory=list)
    """Documents (ids) it is about."""
    kinds: list[str] = Field(default_factory=list)
    """Kinds of documents to hand in again or for the first time."""


class Notice(Value):
    """一次性告知书: every open defect of a round, issued once, never changed."""

    number: str
    case: str
    round: int
    issued_at: datetime
    items: list[NoticeItem]
    complete: bool = True


class Review(Value):
    """The record of one first pass."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    made_by: list[MadeBy] = Field(default_factory=list)
    inconclusive: dict[str, str] = Field(default_factory=dict)
    """Rule code → why it could not decide (no list, unreadable page, rule failed)."""


class Case(Value):
    """A submitted filing with what the first pass and people made of it."""

    id: str
    filing: Filing
    """The frozen copy that was submitted; later edits never touch it."""
    frozen_sha256: str
    status: CaseStatus = "queued"
    round: int = 1
    risk: Risk = "low"
    submitted_at: datetime
    filed_on: date
    """The filing day: the law and the dates of that day apply."""
    due_at: datetime
    clerk: str | None = None
    claimed_until: datetime | None = None
    findings: list[Finding] = Field(default_factory=list)
    review: Review = Field(default_factory=Review)
    notices: list[Notice] = Field(default_factory=list)
    decisions: list[Decision] = Field(default_factory=list)
    earlier: list[str] = Field(default_factory=list)
    """Frozen hashes of earlier rounds, oldest first."""
    revision: int = 0
