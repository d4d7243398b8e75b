"""Signing, choices, standing and one's own data over HTTP, and the plain page 我的数据."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, open_office
from test_api import Site
from test_signing import SIGNED

from assistant import api_mine, api_own

NAME = str(COMPLETE["operator_name"])
COOKIE_PAGES = ("/mine", "/mine/erase")


@pytest.fixture
def site(tmp_path: Path, fast_hasher: PasswordHasher) -> Iterator[Site]:
    with open_office(tmp_path, fast_hasher) as world:
        made = Site(world)
        for router in (api_own.router, api_mine.router):
            made.app.include_router(router)
        yield made


def routes(filing: str) -> list[tuple[str, str, dict[str, object]]]:
    return [
        ("GET", f"/filings/{filing}/signatures", {}),
        ("POST", f"/filings/{filing}/signatures", {"json": {"name": NAME, "typed": NAME, "promised": True}}),
        ("POST", f"/filings/{filing}/assistant", {"json": {"on": False}}),
        ("GET", f"/filings/{filing}/known", {}),
        ("POST", f"/filings/{filing}/known", {"json": {"fields": "all"}}),
        ("POST", f"/filings/{filing}/open", {"json": {"fields": "all"}}),
        ("GET", f"/filings/{filing}/standing", {}),
        ("GET", f"/filings/{filing}/receipt.pdf", {}),
        ("DELETE", f"/filings/{filing}", {}),
    ]


def test_every_route_of_a_filing_is_its_owners_alone(site: Site) -> None:
    filing = site.complete()
    before = site.world.store.database.head()
    tried = {(r.path, m) for r in api_own.router.routes for m in r.methods if "{filing_id}" in r.path}
    assert len(routes(filing)) == len(tried)
    for method, path, more in routes(filing):
        assert site.call(method, path, "bob", **more).status_code == 404, path
        assert site.call(method, path, "", **more).status_code == 401, path
        for other in ("clara", "sun", "eve", "ada", "adam"):
            assert site.call(method, path, other, **more).status_code == 403, path
    assert site.world.store.database.head() == before


def test_a_form_is_signed_and_handed_in_over_the_interface(site: Site) -> None:
    filing = site.complete()
    told = site.call("GET", f"/filings/{filing}/signatures").json()
    assert [(s["part"], s["name"], s["how"]) for s in told["signers"]] == [("operator", NAME, None)]
    assert len(told["promises"]) == 4 and all(len(p) > 15 for p in told["promises"])
    said = {"name": NAME, "drawn": SIGNED}
    refused = site.call("POST", f"/filings/{filing}/signatures", json=said)
    assert refused.status_code == 422 and "promised" in refused.json()["fields"]
    signed = site.call("POST", f"/filings/{filing}/signatures", json=said | {"promised": True})
    assert signed.status_code == 200 and signed.json()["signed"] is True
    needed = {n["kind"]: n["have"] for n in signed.json()["materials_needed"]}
    assert needed["application_form"] is True
    assert site.call("GET", f"/filings/{filing}/signatures").json()["signers"][0]["how"] == "drawn"
    assert site.call("POST", f"/filings/{filing}/submit").status_code == 200
    assert site.call("GET", f"/filings/{filing}/receipt.pdf").content.startswith(b"%PDF")


def test_the_same_key_has_its_effect_once(site: Site) -> None:
    filing = site.complete()
    for n, (method, path, more) in enumerate(r for r in routes(filing) if r[0] != "GET"):
        first = site.call(method, path, key=f"key{n}", **more)
        head = site.world.store.database.head()
        second = site.call(method, path, key=f"key{n}", **more)
        assert first.status_code == second.status_code and first.status_code in (200, 204), (path, first.text)
        assert first.content == second.content and site.world.store.database.head() == head, path


def test_what_was_filed_before_is_offered_masked_and_taken_as_chosen(site: Site) -> None:
    site.call("POST", f"/filings/{site.complete()}/submit")
    fresh = site.call("POST", "/filings", json={"item": ITEM}).json()["filing"]["id"]
    there = {k["field"]: k for k in site.call("GET", f"/filings/{fresh}/known").json()}
    number = str(COMPLETE["operator_id_number"])
    assert there["operator_id_number"]["shown"] != number and number[-4:] in there["operator_id_number"]["shown"]
    assert there["operator_name"]["evidence"]["receipt"] and there["operator_name"]["usual"] is True
    chosen = {"fields": ["operator_name", "operator_id_number"]}
    taken = site.call("POST", f"/filings/{fresh}/known", json=chosen).json()
    answer = taken["answers"]["operator_id_number"]
    assert (answer["value"], answer["source"], answer["confirmed"]) == (number, "reused", False)
    assert answer["evidence"]["filing"] and taken["reuse"] == "taken"


def test_a_filing_by_hand_is_filled_and_handed_in_without_a_word(site: Site) -> None:
    made = site.call("POST", "/filings", json={"item": ITEM, "by_hand": True}).json()["filing"]
    assert made["by_hand"] is True
    assert site.call("POST", f"/filings/{made['id']}/messages", json={"text": "你好"}).status_code == 409
    assert site.call("PATCH", f"/filings/{made['id']}", json={"answers": COMPLETE}).status_code == 200
    form = site.call("GET", f"/filings/{made['id']}/form.pdf").content
    assert b"AIGC" not in form, "nothing was made with AI"
    assert site.call("POST", f"/filings/{made['id']}/submit").status_code == 200


def test_the_standing_of_a_draft_says_what_comes_next(site: Site) -> None:
    told = site.call("GET", f"/filings/{site.complete()}/standing").json()
    assert (told["status"], told["receipt"], told["clock"]) == ("draft", None, {})
    assert [h["what"] for h in told["history"]] == ["started"] and "核对并提交" in told["next"]


def test_a_draft_is_erased_and_a_filing_handed_in_is_not(site: Site) -> None:
    kept, gone = site.complete(), site.complete()
    site.call("POST", f"/filings/{kept}/submit")
    assert site.call("DELETE", f"/filings/{gone}").status_code == 204
    assert site.call("GET", f"/filings/{gone}").status_code == 404
    assert site.call("DELETE", f"/filings/{kept}").status_code == 409
    done = site.call("POST", "/me/erase").json()
    assert (done["erased"], done["kept"]) == ([], [kept]) and "第五十九条" in done["why"]


def test_the_copy_is_a_zip_for_applicants_only(site: Site) -> None:
    site.complete()
    reply = site.call("GET", "/me/export")
    assert reply.headers["content-type"] == "application/zip" and "attachment" in reply.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        assert archive.testzip() is None and "我的数据.json" in archive.namelist()
    assert site.call("GET", "/me/export", "adam").status_code == 403
    assert site.call("GET", "/me/export", "").status_code == 401


def signed_in(site: Site, name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.tokens[name]}", "Accept": "text/html"}


def test_the_page_of_ones_own_data_works_without_a_script(site: Site) -> None:
    kept, draft = site.complete(), site.complete()
    site.call("POST", f"/filings/{kept}/submit")
    page = site.client.get("/mine", headers=signed_in(site, "alice"))
    assert page.status_code == 200 and "<script" not in page.text
    assert "/api/v1/me/export" in page.text and f"/mine/erase?filing={draft}" in page.text
    assert f"/mine/erase?filing={kept}" not in page.text and "依法保存" in page.text
    ask = site.client.get(f"/mine/erase?filing={draft}", headers=signed_in(site, "alice"))
    assert "要删除这份草稿吗" in ask.text and site.call("GET", f"/filings/{draft}").status_code == 200
    done = site.client.post("/mine/erase", data={"filing": draft}, headers=signed_in(site, "alice"))
    assert done.status_code == 303 and done.headers["location"] == "/mine?said=erased"
    assert site.call("GET", f"/filings/{draft}").status_code == 404


def test_the_page_of_ones_own_data_is_for_applicants(site: Site) -> None:
    for path in COOKIE_PAGES:
        assert site.client.get(path, headers={"Accept": "text/html"}).status_code == 303, path
        assert site.client.get(path, headers=signed_in(site, "clara")).status_code == 403, path
    other = site.client.get(f"/mine/erase?filing={site.complete()}", headers=signed_in(site, "bob"))
    assert other.status_code == 404


def test_large_type_once_chosen_holds_on_every_page(site: Site) -> None:
    assert 'class="large"' not in site.client.get("/").text
    chosen = site.client.get("/?large=1")
    assert 'class="large"' in chosen.text and chosen.cookies["large"] == "1"
    assert 'class="large"' in site.client.get("/sign-in").text and "large=0" in site.client.get("/").text
    site.client.get("/?large=0")
    assert 'class="large"' not in site.client.get("/sign-in").text


def test_the_first_screen_offers_to_go_without_the_assistant(site: Site) -> None:
    page = site.client.get("/").text
    assert 'href="/apply/?by=hand"' in page and "不用智能助手" in page
