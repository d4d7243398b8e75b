"""One file of a policy folder with all that is known of it: its text, and the YAML file that may lie beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import yaml

from knowledge.instructions import instruction_in
from knowledge.particulars import WHERE
from knowledge.passages import scalars
from knowledge.reading import PolicyText, Unreadable, read_policy
from knowledge.sources import Source, source_of

_SHOWN = 200
"""Units listed in a report."""
_MOST_SIDECAR = 64 * 1024


def sidecar_of(path: Path) -> Path | None:
    """`law.pdf.yaml` or `law.yaml` beside `law.pdf`; None when there is neither."""
    names = [f"{name}{ending}" for name in (path.name, path.stem) for ending in (".yaml", ".yml")]
    return next((path.with_name(n) for n in names if path.with_name(n).is_file()), None)


def stamp(path: Path) -> tuple[int, int]:
    """(newest time of change in nanoseconds, bytes) of the file and what lies beside it; raises OSError."""
    stats = [p.stat() for p in (path, sidecar_of(path)) if p]
    return max(s.st_mtime_ns for s in stats), sum(s.st_size for s in stats)


def digest(path: Path) -> str:
    """SHA-256 of the file and what lies beside it; that of the file alone when nothing does. Raises OSError."""
    own = hashlib.sha256(path.read_bytes())
    if beside := sidecar_of(path):
        own.update(b"\0sidecar\0" + beside.read_bytes())
    return own.hexdigest()


def read_source(path: Path, cache: Path | None, today: date | None = None) -> Source:
    """The document in a file; raises OSError, or `Unreadable` when no text can be had of it.

    `cache` is the folder where extracted text is kept, None for none; `today` judges days that lie ahead.
    """
    return source_in(path, read_policy(path, hashlib.sha256(path.read_bytes()).hexdigest(), cache), today)


def source_in(path: Path, kept: PolicyText, today: date | None = None) -> Source:
    """The document whose text was read from the file."""
    sidecar, problem = _sidecar(path)
    source = source_of(kept.text, path.name, sidecar, kept.about, today)
    return replace(source, problems=(*source.problems, *problem), notes=kept.notes)


def _sidecar(path: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """(keys of the YAML file beside the document, what is wrong with it)."""
    beside = sidecar_of(path)
    if beside is None:
        return {}, ()
    try:
        if beside.stat().st_size > _MOST_SIDECAR:
            return {}, (f"说明文件{beside.name}超过{_MOST_SIDECAR // 1024}KB，没有采用",)
        loaded = yaml.safe_load(beside.read_text("utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return {}, (f"说明文件{beside.name}第{line}行写坏了，没有采用",)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        return {}, (f"说明文件{beside.name}读不懂，没有采用",)
    if not isinstance(loaded, dict):
        return {}, (f"说明文件{beside.name}不是“键: 值”，没有采用",)
    return scalars(loaded), ()


def planted(source: Source) -> list[str]:
    """Words addressed to a program or a reviewer, with their place; they are taken as text like any others."""
    said = ((unit.article, instruction_in(unit.text)) for unit in source.units)
    return [f"{article}里有写给系统或者审核人员的话，只当作文字：“{words[:60]}”" for article, words in said if words]


@dataclass(frozen=True)
class Report:
    """What was read of one file, in lines for people."""

    lines: tuple[str, ...]
    well: bool


def report(paths: Sequence[Path], today: date | None = None) -> list[Report]:
    """What each file gives: particulars with their sources, units, problems. Nothing is kept."""
    out, names = list[Report](), dict[str, Path]()
    for path in paths:
        try:
            kept = read_policy(path, "", None)
            source = source_in(path, kept, today)
        except (OSError, Unreadable) as problem:
            out.append(Report((f"{path.name}：读不了：{problem}",), False))
            continue
        problems = [*source.problems, *planted(source)]
        if source.name in names:
            problems.append(f"与{names[source.name].name}同名同版本，只会收入其中一份")
        names.setdefault(source.name, path)
        out.append(Report(tuple(_described(path, kept, source, problems)), not problems))
    return out


def _described(path: Path, kept: PolicyText, source: Source, problems: Sequence[str]) -> list[str]:
    shown = (
        ("标题", source.title, "title"),
        ("版本", source.version, "version"),
        ("文号", source.number, "number"),
        ("发布机关", source.issuer, "issuer"),
        ("发布日期", source.issued or "", "issued"),
        ("施行日期", source.in_force_from or "", "in_force_from"),
        ("失效日期", source.in_force_to or "", "in_force_to"),
        ("效力级别", source.rank, "rank"),
        ("地区", source.region, "region"),
    )
    pages = {piece.page for piece in kept.pieces}
    lines = [f"{path.name}（{kept.kind}{f'，{len(pages)}页' if pages else ''}，{len(kept.text)}字）"]
    lines += [
        f"  {label}：{value}（{WHERE[source.found[key]] if key in source.found else '—'}）"
        for label, value, key in shown
        if value
    ]
    lines.append(f"  条文或段落：{len(source.units)}")
    lines += [
        f"    {'／'.join((*u.heading, u.article))}：{u.text[:40].replace(chr(10), ' ')}" for u in source.units[:200]
    ]
    lines += [f"  注意：{note}" for note in source.notes]
    return lines + [f"  问题：{problem}" for problem in problems]
