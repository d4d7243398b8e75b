"""居民身份证: both sides, on one page or two (居民身份证法 第三条)."""

from __future__ import annotations

import re
from datetime import date

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import Issue, ReadValue
from assistant.shapes import address, day, ethnicity, gender, id_number, last_day, party, person
from assistant.sheet import Shaped, Sheet

_FRONT = re.compile(r"公民身份|身份号码|住址|出生.{0,12}年")
_BACK = re.compile(r"签发机关|有效期|\d{4}\.\d\d\.\d\d-(?:\d{4}|长期)")
_NUMBER = ("公民身份号码", "身份号码", "身份证号码", "公民身份证号码")


def read(sheet: Sheet, today: date) -> Values:
    """Values of a card; the period of validity stands on the back."""
    number = sheet.value(_NUMBER, id_number) or sheet.search(r"(?<!\d)(\d{17}[\dXx])(?!\d)", id_number)
    period = ("有效期限", "有效期")
    return kept(
        {
            "name": sheet.value(("姓名",), person) or _above_gender(sheet),
            "gender": sheet.value(("性别",), gender) or sheet.search(r"性别(.{1,3})民", gender),
            "ethnicity": sheet.value(("民族",), ethnicity) or sheet.search(r"民族(.{1,8}?)出生", ethnicity),
            "birth_date": sheet.value(("出生",), day(today)) or sheet.search(r"(\d{4}年\d+月\d+)", day(today)),
            "address": sheet.value(("住址",), _home),
            "id_number": number,
            "issuer": sheet.value(("签发机关",), party),
            "valid_from": sheet.value(period, day(today)) or sheet.search(r"(\d{4}\.\d\d\.\d\d)-", day(today)),
            "valid_to": sheet.value(period, last_day(today))
            or sheet.search(r"(\d{4}\.\d\d\.\d\d-(?:\d{4}\.\d\d\.\d\d|长期))", last_day(today)),
        }
    )


def _home(text: str) -> Shaped | None:
    """The address, without the number's label that a tight layout may add."""
    found = address(re.split(r"公民身份|身份号码", text)[0])
    return found if found and not re.match(r"\d", found.value) else None


def _above_gender(sheet: Sheet) -> ReadValue | None:
    """The name where its label was lost: the line over 性别."""
    for above, below in zip(sheet.pieces, sheet.pieces[1:], strict=False):
        if below.text.startswith("性别") and (found := person(above.text.removeprefix("姓名"))):
            at = len(above.text) - len(above.text.removeprefix("姓名"))
            return sheet.search(re.escape(above.text[at : at + found.end]), group=0)
    return None


def issues(sheet: Sheet, values: Values) -> list[Issue]:
    """One side only."""
    front, back = bool(_FRONT.search(sheet.text)), bool(_BACK.search(sheet.text))
    if front == back:
        return []
    side = "国徽面（背面）" if front else "人像面（正面）"
    message = f"只有身份证的一面，缺少{side}。请把两面都上传。"
    return [Issue(code="ID_BACK_MISSING", severity="block", message=message, page=1)]


KIND = DocumentKind(
    kinds=("operator_id_card", "member_id_card", "agent_id_card"),
    title="居民身份证",
    signs={
        "公民身份号码": 0.8,
        "居民身份证": 0.3,
        "签发机关": 0.4,
        "有效期限": 0.2,
        "住址": 0.2,
        "出生": 0.1,
        "民族": 0.1,
    },
    read=read,
    issues=issues,
)
