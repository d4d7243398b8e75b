"""Words that passages are found by: pairs of Chinese characters, and citations such as 行政许可法32条."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from knowledge.passages import article_name
from knowledge.sources import title_key

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[a-z]+|\d+(?:\.\d+)?")
_NUMERAL = r"[零〇一二两三四五六七八九十百千\d]+"
_CITED = re.compile(rf"第?\s*(?P<article>{_NUMERAL})\s*条(?:\s*之\s*(?P<after>[一二三四五六七八九十]))?")
_BEFORE = re.compile(r"[，。；、：:,;!?！？\s\n\"“”‘’()（）]+")
_KIND = re.compile(r"(实施细则|实施条例|暂行条例|条例|细则|办法|规定|规则|决定|法典|法)$")
_LINKING = re.compile(r"(里面|里边|之中|里|中)?的?$")

# What people and lawyers call a law in speech; every one names one title only.
SPOKEN = {
    "消法": "消费者权益保护法",
    "消保法": "消费者权益保护法",
    "食安法": "食品安全法",
    "个保法": "个人信息保护法",
    "反法": "反不正当竞争法",
    "劳合法": "劳动合同法",
    "税征法": "税收征收管理法",
    "个税法": "个人所得税法",
    "实施细则": "市场主体登记管理条例实施细则",
}


@lru_cache(maxsize=1)
def _lay_words() -> tuple[tuple[tuple[str, ...], str], ...]:
    """(lay words, legal words) of `lay_words.csv`: what people say, and what the law calls it."""
    with Path(__file__).with_name("lay_words.csv").open(encoding="utf-8", newline="") as file:
        return tuple((tuple(row["lay"].split("|")), row["legal"]) for row in csv.DictReader(file))


def legal_words(question: str) -> str:
    """What the law calls the things a lay question names, separated by spaces; empty when it names none we know."""
    found = (legal for lay, legal in _lay_words() if any(word in question for word in lay))
    return " ".join(dict.fromkeys(word for legal in found for word in legal.split()))


@lru_cache(maxsize=1 << 16)
def known_key(title: str) -> str:
    """`title_key` of a title in the library: those of a city are wanted for every question that names an article."""
    return title_key(title)


def tokens(text: str) -> list[str]:
    """Pairs of Chinese characters within each run (a lone one as itself), lower-case Latin words and numbers."""
    out: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0] >= "\u3400" and len(run) > 1:
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            out.append(run)
    return out


def cited_articles(text: str, titles: Iterable[str]) -> list[tuple[str, str]]:
    """(title, 第N条) for every citation in `text` of a document in `titles`, in order, each once.

    Titles may stand without 《》, without 中华人民共和国, shortened (“登记管理条例第19条”) or as people say them;
    a shortened name that fits several titles gives each of them, at most three.
    """
    known = {known_key(t): t for t in titles}
    out: list[tuple[str, str]] = []
    named: list[str] = []
    end = 0
    for found in _CITED.finditer(text):
        before = text[end : found.start()]
        # “第十九条和第二十条”: the second number belongs to the title named before the first.
        named = _titles_at_end(before, known) or (named if len(before) <= 4 else [])
        end = found.end()
        article = article_name(found.group().replace(" ", ""))
        out.extend((title, article) for title in named)
    return list(dict.fromkeys(out))


def _titles_at_end(before: str, known: dict[str, str]) -> list[str]:
    """Titles that the words just before an article number name; the whole title wins over a shortened one."""
    marked = re.search(r"《([^》]{2,60})》[^《》]{0,6}$", before)
    words = title_key(marked.group(1)) if marked else title_key(_LINKING.sub("", before.strip().rstrip("第")))
    whole = [k for k in known if words.endswith(k)]
    if whole:
        return [known[max(whole, key=len)]]
    chunk = words if marked else (_BEFORE.split(words)[-1])[-24:]
    spoken = next((title for name, title in SPOKEN.items() if chunk.endswith(name)), None)
    if spoken in known:
        return [known[spoken]]
    return _shortened(chunk, known)


def _shortened(chunk: str, known: dict[str, str]) -> list[str]:
    """Titles of the same kind (法, 条例 …) that the end of `chunk` shortens to two characters or more."""
    kind = _KIND.search(chunk)
    if not kind:
        return []
    stem = chunk[: kind.start()]
    same = {k: t for k, t in known.items() if k.endswith(kind.group())}
    for start in range(len(stem) - 1):
        short = stem[start:]
        fits = [k for k in same if _within(short, k[: -len(kind.group())])]
        if fits:
            best = sorted(fits, key=lambda k: (short not in k, len(k)))
            return [same[k] for k in best[:3] if (short in k) == (short in best[0])]
    return []


def _within(short: str, whole: str) -> bool:
    """Whether the characters of `short` stand in `whole` in that order."""
    rest = iter(whole)
    return all(c in rest for c in short)
