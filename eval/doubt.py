"""Does an answer come when the law is there, and none when it is missing? Lay questions with gold articles, no model.

A question file has one JSON object a line: `question` and `gold`, a list of `{"law" or "file", "article"}`. A question
none of whose laws is held should be refused; one whose article is found should be answered with it among what is shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from assistant.support import find
from knowledge.library import Library
from knowledge.passages import article_name
from knowledge.sources import title_key
from prompts.settings import Settings

Place = tuple[str, str]
"""Title key and article."""


def read_gold(file: Path) -> Iterator[tuple[str, frozenset[Place]]]:
    """(question, gold articles) of each line that has both."""
    for line in file.read_text("utf-8").splitlines():
        item = json.loads(line)
        gold = frozenset(_place(g) for g in item.get("gold") or [])
        if gold and not item.get("history"):
            yield item["question"], gold


def _place(gold: dict[str, str]) -> Place:
    title = Path(gold.get("law") or gold["file"]).stem.replace("（", "(").partition("(")[0]
    return title_key(title), article_name(gold["article"])


def count(library: Library, questions: Iterator[tuple[str, frozenset[Place]]], on: date) -> Counter[str]:
    """How many are `held` or `absent`, and of these `… answered`, and of the held `right`."""
    titles = {title_key(t) for t in library.titles()}
    out: Counter[str] = Counter()
    for question, gold in questions:
        kind = "held" if any(title in titles for title, _ in gold) else "absent"
        shown = {
            (title_key(s.passage.document), s.passage.article) for s in find(library, question, on, None, None).shown
        }
        out[kind] += 1
        out[f"{kind} answered"] += bool(shown)
        out["right"] += bool(shown & gold)
    return out


def table(file: Path, settings: Settings, most: int) -> list[str]:
    """The shares, one line each."""
    library = Library(settings)
    library.refresh()
    library.vectorise()
    try:
        found = count(library, islice(read_gold(file), most), settings.day())
    finally:
        library.close()
    held, absent = max(found["held"], 1), max(found["absent"], 1)
    answered, right = found["held answered"] / held, found["right"] / held
    return [
        f"law held     n={found['held']}  answered {answered:.3f}  right {right:.3f}",
        f"law missing  n={found['absent']}  answered {found['absent answered'] / absent:.3f}",
    ]
