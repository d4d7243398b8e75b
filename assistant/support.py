"""Which passages answer a question, and whether any does.

Words decide the clear cases. In between, where a model is ready, each of the first few candidates is weighed by it
(calibrated); without a model the words decide there too, with the cut on the side of refusing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from assistant.lay_words import content, reworded, statutory
from knowledge import judge
from knowledge.citation import Passage
from knowledge.facts import pieces
from knowledge.index import Hit
from knowledge.library import Library
from prompts.ask import MadeBy, ModelError
from prompts.models import Models

_PREVAILS = Path(judge.__file__).with_name("prevails.json")
DEPTH = 8
WEIGHED = 3
"""Candidates shown to the model: each costs it one to two seconds."""
SURE, NEVER, CUT = 0.80, 0.08, 0.42
"""Above SURE words alone answer, below NEVER they refuse, CUT parts the rest when no model is ready."""
JUDGE_BIAS, JUDGE_SLOPE = -0.9, 1.3
"""Probability that a passage answers, from the model's log-odds; with `weight` on what the words say."""
MOST = 3


@dataclass(frozen=True)
class Supported:
    """A passage and the probability that it answers, 0 to 1. `note` is for people: a rule that it displaces."""

    passage: Passage
    probability: float
    note: str = ""


@dataclass(frozen=True)
class Support:
    """What was found: the passages to show (none: nothing answers), the nearest one, and the model calls made."""

    shown: tuple[Supported, ...]
    nearest: Passage | None
    made_by: tuple[MadeBy, ...] = ()


def find(library: Library, question: str, on: date | None, region: str | None, models: Models | None) -> Support:
    """Looks the question up, in lay and in statutory words, and decides what of it answers."""
    again = reworded(question)
    hits = library.search(again or question, DEPTH, on, region, rewordings=[question] if again else [])
    if not hits:
        return Support((), None)
    named = [h for h in hits if h.cited]
    if named:
        return Support(tuple(prevail(Supported(h.passage, 0.99), library, on) for h in named[:MOST]), named[0].passage)
    found = [Supported(h.passage, by_words(question, h, hits)) for h in hits]
    made: tuple[MadeBy, ...] = ()
    if models is not None and models.ready("judge") and _in_doubt(found):
        found, made = weighed(models, question, found)
    shown = choose([prevail(s, library, on) for s in found])
    return Support(shown, hits[0].passage, made)


def _in_doubt(found: Sequence[Supported]) -> bool:
    return NEVER < max(s.probability for s in found) < SURE


def by_words(question: str, hit: Hit, hits: Sequence[Hit]) -> float:
    """Probability that a hit answers, by words: statutory words found in it, lay words found in it, its rank."""
    text = "\n".join([hit.passage.document, *hit.passage.heading[-1:], hit.passage.text])
    there = pieces(text)
    lay, law = _share(content(question), there), _best_share(statutory(question), there)
    rank = hits.index(hit)
    logit = -3.4 + 3.0 * lay + 4.2 * law - 0.35 * rank + (0.5 if hit.meaning is not None and hit.words > 0 else 0.0)
    return 1 / (1 + math.exp(-logit))


def _share(words: str, there: set[str]) -> float:
    wanted = {p for w in words.split() for p in pieces(w) if len(p) > 1}
    return len(wanted & there) / len(wanted) if wanted else 0.0


def _best_share(entries: Sequence[str], there: set[str]) -> float:
    """Longer statutory phrases say more about the matter than single terms do."""
    shares = [(_share(e, there), min(1.0, len(e) / 8)) for e in entries]
    return max((share * weight for share, weight in shares), default=0.0)


def weighed(models: Models, question: str, found: Sequence[Supported]) -> tuple[list[Supported], tuple[MadeBy, ...]]:
    """The candidates with the model's opinion of the first few; what it could not weigh keeps its own."""
    out, made = list(found), []
    for i in range(min(WEIGHED, len(out))):
        passage = out[i].passage
        try:
            answer = judge.weigh_answer(models, question, f"《{passage.document}》{passage.article}：{passage.text}")
        except ModelError:
            break
        made.append(answer.made_by)
        prior = math.log(max(out[i].probability, 1e-6) / max(1 - out[i].probability, 1e-6))
        logit = JUDGE_BIAS + JUDGE_SLOPE * answer.value + 0.5 * prior
        out[i] = Supported(passage, 1 / (1 + math.exp(-logit)), out[i].note)
    return out, tuple(made)


def choose(found: Sequence[Supported]) -> tuple[Supported, ...]:
    """The best passages when the best is likely enough; companions only when they are nearly as likely."""
    unique = {s.passage.id: s for s in sorted(found, key=lambda s: s.probability)}
    ranked = sorted(unique.values(), key=lambda s: -s.probability)
    if not ranked or ranked[0].probability < CUT:
        return ()
    top = ranked[0].probability
    return tuple(s for s in ranked[:MOST] if s.probability >= max(CUT * 0.6, top * 0.55))


@cache
def _rules() -> dict[tuple[str, str], dict[str, str]]:
    rows = json.loads(_PREVAILS.read_text(encoding="utf-8"))
    return {(r["document"], r["article"]): r for r in rows}


def prevail(found: Supported, library: Library, on: date | None) -> Supported:
    """The rule that prevails over the one found, where two in force contradict each other."""
    passage = found.passage
    rule = _rules().get((passage.document, passage.article))
    if rule is None or rule["probe"] not in passage.text:
        return found
    other = library.article(rule["prevailing_document"], rule["prevailing_article"], on)
    if other is None:
        return found
    note = f"《{passage.document}》{passage.article}与此不一致，以本条为准：{rule['why']}。"
    return Supported(other, found.probability, note)
