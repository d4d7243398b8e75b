"""Lay questions are kept by the words of their article."""

from pathlib import Path

import pytest

from knowledge.questions import FOLDER, questions_for, read, text_key


def test_white_space_does_not_change_the_key_of_an_article() -> None:
    assert text_key("旅馆  应当\n登记") == text_key("旅馆应当登记")


def test_an_article_nobody_wrote_questions_for_has_none() -> None:
    assert questions_for("没有人见过的条文") == ()


def test_every_shipped_file_reads_and_no_question_names_an_article_number() -> None:
    asked = [q for file in sorted(FOLDER.glob("*.tsv")) for _, questions in read(file) for q in questions]
    assert len(asked) > 25_000
    assert [q for q in asked if "法》第" in q] == []


def test_no_article_has_more_than_eight_questions() -> None:
    assert all(1 <= len(questions) <= 8 for file in FOLDER.glob("*.tsv") for _, questions in read(file))


def test_a_line_of_another_shape_is_named_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "某法.tsv"
    bad.write_text("0123456789ab\t第一条\t要办证吗\n第二条 没有键\n", "utf-8")
    with pytest.raises(ValueError, match=r"某法\.tsv line 2"):
        list(read(bad))
