"""One database, SQLite or PostgreSQL: transactions in which a change and its events stand or fall together.

Errors: StoreError(Exception): Conflict · Busy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from assistant.record import START, Event, Head, chain, stamp
from assistant.tables_store import EventRow, MarkRow
from assistant.vault import Cipher, WrongKey

_WRITES = {"bancheng_writes": True}
_CHAIN_LOCK = 0x62616E63
_NEXT = text(
    "INSERT INTO counters (name, value) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)


class StoreError(Exception):
    """Something the store could not do."""


class Conflict(StoreError):
    """Somebody else changed it first."""


class Busy(StoreError):
    """The database cannot be written at the moment."""


class Unit:
    """One open transaction: work with `session`, say what was done with `record`."""

    def __init__(self, session: Session, cipher: Cipher) -> None:
        self.session = session
        self.cipher = cipher
        self.events: list[tuple[str, str, str, Mapping[str, Any]]] = []
        self.afterwards: list[Callable[[], None]] = []

    def record(self, actor: str, action: str, subject: str, body: Mapping[str, Any] | None = None) -> None:
        """Adds one event, written when the transaction ends. `body`: ids, field names, hashes; no personal data."""
        self.events.append((actor, action, subject, body or {}))

    def next_number(self, series: str) -> int:
        """The next number of a series, from 1, without a gap: given back when the transaction fails."""
        return int(self.session.execute(_NEXT, {"name": series}).scalar_one())

    def after_commit(self, call: Callable[[], None]) -> None:
        """Runs `call` once the change is durable; not at all when the transaction fails."""
        self.afterwards.append(call)


class Database:
    """An engine and its transactions. A transaction begun inside another on the same thread joins it."""

    def __init__(self, url: str, cipher: Cipher | None = None) -> None:
        self.cipher = cipher or Cipher()
        self.engine = _engine(url)
        self._open: ContextVar[Unit | None] = ContextVar("open unit", default=None)
        self._watchers: list[Callable[[Unit], None]] = []

    def migrate(self) -> None:
        """Brings the schema up to date and checks the key; WrongKey when it is not the one data was sealed with."""
        with self.engine.connect().execution_options(**_WRITES) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"))
            command.upgrade(alembic_config(connection), "head")
        with self.transaction() as unit:
            self._check_key(unit.session)

    def close(self) -> None:
        """Closes every connection."""
        self.engine.dispose()

    def shred(self) -> None:
        """Lets nothing of what was deleted linger in SQLite's log; deleted cells themselves are overwritten at once."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("ROLLBACK")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def ping(self) -> bool:
        """Whether the database answers."""
        try:
            with self.reading() as session:
                return bool(session.execute(text("SELECT 1")).scalar() == 1)
        except SQLAlchemyError:
            return False

    @contextmanager
    def transaction(self) -> Iterator[Unit]:
        """A unit of work that commits at the end of the block and rolls back on any exception."""
        joined = self._open.get()
        if joined is not None:
            yield joined
            return
        with self.engine.connect().execution_options(**_WRITES) as connection:
            with _told_when_busy(), connection.begin(), Session(connection, expire_on_commit=False) as session:
                unit = Unit(session, self.cipher)
                token = self._open.set(unit)
                try:
                    yield unit
                finally:
                    self._open.reset(token)
                for watcher in self._watchers:
                    watcher(unit)
                session.flush()
                _append(session, unit.events)
                session.flush()
        for call in unit.afterwards:
            call()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment; inside a transaction, that transaction's own."""
        joined = self._open.get()
        if joined is not None:
            joined.session.flush()
            yield joined.session
            return
        with self.engine.connect() as connection, connection.begin(), Session(connection) as session:
            yield session

    def watch(self, watcher: Callable[[Unit], None]) -> None:
        """Calls `watcher` at the end of every transaction, inside it."""
        self._watchers.append(watcher)

    def events(self, subject: str | None = None, after: int = 0) -> Iterator[Event]:
        """Events in order, all of them or those of one subject."""
        wanted = select(EventRow).where(EventRow.seq > after).order_by(EventRow.seq)
        if subject is not None:
            wanted = wanted.where(EventRow.subject == subject)
        with self.reading() as session:
            for row in session.scalars(wanted.execution_options(yield_per=500)):
                yield _event(row)

    def head(self) -> Head:
        """Where the record stands."""
        with self.reading() as session:
            return _head(session)

    def _check_key(self, session: Session) -> None:
        mark = session.get(MarkRow, "key check")
        if mark is None:
            session.add(MarkRow(name="key check", value=self.cipher.seal_text("bancheng")))
        elif self.cipher.open_text(mark.value) != "bancheng":
            raise WrongKey("the key check of this database cannot be read")
        elif self.cipher.on:
            mark.value = self.cipher.seal_text("bancheng")


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations that come with the product."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=20, max_overflow=20, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, pool_size=20, max_overflow=40, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """The driver's own transaction handling is off; FULL keeps every acknowledged commit through a power cut."""
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Writers take the lock at once: a deferred one fails when another commits between its read and its write."""
    writes = connection.get_execution_options().get("bancheng_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told_when_busy() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Busy(type(error.orig).__name__) from error


def _head(session: Session) -> Head:
    last = session.execute(select(EventRow.seq, EventRow.hash).order_by(EventRow.seq.desc()).limit(1)).first()
    return Head(last[0], last[1]) if last else Head(0, START)


def _append(session: Session, events: list[tuple[str, str, str, Mapping[str, Any]]]) -> None:
    """Last in the transaction, so that the lock on the chain is never held while waiting for another."""
    if not events:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"))
    head = _head(session)
    for actor, action, subject, body in events:
        e = chain(head, stamp(datetime.now(UTC)), actor, action, subject, body)
        session.add(EventRow(**{**vars(e), "body": json.dumps(dict(e.body), ensure_ascii=False, sort_keys=True)}))
        head = Head(e.seq, e.hash)


def _event(row: EventRow) -> Event:
    body: dict[str, Any] = json.loads(row.body)
    return Event(row.seq, row.at, row.actor, row.action, row.subject, body, row.previous, row.hash)
