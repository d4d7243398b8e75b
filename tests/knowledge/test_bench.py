"""The table of what the index costs, on a handful of documents."""

from pathlib import Path

import pytest

from knowledge.bench import HEADS, bench
from prompts.settings import Settings


@pytest.mark.parametrize("kept", ["files", "PostgreSQL"])
def test_every_size_gets_a_line_of_the_table(tmp_path: Path, kept: str, request: pytest.FixtureRequest) -> None:
    server = request.getfixturevalue("postgresql")() if kept == "PostgreSQL" else ""
    for number in range(4):
        articles = [
            f"第{c}条 第{number}号的事项{c}应当在受理之日起十五日内办理完毕并告知申请人。" for c in "一二三四五"
        ]
        (tmp_path / f"办法{number}(2021-01-0{number + 1}).md").write_text("\n".join(articles), "utf-8")
    head, _, line = list(bench(tmp_path, Settings(_env_file=None), random=True, sizes=[100], server=server))
    assert kept in head
    cells = line.split()
    assert len(cells) == len(HEADS)
    assert cells[0] == "20"
