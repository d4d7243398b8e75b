"""Documents beyond one file at a time: several pictures as one document, more pages, and what the office holds."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from assistant import problems
from assistant.counter import Counter
from assistant.cross_rules import OURS
from assistant.filing import Filing, Material, SeenEvidence
from assistant.held import Held, held
from assistant.papers import MOST, Paper, plain_filename, with_paper
from assistant.people import User
from assistant.wording import say
from knowledge.documents import PROBLEMS
from knowledge.joining import CannotJoin

MOST_FILES = 20
"""Files that may be put together into one document."""
Files = Sequence[tuple[str, bytes]]
"""(name, bytes) in the order of the pages."""


def upload_together(
    counter: Counter, user: User, filing_id: str, files: Files, kind: str | None = None
) -> tuple[Filing, Material]:
    """Takes several pictures or files in as one document, a page or more each; the first lends it its name."""
    if not files:
        raise problems.invalid({"files": say("together.none")})
    if len(files) > MOST_FILES:
        raise problems.invalid({"files": say("together.many", most=MOST_FILES)})
    counter.filing(user, filing_id)
    if len(files) == 1:
        return counter.upload(user, filing_id, files[0][0], files[0][1], kind)
    for name, data in files:
        counter.papers.check(plain_filename(name), data)
    whole = _joined(counter, files)
    stem = plain_filename(files[0][0]).rsplit(".", 1)[0]
    return counter.upload(user, filing_id, f"{stem}等{len(files)}个文件.pdf", whole, kind)


def add_pages(counter: Counter, user: User, filing_id: str, material_id: str, files: Files) -> tuple[Filing, Material]:
    """Puts more pages behind a document: read anew as a whole, the shorter one taken out."""
    old = _changeable(counter, user, counter.filing(user, filing_id), material_id)
    if old.status == "reading":
        raise problems.wrong_state(say("together.only", filename=old.filename))
    before = (old.filename, counter.store.vault.get(old.sha256))
    _, longer = upload_together(counter, user, filing_id, [before, *files], old.kind or None)

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        left = [m for m in filing.materials if m.id != old.id]
        kept = _pointing(filing.model_copy(update={"materials": left}), old.id, longer.id)
        return kept, {"material": old.id, "now": longer.id}

    kept = counter.change(user, filing_id, "material.extended", change)
    return kept, next((m for m in kept.materials if m.id == longer.id), longer)


def declare(counter: Counter, user: User, filing_id: str, material_id: str, kind: str) -> tuple[Filing, Material]:
    """The applicant says what a document is; it is read anew as that, under a new id."""
    now = secrets.token_hex(6)

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        if kind not in {m.kind for m in counter.known_item(filing).materials}:
            raise problems.invalid({"kind": "没有这种材料"})
        _changeable(counter, user, filing, material_id)
        anew = {"id": now, "kind": kind, "kind_source": "applicant", "status": "reading", "values": {}, "issues": []}
        materials = [m.model_copy(update=anew) if m.id == material_id else m for m in filing.materials]
        kept = _pointing(filing.model_copy(update={"materials": materials}), material_id, now)
        return kept, {"material": material_id, "now": now, "kind": kind}

    counter.change(user, filing_id, "material.declared", change)
    counter.reading(filing_id, now)
    kept = counter.filing(user, filing_id)
    return kept, kept.material(now)


def _changeable(counter: Counter, user: User, filing: Filing, material_id: str) -> Material:
    """The document, unless there is none or a returned filing leaves it closed."""
    found = next((m for m in filing.materials if m.id == material_id), None)
    if found is None:
        raise problems.not_found("这份材料")
    may = counter.opened(user, filing)
    if may is not None and material_id not in may.materials:
        raise problems.wrong_state(say("locked_paper"))
    return found


def _pointing(filing: Filing, old: str, new: str) -> Filing:
    """The filing whose answers from document `old` are told to come from `new`, its first pages being the same."""
    answers = {
        name: answer.model_copy(update={"evidence": answer.evidence.model_copy(update={"material": new})})
        if isinstance(answer.evidence, SeenEvidence) and answer.evidence.material == old
        else answer
        for name, answer in filing.answers.items()
    }
    return filing.model_copy(update={"answers": answers})


def _joined(counter: Counter, files: Files) -> bytes:
    try:
        return counter.papers.joined([data for _, data in files])
    except CannotJoin as error:
        name, why = plain_filename(files[error.index][0]), PROBLEMS[error.problem]
        words = say("together.bad", number=error.index + 1, filename=name, why=why)
        raise problems.invalid({"files": words}, words) from error


def held_documents(counter: Counter, user: User, filing: Filing) -> list[Held]:
    """What the office holds of this person that the filing still lacks; nothing is taken over by looking."""
    if filing.status not in ("draft", "returned"):
        return []
    item = counter.item(filing)
    titles = {i.code: i.title for i in counter.parts.catalogue.all()}
    if item is not None:
        titles |= {m.kind: m.title for m in reversed(item.materials)}
    return held(filing, counter.needed(filing), counter.filings(user), titles, counter.parts.settings.day())


def use_held(counter: Counter, user: User, filing_id: str, source: str, material_id: str) -> tuple[Filing, Material]:
    """Uses a document of an earlier filing in this one: the same bytes, values read then, compared anew."""
    taken: list[str] = []

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        found = next(
            (
                h for h in held_documents(counter, user, filing)
                if h.evidence.filing == source and h.materials[0].id == material_id
            ),
            None,
        )  # fmt: skip
        if found is None:
            raise problems.not_found(say("held.gone"))
        if len(filing.materials) + len(found.materials) > MOST:
            raise problems.invalid({"file": f"一份申报最多 {MOST} 个文件，请先删去不需要的。"})
        changed, filled = filing, list[str]()
        for old in found.materials:
            copy = _copy(old, found)
            taken.append(copy.id)
            changed = changed.model_copy(update={"materials": [*changed.materials, copy]})
            paper = Paper(copy.kind, copy.pages, copy.status, copy.values, copy.issues)
            changed, more = with_paper(changed, copy.id, paper, counter.item(filing), counter.parts.settings.day())
            filled += more
        return changed, {"materials": list(taken), "from": source, "fields": filled}

    kept = counter.change(user, filing_id, "material.reused", change)
    return kept, kept.material(taken[0])


def _copy(old: Material, found: Held) -> Material:
    """The document in the new filing: what is compared with the form is compared there."""
    issues = [i for i in old.issues if i.code not in OURS]
    update = {"id": secrets.token_hex(6), "earlier": found.evidence, "issues": issues}
    return old.model_copy(update=update)
