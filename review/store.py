"""Cases, their earlier rounds and what was read in documents, kept. Each change writes its event in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from assistant.database_store import Conflict, Database
from assistant.tables_store import Base
from knowledge.documents import ReadDocument
from review.case import Case, CaseStatus
from review.risk import urgency

OPEN: tuple[CaseStatus, ...] = ("queued", "reviewing", "ready", "claimed", "escalated")
_KEEP_READING = text(
    "INSERT INTO readings (sha256, body, at) VALUES (:sha256, :body, :at) "
    "ON CONFLICT (sha256) DO UPDATE SET body = excluded.body, at = excluded.at"
)
_KEEP_ROUND = text(
    "INSERT INTO case_rounds (case_id, round, sha256, body) VALUES (:case_id, :round, :sha256, :body) "
    "ON CONFLICT DO NOTHING"
)


class CaseRow(Base):
    """One case. `risk` is `review.risk.urgency`; `claimed_until` is null when nobody holds it."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(primary_key=True)
    filing: Mapped[str] = mapped_column(ForeignKey("filings.id"), unique=True)
    owner: Mapped[str]
    status: Mapped[str]
    round: Mapped[int]
    risk: Mapped[int]
    due_at: Mapped[float]
    clerk: Mapped[str | None]
    claimed_until: Mapped[float | None]
    revision: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (Index("cases_by_due", "status", "due_at"),)


class RoundRow(Base):
    """A round that is over, as it stood when the next one began; never changed."""

    __tablename__ = "case_rounds"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    body: Mapped[str] = mapped_column(Text)


class ReadingRow(Base):
    """What was read in a stored document, by the hash of its content."""

    __tablename__ = "readings"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[float]


class Cases:
    """The cases of one installation."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, case: Case, actor: str) -> Case:
        """Keeps a new case at revision 1."""
        kept = case.model_copy(update={"revision": 1})
        with self.database.transaction() as unit:
            unit.session.add(CaseRow(**self._columns(kept)))
            unit.record(actor, "case.opened", kept.id, _facts(kept))
        return kept

    def save(self, case: Case, *, actor: str, action: str, body: Mapping[str, Any] | None = None) -> Case:
        """Keeps a changed case at its next revision; Conflict when somebody else changed it since it was read."""
        kept = case.model_copy(update={"revision": case.revision + 1})
        with self.database.transaction() as unit:
            changed = unit.session.execute(
                update(CaseRow)
                .where(CaseRow.id == case.id, CaseRow.revision == case.revision)
                .values(self._columns(kept))
                .returning(CaseRow.id)
            )
            if changed.first() is None:
                raise Conflict(f"case {case.id} is no longer at revision {case.revision}")
            unit.record(actor, action, case.id, {**_facts(kept), **(body or {})})
        return kept

    def get(self, case_id: str) -> Case | None:
        """The case with that id."""
        with self.database.reading() as session:
            body = session.scalar(select(CaseRow.body).where(CaseRow.id == case_id))
        return None if body is None else self._case(body)

    def of_filing(self, filing_id: str) -> Case | None:
        """The case of a filing; every round of a filing is the same case."""
        with self.database.reading() as session:
            body = session.scalar(select(CaseRow.body).where(CaseRow.filing == filing_id))
        return None if body is None else self._case(body)

    def listed(self, statuses: Sequence[str] = OPEN, clerk: str | None = None, limit: int = 500) -> list[Case]:
        """Cases in these states, most urgent first: by time limit, then by `urgency`."""
        wanted = select(CaseRow.body).where(CaseRow.status.in_(statuses))
        if clerk is not None:
            wanted = wanted.where(CaseRow.clerk == clerk)
        wanted = wanted.order_by(CaseRow.due_at, CaseRow.risk.desc(), CaseRow.id).limit(limit)
        with self.database.reading() as session:
            return [self._case(body) for body in session.scalars(wanted)]

    def waiting(self, now: datetime, not_of: str) -> list[str]:
        """Ids of cases that can be taken, most urgent first; inside a transaction they stay ours until it ends."""
        free = (CaseRow.clerk.is_(None)) | (CaseRow.claimed_until < now.timestamp())
        wanted = (
            select(CaseRow.id)
            .where(CaseRow.status.in_(("ready", "claimed", "escalated")), free, CaseRow.owner != not_of)
            .order_by(CaseRow.due_at, CaseRow.risk.desc(), CaseRow.id)
            .limit(50)
            .with_for_update(skip_locked=True)
        )
        with self.database.reading() as session:
            return list(session.scalars(wanted))

    def unfinished(self) -> list[str]:
        """Cases whose first pass has not ended: what to take up again after a crash."""
        wanted = select(CaseRow.id).where(CaseRow.status.in_(("queued", "reviewing"))).order_by(CaseRow.due_at)
        with self.database.reading() as session:
            return list(session.scalars(wanted))

    def keep_round(self, case: Case) -> None:
        """Keeps a round that is over; the first copy stays."""
        body = self.database.cipher.seal_text(case.model_dump_json())
        with self.database.transaction() as unit:
            row = {"case_id": case.id, "round": case.round, "sha256": case.frozen_sha256, "body": body}
            unit.session.execute(_KEEP_ROUND, row)

    def rounds(self, case_id: str) -> list[Case]:
        """Earlier rounds as they stood, oldest first."""
        wanted = select(RoundRow.body).where(RoundRow.case_id == case_id).order_by(RoundRow.round)
        with self.database.reading() as session:
            return [self._case(body) for body in session.scalars(wanted)]

    def keep_reading(self, sha256: str, document: ReadDocument) -> None:
        """Keeps what was read in a document."""
        body = self.database.cipher.seal_text(document.model_dump_json(exclude_defaults=True))
        with self.database.transaction() as unit:
            unit.session.execute(_KEEP_READING, {"sha256": sha256, "body": body, "at": datetime.now(UTC).timestamp()})

    def reading(self, sha256: str) -> ReadDocument | None:
        """What was read in the document with that hash."""
        with self.database.reading() as session:
            body = session.scalar(select(ReadingRow.body).where(ReadingRow.sha256 == sha256))
        return None if body is None else ReadDocument.model_validate_json(self.database.cipher.open_text(body))

    def _columns(self, case: Case) -> dict[str, Any]:
        return {
            "id": case.id,
            "filing": case.filing.id,
            "owner": case.filing.owner,
            "status": case.status,
            "round": case.round,
            "risk": urgency(case),
            "due_at": case.due_at.timestamp(),
            "clerk": case.clerk,
            "claimed_until": case.claimed_until.timestamp() if case.claimed_until else None,
            "revision": case.revision,
            "body": self.database.cipher.seal_text(case.model_dump_json()),
        }

    def _case(self, body: str) -> Case:
        return Case.model_validate_json(self.database.cipher.open_text(body))


def _facts(case: Case) -> dict[str, Any]:
    """What the record says of a case: no personal data."""
    return {
        "revision": case.revision,
        "status": case.status,
        "round": case.round,
        "frozen": case.frozen_sha256,
        "findings": len(case.findings),
    }
