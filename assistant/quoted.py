"""An answer made of quotations: a short lead by code, then the words that answer, verbatim, marked in their article."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.filing import CheckerVote, Sentence, ShownArticle
from assistant.policy_answer import PolicyAnswer
from assistant.premises import remark
from assistant.quoting import Span, chosen, key_words
from assistant.support import SURE, Supported
from knowledge.citation import Citation, Passage
from knowledge.facts import compare
from prompts.ask import MadeBy

GAP = "\n……\n"


def quoted(
    whole: str, question: str, shown: Sequence[Supported], made_by: Sequence[MadeBy], on: date | None
) -> PolicyAnswer:
    """The passages' own words; each sentence is one quotation with its citation.

    `whole` is the question with what it leans on, `question` as asked; `shown` is not empty, best first.
    """
    places = [chosen(s.passage, whole) for s in shown]
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for found, spans in zip(shown, places, strict=True):
        for start, end in spans:
            words = found.passage.text[start:end]
            sentences.append(quotation(found.passage, words, len(citations)))
            citations.append(Citation.of(found.passage, words))
    note = remark(question, [s.passage for s in shown])
    lines = [note, _lead(on), _answer_first(whole, shown[0], places[0])]
    blocks = [_block(s, spans) for s, spans in zip(shown, places, strict=True)]
    return PolicyAnswer(
        status="answered",
        text="\n\n".join(filter(None, [*lines, *blocks])),
        sentences=sentences,
        citations=citations,
        articles=[article(s.passage, spans) for s, spans in zip(shown, places, strict=True)],
        made_by=list(made_by),
    )


def quotation(passage: Passage, words: str, cited: int) -> Sentence:
    """Words of a passage as a sentence, with the verdict of the checker that needs no model."""
    exact = words in passage.text or compare(words, passage.text).quoted
    vote = CheckerVote(
        name="facts",
        verdict="supported" if exact else "not_found",
        score=1.0 if exact else 0.0,
        family="rules",
        why="与条文一字不差" if exact else "",
    )
    text = f"《{passage.document}》{passage.article}：{words}"
    return Sentence(text=text, citations=[cited], verdict=vote.verdict, checkers=[vote])


def article(passage: Passage, spans: Sequence[Span]) -> ShownArticle:
    """The whole article with the places of the words shown."""
    return ShownArticle(
        passage=passage.id,
        document=passage.document,
        article=passage.article,
        text=passage.text,
        marks=list(spans),
        rank=passage.rank,
        in_force_from=passage.in_force_from,
        in_force_to=passage.in_force_to,
    )


def named(passage: Passage) -> str:
    """`《市场主体登记管理条例》第十九条（行政法规，2022年3月1日起施行）`."""
    since = passage.in_force_from
    known = [passage.rank, f"{since.year}年{since.month}月{since.day}日起施行" if since else ""]
    about = "，".join(filter(None, known))
    return f"《{passage.document}》{passage.article}" + (f"（{about}）" if about else "")


def _lead(on: date | None) -> str:
    day = f"（按{on.year}年{on.month}月{on.day}日有效的规定）" if on else ""
    return f"为您查到以下规定{day}："


def _answer_first(question: str, best: Supported, spans: Sequence[Span]) -> str:
    """The times and amounts asked for, before the sentences they stand in; nothing where the passage is in doubt."""
    found = key_words(question, best.passage.text, list(spans)) if best.probability >= SURE else []
    return f"【要点】{'；'.join(f'“{w}”' for w in found)}，完整的条件请看原文。" if found else ""


def _block(found: Supported, spans: Sequence[Span]) -> str:
    passage = found.passage
    words = GAP.join(f"“{passage.text[start:end]}”" for start, end in spans)
    return f"{named(passage)}：\n{words}" + (f"\n\n{found.note}" if found.note else "")
