"""The authority's list of business names as a spreadsheet: reading, writing, and taking a file into the office's data.

名称登记管理规定 第十七条 sets a name against those registered or reserved, and for a year against those struck off,
changed or revoked; 第十八条: a name is reserved for two months. So each name may carry its standing and the day of it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from knowledge.encodings import UnreadableText, decode

LISTED = "registered_names.csv"
"""The file kept beside the office's JSON file."""
_NAME = ("名称", "企业名称", "字号名称", "business_name", "name")
_STANDING = ("状态", "登记状态", "status")
_DAY = ("日期", "状态日期", "核准日期", "date")
RESERVED_DAYS = 61
"""Two months, at their longest (第十八条)."""
FORMER_DAYS = 366
_STANDINGS = {
    "登记": "",
    "存续": "",
    "在营": "",
    "开业": "",
    "": "",
    "保留": "reserved",
    "注销": "former",
    "变更": "former",
    "撤销": "former",
    "吊销": "",
}
"""吊销 ends no registration: the name stays until it is struck off."""


class NameListError(ValueError):
    """The list cannot be used; the message says in which row."""


class RegisteredName(NamedTuple):
    """A name in the register."""

    name: str
    standing: str = ""
    """Empty: registered; `reserved`; `former`: struck off, changed or revoked."""
    since: date | None = None

    def counts(self, on: date) -> bool:
        """Whether a new name may not repeat it on that day; a standing without a day counts."""
        if not self.standing or self.since is None:
            return True
        return on < self.since + timedelta(days=RESERVED_DAYS if self.standing == "reserved" else FORMER_DAYS)


class Imported(NamedTuple):
    """What an import did."""

    names: int
    repeated: int
    file: Path


def read_names(path: Path) -> tuple[RegisteredName, ...]:
    """The list in a CSV file of any usual encoding; raises NameListError, OSError."""
    try:
        text, _ = decode(path.read_bytes())
    except UnreadableText as error:
        raise NameListError(f"{path.name}: {error}") from error
    return listed(text)


def listed(text: str) -> tuple[RegisteredName, ...]:
    """Names from CSV: columns 名称, 状态, 日期, or the names alone in the first column. Raises NameListError."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    head = [cell.strip() for cell in rows[0]] if rows else []
    name, standing, day = (_column(head, names) for names in (_NAME, _STANDING, _DAY))
    titled = name is not None
    found = []
    for number, row in enumerate(rows[titled:], start=1 + titled):
        words = _cell(row, name or 0).lstrip("'")
        if words:
            found.append(_entry(number, words, _cell(row, standing), _cell(row, day)))
    return tuple(found)


def names_from_csv(text: str) -> tuple[str, ...]:
    """The names alone."""
    return tuple(n.name for n in listed(text))


def names_to_csv(names: Sequence[str]) -> str:
    """The names as CSV that a spreadsheet opens (UTF-8 with a byte order mark when written by `utf-8-sig`)."""
    return _csv(RegisteredName(name) for name in names)


def take_in(source: Path, office: Path) -> Imported:
    """Checks a list, keeps it beside the office's JSON file and names it there. Raises NameListError, OSError.

    The list is written before the file that names it, each in one step, so that a crash leaves the old state.
    """
    found = read_names(source)
    if not found:
        raise NameListError(f"{source.name}: no name in it")
    kept = tuple(dict.fromkeys(found))
    data = json.loads(office.read_text(encoding="utf-8-sig")) if office.exists() else {}
    if not isinstance(data, dict):
        raise NameListError(f"{office.name}: not an office file")
    _replace(office.with_name(LISTED), _csv(kept))
    _replace(office, json.dumps(data | {"registered_names_file": LISTED}, ensure_ascii=False, indent=1) + "\n")
    return Imported(len(kept), len(found) - len(kept), office.with_name(LISTED))


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _csv(names: Iterable[RegisteredName]) -> str:
    out = io.StringIO()
    shown = {"": "登记", "reserved": "保留", "former": "注销"}
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["名称", "状态", "日期"])
    for n in names:
        writer.writerow([_inert(n.name), shown[n.standing], n.since.isoformat() if n.since else ""])
    return out.getvalue()


def _inert(cell: str) -> str:
    """A cell a spreadsheet will not run as a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _column(head: Sequence[str], names: Sequence[str]) -> int | None:
    return next((i for i, cell in enumerate(head) if cell in names), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _entry(number: int, name: str, standing: str, day: str) -> RegisteredName:
    known = next((v for k, v in _STANDINGS.items() if k and k in standing), None if standing else "")
    if known is None:
        raise NameListError(f"row {number}: unknown standing {standing!r}")
    try:
        return RegisteredName(name, known, date(*map(int, re.findall(r"\d+", day)[:3])) if day else None)
    except (ValueError, TypeError) as error:
        raise NameListError(f"row {number}: {error}") from error
