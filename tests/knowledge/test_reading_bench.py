"""The measure of reading: what it counts, and that the samples are read as the table claims."""

from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.reading import extract
from knowledge.reading_bench import HEAD, Reading, share_right
from knowledge.reading_samples import guides, printed
from prompts.settings import Settings


def test_what_is_missing_added_or_out_of_order_counts_against_a_reading() -> None:
    assert share_right("甲乙丙丁", "甲 乙\n丙丁") == 1
    assert share_right("甲乙丙丁", "甲乙") == pytest.approx(4 / 6)
    assert share_right("甲乙丙丁", "甲乙丙丁页眉") == pytest.approx(8 / 10)
    assert share_right("甲乙丙丁", "丙丁甲乙") == pytest.approx(0.5)
    assert share_right("甲乙", "") == 0


@pytest.mark.parametrize("columns", [1, 2])
def test_a_printed_sample_is_read_to_the_letter(tmp_path: Path, columns: int) -> None:
    sample = printed(tmp_path / "a.pdf", guides()[:30], columns)
    assert share_right(sample.words, extract(sample.path).text) == 1


def test_a_row_of_the_table_fits_under_its_head() -> None:
    line = Reading("two-columns", "bancheng", 13, 2.0, 0.9999).line()
    assert len(line) == len(HEAD) and line.split() == ["two-columns", "bancheng", "13", "6.5", "99.99"]


def test_the_read_command_prints_what_is_read_and_fails_on_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "登记办法（2022-01-01）.txt", tmp_path / "空.txt"
    good.write_text("第一条 当场登记。\n第二条 本办法自2022年3月1日起施行。", "utf-8")
    bad.write_bytes(b"")
    settings = Settings(_env_file=None, data=tmp_path / "data")
    assert main(["read", str(good)], settings) == 0
    assert "施行日期：2022-03-01（正文）" in capsys.readouterr().out
    assert main(["read", str(good), str(bad)], settings) == 1
    assert "空.txt：读不了：文件是空的" in capsys.readouterr().out
