"""A local checkpoint: a tiny one with random weights, made on the spot."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from langchain_core.messages import HumanMessage, SystemMessage
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen2Tokenizer

from prompts.ask import weigh
from prompts.checkpoint import Checkpoint
from prompts.guard import allow_models
from prompts.models import Models
from prompts.settings import Settings

TEMPLATE = "{% for m in messages %}{{ m['content'] }}{% endfor %}"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tiny")
    letters = ["<|endoftext|>", *"abcdefghijkmny"]
    tokenizer = Qwen2Tokenizer(vocab={c: n for n, c in enumerate(letters)}, merges=[], chat_template=TEMPLATE)
    tokenizer.save_pretrained(place)
    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(vocab_size=len(letters), num_key_value_heads=1, eos_token_id=None, bos_token_id=None, **size)
    Qwen2ForCausalLM(config).save_pretrained(place)
    return place


def test_a_checkpoint_answers_the_same_every_time_and_counts_tokens(checkpoint: Path) -> None:
    model = Checkpoint.open(checkpoint)
    messages = [SystemMessage("a"), HumanMessage("bc")]
    first, again = (model.invoke(messages, max_tokens=4) for _ in range(2))
    assert first.content == again.content != ""
    assert first.usage_metadata == {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}
    assert first.response_metadata["finish_reason"] == "length"


def test_a_role_bound_to_a_checkpoint_weighs_by_probabilities(checkpoint: Path, folder: Path) -> None:
    allow_models(True)
    models = Models(Settings(model=f"transformers:{checkpoint}"), folder=folder)
    answer = weigh(models, "judge", "yes", ("yes", "no"), field="a", message="我叫")
    assert answer.made_by.kind == "logprobs" and -10 < answer.value < 10
    assert models.family("judge") == checkpoint.name


def test_pickled_weights_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    (tmp_path / "config.json").write_bytes((checkpoint / "config.json").read_bytes())
    with pytest.raises(OSError, match="safetensors"):
        Checkpoint.open(tmp_path)
