"""Edits of the form beside the conversation, and what follows from any change: derived values and issues."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.cross_rules import compared
from assistant.fields import FieldError, accept, derive, issues
from assistant.filing import Answer, Filing
from knowledge.items import Item
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes


def edited(
    filing: Filing, item: Item, edits: Mapping[str, Any], today: date
) -> tuple[Filing, dict[str, str], list[str]]:
    """(the filing, {field: why not}, changed fields): a bad value leaves the stored one; None clears a field."""
    known = {f.id for f in item.fields}
    answers, refused, changed = dict(filing.answers), {}, []
    for field_id, raw in edits.items():
        if field_id not in known:
            refused[field_id] = "这个事项没有这一项。"
        elif raw is None:
            changed += [field_id] if answers.pop(field_id, None) else []
        else:
            value, why = _accepted(item, field_id, raw, today)
            if why:
                refused[field_id] = why
                continue
            answers[field_id] = Answer(value=value, source="form", confirmed=True)
            changed.append(field_id)
    skipped = [s for s in filing.skipped if s not in answers]
    pending = None if filing.pending in changed else filing.pending
    return filing.model_copy(update={"answers": answers, "skipped": skipped, "pending": pending}), refused, changed


def settled(filing: Filing, item: Item, office: Office, scopes: Scopes, regions: Regions, today: date) -> Filing:
    """The filing with what follows from its answers, and everything wrong with them and with its documents.

    A derived value never replaces one the applicant gave, and goes when what it followed from has gone.
    """
    answers = dict(filing.answers)
    followed = derive(item, filing.values(), regions, office)
    for name in [n for n, a in answers.items() if a.source == "derived" and n not in followed]:
        del answers[name]
    for name, value in followed.items():
        given = answers.get(name)
        if given is None or (given.source == "derived" and given.value != value):
            answers[name] = Answer(value=value, source="derived")
    found = issues(item, {n: a.value for n, a in answers.items()}, office, scopes, regions, today)
    told = {name: a.model_copy(update={"issues": found.get(name, [])}) for name, a in answers.items()}
    return compared(filing.model_copy(update={"answers": told}), item, today)


def _accepted(item: Item, field_id: str, raw: Any, today: date) -> tuple[Any, str]:
    try:
        return accept(item.field(field_id), raw, today), ""
    except FieldError as error:
        return None, error.message
    except (TypeError, ValueError, AttributeError, OverflowError):
        return None, "这一项的写法不对，请再看看。"
