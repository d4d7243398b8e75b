"""Hearing a message: one plain reading of it, cut into clauses, with every place traceable to what was typed.

People wrap an answer in greetings, particles, complaints and emoji; they write traditional characters, full-width
digits and words that merely sound right. Parsers read `Heard.text`; evidence points into `Heard.original`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml
from opencc import OpenCC
from pypinyin import lazy_pinyin

from assistant.dialect import breaths, standard

Span = tuple[int, int]

_BREAK = re.compile(r"[，。！？；!?;\n…]+|(?<![A-Za-z0-9])[.,]|[.,](?![A-Za-z0-9])|[~～]+|\s{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SPOKEN_DIGITS = dict(zip("零〇○一二三四五六七八九幺两", "00012345678912", strict=True))
_SPOKEN_RUN = re.compile("[零〇○一二三四五六七八九幺两]{3,}")
_QUOTED = re.compile(r"[“”\"'‘’「『《【]([^“”\"'‘’「」『』《》【】]{1,30})[“”\"'‘’」』》】]")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The lists of `cues.yaml`."""
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cues.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _simplifiers() -> tuple[OpenCC, ...]:
    """Hong Kong's forms first (衞 → 卫), then everybody's."""
    return OpenCC("hk2s"), OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified characters."""
    whole, apart = text, text
    for converter in _simplifiers():
        whole, apart = converter.convert(whole), "".join(converter.convert(c) for c in apart)
    if not len(whole) == len(apart) == len(text):
        return whole
    # Only what changes in a word and by itself: 沈默 is a name, though in old prints it was a way to write 沉默.
    return "".join(w if w != t and a != t else t for t, w, a in zip(text, whole, apart, strict=True))


@lru_cache(maxsize=8192)
def _sound(character: str) -> str:
    """Toneless reading of a character."""
    return str(lazy_pinyin(character)[0])


@lru_cache(maxsize=1)
def _cue_sounds() -> dict[tuple[str, ...], str]:
    listed: list[str] = words()["cue_words"]
    return {tuple(_sound(c) for c in w): w for w in sorted(listed, key=len, reverse=True)}


@dataclass(frozen=True)
class Heard:
    """A message as typed and as read."""

    original: str
    text: str
    """Half-width, simplified, pictures as commas; what values are cut from."""
    places: tuple[int, ...]
    """Place in `original` of each character of `text`, and its length at the end."""

    @cached_property
    def standard(self) -> str:
        """`text` with dialect words as the standard ones; same length."""
        return standard(self.text)

    @cached_property
    def cues(self) -> str:
        """`standard` with cue words restored where something of the same sound stands; same length."""
        out = list(self.standard)
        sounds = [_sound(c) if _HAN.match(c) else "" for c in out]
        for wanted, word in _cue_sounds().items():
            for i in range(len(sounds) - len(wanted) + 1):
                if sounds[i] == wanted[0] and tuple(sounds[i : i + len(wanted)]) == wanted:
                    out[i : i + len(wanted)] = word
                    sounds[i : i + len(wanted)] = [""] * len(wanted)
        return "".join(out)

    @cached_property
    def digits(self) -> str:
        """`text` with spoken digit strings (幺三九零零…) as figures; same length."""
        return _SPOKEN_RUN.sub(lambda m: "".join(_SPOKEN_DIGITS[c] for c in m.group()), self.text)

    def span(self, start: int, end: int) -> Span:
        """The place in what was typed of a piece of `text`."""
        return (self.places[start], self.places[end - 1] + 1) if end > start else (self.places[start],) * 2

    def quoted(self) -> list[Span]:
        """What stands in quotation marks."""
        return [m.span(1) for m in _QUOTED.finditer(self.text)]


@lru_cache(maxsize=512)
def hear(original: str) -> Heard:
    """Reads a message."""
    out: list[str] = []
    places: list[int] = []
    for i, character in enumerate(original):
        for c in _plain(character):
            out.append(c)
            places.append(i)
    text = "".join(out)
    simple = simplified(text)
    if len(simple) != len(text):
        simple = "".join(s if len(s := simplified(c)) == 1 else c for c in text)
    return Heard(original, simple, (*places, len(original)))


def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in ("Mn", "Me", "Cf", "Cs", "Cc") and character not in "\n\t":
        return ""
    if character in "…⋯" or kind == "So" or (kind == "Sk" and ord(character) > 0xFFFF):
        return "，"
    wide = {",": "，"}
    folded = unicodedata.normalize("NFKC", character)
    return wide.get(folded, folded) if character in "，、" else folded


def _any(name: str) -> str:
    return "|".join(words()[name])


@lru_cache(maxsize=1)
def _lead() -> re.Pattern[str]:
    return re.compile(rf"[\s，、:：,]*(?:{_any('lead')})[\s，、,]*", re.I)


@lru_cache(maxsize=1)
def _tail() -> re.Pattern[str]:
    return re.compile(rf"[\s，、,]*(?:{_any('tail')})[\s，、,?？!！。.]*$", re.I)


@lru_cache(maxsize=1)
def _chatter() -> re.Pattern[str]:
    return re.compile(_any("chatter"), re.I)


def clauses(heard: Heard) -> Iterator[Span]:
    """Pieces between marks of punctuation, blank ones left out; speech without marks is cut where a phrase begins."""
    start = 0
    for end, after in [*(m.span() for m in _BREAK.finditer(heard.text)), (len(heard.text),) * 2]:
        places = [start, *breaths(heard.cues, start, end), end]
        for a, b in zip(places, places[1:], strict=False):
            yield from _piece(heard, a, b)
        start = after


def _piece(heard: Heard, start: int, end: int) -> Iterator[Span]:
    start, end = trim(heard.text, start, end)
    if end > start:
        yield start, end


def trim(text: str, start: int, end: int, also: str = "") -> Span:
    """A span without white space, brackets and marks at its ends."""
    loose = " \t\n　，、。,.;:：；!?！？~～-—“”\"'‘’「」『』" + also
    while start < end and text[start] in loose:
        start += 1
    while start < end and text[end - 1] in loose:
        end -= 1
    return start, end


def strip(heard: Heard, start: int, end: int, least: int = 1, lead: bool = True) -> Span:
    """A clause without what people put before and after an answer; never shorter than `least` characters."""
    text = heard.text
    while lead and (m := _lead().match(text, start, end)) and m.end() > start and end - m.end() >= least:
        start = m.end()
    while (t := _tail().search(text, start, end)) and t.start() - start >= least and t.start() < end:
        end = t.start()
    return trim(text, start, end)


@lru_cache(maxsize=1)
def _lead_open() -> re.Pattern[str]:
    return re.compile(rf"[\s，、]*(?:{_any('lead_open')})[\s，、]*", re.I)


def core(heard: Heard, start: int, end: int, least: int = 2) -> Span:
    """What is left of a short answer in Chinese without function words in front and foreign words around it."""
    text = heard.text
    if re.search(r"[\u4e00-\u9fff]", text[start:end]):
        m = re.compile(r"(?:[A-Za-z'’]+\s+)*(.*?)(?:\s+[A-Za-z'’?!]+)*", re.S).fullmatch(text, start, end)
        if m and len(_HAN.findall(m[1])) >= 2:
            start, end = trim(text, *m.span(1))
    before = (-1, -1)
    while (start, end) != before:
        before = (start, end)
        start, end = strip(heard, start, end, least)
        m = _lead_open().match(text, start, end)
        if m and m.end() > start and end - m.end() >= least:
            start = m.end()
    return start, end


def open_contents(heard: Heard, field: str, least: int = 2) -> list[tuple[int, int, bool]]:
    """(start, end, announced) of the clauses that may hold a short answer in Chinese; those without Chinese go last."""
    out = []
    for start, end in contents(heard, least):
        s, e = core(heard, start, end, least)
        for _ in range(2):
            inner = unlabel(heard, field, s, e, least)
            if inner == (s, e):
                break
            s, e = inner if field.startswith("name_") and inner[0] > s else core(heard, *inner, least)
        out.append((s, e, (s, e) != (start, end) and bool(label_said(heard, field, start, s))))
    out = [x for x in out if not is_chatter(heard, x[0], x[1])]
    han = [x for x in out if _HAN.search(heard.text[x[0] : x[1]])]
    return han or out


def label_said(heard: Heard, field: str, start: int, end: int) -> bool:
    """Whether the words before an answer announce it."""
    pattern = label_of(field)
    return bool(pattern and any(m.group() for m in pattern.finditer(heard.cues, start, end)))


def is_chatter(heard: Heard, start: int, end: int) -> bool:
    """Whether the clause is talk around an answer."""
    return bool(_chatter().search(heard.text[start:end])) or not re.search(r"[\w]", heard.text[start:end])


def contents(heard: Heard, least: int = 1) -> list[Span]:
    """Stripped clauses that may carry the answer; when all of them are talk, all of them."""
    said = [(s, e) for s, e in clauses(heard) if not is_chatter(heard, s, e) and not _only_wrapping(heard, s, e)]
    kept = [strip(heard, s, e, least) for s, e in said]
    if not kept:
        kept = [strip(heard, s, e, least) for s, e in clauses(heard)]
    return [(s, e) for s, e in kept if e > s]


def _only_wrapping(heard: Heard, start: int, end: int) -> bool:
    """Whether nothing is left of the clause without greetings, fillers and particles."""
    s, e = strip(heard, start, end, 0)
    return s >= e


@lru_cache(maxsize=64)
def label_of(field: str) -> re.Pattern[str] | None:
    """Matches the words that announce a field at the start of a clause, with the verb after them."""
    label: str | None = words()["labels"].get(field)
    if label is None:
        return None
    verb = words()["verb"]
    who = "(?:(?:我|俺|咱|阿拉|吾)(?:们|哋)?(?:家)?(?:的)?)?(?:店|铺)?(?:想|打算|准备|暂定)?"
    return re.compile(rf"(?:{label})(?:\s|[:：])*(?:呢|嘛|啊)?(?:就)?{verb}?\s*|{who}{words()['verb_alone']}\s*", re.I)


def unlabel(heard: Heard, field: str, start: int, end: int, least: int = 1) -> Span:
    """A clause without the words that announce the field (店名叫…, 住在…)."""
    pattern = label_of(field)
    found = pattern.match(heard.cues, start, end) if pattern else None
    if found and end - found.end() >= least:
        announced = bool(found.group()) and field.startswith("name_")
        return strip(heard, *trim(heard.text, found.end(), end), least, lead=not announced)
    return start, end


@lru_cache(maxsize=1)
def relation() -> re.Pattern[str]:
    """A word for somebody else (妹妹, 房东, 老板娘 …)."""
    return re.compile(str(words()["relations"]).strip(), re.I)
