"""核对: every answer with where it came from, what is wrong with it, and its place to be changed; then the promises.

Fragments are single lines of escaped words; `check.js` makes the buttons work.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from typing import Any

from assistant.filing import Answer, EarlierEvidence, Filing, SaidEvidence, SeenEvidence
from assistant.following import Opened, locked
from assistant.page_view import SOURCES, h, handed_in, issues_html, mask, page_url, shown
from assistant.signing import promises, signers, unsigned
from knowledge.items import Item, ItemField, NeededMaterial

AROUND = 14
"""Characters of a message shown on each side of the words a value was taken from."""

_NUMBER = re.compile(r"\d{7,}[\dXx]?")


def hidden(words: str, *, whole: bool = False) -> str:
    """Words with every long number masked; all of them when they are one sensitive value."""
    return mask(words) if whole else _NUMBER.sub(lambda m: mask(m.group()), words)


def said_html(filing: Filing, field: ItemField, evidence: SaidEvidence) -> str:
    """The applicant's words with a little of what stood around them; sensitive ones alone and masked."""
    text = filing.turns[evidence.turn].text if evidence.turn < len(filing.turns) else ""
    if field.sensitive or text[evidence.start : evidence.end] != evidence.quote:
        return f"您说的：“{h(hidden(evidence.quote, whole=field.sensitive))}”"
    start, end = max(0, evidence.start - AROUND), min(len(text), evidence.end + AROUND)
    before, after = hidden(text[: evidence.start])[start - evidence.start :], hidden(text[evidence.end :])
    before = before if start < evidence.start else ""
    words = f"{h(before)}<b>{h(hidden(evidence.quote))}</b>{h(after[: end - evidence.end])}"
    return f"您说的：“{'…' if start else ''}{words}{'…' if end < len(text) else ''}”"


def seen_html(filing: Filing, field: ItemField, evidence: SeenEvidence) -> str:
    """The words on the page, and the page with their place marked, folded."""
    quote = h(hidden(evidence.quote, whole=field.sensitive))
    material = next((m for m in filing.materials if m.id == evidence.material), None)
    if material is None:
        return f"从材料读到：“{quote}”（这份材料已经拿掉）"
    mark = ""
    if evidence.box:
        x0, y0, x1, y1 = (v * 100 for v in evidence.box)
        place = f"left:{x0:.2f}%;top:{y0:.2f}%;width:{x1 - x0:.2f}%;height:{y1 - y0:.2f}%"
        mark = f'<span class="spot" style="{place}"></span>'
    picture = (
        f'<img loading="lazy" alt="{h(material.filename)} 第 {evidence.page} 页" '
        f'src="{page_url(filing, material, evidence.page)}">'
    )
    return (
        f"从材料读到：“{quote}”<details><summary>"
        f"看《{h(material.filename)}》第 {evidence.page} 页</summary>"
        f'<span class="page">{picture}{mark}</span></details>'
    )


def origin_html(filing: Filing, field: ItemField, answer: Answer) -> str:
    """Where a value came from: the words, the page, or the earlier filing."""
    e = answer.evidence
    if isinstance(e, SaidEvidence):
        return said_html(filing, field, e)
    if isinstance(e, SeenEvidence):
        return seen_html(filing, field, e)
    if isinstance(e, EarlierEvidence):
        return f"您 {e.on} 办“{h(e.item)}”时填过{f'（回执 {h(e.receipt)}）' if e.receipt else ''}"
    return SOURCES[answer.source]


def editor_of(field: ItemField, answer: Answer | None) -> str:
    """What the script needs to edit a row in place; a sensitive value is never part of it."""
    told: dict[str, Any] = {"type": field.type, "title": field.title, "help": field.help, "required": field.required}
    if field.type == "yes_no":
        told["choices"] = [["true", "是"], ["false", "否"]]
    elif field.type == "choice":
        told |= {"choices": [[v, label] for v, label in field.choices.items()], "open": field.open}
    value = answer.value if answer else None
    if field.sensitive and answer:
        told["masked"] = shown(field, value, masked=True)
    elif field.type in ("yes_no", "choice"):
        told["value"] = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    else:
        told["value"] = shown(field, value)
    return escape(json.dumps(told, ensure_ascii=False), quote=True)


def answer_row(filing: Filing, field: ItemField, answer: Answer | None, editable: bool, shut: bool = False) -> str:
    """One line: what was asked, the answer with its faults, where it came from, and what can be done about it."""
    tools = ""
    if editable and shut:
        tools = '<span class="soft">已锁定</span>'
    elif editable:
        right = '<button class="ok">对</button>' if answer and not answer.confirmed else ""
        word = "填写" if answer is None else "修改"
        of = f'<span class="unseen">{h(field.title)}</span>'
        tools = f'{right}<button class="edit">{word}{of}</button>'
    editor = f'<span class="gone" id="editor-{field.id}">{editor_of(field, answer)}</span>' if tools else ""
    if answer is None:
        value, source = "未填" + ("" if field.required else "（选填）"), ""
    else:
        state = "" if answer.confirmed else " <mark>待确认</mark>"
        value = f"{h(shown(field, answer.value, masked=True))}{state}{issues_html(answer.issues)}"
        source = origin_html(filing, field, answer)
    empty = ' class="empty"' if answer is None else ""
    return (
        f'<tr id="row-{field.id}"{empty}><th scope="row">{h(field.title)}</th><td class="value">{value}</td>'
        f'<td class="soft source">{source}</td><td class="tools">{tools}{editor}</td></tr>'
    )


def check_html(
    filing: Filing | None, item: Item | None, needed: Sequence[NeededMaterial] = (), may: Opened | None = None
) -> str:
    """What is still wrong, every answer by part of the form, and the promises with the place to sign."""
    if filing is None or item is None:
        return ""
    editable = filing.status in ("draft", "returned")
    asked = {f.id for f in item.asked(filing.values())}
    parts: dict[str, list[str]] = {}
    for field in item.fields:
        if field.id in filing.answers or field.id in asked:
            shut = bool(locked(filing, may, [field.id]))
            row = answer_row(filing, field, filing.answers.get(field.id), editable, shut)
            parts.setdefault(field.group or "其他", []).append(row)
    tables = "".join(f"<h3>{h(name)}</h3><table>{''.join(rows)}</table>" for name, rows in parts.items())
    lead = lead_html(filing, may) if editable else ""
    sign = sign_html(filing, item) if editable else ""
    return f'<div class="answers">{summary_html(filing, item, needed)}{lead}{tables}{sign}</div>'


def lead_html(filing: Filing, may: Opened | None) -> str:
    """How to read the list; in a returned filing, that only what was flagged is open."""
    waiting = sum(not a.confirmed for a in filing.answers.values())
    count = f"还有 {waiting} 项标着“待确认”：对就点“对”，不对就点“修改”。" if waiting else ""
    if may is not None:
        return (
            '<p class="lead">只有补正通知提到的内容可以改，其他的锁住了，不用动。'
            '<button id="open-more">还要改别的</button></p>'
        )
    return f'<p class="lead">请从上到下看一遍。{count}号码只显示头尾，不用担心别人看见。</p>'


def sign_html(filing: Filing, item: Item) -> str:
    """The promises of the official form in full, and the place where everybody signs."""
    if item.material("application_form") is None:
        return ""
    lines = "".join(f"<p>{h(line)}</p>" for line in promises())
    left = "、".join(name for _, name in unsigned(filing))
    state = f"还没有签名：{h(left)}" if left else "都签好了，签名印在申请书上。" if signers(filing) else ""
    return (
        '<section class="sign"><h3>承诺和签名</h3><div class="promises"><p>本申请人和签字人承诺如下，'
        f'并承担相应的法律责任：</p>{lines}</div><p class="soft">{state}</p><div id="sign-slot"></div>'
        '<p class="soft">先把材料传好再签：签名以后内容有变动，签名就作废，要重新签。</p>'
        '<p class="soft">也可以不在网上签：到“材料”下载申请书，打印出来签字，拍照上传。'
        "网上签名的效力见市场主体登记管理条例实施细则 第十五条，当地要求到窗口核对身份的，以当地为准。</p></section>"
    )


def summary_html(filing: Filing, item: Item, needed: Sequence[NeededMaterial] = ()) -> str:
    """What stops or may delay the filing: answers, each a link to its row, then documents."""
    titles = {f.id: f.title for f in item.fields}
    missing = [
        _to_row(m, f"{titles[m]}还没有填{'' if item.field(m).required else '（选填，没有也能提交）'}")
        for m in item.missing(filing.values(), filing.skipped)
    ]
    blocks = [
        _to_row(name, f"{titles.get(name, name)}：{i.message}")
        for name, answer in filing.answers.items()
        for i in answer.issues
        if i.severity == "block"
    ]
    have = handed_in(filing)
    lacking = [n for n in needed if not {n.kind, *n.instead} & have]
    papers = [f"<li>还没有上传：{h(n.title)}{_or_sign(n)}</li>" for n in lacking]
    lines = missing + blocks + papers
    if not lines or filing.status not in ("draft", "returned"):
        return ""
    return f'<div class="errors" id="summary" tabindex="-1"><h3>提交前请看一下</h3><ul>{"".join(lines)}</ul></div>'


def _or_sign(need: NeededMaterial) -> str:
    return "，也可以在下面网上签名" if need.kind == "application_form" else ""


def _to_row(field_id: str, words: str) -> str:
    return f'<li><a href="#row-{field_id}" class="to-row">{h(words)}</a></li>'
