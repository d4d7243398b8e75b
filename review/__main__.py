"""`python -m review audit`: verify the record; `anchor`: keep where it stands in a file elsewhere.

Exit status: 0 the record holds, 1 it does not (the first bad event is named), 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from pathlib import Path

from prompts.settings import Settings
from review.audit import keep_head, verify


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m review", description="Verify the record of the office.")
    parser.add_argument("command", choices=("audit", "anchor"))
    parser.add_argument("--database", type=Path, help="SQLite file; by default the one in BANCHENG_DATA")
    parser.add_argument("--anchor", type=Path, help="file of heads kept elsewhere")
    told = parser.parse_args(arguments)
    database = told.database or Settings().data / "bancheng.sqlite"
    try:
        return _anchor(database, told.anchor) if told.command == "anchor" else _audit(database, told.anchor)
    except (sqlite3.Error, OSError, ValueError) as error:
        print(f"无法读取 {database}：{error}", file=sys.stderr)
        return 2


def _audit(database: Path, anchor: Path | None) -> int:
    fault = verify(database, anchor)
    if fault is not None:
        print(f"第{fault.seq}条记录有问题：{fault.why}")
        return 1
    print("记录完整")
    return 0


def _anchor(database: Path, anchor: Path | None) -> int:
    if anchor is None:
        raise ValueError("请用 --anchor 指定另存链头的文件")
    head = keep_head(database, anchor)
    print(f"已记下第{head.seq}条 {head.hash}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
