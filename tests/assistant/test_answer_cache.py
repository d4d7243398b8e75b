"""Answers kept in memory: for the same question under the same conditions, and never with personal data."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answer import answer
from assistant.answer_cache import AnswerCache, cache_key
from assistant.policy_answer import PolicyAnswer
from assistant.private_words import personal
from knowledge.library import Library
from prompts.models import Models
from tests.assistant.answer_world import LIBRARY, QUESTION, REGISTER, SUSPEND, TODAY, writing


def key(question: str = QUESTION, **changes: object) -> str | None:
    given: dict[str, object] = {
        "history": [],
        "on": TODAY,
        "region": None,
        "library": LIBRARY,
        "models": None,
        "contact": "",
    }
    return cache_key(question, **(given | changes))  # type: ignore[arg-type]


class Counting(Library):
    """Counts how often it is searched."""

    searched = 0

    def search(self, *args: object, **kwargs: object) -> list[object]:  # type: ignore[override]
        type(self).searched += 1
        return list(super().search(*args, **kwargs))  # type: ignore[arg-type]


def test_the_second_time_nothing_is_looked_up_and_the_answer_is_the_same() -> None:
    library, cache = Counting.of([REGISTER, SUSPEND]), AnswerCache()
    first = answer(QUESTION, library=library, on=TODAY, cache=cache)
    once = Counting.searched
    again = answer(QUESTION, library=library, on=TODAY, cache=cache)
    assert once and Counting.searched == once
    assert again.model_copy(update={"ms": 0}) == first.model_copy(update={"ms": 0})


def test_a_kept_answer_says_that_its_models_were_not_asked_again() -> None:
    models, cache = writing(lambda _: "歇业的期限最长不得超过3年。[P1]"), AnswerCache()
    answer(QUESTION, library=LIBRARY, on=TODAY, models=models, cache=cache)
    heard = len(models.heard)
    again = answer(QUESTION, library=LIBRARY, on=TODAY, models=models, cache=cache)
    assert len(models.heard) == heard and again.made_by and all(m.cached for m in again.made_by)


def test_everything_an_answer_depends_on_is_in_its_key() -> None:
    same = key()
    other = [
        key("执照几天能拿到"),
        key(history=[("user", "歇业怎么办")]),
        key(on=date(2026, 6, 2)),
        key(region="440305"),
        key(library=Library.of([SUSPEND])),
        key(contact="一楼"),
        key(models=Models.scripted({})),
        key(models=writing(lambda _: "")),
    ]
    assert same == key() and None not in other and len({same, *other}) == len(other) + 1


def test_without_a_day_nothing_is_kept_because_tomorrow_the_law_may_differ() -> None:
    assert key(on=None) is None


PERSONAL = [
    "我的身份证440305199001011234能办吗",
    "电话１３８００１３８０００打不通",
    "我叫李小明，能办执照吗",
    "李女士的店怎么注销",
    "住在科苑路15号能开店吗",
    "邮箱 a.b@example.com 收不到通知",
    "手机一三八零零一三八零零零",
    "信用代码92440300MA5ABCDE1X怎么查",
]


@pytest.mark.parametrize("text", PERSONAL)
def test_what_holds_personal_data_is_never_kept(text: str) -> None:
    assert key(text) is None and key(history=[("user", text)]) is None
    cache = AnswerCache()
    answer(text, library=LIBRARY, on=TODAY, cache=cache)
    assert len(cache) == 0


@pytest.mark.parametrize(
    "text",
    [QUESTION, "罚1万元以上10万元以下吗", "2026年11月24日起施行的规定", "未满18周岁能办吗", "第一百二十二条怎么说"],
)
def test_ordinary_questions_are_kept(text: str) -> None:
    assert not personal([text])


def test_the_cache_is_bounded_by_number_and_by_size_and_forgets_the_longest_unused() -> None:
    cache, made = AnswerCache(entries=2), PolicyAnswer(status="answered", text="可以")
    cache.put("a", made)
    cache.put("b", made)
    assert cache.get("a")
    cache.put("c", made)
    assert cache.get("a") and cache.get("b") is None and cache.get("c")
    small = AnswerCache(size=500)
    small.put("a", made.model_copy(update={"text": "长" * 1000}))
    assert len(small) == 0
    for name in "abcdefgh":
        small.put(name, made)
    assert 1 <= len(small) < 8 and small.get("h")


def test_what_broke_is_not_kept() -> None:
    cache = AnswerCache()
    cache.put("a", PolicyAnswer(status="error_model", text="暂时查不了"))
    assert len(cache) == 0
