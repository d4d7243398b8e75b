"""The single place where the product calls a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


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


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A parsed reply and its origin."""

    value: T
    made_by: MadeBy
