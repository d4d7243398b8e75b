"""Identity numbers (GB 11643, check digit of ISO 7064), telephone numbers and addresses of the net."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from stdnum.cn import ric

from assistant.wording import say

_DIGITISH = re.compile(r"(?<![\dA-Za-z])\d(?:[ \-]?\d){5,21}(?:[ \-]?[Xx叉])?(?![\dA-Za-z])")
_PERMIT = {"hk_macao": re.compile(r"[HM]\d{8}(?:\d{2})?"), "taiwan": re.compile(r"\d{8}(?:\d{2})?")}
_PERMIT_IN_TEXT = re.compile(r"(?<![\dA-Za-z])(?:[HMhm]\d{8}(?:\d{2})?|\d{8}(?:\d{2})?)(?![\dA-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}", re.ASCII)
_SPOKEN_EMAIL = re.compile(
    r"(?P<who>[A-Za-z0-9][A-Za-z0-9._+-]*)\s*(?:@|艾特|圈[aA]|(?<= )at(?= ))\s*"
    r"(?P<where>[A-Za-z0-9-]+(?:\s*(?:\.|点|(?<= )dot(?= ))\s*[A-Za-z0-9-]+)+)",
    re.ASCII,
)
_URL = re.compile(
    r"(?:https?://)?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?:/[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*)?", re.ASCII
)


class Found(NamedTuple):
    """A value in a text, or the reason it cannot be one."""

    value: str
    start: int
    end: int
    problem: tuple[str, str] | None = None
    """(code, message)."""


def plain_number(raw: str) -> str:
    """NFKC, capital X, without spaces and hyphens."""
    return re.sub(r"[\s\-·]", "", unicodedata.normalize("NFKC", raw)).upper().replace("叉", "X")


def id_number_problem(number: str, today: date) -> tuple[str, str] | None:
    """(code, message) of what is wrong with a resident identity number of 18 characters, or None.

    Numbers of Hong Kong, Macao and Taiwan residents (81 82 83) and permanent residence cards (9) have the same form.
    """
    if re.fullmatch(r"\d{15}", number):
        return "ID_15", say("ID_15")
    if len(number) != 18:
        return "ID_LENGTH", say("ID_LENGTH", count=len(number))
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", number):
        return "ID_FORM", say("ID_FORM")
    born = birth_date(number)
    shown = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    if born is None or born.year < 1880:
        return "ID_DATE", say("ID_DATE", date=shown)
    if born > today:
        return "ID_FUTURE", say("ID_FUTURE", date=shown)
    if ric.calc_check_digit(number) != number[-1]:
        return "ID_CHECK", say("ID_CHECK")
    return None


def permit_problem(number: str, kind: str) -> tuple[str, str] | None:
    """(code, message) of what is wrong with the number of a permit of Hong Kong, Macao or Taiwan residents."""
    return None if _PERMIT[kind].fullmatch(number) else ("ID_PERMIT", say("ID_PERMIT"))


def birth_date(number: str) -> date | None:
    """The day in a resident identity number of 18 characters."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def gender(number: str) -> str | None:
    """male or female: odd or even seventeenth digit (GB 11643)."""
    return ("male" if int(number[16]) % 2 else "female") if re.fullmatch(r"\d{17}[\dX]", number) else None


def kind_of_number(number: str) -> str | None:
    """Whose document it is: 81 82 of Hong Kong and Macao, 83 of Taiwan, else a resident's; None without a day."""
    if birth_date(number) is None:
        return None
    return {"81": "hk_macao", "82": "hk_macao", "83": "taiwan"}.get(number[:2], "resident_id")


def age_on(born: date, day: date) -> int:
    """Full years on a day (民法典 第二百条: 日历)."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def find_id_numbers(digits: str, today: date, kind: str = "resident_id") -> list[Found]:
    """Identity numbers in a text; telephone numbers are left out."""
    if kind in _PERMIT and (m := _PERMIT_IN_TEXT.search(digits)):
        number = plain_number(m.group())
        return [Found(number, *m.span(), permit_problem(number, kind))]
    found = []
    for m in _DIGITISH.finditer(digits):
        number = plain_number(m.group())
        if len(number) >= 14 and not _long_phone(number):
            found.append(Found(number, *m.span(), id_number_problem(number, today)))
    return found


def _long_phone(number: str) -> bool:
    return bool(re.fullmatch(r"(?:86|0086)1[3-9]\d{9}", number))


def find_phones(digits: str) -> list[Found]:
    """Mobile numbers in a text; strings of another length that stand alone come with their problem."""
    found = []
    for m in re.finditer(r"(?<![\dA-Za-z@.])(?:\+|00)?\d(?:[ \-]?\d){4,21}(?:[ \-]?[Xx])?(?![\dA-Za-z@])", digits):
        number = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", plain_number(m.group()))
        if len(number) >= 14:
            continue
        found.append(Found(number, *m.span(), phone_problem(number)))
    return found


def phone_problem(number: str) -> tuple[str, str] | None:
    """(code, message) unless it is a mobile number of the mainland: 11 digits, 13 to 19 in front."""
    return None if re.fullmatch(r"1[3-9]\d{9}", number) else ("PHONE_INVALID", say("PHONE_INVALID", words=number))


def find_emails(text: str) -> list[Found]:
    """Electronic mail addresses, written or spoken (某某艾特example点com)."""
    written = [
        Found(m.group().rstrip("."), m.start(), m.start() + len(m.group().rstrip("."))) for m in _EMAIL.finditer(text)
    ]
    if written:
        return written
    found = []
    for m in _SPOKEN_EMAIL.finditer(text):
        where = re.sub(r"\s*(?:点|\.|dot)\s*", ".", m["where"])
        found.append(Found(f"{m['who']}@{where}", *m.span(), email_problem(f"{m['who']}@{where}")))
    if not found and (at := re.search(r"\S*@\S*", text)):
        found.append(Found(at.group(), *at.span(), ("EMAIL_INVALID", say("EMAIL_INVALID"))))
    return found


def email_problem(address: str) -> tuple[str, str] | None:
    """(code, message) unless the address is well formed."""
    good = _EMAIL.fullmatch(address) and ".." not in address and len(address) <= 254
    return None if good else ("EMAIL_INVALID", say("EMAIL_INVALID"))


def find_urls(text: str) -> list[Found]:
    """Addresses of web pages."""
    return [
        Found(m.group().rstrip(".,)"), m.start(), m.start() + len(m.group().rstrip(".,)"))) for m in _URL.finditer(text)
    ]


def from_id_number(values: Mapping[str, Any]) -> dict[str, str]:
    """{operator_gender, operator_birth_date} as the resident identity number has them, when it is well formed."""
    number = str(values.get("operator_id_number") or "")
    born, sex = birth_date(number), gender(number)
    if born is None or sex is None:
        return {}
    return {"operator_gender": sex, "operator_birth_date": born.isoformat()}
