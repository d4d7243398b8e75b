"""Asking for a shape and reading it back."""

from __future__ import annotations

from typing import Annotated

import pytest
from langchain_core.messages import AIMessage
from pydantic import BaseModel, ConfigDict, Field

from prompts.errors import BadReply
from prompts.shape import MAX_CHARS, parse, read, schema_of


class Value(BaseModel):
    field: str
    words: Annotated[str | None, Field(max_length=20)] = None


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None
    values: list[Value] = []
    note: str = ""


@pytest.mark.parametrize(
    "reply",
    [
        '{"name": "李小明"}',
        '```json\n{"name": "李小明"}\n```',
        '好的，结果如下：{"name": "李小明"}。请核对',
        '<think>也许{"name": "王"}</think>{"name": "李小明"}',
    ],
)
def test_json_is_found_in_what_a_model_says_around_it(reply: str) -> None:
    assert parse(reply, Said).name == "李小明"


@pytest.mark.parametrize("absent", ['"null"', '"None"', '""', '" NULL "', "null"])
def test_the_word_null_means_absent_where_a_value_may_be_absent(absent: str) -> None:
    read_back = parse(f'{{"name": {absent}, "note": "none", "values": [{{"field": "a", "words": {absent}}}]}}', Said)
    assert (read_back.name, read_back.values[0].words, read_back.note) == (None, None, "none")


@pytest.mark.parametrize(
    "reply", ["", "  ", "没有", "{", '{"name": 5}', '{"nam": "李"}', '[{"name": "李"}]', '"李"', "[1"]
)
def test_what_has_not_the_shape_is_refused_without_repeating_it(reply: str) -> None:
    with pytest.raises(BadReply) as caught:
        parse(reply, Said)
    assert "李" not in str(caught.value)


def test_a_reply_cut_off_or_endless_is_refused() -> None:
    with pytest.raises(BadReply):
        read(AIMessage("半句", response_metadata={"finish_reason": "length"}), str)
    with pytest.raises(BadReply):
        read(AIMessage("长" * (MAX_CHARS + 1)), str)


def test_the_schema_is_closed_and_carries_no_titles_or_defaults() -> None:
    schema = schema_of(Said)
    assert schema["additionalProperties"] is False
    assert "title" not in schema and "default" not in schema["properties"]["note"]
    assert schema["required"] == ["name"]


def test_a_field_called_title_or_default_stays_in_the_schema() -> None:
    class Odd(BaseModel):
        title: str
        default: str

    assert set(schema_of(Odd)["properties"]) == {"title", "default"}
