"""The filled application form as PDF: the official parts for a registration, other items by their own groups.

Layout is our own; the parts are those of 个体工商户登记（备案）申请书 of 市场监管总局 (市场主体登记管理条例 第十六条).
"""

from __future__ import annotations

from typing import Any

from assistant.amount_words import in_words
from assistant.filing import Filing
from assistant.paper import Cell, Paper
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
_PROMISES = (
    "申请人和签字人承诺下列事项，并承担相应的法律责任：",
    "（一）填报的信息和提交的材料真实、准确、有效、完整；",
    "（二）使用的名称符合有关规定，不损害国家利益、社会公共利益，不侵犯他人合法权益；",
    "（三）已依法取得经营场所的使用权，登记的经营场所与实际一致；以网络经营场所登记的，仅通过互联网开展经营活动；",
    "（四）经营范围中须经批准的项目，在取得批准以前不从事相关经营活动。",
)


class _Filled:
    """Answers as they are printed: canonical values in words, unconfirmed ones marked."""

    def __init__(self, filing: Filing, item: Item) -> None:
        self.filing, self.item = filing, item

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


def form_pdf(filing: Filing, item: Item) -> bytes:
    """The form as an A4 PDF with searchable Chinese text, the AI label and the `AIGC` description."""
    number = f"回执号：{filing.receipt}" if filing.receipt else f"草稿 {filing.updated_at:%Y-%m-%d}"
    filled = _Filled(filing, item)
    if item.code != _REGISTRATION:
        return _by_groups(Paper(item.title, number=number, label=LABEL, made_at=filing.updated_at), filled).bytes()
    paper = Paper("个体工商户登记（备案）申请书", number=number, label=LABEL, made_at=filing.updated_at)
    paper.paragraph(f"{item.title}    登记机关：经营场所所在地的登记机关", size=9, align="C")
    for part in (_basics, _founding, _operator, _family, _agent, _signatures, _contact):
        part(paper, filled)
    return paper.bytes()


def _basics(paper: Paper, f: _Filled) -> None:
    place = f.of("premises_address")
    if f.raw("premises_kind") == "online":
        place = f"网络经营场所：{f.of('online_url')}（{f.of('online_platform')}）"
    rows: list[list[Cell]] = [
        [
            "名称",
            f.of("business_name", "不使用名称" if f.raw("has_name") is False else ""),
            "联系电话",
            f.of("operator_mobile"),
        ],
        ["经营场所", (place, 3)],
        ["场所来源", f.of("premises_kind"), "是否住宅", f.ticks("premises_residential")],
        ["电子商务经营者", f.ticks("is_ecommerce"), "统一社会信用代码", "设立登记不填写"],
    ]
    paper.heading("基本信息").table(rows, _FOUR, size=9)


def _founding(paper: Paper, f: _Filled) -> None:
    capital = f.raw("capital_wan")
    amount = (
        f"{f.of('capital_wan')} 万元（人民币）    大写：{in_words(capital)}" if capital else "        万元（人民币）"
    )
    copies = f.raw("licence_copies")
    licence = f"{'■' if copies else '□'}申领纸质执照    副本 {copies or 0} 个（电子执照由系统生成）"
    rows: list[list[Cell]] = [
        ["出资额", amount],
        ["申领执照", licence],
        ["经营范围", f.of("business_scope")],
        ["主营业务", f.of("main_business")],
    ]
    paper.heading("设立登记").table(rows, _TWO, size=9)


def _operator(paper: Paper, f: _Filled) -> None:
    trio: list[list[Cell]] = [
        ["姓名", f.of("operator_name"), "性别", f.of("operator_gender"), "民族", f.of("operator_ethnicity")],
        [
            "出生日期",
            f.of("operator_birth_date"),
            "文化程度",
            f.of("operator_education"),
            "政治面貌",
            f.of("operator_political_status"),
        ],
        ["证件类型", f.of("operator_id_type"), "证件号码", (f.of("operator_id_number"), 3)],
        ["职业状况", f.of("operator_occupation"), "住所", (f.of("operator_residence"), 3)],
        ["组成形式", (f.ticks("composition"), 5)],
    ]
    paper.heading("经营者").table(trio, _SIX, size=9)


def _family(paper: Paper, f: _Filled) -> None:
    members = f.raw("family_members") if f.raw("composition") == "family" else None
    if not members:
        return
    rows = [("姓名", "身份证件类型", "身份证件号码")]
    rows += [(str(m.get("name", "")), "居民身份证", str(m.get("id_number", ""))) for m in members]
    paper.heading("参加经营的家庭成员").table(rows, (44, 44, 86), header=True, size=9)


def _agent(paper: Paper, f: _Filled) -> None:
    paper.heading("委托代理")
    if f.raw("has_agent") is not True:
        paper.table([("代理人", "经营者本人办理，未委托代理人")], _TWO, size=9)
        return
    given = {str(p) for p in f.raw("agent_powers") or ()}
    powers = "\n".join(f"{'■' if str(n) in given else '□'}{n}. {text}" for n, text in enumerate(_POWERS, 1))
    rows: list[list[Cell]] = [
        ["姓名", f.of("agent_name"), "移动电话", f.of("agent_mobile")],
        ["身份证件号码", (f.of("agent_id_number"), 3)],
        ["委托权限", (powers, 3)],
        ["代理人签字", ("\n", 3)],
    ]
    paper.table(rows, _FOUR, size=9)


def _signatures(paper: Paper, f: _Filled) -> None:
    paper.keep(72).heading("承诺与签字")
    for i, promise in enumerate(_PROMISES):
        paper.paragraph(promise, size=9, indent=i > 0)
    family = f.raw("composition") == "family"
    rows: list[list[Cell]] = [["经营者签字", "\n", "日期", "        年      月      日"]]
    if family:
        rows.append(["家庭成员签字", ("\n", 3)])
    paper.space(1.5).table(rows, _FOUR, size=9)


def _contact(paper: Paper, f: _Filled) -> None:
    rows: list[list[Cell]] = [
        ["姓名", f.of("contact_name"), "移动电话", f.of("contact_mobile")],
        ["电子邮箱", (f.of("contact_email"), 3)],
    ]
    paper.keep(30).heading("联络员").table(rows, _FOUR, size=9)
    paper.paragraph("“〔待确认〕”的内容由申请人核对后确认；签字以前请逐项核对。", size=8)


def _by_groups(paper: Paper, f: _Filled) -> Paper:
    """Any other item: its fields under their own headings, then signature and date."""
    asked = f.item.asked(f.filing.values())
    known = [*asked, *(field for field in f.item.fields if field.derived and f.raw(field.id) not in (None, ""))]
    for group in dict.fromkeys(field.group or "填报内容" for field in known):
        rows = [(field.title, f.of(field.id)) for field in known if (field.group or "填报内容") == group]
        paper.heading(group).table(rows, (40, 134), size=9.5)
    paper.keep(40).heading("承诺与签字")
    paper.paragraph("申请人承诺填报的内容和提交的材料真实、准确、完整，并承担相应的法律责任。", size=9.5)
    return paper.table([("申请人签字", "\n", "日期", "        年      月      日")], _FOUR, size=9.5)


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
