"""What a look at the library finds, one thing at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.citation import Passage

Level = Literal["error", "note"]
Documents = Mapping[str, Sequence[Passage]]
"""`title@version` → its passages with their days settled."""


@dataclass(frozen=True)
class Finding:
    """One thing found, in Chinese, for the operator."""

    level: Level
    kind: str
    """For programs: file, gaps, reading, clock, dates, duplicate, instruction, outdated, guide, basis, conflict or
    vectors."""
    file: str
    place: str
    what: str
    todo: str

    @property
    def line(self) -> str:
        """`错误 文件 第几条：什么不对。怎么办`."""
        where = " ".join(filter(None, [self.file, self.place]))
        return f"{'错误' if self.level == 'error' else '提示'}  {where}：{self.what}。→ {self.todo}"


def by_document(passages: Sequence[Passage]) -> dict[str, list[Passage]]:
    """Passages by `title@version`, in their order."""
    out: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        out[f"{passage.document}@{passage.version}"].append(passage)
    return dict(out)
