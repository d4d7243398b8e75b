"""What the applicant page shows, as HTML fragments in which every word from people or documents is escaped.

Fragments are single lines without blank ones: the page's Markdown component then passes them on as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from html import escape
from typing import Any

from assistant.filing import (
    Answer,
    CheckerVote,
    EarlierEvidence,
    Filing,
    Issue,
    Material,
    Reply,
    SeenEvidence,
    Sentence,
    ShownArticle,
    Turn,
)
from knowledge.citation import Citation
from knowledge.items import Item, ItemField

SOURCES = {
    "said": "您说的",
    "form": "您填的",
    "material": "从材料读到",
    "derived": "由其他信息得出",
    "reused": "上次申报用过",
}
STATUSES = {
    "draft": "填写中",
    "submitted": "已提交，等待审核",
    "returned": "需要补正",
    "accepted": "准予登记",
    "refused": "不予登记",
    "withdrawn": "已撤回",
}
READING = {"reading": "正在读取…", "read": "已读取", "unreadable": "看不清", "rejected": "不能使用"}
AI_LABEL = '<span class="ai">人工智能生成</span>'


def h(text: object) -> str:
    """Escaped text on one line; line breaks become `<br>`."""
    return "<br>".join(escape(line) for line in str(text).splitlines())


def shown(field: ItemField, value: Any, *, masked: bool = False) -> str:
    """A value in words for people; sensitive ones keep the first and last characters only when `masked`."""
    if value in (None, "", []):
        return ""
    if field.type == "yes_no":
        return "是" if value else "否"
    if field.type == "people":
        return "、".join(
            f"{p.get('name', '')} {mask(str(p.get('id_number', ''))) if masked else p.get('id_number', '')}"
            for p in value
        )
    if isinstance(value, list):
        return "；".join(map(str, value))
    if field.type == "choice":
        return field.choices.get(str(value), str(value))
    words = f"{value:g}" if isinstance(value, float) else str(value)
    if masked and field.sensitive and field.type == "date":
        return f"{words[:4]}-**-**"
    return mask(words) if masked and field.sensitive else words


def mask(number: str) -> str:
    """`440305********0129`: enough to recognise one's own number, not enough to use it."""
    return number if len(number) < 8 else f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}"


def issues_html(issues: Iterable[Issue]) -> str:
    """What is wrong or good to know, one line each."""
    return "".join(f'<p class="issue {i.severity}">{h(i.message)}</p>' for i in issues)


def citations_html(citations: Sequence[Citation]) -> str:
    """Each cited article with its exact words, folded."""
    rows = [
        f"<details><summary>《{h(c.document)}》{h(c.article)}</summary><blockquote>{h(c.quote)}</blockquote>"
        f'<p class="soft">{in_force(c)}</p></details>'
        for c in citations
    ]
    return f'<div class="cites"><p class="soft">依据（点开看原文）</p>{"".join(rows)}</div>' if rows else ""


def why_html(reply: Reply) -> str:
    """Folded: what the answer rests on. Replies kept from before articles were kept show their citations."""
    if not reply.articles:
        return citations_html(reply.citations)
    said = "".join(f"<li>{sentence_html(s)}</li>" for s in reply.sentences)
    left_out = "".join(f"<li>{h(r.text)}<br>{h(r.why)}</li>" for r in reply.removed)
    gone = f'<p class="soft">核对没有通过、没有采用的句子：</p><ul class="soft">{left_out}</ul>' if left_out else ""
    articles = "".join(article_html(a) for a in reply.articles)
    return (
        f'<div class="cites"><p class="soft">依据（点开看原文，回答用到的词句已标出）</p>{articles}'
        f"<details><summary>为什么这么说</summary><ul>{said}</ul>{gone}{makers_html(reply)}</details></div>"
    )


def sentence_html(sentence: Sentence) -> str:
    """A sentence and who checked it."""
    votes = "；".join(vote_words(v) for v in sentence.checkers)
    return f'{h(sentence.text)}<br><span class="soft">{h(votes or "没有核对")}</span>'


def vote_words(vote: CheckerVote) -> str:
    """One checker's opinion in words; `family` tells whose weights it is."""
    name = CHECKERS.get(vote.name, vote.name) + (f"（{vote.family}）" if vote.family not in ("", "rules") else "")
    return f"{name}：{VERDICTS[vote.verdict]}" + (f"，{vote.why}" if vote.why else "")


def article_html(article: ShownArticle) -> str:
    """A whole article, folded, with the words used marked."""
    pieces, at = [], 0
    text = re.sub(r"(?m)^[-*] ", "· ", article.text)  # a guide's list mark, at its length: the places stay right
    for start, end in sorted(article.marks):
        pieces += [h(text[at:start]), f"<mark>{h(text[start:end])}</mark>"] if start >= at else []
        at = max(at, end)
    since = f"{article.in_force_from}起施行" if article.in_force_from else ""
    until = f"，至{article.in_force_to}止" if article.in_force_to else ""
    return (
        f"<details><summary>《{h(article.document)}》{h(article.article)}</summary>"
        f'<blockquote>{"".join(pieces)}{h(text[at:])}</blockquote><p class="soft">{since}{until}</p></details>'
    )


def makers_html(reply: Reply) -> str:
    """Which models had a part in it."""
    made = dict.fromkeys(f"{m.model}（{m.prompt}）" for m in reply.made_by)
    words = "、".join(made) if made else "没有使用模型：词句由程序从条文里选出，一字不改"
    return f'<p class="soft">{h(words)}</p>'


CHECKERS = {"facts": "数字和用词核对", "judge": "模型核对", "verifier": "核对模型", "quote": "原文核对"}
VERDICTS: dict[str | None, str] = {
    "supported": "条文支持",
    "contradicted": "与条文不符",
    "not_found": "条文里没有",
    None: "没有核对成",
}


def in_force(citation: Citation) -> str:
    """The days between which the words are law."""
    since = f"{citation.in_force_from}起施行" if citation.in_force_from else ""
    until = f"，至{citation.in_force_to}止" if citation.in_force_to else ""
    return since + until


def turn_html(turn: Turn) -> str:
    """One line of the conversation."""
    if turn.role == "user":
        return f'<div class="me"><span class="who">您</span><p>{h(turn.text)}</p></div>'
    cites = why_html(turn.reply) if turn.reply else ""
    label = AI_LABEL if turn.reply and (turn.reply.made_by or turn.reply.citations) else ""
    return f'<div class="office"><span class="who">小办 {label}</span><p>{h(turn.text)}</p>{cites}</div>'


GREETING = (
    "您好，我是办事助手小办。用平常说话的方式告诉我您想做什么就行，比如“我想在科技园租个铺面开奶茶店，投五万块”。"
    "我会一边听一边把申请表填好，填得对不对由您来定。政策上有不明白的，随时问。"
)


def log_html(filing: Filing | None) -> str:
    """The whole conversation, oldest first."""
    greeting = f'<div class="office"><span class="who">小办</span><p>{h(GREETING)}</p></div>'
    return f'<div class="log">{greeting}{"".join(turn_html(t) for t in (filing.turns if filing else []))}</div>'


def last_reply(filing: Filing | None) -> Reply | None:
    """What the assistant said last."""
    return next((t.reply for t in reversed(filing.turns) if t.reply), None) if filing else None


def progress_html(filing: Filing | None, item: Item | None) -> str:
    """How far the form is filled."""
    if filing is None or item is None:
        return '<div class="progress"><p>还没有开始。说出您想办的事，表格会出现在这里。</p></div>'
    if filing.status not in ("draft", "returned"):
        return f'<div class="progress"><p><b>{h(item.title)}</b> · {STATUSES[filing.status]}</p></div>'
    asked = [f.id for f in item.asked(filing.values())]
    missing = item.missing(filing.values(), filing.skipped)
    done, total = len(asked) - len(missing), max(len(asked), 1)
    waiting = sum(not a.confirmed for a in filing.answers.values())
    note = f"，{waiting} 项待您确认" if waiting else ""
    return (
        f'<div class="progress"><p><b>{h(item.title)}</b> · {STATUSES[filing.status]}</p>'
        f'<progress max="{total}" value="{done}">{done}/{total}</progress>'
        f"<p>已填 {done} 项，共 {total} 项{note}</p></div>"
    )


def origin(answer: Answer, *, masked: bool = False) -> str:
    """Where a value came from, in a few words; those of a sensitive value `masked`."""
    words, e = SOURCES[answer.source], answer.evidence
    if isinstance(e, EarlierEvidence):
        return f"您 {e.on} 填过，请看还对不对"
    if isinstance(e, SeenEvidence):
        return f"{words}（第 {e.page} 页“{mask(e.quote) if masked else e.quote}”）"
    quote = mask(e.quote) if e and masked else e.quote if e else ""
    return f"{words}：“{quote}”" if quote and len(quote) <= 30 else words


def page_url(filing: Filing, material: Material, n: int) -> str:
    """Address of a page picture, served to its owner only."""
    return f"/api/v1/filings/{escape(filing.id)}/materials/{escape(material.id)}/pages/{n}.png"


def handed_in(filing: Filing) -> set[str]:
    """Kinds of the documents that are there and can be used."""
    return {m.kind for m in filing.materials if m.status in ("read", "reading")}


def mine_html(filings: Sequence[Filing], titles: dict[str, str], zone: tzinfo | None = None) -> str:
    """The applicant's filings, latest first."""
    rows = "".join(
        f'<li><a href="/apply/?filing={escape(f.id)}">{h(titles.get(f.item, f.item))}</a> · {STATUSES[f.status]}'
        f'<br><span class="soft">{f.updated_at.astimezone(zone):%Y-%m-%d %H:%M}'
        f"{' · 回执 ' + h(f.receipt) if f.receipt else ''}</span></li>"
        for f in filings
    )
    return f'<div class="mine"><h3>我的申报</h3><ul>{rows or "<li>还没有申报</li>"}</ul></div>'
