"""Filings and their documents, kept. Every change writes one event in the same transaction."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Delete, delete, select, text, update

from assistant.database_store import Busy, Conflict, Database, StoreError, Unit
from assistant.filing import Filing
from assistant.record import Head, digest, stamp
from assistant.tables_store import FilingRow, IdempotencyRow, MarkRow
from assistant.vault import Cipher, Vault
from prompts.settings import Settings

__all__ = ["Busy", "Conflict", "Database", "Store", "StoreError", "Unit"]

_KEEP = text("INSERT INTO files (sha256, size, created_at) VALUES (:sha256, :size, :at) ON CONFLICT DO NOTHING")

_BY_HASH = (text("DELETE FROM files WHERE sha256 = :sha256"), text("DELETE FROM readings WHERE sha256 = :sha256"))


class Store:
    """The database and the vault of one installation."""

    def __init__(self, settings: Settings) -> None:
        """Opens both and brings the schema up to date; WrongKey when data was sealed with another `files_key`."""
        folder = settings.data.resolve()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = settings.files_key.get_secret_value() if settings.files_key else ""
        self.cipher = Cipher(key)
        self.database = Database(settings.database_url or f"sqlite:///{folder / 'bancheng.sqlite'}", self.cipher)
        self.database.migrate()
        self.vault = Vault(folder / "files", self.cipher)
        self._heads = folder / "heads.jsonl"

    def close(self) -> None:
        """Closes the database."""
        self.database.close()

    def transaction(self) -> AbstractContextManager[Unit]:
        """A unit of work; inside another one it joins it."""
        return self.database.transaction()

    def add_filing(self, filing: Filing, actor: str) -> Filing:
        """Keeps a new filing at revision 1."""
        kept = _stamped(filing, 0)
        with self.transaction() as unit:
            unit.session.add(FilingRow(**self._columns(kept)))
            unit.record(actor, "filing.started", kept.id, _facts(kept))
        return kept

    def save_filing(
        self,
        filing: Filing,
        expected_revision: int,
        *,
        actor: str,
        action: str,
        body: Mapping[str, Any] | None = None,
    ) -> Filing:
        """Keeps a changed filing and returns it at its new revision.

        Raises Conflict when the stored revision is not `expected_revision`. `body` holds no personal data.
        """
        kept = _stamped(filing, expected_revision)
        with self.transaction() as unit:
            changed = unit.session.execute(
                update(FilingRow)
                .where(FilingRow.id == filing.id, FilingRow.revision == expected_revision)
                .values(self._columns(kept))
                .returning(FilingRow.id)
            )
            if changed.first() is None:
                raise Conflict(f"filing {filing.id} is no longer at revision {expected_revision}")
            unit.record(actor, action, filing.id, {**_facts(kept), **(body or {})})
        return kept

    def filing(self, filing_id: str) -> Filing | None:
        """The filing with that id."""
        with self.database.reading() as session:
            body = session.scalar(select(FilingRow.body).where(FilingRow.id == filing_id))
        return None if body is None else self._filing(body)

    def filings(self, owner: str) -> list[Filing]:
        """Every filing of one account, latest change first."""
        wanted = select(FilingRow.body).where(FilingRow.owner == owner).order_by(FilingRow.updated_at.desc())
        with self.database.reading() as session:
            return [self._filing(body) for body in session.scalars(wanted)]

    def erase_filing(self, filing: Filing, actor: str) -> list[str]:
        """Removes a filing, its documents nobody else refers to, what was read in them and the replies kept for it.

        Returns the hashes of the documents erased. The record keeps that it was erased, and no content.
        """
        wanted = _files(filing) | {str(e.body["file"]) for e in self.database.events(filing.id) if e.body.get("file")}
        began = datetime.now(UTC).timestamp()
        shared = self._in_use(filing.id, wanted)
        with self.transaction() as unit:
            gone = unit.session.execute(
                delete(FilingRow)
                .where(FilingRow.id == filing.id, FilingRow.revision == filing.revision)
                .returning(FilingRow.id)
            )
            if gone.first() is None:
                raise Conflict(f"filing {filing.id} is no longer at revision {filing.revision}")
            lonely = sorted(wanted - shared - self._in_use(filing.id, wanted, since=began))
            for sha256 in lonely:
                for statement in _BY_HASH:
                    unit.session.execute(statement, {"sha256": sha256})
            unit.session.execute(_replies_of(filing))
            unit.record(actor, "filing.erased", filing.id, {"revision": filing.revision, "files": len(lonely)})
            unit.after_commit(lambda: self._erase_files(lonely))
        self.database.shred()
        return lonely

    def _erase_files(self, files: list[str]) -> None:
        for sha256 in files:
            self.vault.erase(sha256)

    def _in_use(self, but: str, wanted: set[str], since: float = 0.0) -> set[str]:
        """Which of these documents other filings, changed since then, refer to."""
        found: set[str] = set()
        if wanted:
            others = select(FilingRow.body).where(FilingRow.id != but, FilingRow.updated_at >= since)
            with self.database.reading() as session:
                for body in session.scalars(others.execution_options(yield_per=500)):
                    told = self.cipher.open_text(body)
                    found |= {sha256 for sha256 in wanted - found if sha256 in told}
        return found

    def unread(self) -> list[tuple[str, str]]:
        """(filing, material) of every document still to be read: what to take up again after a crash."""
        with self.database.reading() as session:
            bodies = list(session.scalars(select(FilingRow.body).where(FilingRow.reading > 0)))
        filings = [self._filing(body) for body in bodies]
        return [(f.id, m.id) for f in filings for m in f.materials if m.status == "reading"]

    def keep_file(self, data: bytes) -> str:
        """Stores a document's bytes before anything refers to them; returns their SHA-256."""
        sha256 = self.vault.put(data)
        with self.transaction() as unit:
            unit.session.execute(_KEEP, {"sha256": sha256, "size": len(data), "at": datetime.now(UTC).timestamp()})
        return sha256

    def mark(self, name: str) -> str | None:
        """A small fact about the installation."""
        with self.database.reading() as session:
            row = session.get(MarkRow, name)
            return row.value if row else None

    def set_mark(self, name: str, value: str, actor: str, body: Mapping[str, Any] | None = None) -> None:
        """Sets a small fact about the installation; recorded."""
        with self.transaction() as unit:
            unit.session.merge(MarkRow(name=name, value=value))
            unit.record(actor, "mark.set", name, {"value": value, **(body or {})})

    def keep_head(self) -> None:
        """Notes where the record stands in `heads.jsonl`, which the operator copies to a place of its own."""
        head, kept = self.database.head(), self.kept_heads()
        if head.seq and (not kept or kept[-1] != head):
            with self._heads.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"at": stamp(datetime.now(UTC)), **vars(head)}) + "\n")
                file.flush()
                os.fsync(file.fileno())

    def kept_heads(self) -> list[Head]:
        """Every head noted so far; a line cut short by a crash is passed over."""
        if not self._heads.exists():
            return []
        lines = [line for line in self._heads.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
        return [Head(int(kept["seq"]), str(kept["hash"])) for kept in map(json.loads, lines)]

    def _columns(self, filing: Filing) -> dict[str, Any]:
        return {
            "id": filing.id,
            "owner": filing.owner,
            "item": filing.item,
            "status": filing.status,
            "revision": filing.revision,
            "reading": sum(m.status == "reading" for m in filing.materials),
            "updated_at": filing.updated_at.timestamp(),
            "body": self.cipher.seal_text(filing.model_dump_json()),
        }

    def _filing(self, body: str) -> Filing:
        return Filing.model_validate_json(self.cipher.open_text(body))


def _files(filing: Filing) -> set[str]:
    """Hashes of everything in the vault that a filing refers to."""
    return {m.sha256 for m in filing.materials} | {s.drawing for s in filing.signatures if s.drawing}


def _replies_of(filing: Filing) -> Delete:
    """Replies kept for calls about a filing; a call that has not ended keeps its key."""
    about = (IdempotencyRow.effect == filing.id) | IdempotencyRow.route.contains(filing.id, autoescape=True)
    return delete(IdempotencyRow).where(
        IdempotencyRow.account == filing.owner, about, IdempotencyRow.status.is_not(None)
    )


def _stamped(filing: Filing, revision: int) -> Filing:
    return filing.model_copy(update={"revision": revision + 1, "updated_at": datetime.now(UTC)})


def _facts(filing: Filing) -> dict[str, Any]:
    """What the record says of a filing: its hash proves the content without showing it."""
    return {
        "revision": filing.revision,
        "status": filing.status,
        "round": filing.round,
        "sha256": digest(json.loads(filing.model_dump_json())),
    }
