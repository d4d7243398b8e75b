"""A lasting child process that does the dangerous work, and is replaced when it dies or oversteps its limits.

The child gets an empty environment, may write no file and is killed when it is late. It speaks lines of JSON: one
request in; any number of `{"going": true}` (each starts the clock anew) and one reply out.
"""

from __future__ import annotations

import atexit
import json
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Literal

Cause = Literal["time", "memory", "crash"]

_ROOT = Path(__file__).resolve().parent.parent
_ENVIRONMENT = {
    "PYTHONPATH": str(_ROOT),
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONDONTWRITEBYTECODE": "1",
}
_MOST_REPLY = 64 * 1024 * 1024
_MOST_SECONDS = 1800.0
_DOCUMENTS_PER_CHILD = 300
"""A child is replaced after so many documents, so that slow leaks of the libraries do not matter."""
_MEMORY_SIGNALS = {signal.SIGTRAP, signal.SIGILL, signal.SIGABRT}
"""How the PDF engine and the C++ libraries die when an allocation is refused."""


class Killed(Exception):
    """The child died or was killed over a request."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"the reader stopped: {cause}")
        self.cause: Cause = cause


class Worker:
    """One child at a time; requests wait for each other."""

    def __init__(self, module: str, idle_seconds: float | None = None) -> None:
        """`module` is run as `python -m module`; the child starts with the first request.

        With `idle_seconds` it ends when nothing was asked for so long, and gives its memory back.
        """
        self._module = module
        self._idle = idle_seconds
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._asked = 0
        atexit.register(self.close)

    @property
    def pid(self) -> int | None:
        """Process id of the child, None before the first request."""
        return self._child.pid if self._child else None

    def ask(self, request: dict[str, Any], seconds: float, step_seconds: float) -> dict[str, Any]:
        """The child's reply; raises `Killed`.

        `seconds` until the first sign of life, `step_seconds` between two of them.
        """
        with self._lock:
            if self._timer:
                self._timer.cancel()
            child = self._ready_child()
            self._asked += 1
            try:
                self._send(child, request)
                return self._receive(child, seconds, step_seconds)
            except Killed:
                self._stop()
                raise
            finally:
                self._end_when_idle()

    def _end_when_idle(self) -> None:
        if self._idle is not None:
            self._timer = threading.Timer(self._idle, self.close)
            self._timer.daemon = True
            self._timer.start()

    def close(self) -> None:
        """Ends the child; a later request starts another."""
        with self._lock:
            self._stop()

    def _ready_child(self) -> subprocess.Popen[bytes]:
        tired = self._asked >= _DOCUMENTS_PER_CHILD
        if self._child is None or self._child.poll() is not None or tired:
            self._stop()
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no outside words
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                cwd=_ROOT,
                bufsize=0,
            )
            self._asked = 0
        return self._child

    def _send(self, child: subprocess.Popen[bytes], request: dict[str, Any]) -> None:
        assert child.stdin  # noqa: S101 - opened as a pipe above
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError as error:
            raise Killed(_cause(child)) from error

    def _receive(self, child: subprocess.Popen[bytes], seconds: float, step_seconds: float) -> dict[str, Any]:
        start = time.monotonic()
        late, last = start + seconds, start + _MOST_SECONDS
        pieces: list[bytes] = []
        while True:
            pieces.append(self._more(child, min(late, last) - time.monotonic()))
            if sum(map(len, pieces)) > _MOST_REPLY:
                raise Killed("memory")
            if b"\n" not in pieces[-1]:
                continue
            *lines, rest = b"".join(pieces).split(b"\n")
            pieces = [rest]
            for reply in map(_decoded, lines):
                if not reply.get("going"):
                    return reply
            late = time.monotonic() + step_seconds

    def _more(self, child: subprocess.Popen[bytes], left: float) -> bytes:
        assert child.stdout  # noqa: S101 - opened as a pipe above
        ready, _, _ = select.select([child.stdout], [], [], max(0.0, left))
        if not ready:
            raise Killed("time")
        piece: bytes | None = child.stdout.read(1 << 20)
        if not piece:
            raise Killed(_cause(child))
        return piece

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()
        child.wait()


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(line)
    except ValueError as error:
        raise Killed("crash") from error
    if not isinstance(reply, dict):
        raise Killed("crash")
    return reply


def _cause(child: subprocess.Popen[bytes]) -> Cause:
    """Why a child that closed its pipe is gone."""
    try:
        code = child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "crash"
    if code == -signal.SIGXCPU:
        return "time"
    return "memory" if -code in _MEMORY_SIGNALS else "crash"
