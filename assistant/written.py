"""An answer in plain sentences by a model that has passed the answer suite: each is checked, then shown, never before.

The model names passages by tokens ([P1]) that code maps back, so that it cannot invent a source. A sentence that does
not stand is rewritten once and checked again, or removed with the reason. What the model says has no other effect.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.filing import CheckerVote, Removed, Sentence
from assistant.policy_answer import PolicyAnswer
from assistant.premises import remark
from assistant.quoted import article, named
from assistant.quoting import Span, chosen
from assistant.sentence_check import Judged, judge
from assistant.support import Supported
from knowledge.citation import Citation, Passage, Verdict
from knowledge.grounding import Panel
from knowledge.instructions import instruction_in
from knowledge.judge import excerpt
from prompts.ask import MadeBy, ModelError, ask
from prompts.models import Models
from prompts.roles import earned

Hear = Callable[[Sentence, list[Citation]], None]
"""Given each sentence as soon as it is checked, with the citations it names, in order."""

PROMPTS = ("answer_question", "rewrite_sentence")
READ = 600
"""Characters of each passage the model reads."""
LONGEST_REPLY, MOST, LONGEST_SENTENCE = 4000, 5, 200
"""Characters of a reply looked at, sentences taken from it, and characters of one."""
PATIENCE_S = 25.0
"""Seconds after which no further sentence is checked."""
_MARK = r"[\[［【(（]\s*[PpＰ]\s*([0-9０-９]{1,2})\s*[\]］】)）]"
_TOKEN = re.compile(_MARK)
_LINE = re.compile(rf"[^。！？!?\n]+[。！？!?]*(?:[”’」』]|\s*{_MARK})*。?")


@dataclass
class Draft:
    """What became of a model's sentences."""

    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    made_by: list[MadeBy] = field(default_factory=list)
    marks: dict[str, list[Span]] = field(default_factory=dict)
    """Passage id → places of the words the sentences rest on."""


def may_write(models: Models) -> bool:
    """Whether answers are written now: by the setting, and by what the model has shown in its suite."""
    if models.settings.written == "off" or not models.ready("writer"):
        return False
    return models.settings.written == "on" or earned(models, "write")


def write(
    models: Models,
    panel: Panel,
    question: str,
    shown: Sequence[Supported],
    hear: Hear | None = None,
    clock: Callable[[], float] = time.monotonic,
    patience_s: float = PATIENCE_S,
) -> Draft:
    """Has the passages put into plain words and every sentence checked. Never raises for a model that fails."""
    draft, passages, began = Draft(), [s.passage for s in shown], clock()
    if any(instruction_in(p.text) for p in passages):
        return draft  # a model may obey what is planted there, and its words would stand in the passage
    try:
        reply = ask(models, "writer", PROMPTS[0], str, question=question, passages=_tokens(passages, question))
    except ModelError:
        return draft
    draft.made_by.append(reply.made_by)
    for words, cited in drafted(reply.value, passages):
        if clock() - began > patience_s:
            _remove(draft, words, "not_found", "来不及核对")
        else:
            _take(draft, models, panel, words, cited, hear)
    return draft


def drafted(reply: str, passages: Sequence[Passage]) -> list[tuple[str, list[Passage]]]:
    """The sentences of a reply without their tokens, and the passages each names; unknown tokens name nothing."""
    out: list[tuple[str, list[Passage]]] = []
    for found in _LINE.finditer(reply[:LONGEST_REPLY]):
        numbers = [int(n) for n in _TOKEN.findall(found[0])]
        words = _TOKEN.sub("", found[0]).strip(" \t　-*•·")
        words = re.sub(r"^[0-9]{1,2}[.、）)]\s*", "", words)
        named_here = [passages[n - 1] for n in dict.fromkeys(numbers) if 1 <= n <= len(passages)]
        if re.search(r"[\w]{2}", words):
            out.append((words, named_here))
        elif named_here and out:
            # A token that stands after the full stop belongs to the sentence before it.
            out[-1] = (out[-1][0], [*out[-1][1], *(p for p in named_here if p not in out[-1][1])])
    return out[:MOST]


def composed(
    draft: Draft, whole: str, question: str, shown: Sequence[Supported], made_by: list[MadeBy], on: date | None
) -> PolicyAnswer:
    """The answer made of the sentences that stand, the corrections code knows, and the articles one tap away."""
    used = [s for s in shown if s.passage.id in draft.marks]
    note = remark(question, [s.passage for s in shown])
    day = f"（按{on.year}年{on.month}月{on.day}日有效的规定）" if on else ""
    basis = f"依据{day}：" + "、".join(named(s.passage) for s in used) + "。"
    lines = [note, "\n".join(s.text for s in draft.sentences), *(s.note for s in used), basis]
    return PolicyAnswer(
        status="answered",
        text="\n\n".join(filter(None, lines)),
        sentences=draft.sentences,
        citations=draft.citations,
        articles=[article(s.passage, sorted(set(draft.marks[s.passage.id]))) for s in used],
        removed=draft.removed,
        made_by=made_by,
    )


def _tokens(passages: Sequence[Passage], question: str) -> str:
    lines = [f"[P{i}] {excerpt(p.text, question, READ)}" for i, p in enumerate(passages, 1)]
    return "\n".join(lines)


def _take(draft: Draft, models: Models, panel: Panel, words: str, cited: list[Passage], hear: Hear | None) -> None:
    """Checks one sentence, has it rewritten once when it does not stand, and shows or removes it."""
    judged = judge(panel, words[:LONGEST_SENTENCE], cited)
    draft.made_by += judged.made_by
    if not judged.stands and cited and judged.mendable:
        again = _rewritten(draft, models, words, cited[0], judged.why)
        second = judge(panel, again, cited) if again else None
        if second is not None:
            draft.made_by += second.made_by
            if second.stands:
                _remove(draft, words, judged.verdict, f"{judged.why}；已按条文改写")
                words, judged = again, second
    if judged.stands:
        _show(draft, words, judged, hear)
    else:
        _remove(draft, words, judged.verdict, judged.why)


def _rewritten(draft: Draft, models: Models, words: str, passage: Passage, why: str) -> str:
    """The sentence in other words; empty when the model gives none."""
    read = excerpt(passage.text, words, READ)
    try:
        reply = ask(models, "writer", PROMPTS[1], str, sentence=words[:LONGEST_SENTENCE], passage=read, why=why[:200])
    except ModelError:
        return ""
    draft.made_by.append(reply.made_by)
    found = drafted(reply.value, ())
    return found[0][0] if len(found) == 1 and len(found[0][0]) <= LONGEST_SENTENCE else ""


def _show(draft: Draft, words: str, judged: Judged, hear: Hear | None) -> None:
    places, new = [], []
    for passage in judged.passages:
        for span in chosen(passage, words):
            citation = Citation.of(passage, passage.text[slice(*span)])
            if citation not in draft.citations:
                draft.citations.append(citation)
            places.append(draft.citations.index(citation))
            new.append(citation)
            draft.marks.setdefault(passage.id, []).append(span)
    votes = [
        CheckerVote(name=c.name, verdict=c.verdict, score=c.score or 0.0, family=c.family, why=c.why)
        for c in judged.votes
    ]
    sentence = Sentence(text=words, citations=places, verdict="supported", checkers=votes)
    draft.sentences.append(sentence)
    if hear is not None:
        hear(sentence, new)


def _remove(draft: Draft, words: str, verdict: Verdict, why: str) -> None:
    draft.removed.append(Removed(text=words[:LONGEST_SENTENCE], verdict=verdict, why=why))
