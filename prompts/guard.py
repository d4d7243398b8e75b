"""What keeps model calls bounded: the breaker of an endpoint, the day's tokens, and people before background work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from prompts.errors import ModelUnavailable, OverBudget

_ALLOWED = threading.Event()
_ALLOWED.set()
_BEHIND: ContextVar[bool] = ContextVar("behind", default=False)


def allow_models(allowed: bool) -> None:
    """Permit or forbid models other than scripts and replays in this process: tests reach none by accident."""
    if allowed:
        _ALLOWED.set()
    else:
        _ALLOWED.clear()


def models_allowed() -> bool:
    """What `allow_models` last said; true at first."""
    return _ALLOWED.is_set()


@dataclass(frozen=True)
class Pace:
    """How patiently one endpoint is treated."""

    attempts: int = 3
    """Tries of one call on transport errors, within its deadline."""
    wait_s: float = 0.5
    """First pause between tries; doubles."""
    failures: int = 5
    """Failed calls in a row after which the endpoint is left alone."""
    rest_s: float = 30.0
    """For how long; then one call is let through to try it."""


class Breaker:
    """Fails fast while an endpoint is down, so that nobody waits a deadline for nothing."""

    def __init__(self, pace: Pace, clock: Callable[[], float]) -> None:
        self._pace, self._clock, self._lock = pace, clock, threading.Lock()
        self._failed, self._until = 0, 0.0

    @property
    def open(self) -> bool:
        """Whether the next call would fail fast."""
        return self._clock() < self._until

    def enter(self) -> None:
        """Let a call through or raise `ModelUnavailable`; after a rest one call at a time is let through."""
        with self._lock:
            if self.open:
                raise ModelUnavailable("模型连续失败，暂停调用")
            if self._failed >= self._pace.failures:
                self._until = self._clock() + self._pace.rest_s

    def passed(self) -> None:
        with self._lock:
            self._failed, self._until = 0, 0.0

    def failed(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._pace.failures:
                self._until = self._clock() + self._pace.rest_s


class Budget:
    """Tokens used today, in this process, against the limit of a day."""

    def __init__(self, limit: int, day: Callable[[], date]) -> None:
        self._limit, self._day, self._lock = limit, day, threading.Lock()
        self._on, self._used = day(), 0

    @property
    def used(self) -> int:
        """Tokens since the day began."""
        with self._lock:
            self._turn()
            return self._used

    def enter(self) -> None:
        """Raise `OverBudget` when nothing is left."""
        if self.used >= self._limit:
            raise OverBudget

    def spend(self, tokens: int) -> None:
        with self._lock:
            self._turn()
            self._used += tokens

    @property
    def share(self) -> float:
        """Share of the day's tokens that is used; more than 1 when the last call went over."""
        return self.used / self._limit if self._limit else 1.0

    def _turn(self) -> None:
        if (today := self._day()) != self._on:
            self._on, self._used = today, 0


class Traffic:
    """Calls that somebody waits for, so that work nobody waits for can stand back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._going, self._last = 0, float("-inf")

    @contextmanager
    def call(self) -> Iterator[None]:
        """Around every call; one made `behind` people is not counted."""
        if _BEHIND.get():
            yield
            return
        with self._lock:
            self._going += 1
        try:
            yield
        finally:
            with self._lock:
                self._going, self._last = self._going - 1, self._clock()

    @property
    def quiet_s(self) -> float:
        """Seconds since the last call ended; 0 while one goes on, infinite before the first."""
        with self._lock:
            return 0.0 if self._going else self._clock() - self._last


@contextmanager
def behind() -> Iterator[None]:
    """Marks the model calls of this thread as ones nobody waits for."""
    token = _BEHIND.set(True)
    try:
        yield
    finally:
        _BEHIND.reset(token)
