"""Accounts, filings, documents, replies kept for repeated calls, and the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NEVER = "the record is only ever added to"


def upgrade() -> None:
    """Creates the first schema."""
    _people()
    _filings()
    _record()


def downgrade() -> None:
    """Removes it again."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER events_only_added ON events")
        op.execute("DROP FUNCTION refuse_change_of_events")
    for table in (
        "events",
        "marks",
        "counters",
        "idempotency",
        "files",
        "filings",
        "attempts",
        "page_sessions",
        "sign_ins",
        "accounts",
    ):
        op.drop_table(table)


def _text(name: str, *more: sa.ForeignKey, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), *more, primary_key=key, nullable=null)


def _long(name: str, *, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=null)


def _moment(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Double(), nullable=False)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def _people() -> None:
    op.create_table(
        "accounts",
        _text("id", key=True),
        _text("username"),
        _text("role"),
        _text("password"),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        _moment("created_at"),
        sa.UniqueConstraint("username", name="accounts_username"),
    )
    op.create_table(
        "sign_ins",
        _text("token_sha256", key=True),
        _text("account", sa.ForeignKey("accounts.id")),
        _moment("created_at"),
        _moment("seen_at"),
        _moment("expires_at"),
    )
    op.create_index("ix_sign_ins_account", "sign_ins", ["account"])
    op.create_table("page_sessions", _text("session_hash", key=True), _text("account"), _moment("created_at"))
    op.create_table("attempts", _text("name", key=True), _number("failures"), _moment("last_at"), _moment("until"))


def _filings() -> None:
    op.create_table(
        "filings",
        _text("id", key=True),
        _text("owner", sa.ForeignKey("accounts.id")),
        _text("item"),
        _text("status"),
        _number("revision"),
        _number("reading"),
        _moment("updated_at"),
        _long("body"),
    )
    op.create_index("filings_by_owner", "filings", ["owner", "updated_at"])
    op.create_index("filings_by_reading", "filings", ["reading"])
    op.create_table("files", _text("sha256", key=True), _number("size"), _moment("created_at"))
    op.create_table(
        "idempotency",
        _text("account", key=True),
        _text("key", key=True),
        _text("route"),
        _text("fingerprint"),
        _moment("created_at"),
        _text("effect", null=True),
        _number("status", null=True),
        _long("reply", null=True),
    )
    op.create_table("counters", _text("name", key=True), _number("value"))
    op.create_table("marks", _text("name", key=True), _long("value"))


def _record() -> None:
    op.create_table(
        "events",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        _text("at"),
        _text("actor"),
        _text("action"),
        _text("subject"),
        _long("body"),
        _text("previous"),
        _text("hash"),
    )
    op.create_index("ix_events_subject", "events", ["subject"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change_of_events() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_NEVER}'; END $$"
        )
        op.execute(
            "CREATE TRIGGER events_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER events_no_{change.lower()} BEFORE {change} ON events "
            f"BEGIN SELECT RAISE(ABORT, '{_NEVER}'); END"
        )
