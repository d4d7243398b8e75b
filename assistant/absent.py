"""Questions about what a named document says that the library does not hold, or about a topic whose law it does not.

A plain no beats the words of a neighbouring document under a similar name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from knowledge.sources import title_key

_TOPICS = Path(__file__).with_name("absent_topics.yaml")
_KIND = r"(?:法|条例|办法|规定|细则|规则|通知|意见|指引|目录|公告|决定)"
_MARKED = re.compile(r"《([^《》]{2,40})》")
_PLAIN = re.compile(
    r"([\u4e00-\u9fff]{2,30}(?:管理|暂行|实施|共享|登记|促进|监督|保护)[\u4e00-\u9fff]{0,8}?(?:条例|办法|规定|细则))"
)
_LEAD = re.compile(
    r"^.*?(?:根据|按照?|依照|依据|请问|想问一?下?|问下|关于|那个|这个|新出?的|国家的?|咱们?的?|你们的?|我们?的?)"
)
_ASKED = re.compile(
    r"^》?(?:的|里面?|中|上|当中)*(?:对[^，。？?]{1,12}?)?"
    r"(?:第[零〇一二三四五六七八九十百千\d]+条|怎么|咋|如何|是(?:什么|怎么|如何)|(?:说|讲|写|规定|要求|提)[到了过]?"
    r"|有(?:什么|哪些|没有)|什么时候|何时|几号|哪天|哪年|生效|施行|实施)"
)
"""What follows a title when its own content is asked for, and not merely leaned on (按老办法是不是要十五天)."""


def absent_topic(question: str, titles: Iterable[str]) -> str:
    """The law that a topic named in the question belongs to, when no document held has its title; else empty."""
    named = [law for law, words in _topics() if any(w in question for w in words)]
    held = {title_key(t) for t in titles} if named else set()
    return next((law for law in named if not any(law in title for title in held)), "")


@cache
def _topics() -> tuple[tuple[str, tuple[str, ...]], ...]:
    raw = yaml.safe_load(_TOPICS.read_text(encoding="utf-8"))
    return tuple((str(law), tuple(map(str, words))) for law, words in raw.items())


def absent_title(question: str, titles: Iterable[str]) -> str:
    """The document whose content is asked for and which none of `titles` is; empty when there is none such."""
    held = {title_key(t) for t in titles}
    for match in [*_MARKED.finditer(question), *_PLAIN.finditer(question)]:
        named = title_key(_LEAD.sub("", match[1]) or match[1])
        if len(named) > 3 and _ASKED.match(question[match.end() :]) and not _held(named, held):
            return named
    return ""


def _held(named: str, held: set[str]) -> bool:
    """A title also goes by its end (登记管理条例) or inside what was said around it."""
    return any(title.endswith(named) or (len(title) > 3 and named.endswith(title)) for title in held) or any(
        _core(title) == _core(named) for title in held
    )


def _core(title: str) -> str:
    return re.sub(rf"中华人民共和国|国务院|关于|{_KIND}$", "", title)
