"""Cuts the text of a law at 编 章 节 条, and of a guide without articles at its headings.

What stands before the first article (题注, 目录, the promulgating notice) is no passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import yaml

from knowledge.encodings import UnreadableText, decode

__all__ = ["UnreadableText", "Unit", "article_name", "cut", "front_matter", "gaps", "in_words", "numeral", "pieces"]

DIGITS = "零一二三四五六七八九"
_NUMERAL = r"[零〇一二两三四五六七八九十百千\d]+"
_ARTICLE = re.compile(rf"^(第{_NUMERAL}条(?:之{_NUMERAL})?)(\s*)(.*)$", re.DOTALL)
_DIVISION = re.compile(rf"^第{_NUMERAL}(分编|编|章|节)(?=\s|$|[^，。；、的规所至和])")
_LEVEL = {"编": 1, "分编": 2, "章": 3, "节": 4}
_MARKDOWN = re.compile(r"^(#{1,6})\s*(.+?)\s*#*$")
_ATTACHED = re.compile(r"^(附件|附表|附录|附图)[一二三四五六七八九十\d]*\s*[：:]?\s*\S{0,30}$")
_NUMBERED = re.compile(r"^([一二三四五六七八九十]+)、\s*(.*)$", re.DOTALL)
_CONTENTS = re.compile(r"^目\s*录$")
_NOT_A_START = re.compile(r"^(规定|第|的|和|或|、|，|及|与|至|所|款|项|中|以)")
CELLS = " | "
"""Between the cells of a table row."""
FOREWORD = "正文"
"""Name of what stands before the first heading of a document without articles."""
_SENTENCE = re.compile(r"(?<=[。；！？])")
_FRONT = re.compile(r"^---\s*\n(.*?)\n---\s*(?:\n|$)", re.DOTALL)


@dataclass(frozen=True)
class Unit:
    """One article, or one headed piece of a guide."""

    article: str
    heading: tuple[str, ...]
    text: str
    start: int = field(default=-1, compare=False)
    """Where its first line begins in the body it was cut from."""
    end: int = field(default=-1, compare=False)


def read_text(path: Path) -> str:
    """Text of a file in UTF-8, GB 18030 or whatever else its bytes show; raises UnreadableText."""
    return decode(path.read_bytes())[0]


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """(keys of the YAML front matter as strings, the body); no keys when there is none or it is broken."""
    found = _FRONT.match(text)
    if not found:
        return {}, text
    try:
        loaded = yaml.safe_load(found.group(1))
    except yaml.YAMLError:
        loaded = None
    if not isinstance(loaded, dict):
        loaded = dict(re.findall(r"^([A-Za-z_]+):[ \t]*(.*)$", found.group(1), re.MULTILINE))
    return scalars(loaded), text[found.end() :]


def scalars(loaded: Mapping[object, object]) -> dict[str, str]:
    """Keys with plain values, as strings; lists and mappings are left out, and with them what aliases can swell."""
    plain = {k: v for k, v in loaded.items() if isinstance(v, str | int | float | date)}
    return {str(k): str(v).strip() for k, v in plain.items()}


def numeral(words: str) -> int | None:
    """Value of Chinese or Arabic digits below 10,000 (`二百一十八`, `32`); None for anything else."""
    if words.isdigit():
        return int(words)
    total, digit = 0, 0
    for c in words.replace("〇", "零").replace("两", "二"):
        if c in DIGITS:
            digit = digit * 10 + DIGITS.index(c) if digit and c != "零" else DIGITS.index(c)
        elif c in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c]
            digit = 0
        else:
            return None
    return total + digit if words else None


def in_words(number: int) -> str:
    """Chinese numeral of 1 to 9,999 as statutes write it: 10 is 十, 110 is 一百一十, 101 is 一百零一."""
    out, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += ("零" if zero and out else "") + DIGITS[digit] + name
        zero = not digit
    return out[1:] if out.startswith("一十") else out


def article_name(words: str) -> str:
    """`第十九条` for `第19条`, `19条`, `19` or `第十九条第一款`; other words come back as they are."""
    found = re.match(rf"^\s*第?\s*({_NUMERAL})\s*条?(?:\s*之\s*({_NUMERAL}))?", words)
    value = numeral(found.group(1)) if found else None
    if not found or not value:
        return words.strip()
    after = numeral(found.group(2)) if found.group(2) else None
    return f"第{in_words(value)}条" + (f"之{in_words(after)}" if after else "")


def cut(body: str) -> list[Unit]:
    """Units of a document in its own order: its articles, or its headed pieces when it has none."""
    cutter = _Cutter(articles=_has_articles(body))
    at = 0
    for line in body.split("\n"):
        cutter.take(line.strip().strip("\u3000").replace("**", ""), at, at + len(line))
        at += len(line) + 1
    units = cutter.done()
    if [unit.article for unit in units] == [FOREWORD]:
        units = _by_paragraph(units[0], body)
    return _unique(units)


def _by_paragraph(whole: Unit, body: str) -> list[Unit]:
    """A text without any heading, by paragraphs; a single one is no structure to cite by."""
    units: list[Unit] = []
    at = whole.start
    for line in body[whole.start : whole.end].split("\n"):
        if words := line.strip():
            if units and not re.search(r"[。；！？]", units[-1].text):
                last = units.pop()  # a line that is no sentence belongs to what follows
                units.append(Unit(last.article, (), f"{last.text}\n{words}", last.start, at + len(line)))
            else:
                units.append(Unit(f"段落{in_words(len(units) + 1)}", (), words, at, at + len(line)))
        at += len(line) + 1
    return units if len(units) > 1 else []


def _says_something(lines: list[str]) -> bool:
    """Whether there is a sentence or a table among the lines, not only a title and whom it is addressed to."""
    return any(re.search(r"[。；]", line) or CELLS in line for line in lines)


def _cells(line: str) -> list[str]:
    """Cells of a table row as Markdown or as reading leaves it (`a | b`); none for other lines, empty for rules."""
    if "|" not in line:
        return []
    cells = [c.strip() for c in line.strip("| ").split("|")] if line.startswith("|") else line.split(CELLS)
    rule = all(re.fullmatch(r":?-{2,}:?", c) for c in cells)
    return [] if len(cells) < 2 else ["", ""] if rule else [c.strip() for c in cells]


def _has_articles(body: str) -> bool:
    starts = re.findall(rf"^[\s\u3000*]*第({_NUMERAL})条", body, re.MULTILINE)
    return len({numeral(s) for s in starts}) >= 2


class _Cutter:
    """Keeps the heading path and the unit under way while lines go by."""

    def __init__(self, articles: bool) -> None:
        self.articles = articles
        self.path: list[tuple[int, str]] = []
        self.name = ""
        self.where: tuple[str, ...] = ()
        self.lines: list[str] = []
        self.last = 0
        self.units: list[Unit] = []
        self.contents = False
        self.header: str | None = None
        self.at = (0, 0)
        self.span = (0, 0)

    def take(self, line: str, start: int = 0, end: int = 0) -> None:
        """Files one line, which stands at `start` to `end` of the body, under the unit it belongs to."""
        if not line:
            return
        self.at = (start, end)
        if _CONTENTS.match(line.lstrip("# ")):
            self.contents = True
        elif heading := _heading(line):
            self._enter(*heading)
        elif self.articles and (begun := self._article(line)):
            self.contents = False
            self._begin(begun[0], tuple(h for _, h in self.path), [begun[1]] if begun[1] else [])
        elif not self.articles:
            self._guide_line(line, end)
        elif self.name and not self.contents:
            self.lines.append(line)
            self.span = (self.span[0], end)

    def _guide_line(self, line: str, end: int) -> None:
        """A line of a document without articles: a row, a numbered piece, or running words."""
        if cells := _cells(line):
            self._row(cells, end)
            return
        self.header = None
        if found := _NUMBERED.match(line):
            self._numbered(found)
        elif not self.contents:
            self._words(line, end)

    def _words(self, line: str, end: int) -> None:
        if not self.name:  # what stands before the first heading
            self.name, self.where, self.span = FOREWORD, (), self.at
        self.lines.append(line)
        self.span = (self.span[0], end)

    def _row(self, cells: list[str], end: int) -> None:
        """A row of a table is a unit under the table's first row, which stays with the words around it."""
        row = CELLS.join(cells)
        if self.header is None:
            self.header = row
            self._words(row, end)
        elif name := next((c for c in cells if c and not c.isdigit()), ""):
            where = (*self.where, *([self.name] if self.name != FOREWORD else []), self.header)
            self.units.append(Unit(name[:30], where, row, *self.at))

    def _article(self, line: str) -> tuple[str, str] | None:
        found = _ARTICLE.match(line)
        if not found:
            return None
        number = numeral(re.findall(_NUMERAL, found.group(1))[0]) or 0
        # Without a space after it, “第三条规定的…” at the start of a wrapped line is a reference, not an article.
        if not found.group(2) and found.group(3):
            if _NOT_A_START.match(found.group(3)) or number != self.last + 1:
                return None
        self.last = number
        return article_name(found.group(1)), found.group(3).strip()

    def _enter(self, level: int, words: str) -> None:
        self._finish()
        self.path = [p for p in self.path if p[0] < level]
        if level > 0:
            self.path.append((level, words))
            # Words straight under a heading (序言, 附件, a guide's section) are a unit of that name.
            division = bool(_DIVISION.match(words))
            self.name = "" if self.articles and division else words
            self.where = tuple(h for _, h in self.path[:-1])
            self.span = self.at
            self.contents = self.contents and division

    def _numbered(self, found: re.Match[str]) -> None:
        words = found.group(2)
        if len(words) <= 40 and not re.search(r"[。；]", words):
            self._enter(5, f"{found.group(1)}、{words}")
        else:
            self._begin(found.group(1), tuple(h for _, h in self.path if _ < 5), [words])

    def _begin(self, name: str, where: tuple[str, ...], lines: list[str]) -> None:
        self._finish()
        self.name, self.where, self.lines, self.span = name, where, lines, self.at

    def _finish(self) -> None:
        self.header = None
        if self.name and self.lines and (self.name != FOREWORD or _says_something(self.lines)):
            self.units.append(Unit(self.name, self.where, "\n".join(self.lines), *self.span))
        self.name, self.lines = "", []

    def done(self) -> list[Unit]:
        """Every unit, the last one included."""
        self._finish()
        return self.units


def _heading(line: str) -> tuple[int, str] | None:
    """(level, words) of a heading line; level 0 is the document's own title."""
    marked = _MARKDOWN.match(line)
    words = marked.group(2) if marked else line
    division = _DIVISION.match(words)
    if division and len(words) <= 40 and not re.search(r"[。；，]", words):
        return _LEVEL[division.group(1)], re.sub(r"\s+", " ", words)
    if marked:
        return (0, words) if len(marked.group(1)) == 1 else (len(marked.group(1)) + 1, words)
    return (3, words) if _ATTACHED.match(words) else None


def _unique(units: list[Unit]) -> list[Unit]:
    seen: Counter[str] = Counter()
    out = []
    for unit in units:
        seen[unit.article] += 1
        again = seen[unit.article]
        out.append(unit if again == 1 else replace(unit, article=f"{unit.article}({again})"))
    return out


def gaps(units: list[Unit]) -> list[str]:
    """What is wrong with the numbering: articles that are missing or come twice, in Chinese for the operator."""
    names = [u.article for u in units if re.match(rf"^第{_NUMERAL}条", u.article)]
    numbers = [numeral(re.findall(_NUMERAL, n)[0]) or 0 for n in names]
    missing = [n for n in range(1, max(numbers, default=0) + 1) if n not in set(numbers)]
    twice = [n.split("(")[0] for n in names if "(" in n]
    out = [f"缺少{'、'.join(f'第{in_words(n)}条' for n in missing[:10])}等{len(missing)}条"] if missing else []
    return out + ([f"条号重复：{'、'.join(twice[:10])}"] if twice else [])


def pieces(text: str, limit: int = 320) -> list[str]:
    """`text` in pieces of about `limit` characters, cut between 款, and inside a long 款 between sentences."""
    out = [""]
    for paragraph in text.split("\n"):
        for part in [paragraph] if len(paragraph) <= limit else [s for s in _SENTENCE.split(paragraph) if s]:
            if out[-1] and len(out[-1]) + len(part) > limit:
                out.append("")
            out[-1] += part
    return [p for p in out if p]
