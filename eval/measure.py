"""`python -m eval measure`: serves the product, drives it from outside with the shared benches, writes tables.

Two servers one after the other, as the sets ask for it: conversations, questions, claims and scope without an office
file and with the laws as documents; packages with the office's data on their filing day.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_DAY = "2026-11-20"
PORT = 7971


@contextmanager
def served(log: Path, **settings: str) -> Iterator[tuple[str, str]]:
    """(address, password) of a fresh demo server whose models and vectors are ready; ended afterwards."""
    password = secrets.token_urlsafe(12)
    base = f"http://127.0.0.1:{PORT}"
    with tempfile.TemporaryDirectory() as folder, log.open("w") as out:
        own = {"DATA": f"{folder}/data", "PORT": str(PORT), "DEMO_PASSWORD": password, "RATE_PER_MINUTE": "100000"}
        lines = [f"BANCHENG_{name}={value}" for name, value in (own | settings).items()]
        Path(folder, ".env").write_text("\n".join(lines), encoding="utf-8")
        command = [sys.executable, str(ROOT / "app.py"), "--demo"]
        server = subprocess.Popen(command, cwd=folder, stdout=out, stderr=out)  # noqa: S603
        try:
            wait_ready(base, server)
            yield base, password
        finally:
            server.terminate()
            server.wait(60)


def wait_ready(base: str, server: subprocess.Popen[bytes], seconds: float = 1200) -> None:
    """Waits until nothing is degraded; TimeoutError with the last state, RuntimeError when the server ended."""
    started, state = time.monotonic(), "no answer"
    while time.monotonic() - started < seconds:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with status {server.returncode}; see its log")
        try:
            reply = httpx.get(f"{base}/readyz", timeout=5)
            state = reply.text
            if reply.status_code == 200 and not reply.json().get("degraded"):
                return
        except httpx.HTTPError:
            pass
        time.sleep(2)
    raise TimeoutError(f"wanted a ready server within {seconds:.0f} s, got {state}")


def drive(shared: Path, module: str, *arguments: str) -> None:
    """Runs one bench from the shared folder; its own output goes to standard error."""
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, cwd=shared, check=False, stdout=sys.stderr)  # noqa: S603


def measure_talk(shared: Path, out: Path, limit: str) -> None:
    """Conversations, questions, claims, scope and search."""
    sets, laws = shared / "sets/dev", shared / "corpus/laws"
    jobs = {"conversations": "conversations", "qa": "qa", "claims": "claims", "scope": "small_talk_and_scope"}
    with served(out / "server-talk.log", DOCUMENTS=str(laws)) as (base, password):
        common = ["--base", base, "--password", password, *(["--limit", limit] if limit else [])]
        for what, name in {**jobs, "search": "qa"}.items():
            files = ["--set", str(sets / f"{name}.jsonl"), "--laws", str(laws), "--out", str(out / f"{what}.json")]
            drive(shared, "bench", what, *common, *files)


def measure_review(shared: Path, out: Path, limit: str) -> None:
    """Packages, resubmissions, fairness and injection."""
    sets, files = shared / "sets/dev", out / "files"
    for name in ("packages", "resubmissions", "fairness", "injection_pairs"):
        command = [sys.executable, str(shared / "render/render.py"), str(sets / f"{name}.jsonl"), str(files)]
        subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603
    office, laws = str(sets / "world.json"), str(shared / "corpus/laws")
    jobs = {"run": "packages", "resubmit": "resubmissions", "fairness": "fairness", "injection": "injection_pairs"}
    with served(out / "server-review.log", OFFICE=office, TODAY=PACKAGE_DAY, DOCUMENTS=laws) as (base, password):
        for what, name in jobs.items():
            given = ["--base", base, "--password", password, "--set", str(sets / f"{name}.jsonl")]
            given += ["--packages", str(sets / "packages.jsonl"), *(["--limit", limit] if limit else [])]
            drive(
                shared, "bench_review", what, *given, "--files", str(files), "--out", str(out / f"review-{what}.json")
            )


def figures(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Flattens a summary into (name, figure with its count and interval) rows."""
    if isinstance(value, dict) and "value" in value and "n" in value:
        span = f" [{value['low']}, {value['high']}]" if value.get("low") is not None else ""
        yield name, f"{value['value']}{span}, n={value['n']}"
    elif isinstance(value, dict) and "hits" in value and "of" in value:
        yield name, f"{value['rate']} ({value['hits']}/{value['of']}) {value.get('wilson95') or ''}"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from figures(inner, f"{name}.{key}" if name else str(key))
    elif value is not None and not isinstance(value, list):
        yield name, str(value)


SKIPPED = ("by_", "calibration", "per_code", "confusion", "statuses", "_by_kind")


def tables(out: Path) -> str:
    """Markdown tables of every result in a folder, with the day and the commit."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    lines = [f"Measured {datetime.now(UTC):%Y-%m-%d}, commit {commit}, {os.cpu_count()} cores, embedded models.", ""]
    for path in sorted(out.glob("*.json")):
        summary = json.loads(path.read_text(encoding="utf-8")).get("summary", {})
        rows = [(k, v) for k, v in figures(summary) if not any(s in k for s in SKIPPED)]
        lines += [f"### {path.stem}", "", "| figure | value |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows), ""]
    return "\n".join(lines)


def measure(shared: Path, out: Path, parts: str, limit: str) -> int:
    """Runs `talk`, `review` or `both`, writes `tables.md` beside the results and prints it."""
    out.mkdir(parents=True, exist_ok=True)
    if parts in ("talk", "both"):
        measure_talk(shared.resolve(), out.resolve(), limit)
    if parts in ("review", "both"):
        measure_review(shared.resolve(), out.resolve(), limit)
    text = tables(out)
    (out / "tables.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text + "\n")
    return 0
