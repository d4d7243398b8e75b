"""The server dies in the middle of the work: what was acknowledged is there, what was under way is finished."""

from __future__ import annotations

from pathlib import Path

import sample_papers as papers
from filled import ANSWERS
from office_server import ITEM, Server, until

UNFINISHED = ("queued", "reviewing")


def test_a_server_killed_during_the_first_pass_goes_on_where_it_was(tmp_path: Path) -> None:
    server = Server(tmp_path, AI="off")
    try:
        server.start()
        applicant, clerk = server.person("applicant1"), server.person("clerk1")
        filing = applicant.does("POST", "/filings", json={"item": ITEM})["filing"]["id"]
        applicant.does("PATCH", f"/filings/{filing}", json={"answers": ANSWERS})
        uploaded = [
            applicant.upload(filing, "lease.pdf", papers.lease("2026年9月30日"), "lease"),
            applicant.upload(filing, "card.jpg", papers.identity_card(), "operator_id_card"),
        ]
        kept = {u.json()["material"]["id"]: u.json()["material"]["sha256"] for u in uploaded}
        handed = applicant.does("POST", f"/filings/{filing}/submit")
        assert clerk.does("GET", f"/cases/{handed['case']}")["status"] in UNFINISHED, "too quick to be interrupted"
        server.kill()

        server.start()
        applicant, clerk = server.person("applicant1"), server.person("clerk1")
        found = applicant.does("GET", f"/filings/{filing}")
        assert (found["status"], found["receipt"]) == ("submitted", handed["receipt"])
        assert {name: found["answers"][name]["value"] for name in ANSWERS} == ANSWERS
        assert {m["id"]: m["sha256"] for m in found["materials"]} == kept
        case = until(lambda: _reviewed(clerk.does("GET", f"/cases/{handed['case']}")), 120)
        assert [m["status"] for m in case["filing"]["materials"]] == ["read", "read"]
        codes = [f["code"] for f in case["findings"]]
        assert "LEASE_EXPIRED" in codes and len(codes) == len({f["id"] for f in case["findings"]})
        assert again_once(applicant.does("POST", f"/filings/{filing}/submit"), handed)
        audited = server.audit()
        assert audited.returncode == 0, audited.stdout + audited.stderr
    finally:
        server.stop()


def _reviewed(case: dict[str, object]) -> dict[str, object] | None:
    return None if case["status"] in UNFINISHED else case


def again_once(second: dict[str, object], first: dict[str, object]) -> bool:
    """Submitting again gives the same case and receipt."""
    return (second["case"], second["receipt"]) == (first["case"], first["receipt"])
