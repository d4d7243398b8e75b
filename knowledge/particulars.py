"""What a document is: title, number, who issued it and when, between which days it is law, rank and region.

Each is taken from the first place that has it: front matter, a YAML file beside the document, the file's name, what a
web page says about itself, the text, and last a rule. Which place it was is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from knowledge.document_names import HAN, STATE, numbered, rank_in_path, rank_of, region_of, title_in
from knowledge.passages import numeral

Found = Literal["front matter", "sidecar", "file name", "web page", "text", "rule"]
_KEYS: dict[str, tuple[str, ...]] = {
    "title": ("title", "标题", "名称"),
    "version": ("version_date", "version", "版本"),
    "number": ("number", "document_number", "文号", "发文字号"),
    "issuer": ("issuer", "issuing_body", "发布机关", "发文机关", "制定机关"),
    "issued": ("issued", "issued_on", "发布日期", "公布日期", "成文日期", "印发日期"),
    "in_force_from": ("in_force_from", "effective", "effective_date", "施行日期", "生效日期"),
    "in_force_to": ("in_force_to", "repealed", "废止日期", "失效日期"),
    "rank": ("rank", "效力级别"),
    "region": ("region", "地区", "适用地区"),
}
_DAY = re.compile(r"(\d{4})\s*[年\-./]\s*(\d{1,2})\s*[月\-./]\s*(\d{1,2})")
_ONES = "一二三四五六七八九"
_WRITTEN_DAY = re.compile(rf"([一二][〇○零Ｏ{_ONES}]{{3}})年([{_ONES}十]{{1,2}})月([{_ONES}十]{{1,3}})日")
_DAYS = rf"\d{{4}}年\d{{1,2}}月\d{{1,2}}日|[一二][〇○零{_ONES}]{{3}}年[{_ONES}十]{{1,2}}月[{_ONES}十]{{1,3}}日"
_NAMED = re.compile(r"^(?P<title>.+?)\s*[(（](?P<version>\d{4}-\d{2}-\d{2})[)）]$")
_TAKES_EFFECT = re.compile(rf"自\s*({_DAYS})\s*起(?:施行|实施|生效|执行)")
_AT_ONCE = re.compile(r"自(?:公布|发布|印发|颁布)之日起(?:施行|实施|生效|执行)")
_AFTER_DAYS = re.compile(r"自(?:公布|发布|印发|颁布)之日起([\d一二三四五六七八九十]{1,3})日后(?:施行|实施|生效)")
_LISTED_EFFECT = re.compile(r"^\s*(\d{4}年\d{1,2}月\d{1,2}日)\s*(?:起)?施行", re.MULTILINE)
_LASTS = re.compile(
    rf"起(?:施行|实施|生效|执行)[，,；;]\s*(?:本\S{{1,6}})?有效期(?:为|至)?\s*(?:(?P<day>{_DAYS})|(?P<years>[\d一二三四五六七八九十]{{1,3}})年)"
)
_ISSUING = re.compile(r"公布|发布|印发|通过|修订|修正|修改|批准")
_OUT_OF_FORCE = re.compile(r"repealed|superseded|废止|失效|被.{0,20}取代", re.IGNORECASE)
_CONGRESS = re.compile(r"(全国人民代表大会(?:常务委员会)?)第[^会]{1,8}次会议")
_BODY = r"(?:人民政府|办公厅|办公室|委员会|总局|总署|人民法院|检察院|国务院|部|厅|局|署|委)"
_SIGNED = re.compile(rf"^([{HAN}、 ]{{2,40}}?{_BODY})\s*\n\s*({_DAYS})\s*$", re.MULTILINE)
_TITLE_ISSUER = re.compile(rf"^([{HAN}、 ]{{2,40}}?{_BODY})(?:关于|印发)")
_OLDEST = date(1949, 10, 1)
_UNSET = date(1970, 1, 1)
"""What programs write when they know no date."""
_FARTHEST = timedelta(days=366 * 5)


@dataclass(frozen=True)
class Given:
    """What is said about a document outside its text."""

    front: Mapping[str, str] = field(default_factory=dict)
    sidecar: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    """`title`, `issued` and `issuer` as a web page states them."""
    filename: str = ""

    def key(self, name: str) -> tuple[str, Found] | None:
        """The value under any of the names for it, and where it stands."""
        places: tuple[tuple[Mapping[str, str], Found], ...] = (
            (self.front, "front matter"),
            (self.sidecar, "sidecar"),
        )
        return next(((p[k], where) for p, where in places for k in _KEYS[name] if p.get(k)), None)


@dataclass(frozen=True)
class Particulars:
    """See the module; `found` has the names of the fields that are known and where each was found."""

    title: str
    version: str
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    in_force_from: date | None = None
    in_force_to: date | None = None
    rank: str = ""
    region: str = ""
    found: dict[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def particulars(body: str, given: Given, today: date) -> Particulars:
    """Everything the document and what is said about it tell; `today` judges days that lie ahead."""
    return _Reader(body, given, today).read()


def day_in(words: str) -> date | None:
    """The first day written in figures or in Chinese numerals; None when there is none or no such day exists."""
    found = _DAY.search(words)
    written = _WRITTEN_DAY.search(words)
    try:
        if found and (not written or found.start() < written.start()):
            return date(*map(int, found.groups()))
        if written:
            year = "".join(str("〇一二三四五六七八九".index(c)) for c in re.sub("[○零Ｏ]", "〇", written[1]))
            return date(int(year), numeral(written[2]) or 0, numeral(written[3]) or 0)
    except ValueError:
        return None
    return None


def _head(body: str) -> str:
    """What stands before the first article; without articles, before the first sentence."""
    before, *articles = re.split(r"^[\s\u3000*]*第[一1]条", body, maxsplit=1, flags=re.MULTILINE)
    return before[:2500] if articles else re.split(r"^.*。", before, maxsplit=1, flags=re.MULTILINE)[0][:2500]


class _Reader:
    """Takes each particular from the first place that has it and remembers the place."""

    def __init__(self, body: str, given: Given, today: date) -> None:
        self.body, self.given, self.today = body, given, today
        self.head = _head(body)
        self.found: dict[str, str] = {}
        self.problems: list[str] = []
        self.named = _NAMED.match(Path(given.filename).stem)

    def read(self) -> Particulars:
        title = self._title()
        issued = self._issued()
        version = self._version(issued)
        number, order_by = self._number(version)
        issuer = self._issuer(title, order_by)
        start = self._starts(day_in(version))
        end = self._ends(start)
        if start is None:
            self.problems.append("没有找到施行日期，按一直有效处理")
        region = self._region(title, issuer)
        return Particulars(
            title=title,
            version=version,
            number=number,
            issuer=issuer,
            issued=issued,
            in_force_from=start,
            in_force_to=end,
            rank=self._rank(title, region, number),
            region=region,
            found=self.found,
            problems=tuple(self.problems),
        )

    def _taken(self, name: str, *options: tuple[str, Found] | None) -> str:
        """The first option with words in it."""
        for option in options:
            if option and option[0].strip():
                self.found[name] = option[1]
                return option[0].strip()
        return ""

    def _title(self) -> str:
        heading = re.search(r"^#\s+(.+)$", self.body, re.MULTILINE)
        page = re.split(r"\s*[-_|–—]", self.given.about.get("title", ""))[0]
        stem = Path(self.given.filename).stem
        title = self._taken(
            "title",
            self.given.key("title"),
            (self.named["title"], "file name") if self.named else None,
            (heading.group(1), "text") if heading else None,
            (page, "web page"),
            (title_in(self.head), "text"),
            (stem, "file name"),
        )
        # `@` and `#` separate the parts of a passage id.
        return re.sub(r"[《》@#]", "", title).strip().removeprefix(STATE)

    def _issued(self) -> date | None:
        options = [self.given.key("issued")]
        options.append((self.given.about.get("issued", ""), "web page"))
        options.append((self.named["version"], "file name") if self.named else None)
        for option in options:
            if option and option[0] and (day := self._day(option[0], "发布日期", option[1])):
                self.found["issued"] = option[1]
                return day
        day = self._issued_in_text()
        if day:
            self.found["issued"] = "text"
        return day

    def _issued_in_text(self) -> date | None:
        """Newest day of a line on issuing or amending; else the first day of the head, else that of the signature."""
        head = re.sub(rf"自\s*(?:{_DAYS})\s*起", "", self.head)
        lines = [line for line in head.split("\n") if _ISSUING.search(line)]
        days = [d for line in lines if (d := day_in(line)) and self._likely(d)]
        signed = [day_in(m[1]) for m in _SIGNED.findall(self.body[-1500:])]
        first = day_in("\n".join(line for line in head[:600].split("\n") if "施行" not in line))
        return max(days) if days else next((d for d in (*signed, first) if d), None)

    def _version(self, issued: date | None) -> str:
        version = self._taken(
            "version",
            self.given.key("version"),
            (self.named["version"], "file name") if self.named else None,
            (issued.isoformat(), "rule") if issued else None,
        )
        if self.found.get("version") == "rule":
            self.found["version"] = self.found["issued"]
        if day := day_in(version):
            self._day(version, "版本日期", self.found["version"])
            self.found.setdefault("issued", self.found["version"])
            if day > self.today:
                self.problems.append(f"版本日期{day}在将来（{WHERE[self.found['version']]}），请核对")
        return re.sub(r"[@#]", "", version)

    def _day(self, words: str, what: str, where: str) -> date | None:
        """The day in the words when it can be one; what is wrong with it goes to the problems."""
        day = day_in(words)
        if day is None:
            if re.search(r"\d", words):
                self.problems.append(f"{what}“{words[:20]}”不是一个日期（{WHERE[where]}），没有采用")
        elif not self._likely(day):
            why = "像是程序没有填写时的默认值" if day == _UNSET else "早于1949年10月1日"
            self.problems.append(f"{what}{day}{why}（{WHERE[where]}），没有采用")
            return None
        return day

    def _likely(self, day: date) -> bool:
        return day >= _OLDEST and day != _UNSET

    def _number(self, version: str) -> tuple[str, str]:
        """(number, who gave the order): with several, that on the line of the version's day."""
        lines = [line for line in self.head.split("\n") if line.strip()]
        day = day_in(version)
        # The order and its number often stand on two lines.
        lines += [a + b for a, b in zip(lines, lines[1:], strict=False) if re.match(r"\s*第", b)]
        lines.sort(key=lambda line: day is None or day_in(line) != day)
        found = next((n for line in lines if (n := numbered(line))[0]), ("", ""))
        number = self._taken("number", self.given.key("number"), (found[0], "text"))
        return re.sub(r"\s+", "", number), found[1]

    def _issuer(self, title: str, order_by: str) -> str:
        congress = _CONGRESS.search(self.head)
        signed = _SIGNED.search(self.body[-1500:])
        by_title = _TITLE_ISSUER.match(title)
        issuer = self._taken(
            "issuer",
            self.given.key("issuer"),
            (self.given.about.get("issuer", ""), "web page"),
            (order_by if order_by != "主席" else "", "text"),
            (congress.group(1), "text") if congress else None,
            (by_title.group(1), "text") if by_title else None,
            (signed.group(1), "text") if signed else None,
        )
        return issuer

    def _starts(self, issued: date | None) -> date | None:
        if (said := self.given.key("in_force_from")) and (day := self._day(said[0], "施行日期", said[1])):
            self.found["in_force_from"] = said[1]
            if day > self.today + _FARTHEST:
                self.problems.append(f"施行日期{day}在五年以后（{WHERE[said[1]]}），请核对")
            return day
        tail = self.body[-3000:]
        stated = [day_in(d) for d in [*_LISTED_EFFECT.findall(self.body[:1500]), *_TAKES_EFFECT.findall(tail)]]
        days = [d for d in stated if d and (issued is None or d >= issued)]
        # An amended text keeps the clause of its first version; then the day of amendment is the best known.
        if days:
            self.found["in_force_from"] = "text"
            return min(days)
        if issued and not stated and (later := _AFTER_DAYS.search(tail)):
            self.found["in_force_from"] = "text"
            return issued + timedelta(days=numeral(later.group(1)) or 0)
        day = issued or next((d for d in stated if d), None)
        if day:
            at_once = not stated and _AT_ONCE.search(tail)
            self.found["in_force_from"] = "text" if at_once or not issued else "rule"
        return day

    def _ends(self, start: date | None) -> date | None:
        if (said := self.given.key("in_force_to")) and (day := self._day(said[0], "失效日期", said[1])):
            self.found["in_force_to"] = said[1]
            if start and day <= start:
                self.problems.append(f"失效日期{day}不晚于施行日期{start}（{WHERE[said[1]]}），请核对")
            return day
        both = {**self.given.sidecar, **self.given.front}
        note = f"{both.get('status', '')} {both.get('status_note', '')}"
        if _OUT_OF_FORCE.search(note):
            effective = re.search(r"(?:effective|自)\s*(\d{4}\D\d{1,2}\D\d{1,2})", note)
            day = day_in(effective.group(1)) if effective else day_in(note)
            if day:
                self.found["in_force_to"] = "front matter" if self.given.front.get("status_note") else "sidecar"
            return day
        return self._lasts(start)

    def _lasts(self, start: date | None) -> date | None:
        """First day after the term that a paper sets itself: `自…起施行，有效期5年`."""
        found = _LASTS.search(self.body[-3000:])
        if not found:
            return None
        last = day_in(found["day"] or "")
        years = numeral(found["years"] or "")
        end = last + timedelta(days=1) if last else _years_after(start, years) if start and years else None
        if end:
            self.found["in_force_to"] = "text"
        return end

    def _rank(self, title: str, region: str, number: str) -> str:
        return self._taken(
            "rank",
            self.given.key("rank"),
            (rank_in_path(self.given.front.get("origin_path", "")), "front matter"),
            (rank_of(title, region, number), "rule"),
        )

    def _region(self, title: str, issuer: str) -> str:
        said = self.given.key("region")
        return self._taken(
            "region",
            (said[0] if said[0].isdigit() else region_of(said[0]), said[1]) if said else None,
            (region_of(title), "rule"),
            (region_of(issuer), "rule"),
        )


WHERE: dict[str, str] = {
    "front matter": "文件开头的说明",
    "sidecar": "旁边的说明文件",
    "file name": "文件名",
    "web page": "网页标注",
    "text": "正文",
    "rule": "推定",
}


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28) + timedelta(days=1)
