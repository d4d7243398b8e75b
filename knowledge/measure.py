"""Retrieval measured: is a gold article among the first k passages? Questions with gold articles, any library.

A question file has one JSON object a line: `question`, `gold` (a list of `{"file" or "law", "article"}`), maybe `on`.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.citation import Passage
from knowledge.passages import article_name
from knowledge.sources import title_key

Search = Callable[[str, date | None], Sequence[Sequence[Passage]]]
"""Gives, best first, what stands at each place: one passage, or those that a piece of text holds."""


@dataclass(frozen=True)
class Question:
    """A question and the articles that answer it, as (title key, article, version or empty)."""

    text: str
    gold: frozenset[tuple[str, str, str]]
    on: date | None


@dataclass(frozen=True)
class Measured:
    """Shares of questions with a gold article among the first 1, 3, 5, 10 and 50; search time in milliseconds."""

    questions: int
    hit: dict[int, float]
    mrr: float
    median_ms: float
    p95_ms: float

    def line(self, name: str) -> str:
        """One row of the table."""
        hits = "  ".join(f"@{k} {share:.3f}" for k, share in self.hit.items())
        return f"{name:<28} n={self.questions:<5} {hits}  MRR {self.mrr:.3f}  {self.median_ms:.1f}/{self.p95_ms:.1f} ms"


def read_questions(file: Path, known: Sequence[Passage]) -> list[Question]:
    """Questions of a file with at least one gold article, in the version the file names, among the passages `known`.

    Give the passages in force, and questions that only a repealed text answers are left out.
    """
    there = {(title_key(p.document), p.article.split("(")[0], version) for p in known for version in ("", p.version)}
    out = []
    for line in file.read_text("utf-8").splitlines():
        item = json.loads(line)
        gold = frozenset(place for g in item.get("gold") or [] for place in _places(g))
        if gold & there:
            on = date.fromisoformat(item["on"]) if item.get("on") else None
            out.append(Question(item["question"], gold, on))
    return out


def _places(gold: dict[str, Any]) -> list[tuple[str, str, str]]:
    newest = None if gold.get("text_changed_in_latest") else gold.get("latest_file")
    files = [gold.get("file") or gold.get("law"), newest, *(gold.get("equivalent_files") or [])]
    out = []
    for file in filter(None, files):
        stem = Path(file["file"] if isinstance(file, dict) else file).stem
        title, _, version = stem.replace("（", "(").partition("(")
        out.append((title_key(title), article_name(gold["article"]), version.rstrip(")）")))
    return out


def measure(questions: Sequence[Question], search: Search, depths: Sequence[int] = (1, 3, 5, 10, 50)) -> Measured:
    """Runs every question; `search` returns at least max(depths) places when there are that many."""
    ranks: list[int | None] = []
    times = []
    for question in questions:
        began = time.perf_counter()
        places = search(question.text, question.on)
        times.append(1000 * (time.perf_counter() - began))
        ranks.append(next((i for i, ps in enumerate(places, 1) if any(_is_gold(p, question) for p in ps)), None))
    count = max(len(ranks), 1)
    hit = {k: sum(r is not None and r <= k for r in ranks) / count for k in depths}
    ordered = sorted(times) or [0.0]
    mrr = sum(1 / r for r in ranks if r and r <= 10) / count
    return Measured(len(ranks), hit, mrr, statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))])


def _is_gold(passage: Passage, question: Question) -> bool:
    title, article = title_key(passage.document), passage.article.split("(")[0]
    return any((title, article) == g[:2] and g[2] in ("", passage.version) for g in question.gold)
