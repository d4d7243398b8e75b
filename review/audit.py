"""Verifies the record of a stopped or running installation without the product's database layer: sqlite3 and hashes.

A chain alone can be recomputed by whoever can write the table; heads kept elsewhere (`anchor`) show that and a cut
tail.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

START = "0" * 64
"""`previous` of the first event."""


class Fault(NamedTuple):
    """The first event that does not fit, and why."""

    seq: int
    why: str


class Head(NamedTuple):
    """Where the chain stood at a moment."""

    seq: int
    hash: str


class Row(NamedTuple):
    """One event as stored."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    body: str
    previous: str
    hash: str


def rows(database: Path) -> Iterator[Row]:
    """Events in order of their numbers, read without changing the file; sqlite3.Error when it cannot be read."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        wanted = "SELECT seq, at, actor, action, subject, body, previous, hash FROM events ORDER BY seq"
        for row in connection.execute(wanted):
            yield Row(*row)


def hash_of(row: Row) -> str:
    """SHA-256 of the event in canonical JSON: sorted keys, no spaces."""
    value = [row.seq, row.at, row.actor, row.action, row.subject, json.loads(row.body), row.previous]
    told = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(told.encode()).hexdigest()


def verify(database: Path, anchor: Path | None = None) -> Fault | None:
    """The first event changed, lost, added or out of order; None when the chain holds and reaches every kept head."""
    kept = {head.seq: head.hash for head in heads(anchor)} if anchor else {}
    last = Head(0, START)
    for row in rows(database):
        why = _misfit(row, last, kept)
        if why:
            return Fault(last.seq + 1, why)
        last = Head(row.seq, row.hash)
    if any(seq > last.seq for seq in kept):
        return Fault(last.seq + 1, "后面的记录不见了：另存的链头比它更靠后")
    return None


def _misfit(row: Row, last: Head, kept: dict[int, str]) -> str | None:
    if row.seq != last.seq + 1:
        return f"应为第{last.seq + 1}条，实为第{row.seq}条：有记录缺失、插入或者乱序"
    if row.previous != last.hash:
        return "与前一条接不上"
    try:
        same = row.hash == hash_of(row)
    except ValueError:
        same = False
    if not same:
        return "写入以后内容被改动"
    return "整条链被重新计算过：与另存的链头不同" if kept.get(row.seq, row.hash) != row.hash else None


def heads(anchor: Path) -> list[Head]:
    """Heads kept in a file elsewhere, one JSON line each; none when there is no such file."""
    if not anchor.exists():
        return []
    lines = [json.loads(line) for line in anchor.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Head(int(line["seq"]), str(line["hash"])) for line in lines]


def keep_head(database: Path, anchor: Path) -> Head:
    """Adds where the chain stands now to the file; keep it on another machine or medium."""
    last = Head(0, START)
    for row in rows(database):
        last = Head(row.seq, row.hash)
    entry = {"seq": last.seq, "hash": last.hash, "at": datetime.now(UTC).isoformat(timespec="seconds")}
    with anchor.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
    return last
