"""Who may do what at the desk, and when a decision may be made."""

from __future__ import annotations

from datetime import datetime

from assistant import problems
from assistant.filing import Filing
from assistant.people import User
from assistant.problems import Problem
from assistant.record import digest
from knowledge.citation import Citation
from knowledge.item_parts import articles
from review.case import Case, DecisionKind
from review.notice import open_findings

STAFF = ("clerk", "supervisor")
RECORD_READERS = ("clerk", "supervisor", "auditor")


def allow(user: User, roles: tuple[str, ...]) -> None:
    """Raises the 403 problem for an account of another role."""
    if user.role not in roles:
        raise problems.wrong_role()


def frozen(filing: Filing) -> str:
    """SHA-256 over what was submitted: answers and documents; not what was read in them, nor the office's state."""
    told = filing.model_dump(mode="json", include={"id", "item", "item_version", "round", "answers", "receipt"})
    told["materials"] = [[m.id, m.sha256, m.filename, m.kind_source] for m in filing.materials]
    return digest(told)


def escalated(case: Case) -> bool:
    """Whether the case of this round waits for the supervisor."""
    last = case.decisions[-1] if case.decisions else None
    return last is not None and last.decision == "escalate" and last.at >= case.submitted_at


def held_by_other(case: Case, user: User, now: datetime) -> bool:
    """Whether somebody else's hold on the case still runs."""
    return bool(case.clerk and case.clerk != user.id and case.claimed_until and case.claimed_until > now)


def named_basis(words: str) -> list[Citation]:
    """Articles named in words, without quotes; ValueError when they name none."""
    return [Citation(passage="", document=d, article=a, quote="") for d, a in articles(words)]


def check_decision(user: User, case: Case, decision: DecisionKind) -> None:
    """Raises a problem unless this person may make this decision on the case as it stands."""
    if case.filing.owner == user.id:
        raise own_case()
    if decision == "escalate":
        return
    unseen = sum(f.severity == "block" and f.opinion is None for f in case.findings)
    if unseen:
        raise problems.wrong_state(f"还有{unseen}个须补正的问题没有表明意见。")
    if decision == "accept":
        _check_accept(user, case)
    if decision == "return":
        _check_return(user, case)


def _check_accept(user: User, case: Case) -> None:
    if any(f.severity == "block" for f in open_findings(case)):
        raise problems.wrong_state("还有成立的须补正问题，不能准予登记。")
    if case.risk == "high" and user.role != "supervisor":
        raise problems.wrong_state("高风险案件由主管决定，请上报。")


def _check_return(user: User, case: Case) -> None:
    still = open_findings(case)
    if not still:
        raise problems.wrong_state("没有需要补正的问题，不能退回。")
    if user.role != "supervisor" and any(f.missed_in_round for f in still):
        raise problems.wrong_state("有前一次就能发现的问题，须由主管说明理由后再次告知，请上报。")


def own_case() -> Problem:
    """403: nobody judges an application of their own."""
    return Problem(403, "own_case", "不能办理自己提交的申请。")
