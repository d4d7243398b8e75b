"""Words of trade in a description: what is found where, what is only a place or a customer, what is done with it.

A lay word may have a gap: `养…鸡` is found in 养了三千只蛋鸡. A word that only says where the shop is (菜市场里卖猪肉)
or for whom (给酒店洗床单) counts only where nothing else does. What is done with the goods changes the entry: selling
fruit, selling it wholesale and growing it are three (`scope_acts.csv`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import rjieba

GAP = "…"
_GAP = r"[^，,。；;！!？?、…卖]{0,8}?"
_SITES = (
    "菜市场|菜场|农贸市场|市场|商场|超市|小区|社区|学校|大学|中学|小学|幼儿园|工厂|厂区|写字楼|办公楼|医院|车站|地铁|工地|夜市|步行街|公园|"
    "景区|酒店|宾馆|饭店|餐馆|加油站|停车场|公司|单位|村口|村|镇|街|路|巷"
)
_WHERE = re.compile(
    rf"(?:在|到|去|开在|摆在)?[\u4e00-\u9fff]{{0,2}}?(?:{_SITES})(?:里面|里头|里|门口|旁边|旁|边上|边|楼下|附近|对面|外面|外头|外|上|内|那边|跟前|门前)"
)
_FOR_WHOM = re.compile(rf"(?:给|帮|替|为|到|往|供)(?:一些|几家|附近的?|人家|别人的?)?(?:{_SITES}|银行|大楼|餐厅|工厂)+")
_BY_WHAT = re.compile(r"(?:面包车|金杯车|小货车|三轮车)(?=[^，,。；;]*[送拉搬卖收跑])")
_CLAUSE = re.compile(r"[，,。；;！!？?]")
_NOT_SOWN = {"种": "种(?!子|籽|类|苗)", "养": "养(?!老|生|护|颜|发|车)"}
_BEFORE = {
    "grow": r"种植|栽种?|种(?!子|籽|类|苗)",
    "raise": r"养殖|饲养|养(?!老|生|护|颜|发|车)",
    "wholesale": r"批发|整车拉|批量卖",
    "make": r"加工|制造|生产|代工|制作",
    "repair": r"修理|维修|保养|修",
    "rent": r"出租|租赁",
    "recycle": r"回收|收购|收旧|收二手",
    "sell": r"卖|零售|经销",
    "run": r"开[家间个]|办[家间个]|弄[家间个]",
}
_AFTER = {
    "wholesale": r"的?(?:批发|批量出|大批出)",
    "make": r"的?(?:加工|制造|制作|代工|厂)",
    "repair": r"的?(?:维修|修理|保养|修补)",
    "rent": r"的?(?:出租|租赁)",
    "recycle": r"的?(?:回收|收购)",
}
_VERBS = re.compile("|".join(f"(?P<{act}>{verbs})" for act, verbs in _BEFORE.items()))


@dataclass(frozen=True)
class Found:
    """A lay word at a place of the description."""

    start: int
    end: int
    word: str


class Words:
    """Every lay word of a catalogue, with and without gaps."""

    def __init__(self, words: Iterable[str]) -> None:
        listed = set(words)
        self._plain = {w for w in listed if GAP not in w}
        self._longest = max(map(len, self._plain), default=0)
        self._gapped = [(w, _pattern(w)) for w in sorted(listed - self._plain)]

    def find(self, text: str, extra: Iterable[Found] = ()) -> list[Found]:
        """Every word in the text that no longer one covers; a single character only where it is a word itself."""
        singles = _single_words(text)
        found = [
            Found(i, i + n, text[i : i + n])
            for i in range(len(text))
            for n in range(1, min(self._longest, len(text) - i) + 1)
            if text[i : i + n] in self._plain and (n > 1 or i in singles)
        ]
        found += [Found(*m.span(), word) for word, gapped in self._gapped for m in gapped.finditer(text)]
        found += extra
        return _trades([f for f in found if not any(_covers(g, f) or _runs_on(g, f) for g in found)], text)


def act_on(found: Found, text: str) -> str:
    """What is done with the thing named: the act right behind it, else the last one before it in its clause."""
    for act, words in _AFTER.items():
        if re.compile(words).match(text, found.end):
            return act
    clause = max((m.end() for m in _CLAUSE.finditer(text, 0, found.start)), default=0)
    verbs = [str(m.lastgroup) for m in _VERBS.finditer(text, clause, found.start)]
    return verbs[-1] if verbs else ""


@lru_cache(maxsize=1)
def acts() -> Mapping[tuple[str, str], str]:
    """{(act, entry for selling): entry for that act}."""
    with Path(__file__).with_name("scope_acts.csv").open(encoding="utf-8", newline="") as file:
        return {(row["act"], row["entry"]): row["becomes"] for row in csv.DictReader(file)}


def _pattern(word: str) -> re.Pattern[str]:
    first, *rest = word.split(GAP)
    begin = _NOT_SOWN.get(first, re.escape(first))
    return re.compile(_GAP.join([begin, *map(re.escape, rest)]))


def _trades(found: list[Found], text: str) -> list[Found]:
    """Without words for customers; without those that say where or by what means, as long as others are left."""
    meant = _outside(found, text, _FOR_WHOM)
    return _outside(meant, text, _WHERE, _BY_WHAT) or meant


def _outside(found: list[Found], text: str, *patterns: re.Pattern[str]) -> list[Found]:
    aside = [m.span() for pattern in patterns for m in pattern.finditer(text)]
    return [f for f in found if not any(s <= f.start and f.end <= e for s, e in aside)]


def _covers(longer: Found, shorter: Found) -> bool:
    inside = longer.start <= shorter.start and shorter.end <= longer.end
    return inside and longer.end - longer.start > shorter.end - shorter.start


def _runs_on(longer: Found, verb_and_thing: Found) -> bool:
    """卖烟 in 卖烟花: what is sold goes on where the shorter word ends."""
    verb = next((v for v in ("批发", "收购", *"卖做开收修养种") if verb_and_thing.word.startswith(v)), "")
    begun = bool(verb) and longer.start == verb_and_thing.start + len(verb)
    return begun and longer.end > verb_and_thing.end


def _single_words(text: str) -> frozenset[int]:
    """Places where one character is a whole word: 卖烟 has 烟, 烟台 has not."""
    places, at = [], 0
    for word in rjieba.cut(text):
        if len(word) == 1:
            places.append(at)
        elif len(word) == 2 and word[0] in "卖买做吃收养修":
            places.append(at + 1)
        at += len(word)
    return frozenset(places)


def folded(text: str) -> str:
    """Half width, lower case, without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text.replace(GAP, "\0"))).lower().replace("\0", GAP)
