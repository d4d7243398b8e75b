"""What an applicant sees after submitting: the receipt, where the filing stands, and the notice."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from assistant.filing import Filing
from assistant.page_view import STATUSES, h

NEXT = {
    "submitted": "工作人员正在审核。材料有问题会一次性全部告诉您，请留意这里。",
    "returned": "请按下面的告知书改好，再到“核对并提交”重新提交；没有列出的内容不用动。",
    "accepted": "登记已经办成，可以领取营业执照。",
    "refused": "没有准予登记，理由见告知书。您可以依法申请行政复议或者提起行政诉讼。",
    "withdrawn": "您已撤回这份申报。",
}


def after_html(filing: Filing | None, notice: Mapping[str, Any] | None) -> str:
    """Receipt, status and notice; empty before anything is submitted."""
    if filing is None or filing.receipt is None:
        return ""
    return receipt_html(filing) + (notice_html(filing, notice) if notice else "")


def receipt_html(filing: Filing) -> str:
    """Number, state, documents and the next step, fit for printing."""
    documents = "、".join(h(m.filename) for m in filing.materials) or "没有上传材料"
    return (
        f'<div class="receipt"><h3>接收申请材料凭证</h3><p class="number">{h(filing.receipt)}</p>'
        f"<p>状态：<b>{STATUSES[filing.status]}</b>（第 {filing.round} 次提交）</p>"
        f"<p>更新时间：{filing.updated_at.astimezone():%Y-%m-%d %H:%M}</p><p>收到的材料：{documents}</p>"
        f"<p>{NEXT.get(filing.status, '')}</p>"
        f'<p><a href="/api/v1/filings/{escape(filing.id)}/form.pdf" target="_blank">下载申请书（PDF）</a></p></div>'
    )


def notice_html(filing: Filing, notice: Mapping[str, Any]) -> str:
    """Every defect with what to do and the article it rests on."""
    rows = "".join(
        f"<li><b>{h(i['what_is_wrong'])}</b><br>怎么改：{h(i['what_to_do'])}{_basis(i)}</li>" for i in notice["items"]
    )
    return (
        f'<div class="notice"><h3>一次性告知书（第 {notice["round"]} 次）</h3>'
        f'<p class="soft">编号 {h(notice.get("number", ""))}，{h(str(notice["issued_at"])[:16].replace("T", " "))}</p>'
        f"<ol>{rows}</ol></div>"
    )


def _basis(item: Mapping[str, Any]) -> str:
    names = "；".join(f"《{h(c['document'])}》{h(c['article'])}" for c in item.get("basis", []))
    return f'<br><span class="soft">依据：{names}</span>' if names else ""
