"""One registration from the first word to the licence, over the interface, on the embedded model."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sample_papers as papers
from filled import STORY, TOLD
from office_server import ITEM, Person, Server, until
from pypdf import PdfReader

pytestmark = pytest.mark.live
QUESTION = "经营场所可以登记两个吗？"


def talk(applicant: Person, ask_at: int = 2) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tells the story and answers until nothing is asked; a policy question after `ask_at` answers. (filing, answer)"""
    said = applicant.does("POST", "/filings", json={"text": STORY})
    filing, reply, policy = said["filing"], said["reply"], {}
    for n in range(45):
        if reply["status"] == "ready" or (reply["asked"] is None and not filing["missing"]):
            return filing, policy
        pending = reply["asked"]
        assert pending in TOLD, reply
        if n == ask_at:
            policy = message(applicant, filing["id"], QUESTION)
            assert policy["reply"]["asked"] == pending, "the pending field is asked again"
        after = message(applicant, filing["id"], TOLD[pending])
        filing, reply = after["filing"], after["reply"]
        assert reply["asked"] != pending, f"asked for {pending} again after “{TOLD[pending]}”: {reply}"
    raise AssertionError(f"not ready after 45 answers: {reply}")


def message(applicant: Person, filing: str, text: str) -> dict[str, Any]:
    """One turn."""
    said: dict[str, Any] = applicant.does("POST", f"/filings/{filing}/messages", json={"text": text})
    return said


def reviewed(clerk: Person, case: str, round_: int) -> dict[str, Any]:
    """The case once its first pass is over."""

    def done() -> dict[str, Any] | None:
        found: dict[str, Any] = clerk.does("GET", f"/cases/{case}")
        return found if found["round"] == round_ and found["status"] == "ready" else None

    found: dict[str, Any] = until(done, 240, every=0.5)
    return found


def judge(clerk: Person, case: Mapping[str, Any], decision: str, agreed: set[str]) -> dict[str, Any]:
    """Takes the case, gives an opinion on every finding and decides."""
    path = f"/cases/{case['id']}"
    clerk.does("POST", f"{path}/claim")
    for finding in case["findings"]:
        opinion = "agree" if finding["code"] in agreed else "dispute"
        clerk.does("POST", f"{path}/findings/{finding['id']}", json={"opinion": opinion, "reason": "对照原件核对过"})
    ids = [f["id"] for f in case["findings"] if f["code"] in agreed]
    told = {"decision": decision, "reason": "对照材料逐项核对", "findings": ids}
    decided: dict[str, Any] = clerk.does("POST", f"{path}/decision", json=told)
    return decided


def hand_in(applicant: Person, filing: str) -> dict[str, Any]:
    """Reads back, confirms and submits."""
    confirmed = applicant.does("POST", f"/filings/{filing}/confirm", json={"fields": "all"})
    assert all(a["confirmed"] for a in confirmed["answers"].values())
    handed: dict[str, Any] = applicant.does("POST", f"/filings/{filing}/submit")
    return handed


def test_a_registration_is_told_returned_once_put_right_and_granted(office: Server) -> None:
    applicant, clerk = office.person("applicant1"), office.person("clerk1")

    filing, policy = talk(applicant)
    said = filing["answers"]
    assert said["operator_name"]["value"] == papers.OPERATOR and said["operator_name"]["source"] == "said"
    assert said["operator_id_number"]["value"] == papers.NUMBER and said["capital_wan"]["value"] == 5
    assert said["premises_kind"]["value"] == "leased" and said["has_agent"]["value"] is False
    assert said["operator_birth_date"]["source"] == "derived"
    quotes_stand(policy["reply"])

    fid = filing["id"]
    confirm_first = applicant.does("POST", f"/filings/{fid}/confirm", json={"fields": "all"})
    assert confirm_first["missing"] == []
    form = papers.signed(applicant.call("GET", f"/filings/{fid}/form.pdf").content)
    for name, data, kind in (
        ("身份证.jpg", papers.identity_card(), "operator_id_card"),
        ("租赁合同.pdf", papers.lease("2026年9月30日"), None),
        ("房产证.pdf", papers.title_deed(), "title_deed"),
        ("申请书.pdf", form, "application_form"),
    ):
        assert applicant.upload(fid, name, data, kind).status_code == 200
    read = applicant.read(fid)
    assert [m["status"] for m in read["materials"]] == ["read"] * 4
    lease = next(m for m in read["materials"] if m["kind"] == "lease")
    assert lease["kind_source"] == "detected" and lease["values"]["end_date"]["value"] == "2026-09-30"
    assert not [n for n in read["materials_needed"] if not n["have"]]

    first = hand_in(applicant, fid)
    case = reviewed(clerk, first["case"], 1)
    expired = next(f for f in case["findings"] if f["code"] == "LEASE_EXPIRED")
    place = next(p for p in expired["about"]["materials"] if p["id"] == lease["id"])
    assert "2026年9月30日" in place["quote"] and 0 <= place["box"][0] < place["box"][2] <= 1 and place["page"] == 1
    assert expired["basis"] and expired["standing"] == "established"
    assert [f["code"] for f in case["findings"] if f["severity"] == "block"] == ["LEASE_EXPIRED"]

    assert judge(clerk, case, "return", {"LEASE_EXPIRED"})["status"] == "returned"
    notice = applicant.does("GET", f"/filings/{fid}/notice")
    assert [i["code"] for i in notice["items"]] == ["LEASE_EXPIRED"] and notice["complete"]
    paper = applicant.call("GET", f"/filings/{fid}/notice.pdf")
    printed = re.sub(r"\s", "", "".join(p.extract_text() for p in PdfReader(BytesIO(paper.content)).pages))
    assert "一次性告知" in printed and re.sub(r"\s", "", notice["items"][0]["what_is_wrong"]) in printed

    assert applicant.does("GET", f"/filings/{fid}")["status"] == "returned"
    applicant.does("DELETE", f"/filings/{fid}/materials/{lease['id']}")
    assert applicant.upload(fid, "新租赁合同.pdf", papers.lease("2028年9月30日"), "lease").status_code == 200
    assert applicant.read(fid)["materials"][-1]["status"] == "read"
    second = hand_in(applicant, fid)
    assert (second["case"], second["receipt"], second["filing"]["round"]) == (first["case"], first["receipt"], 2)
    again = reviewed(clerk, second["case"], 2)
    assert not [f["code"] for f in again["findings"] if f["severity"] == "block"]
    assert judge(clerk, again, "accept", set())["status"] == "accepted"
    assert applicant.does("GET", f"/filings/{fid}")["status"] == "accepted"

    record_holds_and_shows_a_forgery(office, office.folder)


def quotes_stand(reply: Mapping[str, Any]) -> None:
    """An answer whose every sentence names an article."""
    assert reply["status"] == "answered" and reply["citations"], reply
    assert all(s["citations"] for s in reply["sentences"])
    assert all(c["quote"] and c["article"] for c in reply["citations"])


def record_holds_and_shows_a_forgery(office: Server, tmp: Path) -> None:
    """The audit passes on the data as they are and fails once one byte of the record is another."""
    held = office.audit()
    assert held.returncode == 0, held.stdout + held.stderr
    copy = tmp / "forged.sqlite"
    with closing(sqlite3.connect(office.data / "bancheng.sqlite")) as live, closing(sqlite3.connect(copy)) as forged:
        live.backup(forged)
    assert office.audit(copy).returncode == 0
    raw = copy.read_bytes()
    assert b"case.claimed" in raw
    copy.write_bytes(raw.replace(b"case.claimed", b"case.cleimed", 1))
    assert office.audit(copy).returncode == 1


def test_the_model_on_this_machine_points_at_words_and_judges_claims(office: Server) -> None:
    applicant = office.person("applicant3")
    told = "想开个店，就在老街口那边，给街坊做点针线缝补的营生"
    said = applicant.does("POST", "/filings", json={"item": ITEM, "text": told})
    asked, *checks = [m["prompt"].split("@")[0] for m in said["reply"]["made_by"]]
    assert asked == "extract_values"
    assert set(checks) <= {"check_value"}
    for answer in said["filing"]["answers"].values():
        if answer["source"] == "said":
            assert answer["evidence"]["quote"] in told
    passage = "市场主体只能登记一个住所或者主要经营场所。"
    checked = applicant.does("POST", "/check", json={"claim": "市场主体只可以登记一处经营场所。", "passage": passage})
    judge = next(c for c in checked["checkers"] if c["name"] == "judge")
    assert judge["verdict"] in ("supported", "contradicted", "not_found") and 0 <= judge["score"] <= 1
