"""One claim weighed against one passage by a language model, and one passage against one question.

The numbers are raw log-odds: they lean, and mean nothing before `knowledge.calibration` has turned them into
probabilities. The passage stands before the claim in the prompt, so that claims on one passage share the prompt cache.
"""

from __future__ import annotations

from knowledge.facts import pieces, sentences
from prompts.ask import Answer, weigh
from prompts.models import Models

PROMPT = "judge_claim@1"
"""The wording in use: the one that told the labelled claims apart best (`python -m knowledge.calibrate`)."""
YES_NO = ("是", "否")
LONGEST = 700
"""Characters of a passage the judge reads; of a longer one, the sentences nearest to the claim in their order."""


def weigh_claim(models: Models, claim: str, passage: str, prompt: str = PROMPT) -> Answer[float]:
    """Log-odds that the claim follows from the passage; raises `ModelError`."""
    return weigh(models, "judge", prompt, YES_NO, passage=excerpt(passage, claim), claim=claim)


def weigh_answer(models: Models, question: str, passage: str, longest: int = 300) -> Answer[float]:
    """Log-odds that the passage rules on what the question asks; raises `ModelError`."""
    return weigh(
        models, "judge", "judge_answers", YES_NO, question=question, passage=excerpt(passage, question, longest)
    )


def excerpt(passage: str, wanted: str, longest: int = LONGEST) -> str:
    """The passage, or its sentences nearest to the wanted words, in their order, in about `longest` characters."""
    if len(passage) <= longest:
        return passage
    keys = pieces(wanted)
    units = sentences(passage)
    ranked = sorted(range(len(units)), key=lambda i: (-len(keys & pieces(units[i])) / (20 + len(units[i])) ** 0.5, i))
    kept: list[int] = []
    room = longest
    for i in ranked:
        if len(units[i]) <= room or not kept:
            kept.append(i)
            room -= len(units[i])
    return "".join(units[i] for i in sorted(kept))[: longest * 2]
