"""How carefully a case has to be looked at, with the reasons shown to the clerk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from assistant.filing import Care
from review.case import Case, Finding, Risk

_GRAVE = {
    "OPERATOR_RESTRICTED": "经营者可能受限",
    "AGE_UNDER_16": "经营者未满十六周岁",
    "AGE_16_17": "经营者未成年，须人工核实",
    "MATERIAL_INSTRUCTION": "材料里有写给审核系统的话",
    "MATERIAL_HIDDEN_TEXT": "材料里有隐藏文字",
    "ID_NAME_MISMATCH": "身份信息不一致",
    "ID_NUMBER_MISMATCH": "身份信息不一致",
    "SCOPE_PRE_APPROVAL": "涉及登记前许可",
}


def standing(findings: Sequence[Finding]) -> list[Finding]:
    """Findings no clerk disputes."""
    return [f for f in findings if not (f.opinion and f.opinion.opinion == "dispute")]


CARE = {
    "danger": "申请人在对话里说到不想活，请马上联系本人",
    "distress": "申请人处境困难或者情绪低落，请优先办理并主动联系",
    "anger": "申请人在对话里表示不满，请优先办理并主动联系",
}


def urgency(case: Case) -> int:
    """Rank among cases with the same time limit: somebody in distress or anger first, then by risk."""
    return get_args(Risk).index(case.risk) + (len(get_args(Risk)) if case.filing.care else 0)


def reasons(findings: Sequence[Finding], care: Care | None = None) -> list[str]:
    """Why the case needs attention, gravest first."""
    still = standing(findings)
    grave = [_GRAVE[f.code] for f in still if f.code in _GRAVE]
    blocks = sum(f.severity == "block" for f in still)
    disputed = sum(f.standing in ("disputed", "unchecked") for f in still)
    told = [f"{blocks}个须补正的问题"] if blocks else []
    told += [f"{disputed}个问题检查意见不一"] if disputed else []
    return [*([CARE[care.kind]] if care else []), *dict.fromkeys(grave), *told]


def risk_of(findings: Sequence[Finding]) -> Risk:
    """High: a grave finding stands. Medium: something has to be put right or is in doubt. Low: neither."""
    still = standing(findings)
    if any(f.code in _GRAVE for f in still):
        return "high"
    return "medium" if any(f.severity != "info" for f in still) else "low"
