"""Cuts an answer into claims: the pieces that say something about the rules and can be checked one by one.

Greetings, offers of help and talk about the conversation itself are claims of nothing and are left out.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]*[”’」』）)]*")
_ITEM = re.compile(r"^\s*(?:[-*•·●]|[(（]?[0-9０-９一二三四五六七八九十]{1,3}[)）.、．:：])\s*")
_TALK = re.compile(
    r"^(?:您好|你好|早上好|下午好|大家好|好的|好|是的|嗯|谢谢|感谢|不客气|再见|请问|祝您|希望(?:对|能|以上)|很高兴"
    r"|对不起|抱歉|不好意思|请(?:稍等|继续|放心|您?点击|您?告诉|您?补充|您?确认|您?核对|您?上传|您?选择|您?回答|随时|看)"
    r"|(?:如有|如果您?(?:还)?有|有)(?:其他|任何|更多|什么|别的)?(?:疑问|问题|需要)|下面|以下(?:是|为|内容|回答)|接下来|综上|总之|另外$|首先$|其次$"
    r"|我(?:来|可以|会|们|将|帮|已|现在|先|想)(?!国))"
)
_LEAD_IN = re.compile(r"^[^，,。]{0,30}(?:如下|包括|以下几[点项种]|规定)[:：]?$")
_CLAUSE = re.compile(r"(?<=[，,])(?=(?:但是?|不过|而且|并且|同时|此外|另外|否则|也|还|其中)[^，,]{4,})")
_LONG = 60
"""A longer sentence is also cut where a second statement plainly begins."""


def split_claims(text: str) -> list[str]:
    """The claims of an answer in its order, without item numbers; none for greetings and procedure talk."""
    out: list[str] = []
    for found in _SENTENCE.finditer(text):
        sentence = _ITEM.sub("", found.group().strip()).strip()
        out += [c for piece in _clauses(sentence) if (c := piece.strip(" ，,")) and is_claim(c)]
    return out


def is_claim(sentence: str) -> bool:
    """Whether a sentence states something that could be true or false of the rules."""
    words = re.sub(r"[\W_]+", "", sentence)
    if len(words) < 4 or sentence.rstrip("”’」』）) ").endswith(("？", "?")):
        return False
    return not _TALK.match(sentence.lstrip("“‘「『 ")) and not _LEAD_IN.match(sentence)


def _clauses(sentence: str) -> list[str]:
    """A long sentence at 但, 而且, 否则 …; a short one whole, so that its condition stays with it."""
    return _CLAUSE.split(sentence) if len(sentence) > _LONG else [sentence]
