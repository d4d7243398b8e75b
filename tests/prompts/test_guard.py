"""People before background work: who is counted as waiting, and what a day has cost."""

from __future__ import annotations

import math

from prompts.ask import ask
from prompts.guard import Traffic, behind
from prompts.models import Models
from prompts.settings import Settings


def test_it_is_quiet_for_as_long_as_the_last_call_is_over() -> None:
    now = [100.0]
    traffic = Traffic(lambda: now[0])
    assert math.isinf(traffic.quiet_s)
    with traffic.call():
        now[0] += 5
        assert traffic.quiet_s == 0
        with traffic.call():
            pass
        assert traffic.quiet_s == 0
    now[0] += 7
    assert traffic.quiet_s == 7


def test_a_call_that_fails_is_over_too() -> None:
    now = [100.0]
    traffic = Traffic(lambda: now[0])
    try:
        with traffic.call():
            raise RuntimeError
    except RuntimeError:
        now[0] += 3
    assert traffic.quiet_s == 3


def test_every_call_of_a_person_counts_and_none_that_is_made_behind() -> None:
    now = [100.0]
    models = Models.scripted({"chat": ["营业执照"] * 2}, clock=lambda: now[0])
    with behind():
        ask(models, "chat", "reword_question", str, question="执照丢了")
    assert math.isinf(models.traffic.quiet_s)
    ask(models, "chat", "reword_question", str, question="执照丢了")
    now[0] += 2
    assert models.traffic.quiet_s == 2


def test_the_share_of_the_day_grows_with_what_is_spent() -> None:
    models = Models.scripted({}, settings=Settings(_env_file=None, model="script:", daily_tokens=1000))
    assert models.spent == 0
    models.spend(250)
    assert models.spent == 0.25
    assert Models.scripted({}, settings=Settings(_env_file=None, model="script:", daily_tokens=0)).spent == 1
