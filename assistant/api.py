"""The applicant's part of the interface under `/api/v1`: the same functions as the page, in JSON."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, Field

from assistant import problems
from assistant.api_access import access_of, address_of, current_user, idempotent, token_of
from assistant.api_events import events
from assistant.counter import Counter
from assistant.filing import Filing
from assistant.inquiry import inquire
from assistant.people import TooMany, User, WrongPassword
from assistant.policy_answer import PolicyAnswer
from assistant.views import (
    CheckerView,
    CheckView,
    FilingView,
    ItemView,
    ProblemView,
    SearchView,
    SubmittedView,
    TurnView,
    UploadView,
    filing_view,
    item_view,
    passage_view,
)
from assistant.written import Hear

PREFIX = "/api/v1"
router = APIRouter(
    prefix=PREFIX,
    responses={status: {"model": ProblemView} for status in (401, 403, 404, 409, 413, 415, 422, 429, 503)},
)


def counter_of(request: Request) -> Counter:
    """The application's counter."""
    counter: Counter = request.app.state.counter
    return counter


TheCounter = Annotated[Counter, Depends(counter_of)]
Applicant = Annotated[User, Depends(current_user("applicant"))]
Anyone = Annotated[User, Depends(current_user())]
Line = Annotated[str, Field(max_length=4000)]


class SignInBody(BaseModel):
    """Who wants to sign in."""

    username: str = Field(max_length=200)
    password: str = Field(max_length=1000)


class SignedIn(BaseModel):
    """A fresh sign-in."""

    token: str
    role: str
    expires_at: str


class HistoryLine(BaseModel):
    """One earlier line of a conversation."""

    role: Literal["user", "assistant"]
    text: Line


class AskBody(BaseModel):
    """A policy question; `on`: the law of that day, `region`: a GB/T 2260 code."""

    question: str = Field(min_length=1, max_length=2000)
    history: list[HistoryLine] = Field(default_factory=list, max_length=40)
    on: date | None = None
    region: str | None = Field(default=None, max_length=12)


class SearchBody(BaseModel):
    """Words to look for."""

    query: str = Field(min_length=1, max_length=2000)
    k: int = Field(default=10, ge=1, le=100)
    on: date | None = None
    region: str | None = Field(default=None, max_length=12)


class CheckBody(BaseModel):
    """A statement, and a passage as text or by its id."""

    claim: str = Field(min_length=1, max_length=4000)
    passage: str = Field(min_length=1, max_length=40_000)


class StartBody(BaseModel):
    """A new filing: a service item, a first message, both or neither."""

    item: str | None = Field(default=None, max_length=200)
    text: Line = ""
    by_hand: bool = False
    """Without the assistant: no model sees anything of this filing; needs `item`, takes no `text`."""


class MessageBody(BaseModel):
    """What the applicant says."""

    text: str


class EditBody(BaseModel):
    """A form edit; null clears a field. `revision`: refuse when the filing is no longer at it."""

    answers: dict[str, Any] = Field(max_length=200)
    revision: int | None = None


class ConfirmBody(BaseModel):
    """Answers the applicant stands by."""

    fields: list[str] | Literal["all"]


@router.post("/sign-in")
def sign_in(body: SignInBody, request: Request) -> SignedIn:
    """A token for `Authorization: Bearer`."""
    access = access_of(request)
    access.count(request, None)
    try:
        signed = access.people.sign_in(body.username, body.password, address_of(request))
    except WrongPassword as error:
        raise problems.wrong_password() from error
    except TooMany as error:
        raise problems.too_many(error.retry_after) from error
    return SignedIn(token=signed.token, role=signed.user.role, expires_at=signed.expires_at.isoformat())


@router.post("/sign-out", status_code=204)
def sign_out(user: Anyone, request: Request) -> Response:
    """Ends the token of the call."""
    access_of(request).people.sign_out(token_of(request))
    return Response(status_code=204)


@router.get("/openapi.json", include_in_schema=False)
def openapi(user: Anyone, request: Request) -> JSONResponse:
    """This interface as an OpenAPI document."""
    described = request.app.openapi()
    ours = {path: methods for path, methods in described["paths"].items() if path.startswith(PREFIX)}
    return JSONResponse({**described, "info": {"title": "办成", "version": "1"}, "paths": ours})


@router.post("/ask", response_model=PolicyAnswer)
def ask(body: AskBody, user: Anyone, counter: TheCounter, request: Request) -> Any:
    """A cited, checked answer, or a refusal; as server-sent events when the caller accepts them."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(events(lambda hear: _answer(body, counter, hear)), media_type="text/event-stream")
    return _answer(body, counter)


@router.post("/search")
def search(body: SearchBody, user: Anyone, counter: TheCounter) -> SearchView:
    """Passages in force on the day, best first."""
    started, parts = time.perf_counter(), counter.parts
    hits = parts.library.search(body.query, body.k, body.on or parts.settings.day(), body.region)
    return SearchView(passages=[passage_view(hit) for hit in hits], ms=_ms(started))


@router.post("/check")
def check(body: CheckBody, user: Anyone, counter: TheCounter) -> CheckView:
    """Whether the passage supports the claim."""
    started, parts = time.perf_counter(), counter.parts
    known = parts.library.passage(body.passage) if len(body.passage) < 300 else None
    checked = parts.panel.check(body.claim, known.text if known else body.passage)
    return CheckView(
        verdict=checked.verdict,
        score=checked.score,
        agreed=checked.agreed,
        standing=checked.standing,
        checkers=[
            CheckerView(name=c.name, family=c.family, verdict=c.verdict, score=c.score, why=c.why)
            for c in checked.checkers
        ],
        ms=_ms(started),
    )


@router.get("/items")
def items(user: Anyone, counter: TheCounter) -> list[ItemView]:
    """The service items this office offers."""
    return [item_view(item) for item in counter.parts.catalogue.all()]


@router.get("/filings")
def filings(user: Applicant, counter: TheCounter) -> list[FilingView]:
    """The caller's filings, latest change first."""
    return [_view(counter, f) for f in counter.filings(user)]


@router.post("/filings", response_model=TurnView)
def start(body: StartBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Begins a filing; without `item` the assistant finds it or asks."""

    def work() -> TurnView:
        filing, reply = counter.start_filing(user, body.item, body.text, by_hand=body.by_hand)
        return TurnView(filing=_view(counter, filing), reply=reply)

    return idempotent(request, user, body, work, again=lambda filing_id: _last_turn(counter, user, filing_id))


@router.get("/filings/{filing_id}")
def filing(filing_id: str, user: Applicant, counter: TheCounter) -> FilingView:
    """One filing."""
    return _view(counter, counter.filing(user, filing_id))


@router.patch("/filings/{filing_id}", response_model=FilingView)
def edit(filing_id: str, body: EditBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """A form edit; 422 names each bad field, good ones in the same call are kept."""

    def work() -> FilingView:
        kept, refused = counter.edit(user, filing_id, body.answers, body.revision)
        if refused:
            raise problems.invalid(refused)
        return _view(counter, kept)

    return idempotent(request, user, body, work, again=lambda _: _view(counter, counter.filing(user, filing_id)))


@router.post("/filings/{filing_id}/messages", response_model=TurnView)
def say(filing_id: str, body: MessageBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """One turn of the conversation."""

    def work() -> TurnView:
        kept, reply = counter.say(user, filing_id, body.text)
        return TurnView(filing=_view(counter, kept), reply=reply)

    return idempotent(request, user, body, work, again=lambda _: _last_turn(counter, user, filing_id))


@router.post("/filings/{filing_id}/materials", response_model=UploadView)
def upload(
    filing_id: str,
    file: Annotated[UploadFile, File()],
    user: Applicant,
    counter: TheCounter,
    request: Request,
    kind: Annotated[str | None, Form(max_length=100)] = None,
) -> Response:
    """Takes a document in; it is read afterwards."""
    counter.filing(user, filing_id)
    data, name = file.file.read(), file.filename or ""

    def work() -> UploadView:
        kept, material = counter.upload(user, filing_id, name, data, kind or None)
        return UploadView(material=material, filing=_view(counter, kept))

    def again(_: str) -> UploadView:
        kept = counter.filing(user, filing_id)
        return UploadView(material=kept.materials[-1], filing=_view(counter, kept))

    return idempotent(request, user, [name, kind, len(data), hashlib.sha256(data).hexdigest()], work, again=again)


@router.delete("/filings/{filing_id}/materials/{material_id}", response_model=FilingView)
def remove(filing_id: str, material_id: str, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Takes a document out again."""
    return filing_reply(
        request, counter, user, filing_id, lambda: counter.remove_material(user, filing_id, material_id)
    )


@router.get("/filings/{filing_id}/materials/{material_id}/pages/{n}.png", response_class=Response)
def page(filing_id: str, material_id: str, n: int, user: Applicant, counter: TheCounter) -> Response:
    """Image of a page, from 1."""
    return Response(counter.page_png(user, filing_id, material_id, n), media_type="image/png")


@router.post("/filings/{filing_id}/confirm", response_model=FilingView)
def confirm(filing_id: str, body: ConfirmBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """The applicant stands by these answers."""
    return filing_reply(
        request, counter, user, filing_id, lambda: counter.confirm(user, filing_id, body.fields), body=body
    )


@router.post("/filings/{filing_id}/submit", response_model=SubmittedView)
def submit(filing_id: str, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Hands the filing in; only a missing required answer is refused."""

    def work() -> SubmittedView:
        kept = counter.submit(user, filing_id)
        return SubmittedView(case=kept.case or "", receipt=kept.receipt or "", filing=_view(counter, kept))

    return idempotent(request, user, None, work, again=lambda _: work())


@router.post("/filings/{filing_id}/withdraw", response_model=FilingView)
def withdraw(filing_id: str, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Takes the filing back."""
    return filing_reply(request, counter, user, filing_id, lambda: counter.withdraw(user, filing_id))


@router.get("/filings/{filing_id}/form.pdf", response_class=Response)
def form(filing_id: str, user: Applicant, counter: TheCounter) -> Response:
    """The filled application form."""
    headers = {"Content-Disposition": f'inline; filename="{filing_id}.pdf"'}
    return Response(counter.form_pdf(user, filing_id), media_type="application/pdf", headers=headers)


@router.get("/filings/{filing_id}/notice")
def notice(filing_id: str, user: Applicant, counter: TheCounter) -> dict[str, Any]:
    """The latest notice."""
    found = counter.notice(user, filing_id)
    if found is None:
        raise problems.not_found("告知书")
    return dict(found)


@router.get("/filings/{filing_id}/notice.pdf", response_class=Response)
def notice_pdf(filing_id: str, user: Applicant, counter: TheCounter) -> Response:
    """The latest notice as a PDF."""
    return Response(counter.notice_pdf(user, filing_id), media_type="application/pdf")


def filing_reply(
    request: Request,
    counter: Counter,
    user: User,
    filing_id: str,
    change: Callable[[], Filing],
    body: BaseModel | None = None,
) -> Response:
    """The filing after `change`, once under a key."""
    return idempotent(
        request,
        user,
        body,
        lambda: _view(counter, change()),
        again=lambda _: _view(counter, counter.filing(user, filing_id)),
    )


def _view(counter: Counter, filing: Filing) -> FilingView:
    return filing_view(filing, counter.item(filing), counter.parts.scopes)


def _last_turn(counter: Counter, user: User, filing_id: str) -> TurnView:
    kept = counter.filing(user, filing_id)
    replies = [t.reply for t in kept.turns if t.reply is not None]
    if not replies:
        raise problems.wrong_state("这项操作已经完成，请刷新查看结果。")
    return TurnView(filing=_view(counter, kept), reply=replies[-1])


def _answer(body: AskBody, counter: Counter, hear: Hear | None = None) -> PolicyAnswer:
    history = [(line.role, line.text) for line in body.history]
    return inquire(counter.parts, body.question, history, body.on, body.region, hear)


def _ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
