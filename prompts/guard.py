"""What keeps model calls bounded: the breaker of one endpoint and the office's tokens for the day."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from prompts.errors import ModelUnavailable, OverBudget

_ALLOWED = threading.Event()
_ALLOWED.set()


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

    def _turn(self) -> None:
        if (today := self._day()) != self._on:
            self._on, self._used = today, 0
