"""The whole server as it starts: pages behind their roles, closed doors, what degrades and what does not."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

import app
from prompts.models import Models
from prompts.settings import Settings

PASSWORD = "demo password"
pytestmark = [
    # The page framework leaves an event loop and its sockets behind when it is mounted.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[app.Works]:
    settings = Settings(
        data=tmp_path_factory.mktemp("data"),
        model="script:",
        today=date(2026, 11, 23),
        demo_password=SecretStr(PASSWORD),
    )
    made = app.build(settings, Models.scripted({}, settings=settings))
    made.access.people.demo(PASSWORD)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def client(works: app.Works) -> TestClient:
    built = app.application(works, background=False)
    asyncio.set_event_loop(None)
    gc.collect()
    return TestClient(built, follow_redirects=False)


@pytest.fixture(autouse=True)
def nobody(client: TestClient) -> None:
    client.cookies.clear()


def sign_in(client: TestClient, name: str) -> None:
    client.cookies.clear()
    assert client.post("/sign-in", data={"username": name, "password": PASSWORD}).status_code == 303


def test_anonymous_people_reach_the_front_the_sign_in_and_health_only(client: TestClient) -> None:
    open_to_all = {"/": 200, "/sign-in": 200, "/front.css": 200, "/healthz": 200, "/readyz": 200, "/version": 200}
    for path, status in open_to_all.items():
        assert client.get(path).status_code == status, path
    for mount in ("/apply", "/desk", "/eval"):
        for door in ("/", "/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x", "/theme.css"):
            assert client.get(mount + door).status_code == 401, mount + door
    for path in ("/openapi.json", "/docs", "/redoc", "/monitoring", "/gradio_api/runs", "/config", "/metrics"):
        assert client.get(path).status_code == 404, path
    for path in ("/api/v1/items", "/api/v1/filings", "/api/v1/cases", "/api/v1/openapi.json", "/office"):
        assert client.get(path).status_code == 401, path


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("applicant1", "/apply"),
        ("clerk1", "/desk"),
        ("supervisor1", "/desk"),
        ("evaluator1", "/eval"),
        ("admin1", ""),
        ("auditor1", ""),
    ],
)
def test_each_role_opens_its_own_page_only(client: TestClient, name: str, opens: str) -> None:
    sign_in(client, name)
    for mount in ("/apply", "/desk", "/eval"):
        assert client.get(mount + "/").status_code == (200 if mount == opens else 403), mount
        assert client.get(mount + "/config").status_code == (200 if mount == opens else 403), mount


def test_the_page_framework_is_as_closed_as_we_think(client: TestClient) -> None:
    sign_in(client, "applicant1")
    config = client.get("/apply/config").json()
    assert config["footer_links"] == [] and config["show_error"] is False
    assert not config.get("enable_monitoring") and not config.get("run_history")
    for door in (
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/proxy=http://example.com",
        "/gradio_api/runs",
        "/gradio_api/openapi.json",
        "/monitoring",
        "/openapi.json",
        "/docs",
        "/login",
        "/logout",
        "/gradio_api/mcp/sse",
    ):
        assert client.get("/apply" + door).status_code == 404, door
    assert client.post("/apply/gradio_api/upload", files={"files": ("a", b"x")}).status_code == 404
    assert client.post("/apply/gradio_api/call/say", json={"data": [], "session_hash": "x"}).status_code == 404


def test_a_page_session_cannot_be_shared(client: TestClient) -> None:
    joined = {"session_hash": "hers", "fn_index": 0, "data": []}
    sign_in(client, "applicant1")
    assert client.post("/apply/gradio_api/queue/join", json=joined).status_code not in (401, 403, 404)
    sign_in(client, "applicant2")
    assert client.post("/apply/gradio_api/queue/join", json=joined).status_code == 403
    assert client.get("/apply/gradio_api/queue/data?session_hash=hers").status_code == 403
    assert client.get("/apply/gradio_api/heartbeat/hers").status_code == 403


def test_no_foreign_origin_is_reflected_and_none_may_change_anything(client: TestClient) -> None:
    evil = {"origin": "https://evil.example"}
    sign_in(client, "applicant1")
    for path in ("/", "/apply/", "/apply/config", "/api/v1/filings"):
        for reply in (
            client.get(path, headers=evil),
            client.options(path, headers={**evil, "access-control-request-method": "POST"}),
        ):
            assert "access-control-allow-origin" not in reply.headers, path
    for path in ("/api/v1/filings", "/apply/gradio_api/queue/join", "/sign-out", "/sign-in"):
        assert client.post(path, headers=evil, json={}).status_code == 403, path


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    sign_in(client, "applicant1")
    for path in ("/", "/apply/", "/apply/config", "/api/v1/filings", "/nothing", "/front.css"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert headers["x-frame-options"] == "DENY" and headers["x-content-type-options"] == "nosniff", path


def test_the_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    for name, path in (
        ("", "/"),
        ("", "/sign-in"),
        ("applicant1", "/apply/"),
        ("clerk1", "/desk/"),
        ("evaluator1", "/eval/"),
    ):
        if name:
            sign_in(client, name)
        shown = client.get(path).text
        for mark in ('src="http', "src='http", '<link rel="preconnect" href="http', "@import url(http"):
            assert mark not in shown, (path, mark)


def test_readiness_says_what_is_degraded(client: TestClient, works: app.Works) -> None:
    works.parts.models.off()
    found = client.get("/readyz")
    works.parts.models.on()
    assert found.status_code == 200
    body = found.json()
    assert body["status"] == "degraded" and body["database"] == "ready"
    assert any(line.startswith("model chat") for line in body["degraded"])
    assert {"documents", "passages", "vectors_done", "words_ready"} <= set(body["index"])


def test_metrics_are_for_collectors_on_this_machine_and_administrators(client: TestClient) -> None:
    client.get("/healthz")
    assert client.get("/metrics").status_code == 404
    sign_in(client, "admin1")
    shown = client.get("/metrics")
    assert shown.status_code == 200 and "bancheng_requests_total" in shown.text


def test_the_interface_describes_both_its_parts(client: TestClient) -> None:
    sign_in(client, "clerk1")
    paths = set(json.loads(client.get("/api/v1/openapi.json").text)["paths"])
    assert {"/api/v1/filings", "/api/v1/ask", "/api/v1/cases", "/api/v1/cases/claim"} <= paths


def test_a_filing_reaches_the_desk(client: TestClient, works: app.Works) -> None:
    sign_in(client, "applicant1")
    answers = {
        "has_name": False, "main_business": "卖奶茶", "business_scope": ["餐饮服务"], "operator_name": "李小明",
        "operator_id_number": "11010519491231002X", "operator_mobile": "13800138000",
        "operator_residence": "广东省深圳市南山区科技园一路1号2栋303室", "operator_ethnicity": "汉族",
        "operator_education": "本科", "operator_political_status": "群众", "operator_occupation": "无业",
        "composition": "individual", "premises_kind": "leased", "premises_residential": False,
        "premises_address": "广东省深圳市南山区科技园二路8号1栋101室", "capital_wan": 5, "is_ecommerce": False,
        "contact_name": "李小明", "contact_mobile": "13800138000", "has_agent": False,
    }  # fmt: skip
    made = client.post("/api/v1/filings", json={"item": "individual-business-registration"}).json()["filing"]["id"]
    assert client.patch(f"/api/v1/filings/{made}", json={"answers": answers}).status_code == 200
    done = client.post(f"/api/v1/filings/{made}/submit").json()
    assert client.get(f"/api/v1/cases/{done['case']}").status_code == 403
    sign_in(client, "clerk1")
    case = client.get(f"/api/v1/cases/{done['case']}").json()
    assert case["status"] == "queued" and case["filing"]["receipt"] == done["receipt"]
    assert client.get(f"/api/v1/filings/{made}").status_code == 403
    sign_in(client, "applicant1")
    client.post(f"/api/v1/filings/{made}/withdraw")
    sign_in(client, "clerk1")
    assert client.get(f"/api/v1/cases/{done['case']}").json()["status"] != "queued"


def test_a_logged_exception_names_its_class_and_place_and_none_of_its_words() -> None:
    try:
        raise ValueError("李小明 11010519491231002X")
    except ValueError:
        told = app.without_words(None, "error", {"event": "turn_failed", "exc_info": True})
    assert told["error"] == "ValueError" and str(told["place"]).startswith("test_app.py:")
    assert "李小明" not in str(told) and "exc_info" not in told
