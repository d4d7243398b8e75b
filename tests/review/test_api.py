"""The clerks' interface over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from registration import without
from test_desk import Office

from assistant.api_access import Access, install_problems
from assistant.people import People
from assistant.replies_store import Replies
from knowledge.scopes import Scopes
from review.api import router


class Calls:
    """One signed-in person calling."""

    def __init__(self, client: TestClient, token: str) -> None:
        self.client, self.headers = client, {"Authorization": f"Bearer {token}"}

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        reply = self.client.request(method, f"/api/v1{path}", json=body, headers={**self.headers, **headers})
        return reply.status_code, reply.json() if reply.headers.get("content-type", "").endswith(
            "json"
        ) else reply.content


@pytest.fixture
def office(tmp_path: Path, fast_hasher: Any) -> Iterator[Office]:
    made = Office(tmp_path, fast_hasher)
    yield made
    made.store.close()


@pytest.fixture
def calls(office: Office, fast_hasher: Any) -> Iterator[dict[str, Calls]]:
    app = FastAPI()
    install_problems(app)
    app.include_router(router)
    people = People(office.store.database, office.settings, fast_hasher)
    app.state.access = Access(people, Replies(office.store.database), office.settings)
    app.state.desk = office.desk
    app.state.counter = SimpleNamespace(parts=SimpleNamespace(scopes=Scopes.load()))
    with TestClient(app) as client:
        yield {name: Calls(client, people.sign_in(name, "long-password").token) for name in office.users}


def test_a_clerk_takes_judges_and_returns_a_case(office: Office, calls: dict[str, Calls]) -> None:
    case, clerk = office.case(without("lease")), calls["clerk"]
    status, queue = clerk("GET", "/cases")
    assert (status, [(r["id"], r["risk"], r["reasons"]) for r in queue]) == (
        200,
        [(case.id, "medium", ["1个须补正的问题"])],
    )
    status, held = clerk("POST", "/cases/claim", {"case": case.id})
    assert (status, held["status"], held["filing"]["answers"]["operator_name"]["value"]) == (200, "claimed", "林书墨")
    finding = held["findings"][0]
    assert {"id", "code", "severity", "source", "standing", "about", "expected", "found", "message", "basis"} <= set(
        finding
    )
    assert clerk("POST", f"/cases/{case.id}/findings/{finding['id']}", {"opinion": "agree", "reason": "属实"})[0] == 200
    body = {"decision": "return", "reason": "补正", "findings": [finding["id"]]}
    status, decided = clerk("POST", f"/cases/{case.id}/decision", body)
    assert (status, decided["status"], decided["notices"]) == (200, "returned", ["补正〔2026〕000001号"])
    status, notice = clerk("GET", f"/cases/{case.id}/notice")
    assert (status, notice["complete"], [i["code"] for i in notice["items"]]) == (200, True, ["MATERIAL_MISSING"])
    status, pdf = clerk("GET", f"/cases/{case.id}/notice.pdf")
    assert (status, pdf[:5]) == (200, b"%PDF-")


def test_the_next_case_is_claimed_until_none_is_left(office: Office, calls: dict[str, Calls]) -> None:
    case = office.case()
    assert calls["clerk"]("POST", "/cases/claim")[1]["id"] == case.id
    assert calls["clerk2"]("POST", "/cases/claim")[0] == 204
    assert calls["clerk2"]("POST", f"/cases/{case.id}/claim")[0] == 409
    assert calls["clerk"]("POST", f"/cases/{case.id}/release")[1]["status"] == "ready"


def test_a_repeated_decision_with_one_key_counts_once(office: Office, calls: dict[str, Calls]) -> None:
    case, clerk = office.case(), calls["clerk"]
    clerk("POST", f"/cases/{case.id}/claim")
    body = {"decision": "accept", "reason": "齐全"}
    replies = [clerk("POST", f"/cases/{case.id}/decision", body, **{"Idempotency-Key": "k1"}) for _ in range(2)]
    assert replies[0] == replies[1]
    assert replies[0][0] == 200
    assert len(office.found(case.id).decisions) == 1


def test_who_may_call_what(office: Office, calls: dict[str, Calls]) -> None:
    case = office.case()
    routes = [
        ("GET", "/cases", None),
        ("POST", "/cases/claim", None),
        ("GET", f"/cases/{case.id}", None),
        ("GET", f"/cases/{case.id}/notice", None),
        ("GET", f"/cases/{case.id}/materials/lease0/pages/1.png", None),
        ("POST", f"/cases/{case.id}/decision", {"decision": "accept", "reason": "好"}),
        ("POST", f"/cases/{case.id}/findings", {"code": "LEASE_UNSIGNED", "message": "没签"}),
    ]
    for role in ("applicant", "auditor", "admin"):
        assert [calls[role](*route)[0] for route in routes] == [403] * len(routes)
    anonymous = Calls(calls["clerk"].client, "")
    assert [anonymous(*route)[0] for route in routes] == [401] * len(routes)
    assert office.found(case.id).status == "ready"
    assert calls["auditor"]("GET", f"/cases/{case.id}/audit")[0] == 200
    assert calls["clerk"]("GET", f"/cases/{case.id}/materials/lease0/pages/1.png") == (200, b"png")


def test_unknown_things_are_not_found_and_bad_bodies_are_refused(office: Office, calls: dict[str, Calls]) -> None:
    case, clerk = office.case(), calls["clerk"]
    assert clerk("GET", "/cases/nothing")[0] == 404
    assert clerk("GET", f"/cases/{case.id}/notice")[0] == 404
    assert clerk("POST", f"/cases/{case.id}/decision", {"decision": "grant", "reason": "好"})[0] == 422
    status, problem = clerk("POST", f"/cases/{case.id}/decision", {"decision": "accept", "reason": "好"})
    assert (status, problem["code"]) == (409, "wrong_state")
