"""Rows of accounts, sign-ins, wrong passwords and page sessions."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, update

from assistant.database_store import Database
from assistant.tables_store import AccountRow, AttemptRow, PageSessionRow, SignInRow


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in; `password` is an argon2 hash."""

    id: str
    username: str
    role: str
    password: str
    disabled: bool


@dataclass(frozen=True)
class KeptSignIn:
    """A sign-in that has not been ended. Moments are epoch seconds."""

    account: Account
    seen_at: float
    expires_at: float


@dataclass(frozen=True)
class Attempts:
    """Wrong passwords counted under one name, and until when it is refused."""

    failures: int = 0
    last_at: float = 0.0
    until: float = 0.0


def add_account(database: Database, account: Account, actor: str, now: float) -> None:
    """Adds one account. Raises sqlalchemy's IntegrityError for a user name that is taken."""
    with database.transaction() as unit:
        unit.session.add(AccountRow(**vars(account), created_at=now))
        unit.record(actor, "account.added", account.id, {"role": account.role})


def change_account(database: Database, account_id: str, changes: dict[str, str | bool], actor: str) -> None:
    """Changes columns of an account and ends its sign-ins."""
    with database.transaction() as unit:
        unit.session.execute(update(AccountRow).where(AccountRow.id == account_id).values(changes))
        unit.session.execute(delete(SignInRow).where(SignInRow.account == account_id))
        unit.record(actor, "account.changed", account_id, {"columns": sorted(changes)})


def account_named(database: Database, username: str) -> Account | None:
    """The account with that user name."""
    with database.reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.username == username))
        return _account(row) if row else None


def account_by_id(database: Database, account_id: str) -> Account | None:
    """The account with that id."""
    with database.reading() as session:
        row = session.get(AccountRow, account_id)
        return _account(row) if row else None


def accounts(database: Database) -> list[Account]:
    """Every account by user name."""
    with database.reading() as session:
        return [_account(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.username))]


def begin_sign_in(database: Database, token_sha256: str, account: str, now: float, expires_at: float) -> None:
    """Keeps a new sign-in."""
    with database.transaction() as unit:
        unit.session.add(
            SignInRow(token_sha256=token_sha256, account=account, created_at=now, seen_at=now, expires_at=expires_at)
        )
        unit.record(account, "account.signed_in", account)


def sign_in_of(database: Database, token_sha256: str) -> KeptSignIn | None:
    """The sign-in a token belongs to."""
    wanted = select(SignInRow, AccountRow).join(AccountRow).where(SignInRow.token_sha256 == token_sha256)
    with database.reading() as session:
        found = session.execute(wanted).first()
        return KeptSignIn(_account(found[1]), found[0].seen_at, found[0].expires_at) if found else None


def touch_sign_in(database: Database, token_sha256: str, now: float) -> None:
    """Notes that the sign-in was used."""
    with database.transaction() as unit:
        unit.session.execute(update(SignInRow).where(SignInRow.token_sha256 == token_sha256).values(seen_at=now))


def end_sign_in(database: Database, token_sha256: str) -> None:
    """Ends a sign-in; nothing happens when it has ended."""
    with database.transaction() as unit:
        gone = delete(SignInRow).where(SignInRow.token_sha256 == token_sha256).returning(SignInRow.account)
        account = unit.session.scalar(gone)
        if account:
            unit.record(account, "account.signed_out", account)


def attempts(database: Database, name: str) -> Attempts:
    """Wrong passwords counted under a name."""
    with database.reading() as session:
        row = session.get(AttemptRow, name)
        return Attempts(row.failures, row.last_at, row.until) if row else Attempts()


def count_attempt(database: Database, name: str, attempts: Attempts) -> None:
    """Keeps the count under a name."""
    with database.transaction() as unit:
        unit.session.merge(AttemptRow(name=name, **vars(attempts)))


def forget_attempts(database: Database, name: str) -> None:
    """Clears the count under a name."""
    with database.transaction() as unit:
        unit.session.execute(delete(AttemptRow).where(AttemptRow.name == name))


def page_session(database: Database, session_hash: str, account: str, now: float) -> str:
    """The account a page session belongs to: the first that used it."""
    with database.reading() as session:
        row = session.get(PageSessionRow, session_hash)
    if row is not None:
        return row.account
    with database.transaction() as unit:
        kept = unit.session.get(PageSessionRow, session_hash)
        if kept is None:
            kept = PageSessionRow(session_hash=session_hash, account=account, created_at=now)
            unit.session.add(kept)
        return kept.account


def purge(database: Database, now: float) -> None:
    """Removes sign-ins that have expired, and counts and page sessions older than a day."""
    day = now - 86_400
    with database.transaction() as unit:
        unit.session.execute(delete(SignInRow).where(SignInRow.expires_at < now))
        unit.session.execute(delete(AttemptRow).where(AttemptRow.last_at < day))
        unit.session.execute(delete(PageSessionRow).where(PageSessionRow.created_at < day))


def _account(row: AccountRow) -> Account:
    return Account(row.id, row.username, row.role, row.password, row.disabled)
