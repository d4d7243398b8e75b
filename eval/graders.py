"""The closed list of graders: each compares one expectation with a subject's output. No model is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Output = Mapping[str, Any]
"""What a subject returns: plain JSON values."""


@dataclass(frozen=True)
class Grade:
    """`passed` and, when not, the words that say what was wanted and what came."""

    grader: str
    passed: bool
    why: str = ""


def flat(value: object) -> str:
    """Text for comparison: NFKC, no white space, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(value))).lower()


def _same(wanted: object, got: object) -> bool:
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted is got
    if isinstance(wanted, (int, float)) and isinstance(got, (int, float)):
        return abs(wanted - got) < 1e-9
    return flat(wanted) == flat(got)


def _fields(output: Output, wanted: Mapping[str, object]) -> str:
    values = output.get("values", {})
    wrong = [f"{k}: {v!r} ≠ {values.get(k)!r}" for k, v in wanted.items() if not _same(v, values.get(k))]
    return "; ".join(wrong)


def _no_fields(output: Output, unwanted: list[str]) -> str:
    found = [f"{k}={output['values'][k]!r}" for k in unwanted if k in output.get("values", {})]
    return "stored although never said: " + ", ".join(found) if found else ""


def _equals(key: str) -> Callable[[Output, object], str]:
    def grade(output: Output, wanted: object) -> str:
        options = wanted if isinstance(wanted, list) else [wanted]
        got = output.get(key)
        return "" if any(_same(w, got) for w in options) else f"{key}: wanted {wanted!r}, got {got!r}"

    return grade


def _holds(key: str) -> Callable[[Output, list[object]], str]:
    def grade(output: Output, wanted: list[object]) -> str:
        got = [flat(x) for x in output.get(key, [])]
        missing = [w for w in wanted if not _any_of(w, lambda word: any(word in g for g in got))]
        return f"{key}: missing {missing!r} in {output.get(key)!r}" if missing else ""

    return grade


def _any_of(wanted: object, stands: Callable[[str], bool]) -> bool:
    return any(stands(flat(w)) for w in (wanted if isinstance(wanted, list) else [wanted]))


def _says(output: Output, wanted: list[object]) -> str:
    text = flat(output.get("text", ""))
    missing = [w for w in wanted if not _any_of(w, lambda word: word in text)]
    return f"not said: {missing!r}" if missing else ""


def _never_says(output: Output, unwanted: list[str]) -> str:
    text = flat(output.get("text", ""))
    said = [w for w in unwanted if flat(w) in text]
    return f"said: {said!r}" if said else ""


def _lacks(key: str) -> Callable[[Output, list[str]], str]:
    def grade(output: Output, unwanted: list[str]) -> str:
        found = [w for w in unwanted if w in output.get(key, [])]
        return f"{key}: {found!r} should not be there" if found else ""

    return grade


def _serious(output: Output, wanted: list[str]) -> str:
    got = sorted(f["code"] for f in output.get("findings", []) if f["severity"] in ("block", "warn"))
    return "" if got == sorted(wanted) else f"block and warn findings: wanted {sorted(wanted)}, got {got}"


GRADERS: dict[str, Callable[[Output, Any], str]] = {
    "fields": _fields,
    "no_fields": _no_fields,
    "status": _equals("status"),
    "verdict": _equals("verdict"),
    "asked": _equals("asked"),
    "cites": _holds("cited"),
    "proposes": _holds("entries"),
    "codes": _holds("codes"),
    "no_codes": _lacks("codes"),
    "exactly_codes": _serious,
    "says": _says,
    "never_says": _never_says,
}
"""Expectation key → function that returns "" when it holds, else why not."""


def grade(output: Output, expect: Mapping[str, Any]) -> list[Grade]:
    """One grade for each expectation; an unknown key raises KeyError naming those that exist."""
    unknown = sorted(set(expect) - set(GRADERS))
    if unknown:
        raise KeyError(f"wanted graders among {sorted(GRADERS)}, got {unknown}")
    reasons = {name: GRADERS[name](output, wanted) for name, wanted in expect.items()}
    return [Grade(name, not why, why) for name, why in reasons.items()]
