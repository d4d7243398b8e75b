"""Binding roles, who shares weights, and what the status page shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prompts.ask import ModelOff, ModelUnavailable, ask
from prompts.guard import allow_models
from prompts.models import Models, SharedWeights, weights
from prompts.scripted import Replay, Scripted
from prompts.settings import ROLES, Settings


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(**{"data": tmp_path / "data", "models_folder": tmp_path / "models", "models_from": None, **given})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("qwen2.5-coder-1.5b", "Qwen/Qwen2.5-Coder-1.5B-Instruct"),
        ("qwen2.5-coder-1.5b", "/models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"),
        ("qwen3:8b", "Qwen/Qwen3-8B"),
        ("qwen3-8b-awq", "Qwen3-8B-FP8"),
    ],
)
def test_the_same_weights_have_one_name_however_they_are_reached(one: str, other: str) -> None:
    assert weights(one) == weights(other)


def test_other_sizes_are_other_weights() -> None:
    assert len({weights(n) for n in ("qwen2.5-coder-1.5b", "qwen2.5-coder-0.5b", "qwen3:8b", "qwen3:14b")}) == 4


def test_one_model_for_all_roles_is_said_to_be_shared(tmp_path: Path) -> None:
    models = Models(settings(tmp_path))
    assert models.sharing() == {"qwen2.5-coder-1.5b": ROLES}
    assert models.family("checker") == models.family("chat")


def test_a_checker_with_weights_of_its_own_is_taken(tmp_path: Path) -> None:
    bound = Models(settings(tmp_path, model_checker="openai:glm-4-9b", model_checker_url="http://127.0.0.1:9/v1"))
    assert bound.family("checker") == "glm-4-9b" and bound.name("checker") == "openai:glm-4-9b"
    assert "glm-4-9b" in bound.sharing()


@pytest.mark.parametrize("role", ["reviewer", "chat", "judge"])
def test_with_a_second_model_the_checker_may_not_share_with_what_it_checks(tmp_path: Path, role: str) -> None:
    with pytest.raises(SharedWeights, match="BANCHENG_MODEL_CHECKER"):
        Models(settings(tmp_path, **{f"model_{role}": "openai:glm-4-9b"}))


def test_the_switch_in_the_settings_cannot_be_undone_at_run_time(tmp_path: Path) -> None:
    models = Models(settings(tmp_path, ai="off"))
    assert not models.ready("chat") and models.status()["chat"].endswith("已关闭")
    with pytest.raises(ModelOff):
        models.on()


def test_no_model_is_reached_by_accident(tmp_path: Path) -> None:
    for model in ("openai:gpt", "embedded:qwen2.5-coder-1.5b", "transformers:/nowhere"):
        with pytest.raises(ModelUnavailable, match="不允许"):
            Models(settings(tmp_path, model=model)).chat("chat")


def test_an_unknown_provider_or_model_is_unavailable_and_not_a_crash(tmp_path: Path, bound: Any) -> None:
    for model in ("nowhere:x", "embedded:unknown", "transformers:/nowhere", "script:/nowhere"):
        with pytest.raises(ModelUnavailable):
            bound(model=model, model_url="", data=tmp_path).chat("chat")


def test_an_unknown_embedded_model_shows_in_the_status(tmp_path: Path) -> None:
    models = Models(settings(tmp_path, model="embedded:unknown"))
    assert not models.ready("chat") and "未启动" in models.status()["chat"]
    allow_models(True)
    models.warm()
    assert not models.ready("chat") and "没有模型" in models.status()["chat"]


def test_scripts_come_from_a_file_too(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "lines.json").write_text(json.dumps(["好", "再见"]), encoding="utf-8")
    models = Models(settings(tmp_path, model=f"script:{tmp_path / 'lines.json'}"), folder=folder)
    assert [ask(models, "chat", "said", str, field="a", message="b").value for _ in range(2)] == ["好", "再见"]
    assert len(models.heard) == 2


def test_a_function_may_answer_for_all_roles(folder: Path) -> None:
    models = Models.scripted(lambda role, messages: f"{role}{len(messages)}", folder=folder)
    assert ask(models, "judge", "said", str, field="a", message="b").value == "judge2"
    with pytest.raises(ModelUnavailable):
        ask(Models.scripted({}, folder=folder), "chat", "said", str, field="a", message="b")


def test_scripted_roles_share_weights_unless_told(folder: Path) -> None:
    assert Models.scripted({}).sharing() == {"script": ROLES}
    apart = Models.scripted({}, families={"judge": "other"})
    assert apart.family("judge") == "other" and apart.family("chat") == "script"


def test_a_recording_is_replayed_and_grows_when_a_model_stands_behind(tmp_path: Path) -> None:
    file = tmp_path / "talk.jsonl"
    live = Replay(path=file, behind=Scripted.of("chat", ["你好"]))
    assert live.invoke("问").content == "你好" and live.invoke("问").content == "你好"
    assert Replay(path=file).invoke("问").content == "你好"
    with pytest.raises(ModelUnavailable):
        Replay(path=file).invoke("别的")
