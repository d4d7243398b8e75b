"""A small library and models that say what a test tells them, for the tests of answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from langchain_core.messages import BaseMessage

from knowledge.calibration import load
from knowledge.citation import Passage
from knowledge.library import Library
from prompts.models import Models
from prompts.scripted import Line
from prompts.settings import ROLES, Settings

TODAY = date(2026, 6, 1)


def passage(document: str, article: str, text: str, since: str = "2022-03-01", **more: Any) -> Passage:
    """One article in force."""
    return Passage(
        id=f"{document}@{since}#{article}",
        document=document,
        version=since,
        article=article,
        text=text,
        in_force_from=date.fromisoformat(since),
        rank=str(more.pop("rank", "行政法规")),
        **more,
    )


REGISTER = passage(
    "市场主体登记管理条例",
    "第十九条",
    "登记机关应当对申请材料进行形式审查。对申请材料齐全、符合法定形式的予以确认并当场登记。不能当场登记的，应当在3个工作日内予以登记；情形复杂的，经登记机关负责人批准，可以再延长3个工作日。\n申请材料不齐全或者不符合法定形式的，登记机关应当一次性告知申请人需要补正的材料。",
)
SUSPEND = passage(
    "市场主体登记管理条例", "第三十条", "市场主体可以自主决定在一定时期内歇业。市场主体歇业的期限最长不得超过3年。"
)
LIBRARY = Library.of([REGISTER, SUSPEND])
QUESTION = "歇业最长能歇多久"


def writing(write: Callable[[str], Line], judged: Line | None = None, written: str = "on") -> Models:
    """Models whose writer says `write(request)`; the judge, of the calibrated weights, says yes unless told."""

    def script(role: str, messages: list[BaseMessage]) -> Line:
        if role == "judge":
            return {"是": 0.999, "否": 0.001} if judged is None else judged
        return write("\n".join(str(m.content) for m in messages))

    settings = Settings(_env_file=None, model="script:", ai="on", written=written)
    return Models.scripted(script, families=dict.fromkeys(ROLES, load().family), settings=settings)
