"""`python -m knowledge.tune --documents DIR`: trains the map of lay questions, or shows what it does for unseen laws.

Questions of our own (`questions/`) against every article of the folder, softmax over all of them; the articles' vectors
stay fixed. `--hold-out TITLE …` leaves whole laws out, neither asked for nor shown as wrong answers, and prints how
often their own questions find their article before and after. Seeded; the same files give the same map.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from knowledge.citation import Passage
from knowledge.embedder import OnnxE5, converted
from knowledge.index import vector_texts
from knowledge.lay_query import FILE, LayQuery
from knowledge.passages import read_text
from knowledge.questions import questions_for
from knowledge.sources import settle, source_of
from prompts.settings import Settings

Matrix = NDArray[np.float32]
TEMPERATURE, RATE, SHRINK, ROUNDS, BATCH = 0.02, 5e-4, 0.03, 5, 256
"""`SHRINK`: weight of the squared norm of the map; without it laws left out gain less."""


@dataclass(frozen=True)
class Pairs:
    """Questions and the articles that answer them."""

    passages: list[Passage]
    pieces: torch.Tensor
    """Vectors of the pieces, in the order of the passages."""
    piece_of: torch.Tensor
    """Row of the passage of each piece."""
    questions: torch.Tensor
    answer: torch.Tensor
    """Row of the passage that answers each question."""

    def near(self, questions: torch.Tensor) -> torch.Tensor:
        """Cosine of each question and the nearest piece of each passage."""
        cosines = questions @ self.pieces.T
        start = torch.full((len(questions), len(self.passages)), -1.0)
        return start.scatter_reduce(1, self.piece_of.expand(len(questions), -1), cosines, "amax")


def read(folder: Path, embedder: OnnxE5, day_passages: Sequence[Passage] | None = None) -> Pairs:
    """Every passage in force of a folder of documents, with the questions written for it."""
    files = sorted(folder.rglob("*.md"))
    sources = settle([source_of(read_text(file), file.name) for file in files])
    day = Settings().day()
    passages = list(day_passages or (p for s in sources for p in s.passages() if p.in_force(day)))
    pieces = [(row, text) for row, p in enumerate(passages) for text in vector_texts(p)]
    asked = [(row, question) for row, p in enumerate(passages) for question in questions_for(p.text)]
    return Pairs(
        passages,
        torch.from_numpy(embedder.passages([text for _, text in pieces])),
        torch.tensor([row for row, _ in pieces]),
        torch.from_numpy(embedder.queries([question for _, question in asked])),
        torch.tensor([row for row, _ in asked]),
    )


def train(pairs: Pairs, left_out: NDArray[np.bool_]) -> LayQuery:
    """The map that best leads the questions of the passages not left out to their passages."""
    torch.manual_seed(1)
    size = pairs.pieces.shape[1]
    weights, bias = torch.zeros(size, size, requires_grad=True), torch.zeros(size, requires_grad=True)
    optimizer = torch.optim.Adam([weights, bias], lr=RATE)
    out = torch.from_numpy(left_out)
    usable, wrong = torch.nonzero(~out[pairs.answer]).flatten(), torch.where(out, -1e4, 0.0)
    for _ in range(ROUNDS):
        order = usable[torch.randperm(len(usable))]
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            asked = pairs.questions[rows]
            moved = functional.normalize(asked + asked @ weights.T + bias, dim=-1)
            loss = functional.cross_entropy(pairs.near(moved) / TEMPERATURE + wrong, pairs.answer[rows])
            loss = loss + SHRINK * (weights**2).sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return LayQuery(weights.detach().numpy(), bias.detach().numpy())


def found(pairs: Pairs, rows: torch.Tensor, questions: torch.Tensor, k: int = 10) -> float:
    """Share of the questions `rows`, with vectors `questions`, whose article is among the nearest `k`."""
    if not len(rows):
        return float("nan")
    hits = [
        (pairs.near(questions[at : at + BATCH]).topk(k, 1).indices == pairs.answer[rows[at : at + BATCH], None]).any(1)
        for at in range(0, len(rows), BATCH)
    ]
    return float(torch.cat(hits).float().mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains and writes the map, or, with laws held out, only prints."""
    parser = argparse.ArgumentParser(prog="python -m knowledge.tune", description=__doc__)
    parser.add_argument("--documents", type=Path, required=True)
    parser.add_argument("--hold-out", nargs="*", default=[])
    chosen = parser.parse_args(arguments)

    pairs = read(chosen.documents, OnnxE5(converted(Settings().models_folder)))
    left_out = np.array([p.document in chosen.hold_out for p in pairs.passages])
    tuned = train(pairs, left_out)
    held = torch.from_numpy(left_out)[pairs.answer]
    for name, kind in (("trained on", ~held), ("held out", held)):
        rows = torch.nonzero(kind).flatten()
        asked = pairs.questions[rows]
        moved = torch.from_numpy(tuned(asked.numpy()))
        before, after = found(pairs, rows, asked), found(pairs, rows, moved)
        sys.stdout.write(f"{name:<11} {len(rows):>6} questions  hit@10 {before:.3f} -> {after:.3f}\n")
    if not chosen.hold_out:
        tuned.save(FILE)
        sys.stdout.write(f"wrote {FILE.name}, {FILE.stat().st_size} bytes, from {len(pairs.passages)} articles\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
