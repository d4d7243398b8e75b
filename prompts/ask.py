"""The single place where the product calls a language model.

`ask` renders a prompt, calls the model bound to a role and returns a parsed value with its origin; `weigh` returns how
much likelier the first of two words is than the second. Both hold one deadline (`Settings.longest(role)`, seconds).

They raise, from `prompts.errors`:

ModelError
├── ModelOff               the kill switch is on
├── ModelUnavailable       not downloaded, not reachable, refused the request, or failing too often to be tried
├── ModelTimeout           no reply within the deadline
├── BadReply               the reply, after one repair, is not what was asked for
└── OverBudget             the office's tokens for the day are spent

`PromptError` (a `ValueError`) is a programmer's mistake: a value missing or too many.
Nothing here logs a value of a prompt or a word of a reply.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import BaseModel, ConfigDict, create_model

from prompts import Prompt
from prompts.call import Deadline, Rejected, call
from prompts.errors import BadReply, ModelError, ModelOff, ModelTimeout, ModelUnavailable, OverBudget
from prompts.settings import Role
from prompts.shape import Rung, read, request, schema_of

if TYPE_CHECKING:
    from prompts.models import Models

__all__ = [
    "Answer",
    "BadReply",
    "MadeBy",
    "ModelError",
    "ModelOff",
    "ModelTimeout",
    "ModelUnavailable",
    "OverBudget",
    "ask",
    "weigh",
]

T = TypeVar("T")
S = TypeVar("S", BaseModel, str)

SHAPED = 64
"""Tokens a shaped reply may always have: a prompt made for one word, asked for a choice, answers in JSON."""

_log = structlog.get_logger(__name__)


class MadeBy(BaseModel):
    """Which model and prompt made a value: kept with everything a model contributed."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    role: str
    model: str
    prompt: str
    """`name@version`."""
    prompt_sha256: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    ms: int = 0
    cached: bool = False
    kind: str = ""
    """How it was asked: `schema`, `tools`, `json`, `text`; `logprobs`, or `choice` where no probabilities are given."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A parsed reply and its origin."""

    value: T
    made_by: MadeBy


@dataclass
class _Asked:
    """One question on its way: where it goes, what it has cost."""

    models: Models
    role: Role
    prompt: Prompt
    deadline: Deadline
    tokens_in: int = 0
    tokens_out: int = 0
    kind: str = ""

    def call(self, messages: Sequence[BaseMessage], **options: Any) -> AIMessage:
        reply = call(self.models, self.role, messages, self.deadline, **options)
        if used := reply.usage_metadata:
            self.tokens_in += used["input_tokens"]
            self.tokens_out += used["output_tokens"]
        return reply

    def made_by(self, ms: int) -> MadeBy:
        return MadeBy(
            role=self.role,
            model=self.models.name(self.role),
            prompt=self.prompt.ref,
            prompt_sha256=self.prompt.sha256,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            ms=ms,
            kind=self.kind,
        )


def ask(models: Models, role: Role, prompt: str | Prompt, shape: type[S], /, **values: object) -> Answer[S]:
    """Ask a role for a value of `shape` (a pydantic type, or `str`); `prompt` may be pinned as `name@version`."""
    asked, messages, began = _begin(models, role, prompt, values)
    wanted = json.dumps(schema_of(shape), sort_keys=True)
    if (kept := _cached(asked, wanted, values)) is not None:
        value = read(AIMessage(kept[0]), shape)
        return Answer(value, kept[1])
    try:
        value = _descend(asked, messages, shape)
    except ModelError as error:
        _note(asked, began, type(error).__name__)
        raise
    answer = Answer(value, asked.made_by(_note(asked, began, "ok")))
    _keep(asked, wanted, values, value if isinstance(value, str) else value.model_dump_json(), answer.made_by)
    return answer


def weigh(
    models: Models, role: Role, prompt: str | Prompt, options: tuple[str, str], /, **values: object
) -> Answer[float]:
    """Log-odds (natural) of the first option against the second, by the probabilities of the reply's first token.

    The raw number leans one way with most models: calibrate before use. An endpoint without probabilities is asked to
    choose, which gives +2.0 or -2.0 and `made_by.kind == "choice"`. The options must differ in their first character.
    """
    if options[0][:1] == options[1][:1]:
        raise ValueError("the two options must begin differently")
    asked, messages, began = _begin(models, role, prompt, values)
    if (kept := _cached(asked, "|".join(options), values)) is not None:
        return Answer(float(kept[0]), kept[1])
    try:
        odds = _odds(asked, messages, options)
    except ModelError as error:
        _note(asked, began, type(error).__name__)
        raise
    answer = Answer(odds, asked.made_by(_note(asked, began, "ok")))
    _keep(asked, "|".join(options), values, str(odds), answer.made_by)
    return answer


def _begin(
    models: Models, role: Role, prompt: str | Prompt, values: dict[str, object]
) -> tuple[_Asked, list[BaseMessage], float]:
    loaded = prompt if isinstance(prompt, Prompt) else models.prompt(prompt)
    messages = loaded.render(**values)
    return _Asked(models, role, loaded, Deadline(models.settings.longest(role))), messages, time.monotonic()


def _descend(asked: _Asked, messages: list[BaseMessage], shape: type[S]) -> S:
    """Down the rungs until the endpoint takes the request; the rung that worked is tried first next time."""
    ladder: tuple[Rung, ...] = ("text",) if shape is str else asked.models.ladder(asked.role)
    known = asked.models.rung(asked.role)
    for rung in ladder[ladder.index(known) :] if known in ladder else ladder:
        try:
            value = _on(rung, asked, messages, shape)
        except Rejected:
            continue
        if shape is not str:
            asked.models.remember(asked.role, rung)
        return value
    raise ModelUnavailable("模型不接受这种请求")


def _on(rung: Rung, asked: _Asked, messages: list[BaseMessage], shape: type[S]) -> S:
    sent: list[BaseMessage]
    sent, options = request(rung, shape, messages)
    most = asked.prompt.front.max_tokens
    options["max_tokens"] = most if shape is str else max(most, SHAPED)
    reply = asked.call(sent, **options)
    asked.kind = rung
    try:
        return read(reply, shape)
    except BadReply as fault:
        wrong = str(reply.text)[:2000] or "（空）"
        again = HumanMessage(f"{fault}。请按原来的要求重新给出完整答复，不要解释。")
        return read(asked.call([*sent, AIMessage(wrong), again], **options), shape)


def _odds(asked: _Asked, messages: list[BaseMessage], options: tuple[str, str]) -> float:
    odds: float | None = None
    try:
        reply = asked.call(messages, max_tokens=1, logprobs=True, top_logprobs=20)
        odds = log_odds(reply, options)
    except Rejected:
        pass  # no probabilities here: a choice instead
    if odds is not None:
        asked.kind = "logprobs"
        return odds
    kind: Any = Literal[options]
    choice = create_model("Choice", choice=(kind, ...))
    value = _descend(asked, messages, choice)
    asked.kind = "choice"
    return 2.0 if value.model_dump()["choice"] == options[0] else -2.0


def log_odds(reply: AIMessage, options: tuple[str, str]) -> float | None:
    """From the first token's listed probabilities; an option not listed counts as the least likely listed token."""
    listed = (reply.response_metadata.get("logprobs") or {}).get("content") or []
    top = listed[0].get("top_logprobs") or [] if listed else []
    if not top:
        return None
    mass = [sum(math.exp(t["logprob"]) for t in top if _begins(option, t)) for option in options]
    if not any(mass):
        return None
    floor = math.exp(min(t["logprob"] for t in top))
    return math.log(mass[0] or floor) - math.log(mass[1] or floor)


def _begins(option: str, token: dict[str, Any]) -> bool:
    """Whether a token is the beginning of the option, or the option with more after it."""
    raw = bytes(token["bytes"]) if token.get("bytes") else str(token["token"]).encode()
    word, wanted = raw.strip(), option.encode()
    whole_character = len(word) >= len(option[0].encode())  # part of a character says nothing: others share it
    return whole_character and (wanted.startswith(word) or word.startswith(wanted))


def _key(asked: _Asked, wanted: str, values: dict[str, object]) -> str:
    said = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    parts = (asked.models.family(asked.role), asked.models.name(asked.role), asked.prompt.sha256, wanted, said)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _cached(asked: _Asked, wanted: str, values: dict[str, object]) -> tuple[str, MadeBy] | None:
    if asked.models.cache is None or (kept := asked.models.cache.get(_key(asked, wanted, values))) is None:
        return None
    entry = json.loads(kept)
    return str(entry["value"]), MadeBy.model_validate(entry["made_by"]).model_copy(update={"cached": True})


def _keep(asked: _Asked, wanted: str, values: dict[str, object], value: str, made_by: MadeBy) -> None:
    if asked.models.cache is not None:
        entry = {"value": value, "made_by": made_by.model_dump()}
        asked.models.cache[_key(asked, wanted, values)] = json.dumps(entry, ensure_ascii=False)


def _note(asked: _Asked, began: float, outcome: str) -> int:
    """One log line a call, without content; returns milliseconds."""
    ms = round((time.monotonic() - began) * 1000)
    _log.info(
        "model_call",
        role=asked.role,
        prompt=asked.prompt.ref,
        outcome=outcome,
        kind=asked.kind,
        ms=ms,
        tokens_in=asked.tokens_in,
        tokens_out=asked.tokens_out,
    )
    return ms
