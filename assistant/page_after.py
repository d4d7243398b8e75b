"""What an applicant sees after submitting: the receipt, what happened when, the legal clock, the notice, what next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from html import escape
from typing import Any

from assistant.counter_after import Standing
from assistant.filing import Filing
from assistant.page_view import STATUSES, h
from assistant.wording import say

NOTHING = Standing()


def after_html(
    filing: Filing | None,
    notice: Mapping[str, Any] | None,
    stands: Standing = NOTHING,
    zone: tzinfo | None = None,
) -> str:
    """Where a filing stands; times are those of the office (`zone`). Empty before there is a filing."""
    if filing is None:
        return ""
    receipt = receipt_html(filing, stands, zone) if filing.receipt else next_html(filing, stands)
    told = notice_html(filing, notice, zone) if notice else ""
    return receipt + (
        told + history_html(stands, zone) if filing.status == "returned" else history_html(stands, zone) + told
    )


def next_html(filing: Filing, stands: Standing) -> str:
    """The next step before anything is handed in."""
    return f'<div class="receipt open"><p>状态：<b>{STATUSES[filing.status]}</b></p><p>{h(stands.next)}</p></div>'


def receipt_html(filing: Filing, stands: Standing, zone: tzinfo | None) -> str:
    """Number, state, documents, the next step and the clock, fit for printing."""
    documents = "、".join(h(m.filename) for m in filing.materials) or "没有上传材料"
    handed = [s.at for s in stands.steps if s.what == "submitted"]
    at = f"<p>提交时间：{_moment(handed[-1], zone)}</p>" if handed else ""
    clock = "".join(f"<p>{h(line)}</p>" for line in stands.clock_said)
    left = _left(stands)
    base = f"/api/v1/filings/{escape(filing.id)}"
    notice = f'<a href="{base}/notice.pdf" target="_blank">告知书</a>' if filing.status == "returned" else ""
    return (
        f'<div class="receipt {filing.status}"><h3>接收申请材料凭证</h3><p class="number">{h(filing.receipt)}</p>'
        f"<p>状态：<b>{STATUSES[filing.status]}</b>（第 {filing.round} 次提交）</p>{at}"
        f'<p class="next">{h(stands.next)}</p>{left}<p>收到的材料：{documents}</p>'
        f'<p class="papers">下载打印：<a href="{base}/receipt.pdf" target="_blank">回执</a>'
        f'<a href="{base}/form.pdf" target="_blank">申请书</a>{notice}</p>'
        + (f"<details><summary>要等多久？法律怎么说</summary>{clock}</details>" if clock else "")
        + "</div>"
        + withdraw_html(filing)
    )


def withdraw_html(filing: Filing) -> str:
    """Taking the filing back, in two presses."""
    if filing.status not in ("submitted", "returned"):
        return ""
    return (
        '<details class="withdraw"><summary>不想办了，撤回申请</summary>'
        "<p>撤回以后登记机关不再处理这份申请；以后想办，可以从这次填过的内容开始。</p>"
        '<p><button id="withdraw">确定撤回</button></p><p role="status" class="soft"></p></details>'
    )


def history_html(stands: Standing, zone: tzinfo | None) -> str:
    """What happened, with dates, oldest first."""
    rows = "".join(f"<li><b>{h(s.said)}</b><br><time>{_moment(s.at, zone)}</time></li>" for s in stands.steps)
    return f'<div class="history"><h3>办理经过</h3><ol>{rows}</ol></div>' if rows else ""


def notice_html(filing: Filing, notice: Mapping[str, Any], zone: tzinfo | None = None) -> str:
    """Every defect with what to do and the article it rests on; what can be changed leads to its row."""
    open_ = filing.status == "returned"
    rows = "".join(
        f"<li><b>{h(i['what_is_wrong'])}</b><br>怎么改：{h(i['what_to_do'])}{_to(i) if open_ else ''}{_basis(i)}</li>"
        for i in notice["items"]
    )
    at = _moment(datetime.fromisoformat(str(notice["issued_at"])), zone)
    return (
        f'<div class="notice"><h3>一次性告知书（第 {notice["round"]} 次）</h3>'
        f'<p class="soft">编号 {h(notice.get("number", ""))}，{at}。需要改的都在这里了，没有列出的不用动。</p>'
        f"<ol>{rows}</ol></div>"
    )


def _to(item: Mapping[str, Any]) -> str:
    """The way to what a line is about."""
    fields = list(item.get("fields", ()))
    if fields:
        return f'<br><a href="#row-{h(fields[0])}" class="to-row">去改这一项</a>'
    return '<br><a href="#upload-slot" class="to-papers">去交材料</a>' if item.get("kinds") else ""


def _left(stands: Standing) -> str:
    """The last day of the office in one line."""
    if stands.left is None:
        return ""
    if stands.left < 0:
        return f"<p>{h(say('clock.over', **stands.clock))}</p>"
    return f"<p>{h(say('clock.left', days=stands.left, **stands.clock))}</p>"


def _moment(at: datetime, zone: tzinfo | None) -> str:
    there = at.astimezone(zone)
    return f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}"


def _basis(item: Mapping[str, Any]) -> str:
    names = "；".join(f"《{h(c['document'])}》{h(c['article'])}" for c in item.get("basis", []))
    return f'<br><span class="soft">依据：{names}</span>' if names else ""
