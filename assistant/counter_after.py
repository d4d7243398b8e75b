"""Where a filing stands: history with dates, the legal clock, what comes next, and the receipt as a paper.

市场主体登记管理条例实施细则 第十八条: who is not registered on the spot gets a receipt for the documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from assistant import problems
from assistant.counter import Counter
from assistant.filing import Filing
from assistant.following import Step, steps
from assistant.paper import Paper
from assistant.people import User
from assistant.wording import say
from knowledge.items import Item


@dataclass(frozen=True)
class Standing:
    """Where a filing stands, in words for its owner."""

    steps: list[Step] = field(default_factory=list)
    clock: dict[str, str] = field(default_factory=dict)
    """filed_on, decide_by, extended_by, notice_by (dates); empty when no time is running."""
    left: int | None = None
    """Working days until the notice is due; negative: overdue."""
    clock_said: list[str] = field(default_factory=list)
    next: str = ""


def standing(counter: Counter, user: User, filing_id: str) -> Standing:
    """The standing of one of the user's filings."""
    filing = counter.filing(user, filing_id)
    running = counter.desk.clock(filing) if filing.case else None
    days = {k: str(v) for k, v in (running or {}).items() if k != "left"}
    said = [say(name, **days) for name in ("clock.decide", "clock.notice", "clock.days")] if running else []
    return Standing(
        steps=steps(counter.store.database.events(filing.id)),
        clock=days,
        left=int(running["left"]) if running else None,
        clock_said=said,
        next=say(f"next.{filing.status}", where=counter.parts.office.contact),
    )


def receipt_pdf(counter: Counter, user: User, filing_id: str) -> bytes:
    """接收申请材料凭证 of a filing that was handed in; the 404 problem before that."""
    filing = counter.filing(user, filing_id)
    if filing.receipt is None:
        raise problems.not_found("回执")
    stands, zone = standing(counter, user, filing_id), ZoneInfo(counter.parts.settings.timezone)
    handed = [s for s in stands.steps if s.what == "submitted"]
    at = handed[-1].at if handed else filing.updated_at
    return _paper(filing, counter.known_item(filing), stands, at.astimezone(zone), _office(counter, filing))


def _office(counter: Counter, filing: Filing) -> str:
    return counter.parts.office.authority_name or counter.known_item(filing).authority


def _paper(filing: Filing, item: Item, stands: Standing, at: datetime, office: str) -> bytes:
    name = filing.answers.get("operator_name")
    paper = Paper("接收申请材料凭证", number=f"回执号：{filing.receipt}", label="", made_at=at)
    paper.table(
        [
            ["回执号", str(filing.receipt), "收到时间", f"{at:%Y-%m-%d %H:%M}"],
            ["申请人", str(name.value) if name else "", "提交次数", f"第 {filing.round} 次"],
            ["申请事项", item.title, "登记机关", office],
        ],
        (22, 40, 22, 40),
    )
    titles: dict[str, str] = {m.kind: m.title for m in reversed(item.materials)}
    rows = [("序号", "材料", "文件", "页数")]
    rows += [
        (str(n), titles.get(m.kind, "其他"), m.filename, str(m.pages or "")) for n, m in enumerate(filing.materials, 1)
    ]
    paper.heading("收到的材料").table(rows, (12, 60, 60, 14), header=True)
    paper.heading("接下来").paragraph(stands.next)
    for line in stands.clock_said:
        paper.paragraph(line, size=9.5)
    paper.space(3).paragraph("本凭证说明登记机关收到了上列材料，不是准予登记的决定。", size=9.5)
    return paper.bytes()
