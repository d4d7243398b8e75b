"""What the store keeps, and what it refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from assistant.database_store import alembic_config
from assistant.filing import Answer, Filing, Material, Turn
from assistant.record import first_fault
from assistant.store import Conflict, Store
from assistant.tables_store import AccountRow, Base
from assistant.vault import WrongKey
from prompts.settings import Settings

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def settings(tmp_path: Path, key: str = "") -> Settings:
    return Settings(data=tmp_path / "data", files_key=SecretStr(key) if key else None)


def with_owner(store: Store, name: str = "applicant1") -> Store:
    with store.transaction() as unit:
        unit.session.add(AccountRow(id=name, username=name, role="applicant", password="x", created_at=0.0))
    return store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql")()
    made = with_owner(Store(Settings(data=tmp_path / "data", database_url=url)))
    yield made
    made.close()


def filing(name: str = "f1") -> Filing:
    return Filing(id=name, owner="applicant1", item="some-item", item_version="1", created_at=NOW, updated_at=NOW)


def test_a_filing_comes_back_as_it_was_kept(store: Store) -> None:
    given = filing()
    given.answers["operator_name"] = Answer(value="李小明", source="form", confirmed=True)
    given.turns.append(Turn(role="user", text="我叫李小明", at=NOW))
    kept = store.add_filing(given, "applicant1")
    assert kept.revision == 1
    assert store.filing("f1") == kept
    assert store.filing("f2") is None


def test_the_second_of_two_writers_is_told(store: Store) -> None:
    first = store.add_filing(filing(), "applicant1")
    second = store.save_filing(first, 1, actor="applicant1", action="filing.edited")
    assert second.revision == 2
    with pytest.raises(Conflict):
        store.save_filing(first, 1, actor="applicant1", action="filing.edited")
    assert [e.action for e in store.database.events("f1")] == ["filing.started", "filing.edited"]


def test_every_change_has_one_event_and_a_failed_one_has_none(store: Store) -> None:
    store.add_filing(filing(), "applicant1")
    before = store.database.head()
    with pytest.raises(RuntimeError), store.transaction() as unit:
        store.save_filing(filing(), 1, actor="applicant1", action="filing.edited")
        unit.next_number("receipt")
        raise RuntimeError
    kept = store.filing("f1")
    assert kept is not None and kept.revision == 1
    assert store.database.head() == before
    with store.transaction() as unit:
        assert unit.next_number("receipt") == 1


def test_what_should_follow_a_commit_does_not_follow_a_failure(store: Store) -> None:
    done: list[str] = []
    with store.transaction() as unit:
        unit.after_commit(lambda: done.append("yes"))
        assert done == []
    with pytest.raises(RuntimeError), store.transaction() as unit:
        unit.after_commit(lambda: done.append("no"))
        raise RuntimeError
    assert done == ["yes"]


def test_writers_at_once_lose_nothing_and_numbers_are_given_once(store: Store) -> None:
    def write(i: int) -> int:
        with store.transaction() as unit:
            unit.record("applicant1", "counted", str(i))
            return unit.next_number("receipt")

    with ThreadPoolExecutor(12) as pool:
        assert sorted(pool.map(write, range(120))) == list(range(1, 121))
    assert store.database.head().seq == 120
    assert first_fault(store.database.events()) is None


@pytest.mark.parametrize("change", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_database_refuses_to_change_the_record(store: Store, change: str) -> None:
    store.add_filing(filing(), "applicant1")
    with pytest.raises(DBAPIError, match="only ever added"), store.transaction() as unit:
        unit.session.execute(text(change))


def test_a_change_made_behind_the_database_shows_in_the_record(tmp_path: Path) -> None:
    store = with_owner(Store(settings(tmp_path)))
    store.add_filing(filing(), "applicant1")
    store.add_filing(filing("f2"), "applicant1")
    store.close()
    raw = sqlite3.connect(tmp_path / "data" / "bancheng.sqlite")
    raw.execute("DROP TRIGGER events_no_update")
    raw.execute("UPDATE events SET actor = 'clerk1' WHERE seq = 1")
    raw.commit()
    raw.close()
    store = Store(settings(tmp_path))
    fault = first_fault(store.database.events())
    store.close()
    assert fault is not None and fault.seq == 1


def test_documents_still_to_be_read_are_known_after_a_restart(tmp_path: Path) -> None:
    store = with_owner(Store(settings(tmp_path)))
    given = filing()
    for name, status in (("m1", "reading"), ("m2", "read")):
        given.materials.append(Material(id=name, kind="lease", filename="a.pdf", sha256="0" * 64, status=status))
    store.add_filing(given, "applicant1")
    store.close()
    store = Store(settings(tmp_path))
    assert store.unread() == [("f1", "m1")]
    store.close()


def test_filings_of_others_are_not_listed(store: Store) -> None:
    with_owner(store, "applicant2")
    store.add_filing(filing(), "applicant1")
    assert [f.id for f in store.filings("applicant1")] == ["f1"]
    assert store.filings("applicant2") == []


def test_with_a_key_nothing_an_applicant_wrote_is_readable_on_the_disk(tmp_path: Path) -> None:
    store = with_owner(Store(settings(tmp_path, "k" * 32)))
    given = filing()
    given.answers["operator_name"] = Answer(value="金丝雀", source="form")
    store.add_filing(given, "applicant1")
    store.keep_file("金丝雀".encode())
    store.close()
    found = [p for p in (tmp_path / "data").rglob("*") if p.is_file() and "金丝雀".encode() in p.read_bytes()]
    assert found == []
    again = Store(settings(tmp_path, "k" * 32))
    assert again.filing("f1") is not None
    again.close()


def test_another_key_stops_the_start(tmp_path: Path) -> None:
    Store(settings(tmp_path, "k" * 32)).close()
    for other in ("o" * 32, ""):
        with pytest.raises(WrongKey):
            Store(settings(tmp_path, other))


def test_the_migrations_make_the_tables_the_code_uses_and_go_back(store: Store) -> None:
    import review.store

    assert review.store
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    with store.database.engine.connect().execution_options(bancheng_writes=True) as connection, connection.begin():
        command.downgrade(alembic_config(connection), "base")
        command.upgrade(alembic_config(connection), "head")
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
