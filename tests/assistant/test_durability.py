"""What was acknowledged is there after the process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.record import first_fault
from assistant.store import Store
from prompts.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from assistant.filing import Filing
from assistant.store import Store
from assistant.tables_store import AccountRow
from prompts.settings import Settings

store = Store(Settings(data=Path(sys.argv[1])))
now = datetime.now(UTC)
with store.transaction() as unit:
    unit.session.add(AccountRow(id="a", username="a", role="applicant", password="x", created_at=0.0))
filing = store.add_filing(Filing(id="f", owner="a", item="i", item_version="1", created_at=now, updated_at=now), "a")
while True:
    with store.transaction() as unit:
        number = unit.next_number("receipt")
        filing = store.save_filing(filing, filing.revision, actor="a", action="filing.edited")
    print(filing.revision, number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 17, 60])
def test_no_acknowledged_write_is_lost_when_the_process_is_killed(tmp_path: Path, lines: int) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.readlines()
    last = next(line for line in reversed(told) if line.endswith("\n"))
    revision, number = map(int, last.split())
    store = Store(Settings(data=tmp_path))
    kept = store.filing("f")
    assert kept is not None and revision <= kept.revision <= revision + 1
    events = list(store.database.events("f"))
    assert len(events) == kept.revision and first_fault(store.database.events()) is None
    with store.transaction() as unit:
        assert unit.next_number("receipt") == kept.revision
    assert number == revision - 1
    store.close()
