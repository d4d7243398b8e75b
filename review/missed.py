"""Defects that surface late: what an earlier round already showed and no notice named is the office's miss."""

from __future__ import annotations

from collections.abc import Sequence

from review.case import Case, Finding, NoticeItem

_BY_DAY = ("ID_EXPIRED", "LEASE_EXPIRED", "APPROVAL_EXPIRED", "AGE_UNDER_16", "AGE_16_17", "FORM_DATE")
"""Codes that depend on the filing day: time alone may have made them true."""


def mark_missed(case: Case, findings: Sequence[Finding], earlier: Sequence[Case]) -> list[Finding]:
    """Findings with `missed_in_round` set to the first earlier round that showed them without telling."""
    return [_marked(case, f, earlier) for f in findings]


def _marked(case: Case, finding: Finding, earlier: Sequence[Case]) -> Finding:
    if finding.severity == "info" or told(case, finding, earlier):
        return finding
    for before in earlier:
        if shown(case, finding, before):
            return finding.model_copy(update={"missed_in_round": before.round})
    return finding


def told(case: Case, finding: Finding, earlier: Sequence[Case]) -> bool:
    """Whether a notice of the case already named this defect."""
    items = [
        (before, item) for before in earlier for n in before.notices if n.round == before.round for item in n.items
    ]
    return any(item.code == finding.code and _same(case, finding, before, item) for before, item in items)


def _same(case: Case, finding: Finding, before: Case, item: NoticeItem) -> bool:
    """About the same fields, the same kind of document, or the same absent one."""
    old = next((f for f in before.findings if f.id == item.finding), None)
    if old is None or old.id == finding.id:
        return True
    if set(old.about.fields) & set(finding.about.fields) or _kinds(before, old) & _kinds(case, finding):
        return True
    bare = not (finding.about.fields or finding.about.materials)
    return bare and old.expected == finding.expected


def _kinds(case: Case, finding: Finding) -> set[str]:
    named = {p.id for p in finding.about.materials}
    return {m.kind for m in case.filing.materials if m.id in named}


def shown(case: Case, finding: Finding, before: Case) -> bool:
    """Whether everything the finding rests on was the same in the earlier round."""
    if finding.code in _BY_DAY and before.filed_on != case.filed_on:
        return False
    old = {m.sha256 for m in before.filing.materials}
    now = {m.id: m.sha256 for m in case.filing.materials}
    if any(now.get(p.id) not in old for p in finding.about.materials):
        return False
    was, is_ = before.filing.values(), case.filing.values()
    if any(was.get(name) != is_.get(name) for name in finding.about.fields):
        return False
    return bool(finding.about.fields or finding.about.materials) or _absent(finding, before)


def _absent(finding: Finding, before: Case) -> bool:
    """A document missing now was missing then."""
    kind = finding.expected.split(" ", 1)[0]
    return all(m.kind != kind for m in before.filing.materials)
