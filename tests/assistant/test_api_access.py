"""What every route shares: sign-in, rates, keys and problems, over a small application."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from argon2 import PasswordHasher
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from assistant import problems
from assistant.api_access import Access, current_user, idempotent, install_problems, problem_of
from assistant.people import People, User
from assistant.replies_store import Replies
from assistant.store import Conflict, Store
from prompts.settings import Settings

PASSWORD = "long enough 办成"


class Body(BaseModel):
    """A body with one limit."""

    text: str = Field(max_length=5)
    n: int = 0


class World:
    """The application, its store and what its one route did."""

    def __init__(self, folder: Path, hasher: PasswordHasher, rate: int = 6000) -> None:
        settings = Settings(data=folder, rate_per_minute=rate)
        self.store = Store(settings)
        people = People(self.store.database, settings, hasher)
        for name, role in (("alice", "applicant"), ("clara", "clerk")):
            people.add(name, role, PASSWORD)
        self.tokens = {name: people.sign_in(name, PASSWORD).token for name in ("alice", "clara")}
        self.done: list[str] = []
        self.fail: Exception | None = None
        self.app = self._app(Access(people, Replies(self.store.database), settings))
        self.client = TestClient(self.app, raise_server_exceptions=False)

    def _app(self, access: Access) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.state.access = access
        install_problems(app)

        @app.post("/do")
        def do(body: Body, user: Annotated[User, Depends(current_user("applicant"))], request: Request) -> Any:
            def work() -> dict[str, Any]:
                self.done.append(body.text)
                if self.fail:
                    raise self.fail
                with self.store.transaction() as unit:
                    unit.record(user.id, "did", body.text)
                return {"n": len(self.done)}

            return idempotent(request, user, body, work, again=lambda subject: {"again": subject})

        @app.get("/who")
        def who(user: Annotated[User, Depends(current_user())]) -> str:
            return user.username

        return app

    def call(self, path: str = "/do", who: str = "alice", key: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        if key:
            headers["Idempotency-Key"] = key
        if path == "/do":
            return self.client.post(path, headers=headers, **({"json": {"text": "甲"}} | more))
        return self.client.get(path, headers=headers)


@pytest.fixture
def world(tmp_path: Path, fast_hasher: PasswordHasher) -> Iterator[World]:
    made = World(tmp_path, fast_hasher)
    yield made
    made.store.close()


def test_nobody_and_the_wrong_role_are_told_apart(world: World) -> None:
    nobody, clerk = world.call(who=""), world.call(who="clara")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "not_signed_in")
    assert nobody.headers["www-authenticate"] == "Bearer"
    assert (clerk.status_code, clerk.json()["code"]) == (403, "wrong_role")
    assert world.done == []
    assert world.call("/who", "clara").json() == "clara"


def test_a_refusal_is_a_problem_in_chinese(world: World) -> None:
    reply = world.call(json={"text": "太长太长太长", "n": "x"})
    assert reply.headers["content-type"] == "application/problem+json"
    body = reply.json()
    assert set(body) >= {"title", "status", "detail", "code", "fields"}
    assert (body["status"], body["code"]) == (422, "invalid")
    assert body["fields"] == {"text": "内容太长", "n": "应为整数"}
    assert "太长太长" not in body["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/do", 405), ("POST", "/do", 422)]
)
def test_the_frameworks_own_refusals_are_problems_too(world: World, method: str, path: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {world.tokens['alice']}"}
    reply = world.client.request(method, path, headers=headers, content=b"{")
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json()["status"] == status


def test_the_same_key_has_one_effect_and_the_same_reply(world: World) -> None:
    first, second = world.call(key="k1"), world.call(key="k1")
    assert first.json() == second.json() == {"n": 1}
    assert world.call(key="k2").json() == {"n": 2}
    assert world.call().json() == {"n": 3}


def test_a_key_for_another_body_is_refused(world: World) -> None:
    world.call(key="k1")
    reply = world.call(key="k1", json={"text": "乙"})
    assert (reply.status_code, reply.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize("key", ["x" * 201, "a b", "\t"])
def test_a_key_that_is_none_is_refused(world: World, key: str) -> None:
    assert world.call(key=key).status_code == 422


def test_a_refusal_is_kept_under_its_key(world: World) -> None:
    world.fail = problems.invalid({"text": "不行"})
    first = world.call(key="k1")
    world.fail = None
    second = world.call(key="k1")
    assert first.status_code == second.status_code == 422
    assert first.json() == second.json()
    assert second.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("error", [problems.busy(), problems.conflict(), Conflict("x"), RuntimeError("x")])
def test_what_may_be_tried_again_is_not_kept(world: World, error: Exception) -> None:
    world.fail = error
    assert world.call(key="k1").status_code in (409, 500, 503)
    world.fail = None
    assert world.call(key="k1").status_code == 200


def test_an_unforeseen_failure_shows_an_id_only(world: World) -> None:
    world.fail = RuntimeError("李小明的身份证")
    reply = world.call()
    assert reply.status_code == 500
    assert "李小明" not in reply.text and reply.json()["code"] == "failed"


def test_a_reply_lost_in_a_crash_is_made_anew(world: World) -> None:
    world.call(key="k1")
    with world.store.transaction() as unit:
        from sqlalchemy import text

        unit.session.execute(text("UPDATE idempotency SET status = NULL, reply = NULL, created_at = 0"))
    assert world.call(key="k1").json() == {"again": "甲"}
    assert world.call(key="k1").json() == {"again": "甲"}
    assert world.done == ["甲"]


def test_too_many_calls_are_told_when_to_come_back(tmp_path: Path, fast_hasher: PasswordHasher) -> None:
    world = World(tmp_path, fast_hasher, rate=5)
    statuses = [world.call("/who").status_code for _ in range(8)]
    assert statuses == [200] * 5 + [429] * 3
    refused = world.call("/who")
    assert int(refused.headers["retry-after"]) > 0 and refused.json()["code"] == "too_many"
    assert world.call("/who", "clara").status_code == 200
    world.store.close()


def test_a_bearer_token_goes_before_a_cookie(world: World) -> None:
    world.client.cookies.set("bancheng", world.tokens["clara"])
    assert world.client.get("/who").json() == "clara"
    assert world.call("/who", "alice").json() == "alice"


def test_a_full_disk_is_said_and_nothing_else_is_taken_for_one() -> None:
    full, other = problem_of(OSError(errno.ENOSPC, "no space")), problem_of(OSError(errno.EACCES, "denied"))
    assert full.status == 503 and "存储空间满了" in full.detail and full.retry_after
    assert other.status == 500
