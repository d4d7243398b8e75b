"""Work that survives a crash: reading a document, and the first pass of a case, as durable workflows of small steps.

State lives beside the product's own (SQLite in the data folder, or the same PostgreSQL): after `kill -9` a workflow
goes on at the step it had reached. Every step may run twice: reading does nothing when a document is read, and what a
round found replaces what an interrupted pass left. Arguments and results are ids, never an applicant's data.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, StepOptions

from prompts.settings import Settings
from review.case import Review
from review.desk import Desk
from review.reviewer import Reviewer, Told

if TYPE_CHECKING:
    from assistant.counter import Counter

READING, REVIEW = "reading", "review"
_POLL_SECONDS = 0.2
_LONGEST_WAIT = 300.0
"""Seconds to wait for documents being read elsewhere before reading them here."""
_ENDED_BADLY = ("ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
_log = structlog.get_logger(__name__)


class Jobs:
    """The durable work of one process. One at a time in a process; `launch` starts it, `close` ends it."""

    def __init__(self, settings: Settings, counter: Counter, desk: Desk, reviewer: Reviewer) -> None:
        self.settings, self.counter, self.desk, self.reviewer = settings, counter, desk, reviewer
        self._read_workflow: Callable[[str, str], None]
        self._review_workflow: Callable[[str, int], None]

    def launch(self) -> None:
        """Starts the queues, goes on with what a crash interrupted, and takes up what was never started."""
        DBOS(config=config(self.settings))
        self._register()
        DBOS.launch()
        for queue in (READING, REVIEW):
            DBOS.register_queue(queue, worker_concurrency=2, polling_interval_sec=_POLL_SECONDS)
        self.counter.papers.remember = self.desk.cases.keep_reading
        self.counter.reading = self.read_material
        self.desk.review = self.review
        self.sweep()

    def close(self) -> None:
        """Stops taking work; what is running is left for the next start."""
        DBOS.destroy(destroy_registry=True)

    def sweep(self) -> None:
        """Asks again for every document unread and every first pass unfinished; those already under way are left."""
        for filing_id, material_id in self.counter.store.unread():
            self.read_material(filing_id, material_id)
        for case_id in self.desk.cases.unfinished():
            case = self.desk.cases.get(case_id)
            if case is not None:
                self.review(case_id, case.round)

    def read_material(self, filing_id: str, material_id: str) -> None:
        """Asks for a document to be read."""
        self._ask(READING, self._read_workflow, f"read-{filing_id}-{material_id}", filing_id, material_id)

    def review(self, case_id: str, round_: int) -> None:
        """Asks for the first pass of a round of a case."""
        self._ask(REVIEW, self._review_workflow, f"review-{case_id}-{round_}", case_id, round_)

    def _ask(self, queue: str, workflow: Callable[..., Any], name: str, *args: Any) -> None:
        """Under one name a workflow runs once; one that ended badly is asked for anew under the next name."""
        for attempt in range(10):
            wanted = name if attempt == 0 else f"{name}-{attempt}"
            known = DBOS.get_workflow_status(wanted)
            if known is None:
                with SetWorkflowID(wanted):
                    DBOS.enqueue_workflow(queue, workflow, *args)
                return
            if known.status not in _ENDED_BADLY:
                return

    def _register(self) -> None:
        def read_material(filing_id: str, material_id: str) -> None:
            DBOS.run_step(step("read"), self.counter.finish_reading, filing_id, material_id)

        def first_pass(case_id: str, round_: int) -> None:
            DBOS.run_step(step("readings"), self.readings, case_id)
            DBOS.run_step(step("rules"), self.rules, case_id, round_)
            DBOS.run_step(step("questions"), self.questions, case_id, round_)

        self._read_workflow = DBOS.workflow(name="read_material")(read_material)
        self._review_workflow = DBOS.workflow(name="first_pass")(first_pass)

    # Steps of the first pass; each may run twice

    def readings(self, case_id: str) -> None:
        """Waits for documents that are still being read, and reads here what nobody finished."""
        until = time.monotonic() + _LONGEST_WAIT
        while self._unread(case_id) and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        for filing_id, material_id in self._unread(case_id):
            self.counter.finish_reading(filing_id, material_id)

    def _unread(self, case_id: str) -> list[tuple[str, str]]:
        case = self.desk.cases.get(case_id)
        filing = self.counter.store.filing(case.filing.id) if case else None
        return [(filing.id, m.id) for m in filing.materials if m.status == "reading"] if filing else []

    def rules(self, case_id: str, round_: int) -> None:
        """Runs every rule and keeps what they found, so that a crash while asking loses nothing."""
        case = self.desk.begin(case_id, round_)
        if case is not None:
            findings, gaps = self.reviewer.rules(case)
            self.desk.draft(case_id, round_, findings, Review(inconclusive=gaps))

    def questions(self, case_id: str, round_: int) -> None:
        """Asks what only reading can tell and ends the first pass; a failure there leaves the rules' findings."""
        case = self.desk.begin(case_id, round_)
        if case is None:
            return
        found, gaps = [f for f in case.findings if f.source == "rule"], dict(case.review.inconclusive)
        try:
            told = self.reviewer.questions(case, found, gaps)
        except Exception as error:  # the clerk gets the case with what the rules found, and is told
            _log.exception("questions failed", case=case_id, error=type(error).__name__)
            told = Told(inconclusive={"QUESTIONS": f"阅读性问题没有核对（{type(error).__name__}）"})
        for code, why in told.inconclusive.items():
            gaps[code] = f"{gaps[code]}；{why}" if code in gaps else why
        review = Review(inconclusive=gaps, made_by=told.made_by)
        self.desk.finish(case_id, round_, [*found, *told.findings], review)


def step(name: str) -> StepOptions:
    """A step tried three times: another writer may have been first."""
    return {"name": name, "retries_allowed": True, "max_attempts": 3, "interval_seconds": 0.5}


def config(settings: Settings) -> DBOSConfig:
    """Durable state beside the product's data; nothing is sent anywhere."""
    url = settings.database_url or f"sqlite:///{Path(settings.data).resolve() / 'jobs.sqlite'}"
    return {
        "name": "bancheng",
        "system_database_url": url,
        "application_version": "1",
        "executor_id": "office",
        "serializer": DBOSPortableJSONSerializer(),
        "enable_otlp": False,
        "console_log_level": "WARNING",
        "log_level": "WARNING",
    }
