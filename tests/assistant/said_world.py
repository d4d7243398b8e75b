"""Tables of what people say, and whether the conversation made of it what it should.

A case is one mapping of `said/*.yaml`; `faults` says what went otherwise, in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from assistant import asking
from assistant.conversation import Parts, open_filing, turn
from assistant.filing import Answer, Filing, Reply, SaidEvidence, Turn

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE = "individual-business-registration"
BEFORE: dict[str, Any] = {
    "main_business": "开面馆",
    "business_scope": ["餐饮服务"],
    "has_name": True,
    "name_trade": "满满",
    "name_industry": "餐饮",
    "name_form": "店",
    "operator_name": "陈小满",
    "operator_id_number": "510106197503061020",
    "operator_mobile": "13900001111",
    "operator_residence": "四川省成都市金牛区茶店子路8号2栋3单元501",
    "operator_ethnicity": "汉族",
    "operator_education": "高中",
    "operator_political_status": "群众",
    "operator_occupation": "自由职业",
    "composition": "individual",
    "premises_kind": "leased",
    "premises_address": "四川省成都市金牛区茶店子路18号1楼102室",
    "premises_residential": False,
    "capital_wan": 5,
    "is_ecommerce": False,
    "licence_copies": 0,
    "contact_name": "陈小满",
    "contact_mobile": "13900001111",
    "contact_email": "xm@example.com",
    "has_agent": False,
}
"""What one person answered, in the order of the item; a case starts from what lies before its question."""


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a table."""
    loaded: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / f"said/{name}.yaml").read_text("utf-8"))
    return loaded


def faults(case: Mapping[str, Any], parts: Parts) -> list[str]:
    """What went otherwise than the case says; empty when it passed."""
    before, after, reply = played(case, parts)
    found = _compared(case, before, after, reply)
    if found and "or" in case:
        found = _compared({**case, **case["or"]}, before, after, reply) and found
    return found


def played(case: Mapping[str, Any], parts: Parts) -> tuple[Filing, Filing, Reply]:
    """The filing before and after the lines of a case, and the last reply."""
    lines = [str(s) for s in (case["say"] if isinstance(case["say"], list) else [case["say"]])]
    if case.get("opening"):
        empty = Filing(id="", owner="me", item=CODE, item_version="1", created_at=NOW, updated_at=NOW)
        filing, reply = open_filing("me", CODE, lines[0], parts, NOW)
        before, rest = empty, lines[1:]
    else:
        before, rest = _under_way(case, parts), lines
        filing, reply = before, Reply(status="asked", text="")
    for line in rest:
        filing, reply = turn(filing, line, parts, NOW)
    return before, filing, reply


def _under_way(case: Mapping[str, Any], parts: Parts) -> Filing:
    item, asked = parts.catalogue.get(CODE), case["at"]
    order = list(BEFORE) if asked in BEFORE else [f.id for f in item.fields]
    known = {f: BEFORE[f] for f in order[: order.index(asked)] if f in BEFORE} | dict(case.get("have", {}))
    answers = {
        f: Answer(value=v, source="form", confirmed=True) for f, v in known.items() if f not in case.get("lack", ())
    }
    filing = Filing(
        id="f", owner="me", item=CODE, item_version="1", answers=answers, pending=asked, created_at=NOW, updated_at=NOW
    )
    text, options = asking.question(item, asked, filing, parts.scopes)
    said = Reply(status="asked", text=text, asked=asked, options=options, noted=list(case.get("last", ())))
    turns = [Turn(role="user", text="（前面的话）", at=NOW), Turn(role="assistant", text=text, at=NOW, reply=said)]
    return filing.model_copy(update={"turns": turns})


def _compared(case: Mapping[str, Any], before: Filing, after: Filing, reply: Reply) -> list[str]:
    wanted, old = dict(case["values"]), before.values()
    new = {f: a.value for f, a in after.answers.items() if a.source != "derived"}
    out = [f"{f}: {new.get(f)!r}, not {v!r}" for f, v in wanted.items() if not _fits(new.get(f), v)]
    changed = {f for f in {*old, *new} if old.get(f) != new.get(f) and (f in new or f in old)}
    changed = {f for f in changed if f in new or after.answers.get(f) is None}
    out += [f"{f}: stored {new.get(f)!r} unasked" for f in sorted(changed - {*wanted, *case.get("may", ())})]
    out += [f"{f}: no words for it" for f in wanted if f in changed and not _quoted(after, f)]
    if "asked" in case and str(reply.asked or "null") not in str(case["asked"]).split("|"):
        out.append(f"asked {reply.asked}, not {case['asked']}")
    if "text" in case and not any(str(t) in reply.text for t in case["text"]):
        out.append(f"said {reply.text!r}")
    if case.get("care") and not getattr(after, "care", None):
        out.append("nobody was told to take care")
    return out


def _fits(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, str) and wanted.startswith("~"):
        return wanted[1:] in str(value) and value is not None
    if isinstance(wanted, str):
        return value in wanted.split("|")
    return bool(value == wanted)


def _quoted(filing: Filing, field: str) -> bool:
    """Whether a stored value points at words of a line of the person's."""
    answer = filing.answers[field]
    if answer.value is None or not isinstance(answer.evidence, SaidEvidence):
        return False
    place = answer.evidence
    return filing.turns[place.turn].text[place.start : place.end] == place.quote != ""
