"""Documents as people see them: pages of visible words with boxes, read in a limited process of their own.

Whatever a file does to its reader (a bomb, a loop, a crash), the caller gets a `ReadDocument` with a `problem`.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from knowledge.citation import Frozen
from knowledge.sandbox import Killed, Worker

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in fractions of the page, origin top left."""
FileKind = Literal["pdf", "image", "docx", "html", "markdown", "text", "ofd", "unknown"]
How = Literal[
    "no_ink", "tiny", "off_page", "invisible", "zero_width", "styled", "metadata", "annotation", "attachment", "script"
]
Problem = Literal[
    "too_large",
    "too_many_pages",
    "encrypted",
    "corrupt",
    "unsupported",
    "heic",
    "disguised",
    "timeout",
    "empty",
]
Fault = Literal["dark", "cut", "glare", "small", "faint", "blurred"]
"""What is wrong with a picture whose words cannot be read."""

PROBLEMS: dict[str, str] = {
    "too_large": "文件内容过大，无法安全打开。请压缩或分成几份后重新上传。",
    "too_many_pages": "页数太多。请只上传需要的页面。",
    "encrypted": "文件设有打开密码。请去掉密码后重新上传。",
    "corrupt": "文件已损坏或不完整，无法打开。请重新导出或重新拍照后上传。",
    "unsupported": "不支持这种文件。请上传 PDF、JPG、PNG、WebP 或 DOCX。",
    "heic": "暂不支持 HEIC 照片。请在手机上改存为 JPG 后上传。",
    "disguised": "文件内容与扩展名不符。请确认选对了文件后重新上传。",
    "timeout": "文件打开时间过长，已停止读取。请重新导出或改传照片。",
    "empty": "文件是空的。请重新选择文件上传。",
}
"""What to tell the person who uploaded the file, by problem code."""


@dataclass(frozen=True)
class Limits:
    """How much one document may cost. `memory_mb` is growth over the idle reader while a file is being taken apart."""

    bytes: int = 20 * 1024 * 1024
    pages: int = 50
    pixels: int = 40_000_000
    seconds: float = 20.0
    """Opening and taking apart, without character recognition."""
    page_seconds: float = 90.0
    """Recognition of one page."""
    memory_mb: int = 400
    marks: bool = True
    """Whether ink that is no words (signatures, seals) is looked for on pages with a text layer."""
    ofd: bool = False
    """Whether OFD is read where its library is installed. Its pages cannot be drawn, so clerks could not see them."""


class Line(Frozen):
    """One run of visible words: a line, or the piece of it that stands in one column."""

    text: str
    box: Box | None = None
    """None where the file has no pages of its own (text, HTML)."""
    conf: float = 1.0
    """1 for a text layer, else the recogniser's confidence."""
    flat: Box | None = None
    """Place on the levelled page, for telling rows and columns; None: the same as `box`."""
    edges: tuple[float, ...] = ()
    """x of the left edge of every character and the right edge of the last; empty: spread evenly over the box."""
    turns: int = 0
    """Quarter turns anticlockwise after which the line stands upright; 0: it does as it is."""
    cell: int = -1
    """Index into the page's `cells`, or -1."""
    row: int = -1
    """Table row it stands in, counted through a file without pages; -1: none, or told by `cell`."""
    column: int = -1
    """Place of its cell in that row."""
    level: int = 0
    """1 to 6: a heading of that level; 0: not marked as one."""
    aside: bool = False
    """A footnote, or what a web page shows around its text."""

    @property
    def place(self) -> Box:
        """Place on the levelled page; all zero without a box."""
        return self.flat or self.box or (0.0, 0.0, 0.0, 0.0)

    def part(self, start: int, end: int) -> Box | None:
        """Box of the characters `start` to `end`."""
        if self.box is None:
            return None
        x0, y0, x1, y1 = self.box
        if len(self.edges) == len(self.text) + 1:
            return (self.edges[start], y0, self.edges[end], y1)
        widths = [0.55 if c.isascii() else 1.0 for c in self.text]
        total = sum(widths) or 1.0
        left, right = sum(widths[:start]) / total, sum(widths[:end]) / total
        if self.turns in (2, 3):  # the words run to the left, or up
            left, right = 1 - right, 1 - left
        if self.turns % 2:
            return (x0, y0 + (y1 - y0) * left, x1, y0 + (y1 - y0) * right)
        return (x0 + (x1 - x0) * left, y0, x0 + (x1 - x0) * right, y1)


class HiddenText(Frozen):
    """Words that are in the file and not on the page."""

    how: How
    text: str
    box: Box | None = None
    where: str = ""
    """Name of the metadata field or attachment."""


class Mark(Frozen):
    """Ink that is no printed line: a signature, a seal, a drawing."""

    box: Box
    flat: Box
    red: bool = False


class ReadPage(Frozen):
    """One page. Pages count from 1; width and height in points, or pixels of a photo."""

    number: int
    width: float = 0.0
    height: float = 0.0
    lines: tuple[Line, ...] = ()
    hidden: tuple[HiddenText, ...] = ()
    cells: tuple[Box, ...] = ()
    """Ruled boxes of tables on the levelled page."""
    marks: tuple[Mark, ...] = ()
    legible: bool = True
    """False: there is something on the page and it cannot be read."""
    faults: tuple[Fault, ...] = ()
    """Why it cannot be read, gravest first; empty when no reason is seen. On a legible page: glare on a part of it."""
    blank: bool = False

    @property
    def text(self) -> str:
        """The visible words, one line each."""
        return "\n".join(line.text for line in self.lines)


class ReadDocument(Frozen):
    """What a document shows, or the problem that kept it from being read."""

    kind: FileKind = "unknown"
    filename: str = ""
    pages: tuple[ReadPage, ...] = ()
    unseen: tuple[HiddenText, ...] = ()
    """Words of the file that belong to no page: metadata, annotations, attachments, scripts."""
    problem: Problem | None = None
    detail: str = ""
    """What exactly is wrong and where, in Chinese, for those who look after documents."""
    notes: tuple[str, ...] = ()
    """What they should know although the file was read, in Chinese."""
    about: dict[str, str] = Field(default_factory=dict)
    """What the file says about itself: `title`, `issued`, `issuer`."""
    scanned: bool = False
    """Whether any words come from character recognition."""
    ms: int = Field(default=0, ge=0)

    @property
    def text(self) -> str:
        """The visible words of all pages."""
        return "\n".join(page.text for page in self.pages)


@lru_cache(maxsize=2)
def _worker(purpose: Literal["read", "draw"]) -> Worker:
    """One lasting child for reading and one for page images, so that a clerk's page never waits for recognition."""
    return Worker("knowledge.document_reader")


def read_document(
    path: Path, filename: str, limits: Limits | None = None, worker: Worker | None = None
) -> ReadDocument:
    """Reads a file; never raises because of what is in it. `filename` is the name the applicant gave it."""
    limits = limits or Limits()
    early = _early_problem(path, limits)
    if early:
        return ReadDocument(filename=filename, problem=early)
    request = {"do": "read", "path": str(path), "filename": filename, "limits": asdict(limits)}
    try:
        reply = (worker or _worker("read")).ask(request, limits.seconds, limits.page_seconds)
        return ReadDocument.model_validate(reply)
    except Killed as killed:
        return ReadDocument(filename=filename, problem=_why(killed))
    except ValidationError:
        return ReadDocument(filename=filename, problem="corrupt")


def render_page(
    path: Path, n: int, dpi: int = 110, limits: Limits | None = None, worker: Worker | None = None
) -> bytes | None:
    """PNG of page `n` (from 1); None when the file has no such page or cannot be drawn."""
    limits = limits or Limits()
    request = {"do": "draw", "path": str(path), "page": n, "dpi": dpi, "limits": asdict(limits)}
    try:
        reply = (worker or _worker("draw")).ask(request, limits.seconds, limits.seconds)
    except Killed:
        return None
    png = reply.get("png")
    return b64decode(png) if isinstance(png, str) else None


def reply_of(request: dict[str, Any], limits: Limits, worker: Worker | None = None) -> dict[str, Any]:
    """What the reading child says to any request; a `problem` when it had to be stopped."""
    try:
        return (worker or _worker("draw")).ask(request, limits.seconds, limits.seconds)
    except Killed as killed:
        return {"problem": _why(killed)}


def _early_problem(path: Path, limits: Limits) -> Problem | None:
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        return "corrupt"
    return "empty" if size == 0 else "too_large" if size > limits.bytes else None


def _why(killed: Killed) -> Problem:
    """The problem behind a killed child: out of time, out of memory (the PDF engine traps), or a crash."""
    return {"time": "timeout", "memory": "too_large"}.get(killed.cause, "corrupt")  # type: ignore[return-value]


def as_reply(document: ReadDocument) -> dict[str, Any]:
    """What the child sends back."""
    return document.model_dump(mode="json", exclude_defaults=True)
