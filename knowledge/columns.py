"""Reading order of a printed page: columns one after the other, tables as rows, both in their place on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from knowledge.documents import Box, Line, ReadPage
from knowledge.ocr import in_order

_LEAST_ROWS = 4
"""Rows that stand side by side before a page counts as set in columns."""
_FULL = 0.55
"""Part of a column's width that its median line fills when it is prose; cells of a table are shorter."""
_NEAR = 0.012
_MOST_CROSSING = 0.5


@dataclass(frozen=True)
class Table:
    """Rows of cells of lines, from the top and from the left."""

    box: Box
    rows: tuple[tuple[tuple[Line, ...], ...], ...]


Item = Line | Table


@dataclass(frozen=True)
class Flow:
    """Items that follow each other between a left and a right edge, fractions of the page."""

    items: list[Item]
    left: float
    right: float


def place(item: Item) -> Box:
    """Where the item stands on the levelled page."""
    return item.place if isinstance(item, Line) else item.box


def gutter_of(lines: Sequence[Line]) -> float | None:
    """x between the two columns in which the lines stand; None when they run in one."""
    items: list[Item] = [line for line in lines if line.box and line.cell < 0]
    return _gutter(items, *_edges([i for i in items if isinstance(i, Line)])) if items else None


def flows(page: ReadPage, lines: Sequence[Line], usual: float | None = None) -> list[Flow]:
    """The given lines of a page in the order in which people read them; every line comes once.

    `usual` is the gutter of the document's other pages: it tells columns on a page with few lines.
    """
    boxed = [line for line in lines if line.box]
    tables, rest = _ruled_tables(page, boxed)
    items: list[Item] = [*rest, *tables]
    if not items:
        return []
    left, right = _edges(rest or [line for t in tables for r in t.rows for c in r for line in c])
    return [Flow(_with_bare_tables(f.items), f.left, f.right) for f in _split(items, left, right, 0, usual)]


def _edges(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of justified text: where several lines begin and end, else the outermost."""
    starts, ends = sorted(li.place[0] for li in lines), sorted((li.place[2] for li in lines), reverse=True)
    if len(lines) >= 6:
        shared = [a for a, b in zip(starts, starts[1:], strict=False) if b - a < _NEAR]
        ended = [a for a, b in zip(ends, ends[1:], strict=False) if a - b < _NEAR]
        return (shared or starts)[0], (ended or ends)[0]
    return starts[0], ends[0]


def _split(items: list[Item], left: float, right: float, depth: int, usual: float | None = None) -> list[Flow]:
    gutter = _gutter(items, left, right) if depth < 3 else None
    if gutter is None and usual is not None and _parts(items, usual):
        gutter = usual
    if gutter is None:
        return [Flow(_rows(items), left, right)]
    inner = [i for i in items if place(i)[2] <= gutter], [i for i in items if place(i)[0] >= gutter]
    bounds = (left, max(place(i)[2] for i in inner[0])), (min(place(i)[0] for i in inner[1]), right)
    out: list[Flow] = []
    for crossing, band in _bands(items, gutter):
        if crossing:
            out.append(Flow(_rows(band), left, right))
            continue
        sides = [i for i in band if place(i)[2] <= gutter], [i for i in band if place(i)[0] >= gutter]
        for side, (a, b) in zip(sides, bounds, strict=True):
            if side:
                out += _split(side, a, b, depth + 1)
    return out


def _parts(items: list[Item], gutter: float) -> bool:
    """Whether the gutter runs between lines on both of its sides and through few."""
    before, after = (sum(place(i)[2] <= gutter for i in items), sum(place(i)[0] >= gutter for i in items))
    return min(before, after) > 0 and len(items) - before - after <= 0.3 * len(items)


def _bands(items: list[Item], gutter: float) -> list[tuple[bool, list[Item]]]:
    """The page from top to bottom: lines across the gutter, and what stands in columns between them."""
    out: list[tuple[bool, list[Item]]] = []
    for item in sorted(items, key=lambda i: place(i)[1] + place(i)[3]):
        crossing = place(item)[0] < gutter < place(item)[2]
        if out and out[-1][0] == crossing:
            out[-1][1].append(item)
        else:
            out.append((crossing, [item]))
    return out


def _gutter(items: list[Item], left: float, right: float) -> float | None:
    """x between two columns of prose; None when the text runs in one."""
    wide = right - left
    best: tuple[int, float, float] | None = None
    for step in range(25, 76):
        x = left + wide * step / 100
        before = [i for i in items if place(i)[2] <= x]
        after = [i for i in items if place(i)[0] >= x]
        crossing = len(items) - len(before) - len(after)
        if min(len(before), len(after)) < _LEAST_ROWS or crossing > _MOST_CROSSING * len(items):
            continue
        beside = sum(any(_level(place(a), place(b)) for b in after) for a in before)
        room = min(place(i)[0] for i in after) - max(place(i)[2] for i in before)
        found = (beside, room, (min(place(i)[0] for i in after) + max(place(i)[2] for i in before)) / 2)
        if beside >= _LEAST_ROWS and (best is None or found > best) and _prose(before) and _prose(after):
            best = found
    return best[2] if best else None


def _level(a: Box, b: Box) -> bool:
    return min(a[3], b[3]) > max(a[1], b[1])


def _prose(items: list[Item]) -> bool:
    """Whether the lines of one side fill their column, as prose does and cells do not."""
    start, end = min(place(i)[0] for i in items), max(place(i)[2] for i in items)
    return median(place(i)[2] - place(i)[0] for i in items) > _FULL * (end - start)


def _rows(items: list[Item]) -> list[Item]:
    """Items of one column from top to bottom, pieces of one row from left to right; a table comes at its top."""
    lines = in_order([i for i in items if isinstance(i, Line)])
    out: list[Item] = list(lines)
    for table in sorted((i for i in items if isinstance(i, Table)), key=lambda t: t.box[1], reverse=True):
        above = [n for n, item in enumerate(out) if isinstance(item, Line) and _middle(item) < table.box[1]]
        out.insert(above[-1] + 1 if above else 0, table)
    return out


def _middle(line: Line) -> float:
    return (line.place[1] + line.place[3]) / 2


def _ruled_tables(page: ReadPage, lines: list[Line]) -> tuple[list[Table], list[Line]]:
    """Tables drawn with rules, and the lines outside them; a box around prose is no table."""
    groups = _touching(page.cells)
    inside: dict[int, list[Line]] = {}
    for line in lines:
        if 0 <= line.cell < len(page.cells):
            inside.setdefault(line.cell, []).append(line)
    tables, taken = [], set[int]()
    for group in groups:
        rows = _cell_rows([(page.cells[i], inside.get(i, [])) for i in group])
        if any(sum(bool(cell) for cell in row) > 1 for row in rows):
            boxes = [page.cells[i] for i in group]
            frame = (
                min(b[0] for b in boxes),
                min(b[1] for b in boxes),
                max(b[2] for b in boxes),
                max(b[3] for b in boxes),
            )
            filled = tuple(tuple(tuple(cell) for cell in row) for row in rows if any(row))
            tables.append(Table(frame, filled))
            taken |= set(group)
    return tables, [line for line in lines if line.cell not in taken]


def _touching(cells: Sequence[Box]) -> list[list[int]]:
    """Numbers of cells that share a rule, table by table."""
    left = set(range(len(cells)))
    out = []
    while left:
        group, todo = [], [left.pop()]
        while todo:
            one = todo.pop()
            group.append(one)
            near = [other for other in left if _adjoin(cells[one], cells[other])]
            left -= set(near)
            todo += near
        out.append(sorted(group))
    return sorted(out, key=lambda g: min(cells[i][1] for i in g))


def _adjoin(a: Box, b: Box) -> bool:
    return min(a[2], b[2]) - max(a[0], b[0]) > -_NEAR and min(a[3], b[3]) - max(a[1], b[1]) > -_NEAR


def _cell_rows(cells: list[tuple[Box, list[Line]]]) -> list[list[list[Line]]]:
    """Cells by the row in which they begin; one that spans rows counts in the first."""
    rows: list[tuple[float, list[tuple[Box, list[Line]]]]] = []
    for cell in sorted(cells, key=lambda c: c[0][1]):
        if rows and cell[0][1] - rows[-1][0] < _NEAR:
            rows[-1][1].append(cell)
        else:
            rows.append((cell[0][1], [cell]))
    return [[in_order(lines) for _, lines in sorted(row, key=lambda c: c[0][0])] for _, row in rows]


@dataclass
class _Row:
    lines: list[Line] = field(default_factory=list)

    @property
    def starts(self) -> list[float]:
        return [line.place[0] for line in self.lines]


def _with_bare_tables(items: list[Item]) -> list[Item]:
    """Neighbouring rows whose pieces begin in the same two or more places are a table without rules."""
    out: list[Item] = []
    pending: list[_Row] = []
    for group in _grouped(items):
        row = _Row([i for i in group if isinstance(i, Line)])
        spread = len(row.lines) > 1 and any(len(li.text.strip()) > 1 for li in row.lines)
        if spread and (not pending or _aligned(pending[-1], row)):
            pending.append(row)
            continue
        out += _settled(pending)
        pending = [row] if spread else []
        out += [] if spread else group
    return out + _settled(pending)


def _grouped(items: list[Item]) -> list[list[Item]]:
    out: list[list[Item]] = []
    for item in items:
        before = out[-1][-1] if out else None
        side = (
            isinstance(item, Line)
            and isinstance(before, Line)
            and before.place[1] < _middle(item) < before.place[3]
            and item.place[0] > before.place[2]
        )
        if side:
            out[-1].append(item)
        else:
            out.append([item])
    return out


def _aligned(a: _Row, b: _Row) -> bool:
    return sum(any(abs(x - y) < _NEAR for y in b.starts) for x in a.starts) > 1


def _settled(rows: list[_Row]) -> list[Item]:
    if len(rows) < 2:
        return [line for row in rows for line in row.lines]
    boxes = [line.place for row in rows for line in row.lines]
    frame = (min(b[0] for b in boxes), boxes[0][1], max(b[2] for b in boxes), boxes[-1][3])
    return [Table(frame, tuple(tuple((line,) for line in row.lines) for row in rows))]
