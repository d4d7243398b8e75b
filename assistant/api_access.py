"""What every route of the interface shares: who is calling, how often, once only, and how a refusal is said."""

from __future__ import annotations

import errno
import hashlib
import re
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.exceptions import HTTPException

from assistant import problems
from assistant.database_store import Busy, Conflict
from assistant.people import People, User
from assistant.plain_page import problem_page, wants_page
from assistant.problems import Problem
from assistant.record import canonical
from assistant.replies_store import InProgress, KeyReused, Replies
from prompts.settings import Settings

COOKIE = "bancheng"
SECURE_COOKIE = "__Host-bancheng"
PROBLEM = "application/problem+json"

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_AGAIN = {401, 409, 429}
"""Refusals that say "try again": not kept under a key."""
_log = structlog.get_logger("bancheng")


class Access:
    """Sign-in, call rates and kept replies, shared by the routers of one application (`app.state.access`)."""

    def __init__(self, people: People, replies: Replies, settings: Settings) -> None:
        self.people, self.replies = people, replies
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._per_account = RateLimitItemPerMinute(settings.rate_per_minute)
        self._per_address = RateLimitItemPerMinute(settings.rate_per_minute * 5)

    def user(self, request: Request) -> User | None:
        """Who is calling, by bearer token or by the cookie of the pages."""
        return self.people.user(token_of(request))

    def count(self, request: Request, user: User | None) -> None:
        """Counts a call; raises the 429 problem past the rate of the account or of the address."""
        counted = [(self._per_address, "address", address_of(request))]
        if user is not None:
            counted.append((self._per_account, "account", user.id))
        for limit, kind, name in counted:
            if not self._limiter.hit(limit, kind, name):
                raise problems.too_many(5)


def access_of(request: Request) -> Access:
    """The application's `Access`."""
    access: Access = request.app.state.access
    return access


def current_user(*roles: str) -> Callable[[Request], User]:
    """A dependency: the signed-in user, in one of `roles` when any are named. Raises the 401, 403 or 429 problem."""

    def signed_in(request: Request) -> User:
        access = access_of(request)
        user = access.user(request)
        access.count(request, user)
        if user is None:
            raise problems.not_signed_in()
        if roles and user.role not in roles:
            raise problems.wrong_role()
        request.state.user = user.id
        return user

    return signed_in


def idempotent(
    request: Request,
    user: User,
    body: Any,
    work: Callable[[], Any],
    *,
    status: int = 200,
    again: Callable[[str], Any] | None = None,
) -> Response:
    """Does `work` and replies with what it returns (None: 204); under an `Idempotency-Key`, once.

    `body` is what came in (a pydantic value or JSON); the same key with another body is refused. `again(subject)`
    makes the reply anew when a crash kept the effect and lost the reply; `subject` is that of the first event recorded.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return _reply(status, work())
    if not _KEY.fullmatch(key):
        raise problems.invalid({"Idempotency-Key": "应为 1–200 个可见字符"})
    replies = access_of(request).replies
    kept = _begin(replies, request, user, key, body)
    if kept is not None:
        if kept.status is not None:
            return _reply(kept.status, kept.reply)
        if again is None or kept.effect is None:
            raise problems.wrong_state("这项操作已经完成，请刷新查看结果。")
        made = jsonable_encoder(again(kept.effect))
        replies.finish(user.id, key, status, made)
        return _reply(status, made)
    with replies.working(user.id, key):
        return _once(replies, user, key, status, work)


def token_of(request: Request) -> str:
    """The token of a call: `Authorization: Bearer …`, else the cookie."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return token.strip()
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE) or ""


def address_of(request: Request) -> str:
    """The address of the caller as the server sees it (set by uvicorn from a trusted proxy)."""
    return request.client.host if request.client else ""


def problem_response(problem: Problem) -> JSONResponse:
    """A refusal as `application/problem+json`."""
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(problem.body(), problem.status, headers, media_type=PROBLEM)


def install_problems(app: FastAPI) -> None:
    """Makes every failure a problem in Chinese, or a page of one; nothing of an exception is shown."""
    for kind in (Problem, HTTPException, RequestValidationError, Conflict, Busy, OSError, Exception):
        app.add_exception_handler(kind, _answer)


def problem_of(error: Exception) -> Problem:
    """The problem a failure is shown as; an unforeseen one is logged under an id."""
    foreseen = _foreseen(error)
    if foreseen is not None:
        return foreseen
    error_id = secrets.token_hex(4)
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""
    _log.error("failed", error_id=error_id, error=type(error).__name__, place=place)
    return problems.failed(error_id)


def _foreseen(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return problems.invalid(_named(error))
    if isinstance(error, HTTPException):
        return _of_status(error.status_code)
    if isinstance(error, Conflict):
        return problems.conflict()
    if isinstance(error, Busy):
        return problems.busy()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        _log.error("disk_full")
        return problems.no_space()
    return None


def _answer(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if not wants_page(request.method, request.url.path, request.headers.get("accept", "")):
        return problem_response(problem)
    if problem.status == 401 and request.method == "GET":
        return RedirectResponse(f"/sign-in?next={quote(request.url.path, safe='')}", 303)
    return HTMLResponse(problem_page(problem), problem.status)


def _of_status(status: int) -> Problem:
    known = {401: problems.not_signed_in(), 403: problems.wrong_role(), 404: problems.not_found()}
    if status in known:
        return known[status]
    if status == 405:
        return Problem(405, "wrong_method", "这个地址不支持这种操作。")
    return Problem(status, "refused", problems.TITLES.get(status, "请求未能完成") + "。")


_SAID = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "json_invalid": "不是有效的 JSON",
    "string_too_long": "内容太长",
    "string_too_short": "不能为空",
    "string_type": "应为文字",
    "int_parsing": "应为整数",
    "bool_parsing": "应为是或否",
    "date_from_datetime_parsing": "应为 YYYY-MM-DD 形式的日期",
    "literal_error": "不在可选的范围内",
    "less_than_equal": "数字太大",
    "greater_than_equal": "数字太小",
}


def _named(error: RequestValidationError) -> dict[str, str]:
    """{place: message}; the value itself is not repeated."""
    return {
        ".".join(str(part) for part in e["loc"][1:]) or "body": _SAID.get(e["type"], "格式不正确")
        for e in error.errors()
    }


def _begin(replies: Replies, request: Request, user: User, key: str, body: Any) -> Any:
    route = f"{request.method} {request.url.path}"
    fingerprint = hashlib.sha256(canonical(jsonable_encoder(body))).hexdigest()
    try:
        return replies.begin(user.id, key, route, fingerprint)
    except KeyReused as error:
        raise Problem(422, "key_reused", "这个 Idempotency-Key 已用于另一次不同的操作。") from error
    except InProgress as error:
        raise Problem(409, "in_progress", "同一操作正在处理，请稍后查看结果。", retry_after=5) from error


def _once(replies: Replies, user: User, key: str, status: int, work: Callable[[], Any]) -> Response:
    try:
        reply = jsonable_encoder(work())
    except Exception as error:
        problem = problem_of(error)
        tried_again = problem.status >= 500 or problem.status in _AGAIN
        if not tried_again or not replies.drop(user.id, key):
            replies.finish(user.id, key, problem.status, problem.body())
        raise problem from error
    replies.finish(user.id, key, status if reply is not None else 204, reply)
    return _reply(status, reply)


def _reply(status: int, reply: Any) -> Response:
    if reply is None:
        return Response(status_code=204)
    media = PROBLEM if status >= 400 else "application/json"
    return JSONResponse(jsonable_encoder(reply), status, media_type=media)
