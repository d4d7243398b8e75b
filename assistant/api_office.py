"""For the people who keep the office running: accounts, the switch of the assistant, and the record's check.

An administrator reads no filing and no case; an auditor changes nothing.
"""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel

from assistant import problems
from assistant.api import PREFIX, counter_of
from assistant.api_access import access_of, current_user, idempotent
from assistant.api_front import page
from assistant.people import ROLES, User
from assistant.record import first_fault
from assistant.switch import assistant_is_on, switch_assistant

router = APIRouter()
Admin = Annotated[User, Depends(current_user("admin"))]
Keeper = Annotated[User, Depends(current_user("admin", "auditor"))]
Auditor = Annotated[User, Depends(current_user("auditor"))]


class SwitchBody(BaseModel):
    """Whether the assistant may be used, and why it was switched."""

    on: bool
    reason: str = ""


class SwitchView(BaseModel):
    """Whether the assistant may be used."""

    on: bool


class RecordView(BaseModel):
    """What checking the record showed; `fault` is the first event that does not fit."""

    events: int
    fault: int | None
    why: str


class AccountView(BaseModel):
    """An account."""

    id: str
    username: str
    role: str


@router.get(PREFIX + "/office/record")
def record(user: Auditor, request: Request) -> RecordView:
    """Checks the whole record against the heads kept beside it."""
    return _checked(request)


@router.get(PREFIX + "/office/accounts")
def accounts(user: Admin, request: Request) -> list[AccountView]:
    """Every account."""
    return [AccountView(**vars(u)) for u in access_of(request).people.all()]


@router.post(PREFIX + "/office/assistant", response_model=SwitchView)
def switch(body: SwitchBody, user: Admin, request: Request) -> Response:
    """Stops or starts every use of a model, at once and on record."""
    counter = counter_of(request)

    def work() -> SwitchView:
        switch_assistant(counter.store, counter.parts.models, body.on, user.id, body.reason)
        return SwitchView(on=body.on)

    return idempotent(request, user, body, work, again=lambda _: SwitchView(on=assistant_is_on(counter.store)))


@router.get("/office", include_in_schema=False)
def office(user: Keeper, request: Request, said: str = "") -> HTMLResponse:
    """The page of administrators and auditors."""
    parts = _record_part(request) if user.role == "auditor" else _switch_part(request) + _accounts_part(request)
    note = f'<div class="card" role="status">{escape(_SAID[said])}</div>' if said in _SAID else ""
    out = '<form method="post" action="/sign-out"><button type="submit">退出登录</button></form>'
    return page(request, "办公管理 · 办成", f"<h1>办公管理</h1>{note}{parts}", tools=out)


@router.post("/office/assistant", include_in_schema=False)
def switch_by_form(
    user: Admin, request: Request, on: Annotated[str, Form()], reason: Annotated[str, Form(max_length=200)] = ""
) -> Response:
    """The switch as a form."""
    counter = counter_of(request)
    switch_assistant(counter.store, counter.parts.models, on == "1", user.id, reason)
    return RedirectResponse(f"/office?said={'on' if on == '1' else 'off'}", 303)


@router.post("/office/accounts", include_in_schema=False)
def account_by_form(
    user: Admin,
    request: Request,
    username: Annotated[str, Form(max_length=64)],
    role: Annotated[str, Form(max_length=20)],
    password: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Makes an account, or gives an existing one another password and role; its sign-ins end."""
    people = access_of(request).people
    known = people.by_username(username)
    try:
        if known is None:
            people.add(username, role, password, user.id)
        else:
            people.set_password(known.id, password, user.id)
            people.set_role(known.id, role, user.id)
    except ValueError as error:
        raise problems.invalid({"account": "用户名、角色或密码不符合要求（密码至少 10 个字符）"}) from error
    return RedirectResponse("/office?said=account", 303)


_SAID = {
    "on": "智能助手已启用。",
    "off": "智能助手已停用：填表、上传、提交和审批照常。",
    "account": "账号已保存。",
}


def _checked(request: Request) -> RecordView:
    store = counter_of(request).store
    fault = first_fault(store.database.events(), store.kept_heads())
    return RecordView(
        events=store.database.head().seq, fault=fault.seq if fault else None, why=fault.why if fault else ""
    )


def _record_part(request: Request) -> str:
    found = _checked(request)
    said = "完整，没有发现改动。" if found.fault is None else f"第 {found.fault} 条有问题：{escape(found.why)}"
    return f'<section class="card"><h2>操作记录</h2><p>共 {found.events} 条。{said}</p></section>'


def _switch_part(request: Request) -> str:
    on = assistant_is_on(counter_of(request).store)
    return (
        f'<section class="card"><h2>智能助手</h2><p>现在：<strong>{"启用" if on else "停用"}</strong></p>'
        '<form class="row" method="post" action="/office/assistant">'
        f'<input type="hidden" name="on" value="{0 if on else 1}">'
        '<div><label for="reason">原因</label><input id="reason" name="reason" maxlength="200"></div>'
        f'<button type="submit">{"立即停用" if on else "重新启用"}</button></form></section>'
    )


def _accounts_part(request: Request) -> str:
    rows = "".join(
        f"<tr><td>{escape(u.username)}</td><td>{escape(ROLE_NAMES[u.role])}</td></tr>"
        for u in access_of(request).people.all()
    )
    roles = "".join(f'<option value="{r}">{ROLE_NAMES[r]}</option>' for r in ROLES)
    return (
        '<section class="card"><h2>账号</h2><form class="row" method="post" action="/office/accounts">'
        '<div><label for="username">用户名</label><input id="username" name="username" required></div>'
        f'<div><label for="role">角色</label><select id="role" name="role">{roles}</select></div>'
        '<div><label for="password">密码</label>'
        '<input type="password" id="password" name="password" autocomplete="new-password" required></div>'
        '<button type="submit">保存账号</button></form>'
        f"<table><thead><tr><th>用户名</th><th>角色</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )


ROLE_NAMES = {
    "applicant": "申请人",
    "clerk": "审批人员",
    "supervisor": "主管",
    "evaluator": "评测人员",
    "auditor": "审计人员",
    "admin": "管理员",
}
