"""`python -m knowledge questions` with a scripted model."""

import json
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.asking_command import command
from knowledge.made_questions import FILE
from prompts.models import Models
from prompts.settings import Settings

LAW = (
    "第一条 摊贩应当在划定的区域内经营，不得占道。\n"
    "第二条 摊贩应当在规定的时段内经营。\n第三条 本办法自2020年1月1日起施行。"
)
SAID = ("摆摊有固定地方吗？",) * 3
REPLY = json.dumps(dict(zip(("要做事的人", "碰上事的人", "问细处的人"), SAID, strict=True)), ensure_ascii=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "摊贩管理办法(2020-01-01).md").write_text(LAW, "utf-8")
    return Settings(_env_file=None, data=tmp_path / "data", documents=laws, embedder="none")


def lines(settings: Settings) -> int:
    return len((settings.data / FILE).read_text("utf-8").splitlines())


def test_a_limit_is_kept_and_the_next_run_goes_on(settings: Settings) -> None:
    said: list[str] = []
    assert command(settings, Models.scripted({"chat": [REPLY] * 9}), 1, said.append) == 0
    assert lines(settings) == 1
    first = int(said[1].split("还有 ")[1].split(" ")[0])
    said.clear()
    assert command(settings, Models.scripted({"chat": [REPLY] * 9}), 1, said.append) == 0
    assert lines(settings) == 2
    assert int(said[1].split("还有 ")[1].split(" ")[0]) == first - 1


def test_an_interrupted_run_says_so_and_keeps_what_is_done(settings: Settings) -> None:
    def stop(done: int, whole: int) -> None:
        raise KeyboardInterrupt

    said: list[str] = []
    assert command(settings, Models.scripted({"chat": [REPLY] * 9}), None, said.append, stop) == 130
    assert "已写好 1 条" in said[-1] and lines(settings) == 1


def test_the_command_reports_a_model_that_cannot_be_reached(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "none.json"
    script.write_text("[]", "utf-8")
    bound = settings.model_copy(update={"model": f"script:{script}"})
    assert main(["questions", "--limit", "5"], bound) == 1
    assert "停下" in capsys.readouterr().out
