"""Running text of a document: paragraphs put together from printed lines, every character knowing where it stood.

Running heads, page numbers and footnotes are taken out, wrapped lines joined over columns and pages, tables turned
into one line a row with ` | ` between cells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from knowledge.columns import Flow, Item, Table, flows, gutter_of, place
from knowledge.documents import Box, Line, ReadDocument, ReadPage
from knowledge.passages import CELLS

_PAGE_NUMBER = re.compile(
    r"^[\s\-—–―·.•]*(?:第\s*)?(?:\d{1,4}|[零〇一二三四五六七八九十百]{1,5}(?=\s*页|\s*[\-—–―]))(?:\s*页)?"
    r"(?:[\s,，]*[/／]?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[\s\-—–―·.•]*$"
)
_STARTS = re.compile(
    r"^(?:第[零〇一二两三四五六七八九十百千\d]+(?:条(?!规定|第|的|和|或|、|，|及|与|至|所|款|项|中|以)|[编章节](?=\s|$|[^，。；、的规所]))"
    r"|[（(][一二三四五六七八九十百]+[)）]|[一二三四五六七八九十]+、|附件|#|[-•●■◆]\s)"
)
_ENDS = "。；：！？;!?:"
_NEVER_FIRST = "，。、；：？！）》”’」』〕】％%,.;:?!)"
_NEVER_LAST = "（《“‘「『〔【("
_NOTE = re.compile(r"^(?:[①-⑳]|[\[［〔【]\d{1,2}[\]］〕】]|\d{1,2}(?=[^\d.、年月日条章])|\*|※|注[：:\d])")
_WORD = re.compile(r"[A-Za-z]")
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff，。；：、]) (?=[\u4e00-\u9fff，。；：、])")


@dataclass(frozen=True)
class Piece:
    """Characters `start` to `end` of a text as they stand on a page."""

    start: int
    end: int
    page: int
    box: Box
    edges: tuple[float, ...] = ()
    """Left edge of each character and right edge of the last; empty: spread evenly."""

    def part(self, start: int, end: int) -> Box:
        """Box of what lies between two places of the text that overlap the piece."""
        line = Line(text="一" * (self.end - self.start), box=self.box, edges=self.edges)
        return line.part(max(start, self.start) - self.start, min(end, self.end) - self.start) or self.box


@dataclass
class Paragraph:
    """A paragraph, heading or table row while it is put together."""

    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    level: int = 0

    def add(self, words: str, line: Line, page: int, skip: int = 0) -> None:
        """Appends `words`, which stand in the line from character `skip` on."""
        start = len(self.text)
        self.text += words
        box = line.part(skip, skip + len(words))
        if box:
            edges = line.edges[skip : skip + len(words) + 1] if len(line.edges) == len(line.text) + 1 else ()
            self.pieces.append(Piece(start, len(self.text), page, box, edges))

    def glue(self, sign: str) -> None:
        """Appends characters that stand nowhere on the page."""
        self.text += sign


def running_text(document: ReadDocument) -> tuple[list[Paragraph], list[Paragraph]]:
    """(paragraphs in reading order, footnotes and the like)."""
    pages = document.pages
    if not any(line.box for page in pages for line in page.lines):
        return _without_boxes(pages)
    body, notes = _Builder(), list[Paragraph]()
    dropped = _running(pages)
    split = [(page, *_footnotes(page, [li for li in page.lines if id(li) not in dropped])) for page in pages]
    gutters = [g for _, lines, _ in split if (g := gutter_of(lines)) is not None]
    usual = median(gutters) if 2 * len(gutters) > len(pages) - 1 and gutters else None
    laid = [(page, flows(page, lines, usual)) for page, lines, _ in split]
    body.usual_right = median([f.right for _, found in laid for f in found] or [1.0])
    for page, found in laid:
        body.page(page, found)
    for page, _, lines in split:
        notes += _notes(page, lines)
    return body.done, notes


def _without_boxes(pages: Sequence[ReadPage]) -> tuple[list[Paragraph], list[Paragraph]]:
    """Every line is a paragraph; lines of one table row are one."""
    body, notes = list[Paragraph](), list[Paragraph]()
    last: Line | None = None
    for line in (line for page in pages for line in page.lines):
        words = line.text.strip()
        if not words or (line.row < 0 and _PAGE_NUMBER.match(words)):
            continue
        if last is not None and line.row >= 0 and line.row == last.row and not line.aside:
            body[-1].glue((CELLS if line.column != last.column else " ") + words)
        else:
            (notes if line.aside else body).append(Paragraph(words, level=line.level))
        last = line if not line.aside else last
    return body, notes


def _running(pages: Sequence[ReadPage]) -> set[int]:
    """`id`s of the lines that are running heads, feet and page numbers."""
    places: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    out: set[int] = set()
    for page in pages:
        lines = sorted((li for li in page.lines if li.text.strip()), key=lambda li: li.place[1])
        for line in {id(li): li for li in (*lines[:2], *lines[-2:])}.values():
            middle = (line.place[1] + line.place[3]) / 2
            if line.cell < 0 and _PAGE_NUMBER.match(line.text) and (_in_margin(middle) or _alone(line, lines)):
                out.add(id(line))
            elif plain := re.sub(r"[\d\s]", "", line.text):
                places[plain].append((middle, page.number, id(line)))
    for found in places.values():
        for middle, _, mark in found:
            alike = {number for other, number, _ in found if abs(other - middle) < 0.02}
            if len(alike) >= 3 or (_in_margin(middle) and len(alike) == 2 and len(pages) <= 4):
                out.add(mark)
    return out


def _in_margin(middle: float) -> bool:
    return middle < 0.1 or middle > 0.9


def _alone(line: Line, lines: Sequence[Line]) -> bool:
    """Whether nothing stands beside the line: the last number of a table is no page number."""
    middle = (line.place[1] + line.place[3]) / 2
    return not any(other is not line and other.place[1] < middle < other.place[3] for other in lines)


def _footnotes(page: ReadPage, lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """(running lines, lines of footnotes): small print at the foot of a page that begins with a mark."""
    heights = [_height(li) for li in lines]
    if len(lines) < 4:
        return lines, []
    usual = median(heights)
    ordered = sorted(lines, key=lambda li: li.place[1])
    small = len(ordered)
    while small and _height(ordered[small - 1]) < 0.9 * usual and ordered[small - 1].cell < 0:
        small -= 1
    first = next((i for i in range(small, len(ordered)) if _NOTE.match(ordered[i].text.strip())), len(ordered))
    notes = {id(li) for li in ordered[first:]}
    return [li for li in lines if id(li) not in notes], ordered[first:]


def _height(line: Line) -> float:
    return line.place[3] - line.place[1]


def _notes(page: ReadPage, lines: list[Line]) -> list[Paragraph]:
    out: list[Paragraph] = []
    for line in lines:
        words = line.text.strip()
        if not out or _NOTE.match(words):
            out.append(Paragraph())
        _append(out[-1], line, page.number)
    return out


def _append(paragraph: Paragraph, line: Line, page: int) -> None:
    """Joins the line to the paragraph: a space only between two words in letters, no hyphen at a broken word."""
    words = _despaced(line)
    skip = len(line.text) - len(line.text.lstrip())
    before = paragraph.text
    if before and words and _WORD.match(before[-1]) and _WORD.match(words[0]):
        paragraph.glue(" ")
    elif len(before) > 1 and before[-1] == "-" and _WORD.match(before[-2]) and words[:1].islower():
        paragraph.text = before[:-1]
        last = paragraph.pieces[-1] if paragraph.pieces else None
        if last:
            edges = last.edges[:-1]
            paragraph.pieces[-1] = Piece(last.start, last.end - 1, last.page, last.part(0, last.end - 1), edges)
    if words == line.text.strip():
        paragraph.add(words, line, page, skip)
        return
    for i, char in enumerate(line.text):  # spread-out print: every letter keeps its own place
        if char != " ":
            paragraph.add(char, line, page, i)


def _despaced(line: Line) -> str:
    """The words of a line; single spaces put between all Chinese characters to spread them are no words."""
    words = line.text.strip()
    spaced = len(_SPACED.findall(words))
    return words.replace(" ", "") if spaced >= 4 and spaced > 0.6 * len(words.replace(" ", "")) else words


class _Builder:
    """Puts paragraphs together while pages go by."""

    def __init__(self) -> None:
        self.done: list[Paragraph] = []
        self.usual_right = 1.0
        self._open = False
        self._last: tuple[int, Line] | None = None
        self._header: str | None = None

    def page(self, page: ReadPage, found: list[Flow]) -> None:
        """Takes in one page."""
        first = True
        for flow in found:
            right = self._right(flow)
            pitch = _pitch(flow.items)
            for item in flow.items:
                if isinstance(item, Table):
                    self._table(item, page, first)
                else:
                    self._line(item, page, flow.left, right, pitch)
                first = False

    def _right(self, flow: Flow) -> float:
        """Where lines of the flow end when they are full: short lines alone do not tell."""
        ends = [place(i)[2] for i in flow.items]
        justified = sum(abs(end - flow.right) < 0.012 for end in ends) >= 3
        near = abs(flow.right - self.usual_right) < 0.25
        return max(flow.right, self.usual_right) if not justified and near else flow.right

    def _line(self, line: Line, page: ReadPage, left: float, right: float, pitch: float) -> None:
        words = line.text.strip()
        if not words:
            return
        ratio = page.height / page.width if page.width and page.height else 1.4
        em = _height(line) * ratio
        before = self.done[-1] if self.done else None
        if before and self._continues(words, line, page, left, em, pitch):
            if self._same_row(line, page.number):
                before.glue(" ")
            _append(before, line, page.number)
        else:
            self.done.append(Paragraph())
            _append(self.done[-1], line, page.number)
        self._open = line.place[2] > right - max(0.03, 2.3 * em)
        self._last = (page.number, line)

    def _same_row(self, line: Line, page: int) -> bool:
        """Whether the line goes on where the last one stopped, after a gap."""
        if self._last is None or self._last[0] != page:
            return False
        before = self._last[1].place
        return before[1] < (line.place[1] + line.place[3]) / 2 < before[3] and line.place[0] > before[2]

    def _continues(self, words: str, line: Line, page: ReadPage, left: float, em: float, pitch: float) -> bool:
        if self._last is None:
            return False
        if self._same_row(line, page.number):
            return True
        before = self.done[-1].text
        if self._open and before[-1:] in ("、", "，"):  # a list of articles wraps where an article seems to begin
            return True
        if _STARTS.match(words) or _despaced(line) != words or before[-1:] == "":
            return False
        if words[0] in _NEVER_FIRST or before[-1] in _NEVER_LAST:
            return True
        number, last = self._last
        sized = 0.75 < _height(line) / max(_height(last), 1e-6) < 1.33
        far = (
            number == page.number
            and line.place[1] > last.place[1]
            and pitch
            and (line.place[1] - last.place[1] > 1.8 * pitch and before[-1] in _ENDS)
        )
        indented = line.place[0] > left + max(0.014, 0.8 * em)
        return self._open and sized and not far and not indented

    def _table(self, table: Table, page: ReadPage, first: bool) -> None:
        for number, row in enumerate(table.rows):
            paragraph = Paragraph()
            filled = max(column for column, cell in enumerate(row) if cell) + 1
            for column, cell in enumerate(row[:filled]):
                if column:
                    paragraph.glue(CELLS)
                for line in cell:
                    _append(paragraph, line, page.number)
            again = first and not number and paragraph.text == self._header
            if paragraph.text.strip(" |") and not again:  # a head repeated on the next page is the same head
                self.done.append(paragraph)
            self._header = paragraph.text if not number else self._header
        self._open, self._last = False, None


def _pitch(items: Sequence[Item]) -> float:
    """Usual distance between the tops of neighbouring lines."""
    tops = sorted({round(i.place[1], 3) for i in items if isinstance(i, Line)})
    steps = [b - a for a, b in zip(tops, tops[1:], strict=False)]
    return median(steps) if len(steps) >= 3 else 0.0


def lines_of_text(paragraphs: Sequence[Paragraph]) -> Iterator[str]:
    """Paragraphs as lines, headings marked as in Markdown; a single heading of the first level is the title."""
    first = sum(p.level == 1 for p in paragraphs)
    for paragraph in paragraphs:
        level = paragraph.level + (1 if paragraph.level and first != 1 else 0)
        plain = not level or len(paragraph.text) > 60 or re.search(r"[。；]", paragraph.text) or _unit(paragraph.text)
        yield paragraph.text if plain else f"{'#' * min(level, 6)} {paragraph.text}"


def _unit(words: str) -> bool:
    return bool(re.match(r"^(?:第[零〇一二两三四五六七八九十百千\d]+条|[（(][一二三四五六七八九十]+[)）])", words))
