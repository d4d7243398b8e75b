"""The applicant's part of the interface, over HTTP without a network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, PASSAGE, PASSWORD, PEOPLE, World, open_office
from fastapi import FastAPI
from fastapi.testclient import TestClient
from test_counter import pdf

from assistant import api, api_front, api_office
from assistant.api_access import Access, install_problems
from assistant.replies_store import Replies

F_KEYS = {
    "id", "item", "item_version", "status", "round", "answers", "missing", "progress", "materials",
    "materials_needed", "receipt", "turns",
}  # fmt: skip
R_KEYS = {"status", "text", "asked", "options", "noted", "refused", "sentences", "citations", "made_by", "ms"}
M_KEYS = {"id", "kind", "kind_source", "filename", "pages", "sha256", "status", "values", "issues"}


class Site:
    """The interface and everybody's tokens."""

    def __init__(self, world: World) -> None:
        self.world = world
        app = FastAPI(openapi_url=None)
        settings = world.counter.parts.settings
        app.state.access = Access(world.people, Replies(world.store.database), settings)
        app.state.counter = world.counter
        install_problems(app)
        for router in (api.router, api_front.router, api_office.router):
            app.include_router(router)
        self.app = app
        self.client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        self.tokens = {name: world.people.sign_in(name, PASSWORD).token for name, _ in PEOPLE}

    def call(self, method: str, path: str, who: str = "alice", key: str = "", **more: Any) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        if key:
            headers["Idempotency-Key"] = key
        return self.client.request(method, "/api/v1" + path, headers=headers, **more)

    def complete(self) -> str:
        """Id of a filing of alice with every required answer, made over the interface."""
        made = self.call("POST", "/filings", json={"item": ITEM}).json()["filing"]["id"]
        assert self.call("PATCH", f"/filings/{made}", json={"answers": COMPLETE}).status_code == 200
        return str(made)


@pytest.fixture
def site(tmp_path: Path, fast_hasher: PasswordHasher) -> Iterator[Site]:
    with open_office(tmp_path, fast_hasher) as world:
        yield Site(world)


def test_signing_in_gives_a_token_and_a_wrong_password_says_the_same_for_everybody(site: Site) -> None:
    reply = site.call("POST", "/sign-in", "", json={"username": "alice", "password": PASSWORD})
    assert reply.status_code == 200 and set(reply.json()) == {"token", "role", "expires_at"}
    said = [
        site.call("POST", "/sign-in", "", json={"username": name, "password": "wrong"}) for name in ("alice", "nobody")
    ]
    assert [r.status_code for r in said] == [401, 401] and said[0].json() == said[1].json()


def test_twenty_wrong_passwords_are_slowed_down(site: Site) -> None:
    body = {"username": "bob", "password": "wrong"}
    replies = [site.call("POST", "/sign-in", "", json=body) for _ in range(20)]
    assert {r.status_code for r in replies} == {401, 429}
    assert int(replies[-1].headers["retry-after"]) > 0


def test_signing_out_ends_the_token(site: Site) -> None:
    assert site.call("POST", "/sign-out").status_code == 204
    assert site.call("GET", "/filings").status_code == 401


def test_a_filing_goes_from_start_to_receipt_over_the_interface(site: Site) -> None:
    started = site.call("POST", "/filings", json={"item": ITEM})
    assert started.status_code == 200
    body = started.json()
    assert set(body) == {"filing", "reply"} and set(body["filing"]) >= F_KEYS and set(body["reply"]) >= R_KEYS
    f = body["filing"]
    assert (f["status"], f["round"], f["item"], f["receipt"]) == ("draft", 1, ITEM, None)
    assert f["progress"]["filled"] < f["progress"]["total"] and f["missing"]
    said = site.call("POST", f"/filings/{f['id']}/messages", json={"text": "你好"}).json()
    assert set(said) == {"filing", "reply"} and said["filing"]["turns"] > f["turns"]
    filled = site.call("PATCH", f"/filings/{f['id']}", json={"answers": COMPLETE}).json()
    assert filled["answers"]["operator_name"] == {
        "value": "李小明", "source": "form", "confirmed": True, "evidence": None, "issues": [],
    }  # fmt: skip
    needed = {n["kind"]: n["have"] for n in filled["materials_needed"]}
    assert needed["operator_id_card"] is False and needed["lease"] is False
    files = {"file": ("lease.pdf", pdf(), "application/pdf")}
    uploaded = site.call("POST", f"/filings/{f['id']}/materials", files=files, data={"kind": "lease"}).json()
    assert set(uploaded) == {"material", "filing"} and set(uploaded["material"]) >= M_KEYS
    site.world.read_all()
    read = site.call("GET", f"/filings/{f['id']}").json()
    assert read["materials"][0]["status"] != "reading"
    assert {n["kind"]: n["have"] for n in read["materials_needed"]}["lease"] is True
    confirmed = site.call("POST", f"/filings/{f['id']}/confirm", json={"fields": "all"}).json()
    assert all(a["confirmed"] for a in confirmed["answers"].values())
    done = site.call("POST", f"/filings/{f['id']}/submit").json()
    assert set(done) == {"case", "receipt", "filing"} and done["filing"]["status"] == "submitted"
    assert site.call("POST", f"/filings/{f['id']}/submit").json()["receipt"] == done["receipt"]
    assert [x["id"] for x in site.call("GET", "/filings").json()] == [f["id"]]
    assert site.call("GET", f"/filings/{f['id']}/form.pdf").content.startswith(b"%PDF-")
    assert site.call("GET", f"/filings/{f['id']}/notice").status_code == 404


def test_a_bad_edit_names_each_field_and_keeps_the_good_ones(site: Site) -> None:
    filing = site.complete()
    edits = {"operator_mobile": "1", "capital_wan": "六万元", "nothing": 1}
    reply = site.call("PATCH", f"/filings/{filing}", json={"answers": edits})
    assert reply.status_code == 422 and set(reply.json()["fields"]) == {"operator_mobile", "nothing"}
    assert site.call("GET", f"/filings/{filing}").json()["answers"]["capital_wan"]["value"] == 6


def test_a_missing_required_answer_is_named(site: Site) -> None:
    filing = site.call("POST", "/filings", json={"item": ITEM}).json()["filing"]["id"]
    reply = site.call("POST", f"/filings/{filing}/submit")
    assert reply.status_code == 422 and "operator_name" in reply.json()["fields"]


def calls(filing: str, material: str) -> list[tuple[str, str, dict[str, Any]]]:
    files = {"file": ("a.pdf", pdf(), "application/pdf")}
    at = f"/filings/{filing}"
    return [
        ("GET", at, {}),
        ("PATCH", at, {"json": {"answers": {"capital_wan": 1}}}),
        ("POST", at + "/messages", {"json": {"text": "你好"}}),
        ("POST", at + "/materials", {"files": files}),
        ("DELETE", f"{at}/materials/{material}", {}),
        ("GET", f"{at}/materials/{material}/pages/1.png", {}),
        ("POST", at + "/confirm", {"json": {"fields": "all"}}),
        ("POST", at + "/submit", {}),
        ("POST", at + "/withdraw", {}),
        ("GET", at + "/form.pdf", {}),
        ("GET", at + "/notice", {}),
        ("GET", at + "/notice.pdf", {}),
    ]


def test_every_route_of_a_filing_is_its_owners_alone(site: Site) -> None:
    filing = site.complete()
    files = {"file": ("a.pdf", pdf(), "application/pdf")}
    material = site.call("POST", f"/filings/{filing}/materials", files=files).json()["material"]["id"]
    before = site.world.store.database.head()
    asked = calls(filing, material)
    tried = {(r.path, m) for r in api.router.routes for m in r.methods if "{filing_id}" in r.path}
    assert len(asked) == len(tried)
    for method, path, more in asked:
        assert site.call(method, path, "bob", **more).status_code == 404, path
        assert site.call(method, path, "", **more).status_code == 401, path
        for other in ("clara", "sun", "eve", "ada", "adam"):
            assert site.call(method, path, other, **more).status_code == 403, path
    assert site.world.store.database.head() == before


def test_the_same_key_changes_once_on_every_changing_route(site: Site) -> None:
    filing = site.complete()
    site.call("POST", f"/filings/{filing}/materials", files={"file": ("a.pdf", pdf(), "application/pdf")})
    one = {"file": ("b.pdf", pdf("B"), "application/pdf")}
    for n, (method, path, more) in enumerate(
        [
            ("POST", "/filings", {"json": {"item": ITEM}}),
            ("PATCH", f"/filings/{filing}", {"json": {"answers": {"capital_wan": 9}}}),
            ("POST", f"/filings/{filing}/messages", {"json": {"text": "你好"}}),
            ("POST", f"/filings/{filing}/materials", {"files": one}),
            ("POST", f"/filings/{filing}/confirm", {"json": {"fields": "all"}}),
            ("POST", f"/filings/{filing}/submit", {}),
            ("POST", f"/filings/{filing}/withdraw", {}),
        ]
    ):
        first = site.call(method, path, key=f"key{n}", **more)
        head = site.world.store.database.head()
        second = site.call(method, path, key=f"key{n}", **more)
        assert first.status_code == second.status_code == 200, path
        assert first.json() == second.json(), path
        assert site.world.store.database.head() == head, path


def test_the_interface_describes_itself_to_those_signed_in(site: Site) -> None:
    assert site.call("GET", "/openapi.json", "").status_code == 401
    described = site.call("GET", "/openapi.json", "clara").json()
    wanted = {
        "/api/v1/sign-in": {"post"}, "/api/v1/ask": {"post"}, "/api/v1/search": {"post"}, "/api/v1/check": {"post"},
        "/api/v1/items": {"get"}, "/api/v1/filings": {"get", "post"}, "/api/v1/filings/{filing_id}": {"get", "patch"},
        "/api/v1/filings/{filing_id}/messages": {"post"}, "/api/v1/filings/{filing_id}/materials": {"post"},
        "/api/v1/filings/{filing_id}/materials/{material_id}": {"delete"},
        "/api/v1/filings/{filing_id}/confirm": {"post"}, "/api/v1/filings/{filing_id}/submit": {"post"},
        "/api/v1/filings/{filing_id}/form.pdf": {"get"}, "/api/v1/filings/{filing_id}/notice": {"get"},
    }  # fmt: skip
    for path, methods in wanted.items():
        assert set(described["paths"][path]) == methods, path
    assert set(described["components"]["schemas"]["FilingView"]["properties"]) >= F_KEYS


def test_items_list_their_questions_and_documents(site: Site) -> None:
    items = site.call("GET", "/items", "clara").json()
    item = next(i for i in items if i["code"] == ITEM)
    assert set(item) == {"code", "version", "title", "fields", "materials"}
    assert {"id", "title", "type", "required"} == set(item["fields"][0])
    assert {"kind", "title", "required_when"} == set(item["materials"][0])


def test_a_search_finds_a_passage_with_its_dates(site: Site) -> None:
    found = site.call("POST", "/search", json={"query": "当场登记", "k": 3}).json()
    assert found["passages"][0]["id"] == PASSAGE.id and found["passages"][0]["in_force_from"] == "2022-03-01"
    assert site.call("POST", "/search", json={"query": "当场登记", "on": "2021-01-01"}).json()["passages"] == []
    assert site.call("POST", "/search", json={"query": "x", "k": 0}).status_code == 422


@pytest.mark.parametrize("passage", [PASSAGE.id, PASSAGE.text])
def test_a_claim_is_checked_against_a_passage_by_id_or_text(site: Site, passage: str) -> None:
    body = {"claim": "申请材料齐全、符合法定形式的，当场登记。", "passage": passage}
    checked = site.call("POST", "/check", json=body).json()
    assert set(checked) == {"verdict", "score", "agreed", "standing", "checkers", "ms"}
    assert 0 <= checked["score"] <= 1 and checked["checkers"]


def test_a_question_is_answered_whole_or_sentence_by_sentence(site: Site) -> None:
    body = {"question": "申请材料齐全的，登记机关当场登记吗？", "on": "2026-11-23"}
    whole = site.call("POST", "/ask", json=body).json()
    assert set(whole) >= {"status", "text", "sentences", "citations", "removed", "made_by", "ms"}
    for citation in whole["citations"]:
        assert citation["quote"] in PASSAGE.text
    reply = site.call("POST", "/ask", json=body, headers={"Accept": "text/event-stream"})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [e.split("\n") for e in reply.text.split("\n\n") if e.startswith("event")]
    names = [e[0].removeprefix("event: ") for e in events]
    assert names == ["sentence"] * len(whole["sentences"]) + ["done"]
    assert json.loads(events[-1][1].removeprefix("data: "))["text"] == whole["text"]


@pytest.mark.parametrize("path", ["/ask", "/search", "/check"])
def test_asking_needs_a_sign_in_and_a_question(site: Site, path: str) -> None:
    assert site.call("POST", path, "", json={}).status_code == 401
    assert site.call("POST", path, json={}).status_code == 422


def test_odd_ids_find_nothing(site: Site) -> None:
    for odd in ("' OR 1=1 --", "%25", "..%2f..%2fetc", "字", "x" * 500, "%00"):
        assert site.call("GET", f"/filings/{odd}").status_code in (404, 422), odd


# The plain pages


def sign_in(site: Site, name: str, **more: str) -> httpx.Response:
    return site.client.post("/sign-in", data={"username": name, "password": PASSWORD, **more})


def test_the_front_page_leads_everybody_to_their_door(site: Site) -> None:
    shown = site.client.get("/")
    assert shown.status_code == 200
    for part in (
        'lang="zh-CN"',
        "<title>",
        "<h1>",
        "<main",
        'href="/apply/"',
        'href="/desk/"',
        'href="/eval/"',
        "?large=1",
    ):
        assert part in shown.text, part
    assert 'class="large"' in site.client.get("/?large=1").text
    assert site.client.get("/front.css").headers["content-type"].startswith("text/css")


def test_signing_in_sets_a_cookie_scripts_cannot_read_and_leads_home(site: Site) -> None:
    homes = {
        "alice": "/apply/",
        "clara": "/desk/",
        "sun": "/desk/",
        "eve": "/eval/",
        "ada": "/office",
        "adam": "/office",
    }
    for name, home in homes.items():
        site.client.cookies.clear()
        reply = sign_in(site, name)
        assert (reply.status_code, reply.headers["location"]) == (303, home)
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie


def test_over_https_the_cookie_is_for_https_and_this_host_alone(site: Site) -> None:
    secure = TestClient(site.app, base_url="https://testserver", follow_redirects=False)
    cookie = secure.post("/sign-in", data={"username": "alice", "password": PASSWORD}).headers["set-cookie"]
    assert cookie.startswith("__Host-") and "Secure" in cookie and "Domain" not in cookie


@pytest.mark.parametrize(
    ("wanted", "target"),
    [
        ("/apply/?filing=abc", "/apply/?filing=abc"),
        ("/desk/", "/apply/"),
        ("https://evil.example/apply/", "/apply/"),
        ("//evil.example/apply", "/apply/"),
        ("/apply/..//evil.example", "/apply/"),
        ("/\\evil.example", "/apply/"),
        ("/applyx", "/apply/"),
        ("javascript:alert(1)", "/apply/"),
    ],
)
def test_signing_in_leads_nowhere_but_to_our_pages(site: Site, wanted: str, target: str) -> None:
    assert sign_in(site, "alice", wanted=wanted).headers["location"] == target


def test_a_failed_sign_in_says_so_and_repeats_nothing_as_markup(site: Site) -> None:
    reply = site.client.post("/sign-in", data={"username": '"><script>x</script>', "password": "no"})
    assert reply.status_code == 401 and 'role="alert"' in reply.text
    assert "<script>x" not in reply.text and "set-cookie" not in reply.headers


def test_signing_out_ends_the_sign_in_of_the_browser(site: Site) -> None:
    sign_in(site, "alice")
    token = site.client.cookies["bancheng"]
    assert site.client.get("/api/v1/filings").status_code == 200
    site.client.post("/sign-out")
    site.client.cookies.set("bancheng", token)
    assert site.client.get("/api/v1/filings").status_code == 401


def test_somebody_with_a_browser_gets_refusals_as_pages(site: Site) -> None:
    page = {"accept": "text/html,*/*"}
    nobody = site.client.get("/office", headers=page)
    assert (nobody.status_code, nobody.headers["location"]) == (303, "/sign-in?next=%2Foffice")
    sign_in(site, "alice")
    for path, status in (("/office", 403), ("/nothing", 404)):
        reply = site.client.get(path, headers=page)
        assert reply.status_code == status and reply.headers["content-type"].startswith("text/html")
        assert "<h1>" in reply.text and 'role="alert"' in reply.text
    assert site.client.get("/api/v1/nothing", headers=page).headers["content-type"] == "application/problem+json"
    assert "换一个账号" in site.client.get("/sign-in?next=/desk/", headers=page).text


# The office's own page


def test_the_switch_stops_the_assistant_at_once_and_on_record(site: Site) -> None:
    assert site.call("POST", "/office/assistant", "adam", json={"on": False, "reason": "演练"}).json() == {"on": False}
    assert not site.world.counter.parts.models.ready("chat")
    event = list(site.world.store.database.events("assistant"))[-1]
    assert event.actor == site.world.user("adam").id and event.body == {"value": "off", "reason": "演练"}
    assert site.call("POST", "/office/assistant", "adam", json={"on": True}).json() == {"on": True}
    assert site.world.counter.parts.models.ready("chat")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/office/assistant", {"adam"}),
        ("GET", "/office/accounts", {"adam"}),
        ("GET", "/office/record", {"ada"}),
        ("GET", "/filings", {"alice", "bob"}),
        ("GET", "/items", {name for name, _ in PEOPLE}),
    ],
)
def test_a_role_does_its_own_work_only(site: Site, method: str, path: str, allowed: set[str]) -> None:
    more = {"json": {"on": True}} if method == "POST" else {}
    for name, _ in PEOPLE:
        wanted = 200 if name in allowed else 403
        assert site.call(method, path, name, **more).status_code == wanted, name


def test_an_auditor_sees_whether_the_record_holds(site: Site) -> None:
    site.complete()
    site.world.store.keep_head()
    assert site.call("GET", "/office/record", "ada").json()["fault"] is None
    sign_in(site, "ada")
    assert "没有发现改动" in site.client.get("/office").text


def test_an_administrator_makes_accounts_and_reads_no_filing(site: Site) -> None:
    sign_in(site, "adam")
    shown = site.client.get("/office")
    assert shown.status_code == 200 and "立即停用" in shown.text
    made = site.client.post("/office/accounts", data={"username": "dora", "role": "clerk", "password": PASSWORD})
    assert made.status_code == 303
    assert sign_in(site, "dora").headers["location"] == "/desk/"
    sign_in(site, "adam")
    bad = site.client.post("/office/accounts", data={"username": "dora", "role": "boss", "password": PASSWORD})
    assert bad.status_code == 422
