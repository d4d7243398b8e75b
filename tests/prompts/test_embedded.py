"""The embedded engine: a child process that may die, may hang, and never outlives the application."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from pydantic import BaseModel

from prompts.ask import ModelTimeout, ModelUnavailable, ask, weigh
from prompts.embedded import Engine
from prompts.guard import allow_models
from prompts.models import Models
from prompts.settings import Settings

VALUES = {"field": "姓名和行业", "message": "我叫李小明，想在科苑路开一家奶茶店"}


class Said(BaseModel):
    name: str | None
    trade: str | None


def ended(pid: int, seconds: float = 30.0) -> bool:
    """Wait for a process that need not be our child."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], seconds)[0])
    finally:
        os.close(handle)


def test_a_model_that_was_not_fetched_is_unavailable_at_once(tmp_path: Path) -> None:
    engine = Engine.of("qwen2.5-coder-1.5b", Settings(data=tmp_path, models_folder=tmp_path))
    with pytest.raises(ModelUnavailable, match="python -m prompts pull"):
        engine.address()
    assert not engine.ready()


def test_a_child_that_cannot_load_its_file_does_no_harm_and_is_not_started_without_end(tmp_path: Path) -> None:
    now = [1000.0]
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    engine = Engine.of(str(tmp_path / "broken.gguf"), Settings(data=tmp_path))
    engine = Engine(engine.entry, Settings(data=tmp_path), lambda: now[0])
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="未能启动"):
            engine.address()
    with pytest.raises(ModelUnavailable, match="反复退出"):
        engine.address()
    assert engine.pid is None and "未能启动" in engine.state
    assert (tmp_path / "logs" / "broken.log").stat().st_size > 0
    now[0] += 100
    with pytest.raises(ModelUnavailable, match="未能启动"):
        engine.address()


def test_a_closed_engine_stays_closed(tmp_path: Path) -> None:
    engine = Engine.of("qwen2.5-coder-1.5b", Settings(data=tmp_path, models_folder=tmp_path))
    engine.close()
    with pytest.raises(ModelUnavailable, match="退出"):
        engine.address()


@pytest.fixture(scope="module")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    """The default model, found or fetched, behind every role."""
    place = tmp_path_factory.mktemp("live")
    front = (
        "---\npurpose: 试\nrole: chat\ninputs: {field: ours, message: theirs}\noutput: str\nsamples: []\n"
        'good: x\nbad: ["", " "]\n---\n# system\n'
    )
    ask_for = "摘出申请人说的话，没有说的填 null。"
    for name, system in (("said", ask_for), ("yes", "申请人想开饮食店吗？只答“是”或“否”。")):
        (place / f"{name}.v1.md").write_text(f"{front}{system}\n# user\n$field\n$message\n", encoding="utf-8")
    allow_models(True)
    models = Models(Settings(data=place, deadline_s=300), folder=place)
    models.warm()
    assert models.ready("chat"), models.status()
    yield models
    models.close()
    assert not models.ready("chat")


@pytest.mark.live
def test_fields_come_out_of_a_message_in_the_asked_shape(warm: Models) -> None:
    answer = ask(warm, "chat", "said", Said, **VALUES)
    assert answer.value.name == "李小明" and "奶茶" in (answer.value.trade or "")
    assert answer.made_by.kind == "schema" and answer.made_by.tokens_out > 0


@pytest.mark.live
def test_the_first_token_tells_yes_from_no(warm: Models) -> None:
    tea = weigh(warm, "chat", "yes", ("是", "否"), **VALUES)
    bike = weigh(warm, "chat", "yes", ("是", "否"), field="行业", message="我想摆摊修自行车")
    assert tea.made_by.kind == "logprobs" and tea.value > bike.value


@pytest.mark.live
def test_a_choice_is_held_to_its_words(warm: Models) -> None:
    class Choice(BaseModel):
        choice: Literal["甲乙丙", "丁戊己"]

    assert ask(warm, "chat", "said", Choice, **VALUES).value.choice in {"甲乙丙", "丁戊己"}


@pytest.mark.live
def test_the_engine_wants_its_key_and_shows_nobodys_prompts(warm: Models) -> None:
    engine = warm.engine("chat")
    assert engine is not None
    address, key = engine.address()
    assert address.startswith("http://127.0.0.1:")
    assert httpx.post(f"{address}/v1/chat/completions", json={"messages": []}).status_code == 401
    slots = httpx.get(f"{address}/slots", headers={"authorization": f"Bearer {key}"})
    assert slots.status_code >= 400 and "李小明" not in slots.text
    assert "李小明" not in (warm.settings.data / "logs" / "qwen2.5-coder-1.5b.log").read_text(encoding="utf-8")


@pytest.mark.live
def test_a_killed_engine_is_started_again_by_the_next_call(warm: Models) -> None:
    engine = warm.engine("chat")
    assert engine is not None and (first := engine.pid) is not None
    os.kill(first, signal.SIGKILL)
    assert ended(first)
    assert ask(warm, "chat", "said", Said, **VALUES).value.name == "李小明"
    assert engine.pid not in {None, first}


@pytest.mark.live
def test_a_hanging_engine_is_ended_after_a_call_has_waited_in_vain(warm: Models) -> None:
    engine = warm.engine("chat")
    assert engine is not None and (first := engine.pid) is not None
    hasty = Models(Settings(data=warm.settings.data, deadline_s=1), folder=warm._folder)
    hasty._engines = warm._engines
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(ModelTimeout):
        ask(hasty, "chat", "said", Said, **VALUES)
    assert ended(first)
    assert ask(warm, "chat", "said", Said, **VALUES).value.name == "李小明"


@pytest.mark.live
def test_many_callers_start_one_engine(warm: Models) -> None:
    engine, seen = warm.engine("chat"), set()
    assert engine is not None and (first := engine.pid) is not None
    os.kill(first, signal.SIGKILL)
    assert ended(first)
    threads = [threading.Thread(target=lambda: seen.add(engine.address())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1 and engine.pid not in {None, first}


@pytest.mark.live
def test_the_engine_ends_with_an_application_that_was_killed(warm: Models) -> None:
    code = (
        "import sys, pathlib\nfrom prompts.embedded import Engine\nfrom prompts.settings import Settings\n"
        "engine = Engine.of('qwen2.5-coder-1.5b', Settings(data=pathlib.Path(sys.argv[1])))\n"
        "engine.address()\nsys.stdout.write(f'{engine.pid}\\n')\nsys.stdout.flush()\nsys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code, str(warm.settings.data / "other")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not ended(child, 0)
        parent.kill()
    assert ended(child)
