"""How good the check of claims is: `python -m knowledge.bench_grounding --claims FILE --laws DIR [--news FILE]`.

For every checker alone and for the panel: balanced accuracy, AUC, Brier score and claims a second, and the share told
right by kind of change, all by the committed curves: give claims that no fit has seen. `--fresh FILE`: the same for
the facts alone, which are quick. `--news FILE`: articles with claims of which some words (`focus`) are, or are not,
borne out, by a fit held out by article. `--judge off` leaves the model out; `--odds FILE` keeps what it said.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.calibrate import kinds
from knowledge.calibration import Curve, load
from knowledge.facts import compare
from knowledge.fitting import Row, held_out, measure, votes
from knowledge.focus import FEATURES, focus_features
from knowledge.judge import PROMPT
from knowledge.labelled import Labelled, Weighed, read_claims, rows_of
from knowledge.verifier import Verifier, open_verifier
from prompts.models import Models
from prompts.settings import Settings

LABELS = ("supported", "contradicted", "not_found")


def by_change(rows: Sequence[Row], said: Sequence[bool]) -> dict[str, float]:
    """Share told right, supported or not, by kind of change."""
    right: dict[str, list[bool]] = defaultdict(list)
    for row, yes in zip(rows, said, strict=True):
        right[row.change or row.label].append(yes == (row.label == "supported"))
    return _shares(right)


def three_way(rows: Sequence[Row], said: Sequence[bool]) -> float:
    """Balanced accuracy over supported, contradicted and not found."""
    curve = load().opposite
    right: dict[str, list[bool]] = defaultdict(list)
    for row, yes in zip(rows, said, strict=True):
        no = curve.probability(row.features) >= curve.cut
        verdict = "supported" if yes else "contradicted" if no else "not_found"
        right[row.label].append(verdict == row.label)
    shares = [sum(right[label]) / len(right[label]) for label in LABELS if right[label]]
    return round(sum(shares) / len(shares), 3)


def claims_figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Every checker and the panel by the committed curves."""
    wanted = [r.label == "supported" for r in rows]
    figures: dict[str, Any] = {"n": len(rows)}
    verdicts: dict[str, list[bool]] = {}
    for kind, curve in _curves(rows).items():
        scores = [curve.probability(r.features) for r in rows]
        said = verdicts[kind] = [s >= curve.cut for s in scores]
        three = {"ba_three_way": three_way(rows, said), "right_by_change": by_change(rows, said)}
        figures[kind] = measure(scores, said, wanted) | three
    single = {k: v for k, v in verdicts.items() if k in ("facts", "verifier", "judge")}
    return figures | {"votes": votes(single, wanted)}


def _curves(rows: Sequence[Row]) -> dict[str, Curve]:
    found = {kind: getattr(load(), kind) for kind in kinds(rows)}
    return {kind: curve for kind, curve in found.items() if curve is not None}


def objections(claims: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Objections by the facts, without any fit: recall by kind of change, precision by kind of objection."""
    recall: dict[str, list[bool]] = defaultdict(list)
    precision: dict[str, list[bool]] = defaultdict(list)
    for claim in claims:
        kinds_seen = {m.kind for m in compare(claim.claim, claim.passage).mismatches}
        fair = claim.label == "supported"
        recall["fair claims left alone" if fair else claim.change].append(bool(kinds_seen) != fair)
        for kind in kinds_seen:
            precision[kind].append(not fair)
    return {"recall_by_change": _shares(recall), "precision_by_objection": _shares(precision)}


def _shares(found: Mapping[str, Sequence[bool]]) -> dict[str, float]:
    return {name: round(sum(said) / len(said), 3) for name, said in sorted(found.items())}


def speed(claims: Sequence[Labelled], weighed: Weighed, verifier: Verifier | None) -> dict[str, float]:
    """Claims a second of each checker on this machine; the judge's from its own clock."""
    began = time.perf_counter()
    for claim in claims:
        compare(claim.claim, claim.passage)
    out = {"facts": round(len(claims) / (time.perf_counter() - began), 1)}
    if verifier is not None:
        verifier.scores([(claims[0].passage, claims[0].claim)])
        began = time.perf_counter()
        verifier.scores([(c.passage, c.claim) for c in claims])
        out["verifier"] = round(len(claims) / (time.perf_counter() - began), 1)
    if weighed.known:
        middle = float(np.median([ms for _, ms in weighed.known.values()]))
        out["judge"] = round(1000 / max(middle, 1.0), 2)
    return out


def news_figures(file: Path) -> dict[str, Any]:
    """Words of claims against their articles: a fit held out by article, beside "the words stand in the text"."""
    rows: list[Row] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        for claim in raw["claims"]:
            seen = focus_features(claim["focus"], claim["claim"], raw["passage"])
            rows.append(Row(claim["label"], raw["id"], seen))
    wanted = [r.label == "supported" for r in rows]
    stands = [r.features["stands"] for r in rows]
    floor = measure(stands, [s > 0 for s in stands], wanted)
    return {"n": len(rows), "stands_in_the_text": floor, "features": measure(*held_out(rows, wanted, FEATURES), wanted)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=Path, action="append", default=[])
    parser.add_argument("--laws", type=Path, action="append", default=[])
    parser.add_argument("--fresh", type=Path)
    parser.add_argument("--news", type=Path)
    parser.add_argument("--judge", choices=["on", "off"], default="on")
    parser.add_argument("--odds", type=Path)
    given = parser.parse_args(arguments)
    settings, weighed = Settings(), Weighed.open(given.odds)
    models = Models(settings)
    figures: dict[str, Any] = {}
    try:
        verifier = open_verifier(settings)
        if given.claims:
            claims = read_claims(given.claims, given.laws)
            asked = models if given.judge == "on" else None
            figures["claims"] = claims_figures(rows_of(claims, asked, weighed, PROMPT, verifier))
            figures["objections"] = objections(claims)
            figures["claims_a_second"] = speed(claims, weighed, verifier)
        if given.fresh:
            fresh = read_claims([given.fresh], given.laws)
            figures["fresh"] = claims_figures(rows_of(fresh, None, weighed))
            figures["fresh_objections"] = objections(fresh)
        if given.news:
            figures["news"] = news_figures(given.news)
    finally:
        models.close()
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
