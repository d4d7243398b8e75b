"""The measurement of retrieval, on hand-made questions."""

import json
from pathlib import Path

from knowledge.citation import Passage
from knowledge.library import Library
from knowledge.measure import measure, read_questions


def passage(article: str, text: str, version: str = "2021-07-27") -> Passage:
    return Passage(id=f"登记条例@{version}#{article}", document="登记条例", version=version, article=article, text=text)


PASSAGES = [passage("第一条", "当场登记"), passage("第二条", "保存档案"), passage("第一条", "当场登记", "2011-01-01")]


def test_a_question_counts_when_a_gold_article_of_the_right_version_is_found(tmp_path: Path) -> None:
    rows = [
        {"question": "当场登记吗", "gold": [{"file": "登记条例(2021-07-27).md", "article": "第1条"}]},
        {"question": "缴费吗", "gold": [{"law": "中华人民共和国登记条例", "article": "第二条"}]},
        {"question": "不在库里的", "gold": [{"file": "别的法(2020-01-01).md", "article": "第一条"}]},
    ]
    file = tmp_path / "q.jsonl"
    file.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    questions = read_questions(file, PASSAGES)
    assert len(questions) == 2
    library = Library.of(PASSAGES)
    found = measure(questions, lambda text, on: [[h.passage] for h in library.search(text, 50, on)], depths=(1, 10))
    assert (found.questions, found.hit) == (2, {1: 0.5, 10: 0.5})
    assert found.mrr == 0.5
    assert "@10 0.500" in found.line("x")
