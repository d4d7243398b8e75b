"""Questions that a model wrote, kept in the data folder for good: one JSON line a passage, only ever added to.

A process that is killed loses at most the passage it was at. Several processes may write; each reads what the others
added. A line that is torn or of another shape is passed over, and its passage asked again.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.durable import locked, sync_folder
from knowledge.questions import questions_for, text_key
from prompts.settings import Settings

FILE = "lay_questions.jsonl"

_log = structlog.get_logger(__name__)


class Made(BaseModel):
    """What was written for one passage; no questions: none was good enough, or it is not one that people ask about."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    key: str = Field(pattern=r"^[0-9a-f]{12}$")
    """`questions.text_key` of the passage's words."""
    document: str = ""
    """`title@version` that held the passage then; other versions may hold the same words."""
    questions: tuple[str, ...] = ()
    model: str = ""
    """Weights that wrote them; empty when no model was asked."""
    prompt: str = ""
    """`name@version`."""
    at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    tokens_in: int = 0
    tokens_out: int = 0
    ms: int = 0


class Questions:
    """What people ask, by the words of the passage that answers: shipped with the product or written here.

    Safe for threads.
    """

    def __init__(self, settings: Settings, shipped: Callable[[str], tuple[str, ...]] = questions_for) -> None:
        self._file, self._shipped = settings.data / FILE, shipped
        self._lock = threading.Lock()
        self._made: dict[str, Made] = {}
        self._counts: Counter[str] = Counter()
        self._read = 0
        """Bytes of the file that have been read."""
        self.refresh()

    def of(self, text: str) -> tuple[str, ...]:
        """Questions that the passage with these words answers, the shipped ones first."""
        made = self._made.get(text_key(text))
        return tuple(dict.fromkeys((*self._shipped(text), *(made.questions if made else ()))))

    def made(self, text: str) -> Made | None:
        """What was written for the passage with these words; the last record counts."""
        return self._made.get(text_key(text))

    def written_for(self, document: str) -> int:
        """How many passages of `title@version` were given questions here: an index that holds it compares."""
        return self._counts[document]

    @property
    def stamp(self) -> int:
        """Grows whenever something was added: who keeps questions elsewhere compares it."""
        return self._read

    def wanted(self, text: str, model: str, prompt: str) -> bool:
        """Whether that model should write for the passage: nobody has, or another one tried in vain."""
        if self._shipped(text):
            return False
        made = self._made.get(text_key(text))
        return made is None or not made.questions and bool(made.model) and (made.model, made.prompt) != (model, prompt)

    def add(self, made: Made) -> None:
        """Keeps a record for good; on the disk when this returns."""
        with self._lock, locked(self._file.with_suffix(".lock")):
            new = not self._file.exists()
            with self._file.open("ab") as stream:
                torn = stream.tell() > 0 and not _ends_a_line(self._file)
                stream.write((b"\n" if torn else b"") + made.model_dump_json().encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
            if new:
                sync_folder(self._file.parent)
            self._take_in()

    def refresh(self) -> bool:
        """Takes in what another process has added; whether anything was."""
        with self._lock:
            return self._take_in()

    def _take_in(self) -> bool:
        if not self._file.exists():
            return False
        if self._file.stat().st_size < self._read:
            self._made, self._counts, self._read = {}, Counter(), 0  # somebody put another file in its place
        with self._file.open("rb") as stream:
            stream.seek(self._read)
            whole, _, _ = stream.read().rpartition(b"\n")
        if not whole:
            return False
        for line in whole.split(b"\n"):
            self._take(line)
        self._read += len(whole) + 1
        return True

    def _take(self, line: bytes) -> None:
        if not line.strip():
            return
        try:
            made = Made.model_validate_json(line)
        except ValidationError:
            _log.warning("question_line_not_read", file=FILE)
            return
        self._made[made.key] = made
        self._counts[made.document] += bool(made.questions)


def _ends_a_line(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"
