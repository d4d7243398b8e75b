"""Documents of several files, and documents the office holds already."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from assistant import counter_papers
from assistant.api import PREFIX, Applicant, TheCounter
from assistant.api_access import idempotent
from assistant.counter import Counter
from assistant.filing import Filing, Material
from assistant.people import User
from assistant.views import FilingView, ProblemView, UploadView, filing_view

router = APIRouter(
    prefix=PREFIX,
    responses={status: {"model": ProblemView} for status in (401, 403, 404, 409, 413, 415, 422, 429, 503)},
)


class HeldView(BaseModel):
    """A document of an earlier filing that this one may use."""

    kind: str
    title: str
    filing: str
    material: str
    receipt: str | None
    on: str
    until: str
    words: str
    """The offer, in words for the applicant."""


class KindBody(BaseModel):
    """What a document is."""

    kind: str = Field(max_length=100)


class UseBody(BaseModel):
    """Which document of which earlier filing."""

    filing: str = Field(max_length=100)
    material: str = Field(max_length=100)


@router.post("/filings/{filing_id}/materials/together", response_model=UploadView)
def together(
    filing_id: str,
    files: Annotated[list[UploadFile], File()],
    user: Applicant,
    counter: TheCounter,
    request: Request,
    kind: Annotated[str | None, Form(max_length=100)] = None,
) -> Response:
    """Takes several pictures or files in as one document, in the order sent."""
    counter.filing(user, filing_id)
    parts = [(file.filename or "", file.file.read()) for file in files]
    return _taken(
        request, counter, user, filing_id, parts, kind,
        lambda: counter_papers.upload_together(counter, user, filing_id, parts, kind or None),
    )  # fmt: skip


@router.post("/filings/{filing_id}/materials/{material_id}/pages", response_model=UploadView)
def more_pages(
    filing_id: str,
    material_id: str,
    files: Annotated[list[UploadFile], File()],
    user: Applicant,
    counter: TheCounter,
    request: Request,
) -> Response:
    """Puts pages behind a document; it gets a new id and is read anew."""
    counter.filing(user, filing_id)
    parts = [(file.filename or "", file.file.read()) for file in files]
    return _taken(
        request, counter, user, filing_id, parts, material_id,
        lambda: counter_papers.add_pages(counter, user, filing_id, material_id, parts),
    )  # fmt: skip


@router.patch("/filings/{filing_id}/materials/{material_id}", response_model=UploadView)
def declare(
    filing_id: str, material_id: str, body: KindBody, user: Applicant, counter: TheCounter, request: Request
) -> Response:
    """Says what a document is when it was not told rightly; it gets a new id and is read anew."""

    def work() -> UploadView:
        kept, material = counter_papers.declare(counter, user, filing_id, material_id, body.kind)
        return UploadView(material=material, filing=_view(counter, kept))

    return idempotent(request, user, body, work, again=lambda _: _latest(counter, user, filing_id))


@router.get("/filings/{filing_id}/held")
def held(filing_id: str, user: Applicant, counter: TheCounter) -> list[HeldView]:
    """Documents the office holds of the caller that this filing lacks; nothing is taken over by looking."""
    there = counter_papers.held_documents(counter, user, counter.filing(user, filing_id))
    return [
        HeldView(
            kind=h.kind,
            title=h.title,
            filing=h.evidence.filing,
            material=h.materials[0].id,
            receipt=h.evidence.receipt,
            on=str(h.evidence.on),
            until=h.until,
            words=h.words,
        )
        for h in there
    ]


@router.post("/filings/{filing_id}/held", response_model=UploadView)
def use(filing_id: str, body: UseBody, user: Applicant, counter: TheCounter, request: Request) -> Response:
    """Uses one of them here instead of asking for it."""

    def work() -> UploadView:
        kept, material = counter_papers.use_held(counter, user, filing_id, body.filing, body.material)
        return UploadView(material=material, filing=_view(counter, kept))

    return idempotent(request, user, body, work, again=lambda _: _latest(counter, user, filing_id))


def _taken(
    request: Request,
    counter: Counter,
    user: User,
    filing_id: str,
    parts: list[tuple[str, bytes]],
    about: str | None,
    take: Callable[[], tuple[Filing, Material]],
) -> Response:
    def work() -> UploadView:
        kept, material = take()
        return UploadView(material=material, filing=_view(counter, kept))

    sent = [about, *([name, hashlib.sha256(data).hexdigest()] for name, data in parts)]
    return idempotent(request, user, sent, work, again=lambda _: _latest(counter, user, filing_id))


def _view(counter: Counter, filing: Filing) -> FilingView:
    return filing_view(filing, counter.item(filing), counter.parts.scopes)


def _latest(counter: Counter, user: User, filing_id: str) -> UploadView:
    kept = counter.filing(user, filing_id)
    return UploadView(material=kept.materials[-1], filing=_view(counter, kept))
