"""The applicant's choices: with or without the assistant, which earlier answers to take, what else to open."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal
from zoneinfo import ZoneInfo

from assistant import problems, reuse
from assistant.counter import Counter
from assistant.filing import Filing
from assistant.people import User
from assistant.reuse import Known
from knowledge.items import Item


def choose_by_hand(counter: Counter, user: User, filing_id: str, on: bool) -> Filing:
    """Goes on without the assistant, or with it again; at any time, and nothing filled in is lost."""

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        return filing.model_copy(update={"by_hand": on}), {"by_hand": on}

    return counter.change(user, filing_id, "filing.assistant", change)


def known_answers(counter: Counter, user: User, filing: Filing, item: Item) -> list[Known]:
    """Answers of the person's earlier filings that fit this one; nothing is taken over by looking."""
    titles = {i.code: i.title for i in counter.parts.catalogue.all()}
    settings = counter.parts.settings
    return reuse.known(filing, item, counter.filings(user), titles, settings.day(), ZoneInfo(settings.timezone))


def offered(counter: Counter, user: User, filing: Filing) -> list[Known]:
    """What the page offers: earlier answers, until the person has said which of them to take."""
    item = counter.item(filing)
    if item is None or filing.status != "draft" or filing.reuse != "open":
        return []
    return known_answers(counter, user, filing, item)


def take_known(counter: Counter, user: User, filing_id: str, fields: Collection[str] | Literal["all"]) -> Filing:
    """Takes over the named earlier answers, all or none: 待确认 and saying which filing they come from."""

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        item = counter.known_item(filing)
        there = known_answers(counter, user, filing, item)
        names = {k.field.id for k in there}
        chosen = names if fields == "all" else set(fields)
        unknown = chosen - names - set(filing.answers)
        if unknown:
            raise problems.invalid(dict.fromkeys(sorted(unknown), "以前的申报里没有这一项"))
        taken, filled = reuse.taken(filing, item, there, chosen)
        sources = sorted({k.evidence.filing for k in there if k.field.id in filled})
        return taken, {"fields": filled, "from": sources}

    return counter.change(user, filing_id, "filing.reused", change)


def reopen(counter: Counter, user: User, filing_id: str, fields: Collection[str]) -> Filing:
    """Opens answers beyond the notice, because the applicant wants to change them as well; recorded."""

    def change(filing: Filing) -> tuple[Filing, dict[str, Any]]:
        item = counter.known_item(filing)
        known = {f.id for f in item.fields}
        if unknown := set(fields) - known:
            raise problems.invalid(dict.fromkeys(sorted(unknown), "这个事项没有这一项。"))
        wider = sorted({*filing.reopened, *fields})
        return filing.model_copy(update={"reopened": wider}), {"fields": sorted(fields)}

    return counter.change(user, filing_id, "filing.reopened", change)
