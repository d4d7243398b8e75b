"""Answers that point elsewhere: 就用我自己的电话, 跟我住的地方一样, 按你说的来; and the speaker's own part of one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant import choices
from assistant.cues import Heard, clauses, relation
from assistant.parsed import Context, Outcome, read_as, turned_down
from assistant.wording import say
from knowledge.items import ItemField

OF_OPERATOR: Mapping[str, str] = {
    "contact_name": "operator_name",
    "contact_mobile": "operator_mobile",
    "premises_address": "operator_residence",
}
"""Field → the operator's field that “my own” means."""
_HOME = re.compile(
    r"(?:跟|和|与|同|就是?|还是|用)[^，。]{0,3}(?:我|俺|咱)?[^，。]{0,4}(?:住的?(?:地方|地址|处)?|住址|住所|家|身份证|户口)[^，。]{0,6}"
    r"(?:一样|一致|相同|同一个|一个地方|那个地址|上的?地址|上面的)|"
    r"^(?:就)?(?:在|是)?(?:我|俺|咱)(?:自己)?(?:们)?家(?:里)?$|同(?:上|住址|住所)|(?:身份证|户口本?)上(?:面)?(?:的)?(?:那个)?地址$"
)
_OWN_PART = re.compile(r"(?:我|俺|咱)(?:的|这|们?家|自己|本人|用的)")
_OTHERS = re.compile(r"[他她]|别人|人家|隔壁|对门")
_PAST = re.compile(r"^(?:我|俺|咱)?(?:以前|原来|之前|过去|曾经|原先|早先|本来|当年|年轻时)")
_NOW = re.compile(r"^(?:不过|但是?|可是?)?(?:我|俺|咱)?(?:现在|如今|目前|眼下|这会儿|后来|今年)")
ON_CARD = re.compile(
    r"(?:身份证|证件)(?:上面?|里)?(?:的|写的|那个)?(?:一样|一致|相同|为准|来|写(?!的)|填(?!的)|就行|$)|照(?:着)?(?:身份证|证件)|看(?:我)?身份证"
)
"""跟身份证上一样: it stands on the identity card."""
DEFER = re.compile(
    r"(?:按|照|听|依|随|由)(?:着)?(?:你|您|恁|系统)[^，。]{0,4}(?:来|办|定|写|填|吧|的|说|$)|(?:你|您)(?:看着|来|帮我)?(?:定|办|决定|拿主意|说了算)|"
    r"随便(?:吧|填|写|啦|了|你|您|都|$)|无所谓|(?:都|怎么)(?:行|可以|好|随便)$|默认",
    re.I,
)
"""按你说的来, 你定吧: the decision is left to us."""


def pointed(field: ItemField, heard: Heard, context: Context) -> Outcome:
    """The operator's own value where the answer says so (写我本人, 同上); a request for it where there is none yet."""
    source = OF_OPERATOR.get(field.id)
    if field.id == "premises_address":
        found = _home(heard)
    else:
        same = choices.same_as(heard) if source or field.id == "operator_mobile" else None
        found = (same.start, same.end) if same else None
    if found is None:
        return None
    value = context.values.get(source or "")
    if value:
        return read_as(heard, value, *found, source)
    return turned_down(heard, ("SAY_OWN", say("SAY_OWN", title=field.title)), *found)


def _home(heard: Heard) -> tuple[int, int] | None:
    for start, end in clauses(heard):
        if m := _HOME.search(heard.cues[start:end]):
            return start + m.start(), start + m.end()
    return None


def own_part(heard: Heard) -> str | None:
    """The message from where it is about the speaker now (我邻居的店是租的，我的是买的); None when all of it may be."""
    theirs = past = False
    for start, end in clauses(heard):
        clause = heard.cues[start:end]
        mine = _OWN_PART.match(clause)
        own = mine and theirs and not relation().match(clause, mine.end())
        if own or (past and _NOW.match(clause)):
            at = heard.span(start, end)[0]
            return "，" * at + heard.original[at:]
        past = past or bool(_PAST.match(clause))
        theirs = theirs or bool(relation().search(clause) or _OTHERS.search(clause))
    return None
