"""Questions that were written stay, whatever happens to the process that wrote them."""

from pathlib import Path

import pytest

from knowledge.made_questions import FILE, Made, Questions
from knowledge.questions import text_key
from prompts.settings import Settings

TEXT = "摊贩应当在划定的区域内经营。"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data=tmp_path)


def made(text: str = TEXT, *questions: str, model: str = "m", prompt: str = "p@1") -> Made:
    return Made(key=text_key(text), questions=questions, model=model, prompt=prompt)


def test_what_was_added_is_found_by_the_words_also_after_a_restart(settings: Settings) -> None:
    Questions(settings).add(made(TEXT, "摆摊有固定地方吗？"))
    assert Questions(settings).of("摊贩 应当在划定的\n区域内经营。") == ("摆摊有固定地方吗？",)
    assert Questions(settings).of("别的条文。") == ()


def test_shipped_questions_come_first_and_each_once(settings: Settings) -> None:
    questions = Questions(settings, lambda text: ("路边能摆吗？", "摆摊要办证吗？"))
    questions.add(made(TEXT, "摆摊有固定地方吗？", "路边能摆吗？"))
    assert questions.of(TEXT) == ("路边能摆吗？", "摆摊要办证吗？", "摆摊有固定地方吗？")
    assert not questions.wanted(TEXT, "other", "p@9")


def test_a_torn_last_line_loses_only_itself(settings: Settings) -> None:
    questions = Questions(settings)
    questions.add(made(TEXT, "摆摊有固定地方吗？"))
    with (settings.data / FILE).open("ab") as file:
        file.write(b'{"key": "0123456789ab", "questi')
    again = Questions(settings)
    assert again.of(TEXT) == ("摆摊有固定地方吗？",)
    again.add(made("第二段条文的内容。", "要办证吗？"))
    assert Questions(settings).of("第二段条文的内容。") == ("要办证吗？",)
    assert Questions(settings).of(TEXT) == ("摆摊有固定地方吗？",)


def test_what_another_process_adds_is_taken_in(settings: Settings) -> None:
    mine, other = Questions(settings), Questions(settings)
    stamp = mine.stamp
    other.add(made(TEXT, "摆摊有固定地方吗？"))
    assert mine.of(TEXT) == ()
    assert mine.refresh() and mine.stamp > stamp and mine.of(TEXT) == ("摆摊有固定地方吗？",)
    assert not mine.refresh()


def test_a_file_put_in_its_place_is_read_anew(settings: Settings) -> None:
    questions = Questions(settings)
    questions.add(made(TEXT, "摆摊有固定地方吗？", "路边能摆吗？"))
    (settings.data / FILE).write_text(made(TEXT, "新的？").model_dump_json() + "\n", "utf-8")
    assert questions.refresh() and questions.of(TEXT) == ("新的？",)


def test_nobody_is_asked_twice_unless_a_better_model_or_prompt_comes(settings: Settings) -> None:
    questions = Questions(settings)
    assert questions.wanted(TEXT, "m", "p@1")
    questions.add(made(TEXT))
    assert not questions.wanted(TEXT, "m", "p@1")
    assert questions.wanted(TEXT, "other", "p@1") and questions.wanted(TEXT, "m", "p@2")
    questions.add(made(TEXT, "摆摊有固定地方吗？"))
    assert not questions.wanted(TEXT, "other", "p@2")
    questions.add(Made(key=text_key("本办法自今日起施行。")))
    assert not questions.wanted("本办法自今日起施行。", "other", "p@2")


def test_it_is_known_how_much_was_written_for_a_document(settings: Settings) -> None:
    questions = Questions(settings)
    for text, asked in (
        (TEXT, ("摆摊有固定地方吗？",)),
        ("第二段条文的内容。", ()),
        ("第三段条文的内容。", ("几点收摊？",)),
    ):
        questions.add(Made(key=text_key(text), document="摊贩管理办法@2020-01-01", questions=asked))
    assert questions.written_for("摊贩管理办法@2020-01-01") == 2
    assert Questions(settings).written_for("摊贩管理办法@2020-01-01") == 2
    assert questions.written_for("别的办法@2020-01-01") == 0
