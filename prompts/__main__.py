"""python -m prompts pull [ID] | list | lock | check | golden"""

from __future__ import annotations

import argparse
import sys

from prompts import Prompt, PromptError, every, refs
from prompts.catalogue import catalogue
from prompts.lock import faults, lock, write_goldens
from prompts.pull import PullError, present, pull
from prompts.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m prompts", description="提示词与模型文件")
    commands = parser.add_subparsers(dest="command", required=True)
    fetch = commands.add_parser("pull", help="下载模型文件")
    fetch.add_argument("id", nargs="?", help="目录里的名字；默认为配置所用的模型")
    for name, text in (
        ("list", "列出提示词与模型文件"),
        ("lock", "登记新的提示词版本"),
        ("check", "检查全部提示词"),
        ("golden", "重写样例渲染"),
    ):
        commands.add_parser(name, help=text)
    given = parser.parse_args(arguments)
    if given.command == "pull":
        return _pull(given.id)
    try:
        return {"list": _list, "lock": _lock, "check": _check, "golden": _golden}[given.command]()
    except PromptError as error:
        print(error, file=sys.stderr)
        return 1


def _pull(name: str | None) -> int:
    settings = Settings()
    wanted = name or settings.model.removeprefix("embedded:")
    if wanted not in catalogue():
        print(f"目录里没有 {wanted}；有：{'、'.join(catalogue())}", file=sys.stderr)
        return 2
    entry = catalogue()[wanted]
    print(f"{entry.file} {entry.size // 2**20} MB {entry.licence}", file=sys.stderr)
    try:
        path = pull(entry, settings, _progress)
    except PullError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    print(file=sys.stderr)
    print(path)
    return 0


def _progress(done: int, total: int) -> None:
    print(f"\r{done * 100 // total:3d}% {done // 2**20}/{total // 2**20} MB", end="", file=sys.stderr, flush=True)


def _list() -> int:
    settings = Settings()
    for prompt in every():
        print(f"{prompt.ref:28} {prompt.front.role:9} {prompt.front.purpose}")
    for entry in catalogue().values():
        here = "已下载" if present(entry, settings.models_folder) else "未下载"
        print(f"{entry.id:28} {entry.licence:12} {entry.size // 2**20:5d} MB {here}")
    return 0


def _lock() -> int:
    try:
        new = lock()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    print("新登记：" + ("、".join(new) or "无"))
    return 0


def _check() -> int:
    found = [line for ref in refs() for line in _faults(ref)]
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def _faults(ref: str) -> list[str]:
    try:
        return [f"{ref}: {fault}" for fault in faults(Prompt.load(ref))]
    except PromptError as error:
        return [str(error)]


def _golden() -> int:
    print("已写：" + ("、".join(write_goldens()) or "无"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
