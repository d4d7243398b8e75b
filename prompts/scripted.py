"""Chat models that run without a model: a script for tests, and a replay of recorded replies."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from prompts.errors import ModelUnavailable

Line = str | dict[str, float] | AIMessage | Exception
"""A scripted reply: text; first-token probabilities (`{"是": .9, "否": .1}`); a whole message; an error to raise."""
Script = Callable[[str, list[BaseMessage]], Line]
"""(role, messages) → reply."""


@dataclass(frozen=True)
class Heard:
    """One request a scripted model received."""

    role: str
    messages: list[BaseMessage]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All the words of the request."""
        return "\n".join(str(m.content) for m in self.messages)


class Scripted(BaseChatModel):
    """Says its lines in order, then is unavailable; keeps what it heard."""

    role: str = ""
    _lines: list[Line] = PrivateAttr(default_factory=list)
    _script: Script | None = PrivateAttr(default=None)
    _heard: list[Heard] = PrivateAttr(default_factory=list)

    @classmethod
    def of(cls, role: str, lines: Sequence[Line] | Script, heard: list[Heard] | None = None) -> Scripted:
        """Make one for a role; `heard` is the list to append requests to."""
        made = cls(role=role)
        if callable(lines):
            made._script = lines
        else:
            made._lines = list(lines)
        made._heard = [] if heard is None else heard
        return made

    @property
    def history(self) -> list[Heard]:
        """Requests so far."""
        return self._heard

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Any:
        """Offer functions; a scripted reply uses them by being an `AIMessage` with tool calls."""
        return self.bind(tools=list(tools), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self._heard.append(Heard(self.role, list(messages), dict(kwargs)))
        line = self._script(self.role, list(messages)) if self._script else self._next()
        if isinstance(line, Exception):
            raise line
        return ChatResult(generations=[ChatGeneration(message=_message(line, messages))])

    def _next(self) -> Line:
        if not self._lines:
            raise ModelUnavailable(f"script for {self.role!r} has no more lines")
        return self._lines.pop(0)


class Replay(BaseChatModel):
    """Answers from a JSONL file of `{"key", "reply"}`, keyed by the messages; records what is missing from `behind`."""

    path: Path
    behind: BaseChatModel | None = None
    _replies: dict[str, str] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        super().model_post_init(context)
        if self.path.exists():
            rows = [json.loads(row) for row in self.path.read_text(encoding="utf-8").splitlines() if row.strip()]
            self._replies = {str(row["key"]): str(row["reply"]) for row in rows}

    @property
    def _llm_type(self) -> str:
        return "replay"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        key = replay_key(messages)
        if key not in self._replies:
            self._replies[key] = self._record(key, messages, kwargs)
        return ChatResult(generations=[ChatGeneration(message=_message(self._replies[key], messages))])

    def _record(self, key: str, messages: list[BaseMessage], options: dict[str, Any]) -> str:
        if self.behind is None:
            raise ModelUnavailable("录音文件里没有这次请求")
        reply = str(self.behind.invoke(messages, **options).content)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": key, "reply": reply}, ensure_ascii=False) + "\n")
        return reply


def replay_key(messages: Sequence[BaseMessage]) -> str:
    """SHA-256 over the kinds and words of the messages."""
    said = json.dumps([[m.type, m.content] for m in messages], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def _message(line: str | dict[str, float] | AIMessage, messages: Sequence[BaseMessage]) -> AIMessage:
    if isinstance(line, AIMessage):
        return line
    if isinstance(line, str):
        return AIMessage(line, usage_metadata=_usage(messages, line), response_metadata={"finish_reason": "stop"})
    ranked = sorted(line.items(), key=lambda pair: -pair[1])
    top = [{"token": token, "logprob": math.log(p)} for token, p in ranked]
    first = ranked[0][0]
    metadata = {"logprobs": {"content": [{"token": first, "top_logprobs": top}]}, "finish_reason": "length"}
    return AIMessage(first, usage_metadata=_usage(messages, first), response_metadata=metadata)


def _usage(messages: Sequence[BaseMessage], reply: str) -> Any:
    read, wrote = sum(len(str(m.content)) for m in messages), len(reply)
    return {"input_tokens": read, "output_tokens": wrote, "total_tokens": read + wrote}
