"""Which of a model's questions are kept: only what may help to find the passage and can do no harm.

A question is never shown, so a bad one costs no more than a wrong hit; but it must name nobody, order nothing, and use
other words than the passage, or it adds nothing to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from knowledge.instructions import instruction_in

SHORTEST, LONGEST = 6, 40
"""Characters of a question."""
COPIED = 0.72
"""Share of its pairs of characters that a question may have in common with the passage."""
RUN = 11
"""So many characters in a row out of the passage are a copy."""
ALIKE = 0.7
"""Likeness (Dice) of two questions that are one."""

_NUMERAL = r"[零〇一二两三四五六七八九十百千\d]+"
_LEAD = re.compile(rf"^\s*(?:[-*•]|(?:问题|问)?\s*{_NUMERAL}\s*[、.．:：)）]|问(?:题)?[:：])\s*")
_CITED = re.compile(
    rf"第\s*{_NUMERAL}\s*[条款项章节编]|[《》]|本(?:法|条例|办法|规定|细则|条|款)|该(?:法|条例|条款|规定)"
)
_ASKS = re.compile(
    r"[?？]$|(?:吗|呢|么|吧|啊|没|没有|不行|不成|咋办|咋整|怎么办|怎么弄|多少|多久|哪里|哪儿|谁)[。！!]?$"
)
_STORY = re.compile(r"我|俺|咱|老板|房东|邻居|单位|公司|店|孩子|爸|妈|爷|奶|老公|老婆|朋友|同事|人家|他|她")
_PERSONAL = re.compile(r"\d{6,}|[\w.]+@[\w.]+|https?:|www\.|身份证号(?:码)?(?:是|为|[:：])")
_MARKS = re.compile(r"[<>＜＞{}|｜`\[\]\\]|(?i:system|assistant|prompt)|提示词|指令")
_IDLE = re.compile(r"条文|法条|这段|上述|以上材料|该材料|大白话|普通人")
_EXAMPLES = ("水费", "水厂", "停水", "断水", "押金", "担保", "身份证")
"""What the examples of the prompt speak of; a small model carries it into articles that have nothing to do with it."""
_FILLER = re.compile(
    r"我们|我|你|他|她|咱|最近|遇到|碰到|碰上|一些|一点|问题|麻烦|困难|事情|事|不知道|怎么办|怎么弄|怎么处理|怎么|如何|需要|什么"
    r"|手续|材料|应该|该|要|能不能|能|可以|找谁|去|解决|处理|帮|看看|登记管理|规定|有|的|了|吗|呢|啊|是|不|被|\W"
)
LEAST_SAID = 2
"""Characters left of a question without the words that fit every article."""
_EMPTY = re.compile(
    r"^(?:为了|为).{0,400}制定本(?:法|条例|办法|规定|细则|章程)|^本.{1,12}自.{4,14}起(?:施行|实施|生效)"
)


def worth_asking(text: str) -> bool:
    """Whether a passage is one that people ask about: not a purpose, not a day of commencement, not a trap."""
    bare = "".join(text.split())
    return len(bare) >= 12 and not _EMPTY.search(bare) and instruction_in(text) is None


def kept(questions: Iterable[str], title: str, passage: str, most: int = 3) -> tuple[str, ...]:
    """The questions that pass, cleaned, at most `most`, in their order, none twice."""
    out: list[str] = []
    for raw in questions:
        question = cleaned(raw)
        if not why_not(question, title, passage) and not any(alike(question, other) for other in out):
            out.append(question)
    return tuple(out[:most])


def cleaned(raw: str) -> str:
    """One line without a leading number, quotation marks and spaces; `|` and tabs would break a file of questions."""
    line = _LEAD.sub("", " ".join(raw.split()))
    return line.strip(" \"'“”‘’「」").replace(" ", "").replace("?", "？")


def why_not(question: str, title: str, passage: str) -> str:
    """Why a question is left out, one English word; empty when it is kept."""
    checks = (
        ("length", not SHORTEST <= len(question) <= LONGEST),
        ("statement", not (_ASKS.search(question) or _STORY.search(question))),
        ("cited", bool(_CITED.search(question)) or len(title) > 3 and title in question),
        ("personal", bool(_PERSONAL.search(question))),
        ("marks", bool(_MARKS.search(question)) or instruction_in(question) is not None),
        ("idle", bool(_IDLE.search(question))),
        ("vague", len(_FILLER.sub("", question)) < LEAST_SAID),
        ("example", any(word in question and word not in passage for word in _EXAMPLES)),
        ("copied", copied(question, passage)),
    )
    return next((name for name, holds in checks if holds), "")


def copied(question: str, passage: str) -> bool:
    """Whether a question only repeats the passage."""
    bare = "".join(passage.split())
    if any(question[i : i + RUN] in bare for i in range(len(question) - RUN + 1)):
        return True
    asked = _pairs(question)
    return bool(asked) and len(asked & _pairs(bare)) / len(asked) > COPIED


def alike(one: str, other: str) -> bool:
    """Whether two questions are one in other punctuation or order."""
    a, b = _pairs(one), _pairs(other)
    return one == other or 2 * len(a & b) > ALIKE * (len(a) + len(b))


def _pairs(text: str) -> set[str]:
    words: Sequence[str] = re.findall(r"\w", text)
    return {a + b for a, b in zip(words, words[1:], strict=False)}
