"""The measure of answering and refusing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from eval.doubt import count, read_gold
from knowledge.citation import Passage
from knowledge.library import Library

TODAY = date(2026, 6, 1)


def test_questions_are_counted_by_whether_their_law_is_held_and_what_is_shown(tmp_path: Path) -> None:
    text = "市场主体可以自主决定在一定时期内歇业。市场主体歇业的期限最长不得超过3年。"
    held = Passage(id="a", document="登记条例", version="1", article="第三十条", text=text, rank="行政法规")
    rows = [
        {"question": "市场主体歇业期限最长多久", "gold": [{"law": "登记条例", "article": "第三十条"}]},
        {"question": "婴儿配方奶粉怎么注册", "gold": [{"file": "奶粉办法(2023-01-01).md", "article": "第一条"}]},
        {"question": "没有答案的问题"},
    ]
    file = tmp_path / "questions.jsonl"
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), encoding="utf-8")
    found = count(Library.of([held]), read_gold(file), TODAY)
    assert (found["held"], found["held answered"], found["right"]) == (1, 1, 1)
    assert (found["absent"], found["absent answered"]) == (1, 0)
