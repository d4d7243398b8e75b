"""Dialect heard as the standard language, and speech without marks cut where a new phrase begins.

Both leave every character in its place, so that a value found in what was heard can be shown in what was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

LONG = 14
"""Characters without a mark from which a clause is speech written down, not typing."""
SHORT = 2
"""Characters that a phrase has at least."""


@lru_cache(maxsize=1)
def _lists() -> Mapping[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "dialect.yaml").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=1)
def _words() -> re.Pattern[str]:
    listed = [*sorted(_lists()["same_length"], key=len, reverse=True), *_lists()["one"]]
    return re.compile("|".join(_guarded(word, _lists()["holds"].get(word, ())) for word in listed))


def _guarded(word: str, inside: Sequence[str]) -> str:
    """Pattern of a word that does not stand inside one of the longer words (系 in 联系)."""
    before = "".join(f"(?<!{w[: w.index(word)]})" for w in inside if w.index(word))
    after = "|".join(re.escape(w[len(word) :]) for w in inside if w.startswith(word))
    return before + re.escape(word) + (f"(?!{after})" if after else "")


def standard(text: str) -> str:
    """The text with dialect words as the standard ones; same length (係我老豆 → 是我爸爸)."""
    table = _lists()["same_length"] | _lists()["one"]
    return _words().sub(lambda m: str(table.get(m.group(), m.group())), text)


@lru_cache(maxsize=1)
def _breath() -> re.Pattern[str]:
    return re.compile("|".join(_lists()["breaths"]), re.I)


def breaths(text: str, start: int, end: int) -> list[int]:
    """Places where a new phrase begins: within a long piece without marks, or behind a space."""
    out: list[int] = []
    for m in _breath().finditer(text[start:end]):
        at = start + m.start()
        if end - start < LONG and not text[at - 1 : at].isspace():
            continue
        if at - (out[-1] if out else start) >= SHORT and end - at > SHORT:
            out.append(at)
    return out
