"""一次性告知书: every open defect of a round, said once, in words a lay person can act on.

行政许可法 第三十二条（四）· 市场主体登记管理条例 第十九条第二款. A notice is numbered, dated and never changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant.paper import Paper
from knowledge.citation import Citation
from knowledge.items import Item
from review.case import Case, Finding, Notice, NoticeItem


def open_findings(case: Case) -> list[Finding]:
    """Findings that have to be put right: block and warn, not disputed by the clerk."""
    return [f for f in case.findings if f.severity != "info" and not (f.opinion and f.opinion.opinion == "dispute")]


def notice_of(case: Case, number: str, now: datetime) -> Notice:
    """The notice of the case's round, with every open finding."""
    return Notice(
        number=number,
        case=case.id,
        round=case.round,
        issued_at=now,
        items=[_item(f, {m.id: m.kind for m in case.filing.materials}) for f in open_findings(case)],
        complete=True,
    )


def _item(finding: Finding, kinds: Mapping[str, str]) -> NoticeItem:
    """One line of the notice; `kinds` are those of the documents by id."""
    about = finding.about
    named = {kinds.get(p.id, "") for p in about.materials}
    lacking = finding.expected.split()[:1] if finding.code in ("MATERIAL_MISSING", "MATERIAL_WRONG_KIND") else []
    return NoticeItem(
        finding=finding.id,
        code=finding.code,
        what_is_wrong=finding.message,
        what_to_do=finding.remedy or f"请改为：{finding.expected}",
        basis=finding.basis,
        fields=list(about.fields),
        materials=[p.id for p in about.materials],
        kinds=sorted({*named, *lacking} - {""}),
    )


def notice_pdf(case: Case, notice: Notice, item: Item, authority: str, timezone: str) -> bytes:
    """The notice as a paper to hand out, with the AI label on every page and in the file."""
    issued = notice.issued_at.astimezone(ZoneInfo(timezone))
    paper = Paper("一次性告知补正材料通知书", number=notice.number, made_at=notice.issued_at)
    applicant = case.filing.answers.get("operator_name")
    paper.table(_head(case, notice, item, str(applicant.value) if applicant else "", issued), (22, 40, 18, 30))
    intro = (
        f"您提交的“{item.title}”申请（第{notice.round}次提交）经审查，有下列{len(notice.items)}项需要补正。"
        "以下内容已经一次告知全部，请补正后重新提交。"
    )
    paper.space(3).paragraph(intro, indent=True).space(2)
    for number, entry in enumerate(notice.items, 1):
        paper.keep(30).heading(f"{number}. {entry.what_is_wrong}")
        paper.paragraph(f"怎么办：{entry.what_to_do}", size=10.5)
        if entry.basis:
            paper.paragraph(f"依据：{'；'.join(map(said, entry.basis))}", size=9)
    paper.space(6).paragraph("对本通知有疑问的，可以要求说明理由；也可以到窗口办理。", indent=True)
    paper.space(8).paragraph(authority or item.authority, align="R").paragraph(f"{issued:%Y年%m月%d日}", align="R")
    return paper.bytes()


def _head(case: Case, notice: Notice, item: Item, name: str, issued: datetime) -> list[list[str]]:
    return [
        ["编号", notice.number, "日期", f"{issued:%Y-%m-%d}"],
        ["申请人", name, "回执号", case.filing.receipt or case.id],
        ["事项", item.title, "提交次数", f"第{notice.round}次"],
    ]


def said(citation: Citation) -> str:
    """《document》第N条：the words cited."""
    head = f"《{citation.document}》{citation.article}"
    return f"{head}：“{citation.quote}”" if citation.quote else head
