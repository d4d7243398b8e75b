"""The slow writing: each passage kept before the next, people first, nothing lost."""

import json
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path

import pytest

from knowledge.asking import Unit
from knowledge.asking_run import QUIET_S, Asking, run
from knowledge.citation import Passage
from knowledge.library import Library
from knowledge.made_questions import Questions
from prompts.guard import Pace
from prompts.models import Models
from prompts.scripted import Line
from prompts.settings import Settings

LAW = "\n".join(f"第{n}条 摊贩应当在划定的区域{n}内经营，不得占道。" for n in "一二三四")
SAID = ("摆摊有固定地方吗？",) * 3
REPLY = json.dumps(dict(zip(("要做事的人", "碰上事的人", "问细处的人"), SAID, strict=True)), ensure_ascii=False)


class Clock:
    """Seconds as the test says."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "摊贩管理办法(2020-01-01).md").write_text(LAW, "utf-8")
    return Settings(_env_file=None, data=tmp_path / "data", embedder="none", lay_questions="on", ai="on")


@pytest.fixture
def library(settings: Settings, tmp_path: Path) -> Iterator[Library]:
    library = Library(settings, folders=[tmp_path / "laws"])
    library.refresh()
    library.vectorise()
    yield library
    library.close()


def units(library: Library) -> list[Unit]:
    return [Unit(p.id, 2) for p in library.passages()]


def texts(library: Library, questions: Questions) -> list[str]:
    return [p.article for p in library.passages() if questions.of(p.text)]


def test_every_passage_is_kept_before_the_next_is_begun(settings: Settings, library: Library) -> None:
    questions = Questions(settings)
    seen: list[tuple[int, int, int]] = []
    models = Models.scripted({"chat": [REPLY] * 4})
    done = run(
        units(library), library.passage, questions, models,
        lambda n, whole: seen.append((n, whole, len(texts(library, Questions(settings))))),
    )  # fmt: skip
    assert seen == [(1, 4, 1), (2, 4, 2), (3, 4, 3), (4, 4, 4)]
    assert (done.done, done.asked, done.questions, done.left, done.stopped) == (4, 4, 4, [], "")


def test_an_interruption_loses_only_the_passage_under_way(settings: Settings, library: Library) -> None:
    questions = Questions(settings)

    def second(done: int, whole: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(units(library), library.passage, questions, Models.scripted({"chat": [REPLY] * 4}), second)
    assert texts(library, Questions(settings)) == ["第一条", "第二条"]


def test_a_model_that_is_not_well_ends_the_run_with_the_failed_ones_last(settings: Settings, library: Library) -> None:
    models = Models.scripted({"chat": [RuntimeError("down")] * 3}, pace=Pace(attempts=1))
    wanted = units(library)
    done = run(wanted, library.passage, Questions(settings), models)
    assert done.stopped and done.done == 0 and done.left == [wanted[3], *wanted[:3]]


def test_a_switched_off_assistant_ends_the_run_at_once(settings: Settings, library: Library) -> None:
    models = Models.scripted({"chat": [REPLY]})
    models.off()
    done = run(units(library), library.passage, Questions(settings), models)
    assert done.stopped and len(done.left) == 4 and models.heard == []


def test_a_document_that_went_meanwhile_is_passed_over(settings: Settings, library: Library) -> None:
    models = Models.scripted({"chat": []})
    gone: dict[str, Passage] = {}
    assert run(units(library), gone.get, Questions(settings), models).done == 4
    assert models.heard == []


def background(
    settings: Settings, library: Library, lines: list[Line], clock: Clock
) -> tuple[Asking, Models, Questions]:
    models, questions = Models.scripted({"chat": lines}, clock=clock, settings=settings), Questions(settings)
    return Asking(settings, models, library, questions), models, questions


def test_the_background_stands_back_while_and_after_somebody_calls(settings: Settings, library: Library) -> None:
    clock = Clock()
    asking, models, questions = background(settings, library, [REPLY] * 4, clock)
    with models.traffic.call():
        assert asking.round().done == 0
    clock.now += QUIET_S - 1
    assert asking.round().done == 0
    clock.now += 2
    assert asking.round().done == 4 and asking.left == 0
    assert len(texts(library, questions)) == 4


def test_the_background_stops_for_a_person_and_goes_on_where_it_was(settings: Settings, library: Library) -> None:
    clock = Clock()

    def somebody_comes(role: str, messages: object) -> Line:
        if len(models.heard) == 2:
            with models.traffic.call():
                pass
        return REPLY

    # The scripted model is called in a copy of our context, where calls are not counted; a person has another one.
    def reply(role: str, messages: object) -> Line:
        return Context().run(somebody_comes, role, messages)

    models, questions = Models.scripted(reply, clock=clock, settings=settings), Questions(settings)
    asking = Asking(settings, models, library, questions)
    assert asking.round().done == 2 and asking.left == 2
    clock.now += QUIET_S + 1
    assert asking.round().done == 2 and asking.left == 0


def test_half_of_the_days_tokens_are_kept_for_people(settings: Settings, library: Library) -> None:
    asking, models, _ = background(settings, library, [REPLY] * 4, Clock())
    models.spend(settings.daily_tokens // 2 + 1)
    assert asking.round().done == 0 and models.heard == []


def test_nothing_starts_while_the_setting_is_off(settings: Settings, library: Library) -> None:
    off = settings.model_copy(update={"lay_questions": "off"})
    asking, models, _ = background(off, library, [REPLY] * 4, Clock())
    asking.start()
    asking.close()
    assert models.heard == [] and Settings(_env_file=None).lay_questions == "off"


def test_what_is_done_is_not_counted_again_until_the_library_changes(settings: Settings, library: Library) -> None:
    asking, models, _ = background(settings, library, [REPLY] * 4, Clock())
    assert asking.round().done == 4
    assert asking.round().done == 0 and len(models.heard) == 4


def test_the_thread_is_started_and_ends(settings: Settings, library: Library) -> None:
    asking, _, _ = background(settings, library, [REPLY] * 4, Clock())
    asking.start()
    asking.start()
    asking.close()
    asking.close()
    assert not asking.may()
