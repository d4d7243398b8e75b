"""The commands of `python -m knowledge`."""

import json
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.stages import STAGES
from prompts.settings import Settings

LAW = "第一条 登记机关应当当场登记。\n第二条 登记不收取费用。\n第四条 本条例自2022年3月1日起施行。"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "登记条例(2021-07-27).md").write_text(LAW, "utf-8")
    # An embedder nobody knows: the commands must do without.
    return Settings(_env_file=None, data=tmp_path / "data", documents=laws, embedder="none")


def test_check_names_what_is_wrong_and_says_so_by_its_exit(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"], settings) == 1
    assert "登记条例(2021-07-27).md：缺少第三条等1条" in capsys.readouterr().out


def test_search_prints_the_article_and_its_words(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "登记条例第2条", "-k", "1"], settings) == 0
    assert "登记条例@2021-07-27#第二条\n       登记不收取费用。" in capsys.readouterr().out


def test_ingest_of_a_folder_that_is_not_there_fails(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ingest", str(settings.data / "nowhere")], settings) == 1
    assert "没有这个文件夹" in capsys.readouterr().err


def test_measure_prints_one_row_for_each_way_of_searching(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = tmp_path / "q.jsonl"
    gold = [{"file": "登记条例(2021-07-27).md", "article": "第一条"}]
    questions.write_text(json.dumps({"question": "登记条例第一条", "gold": gold}, ensure_ascii=False), "utf-8")
    documents = str(settings.documents)
    assert main(["measure", "--questions", str(questions), "--documents", documents], settings) == 0
    out = capsys.readouterr().out
    rows = [line for line in out.splitlines() if "MRR" in line]
    assert all(stage.name in row for stage, row in zip(STAGES, rows, strict=True))
    assert all("@1 1.000" in row for stage, row in zip(STAGES, rows, strict=True) if stage.weights.words)
    assert "found first: 3/3" in out


def test_versions_prints_each_pair_and_fails_when_old_text_stands_first(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = "第一条 登记机关应当在三日内登记。\n第二条 登记不收取费用。\n第三条 本条例自2025年3月1日起施行。"
    assert settings.documents is not None
    (settings.documents / "登记条例(2025-01-01).md").write_text(newer, "utf-8")
    assert main(["versions", "--documents", str(settings.documents)], settings) == 0
    out = capsys.readouterr().out
    assert "2025-03-01 登记条例@2021-07-27 → 登记条例@2025-01-01" in out
    assert "（1.0000）" in out.splitlines()[-1]


def test_conflicts_prints_the_words_that_disagree(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert settings.documents is not None
    for title, amount in (("市集条例", "三千元"), ("许可条例", "十万元"), ("仓储条例", "")):
        words = (
            f"第一条 伪造摊位许可证件的，由主管部门责令改正，处{amount}以下的罚款。"
            if amount
            else "第一条 仓库应当上锁。"
        )
        text = f"{words}\n第二条 本条例自2022年3月1日起施行。"
        (settings.documents / f"{title}(2021-07-27).md").write_text(text, "utf-8")
    assert main(["conflicts", "--documents", str(settings.documents)], settings) == 0
    out = capsys.readouterr().out
    assert "三千元" in out and "十万元" in out and "市集条例@2021-07-27#第一条" in out
