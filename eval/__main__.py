"""`python -m eval run SUITE… | accept SUITE… | bench | measure`: suites without a server or an account.

Exit status: 0 fine, 1 a suite is below its bar or worse than its baseline, 2 a file cannot be used.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from eval import documents, doubt, papers, selection, tokens
from eval.bench import bench
from eval.compare import Comparison, baseline_path, compare
from eval.measure import measure
from eval.paper_shots import SHOTS
from eval.report import report
from eval.run import Cache, Result, Run, load_run, run_suite, save_run
from eval.subjects import Subjects
from eval.suite import Suite, SuiteError, load_suite
from prompts.settings import Settings

BASELINES = Path(__file__).parent / "baselines"


def arguments(given: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run suites and write JSON and one HTML page")
    run.add_argument("suites", nargs="+", type=Path)
    run.add_argument("--out", type=Path, help="run folder (default: eval/runs/<time> in the data folder)")
    run.add_argument("--compare", action="store_true", help="compare with the blessed baselines; worse exits 1")
    run.add_argument("--tolerate", type=int, default=0, metavar="N", help="net flips to failure that are accepted")
    run.add_argument(
        "--prompt", action="append", default=[], metavar="NAME@N", help="use this version of a prompt, not the newest"
    )
    run.add_argument("--fresh", action="store_true", help="ask the product again instead of using kept outputs")
    accept = commands.add_parser("accept", help="bless the latest run of suites as their baselines")
    accept.add_argument("suites", nargs="+", type=Path)
    accept.add_argument("--run", type=Path, help="run folder (default: the latest)")
    commands.add_parser("bench", help="speed of the parts on this machine")
    commands.add_parser("tokens", help="tokens of whole filings against prompts that carry everything")
    select = commands.add_parser("selection", help="how much of the right article an answer must show")
    select.add_argument("questions", type=Path)
    select.add_argument("laws", type=Path)
    refuse = commands.add_parser("doubt", help="answers when the law is held, refusals when it is missing, no model")
    refuse.add_argument("questions", type=Path)
    refuse.add_argument("--most", type=int, default=700)
    values = commands.add_parser("documents", help="values read in identity cards, leases and title deeds, one by one")
    values.add_argument("packages", type=Path)
    values.add_argument("files", type=Path, help="folder the packages were rendered into")
    values.add_argument(
        "--kept", type=Path, help="folder that keeps what recognition read; empty it when readers change"
    )
    shots = commands.add_parser("papers", help="values read in our own drawn papers, crooked, dim, far away …")
    shots.add_argument("--only", nargs="*", default=[], metavar="CONDITION")
    outside = commands.add_parser("measure", help="serve the product and drive it from outside with the shared benches")
    outside.add_argument("--shared", type=Path, default=Path("../shared"))
    outside.add_argument("--out", type=Path, default=Path("data/measure"))
    outside.add_argument("--parts", choices=["talk", "review", "both"], default="both")
    outside.add_argument("--limit", default="", help="only the first N of each set")
    return parser.parse_args(given)


def run_one(path: Path, subjects: Subjects, cache: Cache) -> Run:
    """Runs one suite with progress."""
    suite: Suite = load_suite(path)
    print(f"{suite.name}: {len(suite.cases)} cases", file=sys.stderr)
    started, total = time.monotonic(), len(suite.cases)

    def progress(done: int, result: Result) -> None:
        left = (time.monotonic() - started) / done * (total - done)
        mark = "ok  " if result.passed else "FAIL"
        print(f"  {done}/{total} {mark} {result.id} ({result.ms} ms, {left:.0f} s left)", file=sys.stderr)

    return run_suite(suite, subjects.get(suite.subject), subjects.under(suite.subject), cache, progress)


def against_baseline(run: Run) -> Comparison | None:
    """The comparison with the blessed run, or None when there is none yet."""
    path = baseline_path(run.suite, BASELINES)
    return compare(run, load_run(path)) if path.exists() else None


def summary(run: Run, comparison: Comparison | None, tolerate: int) -> str:
    """One line of a run for the terminal."""
    verdict = "ok" if run.acceptable() else f"BELOW {run.at_least:.0%}"
    if run.broken_musts():
        verdict = "MUST CASES FAILED: " + ", ".join(run.broken_musts())
    flips = ""
    if comparison:
        flips = f"; baseline {comparison.then_share:.1%}, broke {comparison.broke}, mended {comparison.mended}"
        flips += " REGRESSED" if comparison.regressed(tolerate) else ""
    passed = sum(r.passed for r in run.results)
    return f"{run.suite}: {passed}/{len(run.results)} ({run.share():.1%}) in {run.seconds:.0f} s, {verdict}{flips}"


def run_suites(args: argparse.Namespace, settings: Settings) -> int:
    """Runs, compares, writes; the exit status."""
    runs_folder = settings.data / "eval" / "runs"
    out: Path = args.out or runs_folder / time.strftime("%Y%m%d-%H%M%S")
    cache = Cache(None if args.fresh else settings.data / "eval" / "cache")
    versions = {name: int(number) for name, _, number in (p.partition("@") for p in args.prompt)}
    with Subjects(settings, versions=versions) as subjects:
        runs = [run_one(path, subjects, cache) for path in args.suites]
    comparisons = [against_baseline(run) if args.compare else None for run in runs]
    for run in runs:
        save_run(run, out)
    (out / "report.html").write_text(report(runs, comparisons), encoding="utf-8")
    for run, comparison in zip(runs, comparisons, strict=True):
        print(summary(run, comparison, args.tolerate))
    print(f"report: {out / 'report.html'}")
    bad = any(not r.acceptable() for r in runs) or any(c and c.regressed(args.tolerate) for c in comparisons)
    return 1 if bad else 0


def accept(args: argparse.Namespace, settings: Settings) -> int:
    """Copies the run of each suite over its baseline, to be committed as a reviewable difference."""
    folders = sorted((settings.data / "eval" / "runs").glob("*"))
    folder: Path | None = args.run or (folders[-1] if folders else None)
    if folder is None:
        print("wanted a run to bless, found none; run `python -m eval run` first", file=sys.stderr)
        return 2
    BASELINES.mkdir(exist_ok=True)
    for path in args.suites:
        name = load_suite(path).name
        shutil.copyfile(folder / f"{name}.json", baseline_path(name, BASELINES))
        print(f"{name}: baseline is now {folder.name}")
    return 0


def main(given: Sequence[str]) -> int:
    """Runs one command and returns its exit status."""
    args, settings = arguments(given), Settings()
    try:
        if args.command == "run":
            return run_suites(args, settings)
        if args.command == "selection":
            print("\n".join(selection.table(args.questions, args.laws, settings)))
            return 0
        if args.command == "doubt":
            print("\n".join(doubt.table(args.questions, settings, args.most)))
            return 0
        if args.command == "documents":
            print("\n".join(documents.table(documents.measure(args.packages, args.files, args.kept))))
            return 0
        if args.command == "papers":
            print("\n".join(papers.table(list(papers.measure(args.only or list(SHOTS))))))
            return 0
        if args.command == "tokens":
            print(tokens.table(tokens.measure(settings=settings)))
            return 0
        if args.command == "measure":
            return measure(args.shared, args.out, args.parts, args.limit)
        return accept(args, settings) if args.command == "accept" else bench(settings)
    except (SuiteError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
