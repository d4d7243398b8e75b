"""Are some words of a claim borne out by a text, without a model: for names, numbers and events in long reports.

That the words stand somewhere in the text is a start; what tells more is whether they stand among the other words of
the claim. The features are weighted by a fit of `knowledge.fitting`.
"""

from __future__ import annotations

import math
import re

from knowledge.numerals import quantities, same, widen

FEATURES = (
    "stands",
    "share",
    "letters",
    "run",
    "context",
    "near",
    "cover",
    "left",
    "right",
    "before",
    "after",
    "digit",
    "numeral",
    "quantity",
    "times",
    "length",
    "place",
    "novelty",
    "stands_context",
    "stands_cover",
    "absent_cover",
    "absent_share",
    "stands_length",
    "absent_numeral",
    "numeral_context",
)
_SENTENCE = re.compile(r"[。！？；\n]")
_BESIDE, _REACH, _WINDOW = 4, 6, 15
"""Characters beside the words that are looked for near them; how far a match is followed; where they are sought."""


def focus_features(words: str, claim: str, text: str) -> dict[str, float]:
    """Named numbers for `words`, a part of `claim`, against `text`; 0 to 1 but for counts and logarithms."""
    wanted, said, whole = _plain(words), _plain(claim), _plain(text)
    at = said.find(wanted)
    left, right = (said[:at], said[at + len(wanted) :]) if at >= 0 else (said, "")
    stands = wanted in whole
    own, rest = _pairs(wanted), (_pairs(left) if left else set()) | (_pairs(right) if right else set())
    sentences = [p for s in _SENTENCE.split(text) if (p := _plain(s))]
    holding = [s for s in sentences if wanted in s] or sorted(sentences, key=lambda s: -len(own & _pairs(s)))[:1]
    numeral, digit = bool(re.search(r"[\d一二三四五六七八九十百千万]", wanted)), bool(re.search(r"\d", wanted))
    there, given = quantities(text), quantities(words)
    out = {
        "stands": float(stands),
        "share": _part(own, whole),
        "letters": sum(c in whole for c in wanted) / max(1, len(wanted)),
        "run": _run(wanted, whole) / max(1, len(wanted)),
        "context": max((_part(rest, s) for s in holding), default=0.0),
        "near": max((_part(rest, s) for s in sentences), default=0.0),
        "cover": _part(rest, whole),
        "left": float(_follow(left[::-1], wanted[::-1], whole[::-1])) if stands else 0.0,
        "right": float(_follow(right, wanted, whole)) if stands else 0.0,
        "before": max((_run(left[-_BESIDE:], _before(s, wanted)) for s in holding), default=0) / _BESIDE,
        "after": max((_run(right[:_BESIDE], _after(s, wanted)) for s in holding), default=0) / _BESIDE,
        "digit": float(digit),
        "numeral": float(numeral),
        "quantity": float(bool(given) and all(any(same(q, p) for p in there) for q in given)),
        "times": math.log1p(whole.count(wanted)) if wanted else 0.0,
        "length": math.log(max(1, len(wanted))),
        "place": whole.find(wanted) / max(1, len(whole)) if stands else 1.0,
        "novelty": sum(c not in whole for c in said) / max(1, len(said)),
    }
    absent = 1.0 - out["stands"]
    return out | {
        "stands_context": out["stands"] * out["context"],
        "stands_cover": out["stands"] * out["cover"],
        "absent_cover": absent * out["cover"],
        "absent_share": absent * out["share"],
        "stands_length": out["stands"] * len(wanted),
        "absent_numeral": absent * out["numeral"],
        "numeral_context": out["stands"] * out["numeral"] * out["context"],
    }


def _plain(text: str) -> str:
    return re.sub(r"[\W_]", "", widen(text))


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)} or {text}


def _part(wanted: set[str], text: str) -> float:
    return sum(w in text for w in wanted) / max(1, len(wanted))


def _run(words: str, text: str) -> int:
    """Length of the longest piece of the words that stands in the text."""
    best = 0
    for start in range(len(words)):
        while start + best < len(words) and words[start : start + best + 1] in text:
            best += 1
    return best


def _follow(beside: str, words: str, text: str) -> int:
    """How many characters beside the words stand beside them in the text too."""
    n = 0
    while n < min(_REACH, len(beside)) and words + beside[: n + 1] in text:
        n += 1
    return n


def _before(sentence: str, words: str) -> str:
    at = sentence.find(words)
    return sentence[max(0, at - _WINDOW) : at] if at >= 0 else sentence


def _after(sentence: str, words: str) -> str:
    at = sentence.find(words)
    return sentence[at + len(words) : at + len(words) + _WINDOW] if at >= 0 else sentence
