"""The guard in front of the server, over a small server of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse, StreamingResponse

from assistant.guard import HEADERS, SMALL_BODY, BrokenOff, Guard, Mount
from assistant.people import User

ALICE, BOB = User("a", "alice", "applicant"), User("b", "bob", "applicant")
CLARA = User("c", "clara", "clerk")
USERS = {u.username: u for u in (ALICE, BOB, CLARA)}
MOUNTS = (Mount("/apply", ("applicant",)), Mount("/desk", ("clerk", "supervisor")))


class Client:
    """A caller with or without a cookie."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    def call(self, method: str, path: str, user: str = "", headers: dict[str, str] | None = None, **more: object):
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=True)
            cookies = {"bancheng": user} if user else {}
            async with httpx.AsyncClient(transport=transport, base_url="http://office", cookies=cookies) as http:
                return await http.request(method, path, headers=headers, **more)

        return asyncio.run(go())


@pytest.fixture
def seen() -> list[str]:
    return []


@pytest.fixture
def client(seen: list[str]) -> Client:
    owners: dict[str, str] = {}
    app = FastAPI(openapi_url=None)
    app.add_middleware(CORSMiddleware, allow_origins=["https://office.example"], allow_credentials=True)

    @app.post("/small")
    async def small(request: Request) -> int:
        return len(await request.body())

    @app.post("/parsed")
    async def parsed(body: dict[str, str]) -> int:
        return len(body)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("李小明 440305199001010011")

    @app.api_route("/{path:path}", methods=["GET", "POST", "DELETE", "PUT"])
    async def anything(path: str, request: Request) -> JSONResponse:
        seen.append(path)
        return JSONResponse({"path": path, "body": (await request.body()).decode()})

    app.add_middleware(
        Guard,
        user=USERS.get,
        owns=lambda session, user: owners.setdefault(session, user.id) == user.id,
        mounts=MOUNTS,
        cookies=("bancheng",),
    )
    return Client(app)


@pytest.mark.parametrize("path", ["/", "/broken", "/apply/", "/nothing", "/apply/gradio_api/upload"])
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    for user in ("", "alice"):
        reply = client.call("GET", path, user)
        assert {name: reply.headers[name] for name in HEADERS} == HEADERS
        assert reply.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
        assert "unsafe-eval" not in reply.headers["content-security-policy"]


def test_a_failure_shows_and_logs_an_id_and_nothing_else(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    reply = client.call("GET", "/broken")
    assert reply.status_code == 500
    assert reply.json()["code"] == "failed" and reply.headers["x-request-id"] in reply.json()["detail"]
    printed = capsys.readouterr()
    assert "李小明" not in reply.text + printed.out + printed.err
    assert reply.headers["x-request-id"] in printed.out + printed.err


@pytest.mark.parametrize(
    "path",
    [
        "/apply/gradio_api/file=/etc/passwd",
        "/apply/gradio_api/file/etc/passwd",
        "/apply/gradio_api/proxy=http://evil.example/",
        "/apply/gradio_api/upload",
        "/apply/gradio_api/upload_progress",
        "/apply/gradio_api/runs",
        "/apply/gradio_api/run-history/records",
        "/apply/gradio_api/run/predict",
        "/apply/gradio_api/api/predict",
        "/apply/gradio_api/call/secret",
        "/apply/gradio_api/call/v2/secret",
        "/apply/gradio_api/deep_link",
        "/apply/gradio_api/openapi.json",
        "/apply/gradio_api/component_server",
        "/apply/gradio_api/dev/reload",
        "/apply/gradio_api/vibe-edit",
        "/apply/gradio_api/token",
        "/apply/gradio_api/queue/status",
        "/apply/monitoring",
        "/apply/monitoring/summary",
        "/apply/openapi.json",
        "/apply/docs",
        "/apply/login",
        "/apply/logout",
        "/apply/?deep_link=abc",
        "/apply//gradio_api/upload",
        "/apply/gradio_api/../gradio_api/upload",
        "/apply/assets/..%2f..%2fsecret%00",
    ],
)
def test_what_no_page_uses_is_not_found(client: Client, seen: list[str], path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PUT"):
        assert client.call(method, path, "alice", json={"session_hash": "s"}).status_code == 404
    assert seen == []


def test_what_the_pages_use_gets_through(client: Client) -> None:
    for path in (
        "/apply",
        "/apply/",
        "/apply/config",
        "/apply/theme.css",
        "/apply/assets/index-x_1.js",
        "/apply/?filing=f1",
    ):
        assert client.call("GET", path, "alice").status_code == 200
    assert client.call("GET", "/apply/assets/a.js", "alice").headers["cache-control"] == "private, max-age=86400"


def test_a_page_is_for_its_roles(client: Client, seen: list[str]) -> None:
    for path in ("/desk/", "/desk/assets/a.js", "/desk/gradio_api/queue/join", "/desk"):
        assert client.call("GET", path, "alice").status_code == 403
    assert client.call("GET", "/apply/", "clara").status_code == 403
    assert seen == []
    assert client.call("GET", "/desk/", "clara").status_code == 200


def test_nobody_is_sent_to_sign_in_or_refused(client: Client) -> None:
    page = {"accept": "text/html"}
    for user, path in (("", "/apply/?filing=f1"), ("clara", "/apply/?filing=f1")):
        reply = client.call("GET", path, user, headers=page)
        assert reply.status_code == 303
        assert reply.headers["location"] == "/sign-in?next=%2Fapply%2F%3Ffiling%3Df1"
    assert client.call("GET", "/apply/").status_code == 401
    for path in ("/apply/config", "/apply/assets/a.js", "/apply/gradio_api/queue/data?session_hash=s"):
        assert client.call("GET", path).status_code == 401
    assert client.call("GET", "/apply/config", "forged").status_code == 401
    assert client.call("GET", "/applyx").status_code == 200


def doors(session: str) -> Iterator[tuple[str, str, object]]:
    yield "POST", "/apply/gradio_api/queue/join", {"session_hash": session, "fn_index": 0, "data": []}
    yield "GET", f"/apply/gradio_api/queue/data?session_hash={session}", None
    yield "GET", f"/apply/gradio_api/heartbeat/{session}", None
    yield "POST", "/apply/gradio_api/cancel", {"session_hash": session, "fn_index": 0, "event_id": "e"}


def test_another_persons_page_session_is_refused_at_every_door(client: Client, seen: list[str]) -> None:
    for method, path, body in doors("hers"):
        assert client.call(method, path, "alice", json=body).status_code == 200
    seen.clear()
    for method, path, body in doors("hers"):
        assert client.call(method, path, "bob", json=body).status_code == 403
    assert seen == []
    for method, path, body in doors("his"):
        assert client.call(method, path, "bob", json=body).status_code == 200


def test_two_sessions_in_one_request_must_both_be_ones_own(client: Client) -> None:
    client.call("GET", "/apply/gradio_api/queue/data?session_hash=hers", "alice")
    path = "/apply/gradio_api/queue/data?session_hash=his&session_hash=hers"
    assert client.call("GET", path, "bob").status_code == 403
    joined = "/apply/gradio_api/queue/join?session_hash=his"
    assert client.call("POST", joined, "bob", json={"session_hash": "hers"}).status_code == 403


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"session_hash": 5}', b'{"session_hash": null}', b"{}"])
def test_a_request_without_a_session_is_refused(client: Client, body: bytes) -> None:
    assert client.call("POST", "/apply/gradio_api/queue/join", "alice", content=body).status_code == 403


def test_the_body_reaches_the_page_whole(client: Client) -> None:
    body = {"session_hash": "s", "data": ["字" * 1000]}
    reply = client.call("POST", "/apply/gradio_api/queue/join", "alice", json=body)
    assert "字" * 1000 in reply.json()["body"]


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://office.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_change_from_another_site_is_refused(client: Client, seen: list[str], headers: dict[str, str]) -> None:
    for method in ("POST", "DELETE", "PUT"):
        assert client.call(method, "/api/v1/filings", "alice", headers=headers).status_code == 403
    assert seen == []
    assert client.call("POST", "/x", "alice", headers={"origin": "http://office"}).status_code == 200
    assert client.call("POST", "/x", "alice").status_code == 200


def test_a_foreign_origin_is_never_reflected(client: Client) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    for method, path in (("GET", "/"), ("OPTIONS", "/api/v1/filings"), ("GET", "/apply/"), ("OPTIONS", "/apply/")):
        reply = client.call(method, path, "alice", headers=asked)
        assert "access-control-allow-origin" not in reply.headers


def test_a_large_body_is_refused_by_its_length_and_as_it_comes(client: Client) -> None:
    async def dripping():
        for _ in range(20):
            yield b"x" * (SMALL_BODY // 10)

    assert client.call("POST", "/small", content=b"x" * SMALL_BODY).json() == SMALL_BODY
    for path in ("/small", "/parsed"):
        said = {"content-type": "application/json"}
        for content in (b"x" * (SMALL_BODY + 1), dripping()):
            reply = client.call("POST", path, content=content, headers=said)
            assert reply.status_code == 413
            assert reply.json()["code"] == "too_large"
            assert reply.headers["x-frame-options"] == "DENY"
    assert client.call("POST", "/small", headers={"content-length": "many"}).status_code == 413


def test_an_upload_may_be_larger(client: Client) -> None:
    reply = client.call("POST", "/api/v1/filings/f/materials", content=b"x" * (SMALL_BODY * 3))
    assert reply.status_code == 200


def test_a_web_socket_is_closed() -> None:
    sent: list[str] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))

    async def app(*_: object) -> None:
        raise AssertionError("reached")

    guard = Guard(app, user=USERS.get, owns=lambda *_: True, mounts=MOUNTS, cookies=("bancheng",))
    asyncio.run(guard({"type": "websocket", "path": "/apply/"}, None, send))
    assert sent == ["websocket.close"]


def test_the_log_names_routes_and_hashes_people(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    client.call("GET", "/apply/?filing=secretid", "alice")
    client.call("POST", "/small", content=b"x")
    printed = capsys.readouterr()
    lines = printed.out + printed.err
    assert "/apply" in lines and "/small" in lines
    assert "secretid" not in lines and "alice" not in lines


def test_an_answer_that_breaks_off_is_not_followed_by_another() -> None:
    app = FastAPI()

    @app.get("/stream")
    def stream() -> StreamingResponse:
        def parts() -> Iterator[bytes]:
            yield b"one"
            raise RuntimeError

        return StreamingResponse(parts())

    app.add_middleware(Guard, user=USERS.get, owns=lambda *_: True, mounts=(), cookies=("bancheng",))
    with pytest.raises(BrokenOff):
        Client(app).call("GET", "/stream")
