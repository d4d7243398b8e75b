"""Whatever people type or hand in, they get a sentence they can act on and lose nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from bad_files import BAD_FILES, NonsenseModel
from filled import ANSWERS
from office_server import ITEM, PASSWORD, Person, Server
from sample_papers import OPERATOR, PREMISES

ACTION = re.compile(r"请|可以|仍可|您好|告诉|叫什么|什么|吗|哪")
INNER = re.compile(r"Traceback|Error\b|Exception|/work|\.py|None|null", re.IGNORECASE)


@pytest.fixture(scope="module")
def applicant(quiet_office: Server) -> Person:
    return quiet_office.person("applicant1")


@pytest.fixture
def filing(applicant: Person) -> dict[str, Any]:
    made: str = applicant.does("POST", "/filings", json={"item": ITEM})["filing"]["id"]
    kept: dict[str, Any] = applicant.does("PATCH", f"/filings/{made}", json={"answers": ANSWERS})
    return kept


def helps(text: str) -> bool:
    """Chinese, tells what to do, nothing of the inside."""
    return bool(re.search(r"[\u4e00-\u9fff]{4}", text) and ACTION.search(text) and not INNER.search(text))


def refused(reply: httpx.Response, *statuses: int) -> dict[str, Any]:
    """The problem of a refusal, which must help."""
    assert reply.status_code in statuses, f"{reply.status_code} {reply.text[:300]}"
    assert reply.headers["content-type"].startswith("application/problem+json")
    problem: dict[str, Any] = reply.json()
    assert {"title", "status", "detail", "code", "fields"} <= set(problem) and problem["status"] == reply.status_code
    assert helps(problem["detail"]), problem
    return problem


def same(applicant: Person, before: dict[str, Any]) -> bool:
    """Whether the filing kept every answer and document."""
    now = applicant.does("GET", f"/filings/{before['id']}")
    return bool(now["answers"] == before["answers"] and now["materials"] == before["materials"])


def test_an_unknown_item_is_refused_by_code_and_asked_about_in_words(applicant: Person) -> None:
    problem = refused(applicant.call("POST", "/filings", json={"item": "moon-landing"}), 422)
    assert "item" in problem["fields"]
    told = applicant.does("POST", "/filings", json={"text": "我要给月球车上牌照"})
    assert told["reply"]["status"] in ("clarify", "asked", "unanswerable_off_topic") and helps(told["reply"]["text"])


@pytest.mark.parametrize("text", ["", "   \n", "字" * 20_000], ids=["empty", "blank", "20,000 characters"])
def test_a_message_nobody_can_use_is_refused_and_changes_nothing(
    applicant: Person, filing: dict[str, Any], text: str
) -> None:
    refused(applicant.call("POST", f"/filings/{filing['id']}/messages", json={"text": text}), 413, 422)
    assert same(applicant, filing)


@pytest.mark.parametrize("text", ["😀🎉🍜", "Hello, I would like to open a noodle shop", "🤷", "ﷺ ﷽"])
def test_emoji_and_other_languages_get_an_answer_in_chinese(
    applicant: Person, filing: dict[str, Any], text: str
) -> None:
    reply = applicant.does("POST", f"/filings/{filing['id']}/messages", json={"text": text})["reply"]
    assert helps(reply["text"]), reply
    assert same(applicant, filing)


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_cannot_be_taken_says_why_and_leaves_the_rest(
    applicant: Person, filing: dict[str, Any], case: str
) -> None:
    name, data = BAD_FILES[case]
    reply = applicant.upload(filing["id"], name, data, "lease")
    if reply.status_code >= 400:
        refused(reply, 413, 415, 422)
        assert same(applicant, filing)
        return
    material = applicant.read(filing["id"])["materials"][-1]
    assert material["status"] in ("unreadable", "rejected")
    assert any(helps(i["message"]) for i in material["issues"]), material
    left = applicant.does("DELETE", f"/filings/{filing['id']}/materials/{material['id']}")
    assert left["answers"] == filing["answers"] and left["materials"] == []


def test_ten_wrong_passwords_slow_the_guesser_down_and_say_for_how_long(quiet_office: Server) -> None:
    with httpx.Client(base_url=f"{quiet_office.base}/api/v1", trust_env=False, timeout=60) as guesser:
        replies = [
            guesser.post("/sign-in", json={"username": "applicant3", "password": f"guess number {n}"})
            for n in range(10)
        ]
        assert [r.status_code for r in replies[:5]] == [401] * 5
        assert replies[0].json()["code"] == "wrong_password"
        last = replies[-1]
        refused(last, 429)
        assert int(last.headers["Retry-After"]) > 0
        other = guesser.post("/sign-in", json={"username": "applicant2", "password": PASSWORD})
        assert other.status_code == 200, "another account must not be locked out"


def test_two_windows_on_one_filing_lose_no_edit(applicant: Person, filing: dict[str, Any]) -> None:
    path, seen = f"/filings/{filing['id']}", filing["revision"]
    applicant.does("PATCH", path, json={"answers": {"capital_wan": 8}, "revision": seen})
    stale = applicant.call("PATCH", path, json={"answers": {"capital_wan": 3}, "revision": seen})
    assert refused(stale, 409)["code"] == "conflict"
    assert applicant.does("GET", path)["answers"]["capital_wan"]["value"] == 8


def test_a_bad_value_beside_good_ones_is_named_and_the_good_ones_are_kept(
    applicant: Person, filing: dict[str, Any]
) -> None:
    answers = {"capital_wan": 9, "operator_id_number": "440305199205188420"}
    problem = refused(applicant.call("PATCH", f"/filings/{filing['id']}", json={"answers": answers}), 422)
    assert list(problem["fields"]) == ["operator_id_number"]
    now = applicant.does("GET", f"/filings/{filing['id']}")["answers"]
    assert now["capital_wan"]["value"] == 9
    assert now["operator_id_number"]["value"] == ANSWERS["operator_id_number"]


@pytest.fixture(scope="module")
def trouble(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, NonsenseModel]]:
    model = NonsenseModel()
    server = Server(tmp_path_factory.mktemp("trouble"), MODEL="openai:nonsense", MODEL_URL=model.url, MODEL_KEY="k")
    try:
        yield server.start(), model
    finally:
        server.stop()
        model.close()


def test_a_model_that_talks_nonsense_or_is_gone_leaves_the_form_and_what_was_said(
    trouble: tuple[Server, NonsenseModel],
) -> None:
    server, model = trouble
    applicant = server.person("applicant1")
    filing = applicant.does("POST", "/filings", json={"item": ITEM})["filing"]["id"]
    for said in (f"我叫{OPERATOR}，想卖文具", "店名还没想好，先等等"):
        reply = applicant.does("POST", f"/filings/{filing}/messages", json={"text": said})["reply"]
        assert helps(reply["text"]) and "准予登记" not in reply["text"], reply
    answered = applicant.does("POST", "/ask", json={"question": "办执照要多少钱？"})
    assert "吧啦" not in answered["text"] and helps(answered["text"])
    model.close()
    reply = applicant.does("POST", f"/filings/{filing}/messages", json={"text": f"店开在{PREMISES}"})["reply"]
    assert helps(reply["text"]), reply
    kept = applicant.does("PATCH", f"/filings/{filing}", json={"answers": ANSWERS})
    assert {k: kept["answers"][k]["value"] for k in ANSWERS} == ANSWERS and kept["turns"] >= 6
    handed = applicant.does("POST", f"/filings/{filing}/submit")
    assert handed["receipt"]
