"""Runs every check of an item over a submitted filing. No rule stops another; a rule that fails is a visible gap.

Rules by subject: `rules_identity` · `rules_name` · `rules_scope` · `rules_premises` · `rules_usage` · `rules_form` ·
`rules_documents`. The item file says which checks apply, how grave each is, on which article and what to do about it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import import_module

import structlog

from knowledge.citation import Citation
from knowledge.item_parts import articles
from knowledge.items import Check
from review.case import About, Finding
from review.submitted import RULES, Defect, Inconclusive, Submitted

PARTS = ("identity", "name", "scope", "premises", "usage", "form", "documents")
_QUOTE = 160

for _part in PARTS:
    import_module(f"review.rules_{_part}")

_log = structlog.get_logger(__name__)


def review_rules(s: Submitted) -> tuple[list[Finding], dict[str, str]]:
    """(findings, {code: why the check could not decide}) of every check of the item."""
    findings: list[Finding] = []
    gaps: dict[str, str] = {}
    for check in s.item.checks:
        found, doubts = run(s, check)
        findings += found
        if doubts:
            gaps[check.code] = "；".join(dict.fromkeys(doubts))
    return distinct(findings), gaps


def run(s: Submitted, check: Check) -> tuple[list[Finding], list[str]]:
    """(findings, doubts) of one check. A rule that raises leaves a doubt, never silence."""
    found: list[Finding] = []
    doubts: list[str] = []
    rule = RULES.get(check.kind)
    if rule is None:
        return [], [f"没有“{check.kind}”这种检查"]
    try:
        for outcome in rule(s, check):
            if isinstance(outcome, Inconclusive):
                doubts.append(outcome.reason)
            else:
                found.append(finding(s, check, outcome))
    except Exception as error:  # a fault in one rule must not hide what the others find
        _log.exception("rule failed", code=check.code, kind=check.kind, error=type(error).__name__)
        doubts.append(f"检查出错，没有完成（{type(error).__name__}）")
    return found, doubts


def finding(s: Submitted, check: Check, defect: Defect) -> Finding:
    """A defect with its id, weight, basis and remedy. The id follows from the content: the same defect, the same id."""
    return Finding(
        id=finding_id(check.code, defect),
        code=check.code,
        severity=defect.severity or check.severity,
        source="rule",
        standing="established",
        about=About(fields=list(defect.fields), materials=list(defect.places)),
        expected=defect.expected,
        found=defect.found,
        message=defect.message,
        remedy=defect.remedy or check.remedy,
        basis=basis(s, [check.basis, *defect.cites]),
    )


def finding_id(code: str, defect: Defect) -> str:
    """Twelve hex digits over the code, the fields and the documents with what was found in them.

    What is about neither, an absent document, is told apart by what was expected.
    """
    about = [*sorted(defect.fields), *sorted(f"{p.id}:{p.page}:{p.quote}" for p in defect.places)]
    parts = [code, *(about or [defect.expected]), defect.found]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def basis(s: Submitted, named: Iterable[str]) -> list[Citation]:
    """Citations in force on the filing day; an article the library does not hold is named without a quote."""
    found: list[Citation] = []
    for document, article in dict.fromkeys(pair for words in named for pair in articles(words)):
        passage = s.library.article(document, article, s.filed_on) if s.library and article else None
        if passage is None:
            found.append(Citation(passage="", document=document, article=article, quote=""))
        else:
            found.append(Citation.of(passage, opening(passage.text)))
    return found


def opening(text: str) -> str:
    """The first sentences of an article, whole, as much as a notice can carry."""
    if len(text) <= _QUOTE:
        return text
    cut = max(text.rfind(mark, 0, _QUOTE) for mark in "。；\n")
    return text[: cut + 1].rstrip("\n") if cut > 0 else text[:_QUOTE]


def distinct(findings: list[Finding]) -> list[Finding]:
    """Without repeats, gravest first, otherwise in the order found."""
    weight = {"block": 0, "warn": 1, "info": 2}
    return sorted({f.id: f for f in findings}.values(), key=lambda f: weight[f.severity])


__all__ = ["Defect", "basis", "distinct", "finding", "finding_id", "review_rules", "run"]
