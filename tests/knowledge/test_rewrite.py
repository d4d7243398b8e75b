"""The question in legal words, within a budget and only where the search is weak."""

import threading
from collections.abc import Sequence

import pytest

from knowledge.citation import Passage
from knowledge.index import Hit
from knowledge.rewrite import NEAR, reword, search_twice, weak
from prompts.models import Models
from prompts.settings import Settings


def hit(meaning: float | None, cited: bool = False) -> Hit:
    return Hit(
        Passage(id="法@1#一", document="法", version="1", article="第一条", text="条文"), 1.0, 3.0, meaning, cited
    )


FAR, CLOSE = [hit(NEAR - 0.02), hit(None)], [hit(NEAR - 0.02), hit(NEAR + 0.01)]


class Searched:
    """A search that gives the same hits and keeps what it was asked."""

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def __call__(self, question: str, rewordings: Sequence[str]) -> list[Hit]:
        self.asked.append((question, tuple(rewordings)))
        return self.hits


def settings(rewording: str = "on", seconds: float = 5.0) -> Settings:
    return Settings.model_validate({"rewording": rewording, "rewording_s": seconds, "model": "script:"})


def test_the_first_line_of_the_reply_is_the_rewording() -> None:
    models = Models.scripted({"chat": ["法律用语：营业执照 遗失 申请补领\n您可以……"]})
    assert reword(models, "执照丢了咋整") == ["营业执照 遗失 申请补领"]
    assert "执照丢了咋整" in models.heard[0].text


@pytest.mark.parametrize("reply", ["", "执照丢了咋整", RuntimeError("down")])
def test_no_rewording_rather_than_a_bad_one(reply: str | Exception) -> None:
    assert reword(Models.scripted({"chat": [reply]}), "执照丢了咋整") == []


def test_a_switched_off_assistant_leaves_the_search_alone() -> None:
    models = Models.scripted({"chat": ["营业执照"]})
    models.off()
    assert reword(models, "执照丢了咋整") == []
    assert reword(models, "  ") == []


def test_a_late_rewording_is_not_waited_for_and_is_no_fault_of_the_model() -> None:
    held = threading.Event()

    def late(role: str, messages: object) -> str:
        held.wait(10)
        return "营业执照"

    models = Models.scripted(late)
    for _ in range(models.pace.failures + 1):
        assert reword(models, "执照丢了咋整", 0.001) == []
    assert models.ready("chat")
    held.set()
    for thread in [t for t in threading.enumerate() if t.name == "model-call"]:
        thread.join(10)


def test_a_weak_search_is_made_again_with_both_wordings() -> None:
    search = Searched(FAR)
    models = Models.scripted({"chat": ["营业执照 遗失"]})
    assert search_twice("执照丢了咋整", search, models, settings()) == FAR
    assert search.asked == [("执照丢了咋整", ()), ("执照丢了咋整", ("营业执照 遗失",))]


def test_a_search_that_found_something_near_costs_no_call() -> None:
    search, models = Searched(CLOSE), Models.scripted({"chat": []})
    assert search_twice("执照丢了咋整", search, models, settings()) == CLOSE
    assert len(search.asked) == 1 and models.heard == []


@pytest.mark.parametrize(("rewording", "models"), [("off", True), ("on", False)])
def test_without_the_setting_or_a_model_the_first_search_stands(rewording: str, models: bool) -> None:
    search = Searched(FAR)
    bound = Models.scripted({"chat": ["营业执照"]}) if models else None
    assert search_twice("执照丢了咋整", search, bound, settings(rewording)) == FAR
    assert len(search.asked) == 1


def test_a_rewording_that_fails_leaves_the_first_search() -> None:
    search = Searched(FAR)
    assert search_twice("执照丢了咋整", search, Models.scripted({"chat": [""]}), settings()) == FAR
    assert len(search.asked) == 1


def test_what_is_weak() -> None:
    assert weak([]) and weak(FAR)
    assert not weak(CLOSE) and not weak([hit(None, cited=True)])


def test_a_search_by_words_alone_says_nothing_about_nearness() -> None:
    assert not weak([hit(None)])


def test_rewording_is_off_unless_somebody_turns_it_on() -> None:
    assert Settings(_env_file=None).rewording == "off"
