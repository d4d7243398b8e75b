"""Cuts an answer into claims: the pieces that say something about the rules and can be checked one by one.

Greetings, offers of help and talk about the conversation itself are claims of nothing and are left out. A claim that
leans on the sentence before it (它…, 前款…, 逾期不改的，…) is completed from that sentence by code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？；!?;\n]+[。！？；!?;]*[”’」』）)]*")
_ITEM = re.compile(
    r"^\s*(?:#{1,4}\s*)?(?:[-*•·●]|[(（]?[0-9０-９一二三四五六七八九十]{1,3}[)）.、．:：](?!\d)|[①-⑳]|第[一二三四五六七八九十][,，：:、])\s*"
)
_TALK = re.compile(
    r"^(?:您好|你好|早上好|上午好|下午好|晚上好|大家好|(?:好的?|是的|嗯|对|当然|没问题)(?=[，,。！!]|$)|谢谢|感谢|不客气|再见|请问|祝您?|很高兴|欢迎|收到|明白|了解了"
    r"|希望(?:对|能|以上|这|我)|对不起|抱歉|不好意思|稍等|以上(?:就?是|为|内容|信息|回答)|仅供参考|如果?(?:您|你)?(?:还)?(?:不清楚|不明白|没明白)"
    r"|请(?:您|你)?(?:稍等|稍候|继续|放心|点击|告诉我?|补充(?:一下|说明)|确认一下|核对|上传|选择|回答|随时|看|再?说一遍|换个说法|描述)"
    r"|(?:如有|如果?(?:您|你)?(?:还)?有|(?:您|你)?还?有)(?:其他|任何|更多|什么|别的|不清楚的)?的?(?:疑问|问题|需要|不明白)"
    r"|下面(?:是|为|我|来|请|给您?)|以下(?:是|为|内容|回答)|接下来|综上(?:所述)?[，,]?$|总之[，,]?$|另外$|首先$|其次$|最后$"
    r"|(?:您|你)(?:还)?(?:想|要|需要)(?:了解|咨询|问|办理?)(?:什么|哪)|让我"
    r"|我(?:这?边|们)?(?:来|可以|会|将|帮|给|替|已经?|现在|先|再|想|查|刚|为|看|理解|明白|觉得|建议您?先?看|是)(?!国))"
)
_LEAD_IN = re.compile(r"^[^，,。]{0,30}(?:如下|包括|以下几[点项种]|规定)[:：]?$")
_CLAUSE = re.compile(r"(?<=[，,])(?=(?:但是?|不过|而且|并且|同时|此外|另外|否则|也|还|其中)[^，,]{4,})")
_LONG = 60
"""A longer sentence is also cut where a second statement plainly begins."""
_LIST_LEAD = re.compile(r"[:：]\s*$")
_OPENER = re.compile(r"^(?:另外|此外|同时|而且|并且|但是?|不过|不然|其次|最后|首先|还有|也就是说|因此|所以)[，,]?")
_PRONOUN = re.compile(
    r"^(?P<said>它们?|他们?|她们?|其(?![他它中实余])|该(?P<noun>[一-龥]{1,6}?)?(?=应|可|须|必|不|要|在|自|由|的|，)"
    r"|这(?:个|些|种|类|样|项|份|一)?(?P<kind>[一-龥]{0,4}?)(?=应|可|须|必|不|要|在|自|由|的|，|需|是)"
    r"|前款|上述|前述|前者|此(?:类|项|种)?(?![外时后前]))"
)
_ELLIPTIC = re.compile(
    r"^(?:逾期|拒不|情节(?:严重|较重|轻微)|符合(?:条件|要求)|不符合|未(?:按|经|在)|期限|最长|最晚|最多|至少|到期|期满|届满|否则"
    r"|应当|必须|可以|不得|需要|无需|不用|要|处|并处|由)"
)
_TOPIC = re.compile(r"^(?P<topic>[^，,。；：:]{2,24}?)(?=应当|必须|可以|不得|需要?|无需|要|是|由|自|在|的期限|为|，|,)")
_SOURCE = re.compile(r"^(?:根据|按照|依据|依照|按)[^，,]{1,40}[，,]")
_TAIL = re.compile(r"(?:的?(?:有效期|期限|时间|费用|标准)|的)$")
_OWN = re.compile(r"^(?:逾期|拒不|情节|否则|如果|当)")


@dataclass(frozen=True)
class Claim:
    """One statement as it stands in the answer, and as it reads alone: with its subject and its list's lead."""

    text: str
    alone: str


def split_claims(text: str) -> list[str]:
    """The claims of an answer in its order, without item numbers; none for greetings and procedure talk."""
    return [c.text for c in claims(text)]


def claims(text: str) -> list[Claim]:
    """The claims of an answer, each with the reading that can be checked by itself."""
    out: list[Claim] = []
    topic, lead = "", ""
    for found in _SENTENCE.finditer(text.replace("**", "")):
        raw = found.group().strip()
        item = bool(_ITEM.match(raw))
        lead = lead if item else ""
        for piece in _clauses(_ITEM.sub("", raw).strip()):
            said = piece.strip(" ，,")
            opens_list = bool(_LIST_LEAD.search(said))
            if not is_claim(said):
                lead = said if opens_list and _names_rule(said) else lead
                continue
            alone = (lead.rstrip("：: ") + "：" + said) if item and lead else resolve(said, topic)
            out.append(Claim(said, alone))
            lead = said if opens_list else lead
            topic = topic_of(said) or topic if alone == said else topic
    return out


def resolve(sentence: str, topic: str) -> str:
    """The sentence with what it leans on put in: a pronoun replaced by the topic, a missing subject put before it."""
    if not topic or topic in sentence:
        return sentence
    plain = _OPENER.sub("", sentence)
    pronoun = _PRONOUN.match(plain)
    if pronoun:
        noun = pronoun.groupdict().get("noun") or pronoun.groupdict().get("kind") or ""
        # 该证照: the noun stays unless the topic already ends in it.
        keep = noun if noun and not set(noun) & set(topic) else ""
        between = "的" if pronoun["said"].startswith(("其", "前款", "上述", "前述")) else ""
        return topic + between + keep + plain[pronoun.end() :]
    if _ELLIPTIC.match(plain):
        return topic + ("，" if _OWN.match(plain) else "") + plain
    return sentence


def topic_of(sentence: str) -> str:
    """What a sentence is about: the words before its first 应当, 可以, 是 …; empty when it names nothing."""
    found = _TOPIC.match(_SOURCE.sub("", _OPENER.sub("", sentence)))
    topic = _TAIL.sub("", found["topic"].strip()) if found else ""
    return "" if _ELLIPTIC.match(topic) or _PRONOUN.match(topic) else topic


def is_claim(sentence: str) -> bool:
    """Whether a sentence states something that could be true or false of the rules."""
    words = re.sub(r"[\W_]+", "", sentence)
    if len(words) < 4 or sentence.rstrip("”’」』）) ").endswith(("？", "?")):
        return False
    return not _TALK.match(sentence.lstrip("“‘「『 ")) and not _LEAD_IN.match(sentence)


def _names_rule(lead: str) -> bool:
    """A list's lead that belongs to each item (下列人员不得…：), not talk about the answer (规定如下：)."""
    return bool(re.search(r"应当|可以|不得|必须|需要?|要(?!求)|禁止|材料|条件|情形", lead)) and not _TALK.match(lead)


def _clauses(sentence: str) -> list[str]:
    """A long sentence at 但, 而且, 否则 …; a short one whole, so that its condition stays with it."""
    return _CLAUSE.split(sentence) if len(sentence) > _LONG else [sentence]
