"""The reader's process: what happens to it is a value in ours."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sample_files import LINES, pdf

from knowledge.documents import Limits, read_document
from knowledge.sandbox import Killed, Worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    one = Worker("knowledge.document_reader")
    yield one
    one.close()


def fifo(folder: Path) -> Path:
    """A file whose reader waits for ever."""
    path = folder / "endless"
    os.mkfifo(path)
    return path


def request(path: Path) -> dict[str, object]:
    return {"do": "read", "path": str(path), "filename": "a.pdf", "limits": {}}


def test_a_child_that_hangs_is_killed_and_the_next_request_gets_a_new_one(tmp_path: Path, worker: Worker) -> None:
    with pytest.raises(Killed) as killed:
        worker.ask(request(fifo(tmp_path)), seconds=0.2, step_seconds=0.2)
    assert killed.value.cause == "time" and worker.pid is None
    document = read_document(pdf(tmp_path, lambda sheet: None), "a.pdf", worker=worker)
    assert document.pages[0].lines[0].text == LINES[0]


def test_a_child_that_crashes_between_requests_is_replaced_unseen(tmp_path: Path, worker: Worker) -> None:
    path = pdf(tmp_path, lambda sheet: None)
    assert read_document(path, "a.pdf", worker=worker).problem is None
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGSEGV)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert read_document(path, "a.pdf", worker=worker).problem is None
    assert worker.pid not in (None, first)


def test_one_child_serves_many_documents(tmp_path: Path, worker: Worker) -> None:
    path = pdf(tmp_path, lambda sheet: None)
    served = {worker.pid for _ in range(3) if read_document(path, "a.pdf", worker=worker).problem is None}
    assert len(served) == 1 and None not in served


def test_documents_read_at_the_same_time_do_not_mix(tmp_path: Path, worker: Worker) -> None:
    texts = {f"第{n}条": tmp_path / f"{n}.txt" for n in range(12)}
    for text, path in texts.items():
        path.write_text(text, encoding="utf-8")
    found: dict[str, str] = {}

    def read(text: str, path: Path) -> None:
        found[text] = read_document(path, "a.txt", worker=worker).text

    threads = [threading.Thread(target=read, args=pair) for pair in texts.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {text: text for text in texts}


def test_the_child_knows_nothing_of_our_environment(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("第一条", encoding="utf-8")
    os.environ["BANCHENG_MODEL_KEY"] = "secret"
    try:
        read_document(path, "a.txt", worker=worker)
        assert b"secret" not in Path(f"/proc/{worker.pid}/environ").read_bytes()
    finally:
        del os.environ["BANCHENG_MODEL_KEY"]


def may_part_from_the_network() -> bool:
    """Whether this system lets a process give up its network."""
    attempt = "import ctypes, sys; c = ctypes.CDLL(None); sys.exit(bool(c.unshare(1 << 30) and c.unshare(5 << 28)))"
    run = subprocess.run([sys.executable, "-c", attempt], check=False)
    return sys.platform == "linux" and run.returncode == 0


@pytest.mark.skipif(not may_part_from_the_network(), reason="the system does not allow network namespaces")
def test_the_child_has_no_network(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("第一条", encoding="utf-8")
    read_document(path, "a.txt", worker=worker)
    assert os.readlink(f"/proc/{worker.pid}/ns/net") != os.readlink("/proc/self/ns/net")


def test_memory_beyond_the_limit_is_a_problem(tmp_path: Path, worker: Worker) -> None:
    path = tmp_path / "big.txt"
    path.write_text("第一条 市场主体登记\n" * 400_000, encoding="utf-8")
    assert read_document(path, "a.txt", Limits(memory_mb=20), worker).problem == "too_large"
