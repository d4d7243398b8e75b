"""Servers the journeys share: one on the embedded model, one without any; both are the product as it is started."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_server import ROOT, Server, surroundings, until


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product on its embedded model, ready to talk; for tests marked `live`."""
    pulled = subprocess.run(
        [sys.executable, "-m", "prompts", "pull"], cwd=ROOT, env=surroundings(), capture_output=True, text=True
    )
    assert pulled.returncode == 0, pulled.stdout[-500:] + pulled.stderr[-1500:]
    server = Server(tmp_path_factory.mktemp("office"))
    try:
        server.start()
        until(lambda: _talks(server), 180, every=1.0)
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def quiet_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The product with the kill switch on: forms, uploads and the desk without any model."""
    server = Server(tmp_path_factory.mktemp("quiet"), AI="off")
    try:
        yield server.start()
    finally:
        server.stop()


def _talks(server: Server) -> bool:
    found = server.readiness() or {}
    return bool(found) and not any(line.startswith("model chat") for line in found["degraded"])


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest) -> Path | None:
    """Where screenshots go; None: nowhere."""
    said = request.config.getoption("--pictures")
    if not said:
        return None
    folder = Path(said)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
