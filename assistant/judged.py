"""One yes or no about one value that a model picked out of a message: is it the speaker's, and is it this field's?

A small model that fills a list fills it with somebody else's name as well; asked about one value it knows better.
"""

from __future__ import annotations

from collections.abc import Mapping

from prompts.ask import Answer, weigh
from prompts.models import Models

WHAT: Mapping[str, str] = {
    "main_business": "说话人打算做的生意",
    "name_trade": "说话人自己的店名",
    "operator_name": "说话人自己的姓名",
    "premises_address": "说话人店面的详细地址",
}
"""Field → how the question names it."""
CUT: Mapping[str, float] = {"main_business": 1.6, "name_trade": 0.5, "operator_name": 1.3, "premises_address": 1.6}
"""Field → log-odds from which a value is kept. The default model leans to yes: of 28 values of our own it keeps all 16
right ones from here and drops 8 of 12 wrong ones; the field's own rules see the rest."""


def stands(models: Models, message: str, field: str, words: str) -> Answer[float]:
    """Log-odds, less the cut, that the words are the value of the field for the speaker; raises `ModelError`."""
    odds = weigh(models, "judge", "check_value", ("是", "否"), message=message, what=WHAT[field], words=words)
    return Answer(odds.value - CUT[field], odds.made_by)
