"""A filing: answers and documents for one service item, editable until it is submitted. Values only, no storage."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.citation import Citation, Verdict
from prompts.ask import MadeBy

Status = Literal["draft", "submitted", "returned", "accepted", "refused", "withdrawn"]
Source = Literal["said", "form", "material", "derived", "reused"]
Severity = Literal["block", "warn", "info"]
ReplyStatus = Literal[
    "asked",
    "answered",
    "ready",
    "clarify",
    "unanswerable_no_passage",
    "unanswerable_off_topic",
    "refused_unsafe",
    "error_model",
]
Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the page, origin top left."""


class Value(BaseModel):
    """Base of the values below: compared by content; unknown keys refused."""

    model_config = ConfigDict(extra="forbid")


class Issue(Value):
    """Something wrong with one value or document, in words for the applicant."""

    code: str
    severity: Severity
    message: str
    page: int | None = None


class SaidEvidence(Value):
    """The applicant's own words: `quote` is `turns[turn].text[start:end]`."""

    turn: int
    start: int
    end: int
    quote: str


class SeenEvidence(Value):
    """Visible words of an uploaded document; pages count from 1."""

    material: str
    page: int
    quote: str
    box: Box | None = None


class EarlierEvidence(Value):
    """The same person's answer in an earlier filing, taken over with their consent."""

    filing: str
    receipt: str | None = None
    item: str
    """Title of the item it was given for."""
    on: date
    """The day it was given or last confirmed there."""


class Answer(Value):
    """The value of one field and where it came from."""

    value: Any
    """Canonical value of the field's type (`spec` of `fields.py`)."""
    source: Source
    confirmed: bool = False
    """False: 待确认, until the applicant reads it back, types it into the form or confirms all."""
    evidence: SaidEvidence | SeenEvidence | EarlierEvidence | None = None
    issues: list[Issue] = Field(default_factory=list)


class ReadValue(Value):
    """One value read in a document, with the visible words and where they stand."""

    value: Any
    page: int
    quote: str
    box: Box | None = None
    sure: float = 1.0
    """The reader's confidence, 0 to 1; 1 for words that were not recognised from a picture."""


MaterialStatus = Literal["reading", "read", "unreadable", "rejected"]


class Material(Value):
    """An uploaded document. The bytes are stored by `sha256`, outside the web root."""

    id: str
    kind: str
    kind_source: Literal["applicant", "detected"] = "applicant"
    filename: str
    media_type: str = "application/pdf"
    pages: int = 0
    sha256: str
    status: MaterialStatus = "reading"
    values: dict[str, ReadValue] = Field(default_factory=dict)
    issues: list[Issue] = Field(default_factory=list)
    earlier: EarlierEvidence | None = None
    """The filing with which the office got it first; it was taken over with the applicant's consent."""
    made_here: bool = False
    """The form signed on the screen: made by the office, and void with the first change to the answers."""


class Turn(Value):
    """One line of the conversation, kept as typed."""

    role: Literal["user", "assistant"]
    text: str
    at: datetime
    reply: Reply | None = None
    """What the assistant's turn did; None for the applicant's own lines."""


class CheckerVote(Value):
    """One checker's opinion of a sentence."""

    name: str
    verdict: Verdict | None
    score: float
    family: str = ""
    why: str = ""


class Sentence(Value):
    """A shown sentence; `citations` index into the reply's list."""

    text: str
    citations: list[int] = Field(default_factory=list)
    verdict: Verdict | None = None
    checkers: list[CheckerVote] = Field(default_factory=list)


class ShownArticle(Value):
    """An article that an answer rests on: its whole text and the places in it of the words quoted, in order."""

    passage: str
    document: str
    article: str
    text: str
    marks: list[tuple[int, int]] = Field(default_factory=list)
    rank: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None


class Removed(Value):
    """A sentence that did not pass the checks and was not shown."""

    text: str
    verdict: Verdict
    why: str


class Reply(Value):
    """What the assistant says in one turn."""

    status: ReplyStatus
    text: str
    asked: str | None = None
    """The field asked for, or None."""
    options: list[str] = Field(default_factory=list)
    noted: list[str] = Field(default_factory=list)
    """Fields changed in this turn."""
    refused: dict[str, str] = Field(default_factory=dict)
    """Fields whose value was not taken, and why."""
    sentences: list[Sentence] = Field(default_factory=list)
    citations: list[Citation] = Field(default_factory=list)
    articles: list[ShownArticle] = Field(default_factory=list)
    """The articles cited, with the quoted words marked."""
    removed: list[Removed] = Field(default_factory=list)
    made_by: list[MadeBy] = Field(default_factory=list)
    ms: int = 0


Part = Literal["operator", "member", "agent"]
"""In what part somebody signs."""


class Signature(Value):
    """A signature given on the screen, for exactly the answers whose digest is `content`."""

    name: str
    part: Part
    how: Literal["typed", "drawn"]
    drawing: str | None = None
    """SHA-256 of the PNG in the vault."""
    content: str
    at: datetime
    on: date
    """The office's day, printed beside it."""


class Care(Value):
    """Somebody in distress or anger: a clerk should see to the case first, and speak with the person."""

    kind: Literal["danger", "distress", "anger"]
    """danger: words of ending one's life."""
    turn: int
    """Line of the conversation where it showed."""
    at: datetime


class Filing(Value):
    """The whole filing. `revision` grows with every change and guards against two writers."""

    id: str
    owner: str
    """Account id of the applicant."""
    item: str
    item_version: str
    status: Status = "draft"
    round: int = 1
    revision: int = 0
    answers: dict[str, Answer] = Field(default_factory=dict)
    materials: list[Material] = Field(default_factory=list)
    turns: list[Turn] = Field(default_factory=list)
    pending: str | None = None
    """Field the assistant asked for last."""
    skipped: list[str] = Field(default_factory=list)
    """Fields the applicant left out: optional ones stay empty, required ones come last."""
    waiting: list[str] = Field(default_factory=list)
    """Questions that another one was put before; the last is taken up again first."""
    care: Care | None = None
    """The gravest sign of distress or anger in the conversation."""
    signatures: list[Signature] = Field(default_factory=list)
    by_hand: bool = False
    """The applicant chose to go without the assistant: no model sees anything of this filing."""
    reuse: Literal["open", "taken", "declined"] = "open"
    """What the applicant said to taking over answers of earlier filings."""
    reopened: list[str] = Field(default_factory=list)
    """Fields beyond the notice that the applicant asked to change in this round."""
    receipt: str | None = None
    case: str | None = None
    created_at: datetime
    updated_at: datetime

    def values(self) -> dict[str, Any]:
        """{field: value} of everything answered."""
        return {name: a.value for name, a in self.answers.items()}

    def material(self, material_id: str) -> Material:
        """The material with that id; KeyError when the filing has none such."""
        for m in self.materials:
            if m.id == material_id:
                return m
        raise KeyError(material_id)


Turn.model_rebuild()
