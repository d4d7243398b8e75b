"""The tables of the passages in PostgreSQL, in a schema of their own, and connections set for searching them.

Whoever writes holds one advisory lock until its transaction ends; readers take no lock and see one moment. Vectors are
those of one embedder: with another one they are made anew.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from knowledge.index import IndexRefused

LOCK = 0x6C696272
_TABLES = """
CREATE SCHEMA IF NOT EXISTS library;
CREATE TABLE IF NOT EXISTS library.state (
    format text NOT NULL, embedder text NOT NULL, asking text NOT NULL, revision bigint NOT NULL, next_row int NOT NULL,
    vector_size int NOT NULL);
CREATE TABLE IF NOT EXISTS library.documents (
    name text PRIMARY KEY, title text NOT NULL, digest text NOT NULL, first_row int NOT NULL, count int NOT NULL);
CREATE TABLE IF NOT EXISTS library.passages (
    row int PRIMARY KEY, starts date NOT NULL, ends date NOT NULL, region text NOT NULL, guide boolean NOT NULL,
    words int NOT NULL, said_words int NOT NULL, title text NOT NULL, article text NOT NULL, id text NOT NULL,
    passage text NOT NULL, sayings text[] NOT NULL) WITH (toast_tuple_target = 256);
ALTER TABLE library.passages ALTER passage SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS passages_id ON library.passages (id);
CREATE INDEX IF NOT EXISTS passages_article ON library.passages (title, article);
CREATE TABLE IF NOT EXISTS library.terms (term bigint PRIMARY KEY, passages int NOT NULL);
CREATE TABLE IF NOT EXISTS library.postings (
    term bigint NOT NULL, row int NOT NULL, times smallint NOT NULL, length smallint NOT NULL,
    PRIMARY KEY (term, row) INCLUDE (times, length));
CREATE INDEX IF NOT EXISTS postings_row ON library.postings
    USING brin (row) WITH (pages_per_range = 32, autosummarize = on);
CREATE TABLE IF NOT EXISTS library.pieces (
    row int NOT NULL, said boolean NOT NULL, key bytea NOT NULL, done boolean NOT NULL);
CREATE INDEX IF NOT EXISTS pieces_row ON library.pieces (row);
CREATE INDEX IF NOT EXISTS pieces_key ON library.pieces (key);
CREATE INDEX IF NOT EXISTS pieces_wanting ON library.pieces (row) WHERE NOT done;
"""
_HELD = text("SELECT pg_advisory_xact_lock(:lock)")
# A plan is made for every question anew, because terms differ in number and in how many passages have them.
_SESSION = (
    "SET jit = off",
    "SET plan_cache_mode = force_custom_plan",
    "SET hnsw.ef_search = 200",
    "SET hnsw.iterative_scan = strict_order",
)


@dataclass(frozen=True)
class Made:
    """What the words, all the vectors and those of the sayings were made by; by another they are made anew."""

    format: str
    embedder: str
    asking: str


def connect(url: str) -> Engine:
    """An engine for a `postgresql+psycopg://` address; `postgresql://` is taken as the same."""
    url = _address(url)
    if not url.startswith("postgresql+psycopg://"):
        raise IndexRefused("wanted a postgresql+psycopg:// address in BANCHENG_DATABASE_URL to keep passages there")
    try:
        engine = create_engine(url, pool_size=10, max_overflow=30, pool_pre_ping=True, hide_parameters=True)
    except (ImportError, SQLAlchemyError) as problem:
        raise IndexRefused(f"no driver of PostgreSQL ({problem}): pip install 'bancheng[postgres]'") from problem
    event.listen(engine, "connect", _set)
    return engine


def _address(url: str) -> str:
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _set(connection: Any, _: Any) -> None:
    connection.autocommit = True
    for setting in _SESSION:
        connection.execute(setting)
    connection.autocommit = False


def hold(connection: Connection) -> None:
    """Waits until nobody else writes, and keeps others from it until the transaction ends."""
    connection.execute(_HELD, {"lock": LOCK})


def prepare(engine: Engine, made: Made) -> None:
    """Makes the extension and the tables; empties those that were made otherwise.

    Raises IndexRefused when there is no server, no pgvector or no right to make them, saying what to do.
    """
    try:
        _extend(engine)
        with engine.begin() as connection:
            hold(connection)
            connection.exec_driver_sql(_TABLES)
            _adopt(connection, made)
    except DBAPIError as problem:
        raise IndexRefused(f"the passages cannot be kept in PostgreSQL: {_first_line(problem)}") from problem


def _extend(engine: Engine) -> None:
    with engine.connect() as connection:
        if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'vector'").scalar():
            return
        version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    try:
        with engine.begin() as connection:
            hold(connection)
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as problem:
        raise IndexRefused(
            f"this PostgreSQL has no extension pgvector ({_first_line(problem)}). Install it on the database server "
            f"(Debian: apt-get install postgresql-{version}-pgvector; 0.8 or newer) and, where this account may not "
            "make extensions, run CREATE EXTENSION vector in this database as its superuser; or keep the passages "
            "in files with BANCHENG_INDEX=local"
        ) from problem


def _adopt(connection: Connection, made: Made) -> None:
    state = connection.execute(text("SELECT format, embedder, asking FROM library.state")).one_or_none()
    if state is None:
        new = text("INSERT INTO library.state VALUES (:format, :embedder, :asking, 0, 0, 0)")
        connection.execute(new, vars(made))
        return
    if tuple(state) == (made.format, made.embedder, made.asking):
        return
    if state.format != made.format:
        connection.exec_driver_sql(
            "TRUNCATE library.documents, library.passages, library.terms, library.postings, library.pieces"
        )
    if state.embedder != made.embedder:
        connection.exec_driver_sql("DROP TABLE IF EXISTS library.vectors")
        connection.exec_driver_sql("UPDATE library.pieces SET done = false")
        connection.exec_driver_sql("UPDATE library.state SET vector_size = 0")
    elif state.asking != made.asking and connection.exec_driver_sql("SELECT to_regclass('library.vectors')").scalar():
        connection.exec_driver_sql("DELETE FROM library.vectors WHERE said")
        connection.exec_driver_sql("UPDATE library.pieces SET done = false WHERE said")
    now = "UPDATE library.state SET format = :format, embedder = :embedder, asking = :asking, revision = revision + 1"
    connection.execute(text(now), vars(made))


def make_vectors(connection: Connection, size: int) -> None:
    """The table for vectors of `size` numbers, in half precision and always beside their keys."""
    connection.exec_driver_sql(
        "CREATE TABLE library.vectors (key bytea NOT NULL, said boolean NOT NULL, "
        f"vector halfvec({int(size)}) STORAGE PLAIN NOT NULL, PRIMARY KEY (key, said))"
    )
    connection.execute(text("UPDATE library.state SET vector_size = :size"), {"size": size})


def make_graphs(connection: Connection, most: int) -> None:
    """HNSW graphs over the vectors of texts and of sayings, for whichever has more than `most`."""
    # In memory a graph is made many times faster. Workers would share that memory, of which containers give little.
    for setting in ("maintenance_work_mem = '512MB'", "max_parallel_maintenance_workers = 0"):
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    counts = connection.exec_driver_sql("SELECT said, count(*) FROM library.vectors GROUP BY said").all()
    for said, count in counts:
        if count > most:
            kind = "said" if said else "texts"
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS vectors_{kind} ON library.vectors "
                f"USING hnsw (vector halfvec_ip_ops) WHERE said = {said}"
            )


def tidy(engine: Engine) -> None:
    """Lets the planner and the scans that read indexes alone know of a large change."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM (ANALYZE) library.postings, library.passages, library.pieces, library.terms")


@contextmanager
def scratch(url: str) -> Iterator[str]:
    """The address of an empty database on the server at `url`, dropped at the end."""
    name = f"bancheng_{secrets.token_hex(6)}"
    engine = create_engine(_address(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        try:
            yield make_url(_address(url)).set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


def database_mib(url: str) -> float:
    """How much the database at `url` takes on its server's disk."""
    engine = create_engine(_address(url))
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()
    finally:
        engine.dispose()
    return int(found) / 2**20


def _first_line(problem: DBAPIError) -> str:
    return str(problem.orig).strip().partition("\n")[0]
