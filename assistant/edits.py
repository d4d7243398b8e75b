"""Form edits: any usual spelling of a value becomes the canonical one, or is refused with the reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from assistant import choices, identity
from assistant.addresses import plain_address
from assistant.amounts import amounts, counts
from assistant.cues import hear
from assistant.dates import days
from assistant.wording import say
from knowledge.items import ItemField

LONGEST_TEXT = 500
_PUNCTUATION = "，。；：！？（）"
"""Kept as typed in running text, where half-width signs would look like somebody else's words."""


class FieldError(ValueError):
    """A form edit that cannot be stored: `code`, and a message the applicant can act on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def accept(field: ItemField, raw: Any, today: date) -> Any:
    """Canonical value of a form edit in any usual spelling; FieldError when it is malformed."""
    if isinstance(raw, str):
        raw = _folded(raw, _PUNCTUATION if field.type == "text" else "").strip()
        if len(raw) > LONGEST_TEXT:
            raise FieldError("TEXT_LONG", say("TEXT_LONG"))
    if raw in (None, "", []):
        raise FieldError("TEXT_EMPTY", say("TEXT_EMPTY"))
    return _ACCEPTERS[field.type](field, raw, today)


def _folded(text: str, kept: str) -> str:
    return "".join(c if c in kept else unicodedata.normalize("NFKC", c) for c in text)


def _wrong(code: str = "TYPE_WRONG") -> FieldError:
    return FieldError(code, say(code))


def _accept_text(field: ItemField, raw: Any, today: date) -> str:
    if not isinstance(raw, str):
        raise _wrong()
    if field.id == "operator_ethnicity":
        found = choices.ethnicity(hear(raw))
        return str(found.value) if found else raw
    return re.sub(r"\s+", "" if field.type == "name_part" else " ", raw)


def _accept_yes_no(field: ItemField, raw: Any, today: date) -> bool:
    if isinstance(raw, bool):
        return raw
    words = {
        True: {"true", "yes", "y", "1", "是", "有", "要", "对"},
        False: {"false", "no", "n", "0", "否", "无", "没有", "不要", "不是", "不"},
    }
    for value, spellings in words.items():
        if str(raw).lower() in spellings:
            return value
    raise _wrong()


def _accept_choice(field: ItemField, raw: Any, today: date) -> str:
    if not isinstance(raw, str):
        raise _wrong("CHOICE_WRONG")
    if raw in field.choices:
        return raw
    by_label = {label: value for value, label in field.choices.items()}
    if raw in by_label:
        return by_label[raw]
    found = choices.choice(hear(raw), field.id, field.choices)
    if found:
        return str(found.value)
    if field.open:
        return raw
    raise _wrong("CHOICE_WRONG")


def _accept_id(field: ItemField, raw: Any, today: date) -> str:
    number = identity.plain_number(str(raw))
    permits = [
        k
        for k in ("hk_macao", "taiwan")
        if field.id == "operator_id_number" and identity.permit_problem(number, k) is None
    ]
    problem = None if permits else identity.id_number_problem(number, today)
    if problem:
        raise FieldError(*problem)
    return number


def _accept_phone(field: ItemField, raw: Any, today: date) -> str:
    number = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", identity.plain_number(str(raw)))
    if problem := identity.phone_problem(number):
        raise FieldError(*problem)
    return number


def _accept_email(field: ItemField, raw: Any, today: date) -> str:
    if problem := identity.email_problem(str(raw)):
        raise FieldError(*problem)
    return str(raw)


def _accept_url(field: ItemField, raw: Any, today: date) -> str:
    found = identity.find_urls(str(raw))
    if not found or found[0].value != str(raw).rstrip(".,)"):
        raise _wrong("URL_INVALID")
    return found[0].value


def _accept_address(field: ItemField, raw: Any, today: date) -> str:
    if not isinstance(raw, str):
        raise _wrong()
    return plain_address(raw)


def _accept_amount(field: ItemField, raw: Any, today: date) -> float:
    if isinstance(raw, bool):
        raise _wrong("AMOUNT_INVALID")
    if isinstance(raw, int | float):
        value: float | None = raw
    elif re.fullmatch(r"[\d,]+(?:\.\d+)?", str(raw)):
        value = float(str(raw).replace(",", ""))
    else:
        value = next((a.value for a in amounts(str(raw))), None)
    if value is None or not 0 < value < 1e8:
        raise _wrong("AMOUNT_INVALID")
    return int(value) if value == int(value) else round(value, 6)


def _accept_count(field: ItemField, raw: Any, today: date) -> int:
    if isinstance(raw, bool) or (isinstance(raw, float) and raw != int(raw)):
        raise _wrong("COUNT_INVALID")
    found = counts(str(raw)) if isinstance(raw, str) and not raw.lstrip("-").isdigit() else (int(raw), 0, 0)
    if found is None or not 0 <= found[0] <= 99:
        raise _wrong("COUNT_INVALID")
    return found[0]


def _accept_date(field: ItemField, raw: Any, today: date) -> str:
    found = days(str(raw), today)
    if not found or found[0].value is None:
        raise _wrong("DATE_INVALID")
    if field.id.endswith("birth_date") and found[0].value > today:
        raise _wrong("DATE_FUTURE")
    return found[0].value.isoformat()


def _accept_people(field: ItemField, raw: Any, today: date) -> list[dict[str, str]]:
    if not isinstance(raw, list) or not all(isinstance(p, dict) and p.get("name") and p.get("id_number") for p in raw):
        raise _wrong("MEMBER_INCOMPLETE")
    return [{"name": str(p["name"]).strip(), "id_number": _accept_id(field, p["id_number"], today)} for p in raw]


def _accept_scope(field: ItemField, raw: Any, today: date) -> list[str]:
    entries = re.split(r"[；;\n]+", raw) if isinstance(raw, str) else raw
    if not isinstance(entries, list) or not all(isinstance(e, str) for e in entries):
        raise _wrong()
    return list(dict.fromkeys(e.strip() for e in entries if e.strip()))


def _accept_powers(field: ItemField, raw: Any, today: date) -> list[int]:
    given = re.findall(r"[1-4]", raw) if isinstance(raw, str) else raw
    if not isinstance(given, list) or not given or not all(str(p) in ("1", "2", "3", "4") for p in given):
        raise _wrong("POWERS_WRONG")
    return sorted({int(p) for p in given})


_ACCEPTERS: Mapping[str, Callable[[ItemField, Any, date], Any]] = {
    "text": _accept_text,
    "yes_no": _accept_yes_no,
    "choice": _accept_choice,
    "id_number": _accept_id,
    "phone": _accept_phone,
    "email": _accept_email,
    "url": _accept_url,
    "address": _accept_address,
    "amount_wan": _accept_amount,
    "count": _accept_count,
    "date": _accept_date,
    "people": _accept_people,
    "scope": _accept_scope,
    "powers": _accept_powers,
    "name_part": _accept_text,
}
