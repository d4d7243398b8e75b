"""One's own data: everything in one file to take away, and drafts erased without a trace.

个人信息保护法 第四十五条 (copies), 第四十七条 (erasure; what the law says to keep is kept and put to no other use),
第五十条 (a refusal gives its reason).
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from assistant import problems
from assistant.counter import Counter
from assistant.counter_after import receipt_pdf, standing
from assistant.filing import Filing
from assistant.papers import plain_filename
from assistant.people import User
from assistant.record import stamp
from assistant.wording import say

ABOUT = (
    "这是您在办成系统里的全部数据。\n\n"
    "我的数据.json  每份申报的内容、每一项从哪里来、对话、材料清单、办理经过\n"
    "申报/编号/     您上传的材料、按所填内容生成的申请书、回执和告知书\n\n"
    "里面有身份证号、电话等个人信息，请妥善保管。\n"
)


@dataclass(frozen=True)
class Erased:
    """What an erasure did: ids of drafts that are gone, and of filings that are kept."""

    erased: list[str]
    kept: list[str]


def may_erase(filing: Filing) -> bool:
    """Whether nothing of the filing ever reached the office."""
    return filing.receipt is None and filing.case is None


def export(counter: Counter, user: User) -> bytes:
    """A ZIP with a JSON of everything and every document, form, receipt and notice."""
    filings = counter.filings(user)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("说明.txt", ABOUT)
        told = {
            "made_at": stamp(counter.now()),
            "account": {"username": user.username, "role": user.role},
            "filings": [_told(counter, user, f) for f in filings],
        }
        archive.writestr("我的数据.json", json.dumps(told, ensure_ascii=False, indent=1))
        for filing in filings:
            _papers(archive, counter, user, filing)
    return out.getvalue()


def erase(counter: Counter, user: User, filing_id: str) -> None:
    """Erases a draft: answers, conversation, documents, kept replies. The 409 problem for what the law keeps."""
    filing = counter.filing(user, filing_id)
    if not may_erase(filing):
        raise problems.wrong_state(say("kept.law"))
    counter.forget(counter.store.erase_filing(filing, user.id))


def erase_all(counter: Counter, user: User) -> Erased:
    """Erases every draft; says which filings are kept."""
    filings = counter.filings(user)
    gone = [f.id for f in filings if may_erase(f)]
    for filing_id in gone:
        erase(counter, user, filing_id)
    return Erased(gone, [f.id for f in filings if not may_erase(f)])


def _told(counter: Counter, user: User, filing: Filing) -> dict[str, Any]:
    stands = standing(counter, user, filing.id)
    notice = counter.notice(user, filing.id)
    return {
        **filing.model_dump(mode="json"),
        "history": [{"at": stamp(s.at), "what": s.what, "said": s.said} for s in stands.steps],
        "clock": stands.clock,
        "notice": dict(notice) if notice else None,
    }


def _papers(archive: zipfile.ZipFile, counter: Counter, user: User, filing: Filing) -> None:
    place = f"申报/{filing.receipt or filing.id}"
    for n, m in enumerate(filing.materials, 1):
        archive.writestr(f"{place}/材料/{n:02d}-{plain_filename(m.filename)}", counter.store.vault.get(m.sha256))
    if counter.item(filing) is not None:
        archive.writestr(f"{place}/申请书.pdf", counter.printed(filing))
    if filing.receipt:
        archive.writestr(f"{place}/回执.pdf", receipt_pdf(counter, user, filing.id))
    if counter.notice(user, filing.id):
        archive.writestr(f"{place}/告知书.pdf", counter.notice_pdf(user, filing.id))
