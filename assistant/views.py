"""What the interface shows: F (a filing), R (a reply, as it is), M (a material, as it is), items and passages."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import BaseModel, Field

from assistant.filing import Answer, Filing, Material, Reply
from assistant.needs import needs
from assistant.signing import signers, unsigned
from knowledge.citation import Passage, Verdict
from knowledge.grounding import Standing
from knowledge.index import Hit
from knowledge.items import Item, NeededMaterial
from knowledge.scopes import Scopes


class ProgressView(BaseModel):
    """How far the questions are answered."""

    filled: int = 0
    total: int = 0


class NeededView(BaseModel):
    """A document this filing needs."""

    kind: str
    title: str
    why: str
    have: bool


class FilingView(BaseModel):
    """F of the interface."""

    id: str
    item: str
    item_version: str
    status: str
    round: int
    revision: int
    answers: dict[str, Answer]
    missing: list[str]
    """Field ids in the order they will be asked."""
    progress: ProgressView
    materials: list[Material]
    materials_needed: list[NeededView]
    receipt: str | None
    case: str | None
    turns: int
    updated_at: str
    by_hand: bool
    """The applicant goes without the assistant."""
    reuse: str
    """What was said to taking over earlier answers: open, taken, declined."""
    signed: bool
    """Everybody who has to has signed on the screen."""


class TurnView(BaseModel):
    """What a message led to."""

    filing: FilingView
    reply: Reply


class UploadView(BaseModel):
    """An uploaded document and its filing."""

    material: Material
    filing: FilingView


class SubmittedView(BaseModel):
    """A submitted filing."""

    case: str
    receipt: str
    filing: FilingView


class ItemFieldView(BaseModel):
    """A question of an item."""

    id: str
    title: str
    type: str
    required: bool


class ItemMaterialView(BaseModel):
    """A document an item may need."""

    kind: str
    title: str
    required_when: str


class ItemView(BaseModel):
    """A service item."""

    code: str
    version: str
    title: str
    fields: list[ItemFieldView]
    materials: list[ItemMaterialView]


class PassageView(BaseModel):
    """A passage found by a search."""

    id: str
    document: str
    article: str
    text: str
    score: float
    in_force_from: str | None
    in_force_to: str | None
    superseded_by: str | None


class SearchView(BaseModel):
    """What a search found, best first."""

    passages: list[PassageView]
    ms: int


class CheckerView(BaseModel):
    """One checker's opinion; `verdict` null: it failed."""

    name: str
    family: str
    verdict: Verdict | None
    score: float | None
    why: str


class CheckView(BaseModel):
    """The panel's opinion; `score` is the calibrated probability of `supported`."""

    verdict: Verdict
    score: float
    agreed: bool
    standing: Standing
    """The verdict; `disputed` where the checkers split, `unchecked` where one that was due did not check."""
    checkers: list[CheckerView] = Field(default_factory=list)
    ms: int


class ProblemView(BaseModel):
    """A refusal, `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    fields: dict[str, str]


def needed(filing: Filing, item: Item | None, scopes: Scopes) -> list[NeededMaterial]:
    """Documents the filing needs as answered and read so far, each with its reason."""
    return needs(filing, item, scopes) if item is not None else []


def have(need: NeededMaterial, materials: Collection[Material]) -> bool:
    """Whether enough documents of that kind, or of one that will do in its place, were handed in."""
    kinds = {need.kind, *need.instead}
    return sum(m.kind in kinds and m.status != "rejected" for m in materials) >= need.count


def filing_view(filing: Filing, item: Item | None, scopes: Scopes) -> FilingView:
    """F."""
    values = filing.values()
    missing = item.missing(values, filing.skipped) if item else []
    total = len(item.asked(values)) if item else 0
    return FilingView(
        **{name: getattr(filing, name) for name in ("id", "item", "item_version", "status", "round", "revision")},
        answers=filing.answers,
        missing=missing,
        progress=ProgressView(filled=max(total - len(missing), 0), total=total),
        materials=filing.materials,
        materials_needed=[
            NeededView(kind=n.kind, title=n.title, why=n.why, have=have(n, filing.materials))
            for n in needed(filing, item, scopes)
        ],
        receipt=filing.receipt,
        case=filing.case,
        turns=len(filing.turns),
        updated_at=filing.updated_at.isoformat(),
        by_hand=filing.by_hand,
        reuse=filing.reuse,
        signed=bool(signers(filing)) and not unsigned(filing),
    )


def item_view(item: Item) -> ItemView:
    """One entry of `GET /items`."""
    return ItemView(
        code=item.code,
        version=item.version,
        title=item.title,
        fields=[ItemFieldView(id=f.id, title=f.title, type=f.type, required=f.required) for f in item.fields],
        materials=[ItemMaterialView(kind=m.kind, title=m.title, required_when=m.when) for m in item.materials],
    )


def passage_view(hit: Hit) -> PassageView:
    """A hit of a search."""
    p = hit.passage
    return PassageView(
        id=p.id,
        document=p.document,
        article=p.article,
        text=p.text,
        score=hit.score,
        in_force_from=_day(p, "in_force_from"),
        in_force_to=_day(p, "in_force_to"),
        superseded_by=p.superseded_by,
    )


def _day(passage: Passage, name: str) -> str | None:
    day: Any = getattr(passage, name)
    return day.isoformat() if day else None
