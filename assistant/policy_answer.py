"""What a policy question leads to: a closed status, words for people, and the same in pieces for programs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.filing import Removed, Sentence, ShownArticle
from knowledge.citation import Citation
from prompts.ask import MadeBy

AnswerStatus = Literal["answered", "unanswerable_no_passage", "unanswerable_off_topic", "refused_unsafe", "error_model"]


class PolicyAnswer(BaseModel):
    """An answer for people (`text`) and for programs (`sentences`, `citations`)."""

    model_config = ConfigDict(extra="forbid")

    status: AnswerStatus
    text: str
    sentences: list[Sentence] = Field(default_factory=list)
    """Each states a rule: in the words of the passage its citations name, or in plain ones that were checked."""
    citations: list[Citation] = Field(default_factory=list)
    articles: list[ShownArticle] = Field(default_factory=list)
    """The articles cited, whole, with the quoted words marked."""
    nearest: list[Citation] = Field(default_factory=list)
    """With a refusal: what comes closest, and does not answer."""
    removed: list[Removed] = Field(default_factory=list)
    """Sentences that a model wrote, that did not pass the checks and were not shown."""
    made_by: list[MadeBy] = Field(default_factory=list)
    ms: int = 0
