"""What stands in front of everything the server answers: headers, limits, origins, and the doors of the page apps.

The page framework lets a client choose its session id, reflects origins and opens routes nobody needs; a new release
may do more. So its mounts pass through a list of what the pages use; everything else is not found.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote, urlsplit

import structlog
from prometheus_client import Counter as Count
from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import problems
from assistant.people import User
from assistant.problems import Problem

CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN_DOORS = (
    ("GET", re.compile(r"/?|/config/?|/theme\.css|/favicon\.ico|/manifest\.json|/(?:assets|static|svelte)/[\w./-]+")),
    ("GET", re.compile(r"/gradio_api/(?:theme\.css|startup-events|app_id|info/?)")),
    ("GET", re.compile(r"/gradio_api/(?:queue/data|heartbeat/[\w-]+)")),
    ("POST", re.compile(r"/gradio_api/(?:queue/join|cancel|reset/?)")),
)
"""What a page app may be asked for. Closed with everything else: file=, proxy=, upload, call, run, runs, monitoring."""
NEEDS_SESSION = re.compile(r"/gradio_api/(?:queue/(?:join|data)|heartbeat/.+|cancel)")
LASTING = re.compile(r"/(?:assets|static|svelte)/")
SAFE = ("GET", "HEAD", "OPTIONS")
SMALL_BODY = 1024 * 1024
TOO_LARGE = problems.too_large("内容太大，请分几次提交，或压缩后再试。")
_BOUND_MOST = 20_000

_log = structlog.get_logger("bancheng")
_calls = Count("bancheng_requests_total", "Answered requests", ["method", "route", "status"])
_seconds = Histogram("bancheng_request_seconds", "Seconds to the end of the answer", ["method", "route"])


@dataclass(frozen=True)
class Mount:
    """A page app and who may open it."""

    path: str
    roles: tuple[str, ...]


@dataclass
class _Call:
    """One request on its way through."""

    scope: Scope
    headers: Headers
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    too_large: bool = False

    @property
    def path(self) -> str:
        """Path of the request."""
        return str(self.scope["path"])


class BrokenOff(Exception):
    """An answer ended before its end; the server closes the connection so that the client can tell."""


class Guard:
    """ASGI middleware. `user` says whose token it is; `owns` whether a page session belongs to a user."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        user: Callable[[str], User | None],
        owns: Callable[[str, User], bool],
        mounts: tuple[Mount, ...],
        cookies: tuple[str, ...],
        public_origin: str = "",
        upload_bytes: int = 20 * 1024 * 1024,
    ) -> None:
        self._app, self._user, self._owns, self._mounts = app, user, owns, mounts
        self._cookies, self._origin = cookies, public_origin.rstrip("/")
        self._upload = upload_bytes + SMALL_BODY
        self._bound: dict[tuple[str, str], bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a request through, or answers it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        call = _Call(scope, Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = call.id
        out = self._out(call, send)
        try:
            refusal = self._refused(call)
            mount = self._mount_of(call.path)
            if refusal is None and mount is not None:
                refusal, receive = await self._at_the_door(call, mount, receive)
            if refusal is not None:
                await refusal(scope, receive, out)
            else:
                await self._app(scope, self._limited(call, receive), out)
        except Exception as error:
            await self._broke(call, error, receive, out)
        finally:
            self._note(call)

    # Who may ask for what

    def _refused(self, call: _Call) -> Response | None:
        """A refusal that needs no look at who is asking."""
        length = call.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most(call):
            return _problem(TOO_LARGE)
        if call.scope["method"] not in SAFE and not self._same_origin(call):
            return _problem(Problem(403, "foreign_origin", "请在本系统的页面上操作。"))
        return None

    def _same_origin(self, call: _Call) -> bool:
        """A browser names where a request comes from; one from another site is refused, with or without a cookie."""
        if call.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = call.headers.get("origin")
        if origin is None:
            return True
        if self._origin and origin == self._origin:
            return True
        return not self._origin and urlsplit(origin).netloc == call.headers.get("host", "")

    def _mount_of(self, path: str) -> Mount | None:
        return next((m for m in self._mounts if path == m.path or path.startswith(m.path + "/")), None)

    async def _at_the_door(self, call: _Call, mount: Mount, receive: Receive) -> tuple[Response | None, Receive]:
        """Role first, then whether the page app has such a door, then whose session it is."""
        inner, method = call.path[len(mount.path) :], call.scope["method"]
        user = await asyncio.to_thread(self._user, self._token(call))
        if user is None:
            return self._to_sign_in(call, inner, problems.not_signed_in()), receive
        call.scope["state"]["user"] = user.id
        if user.role not in mount.roles:
            return self._to_sign_in(call, inner, problems.wrong_role()), receive
        asked = "GET" if method == "HEAD" else method
        if not any(asked == m and door.fullmatch(inner) for m, door in OPEN_DOORS) or "deep_link" in self._query(call):
            return _problem(problems.not_found("这个页面")), receive
        if not NEEDS_SESSION.fullmatch(inner):
            return None, receive
        named, receive = await self._sessions(call, inner, receive)
        if named is None or not await self._all_owned(named, user):
            return _problem(Problem(403, "foreign_session", "这个页面不属于当前登录的账号，请重新打开。")), receive
        return None, receive

    def _to_sign_in(self, call: _Call, inner: str, problem: Problem) -> Response:
        """Somebody opening a page is asked to sign in, as somebody else if need be; everything else is refused."""
        if call.scope["method"] == "GET" and inner in ("", "/") and "text/html" in call.headers.get("accept", ""):
            query = call.scope.get("query_string", b"").decode("latin-1")
            wanted = f"{call.path}?{query}" if query else call.path
            return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)
        return _problem(problem)

    def _token(self, call: _Call) -> str:
        kind, _, token = call.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return token.strip()
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(call.headers.get("cookie", ""))
        except CookieError:
            return ""
        return next((jar[name].value for name in self._cookies if name in jar), "")

    def _query(self, call: _Call) -> Mapping[str, list[str]]:
        return parse_qs(call.scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)

    async def _sessions(self, call: _Call, inner: str, receive: Receive) -> tuple[set[str] | None, Receive]:
        """Every page session a request names, in its path, query and body; None when its body is no JSON object."""
        named = set(self._query(call).get("session_hash", []))
        if inner.startswith("/gradio_api/heartbeat/"):
            named.add(inner.rsplit("/", 1)[1])
        if call.scope["method"] != "POST":
            return named, receive
        body = await _body(receive)
        try:
            said = json.loads(body)
        except ValueError:
            return None, receive
        if not isinstance(said, dict) or not isinstance(said.get("session_hash", ""), str):
            return None, receive
        if "session_hash" in said:
            named.add(said["session_hash"])
        return named, _again(body, receive)

    async def _all_owned(self, named: set[str], user: User) -> bool:
        if not named:
            return False
        for session in named:
            key = (session, user.id)
            if key not in self._bound:
                if len(session) > 100 or len(self._bound) > _BOUND_MOST:
                    self._bound.clear()
                self._bound[key] = await asyncio.to_thread(self._owns, session[:200], user)
            if not self._bound[key]:
                return False
        return True

    # On the way in and out

    def _most(self, call: _Call) -> int:
        return self._upload if call.path.endswith("/materials") else SMALL_BODY

    def _limited(self, call: _Call, receive: Receive) -> Receive:
        """Counts what really arrives: a length can be left out."""
        seen, most = 0, self._most(call)

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                call.too_large = True
                return {"type": "http.disconnect"}
            return message

        return counted

    def _out(self, call: _Call, send: Send) -> Send:
        inner_of = self._mount_of(call.path)
        lasting = inner_of is not None and LASTING.match(call.path[len(inner_of.path) :])

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                call.status = message["status"]
                self._dress(call, MutableHeaders(scope=message), bool(lasting))
            await send(message)

        async def out(message: Message) -> None:
            """What the application makes of a body that was cut off is not what the caller should read."""
            if call.too_large and not call.status:
                await _problem(TOO_LARGE)(call.scope, _nothing, dressed)
            elif not call.too_large:
                await dressed(message)

        return out

    def _dress(self, call: _Call, headers: MutableHeaders, lasting: bool) -> None:
        for name, value in HEADERS.items():
            headers[name] = value
        headers["X-Request-Id"] = call.id
        if lasting and call.status == 200:
            headers["Cache-Control"] = "private, max-age=86400"
        elif "cache-control" not in headers:
            headers["Cache-Control"] = "no-store"
        if call.scope.get("scheme") == "https" or self._origin.startswith("https:"):
            headers["Strict-Transport-Security"] = "max-age=31536000"

    async def _broke(self, call: _Call, error: Exception, receive: Receive, out: Send) -> None:
        """Nothing of an exception leaves the server; its text may hold personal data and is not logged either."""
        if call.status:
            _log.error("broke_off", request=call.id, error=type(error).__name__, place=_place(error))
            raise BrokenOff(call.id) from None
        if not call.too_large:
            _log.error("failed", error_id=call.id, error=type(error).__name__, place=_place(error))
        await _problem(problems.failed(call.id))(call.scope, receive, out)

    def _note(self, call: _Call) -> None:
        """One line for each request: the route's template, never the path, and a hash for the person."""
        seconds, method = time.perf_counter() - call.began, call.scope["method"]
        mount = self._mount_of(call.path)
        route = mount.path if mount else getattr(call.scope.get("route"), "path", "none")
        _calls.labels(method, route, call.status).inc()
        _seconds.labels(method, route).observe(seconds)
        user = call.scope["state"].get("user", "")
        _log.info(
            "request",
            request=call.id,
            method=method,
            route=route,
            status=call.status,
            ms=round(seconds * 1000),
            user=hashlib.sha256(user.encode()).hexdigest()[:10] if user else "",
        )


def _place(error: Exception) -> str:
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else ""


def _problem(problem: Problem) -> Response:
    return JSONResponse(problem.body(), problem.status, media_type="application/problem+json")


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _body(receive: Receive) -> bytes:
    """The whole body, no more than a small one."""
    parts, more = bytearray(), True
    while more and len(parts) <= SMALL_BODY:
        message = await receive()
        parts += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Hands the body out once more, then whatever follows."""
    given = False

    async def once_more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_more
