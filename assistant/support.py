"""Which passages answer a question, and whether any does.

Words decide the clear cases. In between, where a model is ready, each of the first few candidates is weighed by it
(calibrated); without a model the words decide there too, with the cut on the side of refusing.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

import structlog

from assistant.absent import absent_topic
from assistant.lay_words import content, mass, matched, reworded, terms
from assistant.premises import remark
from knowledge import judge
from knowledge.citation import Passage
from knowledge.facts import pieces
from knowledge.index import Hit
from knowledge.library import Library
from knowledge.reviewed import Review, ReviewError, overruled, reviews
from prompts.ask import MadeBy, ModelError
from prompts.models import Models

_log = structlog.get_logger(__name__)
DEPTH = 10
WEIGHED, PATIENCE_S, READ = 2, 4.0, 200
"""Candidates shown to the model at most, seconds after which no further one is, and characters of each it reads."""
SURE, NEVER, CUT = 0.45, 0.20, 0.36
"""Above SURE words alone answer, below NEVER they refuse, CUT parts the rest when no model is ready."""
CERTAIN = 0.85
"""What a passage must have where the law of the question's topic is not held."""
BIAS, LAY, LAW, BM25, RANK, MOST_KNOWN = -1.42, 2.0, 0.075, 0.013, 0.15, 60.0
"""Logistic curve of `by_words`, after a fit on lay legal questions whose law is, and is not, among the documents."""
START, SHARED, STATUTORY, MEANING, SAID, PLACE = -5.47, 1.44, 0.166, 10.2, 4.36, 0.38
"""The same of `by_meaning`, fitted on lay legal questions and, counting three times, on questions about running a small
business, then shifted so that CUT answers 30 of 100 whose law is missing before a model weighs the doubtful ones: 83 of
100 of those whose article was found first get an answer then (`eval doubt`)."""
FAR, SAID_FAR = 0.125, 0.34
"""Cosines to the text and to the questions of a hit that was not among the nearest; 5 in 100 have less."""
JUDGE_CENTRE, JUDGE_SLOPE = 0.2, 1.5
"""The model's log-odds count from this centre, with this weight, on top of what the words say."""
MOST = 3
LEAST, COMPANION = 0.6, 0.4
"""A companion is at least this share of the cut, and of the best, likely."""
GUIDE = "指南"
GUIDES_READ = 4
"""Of so many best candidates, guides lead on to the articles they name."""
_REFERENCE = re.compile(r"《([^》]+)》(第[零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)")


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
    likely: float = 0.0
    """Probability that the nearest one answers."""
    absent: str = ""
    """The law the question's topic belongs to, when it is not held: only what is sure then answers."""


def find(library: Library, question: str, on: date | None, region: str | None, models: Models | None) -> Support:
    """Looks the question up, in lay and in statutory words, and decides what of it answers."""
    again = reworded(question)
    hits = library.search(again or question, DEPTH, on, region, rewordings=[question] if again else [])
    if not hits:
        return Support((), None)
    named = [h for h in hits if h.cited]
    if named:
        asked = [Supported(h.passage, 0.99) for h in named[:MOST]]
        return Support(tuple(s for a in asked for s in beside(a, library, on, question)), named[0].passage)
    judged = by_meaning if any(h.meaning is not None for h in hits) else by_words
    found = [Supported(h.passage, judged(question, h, i)) for i, h in enumerate(hits)]
    found += [s for f in found[:GUIDES_READ] for s in referred(f, question, library, on)]
    made: tuple[MadeBy, ...] = ()
    found = [replace(s, probability=max(s.probability, SURE)) if corrects(s, question) else s for s in found]
    if models is not None and models.ready("judge") and _in_doubt(found):
        found, made = weighed(models, question, found)
    absent = absent_topic(question, library.titles())
    shown = choose([prevail(s, library, on, question) for s in found], CERTAIN if absent else CUT)
    best = max(found, key=lambda s: s.probability)
    return Support(tuple(dated(s) for s in shown), best.passage, made, best.probability, absent)


def corrects(found: Supported, question: str) -> bool:
    """Whether a likely passage has another number than the one taken for granted: a correction is an answer."""
    return found.probability >= NEVER and bool(remark(question, [found.passage]))


def _in_doubt(found: Sequence[Supported]) -> bool:
    return NEVER < max(s.probability for s in found) < SURE


def referred(found: Supported, question: str, library: Library, on: date | None) -> list[Supported]:
    """The articles that the line of a guide nearest to the question names as its basis, as likely as the guide."""
    if found.passage.rank != GUIDE:
        return []
    wanted = mass(" ".join([content(question), *terms(question)]))
    line = max(found.passage.text.split("\n"), key=lambda t: matched(wanted, pieces(t)) / (len(t) + 40) ** 0.5)
    articles = (library.article(document, article, on) for document, article in _REFERENCE.findall(line))
    return [Supported(p, found.probability) for p in articles if p is not None]


def by_words(question: str, hit: Hit, rank: int) -> float:
    """Probability that a hit answers, by words: rare words of the question and statutory words in it, BM25, rank."""
    return _probability(_words(question, hit) - RANK * rank)


def by_meaning(question: str, hit: Hit, rank: int) -> float:
    """Probability that a hit answers: words it shares, nearness of its text and of the questions it answers, rank."""
    near = FAR if hit.meaning is None else hit.meaning
    said = SAID_FAR if hit.said_meaning is None else hit.said_meaning
    if hit.passage.rank == GUIDE:
        said = SAID_FAR + (1 - SAID_FAR) * _like_a_line(question, hit.passage)
    words = SHARED * _shared(question, hit) + STATUTORY * math.log1p(_statutory(question, hit))
    return _probability(START + words + MEANING * near + SAID * said - PLACE * rank)


def _like_a_line(question: str, guide: Passage) -> float:
    """Likeness, 0 to 1, to the nearest heading or line of a guide: they are what people ask."""
    wanted = mass(content(question))

    def alike(line: str) -> float:
        there = mass(content(line))
        both = sum(wanted.values()) + sum(there.values())
        return 2 * matched(wanted, there) / both if both else 0.0

    return max(map(alike, [guide.article, *guide.text.split("\n")]))


def _probability(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _words(question: str, hit: Hit) -> float:
    return BIAS + LAY * _shared(question, hit) + LAW * _statutory(question, hit) + BM25 * hit.words


def _statutory(question: str, hit: Hit) -> float:
    """Weight, by how rare they are, of the statutory words for what the question says that the passage has."""
    return min(matched(mass(" ".join(terms(question))), _there(hit)), MOST_KNOWN)


def _shared(question: str, hit: Hit) -> float:
    """Share of the question's words, weighed by how rare they are, that the passage has."""
    lay = mass(content(question))
    return matched(lay, _there(hit)) / (sum(lay.values()) or 1.0)


def _there(hit: Hit) -> Set[str]:
    return pieces("。".join([hit.passage.document, *hit.passage.heading[-1:], hit.passage.text]))


def weighed(models: Models, question: str, found: Sequence[Supported]) -> tuple[list[Supported], tuple[MadeBy, ...]]:
    """The candidates with the model's opinion of the likeliest.

    Those it did not come to move as the weighed ones did on average: not being looked at is no merit.
    """
    ranked = sorted(found, key=lambda s: -s.probability)
    shifts: list[float] = []
    made: list[MadeBy] = []
    began = time.monotonic()
    for passage in (s.passage for s in ranked[:WEIGHED]):
        text = f"《{passage.document}》{passage.article}：{passage.text}"
        try:
            answer = judge.weigh_answer(models, question, text, READ)
        except ModelError:
            break
        made.append(answer.made_by)
        shifts.append(JUDGE_SLOPE * (answer.value - JUDGE_CENTRE))
        if time.monotonic() - began > PATIENCE_S:
            break
    usual = sum(shifts) / len(shifts) if shifts else 0.0
    moved = [_moved(s, shifts[i] if i < len(shifts) else usual) for i, s in enumerate(ranked)]
    return moved, tuple(made)


def _moved(found: Supported, shift: float) -> Supported:
    logit = math.log(found.probability / (1 - found.probability)) + shift
    return Supported(found.passage, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))), found.note)


def choose(found: Sequence[Supported], least_sure: float = CUT) -> tuple[Supported, ...]:
    """The best passages when the best is likely enough; companions only when they are nearly as likely.

    A guide explains and a statute rules: at most one guide is shown, and never without the best statute found.
    """
    unique = {s.passage.id: s for s in sorted(found, key=lambda s: s.probability)}
    ranked = sorted(unique.values(), key=lambda s: -s.probability)
    if not ranked or ranked[0].probability < least_sure:
        return ()
    least = max(CUT * LEAST, ranked[0].probability * COMPANION)
    laws = [s for s in ranked if s.passage.rank != GUIDE]
    guides = [s for s in ranked if s.passage.rank == GUIDE and s.probability >= least][:1]
    kept = [s for i, s in enumerate(laws) if i == 0 or s.probability >= least][: MOST - len(guides)]
    return tuple(kept + guides)


def prevail(found: Supported, library: Library, on: date | None, question: str = "") -> Supported:
    """The rule that prevails over the one found, where two in force contradict each other by a reviewed conflict.

    A conflict limited to some (公司, 个人独资企业) leaves the rule found in place and is told to whoever names them.
    """
    beaten = overruled(found.passage, library.article, on, known_reviews(library))
    whole = next((o for o in beaten if not o.scope), None)
    if whole is not None:
        return Supported(whole.by, found.probability, whole.line)
    limited = next((o for o in beaten if o.scope in question), None)
    return replace(found, note=limited.aside) if limited is not None else found


def beside(found: Supported, library: Library, on: date | None, question: str) -> list[Supported]:
    """The article somebody asks for by its number, after the rule that prevails over it when there is one."""
    better = prevail(found, library, on, question)
    asked = better if better.passage.id == found.passage.id else found
    return [dated(s) for s in ([asked] if asked is better else [better, asked])]


def dated(found: Supported) -> Supported:
    """With a note when the text is replaced from some day on, or is known not to be the newest."""
    passage = found.passage
    notes = [found.note, f"《{passage.document}》{passage.caveat}" if passage.caveat else ""]
    if passage.in_force_to is not None:
        title, _, version = (passage.superseded_by or "").partition("@")
        by = f"，由《{title}》{f'（{version}）' if version else ''}取代" if title else ""
        notes.append(f"《{passage.document}》（{passage.version}）的这个文本自{passage.in_force_to}起不再有效{by}。")
    return replace(found, note="\n".join(filter(None, notes)))


def known_reviews(library: Library) -> tuple[Review, ...]:
    """The product's and the operator's; a broken file of the operator's is left out here, and `check` reports it."""
    try:
        return reviews(library.documents)
    except ReviewError as problem:
        _log.warning("reviews_not_read", reason=str(problem))
        return reviews()
