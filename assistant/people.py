"""Who may do what: accounts, roles and sign-in.

Errors: SignInError(Exception): WrongPassword · TooMany.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant import people_store as kept
from assistant.database_store import Database
from assistant.people_store import Account, Attempts
from prompts.settings import Settings

RoleName = Literal["applicant", "clerk", "supervisor", "evaluator", "auditor", "admin"]
ROLES: tuple[RoleName, ...] = get_args(RoleName)
DEMO = (
    *(("applicant", n) for n in (1, 2, 3)),
    *(("clerk", n) for n in (1, 2)),
    *((role, 1) for role in ("supervisor", "evaluator", "auditor", "admin")),
)
_FORGIVEN_AFTER = 900.0
_FREE_TRIES = {"account": 5, "address": 15}
_LONGEST_WAIT = {"account": 900.0, "address": 60.0}
_FIRST_WAIT = 5.0
_SHORTEST_PASSWORD = 10
_USERNAME = re.compile(r"[\w.@-]{2,64}")


class SignInError(Exception):
    """Nobody was signed in."""


class WrongPassword(SignInError):
    """The user name or the password is wrong; which of them is never said."""


class TooMany(SignInError):
    """Too many wrong passwords; try again after `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True)
class User:
    """Somebody who is signed in."""

    id: str
    username: str
    role: str


@dataclass(frozen=True)
class SignIn:
    """A fresh sign-in. The token is shown once and kept only as a hash."""

    token: str
    user: User
    expires_at: datetime


class People:
    """The accounts of one installation."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        hasher: PasswordHasher | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._idle = settings.session_idle_minutes * 60.0
        self._longest = settings.session_hours * 3600.0
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())
        self._now = now
        self._verifying = threading.BoundedSemaphore(2)

    def add(self, username: str, role: str, password: str, actor: str = "system") -> User:
        """Makes an account. ValueError for a bad or taken user name, an unknown role or a short password."""
        _fit(password)
        return self._add(username, role, password, actor)

    def set_password(self, user_id: str, password: str, actor: str) -> None:
        """Changes a password and ends every sign-in of the account."""
        _fit(password)
        kept.change_account(self._database, user_id, {"password": self._hasher.hash(password)}, actor)

    def set_role(self, user_id: str, role: str, actor: str) -> None:
        """Changes a role and ends every sign-in of the account."""
        kept.change_account(self._database, user_id, {"role": _role(role)}, actor)

    def disable(self, user_id: str, actor: str, *, disabled: bool = True) -> None:
        """Shuts an account out, or lets it in again; its sign-ins end."""
        kept.change_account(self._database, user_id, {"disabled": disabled}, actor)

    def demo(self, password: str = "") -> str:
        """Makes the demonstration accounts that are not there yet.

        Returns the password when it was made up here and at least one account got it, else an empty text.
        """
        missing = [(role, f"{role}{n}") for role, n in DEMO if not kept.account_named(self._database, f"{role}{n}")]
        chosen = password or secrets.token_urlsafe(9)
        for role, username in missing:
            self._add(username, role, chosen, "system")
        return chosen if missing and not password else ""

    def sign_in(self, username: str, password: str, address: str = "") -> SignIn:
        """Checks a password. Raises WrongPassword, or TooMany while the account or the address has to wait."""
        names = _attempt_names(username, address)
        with self._verifying:
            self._refuse_waiting(names)
            account = kept.account_named(self._database, username)
            if not self._verified(account, password) or account is None:
                self._count(names)
                raise WrongPassword
        if names["account"]:
            kept.forget_attempts(self._database, names["account"])
        return self._begin(account)

    def user(self, token: str) -> User | None:
        """Who a token belongs to; None when it is unknown, ended, idle too long or past its longest time."""
        found = kept.sign_in_of(self._database, _hashed(token)) if token else None
        now = self._now()
        if found is None or found.account.disabled or now >= found.expires_at or now - found.seen_at > self._idle:
            return None
        if now - found.seen_at > min(60.0, self._idle / 4):
            kept.touch_sign_in(self._database, _hashed(token), now)
        return _user(found.account)

    def sign_out(self, token: str) -> None:
        """Ends the sign-in of a token."""
        kept.end_sign_in(self._database, _hashed(token))

    def named(self, user_id: str) -> User | None:
        """The account with that id, signed in or not."""
        account = kept.account_by_id(self._database, user_id)
        return _user(account) if account else None

    def by_username(self, username: str) -> User | None:
        """The account with that user name, unless it is shut out."""
        account = kept.account_named(self._database, username)
        return _user(account) if account and not account.disabled else None

    def all(self) -> list[User]:
        """Every account by user name."""
        return [_user(a) for a in kept.accounts(self._database)]

    def owns_page_session(self, session_hash: str, user: User) -> bool:
        """Whether a page session id is this user's; the first user of an id becomes its owner."""
        return kept.page_session(self._database, session_hash, user.id, self._now()) == user.id

    def purge(self) -> None:
        """Removes what has expired."""
        kept.purge(self._database, self._now())

    def _add(self, username: str, role: str, password: str, actor: str) -> User:
        if not _USERNAME.fullmatch(username):
            raise ValueError("wanted a user name of 2 to 64 letters, digits, . @ _ -")
        if kept.account_named(self._database, username):
            raise ValueError(f"the user name {username} is taken")
        account = Account(secrets.token_hex(12), username, _role(role), self._hasher.hash(password), False)
        kept.add_account(self._database, account, actor, self._now())
        return _user(account)

    def _verified(self, account: Account | None, password: str) -> bool:
        """An unknown user costs as long as a known one."""
        try:
            return self._hasher.verify(account.password if account else self._nobody, password) and not (
                account is None or account.disabled
            )
        except (VerificationError, InvalidHashError):
            return False

    def _begin(self, account: Account) -> SignIn:
        token, now = secrets.token_urlsafe(32), self._now()
        kept.begin_sign_in(self._database, _hashed(token), account.id, now, now + self._longest)
        return SignIn(token, _user(account), datetime.fromtimestamp(now + self._longest, UTC))

    def _refuse_waiting(self, names: dict[str, str]) -> None:
        until = max((kept.attempts(self._database, name).until for name in names.values() if name), default=0.0)
        if until > self._now():
            raise TooMany(int(until - self._now()) + 1)

    def _count(self, names: dict[str, str]) -> None:
        """The wait doubles with every wrong password past the free tries; a quiet quarter hour forgives it."""
        now = self._now()
        for kind, name in names.items():
            if name:
                self._count_one(kind, name, now)

    def _count_one(self, kind: str, name: str, now: float) -> None:
        with self._database.transaction():
            before = kept.attempts(self._database, name)
            failures = 1 + (before.failures if now - max(before.last_at, before.until) < _FORGIVEN_AFTER else 0)
            beyond = failures - _FREE_TRIES[kind]
            wait = min(_FIRST_WAIT * 2.0 ** min(beyond, 20), _LONGEST_WAIT[kind]) if beyond >= 0 else 0.0
            kept.count_attempt(self._database, name, Attempts(failures, now, now + wait))


def _attempt_names(username: str, address: str) -> dict[str, str]:
    """Names are hashed: a password typed into the wrong box is not kept."""
    return {
        "account": "account:" + _hashed(username),
        "address": "address:" + _hashed(address) if address else "",
    }


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _user(account: Account) -> User:
    return User(account.id, account.username, account.role)


def _role(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"wanted one of {', '.join(ROLES)}, got {role!r}")
    return role


def _fit(password: str) -> None:
    if len(password) < _SHORTEST_PASSWORD:
        raise ValueError(f"密码至少 {_SHORTEST_PASSWORD} 个字符")
