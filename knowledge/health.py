"""What is wrong with the library, each with its place and what to do: `python -m knowledge check`.

An error makes an answer wrong or a document unusable; a note is something a person should look at.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from knowledge.conflicts import candidates
from knowledge.findings import Documents, Finding, Level, by_document
from knowledge.health_bases import Shelf, of_guides, of_items, rested_on
from knowledge.instructions import instruction_in
from knowledge.items import Item
from knowledge.library import Library, LibraryStatus
from knowledge.rank import prevailing
from knowledge.reviewed import FILE, Review, ReviewError, reviewed, reviews
from knowledge.scopes import Scopes
from knowledge.sources import Source, title_key

EARLIEST = date(2025, 1, 1)
"""No office runs this product before; a clock that says so is wrong."""
OLDEST = date(1949, 10, 1)
ALIKE = 0.9
"""Share of equal articles above which two documents are the same text under two names."""
COMPARED = 30_000
"""Passages up to which all are compared for conflicts; beyond, only the documents that guides and items rest on."""
SHOWN = 60
"""Unreviewed conflicts listed at most, the likeliest first."""

_KNOWN: tuple[tuple[str, Level, str, str], ...] = (
    (r"^读不了|没有读到|看不出", "error", "file", "换一份能打开、有文字的文件，或者扫描清楚后重新放入"),
    (r"^缺少第", "error", "gaps", "对照官方文本补齐缺少的条文"),
    (r"^条号重复", "error", "gaps", "对照官方文本改正重复的条号"),
    (r"没有找到施行日期", "error", "dates", "在文件开头或者说明文件里写明 in_force_from: YYYY-MM-DD"),
    (r"日期", "error", "dates", "改正文件开头或者说明文件里的日期"),
    (r"同名同版本", "error", "duplicate", "删去其中一份，或者写明各自的 version_date"),
    (r"没有可引用", "error", "file", "确认文件内容完整，条文或者标题各占一行"),
    (r"^说明文件", "error", "file", "按“键: 值”改正说明文件"),
    (r"^暂时只能按词语", "note", "vectors", "检查 BANCHENG_EMBEDDER 指的模型；没有它也能按词语检索"),
)
"""Words of a problem met in reading → level, kind, what to do."""


def examine(library: Library, items: Sequence[Item], scopes: Scopes | None, on: date) -> list[Finding]:
    """Everything found, errors first, in the order of the files; `on` is the office's day. Reads the whole library."""
    documents = by_document(library.passages())
    sources = library.sources()
    files = {source.name: file for file, source in reversed(sources.items())}
    issuers = {source.name: source.issuer for source in sources.values()}
    shelf = Shelf(documents, on)
    known, found = of_reviews(library)
    found += [*of_files(library.status()), *of_reading(sources), *of_clock(on)]
    told = {f.file for f in found if f.kind == "dates"}
    found += [f for f in of_days(documents, files, on) if f.file not in told or f.level == "note"]
    found += [*of_duplicates(documents, files), *of_words(documents, files)]
    found += [*of_guides(documents, files, shelf), *of_items(items, scopes, shelf)]
    found += of_conflicts(documents, files, on, known, rested_on(documents, items, scopes), issuers)
    return sorted(found, key=lambda f: (f.level != "error", f.file))


def summary(status: LibraryStatus, found: Sequence[Finding]) -> str:
    """One line: what is held, and how much was found."""
    errors = sum(f.level == "error" for f in found)
    held = f"文件 {status.documents} 份，条文 {status.passages} 条，已有向量 {status.vectors_done} 条"
    return f"{held}；错误 {errors} 个，提示 {len(found) - errors} 个"


def of_files(status: LibraryStatus) -> Iterator[Finding]:
    """What reading the files found, and whether meaning can be searched."""
    for file, problems in status.problems.items():
        for problem in problems:
            level, kind, todo = _known(problem)
            yield Finding(level, kind, file, "", problem, todo)
    if lacking := status.passages - status.vectors_done:
        what = f"{lacking} 条条文还没有向量，只能按词语查到"
        yield Finding("note", "vectors", "语义检索", "", what, "运行 python -m knowledge ingest，或者等服务在后台做完")


def of_reading(sources: Mapping[str, Source]) -> Iterator[Finding]:
    """What is no fault of a file and still worth a look: a scan, hidden words, an encoding claimed wrongly."""
    for file, source in sources.items():
        for note in source.notes:
            yield Finding("note", "reading", file, "", note.rstrip("。"), "打开文件看一眼，必要时换清楚的文字版")


def _known(problem: str) -> tuple[Level, str, str]:
    for pattern, level, kind, todo in _KNOWN:
        if re.search(pattern, problem):
            return level, kind, todo
    return "error", "file", "打开文件核对后重新放入"


def of_clock(day: date) -> Iterator[Finding]:
    """A clock that cannot be right: every law would seem not yet in force, or the newest already."""
    if day < EARLIEST:
        what = f"今天是{day}，早于本产品，多数法规会被当作尚未施行"
        yield Finding("error", "clock", "系统时钟", "", what, "校准电脑时钟（以及 BANCHENG_TODAY、BANCHENG_TIMEZONE）")


def of_days(documents: Documents, files: Mapping[str, str], on: date) -> Iterator[Finding]:
    """Days that contradict each other, lie ahead, or cannot be."""
    for name, passages in documents.items():
        first, file = passages[0], files.get(name, name)
        start, end = first.in_force_from, first.in_force_to
        if start and end and end <= start:
            what = f"失效日期{end}不晚于施行日期{start}，任何一天都查不到它"
            yield Finding("error", "dates", file, "", what, "核对 in_force_from、in_force_to 和新旧版本的日期")
        elif start and start > on:
            held = any(
                p[0].in_force(on) for p in documents.values() if title_key(p[0].document) == title_key(first.document)
            )
            what = f"自{start}起施行，今天（{on}）还不是现行规定，只在问到那一天以后才引用"
            what += "" if held else "；今天有效的文本没有收录"
            yield Finding("note", "dates", file, "", what, "确认施行日期没有写错")
        if start and start < OLDEST:
            yield Finding("error", "dates", file, "", f"施行日期是{start}，早于1949年", "改正 in_force_from")


def of_duplicates(documents: Documents, files: Mapping[str, str]) -> Iterator[Finding]:
    """One text under two titles."""
    prints = {name: {_print(p.text) for p in found} for name, found in documents.items()}
    where: dict[bytes, list[str]] = defaultdict(list)
    for name, found in prints.items():
        for mark in found:
            where[mark].append(name)
    shared: dict[tuple[str, str], int] = defaultdict(int)
    for names in where.values():
        for i, one in enumerate(names[:20]):
            for other in names[i + 1 : 20]:
                shared[one, other] += 1
    for (one, other), count in shared.items():
        apart = title_key(one.split("@")[0]) != title_key(other.split("@")[0])
        if apart and count >= ALIKE * max(len(prints[one]), len(prints[other])):
            what = f"与 {files.get(other, other)} 文字相同（{count}条）"
            yield Finding("error", "duplicate", files.get(one, one), "", what, "留一份，名称以官方文本为准")


def _print(text: str) -> bytes:
    return hashlib.blake2b(re.sub(r"\W", "", text).encode(), digest_size=8).digest()


def of_words(documents: Documents, files: Mapping[str, str]) -> Iterator[Finding]:
    """Words addressed to a program or a reviewer, and texts known not to be the newest."""
    for name, passages in documents.items():
        file = files.get(name, name)
        for passage in passages:
            if planted := instruction_in(passage.text):
                what = f"有写给系统或者审核人员的话：“{planted[:60]}”"
                todo = "核对来源；引用时它只是文字，不会被执行，但应当换成干净的文本"
                yield Finding("error", "instruction", file, passage.article, what, todo)
        if passages[0].caveat and not passages[0].in_force_to:
            yield Finding("note", "outdated", file, "", passages[0].caveat.rstrip("。"), "换成修改以后的文本")


def of_conflicts(
    documents: Documents,
    files: Mapping[str, str],
    on: date,
    known: Sequence[Review],
    named: set[str],
    issuers: Mapping[str, str],
) -> Iterator[Finding]:
    """Provisions that seem to disagree and that nobody has reviewed; which would prevail, and why.

    `named`: keys of the titles that guides and items rest on; in a large library only these are compared. `issuers`:
    `title@version` → who issued it, empty when unknown.
    """
    held = [p for found in documents.values() for p in found]
    if len(held) > COMPARED:
        held = [p for p in held if title_key(p.document) in named]
        what = f"条文很多，只比对了指南和事项所依据的{len({p.document for p in held})}份文件"
        yield Finding("note", "conflict", "冲突比对", "", what, "需要比对其他文件时，把它们单独放在一个文件夹里检查")
    for found in candidates(held, on, SHOWN):
        one, other = found.one.passage, found.other.passage
        if reviewed(one, other, known):
            continue
        bodies = {issuers.get(f"{p.document}@{p.version}", "") for p in (one, other)}
        ruling = prevailing(one, other, one_body=len(bodies) == 1 and "" not in bodies)
        winner = {"one": one, "other": other}.get(ruling.side or "")
        first = f"若确实矛盾，以《{winner.document}》为准（{ruling.why}）" if winner else f"若确实矛盾：{ruling.why}"
        what = (
            f"与《{other.document}》{other.article}可能不一致（{found.score:.2f}）{found.words}；"
            f"“{found.one.sentence[:60]}”对“{found.other.sentence[:60]}”；{first}"
        )
        file = files.get(f"{one.document}@{one.version}", one.document)
        yield Finding("note", "conflict", file, one.article, what, f"读两条原文，把结论写进文件夹里的 {FILE}")


def of_reviews(library: Library) -> tuple[tuple[Review, ...], list[Finding]]:
    """The reviews, and what is wrong with the operator's file or with a review whose text has changed."""
    found = []
    try:
        known = reviews(library.documents)
    except ReviewError as problem:
        found.append(Finding("error", "conflict", FILE, "", str(problem), "按说明改正这一项"))
        known = reviews()
    titles = {title_key(t) for t in library.titles()}
    for review in known:
        for side in (review.one, review.other):
            passage = library.article(side.document, side.article) if title_key(side.document) in titles else None
            if title_key(side.document) in titles and (passage is None or not side.is_in(passage)):
                what = f"审核过的《{side.document}》{side.article}已经不在现行文本里，或者文字变了"
                found.append(Finding("note", "conflict", FILE, side.article, what, "重新审核这一对条文"))
    return known, found
