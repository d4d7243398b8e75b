"""我的数据: one's filings, a copy of everything, and erasing drafts. Plain pages that need no script.

个人信息保护法 第四十五条, 第四十七条, 第五十条.
"""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from assistant import own_data
from assistant.api import Applicant, TheCounter
from assistant.api_front import page
from assistant.filing import Filing
from assistant.page_view import STATUSES
from assistant.wording import say

router = APIRouter(include_in_schema=False)
_SAID = {"erased": "草稿已经删除。", "all": "所有草稿都已经删除。"}


@router.get("/mine")
def mine(user: Applicant, counter: TheCounter, request: Request, said: str = "") -> HTMLResponse:
    """Filings, the copy to take away, and what can be erased."""
    titles = {i.code: i.title for i in counter.parts.catalogue.all()}
    filings = counter.filings(user)
    rows = "".join(_row(f, titles) for f in filings) or "<tr><td>还没有申报</td></tr>"
    note = f'<div class="card" role="status">{_SAID[said]}</div>' if said in _SAID else ""
    main = (
        f'<h1>我的数据</h1>{note}<p><a class="plain" href="/apply/">回到申报</a></p>'
        f'<section class="card"><h2>我的申报</h2><table><tbody>{rows}</tbody></table></section>'
        '<section class="card"><h2>拿走一份</h2><p>打包下载您在这里的全部数据：填的内容和每一项的来源、对话、'
        "上传的材料、申请书、回执和告知书。</p>"
        '<p><a class="button" href="/api/v1/me/export">下载全部数据（ZIP）</a></p></section>'
        f"{_erasing(filings)}"
    )
    out = '<form method="post" action="/sign-out"><button type="submit">退出登录</button></form>'
    return page(request, "我的数据 · 办成", main, tools=out)


@router.get("/mine/erase")
def ask(user: Applicant, counter: TheCounter, request: Request, filing: str = "") -> HTMLResponse:
    """Asks once more before anything is erased."""
    what = "这份草稿" if filing else "所有草稿"
    if filing:
        counter.filing(user, filing)
    main = (
        f'<h1>要删除{what}吗？</h1><div class="card error"><p>{escape(say("erased.draft"))}</p></div>'
        '<form method="post" action="/mine/erase">'
        f'<input type="hidden" name="filing" value="{escape(filing)}">'
        f'<p><button type="submit">删除{what}</button> <a class="plain" href="/mine">不删，回去</a></p></form>'
    )
    return page(request, f"删除{what} · 办成", main)


@router.post("/mine/erase")
def erase(user: Applicant, counter: TheCounter, filing: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Erases one draft, or all of them."""
    if filing:
        own_data.erase(counter, user, filing)
    else:
        own_data.erase_all(counter, user)
    return RedirectResponse(f"/mine?said={'erased' if filing else 'all'}", 303)


def _row(filing: Filing, titles: dict[str, str]) -> str:
    gone = (
        f'<a class="plain" href="/mine/erase?filing={escape(filing.id)}">删除草稿</a>'
        if own_data.may_erase(filing)
        else "依法保存"
    )
    receipt = f"<br>回执 {escape(filing.receipt)}" if filing.receipt else ""
    return (
        f'<tr><td><a href="/apply/?filing={escape(filing.id)}">{escape(titles.get(filing.item, "还没定事项"))}</a>'
        f"{receipt}</td><td>{STATUSES[filing.status]}<br>{filing.updated_at.astimezone():%Y-%m-%d}</td>"
        f"<td>{gone}</td></tr>"
    )


def _erasing(filings: list[Filing]) -> str:
    """What can be erased and what is kept, each with its reason."""
    drafts = sum(own_data.may_erase(f) for f in filings)
    way = '<p><a class="button" href="/mine/erase">删除所有草稿</a></p>' if drafts else "<p>现在没有草稿。</p>"
    kept = f"<p>{escape(say('kept.law'))}</p>" if drafts < len(filings) else ""
    return f'<section class="card"><h2>删除</h2><p>{escape(say("erased.draft"))}</p>{way}{kept}</section>'
