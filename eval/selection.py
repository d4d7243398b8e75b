"""How much of an article must be shown: share of wanted facts in it and characters, for several ways of selecting.

A question file has one JSON object a line: `question`, `history`, `gold` (a list of `{"file", "article"}`, the first is
taken) and `must_say` (each entry a text or a list of texts of which one is enough). The right article is given, so that
finding it plays no part.
"""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.questions import in_full
from assistant.quoting import chosen
from knowledge.citation import Passage
from knowledge.embedder import Embedder, EmbedderError, open_embedder
from knowledge.facts import sentences
from knowledge.numerals import number
from knowledge.sources import source_of
from prompts.settings import Settings

Select = Callable[[Passage, str], str]
_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千]+")


@dataclass(frozen=True)
class Given:
    """A question with its article and the facts the answer must hold."""

    question: str
    passage: Passage
    facts: tuple[tuple[str, ...], ...]


def read_given(questions: Path, laws: Path) -> Iterator[Given]:
    """The questions of a file that name facts and whose first gold article is in the folder of laws."""
    for line in questions.read_text("utf-8").splitlines():
        item = json.loads(line)
        gold, facts = item.get("gold") or [], item.get("must_say") or []
        file = laws / gold[0]["file"] if gold else None
        if not facts or file is None or not file.is_file():
            continue
        found = {p.article: p for p in source_of(file.read_text("utf-8"), file.name).passages()}
        earlier = [h["text"] for h in item.get("history") or [] if h["role"] == "user"]
        if passage := found.get(gold[0]["article"]):
            wanted = tuple(tuple(f) if isinstance(f, list) else (f,) for f in facts)
            yield Given(in_full(item["question"], earlier), passage, wanted)


def holds(text: str, facts: Sequence[Sequence[str]]) -> bool:
    """Whether every fact stands in the text, numerals and widths aside."""
    flat = _flat(text)
    return all(any(_flat(option) in flat for option in fact) for fact in facts)


def _flat(text: str) -> str:
    plain = re.sub(r"[\s,]+", "", unicodedata.normalize("NFKC", text)).lower()
    return _NUMERAL.sub(lambda m: f"{n:g}" if (n := number(m[0])) is not None else m[0], plain)


def by_meaning(embedder: Embedder, count: int) -> Select:
    """The sentences nearest to the question by the embedder."""

    def select(passage: Passage, question: str) -> str:
        parts = sentences(passage.text)
        near = embedder.passages(parts) @ embedder.queries([question])[0]
        return "".join(parts[i] for i in sorted(sorted(range(len(parts)), key=lambda i: -near[i])[:count]))

    return select


def as_shown(passage: Passage, question: str) -> str:
    """What a quoted answer shows."""
    return "\n".join(passage.text[a:b] for a, b in chosen(passage, question))


def table(questions: Path, laws: Path, settings: Settings) -> list[str]:
    """One line a way: share of questions with all facts, mean characters, milliseconds a question."""
    given = list(read_given(questions, laws))
    ways: dict[str, Select] = {"as shown": as_shown}
    try:
        embedder = open_embedder(settings)
        ways |= {f"nearest {n} by meaning": by_meaning(embedder, n) for n in (1, 2, 3)}
    except EmbedderError:
        pass
    ways["whole article"] = lambda passage, question: passage.text
    return [_line(name, select, given) for name, select in ways.items()]


def _line(name: str, select: Select, given: Sequence[Given]) -> str:
    began = time.perf_counter()
    shown = [select(g.passage, g.question) for g in given]
    ms = (time.perf_counter() - began) * 1000 / max(len(given), 1)
    share = sum(holds(s, g.facts) for s, g in zip(shown, given, strict=True)) / max(len(given), 1)
    length = sum(map(len, shown)) / max(len(given), 1)
    return f"{name:<22} n={len(given)}  all facts {share:.3f}  {length:.0f} characters  {ms:.1f} ms"
