"""The checker without a model: do numbers, must or may, negation, scope and authority of a claim agree with a passage?

It names the words that disagree. Its findings explain better than they decide, so they are features of the
calibrated score; only numbers are trusted to overrule (see `knowledge.grounding`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.numerals import Quantity, comparable, quantities, same, widen

Kind = Literal["number", "missing_number", "bound", "modality", "negation", "scope", "authority", "order"]
Modality = Literal["must", "may", "must_not", "need_not"]

_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_PUNCTUATION = re.compile(r"[\W_]+")
_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]")
_MODALITY: tuple[tuple[Modality, re.Pattern[str]], ...] = (
    (
        "need_not",
        re.compile(
            r"无需|无须|不必|不需要?|不用(?!于|作)|免于|免予|免(?:交|缴|办|收)|可以不|可不(?!可)|不再(?:需要|要求)|不要求"
        ),
    ),
    (
        "must_not",
        re.compile(r"不得|禁止|不能|不可以|不许|不准|不让|严禁|不予|不应|别想|无权|不允许|不可(?!抗|避免|撤销)"),
    ),
    (
        "must",
        re.compile(
            r"应当|必须|(?<![无必])须(?!知)|务必|得先|(?<![必只主需重])要(?![求么约素是点挟])|需要|才能"
            r"|应(?=[^当收付用急答诉])"
        ),
    ),
    (
        "may",
        re.compile(
            r"可以|有权|允许|(?<![不只])能(?![力够源])|能够|可(?=[向由按以申直])|不妨|没关系|没问题|也行|就行|来得及"
        ),
    ),
)
_OPPOSITE: dict[Modality, frozenset[Modality]] = {
    "must": frozenset({"need_not", "must_not"}),
    "may": frozenset({"must_not"}),
    "must_not": frozenset({"may", "must"}),
    "need_not": frozenset({"must"}),
}
_ALL = re.compile(r"一律|任何|凡是|所有|全部|都(?=[要得能可须必不])|没有例外|无论|不论|绝对|统统|只要|概括|必定")
_EXCEPT = re.compile(r"除外|除[^，。]{1,40}外|但(?!愿)是?|不包括|不在此限|另有规定|仅限|确[需有]|不适用")
_LEVELS = (
    ("国务院", re.compile(r"国务院|国家级?(?:主管|市场|总局)|全国人民")),
    ("省级", re.compile(r"省级|省、自治区|省(?:政府|人民政府)")),
    ("市级", re.compile(r"市级|设区的市|地级市")),
    ("县级", re.compile(r"县级|区县|县(?:政府|人民政府)")),
    ("街道乡镇", re.compile(r"街道办|乡镇|乡、镇|居民委员会|居委会|村民委员会")),
    ("公安机关", re.compile(r"公安|派出所|警察")),
    ("税务机关", re.compile(r"税务")),
    ("法院", re.compile(r"法院")),
    ("用人单位", re.compile(r"用人单位|老板|公司发|单位(?:支付|发|交|缴)")),
    ("社保基金", re.compile(r"社会?保险?基金|社保基金|工伤保险基金|失业保险基金")),
)
_OUTSIDE = re.compile("以外|之外")
_EXCEPTED = re.compile(r"[^，。；\n（）()]{6,80}除外|除[^，。；]{6,80}外")
_TOLD = 0.3
"""Share of a claim's pieces in an exception above which the claim is about the exception."""
_BEFORE = re.compile(r"先[^。后]{0,24}(?:再|后|才)|之?前(?:应当|须|必须)|事先|凭[^，。]{0,12}许可")
_AFTER = re.compile(r"(?:登记|手续|注册)手?续?后[^。]{0,30}(?:申请|办理)|之?后(?:应当|须|必须)[^。]{0,6}申请")


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
class Facts:
    """What can be seen without a model. `coverage` and `nearest_coverage` are shares of the claim's two-character
    pieces found in the passage and in its nearest sentence, 0 to 1."""

    quoted: bool
    coverage: float
    nearest_coverage: float
    nearest: str
    numbers: int
    """How many quantities the claim states."""
    mismatches: tuple[Mismatch, ...]

    def has(self, *kinds: Kind) -> bool:
        """Whether any disagreement is of one of these kinds."""
        return any(m.kind in kinds for m in self.mismatches)

    @property
    def why(self) -> str:
        """The disagreements in one Chinese sentence, empty when there are none."""
        return "；".join(m.why for m in self.mismatches)


def compare(claim: str, passage: str) -> Facts:
    """Compares a claim with a passage of any length."""
    nearest = nearest_sentence(claim, passage)
    found = [*_numbers(claim, passage), *_modality(claim, nearest), *_scope(claim, nearest, passage)]
    found += [*_authority(claim, nearest, passage), *_order(claim, passage)]
    return Facts(
        quoted=is_quote(claim, passage),
        coverage=overlap(claim, passage),
        nearest_coverage=overlap(claim, nearest),
        nearest=nearest,
        numbers=len(quantities(claim)),
        mismatches=tuple(found),
    )


def bare(text: str) -> str:
    """Half width, lower case, numbers as digits with their unit, no space or punctuation."""
    plain, out, at = widen(text), "", 0
    for q in quantities(plain):
        out, at = out + plain[at : q.start] + f"{q.value:g}{q.unit}", q.end
    return _PUNCTUATION.sub("", out + plain[at:]).lower()


def pieces(text: str) -> set[str]:
    """Two-character pieces of the bare text (the text itself when it is one character)."""
    clean = bare(text)
    return {clean[i : i + 2] for i in range(len(clean) - 1)} or {clean}


def overlap(claim: str, passage: str) -> float:
    """Share of the claim's two-character pieces that stand in the passage, 0 to 1."""
    wanted = pieces(claim)
    return len(wanted & pieces(passage)) / len(wanted)


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


def is_quote(claim: str, passage: str) -> bool:
    """Whether the claim is, number forms and punctuation aside, one or more whole sentences of the passage."""
    wanted = bare(claim)
    if len(wanted) < 6:
        return False
    if wanted == bare(passage):
        return True
    starts = [bare(s) for s in sentences(passage)]
    joined = ["".join(starts[i : i + n]) for n in (1, 2, 3) for i in range(len(starts) - n + 1)]
    return any(wanted == s for s in joined)


def _numbers(claim: str, passage: str) -> list[Mismatch]:
    there = quantities(passage)
    out = []
    for q in quantities(claim):
        equal = [p for p in there if same(q, p)]
        if not equal:
            out.append(_other_number(q, [p for p in there if comparable(q, p)]))
        elif q.bound and all(p.bound and p.bound != q.bound for p in equal):
            out.append(Mismatch("bound", q.text, equal[0].text, f"“{q.text}”的上下限与条文相反"))
    return out


def _other_number(q: Quantity, rivals: list[Quantity]) -> Mismatch:
    if not rivals:
        return Mismatch("missing_number", q.text, "", f"条文里没有“{q.text}”")
    stands = "、".join(dict.fromkeys(p.text for p in rivals))
    close = any(p.unit == q.unit for p in rivals)
    return Mismatch("number", q.text, stands, f"说的是“{q.text}”，条文是“{stands}”", close)


def modalities(text: str) -> dict[Modality, str]:
    """Which of 应当, 可以, 不得, 无需 a text expresses, with the first words that do."""
    out: dict[Modality, str] = {}
    for kind, pattern in _MODALITY:
        found = pattern.search(text)
        if found:
            out[kind] = found.group()
            # 不能 and 不需要 hold the words of their opposites.
            text = pattern.sub("＊", text)
    return out


def _modality(claim: str, nearest: str) -> list[Mismatch]:
    said, stands = modalities(claim), modalities(nearest)
    if not said or not stands:
        return []
    for kind, words in said.items():
        rivals = _OPPOSITE[kind] & set(stands)
        if kind not in stands and rivals:
            other = stands[min(rivals)]
            negated = {kind, *rivals} & {"must_not", "need_not"}
            label: Kind = "negation" if negated else "modality"
            close = kind in ("may", "need_not")
            return [Mismatch(label, words, other, f"说的是“{words}”，条文是“{other}”", close)]
    if "must" in said and set(stands) == {"may"}:
        return [Mismatch("modality", said["must"], stands["may"], f"说的是“{said['must']}”，条文是“{stands['may']}”")]
    return []


def _scope(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    if _EXCEPT.search(claim):
        return []
    every, unless = _ALL.search(claim), _EXCEPT.search(passage)
    if every and unless:
        return [Mismatch("scope", every[0], unless[0], f"说的是“{every[0]}”，条文另有例外（“{unless[0]}”）")]
    # What the passage excepts (除外) is told as if the rule held for it.
    excepted = next((m[0] for m in _EXCEPTED.finditer(nearest) if overlap(claim, m[0]) > _TOLD), "")
    if excepted and "must" in modalities(claim):
        return [Mismatch("scope", "应当", excepted, f"条文把这种情形除外：“{excepted}”")]
    return []


def _authority(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    stands = [name for name, pattern in _LEVELS if pattern.search(nearest)]
    stands = stands or [name for name, pattern in _LEVELS if pattern.search(passage)]
    missing = [(name, m[0]) for name, pattern in _LEVELS if (m := pattern.search(claim)) and name not in stands]
    if missing and stands:
        return [Mismatch("authority", missing[0][1], "、".join(stands), f"条文没有说“{missing[0][1]}”")]
    return []


def _order(claim: str, passage: str) -> list[Mismatch]:
    if _BEFORE.search(claim) and not _BEFORE.search(passage) and (after := _AFTER.search(passage)):
        return [Mismatch("order", "先", after[0], f"先后相反：条文是“{after[0]}”")]
    return []
