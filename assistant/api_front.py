"""Plain pages that need no script: the front page, sign-in and sign-out."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from assistant import problems
from assistant.api import counter_of
from assistant.api_access import COOKIE, SECURE_COOKIE, access_of, address_of, token_of
from assistant.people import SignIn, TooMany, User, WrongPassword
from assistant.plain_page import plain_page

FOLDER = Path(__file__).parent
HOMES = {
    "applicant": "/apply/",
    "clerk": "/desk/",
    "supervisor": "/desk/",
    "evaluator": "/eval/",
    "auditor": "/office",
    "admin": "/office",
}
LARGE_COOKIE = "large"
"""1: large type; read by the script of the other pages as well."""
router = APIRouter(include_in_schema=False)
_DOORS = (
    ("我要办事", "说一句话就能开始，小办陪您填申请书、查规定、看材料。", "/apply/", "进入申报"),
    ("自己填表", "不用智能助手：一样的表格、材料和检查，随时可以换回来。", "/apply/?by=hand", "自己填表"),
    ("审批窗口", "工作人员：看初审结果和依据，作出决定。", "/desk/", "进入审批"),
    ("质量评测", "评测人员：跑评测集，比对版本。", "/eval/", "进入评测"),
)


@router.get("/")
def front(request: Request) -> HTMLResponse:
    """What this is, and the way in for each kind of person."""
    doors = "".join(
        f'<li class="card"><div><h2>{title}</h2><p>{text}</p></div><p><a href="{to}">{label}</a></p></li>'
        for title, text, to, label in _DOORS
    )
    said = (
        "<h1>个体工商户登记，一次办成</h1>"
        "<p>用自己的话说您想做什么生意，系统帮您填好申请书，告诉您要带哪些材料；"
        "每一句规定都给出原文。提交后由工作人员审核，有问题一次告诉您。</p>"
        f'<ul class="doors">{doors}</ul>'
    )
    return page(request, "办成 · 政务受理助手", said)


@router.get("/sign-in")
def sign_in_form(request: Request, wanted: str = "") -> Response:
    """The sign-in form; somebody who is signed in goes on at once."""
    wanted = request.query_params.get("next", wanted)
    user = access_of(request).user(request)
    if user is not None and _may_open(user, wanted):
        return RedirectResponse(_target(user, wanted), 303)
    note = "当前登录的账号不能打开这个页面，请换一个账号登录。" if user is not None else ""
    return _form(request, wanted, note=note)


@router.post("/sign-in")
def sign_in(
    request: Request,
    username: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    wanted: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Signs in and goes to the page that was asked for, or to the one of the role."""
    access = access_of(request)
    access.count(request, None)
    try:
        signed = access.people.sign_in(username.strip(), password, address_of(request))
    except WrongPassword:
        return _form(request, wanted, problems.wrong_password().detail, 401, username)
    except TooMany as wait:
        problem = problems.too_many(wait.retry_after)
        reply = _form(request, wanted, problem.detail, 429, username)
        reply.headers["Retry-After"] = str(wait.retry_after)
        return reply
    old = token_of(request)
    if old:
        access.people.sign_out(old)
    onward = RedirectResponse(_target(signed.user, wanted), 303)
    _set_cookie(request, onward, signed)
    return onward


@router.post("/sign-out")
def sign_out(request: Request) -> Response:
    """Ends the sign-in of this browser."""
    access_of(request).people.sign_out(token_of(request))
    reply = RedirectResponse("/", 303)
    for name in (COOKIE, SECURE_COOKIE):
        reply.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True, samesite="lax")
    reply.headers["Clear-Site-Data"] = '"cache", "storage"'
    return reply


@router.get("/favicon.ico")
def icon() -> Response:
    """None; browsers ask for it all the same."""
    return Response(status_code=204)


@router.get("/front.css")
def css() -> FileResponse:
    """Styles of the plain pages."""
    return FileResponse(FOLDER / "front.css", media_type="text/css")


def page(request: Request, title: str, main: str, *, status: int = 200, tools: str = "") -> HTMLResponse:
    """A plain page; `main` and `tools` are markup with every foreign word escaped already.

    `?large=1` and `?large=0` choose the size of the type; the choice holds on every page, those with scripts too.
    """
    asked = request.query_params.get("large")
    large = (asked if asked is not None else request.cookies.get(LARGE_COOKIE)) == "1"
    query = urlencode({**request.query_params, "large": "0" if large else "1"})
    other = (
        f'<a class="plain" href="{escape(request.url.path)}?{escape(query)}">{"标准字号" if large else "大字版"}</a>'
    )
    shown = plain_page(
        title,
        main,
        large=large,
        tools=(other if request.method == "GET" else "") + tools,
        contact=counter_of(request).parts.office.contact,
    )
    reply = HTMLResponse(shown, status)
    if asked is not None:
        secure = request.url.scheme == "https"
        reply.set_cookie(LARGE_COOKIE, "1" if large else "0", max_age=365 * 86_400, samesite="lax", secure=secure)
    return reply


def _form(
    request: Request,
    wanted: str,
    error: str = "",
    status: int = 200,
    username: str = "",
    *,
    note: str = "",
) -> HTMLResponse:
    wrong = f'<div class="card error" role="alert"><strong>{escape(error)}</strong></div>' if error else ""
    told = f'<div class="card" role="status">{escape(note)}</div>' if note else ""
    described = ' aria-invalid="true"' if error else ""
    main = (
        f'<h1>登录</h1>{wrong}{told}<form class="card" method="post" action="/sign-in">'
        f'<input type="hidden" name="wanted" value="{escape(_local(wanted))}">'
        '<label for="username">用户名</label><input id="username" name="username" autocomplete="username" '
        f'autocapitalize="none" required value="{escape(username)}"{described}>'
        '<label for="password">密码</label><input id="password" name="password" type="password" '
        f'autocomplete="current-password" required{described}><p><button type="submit">登录</button></p></form>'
        '<p class="soft">忘记密码或没有账号，请联系工作人员。在公用电脑上用完请退出登录。</p>'
    )
    return page(request, ("出错：" if error else "") + "登录 · 办成", main, status=status)


def _set_cookie(request: Request, reply: Response, signed: SignIn) -> None:
    secure = request.url.scheme == "https"
    name = SECURE_COOKIE if secure else COOKIE
    reply.set_cookie(name, signed.token, httponly=True, samesite="lax", secure=secure, path="/")


def _local(wanted: str) -> str:
    """A page of ours that may be gone to after signing in, else empty."""
    parts = urlsplit(wanted)
    ours = any(
        parts.path == home.rstrip("/") or parts.path.startswith(home.rstrip("/") + "/") for home in HOMES.values()
    )
    plain = not parts.scheme and not parts.netloc and "\\" not in wanted and wanted.startswith("/")
    return wanted if ours and plain and "//" not in parts.path else ""


def _may_open(user: User, wanted: str) -> bool:
    return not _local(wanted) or _local(wanted).startswith(HOMES[user.role].rstrip("/"))


def _target(user: User, wanted: str) -> str:
    """The page asked for when the role may open it, else the home of the role."""
    local = _local(wanted)
    return quote(local, safe="/?=&%-_.~") if local and _may_open(user, wanted) else HOMES[user.role]
