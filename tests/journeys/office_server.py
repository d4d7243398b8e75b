"""The real server in a process of its own, as an operator starts it, and people who call its interface."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
ITEM = "individual-business-registration"
PASSWORD = "journey password 26"
TODAY = "2026-11-23"
KEPT = ("BANCHENG_MODELS_FOLDER", "BANCHENG_MODELS_FROM")
"""Settings of the machine that a server of ours takes over; all others come from its own `.env`."""


def surroundings() -> dict[str, str]:
    """The environment without the settings somebody may have for a server of their own."""
    return {k: v for k, v in os.environ.items() if not k.startswith("BANCHENG_") or k in KEPT}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(found: Callable[[], Any], seconds: float, every: float = 0.2) -> Any:
    """The first true answer of `found`; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = found()
        if answer:
            return answer
        time.sleep(every)
    raise AssertionError(f"still waiting after {seconds:.0f} s")


class Person:
    """Somebody signed in over the interface."""

    def __init__(self, base: str, name: str) -> None:
        self.http = httpx.Client(base_url=f"{base}/api/v1", timeout=240, trust_env=False)
        signed = self.http.post("/sign-in", json={"username": name, "password": PASSWORD})
        assert signed.status_code == 200, signed.text
        self.http.headers["Authorization"] = f"Bearer {signed.json()['token']}"

    def call(self, method: str, path: str, **said: Any) -> httpx.Response:
        """One call; a change carries a fresh key."""
        headers = {} if method == "GET" else {"Idempotency-Key": secrets.token_hex(16)}
        return self.http.request(method, path, headers=headers, **said)

    def does(self, method: str, path: str, **said: Any) -> Any:
        """One call that must succeed; its JSON."""
        reply = self.call(method, path, **said)
        assert reply.status_code in (200, 201), f"{method} {path}: {reply.status_code} {reply.text[:400]}"
        return reply.json()

    def upload(self, filing: str, name: str, data: bytes, kind: str | None = None) -> httpx.Response:
        """Hands a file in."""
        told = {"kind": kind} if kind else {}
        return self.call("POST", f"/filings/{filing}/materials", files={"file": (name, data)}, data=told)

    def read(self, filing: str, seconds: float = 120) -> Any:
        """The filing once every document is read."""

        def done() -> Any:
            found = self.does("GET", f"/filings/{filing}")
            return found if all(m["status"] != "reading" for m in found["materials"]) else None

        return until(done, seconds)


class Server:
    """One server on its own data folder; `start` again goes on with the same data."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder, self.port = folder, free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        told = {"PORT": str(self.port), "DEMO_PASSWORD": PASSWORD, "TODAY": TODAY, "DATA": str(self.data), **settings}
        lines = [f"BANCHENG_{name}={value}" for name, value in told.items()]
        (folder / ".env").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._people: list[Person] = []

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def start(self, seconds: float = 120) -> Server:
        """Starts the server and waits until it serves and its background work can be asked for."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(ROOT / "app.py"), "--demo"],
                cwd=self.folder, env=surroundings(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until(lambda: self.readiness(), seconds)
        return self

    def readiness(self) -> Mapping[str, Any] | None:
        """What /readyz says; None while nothing answers."""
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(f"the server ended with {self._process.returncode}:\n{self.log()[-3000:]}")
        try:
            found: Mapping[str, Any] = httpx.get(f"{self.base}/readyz", timeout=5, trust_env=False).json()
        except httpx.TransportError:
            return None
        return found

    def log(self) -> str:
        """What the server wrote."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def person(self, name: str) -> Person:
        """Signs somebody in, until the server ends."""
        self._people.append(Person(self.base, name))
        return self._people[-1]

    def kill(self) -> None:
        """`kill -9`: no chance to tidy up."""
        assert self._process is not None
        self._leave()
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        """Ends the server and whatever it left behind."""
        self._leave()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process = None

    def _leave(self) -> None:
        for person in self._people:
            person.http.close()
        self._people.clear()

    def audit(self, database: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`python -m review audit` on this data folder, or on another database file."""
        other = ["--database", str(database)] if database else []
        return subprocess.run(
            [sys.executable, "-m", "review", "audit", *other],
            cwd=ROOT, env={**surroundings(), "BANCHENG_DATA": str(self.data)}, capture_output=True, text=True,
        )  # fmt: skip
