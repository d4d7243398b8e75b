"""What holds for every prompt file: released versions do not change, samples render as recorded, replies parse.

`LOCK` has one line `name@version sha256` for each version. A golden rendering lies in `tests/prompts/golden`.
"""

from __future__ import annotations

import pkgutil
from pathlib import Path

from pydantic import BaseModel

from prompts import FOLDER, Prompt, every
from prompts.errors import BadReply
from prompts.shape import parse

GOLDEN = FOLDER.parent / "tests" / "prompts" / "golden"


def locked(folder: Path = FOLDER) -> dict[str, str]:
    """`name@version` → SHA-256, from the LOCK file."""
    file = folder / "LOCK"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split(" ", 1) for line in lines if line.strip())


def lock(folder: Path = FOLDER) -> list[str]:
    """Add the versions that are not in LOCK; returns them. Refuses (ValueError) while a released one differs."""
    known, prompts = locked(folder), every(folder)
    changed = [p.ref for p in prompts if known.get(p.ref, p.sha256) != p.sha256]
    if changed:
        raise ValueError(f"{', '.join(changed)} 已发布，不能改动：请另存为新版本")
    new = {p.ref: p.sha256 for p in prompts if p.ref not in known}
    rows = sorted({**known, **new}.items())
    (folder / "LOCK").write_text("".join(f"{ref} {sha256}\n" for ref, sha256 in rows), encoding="utf-8")
    return list(new)


def rendering(prompt: Prompt) -> str:
    """All samples of a prompt, rendered, as the golden file holds them."""
    blocks = []
    for n, sample in enumerate(prompt.front.samples, 1):
        messages = "\n".join(f"[{m.type}]\n{m.content}" for m in prompt.render(**sample))
        blocks.append(f"===== sample {n}\n{messages}\n")
    return "".join(blocks)


def write_goldens(folder: Path = FOLDER, goldens: Path = GOLDEN) -> list[str]:
    """(Re)write the golden renderings that differ; returns their names."""
    goldens.mkdir(parents=True, exist_ok=True)
    written = []
    for prompt in every(folder):
        file, now = goldens / f"{prompt.name}.v{prompt.version}.txt", rendering(prompt)
        if not file.exists() or file.read_text(encoding="utf-8") != now:
            file.write_text(now, encoding="utf-8")
            written.append(prompt.ref)
    return written


def faults(prompt: Prompt, folder: Path = FOLDER, goldens: Path = GOLDEN) -> list[str]:
    """What is wrong with a prompt file, one Chinese line each; empty when nothing is."""
    known = locked(folder)
    golden = goldens / f"{prompt.name}.v{prompt.version}.txt"
    checks = {
        "不在 LOCK 里：python -m prompts lock": prompt.ref in known,
        "与 LOCK 不符：已发布的版本不能改动": known.get(prompt.ref, prompt.sha256) == prompt.sha256,
        "没有样例 samples": bool(prompt.front.samples),
        "没有写明评测套件 suite": bool(prompt.front.suite),
        "bad 要有两条": len(prompt.front.bad) >= 2,
        "样例的渲染与 golden 不同：python -m prompts golden": golden.exists()
        and golden.read_text(encoding="utf-8") == rendering(prompt),
    }
    return [text for text, holds in checks.items() if not holds] + _reply_faults(prompt)


def _reply_faults(prompt: Prompt) -> list[str]:
    try:
        _strict(prompt, prompt.front.good)
    except (ValueError, BadReply, ImportError, AttributeError) as error:
        return [f"good 不能解析：{error}"]
    return [f"bad 第 {n} 条本身就合格" for n, bad in enumerate(prompt.front.bad, 1) if _passes(prompt, bad)]


def _passes(prompt: Prompt, reply: str) -> bool:
    """Whether a reply would be taken without any repair."""
    try:
        _strict(prompt, reply)
    except (ValueError, BadReply):
        return False
    return True


def _strict(prompt: Prompt, reply: str) -> None:
    output = prompt.front.output
    if "|" in output:
        if reply not in output.split("|"):
            raise BadReply(f"不是 {output} 之一")
    elif output == "str":
        parse(reply, str)
    else:
        shape = pkgutil.resolve_name(output)
        if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
            raise ValueError(f"{output} 不是 pydantic 类型")
        shape.model_validate_json(reply)
