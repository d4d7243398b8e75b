"""Replies to values: the rungs of asking for a shape, and reading what comes back."""

from __future__ import annotations

import json
import re
import types
from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage
from pydantic import BaseModel, ValidationError

from prompts.errors import BadReply

S = TypeVar("S", BaseModel, str)
Rung = Literal["schema", "tools", "json", "text"]

MAX_CHARS = 8000
"""Longest reply taken, in characters; more is a run-away generation."""

_THINKING = re.compile(r"<think>.*?</think>", re.DOTALL)
_BLOCK = re.compile(r"```(?:json)?\s*(.*?)```", re.DOTALL)


ALL: tuple[Rung, ...] = ("schema", "tools", "json", "text")
"""Ways of asking for a shape, strictest first; what speaks the OpenAI protocol may know them all."""


def rungs(chat: BaseChatModel) -> tuple[Rung, ...]:
    """Ways of asking a model of another provider."""
    own_tools = type(chat).bind_tools is not BaseChatModel.bind_tools
    return ("tools", "text") if own_tools else ("text",)


def request(rung: Rung, shape: type[S], messages: Sequence[BaseMessage]) -> tuple[list[BaseMessage], dict[str, Any]]:
    """Messages and provider options that ask for the shape on one rung."""
    if shape is str:
        return list(messages), {}
    schema = schema_of(shape)
    function = {"name": shape.__name__, "description": "", "parameters": schema}
    if rung == "schema":
        named = {"name": shape.__name__, "schema": schema, "strict": _is_strict(schema)}
        return list(messages), {"response_format": {"type": "json_schema", "json_schema": named}}
    if rung == "tools":
        chosen = {"type": "function", "function": {"name": shape.__name__}}
        return list(messages), {"tools": [{"type": "function", "function": function}], "tool_choice": chosen}
    told = [_told(messages[0], schema), *messages[1:]]
    return told, {"response_format": {"type": "json_object"}} if rung == "json" else {}


def schema_of(shape: type[S]) -> dict[str, Any]:
    """JSON schema of a pydantic type, closed, without the titles and defaults that only cost tokens."""
    schema: dict[str, Any] = _closed(shape.model_json_schema()) if issubclass(shape, BaseModel) else {"type": "string"}
    return schema


def read(reply: AIMessage, shape: type[S]) -> S:
    """The value in a reply; raises `BadReply` whose text names fields and rules, never content."""
    text = json.dumps(reply.tool_calls[0]["args"], ensure_ascii=False) if reply.tool_calls else str(reply.text)
    if str(reply.response_metadata.get("finish_reason")) == "length" or len(text) > MAX_CHARS:
        raise BadReply("答复超过长度上限")
    return parse(text, shape)


def parse(text: str, shape: type[S]) -> S:
    """Read a value from the words of a reply, forgiving code fences, talk around JSON and the word "null"."""
    plain = _THINKING.sub("", text).strip()
    if not plain:
        raise BadReply("答复为空")
    if issubclass(shape, str):
        return plain
    try:
        value: Any = json.loads(plain)
    except ValueError:
        value = _embedded_json(plain)
    try:
        return shape.model_validate(_tidy(value, shape))
    except ValidationError as error:
        faults = "；".join(f"{'.'.join(map(str, e['loc'])) or '整体'}：{e['type']}" for e in error.errors()[:5])
        raise BadReply(f"答复不合格式：{faults}") from None


def _embedded_json(text: str) -> Any:
    found = _BLOCK.search(text)
    body = found[1] if found else text
    starts = [i for i in (body.find("{"), body.find("[")) if i >= 0]
    try:
        return json.JSONDecoder().raw_decode(body, min(starts))[0]
    except ValueError:  # also when there is no bracket at all
        raise BadReply("答复不是 JSON") from None


def _tidy(value: Any, kind: Any) -> Any:
    """Small models write the word null, or nothing, for an absent value."""
    if get_origin(kind) is Annotated:
        return _tidy(value, get_args(kind)[0])
    if get_origin(kind) in {Union, types.UnionType}:
        if type(None) in get_args(kind) and isinstance(value, str) and value.strip().lower() in {"", "null", "none"}:
            return None
        kinds = [k for k in get_args(kind) if k is not type(None)]
        return _tidy(value, kinds[0]) if len(kinds) == 1 else value
    if isinstance(value, list) and get_origin(kind) in {list, tuple}:
        return [_tidy(v, get_args(kind)[0]) for v in value]
    if isinstance(value, dict) and isinstance(kind, type) and issubclass(kind, BaseModel):
        known = {f.alias or name: f.annotation for name, f in kind.model_fields.items()}
        return {k: _tidy(v, known[k]) if k in known else v for k, v in value.items()}
    return value


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(v) for v in node]
    if not isinstance(node, dict):
        return node
    kept = {k: _closed(v) for k, v in node.items() if not (k in {"title", "default"} and not isinstance(v, dict))}
    if kept.get("type") == "object" and "properties" in kept:
        kept.setdefault("additionalProperties", False)
    return kept


def _is_strict(schema: dict[str, Any]) -> bool:
    """OpenAI's strict mode wants every property required; a shape with optional ones is asked for loosely."""
    objects = [schema, *schema.get("$defs", {}).values()]
    return all(set(o.get("properties", {})) == set(o.get("required", [])) for o in objects)


def _told(system: BaseMessage, schema: dict[str, Any]) -> SystemMessage:
    wanted = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return SystemMessage(f"{system.content}\n\n只输出一个 JSON 对象，符合这个 JSON Schema：{wanted}")
