"""The record of what happened: a chain of events in which any change to an earlier one shows.

Values only. Event bodies name fields, ids and hashes, never what an applicant wrote: a person's data can be erased and
the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

START = "0" * 64
"""`previous` of the first event."""


@dataclass(frozen=True)
class Event:
    """One thing somebody or something did. `at` is UTC in ISO 8601; order is `seq`, never the clock."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    body: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True)
class Head:
    """Where the chain stood at a moment, kept in a second place: shows a cut tail and a recomputed chain."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Fault:
    """The first event that does not fit, and why."""

    seq: int
    why: str


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no spaces and no NaN: equal values give equal bytes. Raises TypeError or ValueError."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def stamp(now: datetime) -> str:
    """UTC in ISO 8601 with microseconds and `Z`; raises ValueError for a time without a zone."""
    if now.tzinfo is None:
        raise ValueError("wanted a time with its zone, got a naive one")
    return now.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def hash_of(seq: int, at: str, actor: str, action: str, subject: str, body: Mapping[str, Any], previous: str) -> str:
    """What binds an event to everything before it."""
    return digest([seq, at, actor, action, subject, dict(body), previous])


def chain(head: Head, at: str, actor: str, action: str, subject: str, body: Mapping[str, Any]) -> Event:
    """The event that follows `head`."""
    seq = head.seq + 1
    return Event(
        seq, at, actor, action, subject, body, head.hash, hash_of(seq, at, actor, action, subject, body, head.hash)
    )


def first_fault(events: Iterable[Event], heads: Iterable[Head] = ()) -> Fault | None:
    """The first event changed, lost, added or out of order; None when the chain holds and reaches every kept head."""
    kept = {head.seq: head.hash for head in heads}
    last = Head(0, START)
    for e in events:
        fault = _misfit(e, last, kept)
        if fault:
            return Fault(last.seq + 1, fault)
        last = Head(e.seq, e.hash)
    beyond = [seq for seq in kept if seq > last.seq]
    return Fault(last.seq + 1, "events after this one are missing: a kept head is further on") if beyond else None


def _misfit(e: Event, last: Head, kept: Mapping[int, str]) -> str | None:
    if e.seq != last.seq + 1:
        return f"wanted event {last.seq + 1}, got {e.seq}: one is missing, added or out of order"
    if e.previous != last.hash:
        return "it does not follow the event before it"
    if e.hash != hash_of(e.seq, e.at, e.actor, e.action, e.subject, e.body, e.previous):
        return "its content was changed after it was written"
    if kept.get(e.seq, e.hash) != e.hash:
        return "the chain was written anew: it differs from a kept head"
    return None
