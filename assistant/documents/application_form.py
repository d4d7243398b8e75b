"""个体工商户登记（备案）申请书, the signed paper form (市场主体登记管理条例 第十六条)."""

from __future__ import annotations

import re
from datetime import date

from assistant.dates import days
from assistant.documents import DocumentKind, Values, kept
from assistant.filing import ReadValue
from assistant.shapes import address, capital, capital_words, id_number, person, words
from assistant.sheet import Shaped, Sheet
from assistant.signatures import signatures, signed

_OPERATOR_SIGNS = r"(?:经营者|申请人)(?:\([^)]{1,8}\))?(?:签字|签名|签章)"
_MEMBERS_SIGN = r"(?:参加经营的)?家庭成员(?:签字|签名|签章)"
_AGENT_SIGNS = r"(?:委托代理人|代理人|指定代表)(?:签字|签名|签章)"
_TICKED = r"[■☑√✓✔☒]"


def read(sheet: Sheet, today: date) -> Values:
    """What the form states and who signed it when."""
    return kept(
        {
            "business_name": sheet.value(("名称", "个体工商户名称", "字号名称"), _business_name),
            "operator_name": sheet.value(("经营者姓名", "姓名"), person),
            "operator_id_number": sheet.value(
                ("经营者身份证件号码", "身份证件号码", "身份证号码", "证件号码"), id_number
            ),
            "premises_address": sheet.value(("经营场所", "住所(经营场所)", "经营场所地址"), _place),
            "capital_wan": sheet.value(("出资额", "资金数额"), capital)
            or sheet.search(r"出资额.{0,6}?(\d+(?:\.\d+)?万?元)", capital),
            "capital_words": sheet.search(r"大写[::]?([^\d(),。]{2,16})", capital_words),
            "signed": signed(sheet, _OPERATOR_SIGNS),
            "signed_on": _signed_on(sheet, today),
            "member_signatures": signatures(sheet, _MEMBERS_SIGN),
            "agent_name": _agent_name(sheet),
            "agent_signed": _agent_signed(sheet),
            "agent_powers": _powers(sheet),
        }
    )


_NO_NAME = re.compile("统一|不使用名称")


def _business_name(text: str) -> Shaped | None:
    found = words(text)
    return (
        found if found and re.search(r"[\u4e00-\u9fff]{4}", found.value) and not _NO_NAME.search(found.value) else None
    )


def _place(text: str) -> Shaped | None:
    """The premises, a web address included; the consent text of the form speaks of 经营场所 too."""
    if re.match(r"使用权|\(?经营场所|信息|登记", text):
        return None
    return words(text) if "网络" in text[:4] else address(text)


def _signed_on(sheet: Sheet, today: date) -> ReadValue | None:
    """The day under the operator's signature: `YYYY-MM-DD`, as printed when there is no such day, "" when blank."""
    labels = list(re.finditer(rf"{_OPERATOR_SIGNS}[^::]{{0,8}}[::]", sheet.text))
    labels = labels or list(re.finditer(_OPERATOR_SIGNS, sheet.text))  # a table needs no colon
    if not labels:
        return None
    start = labels[-1].end()
    page = sheet.flow.origins[labels[-1].start()][0].page
    end = next((i for i in range(start, len(sheet.text)) if sheet.flow.origins[i][0].page != page), len(sheet.text))
    after = sheet.text[start : min(end, start + 90)]
    for found in days(after, today):
        value = found.value.isoformat() if found.value else after[found.start : found.end]
        return sheet.flow.read(value, start + found.start, start + found.end)
    blank = re.search(r"年月日", after) or re.search(
        r"[\d一二三四五六七八九十]*年[\d一二三四五六七八九十]*月[\d一二三四五六七八九十]*日", after
    )
    return sheet.flow.read("", start + blank.start(), start + blank.end()) if blank else None


def _agent_name(sheet: Sheet) -> ReadValue | None:
    """The name beside the place for the agent's identity card."""
    for page in sheet.pages:
        if any("代理人身份证" in p.text and p.page == page for p in sheet.pieces):
            return sheet.search_lines(r"粘贴处\)姓名:(.{2,20})", person) or sheet.value(("姓名:",), person, (page,))
    return None


def _agent_signed(sheet: Sheet) -> ReadValue | None:
    """The agent's signature; words that say there is no agent are none."""
    for piece in sheet.pieces:
        if re.match(rf".{{0,5}}{_AGENT_SIGNS}$", piece.text):
            beside = sheet.cell_right(piece) or sheet.right_of(piece)
            found = next((p for p in beside if re.fullmatch(r"[\u3400-\u9fff·]{2,8}", p.text)), None)
            return sheet.search(re.escape(found.text), group=0) if found and "委托" not in found.text else None
    return None


def _powers(sheet: Sheet) -> ReadValue | None:
    """Numbers of the powers ticked 同意."""
    ticked = list(re.finditer(rf"([1-4])[.、,]?{_TICKED}同意", sheet.text))
    if not ticked:
        return None
    return sheet.flow.read([int(m[1]) for m in ticked], ticked[0].start(), ticked[0].end())


KIND = DocumentKind(
    kinds=("application_form",),
    title="登记申请书",
    signs={
        r"登记.{0,6}申请书|申请登记表|开业登记申请": 0.7,
        r"个体工商户": 0.1,
        r"经营者姓名": 0.3,
        r"申请人签署|经营者签字|经营者签名": 0.3,
        r"组成形式": 0.2,
        r"出资额": 0.2,
    },
    read=read,
)
