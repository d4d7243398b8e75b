"""应当, 可以, 不得, 无需: what a claim permits, demands or forbids, against the clause about the same act."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.wording import Clause, Kind, Mismatch, aligned, clauses, likeness
from knowledge.wording import bigrams as _bigrams

Modality = Literal["must", "may", "must_not", "need_not"]

_MODALITY: tuple[tuple[Modality, re.Pattern[str]], ...] = (
    (
        "need_not",
        re.compile(
            r"无需|无须|不必|不需要?|不用(?!于|作)|免于|免予|免(?:交|缴|办|收)|自愿(?:选择|决定)?是否|是否[^，。]{0,8}(?:自愿|自己?[定决])|可以不|可不(?!可)|不再(?:需要|要求)|不要求|(?:不是|并非|不)(?:必须|一定|强制)"
        ),
    ),
    (
        "must_not",
        re.compile(
            r"不得(?!不)|禁止|不能(?!不)|不能(?=不(?:让|许|准|给))|不可以|不许|不准(?!确)|不让|严禁|不予|不应|别想|无权|不允许|不可(?!抗|避免|撤销|或缺)"
        ),
    ),
    (
        "must",
        re.compile(
            r"应当|必须|不[得能]不|(?<![无必])须(?!知)|务必|得先|(?<![必只主需重])要(?![求么约素是点挟])|需要|才能|方可|才可"
            r"|应(?=[^当收付用急答诉])"
        ),
    ),
    (
        "may",
        re.compile(
            r"可以(?!由)|有权|允许|(?<![不只功职技性智才可效节动产潜核热])能(?![力够源])|能够|可(?=[向按申直处]|以(?!由))|不妨|方可|才能|才可|没关系|没问题|也行|就行|来得及"
        ),
    ),
)
_OPPOSITE: dict[Modality, frozenset[Modality]] = {
    "must": frozenset({"need_not", "must_not"}),
    "may": frozenset({"must_not"}),
    "must_not": frozenset({"may", "must"}),
    "need_not": frozenset({"must"}),
}
_BOTH = ("方可", "才能", "才可")
"""A condition and a permission in one."""
_LIMIT = re.compile(r"不[得能应可]?(?:超过|低于|少于|多于|高于|大于|小于|晚于|早于|迟于|长于|短于)")
"""不得超过三年 bounds a number; it forbids no act."""
_REFUSE = re.compile(r"拒绝|拒收|推诿|阻拦|阻止|阻碍|(?:不能|不得|不可以)[^，。]{0,10}(?:不让|不许|不准|不给)")
"""Verbs that turn a ban into a right: 不得拒绝."""
_WITHOUT = re.compile(r"(?:未经|非经|没有?经过?|未取得|没有?取得|没有?批准|没批)")
_WITH = re.compile(
    r"(?<![未非不])经[^，。]{0,16}?(?:批准|同意|许可|审批|审核|备案|授权)|(?:批准|许可|同意)(?:之?后|了)"
)
_GRANTED = re.compile(r"(?<![未非不])经[^，。]{0,16}?(?P<by>批准|同意|许可|审批|审核|备案|授权)")
_UNASKED = re.compile(
    r"(?:无需|无须|不用|不必|不需要?|未经|不经|没有?经过?)[^，。]{0,12}?(?P<by>批准|同意|许可|审批|备案|授权)"
)
_NOT = re.compile(r"(?:不予|不再|并不|并未|没有|没|未|不|免予)(?P<word>[一-龥]{2})")
_IDIOM = re.compile(
    r"[得能可应许准必需用要论管仅但]|服|满|足|同|一|少|低|超|符|合|明|当|利|良|动产|成年|来|逾|到|高|多|大|晚|早|有效|知道|正当"
)
_SAME_ACT, _HALF, _VERY_SAME = 0.2, 0.4, 0.5
"""Shares of a claim's clause in a clause of the passage from which the two are about one act."""
_FLIP: dict[Modality, frozenset[Modality]] = {
    "must_not": frozenset({"may", "must"}),
    "may": frozenset({"must_not"}),
    "must": frozenset({"must_not"}),
    "need_not": frozenset({"may"}),
}


def modalities(text: str) -> dict[Modality, str]:
    """Which of 应当, 可以, 不得, 无需 a text expresses, with the first words that do."""
    out: dict[Modality, str] = {}
    text = _LIMIT.sub("＊", text)
    for kind, pattern in _MODALITY:
        found = pattern.search(text)
        if found:
            out[kind] = found.group()
            # 不能 and 不需要 hold the words of their opposites.
            text = pattern.sub(lambda m: m[0] if m[0] in _BOTH else "＊", text)
    return out


def modality(claim: str, nearest: str, passage: str, excepted: bool) -> list[Mismatch]:
    """What the claim permits, demands or forbids against the passage; `excepted`: the claim is about an exception,
    where the rule is turned round."""
    out = [] if excepted else _ruled(claim, nearest, passage)
    return (out or ([] if excepted else _polarity(claim, nearest)) or []) + _condition(claim, nearest, passage)


def _ruled(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    there = [c for c in clauses(passage) if not c.text.endswith("除外")]
    for part in clauses(claim):
        said = modalities(part.text)
        act = _act(part.text, claim, nearest, there) if said else None
        if not said:
            continue
        same_act = likeness(_bigrams(part.text), act.text) if act else 0.0
        plain = same_act >= _SAME_ACT
        stands = _effective(act, there) if act and plain else _permitted_first(modalities(nearest), nearest)
        words = act.text if act and plain else nearest
        sentence = act.sentence if act else nearest
        if not stands and "need_not" in said and act and same_act >= _HALF and not _negated(act.text):
            why = f"说的是“{said['need_not']}”，条文是“{act.text}”"
            return [Mismatch("negation", said["need_not"], act.text, why, True)]
        if stands and (found := _clash(part.text, said, words, stands, sentence, same_act)):
            return [found]
    return []


def _act(part: str, claim: str, nearest: str, there: list[Clause]) -> Clause | None:
    """The clause about the same act: of the nearest sentence, unless another one says it more plainly."""
    near = aligned(part, claim, [c for c in there if c.sentence == nearest])
    anywhere = aligned(part, claim, there)
    if near is None or anywhere is None:
        return near or anywhere
    own = _bigrams(part)
    return anywhere if likeness(own, anywhere.text) > likeness(own, near.text) + 0.2 else near


def _effective(act: Clause, there: list[Clause]) -> dict[Modality, str]:
    """The modality of a clause: its own; for a condition (…的，) the one of what follows; else of what came before."""
    conditional = act.text.endswith("的") or _WITHOUT.match(act.text) or _WITH.match(act.text)
    own = modalities(act.text) if not act.text.endswith("的") else {}
    if own:
        stands = own
    else:
        mine = [c for c in there if c.sentence == act.sentence]
        at = next(i for i, c in enumerate(mine) if c == act)
        later = (modalities(c.text) for c in mine[at + 1 :])
        earlier = (modalities(c.text) for c in reversed(mine[:at]))
        first, second = (later, earlier) if conditional else (earlier, later)
        stands = next((m for m in first if m), {}) or next((m for m in second if m), {})
    return _permitted_first(stands, act.before + act.text)


def _permitted_first(stands: dict[Modality, str], text: str) -> dict[Modality, str]:
    """未经批准不得经营 says that one must be permitted first."""
    asks = "must_not" in stands and _WITHOUT.search(text)
    return {**stands, "must": stands["must_not"]} if asks else stands


def _clash(
    part: str, said: dict[Modality, str], act: str, stands: dict[Modality, str], sentence: str, same_act: float
) -> Mismatch | None:
    if bool(_REFUSE.search(part)) != bool(_REFUSE.search(sentence)):
        if _REFUSE.search(part):
            said = _flipped(said)
        elif _REFUSE.search(act):
            stands = _flipped(stands)
    for kind, words in said.items():
        rivals = _OPPOSITE[kind] & set(stands)
        other = stands[min(rivals)] if rivals else ""
        allowed_once = words in _BOTH and "must" in stands  # 只有经登记才能经营 is 未经登记不得经营
        if (
            rivals
            and kind not in stands
            and not allowed_once
            and _one_act(words, part, other, act if other in act else sentence)
        ):
            negated = {kind, *rivals} & {"must_not", "need_not"}
            label: Kind = "negation" if negated else "modality"
            close = kind in ("may", "need_not")
            return Mismatch(label, words, other, f"说的是“{words}”，条文是“{other}”", close)
    if "must" in said and "may" not in said and set(stands) == {"may"}:
        return Mismatch("modality", said["must"], stands["may"], f"说的是“{said['must']}”，条文是“{stands['may']}”")
    if set(said) == {"may"} and set(stands) == {"must"} and same_act >= _VERY_SAME:
        return Mismatch("modality", said["may"], stands["must"], f"说的是“{said['may']}”，条文是“{stands['must']}”")
    return None


def _one_act(words: str, part: str, other: str, act: str) -> bool:
    """Whether what follows the two modal words is about one act: 应当公开，不能藏着 denies nothing of 应当公开."""
    ours, theirs = (_bigrams(text.partition(word)[2] or text) for word, text in ((words, part), (other, act)))
    return bool(ours & theirs)


def _flipped(stands: dict[Modality, str]) -> dict[Modality, str]:
    return {new: words for kind, words in stands.items() for new in _FLIP[kind]}


def _polarity(claim: str, nearest: str) -> list[Mismatch]:
    """A verb said without 不 on one side and with it on the other: 予以退还, 不予退还."""
    said, stands = _main(claim), _main(nearest)
    for one, other, mine in ((said, stands, True), (stands, said, False)):
        for word, negated in _negated(one).items():
            plain = "，".join(c.text for c in clauses(other) if word in c.text).replace(negated, "")
            undecided = word in one.replace(negated, "")  # 准予登记或者不予登记
            if (
                not undecided
                and word in plain
                and not _denied(word, other)
                and not {"must_not", "need_not"} & set(modalities(plain))
            ):
                a, b = (negated, word) if mine else (word, negated)
                return [Mismatch("negation", a, b, f"说的是“{a}”，条文是“{b}”", not mine)]
    return []


def _denied(word: str, text: str) -> bool:
    """Whether a word is denied in any way: 无债权债务, 未获得通过."""
    return bool(re.search(rf"[无非未不没免缺][一-龥]{{0,4}}{re.escape(word)}", text))


def _main(text: str) -> str:
    """The clauses that are no conditions."""
    return "，".join(c.text for c in clauses(text) if not c.text.endswith("的") and not _WITHOUT.match(c.text))


def _negated(text: str) -> dict[str, str]:
    found = (m for m in _NOT.finditer(text) if not _IDIOM.match(m["word"]))
    # 受不受理 asks; it denies nothing.
    return {m["word"]: m[0] for m in found if text[m.start() - 1 : m.start()] != m["word"][0]}


def _condition(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    """Permission made needless, or a ban on what has no permission told of what has it."""
    unasked, granted = _UNASKED.search(claim), _GRANTED.search(nearest)
    if unasked and granted and unasked["by"] == granted["by"] and not _WITHOUT.search(nearest):
        return [Mismatch("condition", unasked[0], granted[0], f"说的是“{unasked[0]}”，条文要求“{granted[0]}”", True)]
    without = re.search(r"(?:未经|非经)[^，。]{0,16}?(?:批准|同意|许可)", nearest)
    even = re.search(r"(?:即使|就算|哪怕)?(?<![未非不])经过?[^，。]{0,10}?(?:批准|同意|许可)", claim)
    if without and even and "must_not" in modalities(claim):
        return [Mismatch("condition", even[0], without[0], f"条文禁止的是“{without[0]}”的情形")]
    return []
