"""The filled application form as PDF: the official parts for a registration, other items by their own groups.

Layout is our own; parts, their order and what each asks are those of 个体工商户登记（备案）申请书 of 市场监管总局
(市场主体登记管理条例 第十六条), with 附表1–3 where they apply. Parts for changes and cancellation are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from assistant.amount_words import in_words
from assistant.filing import Filing, Part, Signature
from assistant.paper import Cell, Ink, Paper
from assistant.signing import PARTS, promises, standing
from knowledge.items import Item, ItemField

LABEL = "本表由人工智能辅助填写（人工智能生成），内容由申请人核对并签字确认后生效"
_REGISTRATION = "individual-business-registration"
_FOUR = (26.0, 61.0, 26.0, 61.0)
_TWO = (26.0, 148.0)
_SIX = (24.0, 34.0, 24.0, 34.0, 24.0, 34.0)
_POWERS = (
    "核对登记材料中的复印件并签署核对意见",
    "修改自备文件的错误",
    "修改有关表格的填写错误",
    "领取营业执照和有关文书",
)
_BLANK_DAY = "        年      月      日"


class _Filled:
    """Answers as they are printed: canonical values in words, unconfirmed ones marked; signatures that stand."""

    def __init__(self, filing: Filing, item: Item, drawings: Mapping[str, bytes]) -> None:
        self.filing, self.item, self.drawings = filing, item, drawings
        self.signed = standing(filing)

    def of(self, name: str, blank: str = "") -> str:
        """The printed value of a field."""
        answer = self.filing.answers.get(name)
        if answer is None or answer.value in (None, "", []):
            return blank
        return _shown(self.item.field(name), answer.value) + ("" if answer.confirmed else "〔待确认〕")

    def raw(self, name: str) -> Any:
        """The canonical value or None."""
        answer = self.filing.answers.get(name)
        return answer.value if answer else None

    def ticks(self, name: str) -> str:
        """The choices of a field with the chosen one ticked."""
        value, field = self.raw(name), self.item.field(name)
        choices = {"True": "是", "False": "否"} if field.type == "yes_no" else field.choices
        told = "    ".join(f"{'■' if str(value) == key else '□'}{label}" for key, label in choices.items())
        answer = self.filing.answers.get(name)
        return told + ("" if answer is None or answer.confirmed else "〔待确认〕")

    def signatures(self, part: Part) -> list[Signature]:
        """Who signed in a part."""
        return [s for s in self.signed if s.part == part]

    def hand(self, part: Part) -> tuple[Cell, str]:
        """(what stands where a single person signs, the day beside it); blanks to sign by hand when nobody has."""
        for s in self.signatures(part):
            ink = self.drawings.get(s.drawing) if s.drawing else None
            return (Ink(ink) if ink else s.name), _day(s.on)
        return "\n", _BLANK_DAY


def form_pdf(filing: Filing, item: Item, drawings: Mapping[str, bytes] | None = None) -> bytes:
    """The form as an A4 PDF with searchable Chinese text, signatures, the AI label and the `AIGC` description.

    `drawings`: PNG of drawn signatures by hash. Nothing is labelled where a person filled it in `by_hand`.
    """
    filled = _Filled(filing, item, drawings or {})
    number = f"草稿 {filing.updated_at:%Y-%m-%d}" if not filled.signed else f"申报号：{filing.id}"
    number = f"回执号：{filing.receipt}" if filing.receipt else number
    label = "" if filing.by_hand else LABEL
    title = item.title if item.code != _REGISTRATION else "个体工商户登记（备案）申请书"
    paper = Paper(title, number=number, label=label, made_at=filing.updated_at)
    if item.code != _REGISTRATION:
        return _by_groups(paper, filled).bytes()
    paper.paragraph(f"{item.title}    登记机关：经营场所所在地的登记机关", size=9, align="C")
    for part in (_basics, _founding, _operator, _family, _agent, _signatures, _contact, _beyond):
        part(paper, filled)
    return paper.bytes()


def _basics(paper: Paper, f: _Filled) -> None:
    place = f.of("premises_address")
    if f.raw("premises_kind") == "online":
        place = f"网络经营场所：{f.of('online_url')}（{f.of('online_platform')}）"
    rows: list[list[Cell]] = [
        [
            "名称\n（选填）",
            f.of("business_name", "不使用名称" if f.raw("has_name") is False else ""),
            "统一社会信用代码",
            "设立登记不填写",
        ],
        ["联系电话", f.of("operator_mobile"), "邮政编码", ""],
        ["经营场所", (place, 3)],
        ["电子商务经营者", (f.ticks("is_ecommerce"), 3)],
    ]
    paper.heading("基本信息（必填项）").table(rows, _FOUR, size=9)


def _founding(paper: Paper, f: _Filled) -> None:
    capital = f.raw("capital_wan")
    amount = (
        f"{f.of('capital_wan')} 万元（人民币）    大写：{in_words(capital)}" if capital else "        万元（人民币）"
    )
    copies = f.raw("licence_copies")
    licence = f"{'■' if copies else '□'}申领纸质执照    其中：副本 {copies or 0} 个（电子执照由系统自动生成）"
    rows: list[list[Cell]] = [
        ["出资额", amount],
        ["申领执照", licence],
        ["经营范围", f.of("business_scope")],
    ]
    paper.heading("设立（仅设立登记填写）").table(rows, _TWO, size=9)


def _operator(paper: Paper, f: _Filled) -> None:
    if f.raw("operator_id_type") in ("hk_macao", "taiwan"):
        _from_outside(paper, f)
        return
    rows: list[list[Cell]] = [
        ["经营者姓名", f.of("operator_name"), "性别", f.of("operator_gender"), "民族", f.of("operator_ethnicity")],
        [
            "文化程度",
            f.of("operator_education"),
            "政治面貌",
            f.of("operator_political_status"),
            "身份证件类型",
            f.of("operator_id_type", "居民身份证"),
        ],
        ["身份证件号码", (f.of("operator_id_number"), 3), "固定电话", ""],
        ["移动电话", f.of("operator_mobile"), "职业状况", (f.of("operator_occupation"), 3)],
        ["经营者住所", (f.of("operator_residence"), 5)],
        ["组成形式", (f.ticks("composition"), 5)],
    ]
    paper.heading("经营者及家庭成员信息（设立登记必填项）").table(rows, _SIX, size=9)


def _from_outside(paper: Paper, f: _Filled) -> None:
    """附表1, 附表2: operators from Hong Kong, Macao and Taiwan have a sheet of their own (note 3 of the form)."""
    macao = f.raw("operator_id_type") == "hk_macao"
    card = next((m.values for m in f.filing.materials if m.kind == "operator_id_card"), {})
    ends = str(card["valid_to"].value) if "valid_to" in card else ""
    rows: list[list[Cell]] = [
        [
            "经营者姓名",
            f.of("operator_name"),
            "性别",
            f.of("operator_gender"),
            "出生日期",
            f.of("operator_birth_date"),
        ],
        ["身份证件类型", f.of("operator_id_type"), "证件有效期", ends, "固定电话", ""],
        ["身份证件号码", (f.of("operator_id_number"), 3), "移动电话", f.of("operator_mobile")],
        ["职业状况", f.of("operator_occupation"), "文化程度", (f.of("operator_education"), 3)],
        ["住所", (f.of("operator_residence"), 5)],
        ["组成形式", (f.ticks("composition"), 5)],
    ]
    title = "附表1 个体工商户经营者（港澳居民）登记表" if macao else "附表2 个体工商户经营者（台湾居民、农民）登记表"
    paper.heading(title).table(rows, _SIX, size=9)


def _family(paper: Paper, f: _Filled) -> None:
    members = f.raw("family_members") if f.raw("composition") == "family" else None
    if not members:
        return
    rows = [("姓名", "身份证件类型", "身份证件号码", "政治面貌")]
    rows += [(str(m.get("name", "")), "居民身份证", str(m.get("id_number", "")), "") for m in members]
    paper.heading("参加经营的家庭成员").table(rows, (40, 40, 64, 30), header=True, size=9)


def _agent(paper: Paper, f: _Filled) -> None:
    paper.heading("指定代表／委托代理人信息")
    if f.raw("has_agent") is not True:
        paper.table([("代理人", "经营者本人办理，未委托代理人")], _TWO, size=9)
        return
    given = {str(p) for p in f.raw("agent_powers") or ()}
    powers = "\n".join(
        f"{n}. {'■' if str(n) in given else '□'}同意  {'□' if str(n) in given else '■'}不同意  {text}"
        for n, text in enumerate(_POWERS, 1)
    )
    hand, day = f.hand("agent")
    rows: list[list[Cell]] = [
        ["姓名", f.of("agent_name"), "身份证件号码", f.of("agent_id_number")],
        ["委托权限", (powers, 3)],
        ["固定电话", "", "移动电话", f.of("agent_mobile")],
        ["代理人签字\n ", hand, "日期", day],
    ]
    paper.table(rows, _FOUR, size=9)


def _signatures(paper: Paper, f: _Filled) -> None:
    paper.keep(88).heading("申请人签署（必填项）")
    paper.paragraph("本申请人和签字人承诺如下，并承担相应的法律责任：", size=9)
    for promise in promises():
        paper.paragraph(promise, size=9, indent=True)
    hand, day = f.hand("operator")
    rows: list[list[Cell]] = [["经营者签字\n ", hand, "日期", day]]
    for row in _member_rows(f):
        rows.append(row)
    paper.space(1.5).table(rows, _FOUR, size=9)
    told = "；".join(
        f"{s.name}（{PARTS[s.part]}）{_day(s.on)}在网上{'手写' if s.how == 'drawn' else '打出姓名'}签署"
        for s in f.signed
    )
    if told:
        paper.paragraph(f"网上签署：{told}。签署对应的内容摘要：{f.signed[0].content[:16]}", size=8)


def _member_rows(f: _Filled) -> list[list[Cell]]:
    if f.raw("composition") != "family":
        return []
    given = f.signatures("member")
    if not given:
        return [["家庭成员签字", ("\n", 3)]]
    rows: list[list[Cell]] = []
    for s in given:
        ink = f.drawings.get(s.drawing) if s.drawing else None
        rows.append(["家庭成员签字\n ", Ink(ink) if ink else s.name, "姓名、日期", f"{s.name}\n{_day(s.on)}"])
    return rows


def _contact(paper: Paper, f: _Filled) -> None:
    rows: list[list[Cell]] = [
        ["姓名", f.of("contact_name"), "移动电话", f.of("contact_mobile")],
        ["固定电话", "", "电子邮箱", f.of("contact_email")],
    ]
    paper.keep(30).heading("附表3 联络员信息").table(rows, _FOUR, size=9)
    if any(not a.confirmed for a in f.filing.answers.values()):
        paper.paragraph("“〔待确认〕”的内容由申请人核对后确认；签字以前请逐项核对。", size=8)


def _beyond(paper: Paper, f: _Filled) -> None:
    """What was told beyond the official form and helps whoever examines it."""
    rows: list[list[Cell]] = [
        ["主营业务", (f.of("main_business"), 3)],
        ["场所来源", f.of("premises_kind"), "是否住宅", f.ticks("premises_residential")],
    ]
    paper.keep(26).heading("申请书以外另行说明的情况").table(rows, _FOUR, size=9)


def _by_groups(paper: Paper, f: _Filled) -> Paper:
    """Any other item: its fields under their own headings, then signature and date."""
    asked = f.item.asked(f.filing.values())
    known = [*asked, *(field for field in f.item.fields if field.derived and f.raw(field.id) not in (None, ""))]
    for group in dict.fromkeys(field.group or "填报内容" for field in known):
        rows = [(field.title, f.of(field.id)) for field in known if (field.group or "填报内容") == group]
        paper.heading(group).table(rows, (40, 134), size=9.5)
    paper.keep(40).heading("承诺与签字")
    paper.paragraph("申请人承诺填报的内容和提交的材料真实、准确、完整，并承担相应的法律责任。", size=9.5)
    hand, day = f.hand("operator")
    return paper.table([["申请人签字\n ", hand, "日期", day]], _FOUR, size=9.5)


def _day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def _shown(field: ItemField, value: Any) -> str:
    """A canonical value in the words of the form."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "people" and isinstance(value, list):
        return "；".join(f"{p.get('name', '')} {p.get('id_number', '')}".strip() for p in value)
    if isinstance(value, list):
        return "；".join(str(v) for v in value)
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return field.choices.get(str(value), str(value))
