"""`python -m knowledge ingest DIR | search WORDS | read FILE | check | …`: the library from the command line."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from pathlib import Path

from knowledge import asking_command, bench, name_list, reading_bench, scope_bench, stages
from knowledge.conflicts import candidates
from knowledge.health import examine, summary
from knowledge.intake import report
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.scopes import Scopes
from knowledge.sources import title_key
from knowledge.versions import Kept, keeps, pairs
from prompts.models import Models
from prompts.settings import Settings


def main(arguments: Sequence[str] | None = None, settings: Settings | None = None) -> int:
    """Runs one command; 0 when all is well, 1 when something was found wrong."""
    parser = argparse.ArgumentParser(prog="python -m knowledge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ingest = commands.add_parser("ingest", help="read a folder of documents and build its index in the data folder")
    ingest.add_argument("folder", type=Path)
    search = commands.add_parser("search", help="search the library")
    search.add_argument("words", nargs="+")
    search.add_argument("-k", type=int, default=5)
    commands.add_parser("items", help="check the service items")
    check = commands.add_parser("check", help="read the library and say what is wrong with it and what to do")
    check.add_argument("--documents", type=Path, help="folder of documents instead of BANCHENG_DOCUMENTS")
    check.add_argument("--json", action="store_true", help="for programs")
    versions = commands.add_parser("versions", help="share of questions for which the text in force stands first")
    versions.add_argument("--documents", type=Path, required=True)
    compared = commands.add_parser("conflicts", help="provisions that seem to disagree, reviewed or not")
    compared.add_argument("--documents", type=Path, required=True)
    compared.add_argument("--most", type=int, default=20)
    measured = commands.add_parser(
        "measure", help="what each stage of the search finds, and the usual recipe beside it"
    )
    measured.add_argument("--questions", type=Path, nargs="+", required=True)
    measured.add_argument("--documents", type=Path, required=True)
    costs = commands.add_parser("bench", help="time and memory of the index at growing sizes")
    costs.add_argument("--documents", type=Path, required=True)
    costs.add_argument("--random-vectors", action="store_true", help="embed nothing: what the index alone costs")
    costs.add_argument("--server", default="", help="a PostgreSQL server to keep the passages on; default: in files")
    costs.add_argument("--sizes", type=int, nargs="+", default=bench.SIZES, help="passages")
    read = commands.add_parser("read", help="say what is read of each file: particulars, units, problems")
    read.add_argument("files", type=Path, nargs="+")
    reading = commands.add_parser("bench-reading", help="speed and rightness of reading beside other libraries")
    reading.add_argument("--scanned-pages", type=int, default=2)
    asking = commands.add_parser("questions", help="have the model write questions people ask, where there are none")
    asking.add_argument("--documents", type=Path, help="folder of documents instead of BANCHENG_DOCUMENTS")
    asking.add_argument("--limit", type=int, help="passages at most")
    names = commands.add_parser("names", help="take a spreadsheet of registered names into the office's data")
    names.add_argument("action", choices=["import"])
    names.add_argument("file", type=Path, help="CSV with the columns 名称, 状态, 日期, or the names alone")
    scope = commands.add_parser(
        "scopes", help="propose scope entries for lay words, or measure that over a file of cases"
    )
    scope.add_argument("words", nargs="*")
    scope.add_argument("--cases", type=Path, help="descriptions with the entries and permits they have to lead to")
    chosen = parser.parse_args(arguments)
    settings = settings or Settings()
    if folder := getattr(chosen, "folder", None) or getattr(chosen, "documents", None):
        settings = settings.model_copy(update={"documents": folder})
    run = {"ingest": _ingest, "search": _search, "items": _items, "check": _check, "read": _read}
    run |= {"bench-reading": _bench_reading, "conflicts": _conflicts, "questions": _questions}
    run |= {"names": _names, "scopes": _scopes}
    return (run | {"versions": _versions, "measure": _measure, "bench": _bench})[chosen.command](settings, chosen)


def _built(settings: Settings, quiet: bool = False) -> Library:
    library = Library(settings)
    bars = {step: _bar(name) for step, name in (("read", "读文件"), ("index", "建索引"))}
    library.refresh(None if quiet else lambda step, done, whole: bars[step](done, whole))
    library.vectorise(None if quiet else _bar("向量"))
    return library


def _bar(name: str) -> Callable[[int, int], None]:
    """Says on the error stream how far a step is, how fast it goes and how long it will take."""
    began: list[tuple[float, int]] = []

    def progress(done: int, whole: int) -> None:
        began[:] = began or [(time.monotonic(), done)]
        rate = (done - began[0][1]) / max(time.monotonic() - began[0][0], 1e-3)
        speed = f"每秒 {rate:.0f}" if rate >= 1 else f"每条 {1 / max(rate, 1e-3):.1f} 秒"
        left = f"，{speed}，约剩 {timedelta(seconds=round((whole - done) / rate))}" if rate else ""
        end = "\n" if done == whole else ""
        print(f"\r{name} {done}/{whole}{left} ", end=end, file=sys.stderr, flush=True)

    return progress


def _ingest(settings: Settings, chosen: argparse.Namespace) -> int:
    if not chosen.folder.is_dir():
        print(f"没有这个文件夹：{chosen.folder}", file=sys.stderr)
        return 1
    return _report(_built(settings))


def _search(settings: Settings, chosen: argparse.Namespace) -> int:
    library = _built(settings)
    for hit in library.search(" ".join(chosen.words), k=chosen.k):
        print(f"{hit.score:.3f}  {hit.passage.id}\n       {hit.passage.text[:100]}")
    return 0


def _bench(settings: Settings, chosen: argparse.Namespace) -> int:
    for line in bench.bench(chosen.documents, settings, chosen.random_vectors, chosen.sizes, chosen.server):
        print(line, flush=True)
    return 0


def _read(settings: Settings, chosen: argparse.Namespace) -> int:
    found = report(chosen.files, settings.day())
    print("\n".join(line for one in found for line in one.lines))
    return int(not all(one.well for one in found))


def _bench_reading(settings: Settings, chosen: argparse.Namespace) -> int:
    print(f"{reading_bench.conditions()}\n{reading_bench.HEAD}")
    for reading in reading_bench.bench(chosen.scanned_pages):
        print(reading.line(), flush=True)
    return 0


def _questions(settings: Settings, chosen: argparse.Namespace) -> int:
    # Whoever runs this means it to take the day's tokens; the people's limit holds where people are served.
    models = Models(settings.model_copy(update={"daily_tokens": sys.maxsize, "waiting_s": settings.deadline_s}))
    return asking_command.command(settings, models, chosen.limit, partial(print, flush=True), _bar("写问法"))


def _items(settings: Settings, chosen: argparse.Namespace) -> int:
    for item in Catalogue.load().all():
        print(f"{item.code}  {item.title}  {len(item.fields)} 个字段，{len(item.materials)} 种材料")
    return 0


def _scopes(settings: Settings, chosen: argparse.Namespace) -> int:
    scopes = Scopes.load(office_catalogue=Office.load(settings.office).scope_catalogue)
    if chosen.cases:
        print("\n".join(scope_bench.table(scope_bench.run(scopes, scope_bench.cases(chosen.cases)))))
        return 0
    found = scopes.propose(" ".join(chosen.words))
    print("\n".join(f"{e.entry}  {e.licence}  {e.permit}  {e.basis}" for e in found))
    print(scopes.licence_wording([e.entry for e in found]))
    return int(not found)


def _names(settings: Settings, chosen: argparse.Namespace) -> int:
    if settings.office is None:
        print("先用 BANCHENG_OFFICE 指明本机关的数据文件，名称库存在它旁边。", file=sys.stderr)
        return 1
    try:
        done = name_list.take_in(chosen.file, settings.office)
    except (OSError, ValueError) as error:
        print(f"没有导入：{error}", file=sys.stderr)
        return 1
    print(f"导入 {done.names} 个名称（重复 {done.repeated} 个），存在 {done.file}；重启服务后生效。")
    return 0


def _check(settings: Settings, chosen: argparse.Namespace) -> int:
    library = Library(settings)
    library.refresh()
    found = examine(library, Catalogue.load().all(), Scopes.load(), settings.day())
    if chosen.json:
        print(json.dumps([asdict(f) for f in found], ensure_ascii=False, indent=1))
    else:
        print("\n".join([*(f.line for f in found), summary(library.status(), found)]))
    return int(any(f.level == "error" for f in found))


def _versions(settings: Settings, chosen: argparse.Namespace) -> int:
    library = Library(settings)
    library.refresh()
    whole = Kept()
    for pair in pairs(library.passages()):
        kept = keeps(pair, lambda text, on: library.search(text, 10, on))
        print(kept.line(f"{pair.day} {pair.older} → {pair.newer}"))
        whole += kept
    print(whole.line("合计"))
    return int(whole.wrong + whole.first_out_of_force > 0)


def _conflicts(settings: Settings, chosen: argparse.Namespace) -> int:
    library = Library(settings)
    library.refresh()
    for found in candidates(library.passages(), settings.day(), chosen.most):
        print(f"{found.score:.2f}  {found.words}")
        print("\n".join(f"      {rule.passage.id}  {rule.sentence[:120]}" for rule in (found.one, found.other)))
    return 0


def _report(library: Library) -> int:
    status = library.status()
    ready = "，全部就绪" if status.vectors_ready else ""
    print(f"文件 {status.documents} 份，条文 {status.passages} 条，已有向量 {status.vectors_done} 条{ready}")
    for name, problems in status.problems.items():
        print(f"  {name}：{'；'.join(problems)}")
    return 1 if status.problems else 0


def _measure(settings: Settings, chosen: argparse.Namespace) -> int:
    library = _built(settings)
    for line in stages.table(settings, chosen.questions):
        print(line, flush=True)
    passages = library.passages()
    numbered = [p for p in passages if p.article.startswith("第") and p.in_force(settings.day())]
    numbered = numbered[:: max(len(numbered) // 300, 1)]
    cited = sum(_first(library, f"{title_key(p.document)}{p.article}") == p.id for p in numbered)
    print(f"articles asked for by number, found first: {cited}/{len(numbered)}")
    return 0


def _first(library: Library, words: str) -> str:
    hits = library.search(words, 1)
    return hits[0].passage.id if hits else ""


if __name__ == "__main__":
    sys.exit(main())
