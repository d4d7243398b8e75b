"""The applicant's question in the words of the law, as a second query; helps because the two share hardly a word."""

from __future__ import annotations

import re

from prompts.ask import ModelError, ask
from prompts.models import Models

LONGEST = 120


def reword(models: Models, question: str) -> list[str]:
    """The question in legal words, none when the model fails or only repeats it. One short model call.

    The words serve to search and are never shown or cited.
    """
    if not question.strip():
        return []
    try:
        answer = ask(models, "chat", "reword_question", str, question=question[:300])
    except ModelError:
        return []
    words = re.sub(r"^\s*(?:改写|检索词|法律用语)[：:]\s*", "", answer.value.strip().split("\n")[0])[:LONGEST].strip()
    return [words] if words and words != question.strip() else []
