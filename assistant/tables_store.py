"""Tables. Rows carry the columns a query filters by and a body that is the pydantic value as JSON (sealed with a key).

Other parts add tables of their own to the same `Base`. Moments are epoch seconds; the schema is made by `migrations/`.
"""

from __future__ import annotations

from sqlalchemy import Double, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the product."""

    type_annotation_map = {float: Double}


class AccountRow(Base):
    """Somebody who may sign in."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    password: Mapped[str]
    disabled: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[float]


class SignInRow(Base):
    """One sign-in; the token itself is not kept."""

    __tablename__ = "sign_ins"
    token_sha256: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created_at: Mapped[float]
    seen_at: Mapped[float]
    expires_at: Mapped[float]


class PageSessionRow(Base):
    """The account that first used a page session id: another account is refused."""

    __tablename__ = "page_sessions"
    session_hash: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    created_at: Mapped[float]


class AttemptRow(Base):
    """Wrong passwords for one account name or from one address."""

    __tablename__ = "attempts"
    name: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[float]
    until: Mapped[float]


class FilingRow(Base):
    """One filing; `reading` counts documents not read yet."""

    __tablename__ = "filings"
    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    item: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int]
    reading: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[float]
    body: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        Index("filings_by_owner", "owner", "updated_at"),
        Index("filings_by_reading", "reading"),
    )


class FileRow(Base):
    """A stored document by the hash of its content."""

    __tablename__ = "files"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    created_at: Mapped[float]


class IdempotencyRow(Base):
    """What came of a call that carried an `Idempotency-Key`.

    `effect` is set in the transaction of the change, `reply` after it: a crash between them is told apart from none.
    """

    __tablename__ = "idempotency"
    account: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    fingerprint: Mapped[str]
    created_at: Mapped[float]
    effect: Mapped[str | None]
    status: Mapped[int | None]
    reply: Mapped[str | None] = mapped_column(Text)


class CounterRow(Base):
    """The last number given out of one series."""

    __tablename__ = "counters"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class MarkRow(Base):
    """Small facts about the whole installation: the key check, the kill switch."""

    __tablename__ = "marks"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class EventRow(Base):
    """The record; a trigger refuses UPDATE and DELETE."""

    __tablename__ = "events"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    body: Mapped[str] = mapped_column(Text)
    previous: Mapped[str]
    hash: Mapped[str]
