"""The clerks' part of the interface under `/api/v1`: the same functions as the desk page, in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from assistant.api_access import current_user, idempotent
from assistant.people import User
from assistant.views import FilingView, ProblemView, filing_view
from knowledge.scopes import Scopes
from review.case import About, Case, DecisionKind, Finding, Notice, Review
from review.clock import left
from review.desk import Desk
from review.risk import reasons
from review.store import OPEN

PREFIX = "/api/v1"
router = APIRouter(
    prefix=PREFIX, responses={status: {"model": ProblemView} for status in (401, 403, 404, 409, 422, 429, 503)}
)


def desk_of(request: Request) -> Desk:
    """The application's desk."""
    desk: Desk = request.app.state.desk
    return desk


def scopes_of(request: Request) -> Scopes:
    """The application's scope catalogue."""
    scopes: Scopes = request.app.state.counter.parts.scopes
    return scopes


TheDesk = Annotated[Desk, Depends(desk_of)]
TheScopes = Annotated[Scopes, Depends(scopes_of)]
Staff = Annotated[User, Depends(current_user("clerk", "supervisor"))]
RecordReader = Annotated[User, Depends(current_user("clerk", "supervisor", "auditor"))]


class QueueRow(BaseModel):
    """One case in the queue; `left` counts working days to the limit, negative when it is past."""

    id: str
    receipt: str | None
    item: str
    status: str
    round: int
    risk: str
    reasons: list[str]
    due_at: datetime
    left: int
    overdue: bool
    clerk: str | None
    findings: int


class CaseView(BaseModel):
    """C of the interface."""

    id: str
    filing: FilingView
    status: str
    round: int
    risk: str
    reasons: list[str]
    due_at: datetime
    overdue: bool
    submitted_at: datetime
    filed_on: str
    clerk: str | None
    claimed_until: datetime | None
    findings: list[Finding]
    review: Review
    decisions: list[dict[str, Any]]
    notices: list[str]
    """Numbers of the notices, oldest first."""
    frozen_sha256: str


class ClaimBody(BaseModel):
    """Which case to take; none: the most urgent."""

    case: str | None = Field(default=None, max_length=100)


class OpinionBody(BaseModel):
    """What a clerk holds of a finding, and why."""

    opinion: Literal["agree", "dispute"]
    reason: str = Field(max_length=2000)


class FindingBody(BaseModel):
    """A clerk's own finding; `basis` like `市场主体登记管理条例 第十九条`."""

    code: str = Field(max_length=64)
    message: str = Field(max_length=2000)
    about: About = Field(default_factory=About)
    basis: str = Field(default="", max_length=400)


class DecisionBody(BaseModel):
    """What a person decides, and why."""

    decision: DecisionKind
    reason: str = Field(max_length=2000)
    findings: list[str] = Field(default_factory=list, max_length=500)


@router.get("/cases")
def cases(user: Staff, desk: TheDesk, status: str = "", mine: bool = False) -> list[QueueRow]:
    """The queue, most urgent first; `status`: states parted by commas."""
    wanted = tuple(s for s in status.split(",") if s) or OPEN
    return [row(case) for case in desk.queue(user, wanted, mine)]


@router.post("/cases/claim", response_model=CaseView)
def claim_next(
    user: Staff, desk: TheDesk, scopes: TheScopes, request: Request, body: Annotated[ClaimBody | None, Body()] = None
) -> Any:
    """Takes the most urgent free case, or the one named; 204 when none is free."""
    named = body.case if body else None

    def work() -> CaseView | None:
        case = desk.claim(user, named)
        return view(desk, scopes, case) if case else None

    return idempotent(
        request, user, body or ClaimBody(), work, again=lambda it: view(desk, scopes, desk.case(user, it))
    )


@router.post("/cases/{case_id}/claim", response_model=CaseView)
def claim(case_id: str, user: Staff, desk: TheDesk, scopes: TheScopes, request: Request) -> Any:
    """Takes a case; 409 when somebody else holds it."""
    return _change(desk, scopes, request, user, case_id, {}, lambda: desk.claim(user, case_id))


@router.post("/cases/{case_id}/release", response_model=CaseView)
def release(case_id: str, user: Staff, desk: TheDesk, scopes: TheScopes, request: Request) -> Any:
    """Gives a case back to the queue."""
    return _change(desk, scopes, request, user, case_id, {}, lambda: desk.release(user, case_id))


@router.get("/cases/{case_id}")
def one_case(case_id: str, user: Staff, desk: TheDesk, scopes: TheScopes) -> CaseView:
    """One case with its frozen filing and findings."""
    return view(desk, scopes, desk.case(user, case_id))


@router.post("/cases/{case_id}/findings/{finding_id}", response_model=CaseView)
def opinion(
    case_id: str, finding_id: str, body: OpinionBody, user: Staff, desk: TheDesk, scopes: TheScopes, request: Request
) -> Any:
    """Agrees with a finding or disputes it, with a reason."""

    def work() -> Case:
        return desk.opinion(user, case_id, finding_id, body.opinion, body.reason)

    return _change(desk, scopes, request, user, case_id, body, work)


@router.post("/cases/{case_id}/findings", response_model=CaseView)
def add_finding(
    case_id: str, body: FindingBody, user: Staff, desk: TheDesk, scopes: TheScopes, request: Request
) -> Any:
    """Adds a finding of one's own."""

    def work() -> Case:
        return desk.add_finding(user, case_id, body.code, body.message, body.about, body.basis)

    return _change(desk, scopes, request, user, case_id, body, work)


@router.post("/cases/{case_id}/decision", response_model=CaseView)
def decide(case_id: str, body: DecisionBody, user: Staff, desk: TheDesk, scopes: TheScopes, request: Request) -> Any:
    """Decides a case; only the person who holds it, with a reason."""

    def work() -> Case:
        return desk.decide(user, case_id, body.decision, body.reason, body.findings)

    return _change(desk, scopes, request, user, case_id, body, work)


@router.get("/cases/{case_id}/notice")
def notice(case_id: str, user: Staff, desk: TheDesk) -> Notice:
    """The latest notice of a case."""
    return desk.notice(user, case_id)


@router.get("/cases/{case_id}/notice.pdf", response_class=Response)
def notice_pdf(case_id: str, user: Staff, desk: TheDesk) -> Response:
    """The latest notice as a PDF."""
    headers = {"Content-Disposition": f'inline; filename="notice-{case_id}.pdf"'}
    return Response(desk.notice_pdf(user, case_id), media_type="application/pdf", headers=headers)


@router.get("/cases/{case_id}/materials/{material_id}/pages/{n}.png", response_class=Response)
def page_png(case_id: str, material_id: str, n: int, user: Staff, desk: TheDesk) -> Response:
    """Image of a page (from 1) of a document of the frozen filing."""
    return Response(desk.page_png(user, case_id, material_id, n), media_type="image/png")


@router.get("/cases/{case_id}/audit")
def audit(case_id: str, user: RecordReader, desk: TheDesk) -> list[dict[str, Any]]:
    """What happened to a case and its filing, oldest first."""
    return desk.events(user, case_id)


def row(case: Case) -> QueueRow:
    """A line of the queue with the reasons for its place."""
    now = datetime.now(UTC)
    return QueueRow(
        **{name: getattr(case, name) for name in ("id", "status", "round", "risk", "due_at", "clerk")},
        receipt=case.filing.receipt,
        item=case.filing.item,
        reasons=reasons(case.findings, case.filing.care),
        left=left(now, case.due_at),
        overdue=now > case.due_at,
        findings=sum(f.severity != "info" for f in case.findings),
    )


def view(desk: Desk, scopes: Scopes, case: Case) -> CaseView:
    """C of the interface."""
    plain = ("id", "status", "round", "risk", "due_at", "clerk", "claimed_until", "findings", "review", "frozen_sha256")
    return CaseView(
        **{name: getattr(case, name) for name in plain},
        filing=filing_view(case.filing, desk.item(case.filing.item), scopes),
        reasons=reasons(case.findings, case.filing.care),
        overdue=datetime.now(UTC) > case.due_at,
        submitted_at=case.submitted_at,
        filed_on=case.filed_on.isoformat(),
        decisions=[d.model_dump(mode="json") for d in case.decisions],
        notices=[n.number for n in case.notices],
    )


def _change(desk: Desk, scopes: Scopes, request: Request, user: User, case_id: str, body: Any, work: Any) -> Response:
    """A change under an `Idempotency-Key`: done once, the same reply each time."""
    return idempotent(
        request,
        user,
        body,
        lambda: view(desk, scopes, work()),
        again=lambda _: view(desk, scopes, desk.case(user, case_id)),
    )
