"""Cases from the counter to a decision, which only a person makes."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pypdf import PdfReader
from registration import CODE, both, clean, said, shown, without

from assistant.filing import Filing
from assistant.people import People, User
from assistant.problems import Problem
from assistant.store import Conflict, Store
from knowledge.items import Catalogue
from prompts.settings import Settings
from review.audit import Fault, keep_head, verify
from review.case import About, Case, Finding, Place, Review
from review.desk import Desk
from review.rules import review_rules

DAY = date(2026, 11, 20)


class Office:
    """A desk over a fresh database, with people who may sit at it."""

    def __init__(self, folder: Path, hasher: Any) -> None:
        self.settings = Settings(data=folder, today=DAY, ai="off")
        self.store = Store(self.settings)
        people = People(self.store.database, self.settings, hasher)
        roles = ("applicant", "clerk", "supervisor", "auditor", "admin")
        self.users = {role: people.add(role, role, "long-password") for role in roles}
        self.users["clerk2"] = people.add("clerk2", "clerk", "long-password")
        self.asked: list[tuple[str, int]] = []
        self.desk = Desk(self.settings, self.store, Catalogue.load(), lambda m, n: b"png", "深圳市市场监督管理局")
        self.desk.review = lambda case_id, round_: self.asked.append((case_id, round_))
        self.number = 0

    def filing(self, change: Any = lambda s: s, owner: str = "") -> Filing:
        """A submitted filing in the store."""
        self.number += 1
        filing = change(clean()).filing.model_copy(
            update={"id": f"f{self.number}", "owner": owner or self.users["applicant"].id, "receipt": f"R{self.number}"}
        )
        return self.store.add_filing(filing, filing.owner)

    def case(self, change: Any = lambda s: s, owner: str = "") -> Case:
        """A case after its first pass."""
        filing = self.filing(change, owner)
        case_id = self.desk.opened(filing)
        return self.reviewed(case_id, change)

    def reviewed(self, case_id: str, change: Any = lambda s: s) -> Case:
        """The first pass of the current round, by rules."""
        round_ = self.found(case_id).round
        assert self.desk.begin(case_id, round_)
        findings, gaps = review_rules(change(clean()))
        done = self.desk.finish(case_id, round_, findings, Review(inconclusive=gaps))
        assert done is not None
        return done

    def found(self, case_id: str) -> Case:
        """The case as stored."""
        case = self.desk.cases.get(case_id)
        assert case is not None
        return case

    def again(self, case: Case, change: Any) -> Case:
        """The applicant hands in a corrected filing."""
        live = self.store.filing(case.filing.id)
        assert live is not None
        filing = change(clean()).filing.model_copy(
            update={"id": live.id, "owner": live.owner, "receipt": live.receipt, "round": 2, "case": case.id}
        )
        kept = self.store.save_filing(filing, live.revision, actor=live.owner, action="filing.submitted")
        assert self.desk.opened(kept) == case.id
        return self.reviewed(case.id, change)

    def judged(self, user: User, case: Case, opinion: str = "agree") -> None:
        """An opinion on every finding."""
        for finding in case.findings:
            self.desk.opinion(user, case.id, finding.id, opinion, "核对过")


@pytest.fixture
def office(tmp_path: Path, fast_hasher: Any) -> Iterator[Office]:
    made = Office(tmp_path, fast_hasher)
    yield made
    made.store.close()


def refused(code: str, call: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    assert caught.value.code == code
    return caught.value


FAULTY = without("lease")


def test_a_submitted_filing_becomes_a_frozen_case_with_its_time_limit(office: Office) -> None:
    case_id = office.desk.opened(office.filing())
    case = office.found(case_id)
    assert (case.status, case.round, case.filed_on) == ("queued", 1, DAY)
    assert case.due_at.date() == date(2026, 11, 27)
    assert len(case.frozen_sha256) == 64
    assert office.asked == [(case_id, 1)]


def test_the_first_pass_is_not_asked_for_when_the_transaction_fails(office: Office) -> None:
    filing = office.filing()
    with pytest.raises(ZeroDivisionError), office.store.transaction():
        office.desk.opened(filing)
        raise ZeroDivisionError
    assert office.asked == []
    assert office.desk.cases.of_filing(filing.id) is None


def test_the_first_pass_makes_a_case_ready_and_may_run_twice(office: Office) -> None:
    case = office.case(FAULTY)
    assert (case.status, [f.code for f in case.findings]) == ("ready", ["MATERIAL_MISSING"])
    assert case.review.started_at is not None
    assert case.review.ended_at is not None
    assert office.desk.begin(case.id, 1) is None
    assert office.desk.finish(case.id, 1, [], Review()) is None
    assert office.found(case.id) == case


def test_an_interrupted_first_pass_is_taken_up_again(office: Office) -> None:
    case_id = office.desk.opened(office.filing(FAULTY))
    assert office.desk.begin(case_id, 1)
    found, _ = review_rules(FAULTY(clean()))
    office.desk.draft(case_id, 1, found, Review())
    assert office.desk.cases.unfinished() == [case_id]
    assert office.reviewed(case_id, FAULTY).findings == found


def test_the_queue_is_ordered_by_time_limit_then_risk(office: Office) -> None:
    calm, grave = office.case(), office.case(shown("operator_id_card", name="罗敏"))
    late = office.found(calm.id).model_copy(update={"due_at": calm.due_at + timedelta(days=1)})
    third = office.case()
    office.desk.cases.save(late, actor="system", action="test")
    order = [c.id for c in office.desk.queue(office.users["clerk"])]
    assert order == [grave.id, third.id, calm.id]


def test_the_most_urgent_case_is_claimed_and_given_to_nobody_else(office: Office) -> None:
    case = office.case()
    held = office.desk.claim(office.users["clerk"])
    assert held is not None
    assert (held.id, held.status, held.clerk) == (case.id, "claimed", office.users["clerk"].id)
    assert office.desk.claim(office.users["clerk2"]) is None
    refused("wrong_state", lambda: office.desk.claim(office.users["clerk2"], case.id))


def test_a_hold_that_ran_out_frees_the_case(office: Office) -> None:
    case = office.case()
    held = office.desk.claim(office.users["clerk"], case.id)
    assert held is not None
    past = held.model_copy(update={"claimed_until": datetime.now(UTC) - timedelta(seconds=1)})
    office.desk.cases.save(past, actor="system", action="test")
    refused("wrong_state", lambda: office.desk.release(office.users["clerk"], case.id))
    again = office.desk.claim(office.users["clerk2"])
    assert again is not None
    assert again.clerk == office.users["clerk2"].id


def test_many_clerks_at_once_never_get_the_same_case(office: Office) -> None:
    ids = {office.case().id for _ in range(6)}
    got: list[str] = []

    def work(user: User) -> None:
        for _ in range(6):
            case = office.desk.claim(user)
            if case is not None:
                got.append(case.id)

    threads = [threading.Thread(target=work, args=(office.users[name],)) for name in ("clerk", "clerk2", "supervisor")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == sorted(ids)


def test_release_gives_a_case_back(office: Office) -> None:
    case = office.case()
    office.desk.claim(office.users["clerk"], case.id)
    assert office.desk.release(office.users["clerk"], case.id).status == "ready"
    assert office.desk.claim(office.users["clerk2"]) is not None


def test_nobody_holds_or_decides_an_application_of_their_own(office: Office) -> None:
    clerk = office.users["clerk"]
    case = office.case(owner=clerk.id)
    assert office.desk.claim(clerk) is None
    refused("own_case", lambda: office.desk.claim(clerk, case.id))


@pytest.mark.parametrize("role", ["applicant", "auditor", "admin"])
def test_other_roles_see_no_case(office: Office, role: str) -> None:
    case, user = office.case(), office.users[role]
    for call in (
        lambda: office.desk.queue(user),
        lambda: office.desk.case(user, case.id),
        lambda: office.desk.claim(user),
        lambda: office.desk.page_png(user, case.id, "lease0", 1),
        lambda: office.desk.decide(user, case.id, "accept", "好"),
    ):
        refused("wrong_role", call)


def test_an_opinion_needs_a_hold_and_a_reason(office: Office) -> None:
    case, clerk = office.case(FAULTY), office.users["clerk"]
    finding = case.findings[0].id
    refused("wrong_state", lambda: office.desk.opinion(clerk, case.id, finding, "agree", "对"))
    office.desk.claim(clerk, case.id)
    refused("invalid", lambda: office.desk.opinion(clerk, case.id, finding, "agree", "  "))
    refused("not_found", lambda: office.desk.opinion(clerk, case.id, "nothing", "agree", "对"))
    kept = office.desk.opinion(clerk, case.id, finding, "dispute", "材料在窗口")
    assert kept.findings[0].opinion is not None
    assert kept.findings[0].opinion.opinion == "dispute"


def test_a_decision_waits_for_an_opinion_on_every_blocking_finding(office: Office) -> None:
    case, clerk = office.case(FAULTY), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "return", "补正"))
    office.judged(clerk, case)
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "accept", "通过"))
    assert office.desk.decide(clerk, case.id, "return", "补正").status == "returned"


def test_a_return_issues_one_numbered_notice_of_every_open_finding(office: Office) -> None:
    change = both(shown("operator_id_card", valid_to="2020-01-01"), without("lease"), said(contact_email="x"))
    case, clerk = office.case(change), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    office.judged(clerk, case)
    disputed = next(f for f in case.findings if f.code == "EMAIL_INVALID")
    office.desk.opinion(clerk, case.id, disputed.id, "dispute", "电话里核实过")
    decided = office.desk.decide(clerk, case.id, "return", "请补正", [])
    notice = office.desk.notice(clerk, case.id)
    assert {i.code for i in notice.items} == {"MATERIAL_MISSING", "ID_EXPIRED"}
    assert (notice.number, notice.round, notice.complete) == ("补正〔2026〕000001号", 1, True)
    assert all(i.what_is_wrong and i.what_to_do and i.basis for i in notice.items)
    assert decided.notices == [notice]
    live = office.store.filing(case.filing.id)
    assert live is not None
    assert live.status == "returned"
    assert office.desk.notice_for(live) == notice.model_dump(mode="json")


def test_each_line_of_a_notice_says_which_answers_and_documents_it_is_about(office: Office) -> None:
    change = both(shown("operator_id_card", valid_to="2020-01-01"), without("lease"), said(contact_email="x"))
    case, clerk = office.case(change), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    office.judged(clerk, case)
    office.desk.decide(clerk, case.id, "return", "请补正", [])
    lines = {i.code: i for i in office.desk.notice(clerk, case.id).items}
    assert lines["EMAIL_INVALID"].fields == ["contact_email"]
    assert (lines["MATERIAL_MISSING"].kinds, lines["MATERIAL_MISSING"].materials) == (["lease"], [])
    assert lines["ID_EXPIRED"].kinds == ["operator_id_card"] and len(lines["ID_EXPIRED"].materials) == 1


def test_the_owner_of_a_filing_is_told_the_days_of_the_law_while_they_run(office: Office) -> None:
    case, clerk = office.case(FAULTY), office.users["clerk"]
    filing = office.store.filing(case.filing.id)
    assert filing is not None
    told = office.desk.clock_for(filing)
    assert told == {
        "filed_on": "2026-11-20",
        "decide_by": "2026-11-25",
        "extended_by": "2026-11-30",
        "notice_by": "2026-11-27",
        "left": 5,
    }
    office.desk.claim(clerk, case.id)
    office.judged(clerk, case)
    office.desk.decide(clerk, case.id, "return", "请补正")
    back = office.store.filing(case.filing.id)
    assert back is not None and office.desk.clock_for(back) is None


def test_the_notice_can_be_printed_with_its_label(office: Office) -> None:
    case, clerk = office.case(FAULTY), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    office.judged(clerk, case)
    office.desk.decide(clerk, case.id, "return", "请补正")
    reader = PdfReader(BytesIO(office.desk.notice_pdf(clerk, case.id)))
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert "补正〔2026〕000001号" in text
    assert "房屋租赁合同" in text
    assert "人工智能" in text
    assert reader.metadata is not None
    assert "/AIGC" in reader.metadata


def test_a_clean_case_is_accepted_by_the_person_who_holds_it(office: Office) -> None:
    case, clerk = office.case(), office.users["clerk"]
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "accept", "齐全"))
    office.desk.claim(clerk, case.id)
    refused("invalid", lambda: office.desk.decide(clerk, case.id, "accept", " "))
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "return", "补正"))
    decided = office.desk.decide(clerk, case.id, "accept", "齐全")
    assert (decided.status, decided.decisions[0].by) == ("accepted", clerk.id)
    live = office.store.filing(case.filing.id)
    assert live is not None
    assert live.status == "accepted"
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "refuse", "改主意"))


def test_a_filing_changed_behind_the_desk_is_not_decided(office: Office) -> None:
    case, clerk = office.case(), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    live = office.store.filing(case.filing.id)
    assert live is not None
    other = said(capital_wan=99)(clean()).filing.answers
    office.store.save_filing(live.model_copy(update={"answers": other}), live.revision, actor="x", action="test")
    with pytest.raises(Conflict):
        office.desk.decide(clerk, case.id, "accept", "齐全")
    assert office.found(case.id).status == "claimed"


def test_an_escalated_case_is_the_supervisors(office: Office) -> None:
    case, clerk, chief = office.case(), office.users["clerk"], office.users["supervisor"]
    office.desk.claim(clerk, case.id)
    assert office.desk.decide(clerk, case.id, "escalate", "拿不准").status == "escalated"
    assert office.desk.claim(clerk) is None
    refused("wrong_state", lambda: office.desk.claim(clerk, case.id))
    assert office.desk.claim(chief, case.id) is not None
    assert office.desk.decide(chief, case.id, "accept", "可以").status == "accepted"


def test_a_high_risk_case_is_accepted_by_a_supervisor_only(office: Office) -> None:
    case, clerk = office.case(), office.users["clerk"]
    office.desk.cases.save(office.found(case.id).model_copy(update={"risk": "high"}), actor="system", action="test")
    office.desk.claim(clerk, case.id)
    refused("wrong_state", lambda: office.desk.decide(clerk, case.id, "accept", "齐全"))


def test_a_clerk_adds_a_finding_of_their_own(office: Office) -> None:
    case, clerk = office.case(), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    refused("invalid", lambda: office.desk.add_finding(clerk, case.id, "NO_SUCH_CODE", "不对"))
    nowhere = About(materials=[Place(id="nothing")])
    refused("invalid", lambda: office.desk.add_finding(clerk, case.id, "LEASE_UNSIGNED", "没签", nowhere))
    kept = office.desk.add_finding(
        clerk, case.id, "LEASE_UNSIGNED", "第二页没有签字", About(materials=[Place(id="lease0")])
    )
    assert (kept.findings[-1].source, kept.findings[-1].severity) == ("clerk", "block")
    assert office.desk.decide(clerk, case.id, "return", "补正").notices[0].items[0].code == "LEASE_UNSIGNED"


def returned(office: Office, change: Any, disputed: str = "") -> Case:
    """A case returned in its first round; findings of the code `disputed` were thought wrong."""
    case, clerk = office.case(change), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    for finding in case.findings:
        opinion = "dispute" if finding.code == disputed else "agree"
        office.desk.opinion(clerk, case.id, finding.id, opinion, "核对过")
    return office.desk.decide(clerk, case.id, "return", "补正")


def test_a_second_round_reopens_the_same_case_and_keeps_the_first(office: Office) -> None:
    first = returned(office, FAULTY)
    second = office.again(first, lambda s: s)
    assert (second.id, second.round, second.status, second.findings) == (first.id, 2, "ready", [])
    assert second.earlier == [first.frozen_sha256]
    assert second.notices == first.notices
    assert [c.status for c in office.desk.earlier(office.users["clerk"], first.id)] == ["returned"]


def test_what_the_first_round_showed_and_no_notice_named_counts_against_the_office(office: Office) -> None:
    change = both(said(contact_email="x"), shown("lease", lessee_name="罗敏"))
    first = returned(office, change, disputed="LEASE_PARTY_MISMATCH")
    second = office.again(first, shown("lease", lessee_name="罗敏"))
    assert [(f.code, f.missed_in_round) for f in second.findings] == [("LEASE_PARTY_MISMATCH", 1)]
    clerk, chief = office.users["clerk"], office.users["supervisor"]
    office.desk.claim(clerk, second.id)
    office.judged(clerk, second)
    refused("wrong_state", lambda: office.desk.decide(clerk, second.id, "return", "漏了"))
    office.desk.release(clerk, second.id)
    office.desk.claim(chief, second.id)
    assert len(office.desk.decide(chief, second.id, "return", "首次遗漏，主管说明").notices) == 2


def test_what_was_told_and_left_uncorrected_is_no_miss(office: Office) -> None:
    first = returned(office, FAULTY)
    second = office.again(first, FAULTY)
    assert [(f.code, f.missed_in_round) for f in second.findings] == [("MATERIAL_MISSING", None)]


def test_a_defect_of_a_new_document_is_no_miss(office: Office) -> None:
    first = returned(office, FAULTY)
    second = office.again(first, shown("lease", end_date="2026-01-01"))
    assert [(f.code, f.missed_in_round) for f in second.findings] == [("LEASE_EXPIRED", None)]


def test_a_withdrawn_filing_closes_its_case(office: Office) -> None:
    case = office.case()
    office.desk.withdrawn(case.filing)
    assert office.found(case.id).status == "withdrawn"
    assert office.desk.claim(office.users["clerk"]) is None


def test_the_record_tells_what_happened_without_personal_data(office: Office) -> None:
    case, clerk = office.case(FAULTY), office.users["clerk"]
    office.desk.claim(clerk, case.id)
    office.judged(clerk, case)
    office.desk.decide(clerk, case.id, "return", "补正")
    events = office.desk.events(office.users["auditor"], case.id)
    actions = [e["action"] for e in events if e["subject"] == case.id]
    assert actions == [
        "case.opened",
        "review.begun",
        "review.ended",
        "case.claimed",
        "finding.judged",
        "case.decided",
    ]
    assert "林书墨" not in str(events)


SYSTEM = ["opened", "begin", "draft", "finish", "withdrawn", "resubmitted"]


@hypothesis_settings(max_examples=40, deadline=None)
@given(steps=st.lists(st.sampled_from(SYSTEM), max_size=12))
def test_no_sequence_of_system_steps_reaches_a_decision(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory, fast_hasher: Any
) -> None:
    office = Office(tmp_path_factory.mktemp("office"), fast_hasher)
    filing = office.filing(FAULTY)
    case_id = office.desk.opened(filing)
    found = review_rules(FAULTY(clean()))[0]
    accepting = [Finding.model_validate({**f.model_dump(), "severity": "info", "source": "model"}) for f in found]
    try:
        for step in steps:
            case = office.found(case_id)
            if step == "begin":
                office.desk.begin(case_id, case.round)
            elif step == "draft":
                office.desk.draft(case_id, case.round, accepting, Review())
            elif step == "finish":
                office.desk.finish(case_id, case.round, accepting, Review())
            elif step == "withdrawn":
                office.desk.withdrawn(filing)
            else:
                office.desk.opened(filing)
            now = office.found(case_id)
            assert now.status not in ("accepted", "refused", "returned", "escalated", "claimed")
            assert (now.notices, now.decisions) == ([], [])
    finally:
        office.store.close()


def test_the_chain_verifies_without_the_product_and_names_the_first_bad_row(office: Office, tmp_path: Path) -> None:
    office.case(FAULTY)
    database, anchor = tmp_path / "bancheng.sqlite", tmp_path / "heads.jsonl"
    assert verify(database) is None
    head = keep_head(database, anchor)
    assert verify(database, anchor) is None
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TRIGGER IF EXISTS events_never_changed")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE events SET actor = 'somebody' WHERE seq = 3")
    connection.close()
    assert verify(database) == Fault(3, "写入以后内容被改动")
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM events WHERE seq >= 3")
    connection.close()
    assert verify(database) is None
    fault = verify(database, anchor)
    assert fault is not None
    assert fault.seq == 3
    assert head.seq > 3


def test_code_of_the_sample_is_an_item() -> None:
    assert Catalogue.load().get(CODE).code == CODE
