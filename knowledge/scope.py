"""How far a claim goes: all or some, exceptions left out or told as the rule, and words turned into their opposites."""

from __future__ import annotations

import re

from knowledge.modality import modalities
from knowledge.wording import Mismatch, bigrams, likeness

_ALL = re.compile(r"一律|任何|凡是|所有|全部|都(?=[要得能可须必不应])|没有例外|无论|不论|绝对|统统|只要|概括|必定")
_EXCEPT = re.compile(r"除外|除[^，。]{1,40}外|但(?!愿)是?|不包括|不在此限|另有规定|仅限|确[需有]|不适用")
_EXCEPTED = re.compile(
    r"(?:(?<=[，,；;。：\n])|(?<=^)|但是?|[（(])[^，。；;\n（）()]{2,80}除外|除(?!外)[^，。；;]{2,80}?外|(?:(?<=[。；;\n])|(?<=^))[^。；;\n]{2,40}不受[^，。；]{0,14}限制"
)
_SOME = re.compile(r"至少[^，。]{0,3}[一1][个名人种项]|其中之一|之一[的，]|部分")
_EVERYONE = re.compile(r"全部|所有|全体|每个?人|人人|都应当|都必须|都要")
_PAIRS = tuple(
    (re.compile(a), re.compile(b))
    for a, b in (
        ("从轻|减轻", "从重|加重"),
        ("提高|增加|上浮|上调", "降低|减少|下浮|下调|扣减"),
        ("延长", "缩短"),
        ("继续有效|仍然?有效|仍然?适用", "废止|失效|停止执行|不再(?:适用|执行)"),
        ("范围(?:以|之)?外|(?:米|公里)(?:以|之)外", "范围(?:以|之)?内|(?:米|公里)(?:以|之)?内"),
        ("免费|无偿", "收取|缴纳|有偿|付费"),
        ("全额|全部|全体", "部分|一部分"),
        ("同时(?:具备|满足|符合)|全部情形", "情形之一|之一"),
        ("多数|过半数?|半数以上|大部分", "一致同意|全体同意|全体一致"),
        ("不如|优于", "同等|相同|同样"),
        ("自愿|自主", "强制|强迫"),
        ("事先|事前", "事后"),
        ("书面", "口头"),
        ("故意", "过失"),
        ("形式审查", "实质审查"),
        ("批发", "零售"),
        ("公开|公示", "保密"),
        ("优先", "最后|滞后"),
        ("主动", "被动"),
        ("有限责任", "无限责任"),
        ("成立|设立|开业", "注销|终止|解散"),
        ("准予", "不予|不准"),
        ("在职", "离职|退休"),
        ("买方|购买方", "卖方|出售方"),
    )
)
_TOLD = 0.3
"""Share of an exception in a claim from which the claim is about it."""
_FRAME = re.compile(r"以(?P<what>[^，。；以]{1,12}?)为(?:准|依据|主)")


def excepted(claim: str, nearest: str, passage: str) -> str:
    """The exception of the passage that the claim is about; empty when it is about the rule."""
    for found in _EXCEPTED.finditer(passage):
        if "另有规定" in found[0]:
            continue
        own = _own(found[0], passage)
        told = own & bigrams(claim)
        if told and len(told) >= min(2, max(1, len(own) // 6)):
            return found[0]
    return ""


def _own(exception: str, passage: str) -> set[str]:
    """Pieces that only the exception has."""
    rest = bigrams(passage.replace(exception, "。"))
    return bigrams(exception.removesuffix("除外")) - rest - bigrams("除外但是")


def scope(claim: str, nearest: str, passage: str, exception: str) -> list[Mismatch]:
    """Rules told without their exceptions, exceptions told as the rule, all for some."""
    return _everything(claim, passage) or _told_as_rule(claim, nearest, passage, exception) or _everyone(claim, nearest)


def _everything(claim: str, passage: str) -> list[Mismatch]:
    every, unless = _ALL.search(claim), _EXCEPT.search(passage)
    if _EXCEPT.search(claim) or not every or not unless:
        return []
    return [Mismatch("scope", every[0], unless[0], f"说的是“{every[0]}”，条文另有例外（“{unless[0]}”）")]


def _told_as_rule(claim: str, nearest: str, passage: str, exception: str) -> list[Mismatch]:
    if not exception or _EXCEPT.search(claim) or likeness(_own(exception, passage), claim) < _TOLD:
        return []
    rule = nearest.replace(exception, "，")
    if len(rule) < len(exception):
        # The exception is a sentence of its own.
        rule = passage.replace(exception, "，")
    shared = [words for kind, words in modalities(claim).items() if kind in modalities(rule)]
    if not shared:
        return []
    return [Mismatch("scope", shared[0], exception, f"条文把这种情形除外：“{exception}”")]


def _everyone(claim: str, nearest: str) -> list[Mismatch]:
    every, some = _EVERYONE.search(claim), _SOME.search(nearest)
    if not every or not some or _SOME.search(claim) or _EVERYONE.search(nearest):
        return []
    return [Mismatch("scope", every[0], some[0], f"说的是“{every[0]}”，条文是“{some[0]}”")]


def opposite(claim: str, nearest: str) -> list[Mismatch]:
    """Words turned round: 从重 for 从轻, 提高 for 降低, 以初检为准 for 以复检为准."""
    for one, other in _PAIRS:
        for mine, theirs in ((one, other), (other, one)):
            a, b = mine.search(claim), theirs.search(nearest)
            if a and b and not mine.search(nearest) and not theirs.search(claim) and not _denied(claim, a, nearest, b):
                return [Mismatch("opposite", a[0], b[0], f"说的是“{a[0]}”，条文是“{b[0]}”")]
    return _decides(claim, nearest)


def _denied(claim: str, a: re.Match[str], nearest: str, b: re.Match[str]) -> bool:
    """不得收取 and 免费 say the same: one of the two words is denied."""
    before, there = claim[max(0, a.start() - 6) : a.start()], nearest[max(0, b.start() - 6) : b.start()]
    return bool(re.search(r"[不未无没非]|禁止", before)) != bool(re.search(r"[不未无没非]|禁止", there))


def _decides(claim: str, nearest: str) -> list[Mismatch]:
    said, stands = _FRAME.search(claim), _FRAME.search(nearest)
    if not said or not stands or bigrams(said["what"]) & _distinct(stands["what"], said["what"]):
        return []
    if set(said["what"]) <= set(stands["what"]):
        return []
    return [Mismatch("opposite", said[0], stands[0], f"说的是“{said[0]}”，条文是“{stands[0]}”")]


def _distinct(stands: str, said: str) -> set[str]:
    """Pieces of what decides, without the tail both share (复检结论, 初检结论)."""
    tail = 0
    while tail < min(len(stands), len(said)) and stands[-1 - tail] == said[-1 - tail]:
        tail += 1
    return bigrams(stands[: len(stands) - tail + 1])
