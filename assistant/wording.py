"""The sentences shown to applicants, by name, from the files `wording*.yaml` here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from string import Template

import yaml


@lru_cache(maxsize=1)
def _sentences() -> dict[str, str]:
    loaded: dict[str, str] = {}
    for file in sorted(Path(__file__).parent.glob("wording*.yaml")):
        loaded |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def say(name: str, **values: object) -> str:
    """A sentence with its values filled in; KeyError when the sentence or one of its values is missing."""
    return Template(_sentences()[name]).substitute({k: str(v) for k, v in values.items()})


def has(name: str) -> bool:
    """Whether there is a sentence of that name."""
    return name in _sentences()
