"""The desk: what clerks can do with cases, used by the page and the interface alike. Only a person decides.

Every method takes the signed-in user; refusals are `Problem`s. A system step can open a case and record findings;
nothing here lets one reach `returned`, `accepted`, `refused` or a notice.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assistant import problems
from assistant.filing import Filing
from assistant.people import User
from assistant.store import Conflict, Store
from knowledge.items import Catalogue, Item
from prompts.settings import Settings
from review import clock
from review.case import About, Case, Decision, DecisionKind, Finding, Notice, Opinion, Review
from review.duties import (
    RECORD_READERS,
    STAFF,
    allow,
    check_decision,
    escalated,
    frozen,
    held_by_other,
    named_basis,
    own_case,
)
from review.missed import mark_missed
from review.notice import notice_of, notice_pdf
from review.risk import risk_of
from review.store import OPEN, Cases

LEASE = timedelta(minutes=30)
_STATUS: dict[DecisionKind, Any] = {"accept": "accepted", "return": "returned", "refuse": "refused"}


class Desk:
    """The reviewing side of the office."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        catalogue: Catalogue,
        page_png: Callable[[Any, int], bytes],
        authority: str = "",
    ) -> None:
        """`page_png(material, n)` draws a page; `authority` is the office's name on notices."""
        self.settings, self.store, self.catalogue, self.authority = settings, store, catalogue, authority
        self.cases = Cases(store.database)
        self._page_png = page_png
        self.review: Callable[[str, int], None] = lambda case_id, round_: None
        """Asks for the first pass of a round of a case; set by the jobs."""

    # Taking in

    def opened(self, filing: Filing) -> str:
        """Takes in a submitted filing: frozen, hashed, with its time limit. A later round reopens the same case."""
        before = self.cases.of_filing(filing.id)
        with self.store.transaction() as unit:
            if before is None:
                case = self.cases.add(self._new(filing), filing.owner)
            else:
                self.cases.keep_round(before)
                case = self.cases.save(self._next(before, filing), actor=filing.owner, action="case.resubmitted")
            unit.after_commit(lambda: self.review(case.id, case.round))
        return case.id

    def withdrawn(self, filing: Filing) -> None:
        """Closes the case of a filing its owner takes back; a decided case stays as it is."""
        case = self.cases.of_filing(filing.id)
        if case is not None and case.status not in ("accepted", "refused"):
            closed = case.model_copy(update={"status": "withdrawn", "clerk": None, "claimed_until": None})
            self.cases.save(closed, actor=filing.owner, action="case.withdrawn")

    def _new(self, filing: Filing) -> Case:
        now, day = datetime.now(UTC), self.settings.day()
        return Case(
            id=filing.case or "c" + secrets.token_hex(8),
            filing=filing,
            frozen_sha256=frozen(filing),
            round=filing.round,
            submitted_at=now,
            filed_on=day,
            due_at=clock.due(day, self.item(filing.item).days.notice, self.settings.timezone),
        )

    def _next(self, before: Case, filing: Filing) -> Case:
        fresh = self._new(filing)
        return fresh.model_copy(
            update={
                "id": before.id,
                "round": before.round + 1,
                "revision": before.revision,
                "notices": before.notices,
                "decisions": before.decisions,
                "earlier": [*before.earlier, before.frozen_sha256],
            }
        )

    # The first pass: system steps, none of which decides

    def begin(self, case_id: str, round_: int) -> Case | None:
        """Marks the first pass of a round as begun, with what was read in its documents; None when it is past that."""
        case = self.cases.get(case_id)
        if case is None or case.round != round_ or case.status not in ("queued", "reviewing"):
            return None
        if case.status == "reviewing":
            return case
        live = self.store.filing(case.filing.id)
        read = {(m.id, m.sha256): m for m in live.materials} if live else {}
        materials = [read.get((m.id, m.sha256), m) for m in case.filing.materials]
        filing = case.filing.model_copy(update={"materials": materials})
        review = Review(started_at=datetime.now(UTC))
        begun = case.model_copy(update={"status": "reviewing", "review": review, "filing": filing})
        return self.cases.save(begun, actor="system", action="review.begun")

    def draft(self, case_id: str, round_: int, findings: list[Finding], review: Review) -> Case | None:
        """Keeps what the rules found while the first pass goes on."""
        with self.store.transaction():
            case = self.cases.get(case_id)
            if case is None or case.round != round_ or case.status != "reviewing":
                return None
            kept = review.model_copy(update={"started_at": case.review.started_at})
            told = case.model_copy(update={"findings": findings, "review": kept})
            return self.cases.save(told, actor="system", action="review.rules")

    def finish(self, case_id: str, round_: int, findings: list[Finding], review: Review) -> Case | None:
        """Records what the first pass found, in place of what an interrupted one left. None when the round is over."""
        with self.store.transaction():
            case = self.cases.get(case_id)
            if case is None or case.round != round_ or case.status != "reviewing":
                return None
            marked = mark_missed(case, findings, self.cases.rounds(case_id))
            started = case.review.started_at
            ended = review.model_copy(update={"started_at": started, "ended_at": datetime.now(UTC)})
            ready = case.model_copy(
                update={"status": "ready", "findings": marked, "review": ended, "risk": risk_of(marked)}
            )
            body = {"codes": sorted(f.code for f in marked), "inconclusive": sorted(ended.inconclusive)}
            return self.cases.save(ready, actor="system", action="review.ended", body=body)

    # Looking

    def item(self, code: str) -> Item:
        """The service item of a case."""
        return self.catalogue.get(code)

    def queue(self, user: User, statuses: Iterable[str] = OPEN, mine: bool = False) -> list[Case]:
        """Cases most urgent first: by legal time limit, then by risk."""
        allow(user, STAFF)
        return self.cases.listed(tuple(statuses), user.id if mine else None)

    def case(self, user: User, case_id: str) -> Case:
        """One case; the 404 problem when there is none."""
        allow(user, STAFF)
        found = self.cases.get(case_id)
        if found is None:
            raise problems.not_found("这个案件")
        return found

    def earlier(self, user: User, case_id: str) -> list[Case]:
        """Earlier rounds of a case as they stood when the next began."""
        self.case(user, case_id)
        return self.cases.rounds(case_id)

    def events(self, user: User, case_id: str) -> list[dict[str, Any]]:
        """What happened to a case and its filing, oldest first, without personal data."""
        allow(user, RECORD_READERS)
        case = self.cases.get(case_id)
        if case is None:
            raise problems.not_found("这个案件")
        database = self.store.database
        found = [*database.events(case.id), *database.events(case.filing.id)]
        return [{**vars(e), "body": dict(e.body)} for e in sorted(found, key=lambda e: e.seq)]

    def page_png(self, user: User, case_id: str, material_id: str, n: int) -> bytes:
        """Image of a page (from 1) of a document of the frozen filing."""
        case = self.case(user, case_id)
        material = next((m for m in case.filing.materials if m.id == material_id), None)
        if material is None:
            raise problems.not_found("这份材料")
        return self._page_png(material, n)

    # Holding

    def claim(self, user: User, case_id: str | None = None) -> Case | None:
        """Takes the most urgent free case, or a named one; None when none is free. Held for 30 minutes at a time."""
        allow(user, STAFF)
        if case_id is not None:
            return self._claim_named(user, case_id)
        with self.store.transaction():
            for waiting in self.cases.waiting(datetime.now(UTC), user.id):
                case = self.cases.get(waiting)
                if case is not None and self._may_hold(user, case):
                    return self._hold(user, case)
        return None

    def _claim_named(self, user: User, case_id: str) -> Case:
        with self.store.transaction():
            case = self.case(user, case_id)
            if case.filing.owner == user.id:
                raise own_case()
            if held_by_other(case, user, datetime.now(UTC)):
                raise problems.wrong_state("这个案件正由另一位工作人员办理。")
            if case.status not in ("ready", "claimed", "escalated"):
                raise problems.wrong_state("这个案件现在不能领取。")
            if not self._may_hold(user, case):
                raise problems.wrong_state("这个案件已经上报，由主管办理。")
            return self._hold(user, case)

    def _may_hold(self, user: User, case: Case) -> bool:
        """An escalated case is the supervisor's."""
        return user.role == "supervisor" or not escalated(case)

    def _hold(self, user: User, case: Case) -> Case:
        until = datetime.now(UTC) + LEASE
        held = case.model_copy(update={"status": "claimed", "clerk": user.id, "claimed_until": until})
        return self.cases.save(held, actor=user.id, action="case.claimed")

    def release(self, user: User, case_id: str) -> Case:
        """Gives a case back to the queue."""
        with self.store.transaction():
            case = self._held(user, case_id)
            status = "escalated" if escalated(case) else "ready"
            free = case.model_copy(update={"status": status, "clerk": None, "claimed_until": None})
            return self.cases.save(free, actor=user.id, action="case.released")

    def _held(self, user: User, case_id: str) -> Case:
        """The case, when this user holds it; working on it renews the hold."""
        allow(user, STAFF)
        case = self.case(user, case_id)
        now = datetime.now(UTC)
        if case.status != "claimed" or case.clerk != user.id or case.claimed_until is None or case.claimed_until < now:
            raise problems.wrong_state("请先领取这个案件；领取超过时限的，请重新领取。")
        return case.model_copy(update={"claimed_until": now + LEASE})

    # Judging

    def opinion(self, user: User, case_id: str, finding_id: str, opinion: str, reason: str) -> Case:
        """Agrees with a finding or disputes it; either needs a reason."""
        if opinion not in ("agree", "dispute"):
            raise problems.invalid({"opinion": "请选择同意或者不同意"})
        if not reason.strip():
            raise problems.invalid({"reason": "请写明理由"})
        with self.store.transaction():
            case = self._held(user, case_id)
            given = Opinion.model_validate(
                {"opinion": opinion, "reason": reason.strip(), "clerk": user.id, "at": datetime.now(UTC)}
            )
            findings = [f.model_copy(update={"opinion": given}) if f.id == finding_id else f for f in case.findings]
            if findings == case.findings:
                raise problems.not_found("这个问题")
            kept = case.model_copy(update={"findings": findings, "risk": risk_of(findings)})
            body = {
                "finding": finding_id,
                "opinion": opinion,
                "code": next((f.code for f in case.findings if f.id == finding_id), ""),
            }
            return self.cases.save(kept, actor=user.id, action="finding.judged", body=body)

    def add_finding(
        self, user: User, case_id: str, code: str, message: str, about: About | None = None, basis: str = ""
    ) -> Case:
        """A clerk's own finding; one that earlier documents showed counts against the office."""
        with self.store.transaction():
            case = self._held(user, case_id)
            added = self._own_finding(user, case, code, message, about or About(), basis)
            marked = mark_missed(case, [added], self.cases.rounds(case_id))
            findings = [*case.findings, *marked]
            kept = case.model_copy(update={"findings": findings, "risk": risk_of(findings)})
            body = {"finding": added.id, "code": code, "missed_in_round": marked[0].missed_in_round}
            return self.cases.save(kept, actor=user.id, action="finding.added", body=body)

    def _own_finding(self, user: User, case: Case, code: str, message: str, about: About, basis: str) -> Finding:
        check = self.item(case.filing.item).check(code)
        wrong = {} if check else {"code": "没有这个问题代码"}
        wrong |= {} if message.strip() else {"message": "请写明问题"}
        known = {m.id for m in case.filing.materials}
        wrong |= {"about": "没有这份材料"} if {p.id for p in about.materials} - known else {}
        if wrong or check is None:
            raise problems.invalid(wrong)
        given = Opinion(opinion="agree", reason="工作人员添加", clerk=user.id, at=datetime.now(UTC))
        return Finding(
            id="k" + secrets.token_hex(6),
            code=code,
            severity=check.severity,
            source="clerk",
            standing="established",
            about=about,
            expected="",
            found=message.strip(),
            message=message.strip(),
            remedy=check.remedy,
            basis=named_basis(basis or check.basis),
            opinion=given,
        )

    # Deciding

    def decide(
        self, user: User, case_id: str, decision: DecisionKind, reason: str, findings: Iterable[str] = ()
    ) -> Case:
        """Accepts, returns for correction, refuses or escalates; by the person who holds the case, with a reason."""
        if not reason.strip():
            raise problems.invalid({"reason": "请写明理由"})
        with self.store.transaction() as unit:
            case = self._held(user, case_id)
            check_decision(user, case, decision)
            made = Decision(
                decision=decision, reason=reason.strip(), by=user.id, at=datetime.now(UTC), findings=list(findings)
            )
            case = case.model_copy(update={"decisions": [*case.decisions, made]})
            if decision == "escalate":
                up = case.model_copy(update={"status": "escalated", "clerk": None, "claimed_until": None})
                return self.cases.save(up, actor=user.id, action="case.escalated")
            if decision == "return":
                notice = notice_of(case, self._number(unit.next_number), made.at)
                case = case.model_copy(update={"notices": [*case.notices, notice]})
            return self._close(user, case, decision)

    def _number(self, next_number: Callable[[str], int]) -> str:
        year = self.settings.day().year
        return f"补正〔{year}〕{next_number(f'notice {year}'):06d}号"

    def _close(self, user: User, case: Case, decision: DecisionKind) -> Case:
        status = _STATUS[decision]
        filing = self.store.filing(case.filing.id)
        if filing is None or frozen(filing) != case.frozen_sha256:
            raise Conflict(f"filing of case {case.id} is not the one that was reviewed")
        self.store.save_filing(
            filing.model_copy(update={"status": status}), filing.revision, actor=user.id, action=f"filing.{status}"
        )
        closed = case.model_copy(update={"status": status, "clerk": user.id, "claimed_until": None})
        body = {"decision": decision, "notice": case.notices[-1].number if decision == "return" else None}
        return self.cases.save(closed, actor=user.id, action="case.decided", body=body)

    # Telling

    def notice(self, user: User, case_id: str) -> Notice:
        """The latest notice of a case; the 404 problem when there is none."""
        case = self.case(user, case_id)
        if not case.notices:
            raise problems.not_found("告知书")
        return case.notices[-1]

    def notice_pdf(self, user: User, case_id: str) -> bytes:
        """The latest notice as a PDF."""
        return self._paper(self.case(user, case_id), self.notice(user, case_id))

    def notice_for(self, filing: Filing) -> dict[str, Any] | None:
        """The latest notice of a filing as JSON, for its owner."""
        case = self.cases.of_filing(filing.id)
        return case.notices[-1].model_dump(mode="json") if case and case.notices else None

    def notice_pdf_for(self, filing: Filing) -> bytes | None:
        """The latest notice of a filing as a PDF, for its owner."""
        case = self.cases.of_filing(filing.id)
        return self._paper(case, case.notices[-1]) if case and case.notices else None

    def clock_for(self, filing: Filing) -> dict[str, Any] | None:
        """How long the office has for a filing, for its owner; None when nothing is running."""
        case = self.cases.of_filing(filing.id)
        if case is None or filing.status != "submitted":
            return None
        days, zone = self.item(filing.item).days, self.settings.timezone
        decide = clock.due(case.filed_on, days.decide, zone)
        return {
            "filed_on": case.filed_on.isoformat(),
            "decide_by": decide.date().isoformat(),
            "extended_by": clock.after(case.filed_on, days.decide + days.extension).isoformat(),
            "notice_by": case.due_at.astimezone(decide.tzinfo).date().isoformat(),
            "left": clock.left(self._noon(), case.due_at.astimezone(decide.tzinfo)),
        }

    def _noon(self) -> datetime:
        """The middle of the office's day."""
        return datetime.combine(self.settings.day(), time(12), ZoneInfo(self.settings.timezone))

    def _paper(self, case: Case, notice: Notice) -> bytes:
        item = self.item(case.filing.item)
        return notice_pdf(case, notice, item, self.authority, self.settings.timezone)
