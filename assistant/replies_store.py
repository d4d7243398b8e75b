"""Calls with an `Idempotency-Key`: the same key has its effect once and gets the same reply."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, update

from assistant.database_store import Database, Unit
from assistant.tables_store import IdempotencyRow

_STALE_AFTER = 600.0
_KEPT_FOR = 3 * 86_400.0


class KeyReused(Exception):
    """The key was used for another call."""


class InProgress(Exception):
    """The first call with this key has not ended."""


@dataclass(frozen=True)
class Kept:
    """How the first call ended. `status` None: its effect on `effect` is durable and its reply was lost in a crash."""

    status: int | None
    reply: Any
    effect: str | None


class Replies:
    """Keeps keys. A transaction made while a key is being worked on marks the key as done in itself."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._started = time.time()
        self._live: set[tuple[str, str]] = set()
        self._lock = threading.Lock()
        self._working: ContextVar[tuple[str, str] | None] = ContextVar("key being worked on", default=None)
        database.watch(self._mark)

    def begin(self, account: str, key: str, route: str, fingerprint: str, wait: float = 60.0) -> Kept | None:
        """None when the caller is to do the work, else how it ended. Waits for a first call that is still at it.

        Raises KeyReused when the key was used for something else, InProgress after `wait` seconds.
        """
        end = time.monotonic() + wait
        while True:
            kept = self._claim(account, key, route, fingerprint)
            if kept is None or kept.status is not None or kept.effect is not None:
                return kept
            if time.monotonic() > end:
                raise InProgress
            threading.Event().wait(0.1)

    @contextmanager
    def working(self, account: str, key: str) -> Iterator[None]:
        """While the block runs, the first recorded transaction notes its effect under the key."""
        token = self._working.set((account, key))
        try:
            yield
        finally:
            self._working.reset(token)
            with self._lock:
                self._live.discard((account, key))

    def finish(self, account: str, key: str, status: int, reply: Any) -> None:
        """Keeps the reply."""
        sealed = self._database.cipher.seal_text(json.dumps(reply, ensure_ascii=False))
        with self._database.transaction() as unit:
            unit.session.execute(_row(account, key).values(status=status, reply=sealed))

    def drop(self, account: str, key: str) -> bool:
        """Forgets a call that had no effect, so that it can be tried again; False when it had one."""
        same = (IdempotencyRow.account == account, IdempotencyRow.key == key, IdempotencyRow.effect.is_(None))
        with self._database.transaction() as unit:
            gone = unit.session.execute(delete(IdempotencyRow).where(*same).returning(IdempotencyRow.key))
            return gone.first() is not None

    def purge(self) -> None:
        """Removes keys older than three days."""
        with self._database.transaction() as unit:
            old = IdempotencyRow.created_at < time.time() - _KEPT_FOR
            unit.session.execute(delete(IdempotencyRow).where(old))

    def _claim(self, account: str, key: str, route: str, fingerprint: str) -> Kept | None:
        with self._lock, self._database.transaction() as unit:
            row = unit.session.get(IdempotencyRow, (account, key), with_for_update=True)
            if row is None or (row.status is None and row.effect is None and self._abandoned(row)):
                self._take(unit, row, account, key, route, fingerprint)
                return None
            if (row.route, row.fingerprint) != (route, fingerprint):
                raise KeyReused
            if row.status is None and not self._abandoned(row):
                return Kept(None, None, None)
            reply = json.loads(self._database.cipher.open_text(row.reply)) if row.reply else None
            return Kept(row.status, reply, row.effect)

    def _take(
        self, unit: Unit, row: IdempotencyRow | None, account: str, key: str, route: str, fingerprint: str
    ) -> None:
        taken = row or IdempotencyRow(account=account, key=key, effect=None, status=None, reply=None)
        taken.route, taken.fingerprint, taken.created_at = route, fingerprint, time.time()
        unit.session.add(taken)
        self._live.add((account, key))

    def _abandoned(self, row: IdempotencyRow) -> bool:
        """Its process ended: it began before this one did, or so long ago that no call is still at it."""
        if (row.account, row.key) in self._live:
            return False
        return row.created_at < max(self._started, time.time() - _STALE_AFTER)

    def _mark(self, unit: Unit) -> None:
        working = self._working.get()
        if working and unit.events:
            free = IdempotencyRow.effect.is_(None)
            unit.session.execute(_row(*working).where(free).values(effect=unit.events[0][2]))


def _row(account: str, key: str) -> Any:
    return update(IdempotencyRow).where(IdempotencyRow.account == account, IdempotencyRow.key == key)
