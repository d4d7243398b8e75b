"""The register of names: what a new name must not repeat, and what it comes close to.

名称登记管理规定 第十七条: with one authority, the trade name of one in the same industry, or of one that names no
industry, may not be taken again. 第十六条: likeness is left to the applicant, who answers for it; so it is shown, not
refused. The finer official rules of comparison are not among the texts held and are not claimed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice, product
from pathlib import Path
from typing import Literal, NamedTuple

import yaml
from pypinyin.constants import PINYIN_DICT

from assistant.cues import simplified, words
from knowledge.name_list import RegisteredName
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes

Kind = Literal["name", "trade", "industry", "sound", "order", "shape", "part"]
REFUSED: tuple[Kind, ...] = ("name", "trade")
"""What 第十七条 forbids; the others are likeness."""
MOST = 5
_READINGS = 16
_INDEXED = 4
"""Ways to read a name that are tried, and kept."""
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")
_BLURRED = ((re.compile("^(z|c|s)h"), r"\1"), (re.compile("^n(?!g)"), "l"), (re.compile("([ei])ng$"), r"\1n"))
"""Sounds many people do not tell apart: zh/z, n/l, in/ing."""


class Like(NamedTuple):
    """A registered name close to the one asked about."""

    name: str
    kind: Kind


class Parts(NamedTuple):
    """What is compared of a name."""

    trade: str
    industry: str


class Register:
    """An authority's names, ready for a look-up in well under a millisecond each."""

    def __init__(self, names: Sequence[RegisteredName], scopes: Scopes, regions: Regions) -> None:
        self._names = names
        self._trades = Trades(scopes)
        self._parts = [self._split(n.name, regions) for n in names]
        self._whole: dict[str, list[int]] = defaultdict(list)
        self._keys: dict[str, dict[str, list[int]]] = {k: defaultdict(list) for k in ("trade", "sound", *_KEYS, "pair")}
        for i, (listed, parts) in enumerate(zip(names, self._parts, strict=True)):
            self._whole[plain(listed.name)].append(i)
            self._file(i, parts.trade)

    def __len__(self) -> int:
        return len(self._names)

    def _file(self, i: int, trade: str) -> None:
        self._keys["trade"][trade].append(i)
        for kind, key in _KEYS.items():
            self._keys[kind][key(trade)].append(i)
        for sound in _sounds(trade, _INDEXED):
            self._keys["sound"][sound].append(i)
        for pair in {trade[j : j + 2] for j in range(len(trade) - 1)}:
            self._keys["pair"][pair].append(i)

    def like(self, name: str, trade: str, industry: str, on: date | None = None) -> list[Like]:
        """Names that stand against this one, those that forbid it first; `on`: the day former names are judged by."""
        whole, core = plain(name), plain(trade)
        found: dict[int, Kind] = {i: "name" for i in self._whole.get(whole, ())} if whole else {}
        for i, kind in self._near(core, plain(industry)) if len(core) >= 2 else ():
            found.setdefault(i, kind)
        kept = [i for i in found if on is None or self._names[i].counts(on)]
        kept.sort(key=lambda i: (_ORDER.index(found[i]), i))
        return [Like(self._names[i].name, found[i]) for i in kept[:MOST]]

    def _near(self, trade: str, industry: str) -> Iterable[tuple[int, Kind]]:
        for i in self._keys["trade"].get(trade, ()):
            named = self._parts[i].industry
            if not named or not industry or self._trades.same(industry, named):
                yield i, "trade"
            elif self._trades.near(industry, named):
                yield i, "industry"
        for kind, i in self._candidates(trade):
            theirs = self._parts[i]
            if theirs.trade != trade and (not theirs.industry or self._trades.near(industry, theirs.industry)):
                yield i, kind

    def _candidates(self, trade: str) -> Iterable[tuple[Kind, int]]:
        for sound in _sounds(trade):
            yield from (("sound", i) for i in self._keys["sound"].get(sound, ()))
        yield from (("order", i) for i in self._keys["order"].get(_order(trade), ()))
        yield from (("shape", i) for i in self._keys["shape"].get(_shape(trade), ()))
        inner = {trade[a:b] for a in range(len(trade)) for b in range(a + 2, len(trade) + 1)} - {trade}
        yield from (("part", i) for piece in inner for i in self._keys["trade"].get(piece, ()))
        around = self._keys["pair"].get(trade[:2], ())
        yield from (("part", i) for i in around if trade in self._parts[i].trade)

    def _split(self, name: str, regions: Regions) -> Parts:
        """Trade name and industry of a registered name; where no known industry stands, two characters of four."""
        said = plain(name)
        body = said[regions.leading(said) :]
        form = _form(body)
        middle = body.removesuffix(form)
        cut = next((i for i in range(2, len(middle)) if self._trades.known(middle[i:])), None)
        if cut is not None:
            return Parts(middle[:cut], middle[cut:])
        if self._trades.known(form):
            return Parts(middle, form)
        return Parts(middle[:-2], middle[-2:]) if len(middle) >= 4 else Parts(middle, "")


def _form(body: str) -> str:
    """The organisational form a name ends with, the longest; what is before it has two characters at least."""
    ends = (body[-size:] for size in range(3, 0, -1) if len(body) - size >= 2)
    return next((end for end in ends if end in _forms()), "")


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(words()["name_forms"])


class Trades:
    """Which words for a trade speak of the same one, by the entries and classes (GB/T 4754) they stand for."""

    def __init__(self, scopes: Scopes) -> None:
        self._classes: dict[str, set[str]] = defaultdict(set)
        for entry in scopes.entries:
            for word in (*entry.industry_words, *entry.words, *entry.together):
                if len(word) >= 2:
                    self._classes[plain(word)].add(entry.gbt)

    def known(self, word: str) -> bool:
        return word in self._classes

    def same(self, one: str, other: str) -> bool:
        """One word holds the other, or both stand for one class of four digits."""
        return one in other or other in one or bool(self._of(one) & self._of(other))

    def near(self, one: str, other: str) -> bool:
        """The same, or classes of one group (three digits)."""
        groups = [{c[:3] for c in self._of(word)} for word in (one, other)]
        return self.same(one, other) or bool(groups[0] & groups[1])

    def _of(self, word: str) -> set[str]:
        return self._classes.get(word, set())


@lru_cache(maxsize=4)
def _built(names: tuple[RegisteredName, ...], scopes: Scopes, regions: Regions) -> Register:
    return Register(names, scopes, regions)


def register(office: Office, regions: Regions) -> Register | None:
    """The office's register, built once for one list; None where the office gives no list.

    Trades are told apart by our catalogue, which knows more of their words than an office's own.
    """
    names = office.name_register
    if names is None and office.registered_names is not None:
        names = _plain_list(office.registered_names)
    return None if names is None else _built(names, _ours(), regions)


@lru_cache(maxsize=1)
def _ours() -> Scopes:
    return Scopes.load()


@lru_cache(maxsize=4)
def _plain_list(names: tuple[str, ...]) -> tuple[RegisteredName, ...]:
    return tuple(RegisteredName(name) for name in names)


def plain(text: str) -> str:
    """Simplified and without spaces."""
    found = re.sub(r"[\s·•（）()]+", "", text)
    return found if found.isascii() or not _rare(found) else simplified(found)


def _rare(text: str) -> bool:
    """Whether a character lies outside GB 2312, as traditional ones do."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@lru_cache(maxsize=8192)
def _readings(character: str) -> tuple[str, ...]:
    listed = PINYIN_DICT.get(ord(character), character)
    return tuple(dict.fromkeys(_blurred(r.translate(_TONES)) for r in listed.split(",")))


def _blurred(syllable: str) -> str:
    for pattern, with_ in _BLURRED:
        syllable = pattern.sub(with_, syllable)
    return syllable


def _sounds(trade: str, most: int = _READINGS) -> list[str]:
    """Every way to read it without tones, where a character has several readings."""
    return [" ".join(r) for r in islice(product(*map(_readings, trade)), most)]


def _order(trade: str) -> str:
    return "".join(sorted(trade))


@lru_cache(maxsize=1)
def _alike() -> dict[int, str]:
    listed = yaml.safe_load(Path(__file__).with_name("name_words.yaml").read_text(encoding="utf-8"))
    found: dict[str, str] = {}
    for group in listed["alike"]:
        found |= {c: found.get(group[0], group[0]) for c in group if c not in found}
    return str.maketrans(found)


def _shape(trade: str) -> str:
    """Characters that look alike made one."""
    return trade.translate(_alike())


_KEYS = {"order": _order, "shape": _shape}
_ORDER: tuple[Kind, ...] = ("name", "trade", "industry", "sound", "order", "shape", "part")
