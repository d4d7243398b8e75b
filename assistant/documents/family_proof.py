"""户口簿 or 结婚证 of those who run a family business (市场主体登记管理条例 第十六条)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import day, id_number, party, person, words
from assistant.sheet import Piece, Sheet

_RELATION = ("户主或与户主关系", "与户主关系", "户主或与户主的关系")


def read(sheet: Sheet, today: date) -> Values:
    """The people shown, each with what is printed about them, and what they are to each other."""
    married = bool(re.search(r"结婚证", sheet.text))
    return kept(
        {
            "members": _members(sheet, today),
            "relation": sheet.search("结婚证|夫妻", group=0) if married else sheet.value(_RELATION, words),
            "holder": sheet.value(("持证人",), person),
            "head": sheet.value(("户主姓名",), person),
            "issuer": sheet.value(("登记机关", "发证机关"), party),
        }
    )


def _members(sheet: Sheet, today: date) -> ReadValue | None:
    """A person for every 姓名; what stands between one 姓名 and the next on the page is theirs."""
    found: list[ReadValue] = []
    people: list[dict[str, Any]] = []
    for own in _parts(sheet):
        part = _Part(sheet, own)
        name = part.value(("姓名",), person)
        if name is None:
            continue
        number = part.value(("身份证件号", "公民身份证件编号", "公民身份号码", "身份证号", "身份证件号码"), id_number)
        facts = {
            "relation": part.value(_RELATION, words),
            "employer": part.value(("服务处所", "工作单位"), words),
            "occupation": part.value(("职业",), words),
            "birth_date": part.value(("出生日期",), day(today)),
        }
        told = {key: read.value for key, read in facts.items() if read}
        people.append({"name": name.value, "id_number": number.value if number else "", **told})
        found.append(name)
    return found[0].model_copy(update={"value": people}) if found else None


class _Part(Sheet):
    """The pieces of one person, searched like a document."""

    def __init__(self, sheet: Sheet, pieces: list[Piece]) -> None:
        self.document, self.pages, self.pieces = sheet.document, sheet.pages, pieces


def _parts(sheet: Sheet) -> list[list[Piece]]:
    parts: list[list[Piece]] = []
    for piece in sheet.pieces:
        if piece.text.startswith("姓名"):
            parts.append([piece])
        elif parts and parts[-1][0].page == piece.page:
            parts[-1].append(piece)
    return parts


def names(members: ReadValue) -> list[str]:
    """The names of the people read."""
    return [str(p["name"]) for p in members.value]


KIND = DocumentKind(
    kinds=("family_proof",),
    title="户口簿或者结婚证",
    signs={
        r"结婚证": 0.8,
        r"常住人口登记|户口簿|居民户口": 0.8,
        r"户主": 0.3,
        r"持证人": 0.2,
        r"婚姻登记": 0.2,
    },
    read=read,
)
