"""Finished runs in the data folder, newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from eval.run import Run, load_run
from prompts.settings import Settings

_NAME = re.compile(r"[0-9A-Za-z-]{1,60}")


@dataclass(frozen=True)
class RunFolder:
    """One run folder: its name, the runs that could be read, and whether a report lies there."""

    name: str
    runs: tuple[Run, ...]
    report: Path | None


def run_folders(settings: Settings, most: int = 50) -> list[RunFolder]:
    """The latest run folders; a folder whose files cannot be read shows no runs."""
    folders = sorted((settings.data / "eval" / "runs").glob("*"), reverse=True)[:most]
    return [_opened(f) for f in folders if f.is_dir()]


def report_path(settings: Settings, name: str) -> Path | None:
    """The report of a run folder; None for an unknown or malformed name."""
    path = settings.data / "eval" / "runs" / name / "report.html"
    return path if _NAME.fullmatch(name) and path.is_file() else None


def _opened(folder: Path) -> RunFolder:
    report = folder / "report.html"
    return RunFolder(folder.name, tuple(_readable(folder)), report if report.is_file() else None)


def _readable(folder: Path) -> list[Run]:
    runs = []
    for path in sorted(folder.glob("*.json")):
        try:
            runs.append(load_run(path))
        except (ValidationError, OSError):
            continue
    return runs
