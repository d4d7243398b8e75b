"""The words of a web page, read as a stream so that a page of any size costs little memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from knowledge.documents import HiddenText, Line

Mode = Literal["shown", "aside", "hidden", "dropped"]

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_DROPPED = frozenset("script style noscript template iframe svg select textarea object math head".split())
_ASIDE = frozenset("nav footer aside button".split())
_BLOCKS = frozenset(
    "address article blockquote body caption center dd div dl dt fieldset figure footer form header html main nav ol p "
    "pre section table tbody tfoot thead title tr ul li td th h1 h2 h3 h4 h5 h6".split()
)
_CLOSED_BY: dict[str, frozenset[str]] = {
    "p": frozenset("p div ul ol table h1 h2 h3 h4 h5 h6 li tr td th section article".split()),
    "li": frozenset({"li"}),
    "td": frozenset({"td", "th", "tr"}),
    "th": frozenset({"td", "th", "tr"}),
    "tr": frozenset({"tr"}),
}
"""Elements that a start tag of the set ends, as browsers do."""
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(\.0\d*)?\s*(;|$)|"
    r"(?<!-)color\s*:\s*(#fff(fff)?\b|white\b)",
    re.I,
)
_AROUND = re.compile(
    r"^(?:您?的?(?:当前|现在)?(?:所在)?的?位置\s*[：:]|首页\s*>|【?(?:打印|关闭)(?:本页|窗口|页面)?】?$|分享到|扫一扫|版权所有|网站标识码|.{0,12}ICP备|"
    r"京公网安备|上一篇|下一篇|责任编辑|浏览次数|【?字[体号][：:]?\s*[\[【（(]?\s*[大中小]|主办单位[：:]|承办单位[：:])"
)
"""What sites of offices print around a text."""
_ABOUT = {"articletitle": "title", "pubdate": "issued", "contentsource": "issuer"}
"""Meta names that the standard for government websites prescribes."""
_DEEPEST = 400


@dataclass
class _Open:
    """An element that is not closed yet."""

    tag: str
    mode: Mode


@dataclass
class _Cell:
    """Lines of one table cell."""

    lines: list[Line] = field(default_factory=list)


class HtmlWords(HTMLParser):
    """Feed it the page, `close` it, then take `lines`, `hidden` and `about`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.hidden: list[HiddenText] = []
        self.about: dict[str, str] = {}
        self._open: list[_Open] = []
        self._rows: list[list[_Cell]] = []
        self._sinks: list[list[Line]] = [[]]
        self._words: list[str] = []
        self._unseen: list[str] = []
        self._row = 0
        self._title: list[str] = []

    @property
    def lines(self) -> list[Line]:
        """Lines in the order of the page; words of one table row share its number."""
        return self._sinks[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and (key := _ABOUT.get(given.get("name", "").lower())):
            self.about.setdefault(key, given.get("content", "").strip()[:200])
        if tag in _VOID:
            if tag in ("br", "hr"):
                self._flush()
            return
        if len(self._open) < _DEEPEST:
            self._end_implied(tag)
            if tag in _BLOCKS:
                self._flush()
            self._open.append(_Open(tag, self._mode_of(tag, given)))
            self._enter(tag)

    def _mode_of(self, tag: str, given: dict[str, str]) -> Mode:
        outer = self._mode()
        if outer == "dropped" or tag in _DROPPED:
            return "dropped"
        if outer == "hidden" or "hidden" in given or _HIDING.search(given.get("style", "")):
            return "hidden"
        return "aside" if outer == "aside" or tag in _ASIDE else "shown"

    def _mode(self) -> Mode:
        return self._open[-1].mode if self._open else "shown"

    def _end_implied(self, tag: str) -> None:
        """Ends what this start tag ends without a word: an unclosed paragraph, list item, cell or row."""
        while self._open and tag in _CLOSED_BY.get(self._open[-1].tag, ()):
            self._leave()

    def _enter(self, tag: str) -> None:
        if tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th") and self._rows:
            cell = _Cell()
            self._rows[-1].append(cell)
            self._sinks.append(cell.lines)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or not any(o.tag == tag for o in self._open):
            return
        while self._open[-1].tag != tag:
            self._leave()
        self._leave()

    def _leave(self) -> None:
        """Closes the innermost element."""
        if self._open[-1].tag in _BLOCKS:
            self._flush()
        elif self._open[-1].mode == "hidden":
            self._flush_hidden()
        closed = self._open.pop()
        if closed.tag in ("td", "th") and len(self._sinks) > 1:
            self._sinks.pop()
        elif closed.tag == "tr" and self._rows:
            self._end_row(self._rows.pop())

    def _end_row(self, cells: list[_Cell]) -> None:
        """Puts a row's words into what surrounds it; a table that only lays out the page gives plain lines."""
        filled = [cell for cell in cells if cell.lines]
        layout = len(filled) < 2 or any(len(c.lines) > 8 or any(li.row >= 0 for li in c.lines) for c in filled)
        for column, cell in enumerate(cells):
            at = {} if layout else {"row": self._row, "column": column}
            self._sinks[-1] += [line.model_copy(update=at) for line in cell.lines]
        self._row += 0 if layout else 1

    def handle_data(self, data: str) -> None:
        mode = self._mode()
        if mode == "hidden":
            self._unseen.append(data)
        elif mode != "dropped":
            self._words.append(data)
        elif self._open[-1].tag == "title":
            self._title.append(data)

    def _flush(self) -> None:
        self._flush_hidden()
        if not self._words:
            return
        words = " ".join("".join(self._words).split())
        self._words.clear()
        if words:
            level = next((int(o.tag[1]) for o in reversed(self._open) if re.fullmatch(r"h[1-6]", o.tag)), 0)
            aside = self._mode() == "aside" or bool(_AROUND.match(words))
            self._sinks[-1].append(Line(text=words, level=level, aside=aside))

    def _flush_hidden(self) -> None:
        words = " ".join("".join(self._unseen).split())
        self._unseen.clear()
        if words:
            self.hidden.append(HiddenText(how="styled", text=words[:2000]))

    def close(self) -> None:
        """Ends the page and everything still open on it."""
        super().close()
        while self._open:
            self._leave()
        self._flush()
        title = " ".join("".join(self._title).split())
        if title:
            self.about.setdefault("title", title[:200])
