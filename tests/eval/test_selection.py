"""The measure of selection itself."""

from __future__ import annotations

import json
from pathlib import Path

from eval.selection import as_shown, holds, read_given


def test_facts_are_found_whatever_their_numerals_and_width() -> None:
    assert holds("应当在三个工作日内予以登记", [["3个工作日", "五日"]])
    assert holds("处１万元以上10万元以下", [["一万元"], ["10万元"]])
    assert not holds("应当在五日内", [["3个工作日"]])


def test_questions_come_with_their_article_and_only_where_there_are_facts(tmp_path: Path) -> None:
    (tmp_path / "某条例(2022-03-01).md").write_text(
        "# 某条例\n\n第一条 歇业不超过3年。\n\n第二条 其他。\n", encoding="utf-8"
    )
    rows = [
        {
            "question": "歇业多久",
            "gold": [{"file": "某条例(2022-03-01).md", "article": "第一条"}],
            "must_say": [["3年"]],
        },
        {"question": "没有事实", "gold": [{"file": "某条例(2022-03-01).md", "article": "第一条"}]},
        {"question": "没有文件", "gold": [{"file": "无(2022-03-01).md", "article": "第一条"}], "must_say": ["x"]},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    (given,) = read_given(file, tmp_path)
    assert given.question == "歇业多久" and holds(as_shown(given.passage, given.question), given.facts)
