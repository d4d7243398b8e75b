"""What is known about each document: title, version, rank, region, and the days between which it is law.

Versions of one title know each other: the day the next one takes effect is the first day the older one is no longer
in force (立法法 on repeal by a later text; 废止 clauses name other titles).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from knowledge.citation import Passage
from knowledge.document_names import STATE
from knowledge.particulars import Given, particulars
from knowledge.passages import Unit, article_name, cut, front_matter, gaps

_NAMED = re.compile(r"^(?P<title>.+?)\s*[(（](?P<version>\d{4}-\d{2}-\d{2})[)）]$")
_REPEALS = re.compile(r"((?:《[^》]+》[（）()\w\s、，和及以—\-〔〕]*)+)(?:同时|即行|予以)废止")
_OUTDATED = re.compile(r"OUTDATED|已(?:作)?修[改订正].{0,8}未收录|不是最新")
_SUCCESSOR = re.compile(r"(?:repealed|superseded)\s+(?:[\d-]+\s+)?by\s+(?P<by>[^,，;；]+)", re.IGNORECASE)
_BASIS = re.compile(r"（(《[^（）]*条[^（）]*)）")
_BASED_ON = re.compile(r"《([^》]+)》\s*(第[零〇一二两三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?)")


@dataclass(frozen=True)
class Source:
    """One version of one document and its units."""

    title: str
    version: str
    """Day of issue `YYYY-MM-DD`, or the guide's own version; empty when unknown."""
    units: tuple[Unit, ...]
    rank: str = ""
    region: str = ""
    in_force_from: date | None = None
    in_force_to: date | None = None
    superseded_by: str | None = None
    repeals: tuple[str, ...] = ()
    """Titles that this text says are repealed when it takes effect."""
    note: str = ""
    """Status as the front matter words it."""
    problems: tuple[str, ...] = ()
    """For the operator, in Chinese."""
    number: str = ""
    """文号: `国市监注发〔2022〕24号`, `国务院令第746号`."""
    issuer: str = ""
    issued: date | None = None
    found: dict[str, str] = field(default_factory=dict)
    """Field → where it was found: front matter, sidecar, file name, web page, text or rule."""
    notes: tuple[str, ...] = ()
    """What is no fault and still worth a look: a scan, words nobody can see, an encoding claimed wrongly."""

    @property
    def name(self) -> str:
        """`title@version`, the first half of its passages' ids."""
        return f"{self.title}@{self.version}"

    def passages(self) -> list[Passage]:
        """Its units as passages, in the order of the document."""
        return [
            Passage(
                id=f"{self.name}#{unit.article}",
                document=self.title,
                version=self.version,
                article=unit.article,
                heading=unit.heading,
                text=unit.text,
                in_force_from=self.in_force_from,
                in_force_to=self.in_force_to,
                superseded_by=self.superseded_by,
                rank=self.rank,
                region=self.region,
                caveat=caveat(self.note),
            )
            for unit in self.units
        ]


def caveat(note: str) -> str:
    """What people must know of a text whose status says it was amended and the new text is not held; else nothing."""
    if not _OUTDATED.search(note):
        return ""
    when = re.search(r"\d{4}(?:-\d{2}){0,2}", note)
    changed = f"{when[0]}修改，" if when else ""
    return f"这是修改以前的文本（{changed}新文本没有收录），请以最新文本和主管部门的说法为准。"


def title_key(title: str) -> str:
    """Titles compare without book marks, spaces, the name of the state and a trailing （试行）（2014修正）."""
    bare = re.sub(r"[《》〈〉<>\s\u3000]", "", title)
    return re.sub(r"[(（][^()（）]*[)）]$", "", bare).replace(STATE, "") or bare


def source_of(
    text: str,
    filename: str,
    sidecar: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Source:
    """Reads one document; what the front matter does not say is taken from elsewhere, see `knowledge.particulars`.

    `sidecar` is what a YAML file beside the document says, `about` what a web page says about itself; `today` (the
    clock's by default) judges days that lie ahead.
    """
    front, body = front_matter(text)
    beside = dict(sidecar or {})
    units = tuple(cut(body))
    told = particulars(body, Given(front, beside, about or {}, filename), today or datetime.now(UTC).date())
    both = {**beside, **front}
    return Source(
        title=told.title,
        version=told.version,
        units=units,
        rank=told.rank,
        region=told.region,
        in_force_from=told.in_force_from,
        in_force_to=told.in_force_to,
        superseded_by=_successor(both),
        repeals=_repeals(body),
        note=both.get("status_note") or both.get("status", ""),
        problems=(*gaps(list(units)), *([] if units else ["没有可引用的条文或段落"]), *told.problems),
        number=told.number,
        issuer=told.issuer,
        issued=told.issued,
        found=told.found,
    )


def _successor(front: dict[str, str]) -> str | None:
    if by := front.get("superseded_by"):
        return by
    found = _SUCCESSOR.search(front.get("status_note") or front.get("status", ""))
    words = found["by"].strip() if found else ""
    named = _NAMED.match(words)
    if named:
        return f"{named['title']}@{named['version']}"
    # “superseded by amendment 2025-09-12” names no title: the next version in the library does.
    return words if words and not words.isascii() else None


def _repeals(body: str) -> tuple[str, ...]:
    named = [t for group in _REPEALS.findall(body[-3000:]) for t in re.findall(r"《([^》]+)》", group)]
    return tuple(dict.fromkeys(title_key(t) for t in named))


def sayings(sources: Iterable[Source]) -> dict[str, list[str]]:
    """Lay words for articles, out of the guides: `title key#第N条` → the lines that give it as their basis.

    A guide line reads “搬家要办变更登记。（《市场主体登记管理条例》第二十四条）”; its heading goes with it.
    """
    out: dict[str, list[str]] = defaultdict(list)
    for source in sources:
        for unit in source.units if source.rank == "指南" else ():
            for line in unit.text.split("\n"):
                words = _BASIS.sub("", line).lstrip("-*• ").strip()
                for title, article in (found for basis in _BASIS.findall(line) for found in _BASED_ON.findall(basis)):
                    out[f"{title_key(title)}#{article_name(article)}"].append(f"{unit.article}：{words}")
    return dict(out)


def settle(sources: Iterable[Source]) -> list[Source]:
    """Gives each source the day it ends and what followed it, as the others tell; same order, none left out."""
    known = list(sources)
    versions: dict[str, list[Source]] = defaultdict(list)
    repealers: dict[str, list[Source]] = defaultdict(list)
    for source in known:
        versions[title_key(source.title)].append(source)
        for title in source.repeals:
            repealers[title].append(source)
    for same in versions.values():
        same.sort(key=lambda s: s.version)
    return [_settled(s, versions, repealers) for s in known]


def _settled(source: Source, versions: dict[str, list[Source]], repealers: dict[str, list[Source]]) -> Source:
    key = title_key(source.title)
    place = versions[key].index(source)
    older, newer = versions[key][:place], versions[key][place + 1 :]
    # The older text's front matter may know when this one took effect better than this one's own clause.
    begins = next((s.in_force_to for s in reversed(older) if s.in_force_to and _after(s.in_force_to, source)), None)
    start = source.in_force_to or (newer[0].in_force_from if newer else None)
    ends = [(start, newer[0].name)] if newer and start else []
    ends += [
        (other.in_force_from, other.name)
        for other in repealers[key]
        if other.in_force_from and title_key(other.title) != key and other.version > source.version
    ]
    day, by = min(ends) if ends else (None, None)
    return replace(
        source,
        in_force_from=begins or source.in_force_from,
        in_force_to=source.in_force_to or day,
        superseded_by=_full_name(source.superseded_by, versions) or by,
    )


def _after(day: date, source: Source) -> bool:
    return source.in_force_from is None or day >= source.in_force_from or day.isoformat() >= source.version


def _full_name(title: str | None, versions: dict[str, list[Source]]) -> str | None:
    """`title@version` of the newest version in the library, or the words as they were given."""
    if not title or "@" in title:
        return title
    same = versions.get(title_key(title), [])
    return same[-1].name if same else title
