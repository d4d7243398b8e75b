"""A local `transformers` checkpoint as a chat model: safetensors only, no code from the checkpoint, no network.

For real checkpoints on real hardware; on two cores the embedded engine is thirty times faster.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr
from transformers import AutoModelForCausalLM, AutoTokenizer

_ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class Checkpoint(BaseChatModel):
    """Greedy generation from one folder; one request at a time."""

    path: Path
    _model: Any = PrivateAttr()
    _tokenizer: Any = PrivateAttr()
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)

    @classmethod
    def open(cls, path: Path) -> Checkpoint:
        """Load a folder. Raises `OSError` when it is no checkpoint or holds pickled weights only."""
        if not path.is_dir() or not any(path.glob("*.safetensors")):
            raise OSError(f"{path} 里没有 safetensors 权重")
        made, local = cls(path=path), {"local_files_only": True, "trust_remote_code": False}
        made._tokenizer = AutoTokenizer.from_pretrained(path, **local)
        made._model = AutoModelForCausalLM.from_pretrained(path, use_safetensors=True, dtype="auto", **local)
        made._model.eval()
        if torch.cuda.is_available():
            made._model.to("cuda")
        return made

    @property
    def _llm_type(self) -> str:
        return "transformers"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with self._lock, torch.inference_mode():
            read = self._encode(messages)
            wrote, first = self._continue(read, int(kwargs.get("max_tokens", 512)))
        metadata: dict[str, Any] = {
            "finish_reason": "length" if len(wrote) == kwargs.get("max_tokens", 512) else "stop"
        }
        if kwargs.get("logprobs"):
            metadata["logprobs"] = {"content": [{"top_logprobs": self._top(first, int(kwargs["top_logprobs"]))}]}
        count = int(read["input_ids"].shape[1])
        usage = UsageMetadata(input_tokens=count, output_tokens=len(wrote), total_tokens=count + len(wrote))
        text = self._tokenizer.decode(wrote, skip_special_tokens=True)
        message = AIMessage(text, response_metadata=metadata, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _encode(self, messages: Sequence[BaseMessage]) -> Mapping[str, torch.Tensor]:
        talk = [{"role": _ROLES[m.type], "content": str(m.content)} for m in messages]
        encoded = self._tokenizer.apply_chat_template(
            talk, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        return {name: tensor.to(self._model.device) for name, tensor in encoded.items()}

    def _continue(self, read: Mapping[str, torch.Tensor], most: int) -> tuple[list[int], torch.Tensor]:
        """New token ids, and the log-probabilities of the first."""
        done = self._model.generate(
            **read, max_new_tokens=most, do_sample=False, output_logits=True, return_dict_in_generate=True
        )
        wrote: list[int] = done.sequences[0][read["input_ids"].shape[1] :].tolist()
        return wrote, torch.log_softmax(done.logits[0][0].float(), dim=-1)

    def _top(self, first: torch.Tensor, count: int) -> list[dict[str, Any]]:
        values, ids = first.topk(min(count, first.shape[0]))
        return [
            {"token": self._tokenizer.decode([i]), "logprob": v}
            for v, i in zip(values.tolist(), ids.tolist(), strict=True)
        ]
