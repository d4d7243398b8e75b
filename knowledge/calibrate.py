"""Fits the curves of `knowledge.calibration`: `python -m knowledge.calibrate --claims FILE --more FILE --laws DIR`.

Files are as `knowledge.labelled` says. The judge weighs the claims of `--claims`; those of `--more` are many and only
the facts look at them, so their curve is fitted on both and enters the panel as one number, its log-odds. Figures are
of claims held out (ten folds cut by article, so that no article is on both sides); the curves written are fitted on
all. `--prompt NAME@VERSION`, given again, compares wordings of the judge's question: the figures of each are printed,
the fit is of the first. The verifier of `BANCHENG_VERIFIER`, where set, is fitted too. Log-odds are kept in `--odds`
to fit again without the model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.calibration import FILE, Calibration, Curve
from knowledge.fitting import Row, fit, held_out, measure, sure_band, votes
from knowledge.judge import PROMPT
from knowledge.labelled import Weighed, read_claims, rows_of
from knowledge.verifier import open_verifier
from prompts.models import Models
from prompts.settings import Settings

FACTS = (
    "novelty",
    "number",
    "missing_number",
    "modality",
    "scope",
    "authority",
    "absent",
    "number_agrees",
    "clean",
)
"""Without the overlap of words: how much of the article people repeat when they tell it, or when they get it wrong, is
their habit and differs from one set of claims to the next."""
CHECKERS: dict[str, tuple[str, ...]] = {
    "facts": FACTS,
    "judge": ("judge",),
    "panel": ("judge", "facts"),
    "verifier": ("verifier",),
    "cheap": ("verifier", "facts"),
    "full": ("verifier", "judge", "facts"),
}
"""What each curve is made of; `facts` is the log-odds of the curve of that name."""
OPPOSITE = (
    "nearest",
    "against",
    "only_absent",
    "permits",
    "scope",
    "number",
    "missing_number",
    "absent",
    "clean",
    "verifier_against",
)


def kinds(rows: Sequence[Row]) -> list[str]:
    """The curves that the features at hand allow."""
    has = set().union(*(r.features for r in rows))
    return [k for k, names in CHECKERS.items() if all(n in has for n in names if n in ("judge", "verifier"))]


def against(rows: Sequence[Row]) -> tuple[list[Row], list[bool]]:
    """Claims that are not supported, and which of them the passage contradicts."""
    chosen = [r for r in rows if r.label != "supported"]
    return chosen, [r.label == "contradicted" for r in chosen]


def stacked(rows: Sequence[Row], facts: Curve) -> list[Row]:
    """The rows with the log-odds of the facts' curve among their features."""
    return [replace(r, features=r.features | {"facts": facts.log_odds(r.features)}) for r in rows]


def unstacked(curve: Curve, facts: Curve) -> Curve:
    """The same curve over the facts' own features."""
    share = curve.weights.get("facts", 0.0)
    weights = {n: w for n, w in curve.weights.items() if n != "facts"} | {
        n: round(share * w, 6) for n, w in facts.weights.items()
    }
    return Curve(bias=round(curve.bias + share * facts.bias, 6), weights=weights, cut=curve.cut)


def held_out_figures(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Every checker on held-out folds, contradicted against not found, and what the checkers are worth together.

    The rows are stacked.
    """
    wanted = [r.label == "supported" for r in rows]
    held = {kind: held_out(rows, wanted, CHECKERS[kind]) for kind in kinds(rows)}
    figures = {kind: measure(*found, wanted) for kind, found in held.items()}
    chosen, contradicted = against(rows)
    figures["opposite"] = measure(*held_out(chosen, contradicted, OPPOSITE), contradicted)
    single: dict[str, list[bool]] = {k: held[k][1] for k in ("facts", "verifier", "judge") if k in held}
    return figures | {"votes": votes(single, wanted)}


def calibrate(
    rows: Sequence[Row],
    data_sha256: str,
    family: str,
    prompt_sha256: str,
    prompt: str = PROMPT,
    verifier_family: str = "",
    more: Sequence[Row] = (),
) -> Calibration:
    """All curves and their held-out figures; `rows` carry the judge's log-odds, `more` need not."""
    every = [*rows, *more]
    facts = fit([r.features for r in every], [r.label == "supported" for r in every], FACTS)
    rows = stacked(rows, facts)
    wanted = [r.label == "supported" for r in rows]
    seen = [r.features for r in rows]
    curves = {kind: fit(seen, wanted, CHECKERS[kind]) for kind in kinds(rows) if kind != "facts"}
    curves = {kind: unstacked(c, facts) if "facts" in c.weights else c for kind, c in curves.items()}
    chosen, contradicted = against(every)
    cheap, _ = held_out(rows, wanted, CHECKERS["cheap"] if "cheap" in curves else ("facts",))
    return Calibration(
        data_sha256=data_sha256,
        n=len(every),
        family=family,
        prompt=prompt,
        prompt_sha256=prompt_sha256,
        verifier_family=verifier_family,
        facts=facts,
        judge=curves["judge"],
        panel=curves["panel"],
        verifier=curves.get("verifier"),
        cheap=curves.get("cheap"),
        full=curves.get("full"),
        opposite=fit([r.features for r in chosen], contradicted, OPPOSITE),
        band=sure_band(cheap, wanted),
        measured=held_out_figures(rows),
    )


def read_rows(
    files: Sequence[Path], laws: Sequence[Path], models: Models, odds: Path | None, prompt: str = PROMPT
) -> list[Row]:
    """Labelled claims with their features; log-odds known from an earlier run are taken from `odds`."""
    return rows_of(read_claims(files, laws), models, Weighed.open(odds), prompt, open_verifier(models.settings))


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line; writes the fit next to the code unless told otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=Path, required=True, action="append", help="JSON lines; may be given again")
    parser.add_argument("--more", type=Path, action="append", default=[], help="claims for the facts' curve alone")
    parser.add_argument(
        "--laws", type=Path, required=True, action="append", help="folder of the laws the claims are about; again"
    )
    parser.add_argument("--odds", type=Path, help="JSON file that keeps the model's log-odds")
    parser.add_argument("--prompt", action="append", help="NAME@VERSION; given again, wordings are compared")
    parser.add_argument("--out", type=Path, default=FILE)
    given = parser.parse_args(arguments)
    models = Models(Settings())
    prompts = given.prompt or [PROMPT]
    try:
        rows = {p: read_rows(given.claims, given.laws, models, given.odds, p) for p in prompts}
        more = rows_of(read_claims(given.more, given.laws), None, Weighed.open(None))
        data = hashlib.sha256(b"".join(f.read_bytes() for f in (*given.claims, *given.more))).hexdigest()
        verifier = open_verifier(models.settings)
        chosen = prompts[0]
        fitted = calibrate(
            rows[chosen],
            data,
            models.family("judge"),
            models.prompt(chosen).sha256,
            chosen,
            verifier.family if verifier else "",
            more,
        )
    finally:
        models.close()
    given.out.write_text(fitted.model_dump_json(indent=1, exclude_none=True) + "\n", encoding="utf-8")
    shown = {p: held_out_figures(stacked(rows[p], fitted.facts)) for p in prompts[1:]}
    sys.stdout.write(json.dumps({prompts[0]: fitted.measured} | shown, indent=1) + "\n")


if __name__ == "__main__":
    main()
