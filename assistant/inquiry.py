"""The one way a policy question is asked: by the interface, by its events, in the chat and in suites."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.answer import Line, answer
from assistant.exchange import Parts
from assistant.policy_answer import PolicyAnswer
from assistant.written import Hear


def inquire(
    parts: Parts,
    question: str,
    history: Sequence[Line] = (),
    on: date | None = None,
    region: str | None = None,
    hear: Hear | None = None,
) -> PolicyAnswer:
    """The answer by the law of a day (default: the office's); kept answers are used. Never raises."""
    return answer(
        question,
        history=history,
        on=on or parts.settings.day(),
        region=region,
        library=parts.library,
        models=parts.models,
        panel=parts.panel,
        office_contact=parts.office.contact,
        cache=parts.answers,
        hear=hear,
    )
