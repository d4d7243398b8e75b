"""What a claim says of is not in the list a passage gives, or nowhere in it."""

from __future__ import annotations

import re

from knowledge.wording import Mismatch, bigrams, clauses, likeness, wordless

_INLINE = re.compile(
    r"(?P<head>[一-龥]{4,24})(?P<items>、(?:[一-龥]{2,12}、)*[一-龥]{2,12}?(?:(?:和|或者?|以及|及)[一-龥]{2,14})?)(?=[。；，]|等)"
)
_ITEM = re.compile(r"^\s*[(（][一二三四五六七八九十]+[)）]\s*(.+)$", re.MULTILINE)
_LAY = frozenset(
    "的了要给能就得没让把拿去在到跟是有也都很里面个天钱块店人家老板用不办交付说怎么样这那些我你他她它们吗呢吧啊哪谁多少几"
    "才还会可以和与或及其等被为于对从向由按照因所之而则且若但如即应当必须需无免先后再又只最更每各该此本上下内外中前"
    "来回过起开出进做干弄搞着看写叫找请帮管算行事时候情况规定条文一二三四五六七八九十百千万亿两半元日月年岁周点号"
)
_LONG = 4
_RUN = re.compile("[一-龥]+")
_TAIL = re.compile(r"(?:应当|可以|不得|必须|禁止|能够|不能|有权)[^，。：]{2,24}")


def novel(claim: str, passage: str) -> tuple[float, list[str]]:
    """Share of the claim's content characters that the passage has nowhere, and the runs of two or more of them."""
    there = set(passage)
    content = [c for c in wordless(claim) if c not in _LAY and "一" <= c <= "龥"]
    new = [c for c in content if c not in there]
    marked = "".join(c if c not in there and c not in _LAY else " " for c in claim)
    runs = [r for r in _RUN.findall(marked) if len(r) > 1]
    return (len(new) / len(content) if content else 0.0), runs


def items(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    """A thing in the frame of a list (不得占用…、提交下列材料：) that the list does not have."""
    return _inline(claim, passage) or _numbered(claim, passage)


def _inline(claim: str, passage: str) -> list[Mismatch]:
    for found in _INLINE.finditer(passage):
        head = found["head"]
        shared = [i for i in range(len(head) - 3) if head[i : i + 2] in claim]
        if not shared:
            continue
        listed = head[shared[-1] + 2 :] + found["items"]
        rest = clauses(claim[claim.find(head[shared[-1] : shared[-1] + 2]) + 2 :])
        thing = rest[0].text if rest else ""
        own = set(thing) - _LAY
        if (
            2 <= len(thing) <= 14
            and not thing.endswith("的")
            and own
            and not own & set(listed)
            and not bigrams(thing) & bigrams(passage)
        ):
            return [Mismatch("item", thing, listed, f"条文列举的是“{listed}”，没有“{thing}”")]
    return []


def _numbered(claim: str, passage: str) -> list[Mismatch]:
    listed = _ITEM.findall(passage)
    lead = passage[: passage.find("：") + 1] if "：" in passage else ""
    act = _TAIL.search(lead)
    if len(listed) < 2 or not act:
        return []
    frame = bigrams(lead)
    if likeness(frame & bigrams(claim), act[0]) == 0 or likeness(bigrams(act[0]), claim) < 0.3:
        return []
    own = bigrams(claim) - frame
    rest = [w for w in own if not set(w) & _LAY]
    held = {w for item in listed for w in bigrams(item)}
    share = len([w for w in rest if w in held]) / len(rest) if rest else 1.0
    if share >= 0.3 or bigrams(passage.split(listed[-1])[-1]) & set(rest):
        return []
    return [Mismatch("item", claim, "、".join(i[:12] for i in listed[:4]), "条文列举的情形里没有这一项")]


def words(claim: str, nearest: str, passage: str) -> list[Mismatch]:
    """A claim in the passage's own words but for a thing the passage never names."""
    share, runs = novel(claim, passage)
    wanted = bigrams(claim)
    longest = max(runs, key=len, default="")
    if not longest or likeness(wanted, nearest) < (0.6 if len(longest) < _LONG else 0.35) or share > 0.6:
        return []
    return [Mismatch("words", longest, "", f"条文里没有“{longest}”")]
