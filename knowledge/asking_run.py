"""When lay questions are written: at once by command, or in the background while nobody waits for the model."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from knowledge.asking import Unit, pending, write
from knowledge.citation import Passage
from knowledge.embedder import give_way
from knowledge.items import Item
from knowledge.library import Library, LibraryStatus
from knowledge.made_questions import Questions
from knowledge.scopes import Scopes
from prompts.ask import ModelError, ModelOff, OverBudget
from prompts.guard import behind
from prompts.models import Models
from prompts.settings import Settings

QUIET_S = 20.0
"""A person reads and types about as long between two messages; sooner, the next one would have to wait."""
SHARE = 0.5
"""Of the day's tokens; the rest is kept for people."""
POLL_S = 5.0
NO_MEANING = "语义检索"
"""The library's own name for the problem that there is no embedder."""
LONGEST_REST_S = 600.0
STUCK = 3
"""Failures after which a run ends: the model is not well."""

_log = structlog.get_logger(__name__)


@dataclass
class Run:
    """What one run has done."""

    done: int = 0
    asked: int = 0
    """Passages the model was asked about."""
    questions: int = 0
    tokens: int = 0
    left: list[Unit] = field(default_factory=list)
    """Units not done: first those not begun, then those at which the model failed."""
    stopped: str = ""
    """Why it ended before its end, in Chinese; empty when it did not."""


def run(
    units: Sequence[Unit],
    passage: Callable[[str], Passage | None],
    questions: Questions,
    models: Models,
    progress: Callable[[int, int], None] | None = None,
    may: Callable[[], bool] = lambda: True,
) -> Run:
    """Writes questions for the units in their order, each kept before the next is begun.

    `progress` is called with (done, whole) after each; `may` is asked before each and ends the run when it is false.
    An interruption (Ctrl-C, kill) loses the one under way. Never raises `ModelError`.
    """
    out = Run()
    failed: list[Unit] = []
    ahead = deque(units)
    while ahead and not out.stopped and may():
        unit = ahead.popleft()
        try:
            _one(unit, passage, questions, models, out)
        except ModelError as problem:
            failed.append(unit)
            if isinstance(problem, ModelOff | OverBudget) or len(failed) == STUCK:
                out.stopped = str(problem) or type(problem).__name__
            continue
        if progress:
            progress(out.done, len(units))
    out.left = [*ahead, *failed]
    return out


def _one(unit: Unit, passage: Callable[[str], Passage | None], questions: Questions, models: Models, out: Run) -> None:
    found = passage(unit.passage)
    if found is not None:  # else its document went meanwhile
        made = write(models, found)
        questions.add(made)
        out.asked += bool(made.model)
        out.questions += len(made.questions)
        out.tokens += made.tokens_in + made.tokens_out
    out.done += 1


class Asking:
    """Writes in a thread while the setting is on, nobody waits for the model and the day's tokens allow.

    A person's call shares the processor with at most one short call of ours.
    """

    def __init__(
        self,
        settings: Settings,
        models: Models,
        library: Library,
        questions: Questions,
        items: Sequence[Item] = (),
        scopes: Scopes | None = None,
    ) -> None:
        self._settings, self._models, self._library, self._questions = settings, models, library, questions
        self._items, self._scopes = items, scopes
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._units: list[Unit] = []
        self._version = ""
        self._rest = POLL_S

    def start(self) -> None:
        """Begins, when the setting is on."""
        if self._settings.lay_questions == "on" and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="lay-questions", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends after the call under way; what was written is kept."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
            self._thread = None

    def _work(self) -> None:
        give_way()
        while not self._stop.wait(self._rest):
            try:
                self.round()
            except Exception:
                # The thread must outlive whatever one round meets; the next one tries again, later.
                _log.exception("lay_questions_round_failed")
                self._tire()

    @property
    def left(self) -> int:
        """Passages still to be asked about, as far as they are counted."""
        return len(self._units)

    def may(self) -> bool:
        """Whether the model is free and the work may go on."""
        models = self._models
        free = models.ready("chat") and models.traffic.quiet_s >= QUIET_S and models.spent < SHARE
        return free and not self._stop.is_set()

    def round(self) -> Run:
        """Writes until all is done or somebody comes."""
        if not self.may() or not _settled(self._library.status()):
            return Run()
        self._questions.refresh()
        if self._library.version != self._version:
            self._version = self._library.version
            on = self._settings.day()
            passages = self._library.passages()
            self._units = pending(passages, self._questions, self._models, on, self._items, self._scopes)
        began = time.monotonic()
        with behind():
            done = run(self._units, self._library.passage, self._questions, self._models, may=self.may)
        self._units = done.left
        if done.done or done.stopped:
            seconds = round(time.monotonic() - began, 1)
            _log.info("lay_questions", done=done.done, questions=done.questions, left=self.left, seconds=seconds)
        if done.stopped:
            self._tire()
        else:
            self._rest = POLL_S
        return done

    def _tire(self) -> None:
        self._rest = min(2 * self._rest, LONGEST_REST_S)


def _settled(status: LibraryStatus) -> bool:
    """Whether the library is done with its own work, which helps more than ours."""
    return status.words_ready and (status.vectors_ready or NO_MEANING in status.problems)
