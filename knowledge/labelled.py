"""Labelled claims read from files, with what every checker sees of them.

A line is `claim`, `label` (supported, contradicted, not_found), optional `change`, and `passage_text`, or
`passage_file` and `passage_article` of a law in a folder, or `passage_key`, the key of an article's words
(`questions.text_key`), which stays right when files are renamed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from knowledge.calibration import features
from knowledge.facts import compare
from knowledge.fitting import Row
from knowledge.judge import PROMPT, weigh_claim
from knowledge.passages import Unit, cut, front_matter, read_text
from knowledge.questions import text_key
from knowledge.verifier import Verifier, odds
from prompts.models import Models


@dataclass(frozen=True)
class Labelled:
    """One claim with the text it is checked against."""

    claim: str
    label: str
    passage: str
    change: str = ""


@dataclass
class Weighed:
    """The judge's log-odds and milliseconds by weights, prompt, passage and claim, kept in a file between runs."""

    file: Path | None
    known: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def open(cls, file: Path | None) -> Weighed:
        """What the file holds, or nothing yet."""
        there = file is not None and file.exists()
        return cls(file, json.loads(file.read_text(encoding="utf-8")) if there and file else {})

    def weigh(self, models: Models, prompt: str, row: Labelled) -> float:
        """Log-odds of a claim, asked for when not known. Raises `ModelError`."""
        sha256 = models.prompt(prompt).sha256
        key = hashlib.sha256("\0".join((models.family("judge"), sha256, row.passage, row.claim)).encode()).hexdigest()
        if key not in self.known:
            answer = weigh_claim(models, row.claim, row.passage, prompt)
            self.known[key] = [answer.value, answer.made_by.ms]
            if self.file:
                self.file.write_text(json.dumps(self.known), encoding="utf-8")
        return self.known[key][0]


def read_claims(files: Sequence[Path], laws: Sequence[Path] = ()) -> list[Labelled]:
    """The claims of all files in order, their articles looked up in the folders `laws`.

    Raises KeyError for an article that none of the folders has.
    """
    raws = [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines() if line.strip()]
    wanted = {raw["passage_key"] for raw in raws if "passage_key" in raw}
    texts = _by_key(laws, wanted) if wanted else {}
    articles: dict[str, dict[str, str]] = {}
    out = []
    for raw in raws:
        passage = raw.get("passage_text") or texts.get(raw.get("passage_key", "")) or _article(raw, laws, articles)
        out.append(Labelled(raw["claim"], raw["label"], passage, raw.get("change", "")))
    return out


def rows_of(
    claims: Sequence[Labelled],
    models: Models | None,
    weighed: Weighed,
    prompt: str = PROMPT,
    verifier: Verifier | None = None,
) -> list[Row]:
    """Features of every claim; without models, the judge's are missing."""
    seen: list[Mapping[str, float]] = [{} for _ in claims]
    if verifier is not None:
        seen = [odds(scores) for scores in verifier.scores([(c.passage, c.claim) for c in claims])]
    out = []
    for claim, trained in zip(claims, seen, strict=True):
        log_odds = weighed.weigh(models, prompt, claim) if models is not None else None
        found = features(compare(claim.claim, claim.passage), log_odds, trained)
        out.append(Row(claim.label, claim.passage, found, claim.change))
    return out


def _article(raw: Mapping[str, str], laws: Sequence[Path], articles: dict[str, dict[str, str]]) -> str:
    name = raw.get("passage_file", "")
    if name not in articles:
        file = next((f for folder in laws if name and (f := folder / name).exists()), None)
        if file is None:
            raise KeyError(
                f"wanted {name or raw.get('law')} {raw.get('article', '')} in the folders of laws, found none"
            )
        articles[name] = {u.article: u.text for u in _units(file)}
    return articles[name][raw["passage_article"]]


def _by_key(laws: Sequence[Path], wanted: Set[str]) -> dict[str, str]:
    """Key of an article's words → the words, for the keys wanted."""
    files = (file for folder in laws for file in sorted(folder.rglob("*.md")))
    texts = ((text_key(unit.text), unit.text) for file in files for unit in _units(file))
    return {key: text for key, text in texts if key in wanted}


def _units(file: Path) -> list[Unit]:
    return cut(front_matter(read_text(file))[1])
