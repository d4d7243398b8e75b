"""The first pass survives the death of its process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def started(*arguments: str) -> subprocess.Popen[str]:
    """The office in a process of its own."""
    paths = os.pathsep.join([str(HERE.parent.parent), str(HERE)])
    command = [sys.executable, str(HERE / "office_process.py"), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": paths}
    )


def test_a_first_pass_killed_in_the_middle_is_finished_after_the_next_start(tmp_path: Path) -> None:
    first = started(str(tmp_path), "file")
    assert first.stdout is not None
    said = [first.stdout.readline().strip() for _ in range(2)]
    first.kill()
    first.wait()
    first.stdout.close()
    case_id = next(line for line in said if line.startswith("c"))
    assert "in the middle" in said
    second = started(str(tmp_path), "finish", case_id)
    out, _ = second.communicate(timeout=120)
    status, round_, codes = out.split()[-3:]
    assert (status, round_) == ("ready", "1")
    assert "MATERIAL_MISSING" in codes
