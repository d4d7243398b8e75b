"""What the applicant's pages need beyond filling in: signing, choices, standing, and one's own data."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from assistant import counter_after, counter_choices, counter_signing, own_data, signing
from assistant.api import PREFIX, Applicant, TheCounter, filing_reply
from assistant.api_access import idempotent
from assistant.filing import EarlierEvidence, Filing, Part, Signature
from assistant.page_view import shown
from assistant.views import FilingView, ProblemView
from assistant.wording import say

router = APIRouter(
    prefix=PREFIX,
    responses={status: {"model": ProblemView} for status in (401, 403, 404, 409, 422, 429, 503)},
)
Name = Annotated[str, Field(max_length=60)]


class SignerView(BaseModel):
    """Somebody who signs the form, and how they did."""

    part: Part
    name: str
    title: str
    how: Literal["typed", "drawn"] | None = None
    on: str | None = None


class SigningView(BaseModel):
    """Who signs, what is promised, and the answers' digest a signature will stand for."""

    signers: list[SignerView]
    promises: list[str]
    content: str


class SignBody(BaseModel):
    """A signature: the name typed, or a drawing as `data:image/png;base64,…`."""

    part: Part = "operator"
    name: Name
    typed: Name = ""
    drawn: str = Field(default="", max_length=signing.LARGEST * 4 // 3 + 100)
    promised: bool = False


class AssistantBody(BaseModel):
    """Whether the assistant may take part in this filing."""

    on: bool


class FieldsBody(BaseModel):
    """Fields by id, or all of them."""

    fields: list[Name] | Literal["all"]


class KnownView(BaseModel):
    """An earlier answer that fits: `shown` is masked where it is sensitive, `usual` is about the person."""

    field: str
    title: str
    shown: str
    usual: bool
    evidence: EarlierEvidence


class StepView(BaseModel):
    """One thing that happened."""

    at: datetime
    what: str
    said: str


class StandingView(BaseModel):
    """Where a filing stands."""

    status: str
    receipt: str | None
    round: int
    history: list[StepView]
    clock: dict[str, str]
    left: int | None
    said: list[str]
    next: str


class ErasedView(BaseModel):
    """Drafts erased, and filings the law keeps with the reason."""

    erased: list[str]
    kept: list[str]
    why: str


@router.get("/filings/{filing_id}/signatures")
def signatures(filing_id: str, user: Applicant, counter: TheCounter) -> SigningView:
    """Who has to sign, who has signed, and the promises to read first."""
    filing = counter.filing(user, filing_id)
    given = {(s.part, s.name): s for s in signing.standing(filing)}
    return SigningView(
        signers=[_signer(part, name, given.get((part, name))) for part, name in signing.signers(filing)],
        promises=signing.promises(),
        content=signing.content_of(filing),
    )


@router.post("/filings/{filing_id}/signatures", response_model=FilingView)
def sign(filing_id: str, body: SignBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Signs on the screen; the last signature adds the signed form to the documents. A change of answers voids it."""

    def change() -> Filing:
        return counter_signing.sign(
            counter, user, filing_id, body.part, body.name, typed=body.typed, drawn=body.drawn, promised=body.promised
        )

    return filing_reply(request, counter, user, filing_id, change, body=body)


@router.post("/filings/{filing_id}/assistant", response_model=FilingView)
def assistant(filing_id: str, body: AssistantBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """With or without the assistant, at any time."""
    return filing_reply(
        request,
        counter,
        user,
        filing_id,
        lambda: counter_choices.choose_by_hand(counter, user, filing_id, not body.on),
        body=body,
    )


@router.get("/filings/{filing_id}/known")
def known(filing_id: str, user: Applicant, counter: TheCounter) -> list[KnownView]:
    """Answers of earlier filings that fit this one; nothing is taken over by looking."""
    filing = counter.filing(user, filing_id)
    there = counter_choices.known_answers(counter, user, filing, counter.known_item(filing))
    return [
        KnownView(
            field=k.field.id,
            title=k.field.title,
            shown=shown(k.field, k.value, masked=True),
            usual=k.usual,
            evidence=k.evidence,
        )
        for k in there
    ]


@router.post("/filings/{filing_id}/known", response_model=FilingView)
def take(filing_id: str, body: FieldsBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Takes over the named earlier answers, all, or none (`[]`)."""
    return filing_reply(
        request,
        counter,
        user,
        filing_id,
        lambda: counter_choices.take_known(counter, user, filing_id, body.fields),
        body=body,
    )


@router.post("/filings/{filing_id}/open", response_model=FilingView)
def open_more(filing_id: str, body: FieldsBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Opens answers of a returned filing that the notice did not flag."""

    def change() -> Filing:
        filing = counter.filing(user, filing_id)
        fields = list(filing.answers) if body.fields == "all" else body.fields
        return counter_choices.reopen(counter, user, filing_id, fields)

    return filing_reply(request, counter, user, filing_id, change, body=body)


@router.get("/filings/{filing_id}/standing")
def standing(filing_id: str, user: Applicant, counter: TheCounter) -> StandingView:
    """History with dates, the legal clock and the next step."""
    filing = counter.filing(user, filing_id)
    stands = counter_after.standing(counter, user, filing_id)
    return StandingView(
        status=filing.status,
        receipt=filing.receipt,
        round=filing.round,
        history=[StepView(at=s.at, what=s.what, said=s.said) for s in stands.steps],
        clock=stands.clock,
        left=stands.left,
        said=stands.clock_said,
        next=stands.next,
    )


@router.get("/filings/{filing_id}/receipt.pdf", response_class=Response)
def receipt(filing_id: str, user: Applicant, counter: TheCounter) -> Response:
    """接收申请材料凭证."""
    return Response(counter_after.receipt_pdf(counter, user, filing_id), media_type="application/pdf")


@router.delete("/filings/{filing_id}", status_code=204)
def erase(filing_id: str, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Erases a draft with everything in it; 409 for a filing that was handed in."""
    return idempotent(
        request,
        user,
        None,
        lambda: own_data.erase(counter, user, filing_id),
        status=204,
        again=lambda _: None,
    )


@router.get("/me/export", response_class=Response)
def export(user: Applicant, counter: TheCounter) -> Response:
    """Everything about the caller as a ZIP."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('我的数据.zip')}"}
    return Response(own_data.export(counter, user), media_type="application/zip", headers=headers)


@router.post("/me/erase", response_model=ErasedView)
def erase_all(user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Erases every draft of the caller; filings that were handed in are kept, and the reason is given."""

    def work() -> dict[str, Any]:
        done = own_data.erase_all(counter, user)
        return {"erased": done.erased, "kept": done.kept, "why": say("kept.law") if done.kept else ""}

    return idempotent(request, user, None, work, again=lambda _: work())


def _signer(part: Part, name: str, given: Signature | None) -> SignerView:
    title = signing.PARTS[part]
    if given is None:
        return SignerView(part=part, name=name, title=title)
    return SignerView(part=part, name=name, title=title, how=given.how, on=given.on.isoformat())
