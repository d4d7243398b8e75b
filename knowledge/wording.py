"""Chinese legal text cut into what can be compared: pieces, sentences, clauses, and the part nearest to a claim."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.numerals import quantities, widen

Kind = Literal[
    "number",
    "missing_number",
    "misplaced",
    "bound",
    "edge",
    "period",
    "modality",
    "negation",
    "condition",
    "scope",
    "authority",
    "subject",
    "order",
    "opposite",
    "reference",
    "start",
    "item",
    "words",
]
"""What a claim and a passage disagree on. `number`: another value of the same measure; `missing_number`: none there;
`misplaced`: there, but of another case; `bound`: 以上 against 以下; `edge`: 以下, which includes the number
(民法典 第一千二百五十九条), against 不满; `period`: 每日 against 每月; `start`: from which day a period runs; `item`:
not in the list the passage gives; `words`: what the claim speaks of is not there."""

_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_PUNCTUATION = re.compile(r"[\W_]+")
_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]")
_OUTSIDE = re.compile("以外|之外")
_BEFORE = 300
_CLAUSE = re.compile(r"[^，,。；;：:！？\n]+")


@dataclass(frozen=True)
class Mismatch:
    """Words of the claim that the passage does not bear out, and what the passage has in their place."""

    kind: Kind
    claimed: str
    stands: str
    why: str
    close: bool = False
    """The passage speaks of the very same thing: a number of the same unit, or a ban where the claim permits."""


@dataclass(frozen=True)
class Clause:
    """A piece between commas, with what came before it in its sentence (300 characters at most)."""

    text: str
    before: str
    sentence: str


def bare(text: str) -> str:
    """Half width, lower case, numbers as digits with their unit, no space or punctuation."""
    plain, out, at = widen(text), "", 0
    for q in quantities(plain):
        out, at = out + plain[at : q.start] + f"{q.value:g}{q.unit}", q.end
    return _PUNCTUATION.sub("", out + plain[at:]).lower()


def wordless(text: str) -> str:
    """The bare text without its numbers: what a number is said of."""
    plain, out, at = widen(text), "", 0
    for q in quantities(plain):
        out, at = out + plain[at : q.start], q.end
    return _PUNCTUATION.sub("", out + plain[at:]).lower()


def pieces(text: str) -> set[str]:
    """Two-character pieces of the bare text (the text itself when it is one character)."""
    clean = bare(text)
    return {clean[i : i + 2] for i in range(len(clean) - 1)} or {clean}


def overlap(claim: str, passage: str) -> float:
    """Share of the claim's two-character pieces that stand in the passage, 0 to 1."""
    wanted = pieces(claim)
    return len(wanted & pieces(passage)) / len(wanted)


def bigrams(text: str) -> set[str]:
    """Two-character pieces of the text without its numbers; none when nothing is left."""
    clean = wordless(text)
    return {clean[i : i + 2] for i in range(len(clean) - 1)}


def sentences(passage: str) -> list[str]:
    """Sentences of a passage; list items carry the words that introduce the list."""
    out: list[str] = []
    lead = ""
    for line in passage.split("\n"):
        cut = [s.strip() for s in _SENTENCE.findall(line) if s.strip()]
        if _ITEM.match(line) and lead:
            out += [lead + s for s in cut]
            continue
        out += cut
        if cut and cut[-1].endswith(("：", ":")):
            lead = cut[-1]
    return out or [passage]


def nearest_sentence(claim: str, passage: str) -> str:
    """The sentence of the passage that shares most with the claim."""
    wanted = pieces(claim)
    told = bool(_OUTSIDE.search(claim))

    def likeness(sentence: str) -> float:
        # The sentence about everything outside a case shares all the words of the case.
        outside = 0.8 if _OUTSIDE.search(sentence) and not told else 1.0
        return outside * len(wanted & pieces(sentence)) / (len(wanted) + 0.1 * len(pieces(sentence)))

    return max(sentences(passage), key=likeness)


def clauses(text: str) -> list[Clause]:
    """Every clause of every sentence, in order."""
    out: list[Clause] = []
    for sentence in sentences(text) if text.strip() else []:
        out += [
            Clause(m[0], sentence[max(0, m.start() - _BEFORE) : m.start()], sentence)
            for m in _CLAUSE.finditer(sentence)
        ]
    return out


def likeness(wanted: set[str], text: str) -> float:
    """Share of the wanted pieces that stand in the text, 0 to 1; 0 when nothing is wanted."""
    return len(wanted & bigrams(text)) / len(wanted) if wanted else 0.0


def aligned(part: str, whole: str, candidates: Sequence[Clause]) -> Clause | None:
    """The clause that says most of what a part of a claim says, the rest of the claim and sentence lending weight."""
    own, all_of_it = bigrams(part), bigrams(whole)

    def fit(clause: Clause) -> float:
        brevity = 0.002 * len(clause.text)
        return likeness(own, clause.text) + 0.5 * likeness(all_of_it, clause.before + "。" + clause.text) - brevity

    best = max(candidates, key=fit, default=None)
    return best if best is not None and fit(best) > 0.15 else None
