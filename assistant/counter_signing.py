"""Signing at the counter: a signature is kept, and when the last one is given the signed form joins the documents."""

from __future__ import annotations

import secrets
from typing import Any

from assistant import problems, signing
from assistant.counter import Counter
from assistant.filing import Filing, Material, Part, Signature
from assistant.people import User
from assistant.wording import say


def sign(
    counter: Counter,
    user: User,
    filing_id: str,
    part: Part,
    name: str,
    *,
    typed: str = "",
    drawn: str = "",
    promised: bool,
) -> Filing:
    """Takes a signature: the typed name, or a drawing as `data:image/png;base64,…`, under the promises read.

    Raises the 422 problem when the promises are not made, something required is missing, the person does not sign
    this form, or what came in is no signature.
    """
    filing = counter.filing(user, filing_id)
    _check(counter, filing, part, name, promised)
    picture = _picture(drawn) if drawn else b""
    sha256 = counter.store.keep_file(picture) if picture else None
    now, day = counter.now(), counter.parts.settings.day()

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        _check(counter, filing, part, name, promised)
        content = signing.content_of(filing)
        if sha256:
            given = Signature(name=name, part=part, how="drawn", drawing=sha256, content=content, at=now, on=day)
        else:
            given = _typed(part, name, typed, content, counter)
        signed = signing.with_signature(filing, given)
        told = {"part": part, "how": given.how, "content": content, "promises": len(signing.PROMISES)}
        return signed, told | ({"file": sha256} if sha256 else {})

    counter.change(user, filing_id, "filing.signed", change)
    return _with_form(counter, user, filing_id)


def _check(counter: Counter, filing: Filing, part: Part, name: str, promised: bool) -> None:
    item = counter.known_item(filing)
    if not promised:
        raise problems.invalid({"promised": say("sign.promise")}, say("sign.promise"))
    missing = item.missing(filing.values(), filing.skipped, required_only=True)
    if missing:
        raise problems.invalid({m: f"请填写{item.field(m).title}" for m in missing}, say("sign.missing"))
    if (part, name) not in signing.signers(filing):
        raise problems.invalid({"name": say("sign.who")}, say("sign.who"))


def _picture(drawn: str) -> bytes:
    try:
        return signing.drawn_png(drawn)
    except signing.NotASignature as error:
        raise problems.invalid({"drawn": str(error)}, str(error)) from error


def _typed(part: Part, name: str, words: str, content: str, counter: Counter) -> Signature:
    if not words.strip():
        raise problems.invalid({"typed": say("sign.how")}, say("sign.how"))
    try:
        return signing.typed(part, name, words, content, counter.now(), counter.parts.settings.day())
    except signing.NotASignature as error:
        raise problems.invalid({"typed": str(error)}, str(error)) from error


def _with_form(counter: Counter, user: User, filing_id: str) -> Filing:
    """Once nobody is left to sign, the form with the signatures is a document of the filing, read like any other."""
    filing = counter.filing(user, filing_id)
    item = counter.known_item(filing)
    if signing.unsigned(filing) or item.material(signing.FORM) is None:
        return filing
    sha256 = counter.store.keep_file(counter.printed(filing))
    form = Material(
        id=secrets.token_hex(6), kind=signing.FORM, filename=say("sign.form"), sha256=sha256, made_here=True
    )

    def change(now: Filing) -> tuple[Filing, dict[str, Any]]:
        if signing.unsigned(now):
            return now, {}
        return signing.with_form(now, form), {"material": form.id, "file": sha256}

    kept = counter.change(user, filing_id, "material.added", change)
    counter.reading(filing_id, form.id)
    return kept
