"""What is known about each document: title, version, rank, region, and the days between which it is law.

Versions of one title know each other: the day the next one takes effect is the first day the older one is no longer
in force (立法法 on repeal by a later text; 废止 clauses name other titles).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from knowledge.citation import Passage
from knowledge.passages import Unit, article_name, cut, front_matter, gaps

_DAY = re.compile(r"(\d{4})\s*[年\-./]\s*(\d{1,2})\s*[月\-./]\s*(\d{1,2})")
_NAMED = re.compile(r"^(?P<title>.+?)\s*[(（](?P<version>\d{4}-\d{2}-\d{2})[)）]$")
_TAKES_EFFECT = re.compile(r"自\s*(\d{4}年\d{1,2}月\d{1,2}日)\s*起(?:施行|实施|生效)")
_AT_ONCE = re.compile(r"自(?:公布|发布|印发|颁布)之日起(?:施行|实施|生效)")
_LISTED_EFFECT = re.compile(r"^\s*(\d{4}年\d{1,2}月\d{1,2}日)\s*(?:起)?施行", re.MULTILINE)
_REPEALS = re.compile(r"((?:《[^》]+》[（）()\w\s、，和及以—\-〔〕]*)+)(?:同时|即行|予以)废止")
_OUT_OF_FORCE = re.compile(r"repealed|superseded|废止|失效|被.{0,20}取代", re.IGNORECASE)
_OUTDATED = re.compile(r"OUTDATED|已(?:作)?修[改订正].{0,8}未收录|不是最新")
_SUCCESSOR = re.compile(r"(?:repealed|superseded)\s+(?:[\d-]+\s+)?by\s+(?P<by>[^,，;；]+)", re.IGNORECASE)
_BASIS = re.compile(r"（(《[^（）]*条[^（）]*)）")
_BASED_ON = re.compile(r"《([^》]+)》\s*(第[零〇一二两三四五六七八九十百千\d]+条(?:之[一二三四五六七八九十]+)?)")
_STATE = "中华人民共和国"
_PROVINCES = dict(
    zip(
        "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 "
        "海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆".split(),
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split(),
        strict=True,
    )
)
_CITIES = {
    "深圳": "4403",
    "广州": "4401",
    "珠海": "4404",
    "汕头": "4405",
    "厦门": "3502",
    "杭州": "3301",
    "宁波": "3302",
}


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
    return re.sub(r"[(（][^()（）]*[)）]$", "", bare).replace(_STATE, "") or bare


def source_of(text: str, filename: str) -> Source:
    """Reads one document; what the front matter does not say is taken from the file name, then from the text."""
    front, body = front_matter(text)
    units = tuple(cut(body))
    title, version = _name(front, body, filename)
    problems = [*gaps(list(units)), *([] if units else ["没有可引用的条文或段落"])]
    start = _starts(front, body, _day(version))
    if start is None:
        problems.append("没有找到施行日期，按一直有效处理")
    return Source(
        title=title,
        version=version,
        units=units,
        rank=front.get("rank") or _rank(title, front.get("origin_path", "")),
        region=front.get("region", "") or _region(title),
        in_force_from=start,
        in_force_to=_ends(front),
        superseded_by=_successor(front),
        repeals=_repeals(body),
        note=front.get("status_note") or front.get("status", ""),
        problems=tuple(problems),
    )


def _name(front: dict[str, str], body: str, filename: str) -> tuple[str, str]:
    stem = Path(filename).stem
    named = _NAMED.match(stem)
    heading = re.search(r"^#\s+(.+)$", body, re.MULTILINE)
    title = front.get("title") or (named["title"] if named else "") or (heading.group(1) if heading else stem)
    version = front.get("version_date") or front.get("version") or (named["version"] if named else "")
    if not version and (issued := _day(body.split("第一条")[0][:600])):
        version = issued.isoformat()
    # `@` and `#` separate the parts of a passage id.
    return re.sub(r"[《》@#]", "", title).strip().removeprefix(_STATE), re.sub(r"[@#]", "", version)


def _day(words: str) -> date | None:
    found = _DAY.search(words or "")
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _starts(front: dict[str, str], body: str, issued: date | None) -> date | None:
    for key in ("in_force_from", "effective", "effective_date", "施行日期"):
        if day := _day(front.get(key, "")):
            return day
    stated = [_day(d) for d in [*_LISTED_EFFECT.findall(body[:1500]), *_TAKES_EFFECT.findall(body[-3000:])]]
    days = [d for d in stated if d and (issued is None or d >= issued)]
    # An amended text keeps the clause of its first version; then the day of the amendment is the best that is known.
    if days:
        return min(days)
    return issued or next((d for d in stated if d), None)


def _ends(front: dict[str, str]) -> date | None:
    for key in ("in_force_to", "repealed", "废止日期"):
        if day := _day(front.get(key, "")):
            return day
    note = f"{front.get('status', '')} {front.get('status_note', '')}"
    if not _OUT_OF_FORCE.search(note):
        return None
    effective = re.search(r"(?:effective|自)\s*(\d{4}\D\d{1,2}\D\d{1,2})", note)
    return _day(effective.group(1)) if effective else _day(note)


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


def _rank(title: str, path: str) -> str:
    """Rank from the folder it came from, else from its title (立法法 on who names what how)."""
    for rank in ("行政法规", "部门规章", "地方性法规", "地方政府规章", "司法解释", "法律"):
        if rank in path:
            return rank
    if _region(title):
        return "地方性法规" if title.endswith("条例") else "规范性文件"
    endings = (("指南", "指南"), ("法", "法律"), ("民法典", "法律"), ("条例", "行政法规"), ("办法", "部门规章"))
    return next(
        (rank for end, rank in (*endings, ("规定", "部门规章"), ("细则", "部门规章")) if title.endswith(end)), ""
    )


def _region(title: str) -> str:
    """GB/T 2260 prefix of the place a title begins with; empty for the whole country."""
    places = {**_CITIES, **_PROVINCES}
    return next((code for name, code in places.items() if title.startswith(name)), "")


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
