"""Names in a story: 我叫…, 我姓赵叫…, my name is …, 联络员写我妹妹…; the end of a name where speech has no marks."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant import names
from assistant.cues import Heard, Span, clauses, relation, strip, words
from assistant.whose import owner

_CONTACT = re.compile(r"联络员|联系人")
_SHOP = re.compile(r"店|铺|字号|招牌|馆|工作室")
_NAMED = re.compile(
    r"(?:^|(?<=[，。 呀啊呢了]))"
    r"(?:(?:我|俺|咱|本人|鄙人|经营者|在下)(?:的)?(?:真名|大名|姓名|名字|名)?(?:叫做?|是|系|名叫)"
    r"|(?:(?:我|俺|咱|本人|免贵)?姓[\u3400-\u9fff]{1,2}[，, ]*(?:名字?|我)?(?:叫做?|是))"
    r"|(?:真名|大名|全名|本名|姓名|名叫)(?:叫做?|是|系)?|(?:my name is|i ?a?'?m|this is)\s)\s*"
    r"(?P<name>[\u3400-\u9fff]{2,7}(?:·[\u3400-\u9fff]+)*)",
    re.I,
)
_END = re.compile(
    r"$|[，。,.\s、；;（(0-9A-Za-z]|吧|啊|呀|呢|咯|嘞|哈|哩|撒|噻|哦|喔|想|要|打算|准备|今年|现在|在|家|这|那|是|男|女|住|的|"
    r"电话|手机|身份证|号码|小学|初中|高中|中专|大专|本科|大学|群众|党员|团员|一个人|个人|跟|和|来自|做|卖|开|办|[一二三四五六七八九]十"
)
"""What may follow a name."""


def operators(heard: Heard) -> Iterable[tuple[str, Span]]:
    """(name, place) of each name the speaker gives as their own."""
    for start, end in clauses(heard):
        if _CONTACT.search(heard.cues, start, end):
            continue
        for m in _NAMED.finditer(heard.standard[start:end]):
            at = start + m.start("name")
            name = cut(heard.text[at : start + m.end("name")], heard.text[start + m.end("name") : end])
            labelled = bool(re.search("叫|名", m.group()[: m.start("name") - m.start()]))
            shop = _SHOP.search(heard.text, start, at)
            if not shop and names.is_person(name, labelled=labelled) and owner(heard, at) == "operator":
                yield name, (at, at + len(name))


def contact(heard: Heard) -> tuple[str, Span] | None:
    """联络员我想写我妹妹易乐之."""
    pattern = re.compile(
        rf"(?:{relation().pattern}|写|填|是|叫|用|找|请|选|让)+(?:叫|是)?(?P<name>[\u3400-\u9fff]{{2,4}})$", re.I
    )
    for start, end in clauses(heard):
        label = _CONTACT.search(heard.cues, start, end)
        m = pattern.search(heard.text, *strip(heard, label.end(), end, 2)) if label else None
        if m and names.is_person(m["name"], labelled=False):
            return m["name"], m.span("name")
    return None


def cut(run: str, after: str = "") -> str:
    """A name without what runs on behind it (马晓东|回族, 李小明|想开): the longest that is followed by an end."""
    if "·" in run:
        return run
    whole = run + after
    compound = run[:2] in words()["compound_surnames"]
    for size in range(min(len(run), 4 if compound else 3), 1, -1):
        if _ends(whole, size):
            return run[:size]
    return run if len(run) <= 4 and _ends(whole, len(run)) else ""


def _ends(whole: str, at: int) -> bool:
    groups = tuple(f"{g}族" for g in words()["ethnic_groups"])
    return bool(_END.match(whole, at)) or whole.startswith(groups, at)
