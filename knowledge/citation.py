"""Passages of policy documents and the exact words cited from them."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal["supported", "contradicted", "not_found"]

_IGNORED = re.compile(r"[\s\u3000]+")


class Frozen(BaseModel):
    """A value: equal by content, never changed in place, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Passage(Frozen):
    """A numbered piece of a policy document, in force between two dates."""

    id: str
    """`title@version#article`, e.g. `市场主体登记管理条例@2021-07-27#第十九条`."""
    document: str
    """Title without its version."""
    version: str
    """Date the version was issued, `YYYY-MM-DD`, or the guide's own version."""
    article: str
    """`第十九条`, or the heading of a unit in a guide without articles."""
    heading: tuple[str, ...] = ()
    """编 章 节 above the article, outermost first."""
    text: str
    """The words that may be quoted, paragraphs separated by newlines, without the article number."""
    in_force_from: date | None = None
    in_force_to: date | None = None
    """First day on which it is no longer in force."""
    superseded_by: str | None = None
    """Title and version of the document that replaced it."""
    rank: str = ""
    """法律 · 行政法规 · 部门规章 · 地方性法规 · 地方政府规章 · 规范性文件 · 指南."""
    region: str = ""
    """GB/T 2260 prefix (`44` 广东, `4403` 深圳) or empty for the whole country."""
    caveat: str = ""
    """What people must know of this text, in Chinese: that it was amended since and the new text is not held."""

    def in_force(self, on: date) -> bool:
        """Whether the passage is law on that day."""
        return not (self.in_force_from and on < self.in_force_from) and not (
            self.in_force_to and on >= self.in_force_to
        )


class Citation(Frozen):
    """Exact words of one passage."""

    passage: str
    document: str
    article: str
    quote: str
    in_force_from: date | None = None
    in_force_to: date | None = None

    @classmethod
    def of(cls, passage: Passage, quote: str) -> Citation:
        """Cites `quote`; raises ValueError unless it stands word for word in the passage."""
        span = locate(quote, passage.text)
        if span is None:
            raise ValueError(f"wanted words of {passage.id}, got {quote[:40]!r}, which do not stand there")
        return cls(
            passage=passage.id,
            document=passage.document,
            article=passage.article,
            quote=passage.text[span[0] : span[1]],
            in_force_from=passage.in_force_from,
            in_force_to=passage.in_force_to,
        )


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Span of `quote` in `text`, white space aside; None when it does not stand there or is empty."""
    wanted = _IGNORED.sub("", quote)
    places = [i for i, c in enumerate(text) if not _IGNORED.fullmatch(c)]
    start = "".join(text[i] for i in places).find(wanted) if wanted else -1
    return (places[start], places[start + len(wanted) - 1] + 1) if start >= 0 else None
