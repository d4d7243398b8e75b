"""The embedded engine: llama.cpp's server in one supervised child process on loopback.

The child runs `python -m prompts.child`; it is started by the first call (or by `warm`), on a free port that it picks
itself and with a random key that travels through its standard input. It ends when that pipe closes, so it cannot
outlive the application, and a crash in native code stays in the child: the next call starts it again.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import structlog

from prompts.catalogue import Entry, catalogue
from prompts.errors import ModelUnavailable
from prompts.pull import PullError, present, pull, target
from prompts.settings import Settings

CONTEXT = 8192
"""Tokens of context, shared by the requests in progress."""
PARALLEL = 2
"""Requests in progress at a time; more wait."""
START_S, HEALTH_S = 120.0, 10.0
"""Seconds a start may take, and an answer to a health check on a busy machine."""
STABLE_S = 60.0
LONGEST_REST_S = 60.0

_log = structlog.get_logger(__name__)


class Engine:
    """One model file being served; safe to use from many threads."""

    def __init__(self, entry: Entry, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self.entry = entry
        self.state = "未启动"
        """One Chinese word or two for the status page."""
        self._settings, self._clock, self._lock = settings, clock, threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._address, self._key = "", ""
        self._began, self._deaths, self._rest_until, self._closed = 0.0, 0, 0.0, False

    @classmethod
    def of(cls, name: str, settings: Settings) -> Engine:
        """The engine of a catalogue id, or of a GGUF file by its path; one that is neither never starts."""
        return cls(catalogue().get(name) or Entry.file_of(Path(name)), settings)

    @property
    def pid(self) -> int | None:
        """Process id of the child, when one runs."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def up(self) -> bool:
        """Whether the child serves; waits for nothing."""
        return self.pid is not None and bool(self._address)

    def ready(self) -> bool:
        """Whether a call would be served, by the child or by one that it starts."""
        return self.up() or (not self._closed and self._present() and self._clock() >= self._rest_until)

    def address(self) -> tuple[str, str]:
        """(base URL, key) of a running server, started or restarted if need be. Raises `ModelUnavailable`."""
        with self._lock:
            if self._closed:
                raise ModelUnavailable("应用正在退出")
            if not self.up():
                self._revive()
            return self._address, self._key

    def warm(self) -> None:
        """Fetch the file if it is not there and start; trouble goes to `state` and the log."""
        try:
            if not self._present() and self.entry.path is None:
                pull(self.entry, self._settings, self._progress)
            self.address()
        except (PullError, ModelUnavailable) as error:
            self.state = f"不可用：{error}"
            _log.warning("engine_not_ready", model=self.entry.id, reason=str(error))

    def suspect(self) -> None:
        """After a failed call: end a child that fails its health check, so that the next call restarts it.

        Returns at once; nobody waits for a hanging process.
        """
        threading.Thread(target=self._examine, args=(self._child, self._address), daemon=True).start()

    def _examine(self, child: subprocess.Popen[bytes] | None, address: str) -> None:
        if child is not None and child.poll() is None and address and not _healthy(address, HEALTH_S):
            _log.warning("engine_hangs", model=self.entry.id)
            child.kill()

    def close(self) -> None:
        """End the child for good."""
        self._closed = True
        if (child := self._child) is not None:
            child.kill()  # before the lock: a start in progress holds it
        with self._lock:
            self._end()

    def _path(self) -> Path:
        return self.entry.path or target(self.entry, self._settings.models_folder)

    def _present(self) -> bool:
        path = self.entry.path
        return path.is_file() if path is not None else present(self.entry, self._settings.models_folder)

    def _absent(self) -> str:
        if self.entry.path is not None:
            return f"目录和磁盘上都没有模型 {self.entry.path}"
        return f"模型 {self.entry.id} 尚未下载（python -m prompts pull {self.entry.id}）"

    def _progress(self, done: int, total: int) -> None:
        self.state = f"下载中 {done * 100 // max(total, 1)}%"

    def _revive(self) -> None:
        if not self._present():
            raise ModelUnavailable(self._absent())
        if self._clock() < self._rest_until:
            raise ModelUnavailable("模型进程反复退出，稍后再启动")
        if self._child is not None:
            self._died()
        self._end()
        self.state = "启动中"
        try:
            self._start(self._path())
        except ModelUnavailable as error:
            self._end()
            self._died()
            self.state = f"不可用：{error}"
            raise
        self.state = "可用"

    def _died(self) -> None:
        """A child that ran long enough is restarted at once; one that keeps dying is left alone ever longer."""
        self._deaths = 0 if self._address and self._clock() - self._began > STABLE_S else self._deaths + 1
        if self._deaths > 1:
            self._rest_until = self._clock() + min(2.0 ** (self._deaths - 2), LONGEST_REST_S)
        _log.warning("engine_died", model=self.entry.id, deaths=self._deaths)

    def _start(self, path: Path) -> None:
        self._began, self._key = self._clock(), secrets.token_urlsafe(24)
        plan = {"path": str(path), "key": self._key, "context": CONTEXT, "parallel": PARALLEL, "threads": _threads()}
        self._child = _spawn(self._log_file())
        stdin, stdout = self._child.stdin, self._child.stdout
        if stdin is None or stdout is None:
            raise ModelUnavailable("模型进程没有管道")
        stdin.write(json.dumps(plan).encode() + b"\n")
        stdin.flush()
        poll = select.poll()
        poll.register(stdout, select.POLLIN | select.POLLHUP)
        heard = stdout.readline().decode().strip() if poll.poll(START_S * 1000) else ""
        if not heard or not _healthy(heard, HEALTH_S):
            raise ModelUnavailable("模型进程未能启动，见模型日志")
        self._address = heard

    def _end(self) -> None:
        child, self._child, self._address = self._child, None, ""
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()

    def _log_file(self) -> Path:
        folder = self._settings.data / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.entry.id}.log"


def _spawn(log: Path) -> subprocess.Popen[bytes]:
    here = str(Path(__file__).resolve().parent.parent)
    paths = os.pathsep.join([here, *filter(None, sys.path)])
    with log.open("wb") as output:
        return subprocess.Popen(  # our own interpreter and module, no shell
            [sys.executable, "-m", "prompts.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env={"PYTHONPATH": paths, "PATH": os.defpath, "HOME": str(Path.home())},
        )


def _healthy(address: str, seconds: float) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=seconds, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
