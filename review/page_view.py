"""What the desk page shows, as escaped HTML fragments on single lines (see `assistant/page_view.py`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from assistant.filing import Box
from assistant.page_view import STATUSES as FILING_STATUSES
from assistant.page_view import citations_html, h, origin, shown
from knowledge.items import Item
from review.case import Case, Finding, Place
from review.risk import CARE

STANDINGS = {
    "established": "规则确认",
    "supported": "有据，检查一致",
    "disputed": "检查意见不一",
    "unchecked": "未能检查",
}
SEVERITIES = {"block": "须补正", "warn": "须留意", "info": "告知"}
RISKS = {"low": "低", "medium": "中", "high": "高"}
CASE_STATUSES = {
    "queued": "排队中",
    "reviewing": "初审中",
    "ready": "待领取",
    "claimed": "办理中",
    "returned": "已退回补正",
    "accepted": "已准予",
    "refused": "不予登记",
    "escalated": "已上报",
}
VERDICTS = {"supported": "成立", "contradicted": "不成立", "not_found": "找不到依据", None: "检查失败"}
_KIND = re.compile(r"^[a-z_]+ ")
"""The kind of a missing document, for programs, in front of its title."""
ORDER = {"block": 0, "warn": 1, "info": 2}


def left(due: datetime, now: datetime) -> str:
    """Time to the legal limit in words; overdue says so."""
    hours = (due - now).total_seconds() / 3600
    if hours < 0:
        return f'<b class="late">已逾期 {-hours / 24:.0f} 天</b>'
    return f"剩 {hours / 24:.0f} 天" if hours >= 48 else f"剩 {hours:.0f} 小时"


def queue_html(cases: Sequence[Case], now: datetime, names: dict[str, str]) -> str:
    """The queue as the law and the risk order it."""
    first = '<br><b class="late">请先联系</b>'
    rows = "".join(
        f'<tr><td><button id="open-{escape(c.id)}" class="open">{h(c.filing.receipt or c.id)}</button></td>'
        f"<td>{h(names.get(c.filing.item, c.filing.item))}</td><td>{CASE_STATUSES[c.status]}</td>"
        f"<td>{left(c.due_at, now)}</td><td>{RISKS[c.risk]}{first if c.filing.care else ''}</td>"
        f"<td>{len(serious(c))}</td></tr>"
        for c in cases
    )
    head = "<tr><th>回执</th><th>事项</th><th>状态</th><th>时限</th><th>风险</th><th>问题</th></tr>"
    return f'<div class="queue"><table>{head}{rows}</table>{"" if rows else "<p>没有待办案件。</p>"}</div>'


def serious(case: Case) -> list[Finding]:
    """Findings that stop or may delay the case."""
    return [f for f in case.findings if f.severity != "info"]


def ordered(case: Case) -> list[Finding]:
    """Findings as a clerk reads them: gravest first, established before disputed."""
    standings = list(STANDINGS)
    return sorted(case.findings, key=lambda f: (ORDER[f.severity], standings.index(f.standing), f.code))


def head_html(case: Case, now: datetime) -> str:
    """Number, state, round, limit and what the first pass could not decide."""
    gaps = "".join(f"<li>{h(code)}：{h(why)}</li>" for code, why in case.review.inconclusive.items())
    folded = f"<details><summary>初审没能判断的 {len(case.review.inconclusive)} 项</summary><ul>{gaps}</ul></details>"
    care = f'<p class="late">{h(CARE[case.filing.care.kind])}</p>' if case.filing.care else ""
    return (
        f'<div class="case"><h2>{h(case.filing.receipt or case.id)}</h2>{care}'
        f"<p>{CASE_STATUSES[case.status]} · 第 {case.round} 次提交 · "
        f"{left(case.due_at, now)} · 风险{RISKS[case.risk]} · 申报状态 {FILING_STATUSES[case.filing.status]}</p>"
        f"{folded if gaps else ''}</div>"
    )


def finding_html(finding: Finding) -> str:
    """One finding: what was expected, what was found, who says so."""
    missed = f'<p class="late">第 {finding.missed_in_round} 次提交时就看得出来</p>' if finding.missed_in_round else ""
    mine = ""
    if finding.opinion:
        word = "同意" if finding.opinion.opinion == "agree" else "不同意"
        mine = f'<p class="opinion">{word}：{h(finding.opinion.reason)}</p>'
    return (
        f'<div class="finding {finding.severity}"><p><span class="tag">{SEVERITIES[finding.severity]}</span> '
        f'<span class="soft">{h(finding.code)} · {STANDINGS[finding.standing]}</span></p>'
        f"<p><b>{h(finding.message)}</b></p>"
        f'<p class="soft">应当：{h(_KIND.sub("", finding.expected))}<br>实际：{h(finding.found)}</p>'
        f"{votes_html(finding)}{missed}{mine}</div>"
    )


def votes_html(finding: Finding) -> str:
    """What each checker said; a failed one is named, not hidden."""
    votes = [f"{h(v.checker)}（{h(v.family)}）{VERDICTS[v.verdict]}" for v in finding.verdicts]
    return f'<p class="soft">检查：{"；".join(votes)}</p>' if votes else ""


def sheet_html(case: Case, places: Sequence[Place]) -> str:
    """One page image with a box on the words of every place on it."""
    at = places[0]
    material = next((m for m in case.filing.materials if m.id == at.id), None)
    if material is None or material.pages == 0:
        return f"<p>材料 {h(at.id)} 没有可显示的页面。</p>"
    page = at.page or 1
    marks = "".join(mark_html(place.box) for place in places if place.box)
    source = f"/api/v1/cases/{escape(case.id)}/materials/{escape(at.id)}/pages/{page}.png"
    quotes = "".join(f"<blockquote>{h(place.quote)}</blockquote>" for place in places if place.quote)
    return (
        f'<figure class="sheet"><figcaption>{h(material.filename)} 第 {page} 页</figcaption>{quotes}'
        f'<div class="paper"><img src="{source}" alt="{h(material.filename)} 第 {page} 页">{marks}</div></figure>'
    )


def mark_html(box: Box) -> str:
    """A frame around the words, in parts of the page."""
    x0, y0, x1, y1 = (100 * v for v in box)
    return f'<div class="mark" style="left:{x0:.2f}%;top:{y0:.2f}%;width:{x1 - x0:.2f}%;height:{y1 - y0:.2f}%"></div>'


def by_page(places: Sequence[Place]) -> list[list[Place]]:
    """Places on one page of one document together, in the order they were named."""
    sheets: dict[tuple[str, int], list[Place]] = {}
    for place in places:
        sheets.setdefault((place.id, place.page or 1), []).append(place)
    return list(sheets.values())


def evidence_html(case: Case, finding: Finding | None, item: Item) -> str:
    """Everything a finding rests on: the fields, the page images with boxes, the articles."""
    if finding is None:
        return '<p class="soft">选一个问题，这里显示材料原页、框出的文字和依据条文。</p>'
    fields = "".join(
        f"<tr><th>{h(item.field(name).title)}</th><td>{h(shown(item.field(name), answer.value))}</td>"
        f'<td class="soft">{h(origin(answer))}</td></tr>'
        for name in finding.about.fields
        if (answer := case.filing.answers.get(name))
    )
    table = f"<table>{fields}</table>" if fields else ""
    sheets = "".join(sheet_html(case, places) for places in by_page(finding.about.materials))
    return f'<div class="evidence">{table}{sheets}{citations_html(finding.basis)}</div>'


def form_html(case: Case, item: Item) -> str:
    """The frozen form as submitted."""
    rows = "".join(
        f"<tr><th>{h(f.title)}</th><td>{h(shown(f, case.filing.answers[f.id].value))}</td>"
        f'<td class="soft">{h(origin(case.filing.answers[f.id]))}</td></tr>'
        for f in item.fields
        if f.id in case.filing.answers
    )
    return f'<div class="answers"><table>{rows}</table></div>'


def record_html(events: Sequence[dict[str, Any]]) -> str:
    """The case's history, oldest first."""
    rows = "".join(
        f"<tr><td>{h(str(e['at'])[:19])}</td><td>{h(e['actor'])}</td><td>{h(e['action'])}</td></tr>" for e in events
    )
    return f'<div class="answers"><table>{rows}</table></div>'
