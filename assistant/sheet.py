"""The words of a read document, to be searched by label: where a value stands, what it says, and its exact words.

A value may follow its label in the line, stand in the ruled cell or the free space to the right, or below it. Text is
compared with width variants unified and spaces dropped, because recognition and typists differ in both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from assistant.filing import Box, ReadValue
from knowledge.documents import Line, ReadDocument, ReadPage

_AFTER_LABEL = re.compile(r"(?:\([^()]{0,24}\))*[::.]?[☑☒√_]*")
"""Recognition takes the empty space after a label for a tick now and then."""
_BEFORE_LABEL = re.compile(r"[□■☐☑√*·•]*")
_LABELS = frozenset(
    "姓名 性别 民族 出生 出生日期 住址 住所 坐落 座落 用途 面积 建筑面积 权利人 共有情况 使用期限 权利类型 权利性质 "
    "不动产单元号 联系电话 固定电话 移动电话 电子邮箱 身份证件类型 身份证件号码 证件号码 职业状况 组成形式 出资额 "
    "经营范围 经营场所 名称 负责人 法定代表人 经营地址 经营方式 许可范围 有效期 有效期限 发证机关 发证日期 签发机关 "
    "网址 店铺名称 平台名称 平台经营者 籍贯 职业 文化程度 婚姻状况 附记".split()
)
"""Words that name a value and never are one."""
_LABELLED = re.compile(r"[^:,;。]{2,12}:(?!//)")
_RULE = re.compile(r"(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])")
"""The line on which a gap of a form is filled in; inside an address of the net it is a letter."""
_FUZZY_FROM = 4
"""Labels of at least so many characters may have one of them misread."""


class Shaped(NamedTuple):
    """A value found in a text, and the characters it was read from."""

    value: Any
    start: int
    end: int


Shape = Callable[[str], Shaped | None]
"""Reads a kind of value near the beginning of a text; None when it is not there."""


@dataclass(frozen=True)
class Piece:
    """A line in plain letters: `text[i]` comes from `line.text[at[i]]`."""

    page: int
    line: Line
    text: str
    at: tuple[int, ...]

    @property
    def place(self) -> Box:
        """Place on the levelled page."""
        return self.line.place


@dataclass(frozen=True)
class Strip:
    """Characters of one or more pieces in reading order."""

    text: str
    origins: tuple[tuple[Piece, int], ...]

    @classmethod
    def of(cls, pieces: Sequence[Piece]) -> Strip:
        """All characters of the pieces."""
        origins = tuple((piece, i) for piece in pieces for i in range(len(piece.text)))
        return cls("".join(piece.text for piece in pieces), origins)

    def read(self, value: Any, start: int, end: int) -> ReadValue:
        """`value` with the words from `start` to `end` as they stand on the page where they begin, and their box."""
        page = self.origins[start][0].page
        spans: dict[int, tuple[Piece, int, int]] = {}
        for piece, i in self.origins[start:end]:
            if piece.page == page:
                _, first, last = spans.get(id(piece), (piece, piece.at[i], piece.at[i]))
                spans[id(piece)] = (piece, min(first, piece.at[i]), max(last, piece.at[i]))
        quote = "".join(piece.line.text[a : b + 1] for piece, a, b in spans.values())
        boxes = [piece.line.part(a, b + 1) for piece, a, b in spans.values()]
        sure = min((piece.line.conf for piece, _, _ in spans.values()), default=1.0)
        return ReadValue(value=value, page=page, quote=quote, box=around([b for b in boxes if b]), sure=sure)


def around(boxes: Sequence[Box]) -> Box | None:
    """The smallest box around all; None without boxes."""
    if not boxes:
        return None
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))


def plain(text: str) -> tuple[str, tuple[int, ...]]:
    """Text with width variants unified, spaces and the rules under gaps dropped, and where each character came from."""
    ruled = _RULE.sub(lambda gap: " " * len(gap.group()), text)
    found = [(c, i) for i, raw in enumerate(ruled) for c in unicodedata.normalize("NFKC", raw) if not c.isspace()]
    return "".join(c for c, _ in found), tuple(i for _, i in found)


class Sheet:
    """A document ready to be searched."""

    def __init__(self, document: ReadDocument) -> None:
        self.document = document
        self.pages: dict[int, ReadPage] = {page.number: page for page in document.pages}
        self.pieces: list[Piece] = [
            Piece(page.number, line, *plain(line.text)) for page in document.pages for line in page.lines
        ]

    @cached_property
    def flow(self) -> Strip:
        """The whole document as one text without line ends."""
        return Strip.of(self.pieces)

    @cached_property
    def text(self) -> str:
        """The whole document in plain letters."""
        return self.flow.text

    @cached_property
    def _in_cells(self) -> dict[tuple[int, int], list[Piece]]:
        found: dict[tuple[int, int], list[Piece]] = {}
        for piece in self.pieces:
            if piece.line.cell >= 0:
                found.setdefault((piece.page, piece.line.cell), []).append(piece)
        return found

    def search(self, pattern: str, shape: Shape | None = None, group: int | str = 1) -> ReadValue | None:
        """The first match of `pattern` in the flow whose group has the shape; `( )：` are half width there."""
        for match in re.finditer(pattern, self.text):
            start, end = match.span(group)
            found = shape(self.text[start:end]) if shape else Shaped(self.text[start:end], 0, end - start)
            if found and found.end > found.start:
                return self.flow.read(found.value, start + found.start, start + found.end)
        return None

    def search_lines(self, pattern: str, shape: Shape) -> ReadValue | None:
        """Like `search`, within single lines, for values that end with theirs."""
        for piece in self.pieces:
            for match in re.finditer(pattern, piece.text):
                found = shape(match[1])
                if found and found.end > found.start:
                    start = match.start(1)
                    return Strip.of([piece]).read(found.value, start + found.start, start + found.end)
        return None

    def value(self, labels: Sequence[str], shape: Shape, pages: Sequence[int] | None = None) -> ReadValue | None:
        """The first value of that shape beside or under one of the labels, likelier labels first."""
        return next(self.values(labels, shape, pages), None)

    def values(self, labels: Sequence[str], shape: Shape, pages: Sequence[int] | None = None) -> Iterator[ReadValue]:
        """A value of that shape for every place of one of the labels, likelier labels first."""
        for label in labels:
            for piece in self.pieces:
                if pages is not None and piece.page not in pages:
                    continue
                end = _after(piece, label)
                if end is None:
                    continue
                for strip in self._candidates(piece, end):
                    found = None if strip.text.rstrip(":") in _LABELS else shape(strip.text)
                    if found and found.end > found.start:
                        yield strip.read(found.value, found.start, found.end)
                        break

    def _candidates(self, piece: Piece, end: int) -> Iterator[Strip]:
        """Texts that may hold the value of the label that ends at `end`, likeliest first."""
        rest = Strip.of([piece])
        if end < len(rest.text):
            follow = self._wrapped(piece, _left_of(piece, end)) or self._wrapped(piece)
            yield Strip(rest.text[end:], rest.origins[end:]) if not follow else _cut(Strip.of([piece, *follow]), end)
            return
        beside = self.cell_right(piece)
        if beside is not None:
            yield Strip.of(beside)
            return
        right = self.right_of(piece)
        if right:
            cell = self._in_cells.get((piece.page, right[0].line.cell))
            yield Strip.of(cell if cell and piece not in cell else [right[0], *self._wrapped(right[0])])
            yield Strip.of(right)
        below = self._below(piece)
        if below:
            yield Strip.of([below])

    def cell_right(self, piece: Piece) -> list[Piece] | None:
        """What stands in the ruled cell to the right of the piece's own; None when there is no such cell."""
        cells, own = self.pages[piece.page].cells, piece.line.cell
        if own < 0:
            return None
        x1, y0, y1 = cells[own][2], cells[own][1], cells[own][3]
        nearest = None
        for i, cell in enumerate(cells):
            shared = min(y1, cell[3]) - max(y0, cell[1])
            touching = -0.012 < cell[0] - x1 < 0.03
            if touching and shared > 0.6 * min(y1 - y0, cell[3] - cell[1]):
                nearest = i if nearest is None or cell[0] < cells[nearest][0] else nearest
        return None if nearest is None else self._in_cells.get((piece.page, nearest), [])

    def right_of(self, piece: Piece) -> list[Piece]:
        """Pieces of the same row further right, nearest first."""
        x0, y0, x1, y1 = piece.place
        found = []
        for other in self.pieces:
            middle = (other.place[0] + other.place[2]) / 2
            if other.page != piece.page or other is piece or middle < x1 or other.place[0] < (x0 + x1) / 2:
                continue
            shared = min(y1, other.place[3]) - max(y0, other.place[1])
            if shared > 0.4 * min(y1 - y0, other.place[3] - other.place[1]) and self._same_box(piece, other):
                found.append(other)
        return sorted(found, key=lambda p: p.place[0])

    def _same_box(self, a: Piece, b: Piece) -> bool:
        """Whether no rule is known to part them."""
        return a.line.cell == b.line.cell or a.line.cell < 0 or b.line.cell < 0

    def _wrapped(self, piece: Piece, left: float | None = None) -> list[Piece]:
        """Lines below that continue the piece: at the same left edge, close, nothing to their left in the row."""
        found: list[Piece] = []
        last = piece
        while len(found) < 3:
            below = self._below(last, slack=0.6, left=left)
            if below is None or not self._same_box(piece, below) or _LABELLED.match(below.text):
                break
            beside = [p for p in self.pieces if p.page == below.page and p is not below and _beside(p, below)]
            if any(p.place[0] < below.place[0] for p in beside):
                break
            found.append(below)
            last = below
        return found

    def _below(self, piece: Piece, slack: float = 1.6, left: float | None = None) -> Piece | None:
        """The piece under this one with the same left edge (or at `left`), at most `slack` line heights away."""
        x0, y1 = piece.place[0] if left is None else left, piece.place[3]
        high = max(piece.place[3] - piece.place[1], 0.006)
        near = [
            other
            for other in self.pieces
            if other.page == piece.page
            and abs(other.place[0] - x0) < max(0.012, 0.8 * high)
            and -0.4 * high < other.place[1] - y1 < slack * high
        ]
        return min(near, key=lambda p: p.place[1]) if near else None


def _left_of(piece: Piece, i: int) -> float:
    """Where character `i` begins on the levelled page."""
    part, box = piece.line.part(piece.at[i], piece.at[i] + 1), piece.line.box
    return part[0] - box[0] + piece.place[0] if part and box else piece.place[0]


def _cut(strip: Strip, start: int) -> Strip:
    return Strip(strip.text[start:], strip.origins[start:])


def _beside(a: Piece, b: Piece) -> bool:
    """Whether two pieces stand in one row."""
    shared = min(a.place[3], b.place[3]) - max(a.place[1], b.place[1])
    return shared > 0.5 * min(a.place[3] - a.place[1], b.place[3] - b.place[1])


def _after(piece: Piece, label: str) -> int | None:
    """Where the text after the label begins, one misread character of a long label allowed; None: no such label."""
    lead = _BEFORE_LABEL.match(piece.text)
    start = lead.end() if lead else 0
    end = start + len(label)
    head = piece.text[start:end]
    if head != label:
        wrong = sum(a != b for a, b in zip(head, label, strict=False)) + len(label) - len(head)
        colon = not label.endswith(":") or head.endswith(":")
        if len(label) < _FUZZY_FROM or wrong > 1 or not colon:
            return None
    if label.endswith(":"):
        return end
    after = _AFTER_LABEL.match(piece.text, end)
    return after.end() if after else end
