"""Whether what our guides, service items and scope entries rest on is in the library, in force, and says so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from knowledge.citation import Passage
from knowledge.facts import Facts, compare
from knowledge.findings import Documents, Finding
from knowledge.guides import RANK as GUIDE
from knowledge.guides import Statement, statements
from knowledge.item_parts import articles
from knowledge.items import Item
from knowledge.scopes import Scopes
from knowledge.sources import title_key

UNLIKE, LIKE = 0.25, 0.7
"""Share of a statement's two-character pieces in its article below which they speak of different things, and in one
sentence of it above which the statement keeps to the words of the law."""


class Shelf:
    """Which documents and articles are held, and which of them are in force on a day."""

    def __init__(self, documents: Documents, on: date) -> None:
        self.titles: set[str] = set()
        self._all: set[tuple[str, str]] = set()
        self._current: dict[tuple[str, str], Passage] = {}
        for passages in documents.values():
            for p in passages:
                place = title_key(p.document), p.article
                self._all.add(place)
                if p.rank != GUIDE:
                    self.titles.add(place[0])
                if p.in_force(on):
                    self._current[place] = p

    def article(self, document: str, article: str) -> Passage | None:
        """The text in force."""
        return self._current.get((title_key(document), article))

    def problem(self, document: str, article: str) -> str:
        """Why an article of a held document cannot be cited, in Chinese; empty when it can."""
        place = title_key(document), article
        if place in self._current:
            return ""
        return (
            f"《{document}》{article}已经失效或者尚未施行" if place in self._all else f"《{document}》里没有{article}"
        )


def of_guides(documents: Documents, files: Mapping[str, str], shelf: Shelf) -> Iterator[Finding]:
    """Statements of guides against the articles they name."""
    absent: dict[str, Counter[str]] = defaultdict(Counter)
    for name, passages in documents.items():
        if passages[0].rank != GUIDE:
            continue
        file = files.get(name, name)
        for unit in passages:
            for said in statements(unit):
                if title_key(said.document) not in shelf.titles:
                    absent[file][said.document] += 1
                    continue
                yield from _statement(said, file, unit, shelf)
    yield from _absent(absent)


def _statement(said: Statement, file: str, unit: Passage, shelf: Shelf) -> Iterator[Finding]:
    if problem := shelf.problem(said.document, said.article):
        yield Finding("error", "guide", file, unit.article, problem, "改成现行条文，或者删去这句话")
        return
    law = shelf.article(said.document, said.article)
    if law is None:
        return
    facts = compare(said.words, law.text)
    place = f"《{said.document}》{said.article}"
    wrong = [m for m in facts.mismatches if m.kind == "number" and m.close]
    if wrong:
        what = f"“{said.words[:50]}”与{place}不一致：{'；'.join(m.why for m in wrong)}"
        yield Finding("error", "guide", file, unit.article, what, "按条文改正数字")
    elif why := _doubt(facts):
        what = f"“{said.words[:50]}”与{place}可能不一致：{why}"
        yield Finding("note", "guide", file, unit.article, what, "对照条文看意思是否相同")
    if law.in_force_from and unit.in_force_from and law.in_force_from > unit.in_force_from:
        what = f"指南自{unit.in_force_from}起可用，所依据的{place}这个文本{law.in_force_from}才施行"
        yield Finding("note", "guide", file, unit.article, what, "把指南的 in_force_from 改到那一天或者以后")
    if law.caveat:
        yield Finding(
            "note", "guide", file, unit.article, f"依据{place}，{law.caveat.rstrip('。')}", "有了新文本后核对"
        )


def _doubt(facts: Facts) -> str:
    """Why a statement may say something else than its article; must and may count only where it keeps its words."""
    if facts.coverage < UNLIKE:
        return "条文里找不到这句话的词句"
    kinds = ("negation", "modality", "bound") if facts.nearest_coverage >= LIKE else ("bound",)
    return "；".join(m.why for m in facts.mismatches if m.kind in kinds)


def _absent(absent: Mapping[str, Counter[str]]) -> Iterator[Finding]:
    for file, titles in absent.items():
        named = "、".join(f"《{title}》{count}处" for title, count in titles.most_common())
        what = f"有依据没有收录，无从核对：{named}"
        yield Finding("note", "basis", file, "", what, "把它们的现行文本放进文件夹")


def of_items(items: Sequence[Item], scopes: Scopes | None, shelf: Shelf) -> Iterator[Finding]:
    """The basis of every field, material, check, question and scope entry."""
    absent: dict[str, Counter[str]] = defaultdict(Counter)
    seen: set[tuple[str, str, str]] = set()
    for file, place, basis in [*_bases(items), *_scope_bases(scopes)]:
        for title, article in articles(basis) if basis else []:
            if title_key(title) not in shelf.titles:
                absent[file][title] += 1
            elif article and (problem := shelf.problem(title, article)) and (file, place, problem) not in seen:
                seen.add((file, place, problem))
                yield Finding("error", "basis", file, place, f"依据{problem}", "改成现行条文")
    yield from _absent(absent)


def _bases(items: Sequence[Item]) -> Iterator[tuple[str, str, str]]:
    """(file, place in it, basis) of everything an item says."""
    for item in items:
        file = f"items/{item.code}.yaml"
        yield file, "basis", item.basis
        yield from ((file, f"fields {f.id}", f.basis) for f in item.fields)
        yield from ((file, f"materials {m.kind}", m.basis) for m in item.materials)
        yield from ((file, f"checks {c.code}", c.basis) for c in item.checks)
        yield from ((file, f"questions {q.id}", q.basis) for q in item.questions)


def _scope_bases(scopes: Scopes | None) -> Iterator[tuple[str, str, str]]:
    for entry in scopes.entries if scopes is not None else ():
        yield "scopes.csv", entry.entry, entry.basis


def rested_on(documents: Documents, items: Sequence[Item], scopes: Scopes | None) -> set[str]:
    """Keys of the titles that guides, items and scope entries name."""
    said = (s for found in documents.values() if found[0].rank == GUIDE for unit in found for s in statements(unit))
    named = {title_key(s.document) for s in said}
    for _, _, basis in [*_bases(items), *_scope_bases(scopes)]:
        named |= {title_key(title) for title, _ in articles(basis)}
    return named


def named_articles(items: Sequence[Item], scopes: Scopes | None) -> set[tuple[str, str]]:
    """(title key, article) of every basis of items and scope entries; a whole document has an empty article."""
    bases = (basis for _, _, basis in [*_bases(items), *_scope_bases(scopes)])
    return {(title_key(title), article) for basis in bases for title, article in articles(basis)}
