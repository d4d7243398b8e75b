"""The dialogue's own sentences, kept apart from the code that says them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import Template

import yaml


@cache
def _sentences() -> dict[str, str]:
    raw = yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}
    for name, value in raw.items():
        flat |= {f"{name}.{k}": str(v) for k, v in value.items()} if isinstance(value, dict) else {name: str(value)}
    return flat


def say(name: str, **values: object) -> str:
    """A sentence of the dialogue, `wording.yaml`, with its values filled in; KeyError for an unknown name."""
    return Template(_sentences()[name]).safe_substitute({k: str(v) for k, v in values.items()})
