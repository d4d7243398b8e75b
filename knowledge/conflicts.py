"""Pairs of provisions on one matter that seem to disagree: candidates for a reviewer, never a decision.

Two sentences of different documents in force on one day are compared when what they are about, the words before
应当, 可以, 不得 or a sanction, shares runs of characters that few documents have. Of those, the ones whose must or may,
number, authority or procedure differs are listed with the words that disagree, the likeliest first.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from knowledge.citation import Passage
from knowledge.facts import Modality, bare, compare, modalities, pieces, sentences
from knowledge.numerals import Quantity, quantities, same
from knowledge.sources import title_key

GRAM = 4
"""Characters of the runs that tell what a sentence is about: 变更经营 is a matter, 变更 is not."""
RARE = 10
"""A run in the topics of more documents than this says nothing about the matter."""
ACT = 0.2
"""Least share of the shorter order's two-character pieces that stand in the other."""
LEAST = 0.45
"""Least share of the shorter topic's weight that stands in the other."""
SAME_ACT, VERY_SAME_ACT, ONE_ACT = 0.35, 0.5, 0.45
"""The same for a number and for the authority; least likeness (Dice) of two orders of which one must and one may."""
NUMBER, WHO, HOW = 1.0, 0.4, 1.0
"""Weight of a disagreement in a number, in the authority, in the way it is done."""
MEASURES = {"元", "%", "倍", "日", "工作日", "月", "年", "小时", "岁"}
CACHED = 100_000

_CLASH: dict[frozenset[Modality], float] = {
    frozenset({"may", "must_not"}): 1.0,
    frozenset({"must", "need_not"}): 1.0,
    frozenset({"must", "may"}): 0.7,
    frozenset({"must", "must_not"}): 0.6,
}
"""Weight of a disagreement in what must, may or must not be done."""

_TURN = re.compile(
    r"(?:应当|必须|可以|不得|无需|无须|不予|禁止)(?![^，。；：]{0,30}的[，,：])|由(?=[^，。]{2,30}(?:责令|处|给予|予以|负责|吊销|批准|核准))|责令|处以?(?=[^分理罚])"
)
_YIELDS = re.compile(
    r"(?:法律|法规|国务院|本法|本条例)[^，。]{0,16}另有规定|从其规定|依照其规定|适用其规定|依照《|根据《|按照《|依照[^，。]{2,12}法(?:律)?(?:、|的规定)"
)
_BEFORE = re.compile(r"前[一二两三四]?[款项条]|上款")
_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]")
_LISTED = re.compile(r"(?:违反本[^，。；：]{1,16}规定[，,])?(?:有|实施)下列[^：\n]*：")
_STEP = re.compile(
    r"情节(?:特别)?严重|情节较轻|拒不改正|逾期(?:不|未)|不足[^，。；]{1,6}元|直接(?:负责|责任)|前款|数额(?:特别)?巨大"
)
_NO_RULE = re.compile(r"^(?:本(?:法|条例|办法|规定|细则)(?:所称|自|适用)|违反本法规定，构成犯罪)")
_EMPTY = re.compile(
    r"违反本(?:法|条例|办法|规定|细则)(?:第\S+条)?(?:的?规定)?|有下列(?:情形|行为)之一的?|情节严重的|拒不改正(?:或者[^，。；]{2,20})?的|逾期[^，。；]{2,8}的|尚不(?:够|构成)[^，。]*的|(?:没有违法所得|违法)[^，。；]*不足[^，。；]*元的|单位有前款[^，。]*的"
)
_STRAIGHT = re.compile(r"直接|无需|无须|不必|不再|当场|免予|自主")
_ROUND = re.compile(r"(?:注销|批准|许可|审批|备案|登记|同意)[^，。]{0,6}后|先[^，。]{1,20}[后再]|重新|方可|事先")


@dataclass(frozen=True)
class Rule:
    """One sentence of a passage; `topic` is what it is about, `act` what it orders."""

    passage: Passage
    sentence: str
    topic: str
    act: str


@dataclass(frozen=True)
class Difference:
    """Words of each side that disagree. `kind`: 数量, 能否, 应否, 机关, 程序."""

    kind: str
    one: str
    other: str
    weight: float


@dataclass(frozen=True)
class Candidate:
    """Two provisions that may conflict; `score` orders candidates of one run and means nothing by itself."""

    one: Rule
    other: Rule
    score: float
    nearness: float
    """Share of the shorter topic that the two have in common, by weight, 0 to 1."""
    differences: tuple[Difference, ...]

    @property
    def words(self) -> str:
        """What disagrees, in Chinese: 应否：“应当”与“可以”."""
        return "；".join(f"{d.kind}：“{d.one}”与“{d.other}”" for d in self.differences)


def candidates(passages: Iterable[Passage], on: date, most: int = 100) -> list[Candidate]:
    """The likeliest conflicts among what is in force on a day, best first, one per pair of articles.

    On a hundred laws (7,000 articles in force) some ten seconds; the work grows with the pairs that share a rare run.
    """
    rules = [r for p in passages if p.in_force(on) and p.rank not in ("指南", "") for r in rules_of(p)]
    table = _Table.of(rules)
    best: dict[tuple[str, str], Candidate] = {}
    for i, j, shared in table.near():
        found = table.candidate(i, j, shared)
        key = (rules[i].passage.id, rules[j].passage.id)
        if found and (key not in best or best[key].score < found.score):
            best[key] = found
    return sorted(best.values(), key=lambda c: (-c.score, c.one.passage.id))[:most]


def rules_of(passage: Passage) -> Iterator[Rule]:
    """The sentences of a passage that order something, each with its topic.

    Later sentences of a paragraph (情节严重的…) and paragraphs on 前款 are about what the first one is about.
    """
    first = ""
    for paragraph in paragraphs(passage.text):
        opening = "" if not _LISTED.search(paragraph) else _LISTED.sub("", paragraph)
        for sentence in sentences(paragraph):
            turn = _TURN.search(sentence)
            own = sentence[: turn.start()] if turn else sentence
            before = opening or (first if _BEFORE.search(own) else "")
            if turn and len(own) + len(before) >= 2 and not _NO_RULE.match(sentence):
                yield Rule(passage, sentence, f"{before}，{own}" if before else own, sentence[turn.start() :])
            opening = opening or own
            first = first or own


def paragraphs(text: str) -> list[str]:
    """款 of an article; the items of a list stay with the words that introduce them."""
    out: list[str] = []
    for line in text.split("\n"):
        if out and _ITEM.match(line):
            out[-1] += "\n" + line
        elif line.strip():
            out.append(line)
    return out


def _grams(topic: str) -> frozenset[str]:
    clean = re.sub(r"[^\u4e00-\u9fff]", "", _EMPTY.sub("", re.sub(r"[（(][^）)]*[）)]", "", topic)))
    return frozenset(clean[i : i + GRAM] for i in range(len(clean) - GRAM + 1))


@dataclass(frozen=True)
class _Table:
    """Rules with the runs of their topics and what each run weighs: log of documents over documents that have it."""

    rules: Sequence[Rule]
    grams: list[frozenset[str]]
    titles: list[str]
    weights: dict[str, float]
    kin: dict[tuple[str, str], float]
    """Two titles → share of the smaller one's matters that the other has too, 0 to 1."""
    articles: dict[str, frozenset[str]]
    sizes: list[float]
    """Weight of each topic as a whole; a run that no other document, or too many, have counts half the rarest."""

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> _Table:
        grams = [_grams(r.topic) for r in rules]
        titles = [title_key(r.passage.document) for r in rules]
        where: dict[str, set[str]] = defaultdict(set)
        for title, found in zip(titles, grams, strict=True):
            for gram in found:
                where[gram].add(title)
        count = len(set(titles)) + 1
        weights = {g: math.log(count / len(t)) for g, t in where.items() if 2 <= len(t) <= RARE}
        unshared = math.log(count / 2) / 2
        sizes = [sum(weights.get(g, unshared) for g in found) for found in grams]
        articles = {r.passage.id: frozenset(pieces(r.passage.text)) for r in rules}
        return cls(rules, grams, titles, weights, _kin(where, weights), articles, sizes)

    def near(self) -> Iterator[tuple[int, int, float]]:
        """(place, place, shared weight) of rules of different documents that share a rare run."""
        rows: dict[str, list[int]] = defaultdict(list)
        for i, found in enumerate(self.grams):
            for gram in found & self.weights.keys():
                rows[gram].append(i)
        pairs: dict[tuple[int, int], float] = defaultdict(float)
        for gram, places in rows.items():
            for a, i in enumerate(places):
                for j in places[a + 1 :]:
                    if self.titles[i] != self.titles[j]:
                        pairs[i, j] += self.weights[gram]
        yield from ((i, j, shared) for (i, j), shared in pairs.items())

    def candidate(self, i: int, j: int, shared: float) -> Candidate | None:
        """The two rules as a candidate, when they are near enough and something differs."""
        one, other = self.rules[i], self.rules[j]
        size = min(self.sizes[i], self.sizes[j])
        nearness = min(shared / size, 1.0) if size else 0.0
        if nearness < LEAST or not (found := differences(one, other)) or _apart(one, other):
            return None
        a, b = self.articles[one.passage.id], self.articles[other.passage.id]
        alike = len(a & b) / min(len(a), len(b))
        kin = self.kin.get((min(self.titles[i], self.titles[j]), max(self.titles[i], self.titles[j])), 0.0)
        weight = 1 - math.prod(1 - 0.9 * d.weight for d in found)
        score = nearness * math.log1p(shared) * (0.2 + alike) * (0.1 + kin) ** 0.5 * weight
        return Candidate(one, other, round(score, 4), round(nearness, 2), found)


def _kin(where: dict[str, set[str]], weights: dict[str, float]) -> dict[tuple[str, str], float]:
    size: dict[str, float] = defaultdict(float)
    shared: dict[tuple[str, str], float] = defaultdict(float)
    for gram, weight in weights.items():
        for title in (titles := sorted(where[gram])):
            size[title] += weight
        for a, b in combinations(titles, 2):
            shared[a, b] += weight
    return {(a, b): w / min(size[a], size[b]) for (a, b), w in shared.items()}


def _apart(one: Rule, other: Rule) -> bool:
    """One says the same as the other, refers to it or yields to it, or they are two steps of a scale."""
    a, b = _bare(one.sentence), _bare(other.sentence)
    if a in b or b in a or _YIELDS.search(one.sentence) or _YIELDS.search(other.sentence):
        return True
    return _steps(one.sentence) != _steps(other.sentence)


@lru_cache(maxsize=CACHED)
def _bare(sentence: str) -> str:
    return bare(sentence)


@lru_cache(maxsize=CACHED)
def _steps(sentence: str) -> frozenset[str]:
    return frozenset(_STEP.findall(sentence))


@lru_cache(maxsize=CACHED)
def _act_pieces(act: str) -> frozenset[str]:
    return frozenset(pieces(_TURN.sub("", act)))


@lru_cache(maxsize=CACHED)
def _quantities(text: str) -> tuple[Quantity, ...]:
    return tuple(q for q in quantities(text) if q.unit in MEASURES)


def differences(one: Rule, other: Rule) -> tuple[Difference, ...]:
    """In what two rules on one topic disagree, as far as words show it, the weightiest first."""
    a, b = _act_pieces(one.act), _act_pieces(other.act)
    alike = len(a & b) / min(len(a), len(b))
    if alike < ACT:
        return ()
    found = [*_procedure(one, other)]
    if alike >= SAME_ACT:
        found += _numbers(one, other)
    if 2 * len(a & b) / (len(a) + len(b)) >= ONE_ACT:
        found += _modal(one, other)
    if alike >= VERY_SAME_ACT:
        found += _authority(one, other)
    return tuple(sorted(found, key=lambda d: -d.weight))


def _numbers(one: Rule, other: Rule) -> list[Difference]:
    """A measure that the other article does not have, where its order has another of the same unit and bound."""
    mine = _strange(one, other)
    theirs = _strange(other, one)
    pairs = [(q, p) for q in mine for p in theirs if q.unit == p.unit and q.bound == p.bound]
    if not pairs:
        return []
    left, right = (dict.fromkeys(pair[i].text for pair in pairs) for i in (0, 1))
    return [Difference("数量", "、".join(left), "、".join(right), NUMBER)]


def _strange(rule: Rule, other: Rule) -> list[Quantity]:
    there = _quantities(other.passage.text)
    return [q for q in _quantities(rule.act) if not any(same(q, p) for p in there)]


def _modal(one: Rule, other: Rule) -> list[Difference]:
    a, b = modalities(one.act[:4]), modalities(other.act[:4])
    if len(a) != 1 or len(b) != 1:
        return []
    ((mine, said), (theirs, stands)) = (*a.items(), *b.items())
    weight = _CLASH.get(frozenset({mine, theirs}), 0.0)
    return [Difference("应否", said, stands, weight)] if weight else []


def _procedure(one: Rule, other: Rule) -> list[Difference]:
    for left, right, turned in ((one, other, False), (other, one, True)):
        straight, around = _STRAIGHT.search(left.act), _ROUND.search(right.act)
        if straight and around and not _ROUND.search(left.act):
            words = (around[0], straight[0]) if turned else (straight[0], around[0])
            return [Difference("程序", *words, HOW)]
    return []


def _authority(one: Rule, other: Rule) -> list[Difference]:
    for left, right, turned in ((one, other, False), (other, one, True)):
        for m in compare(left.sentence, right.sentence).mismatches:
            if m.kind == "authority":
                words = (m.stands, m.claimed) if turned else (m.claimed, m.stands)
                return [Difference("机关", *words, WHO)]
    return []
