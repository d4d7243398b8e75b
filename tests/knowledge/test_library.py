"""The library on real files, with a small embedder of its own at the seam."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.embedder import Embedder, EmbedderError
from knowledge.library import QUESTIONS_SECONDS, Library
from knowledge.made_questions import Made, Questions
from knowledge.questions import text_key
from prompts.settings import Settings

FIRST = "第一条 登记机关应当当场登记。\n第二条 本条例自2022年3月1日起施行。《旧条例》同时废止。"


class Counting(Embedder):
    """Embeds a text by the hash of its pairs of characters; counts what it embeds."""

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def _vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        out = np.zeros((len(texts), 384), np.float32)
        for row, text in enumerate(texts):
            for pair in zip(text, text[1:], strict=False):
                out[row, hashlib.sha256("".join(pair).encode()).digest()[0]] += 1
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.embedded += texts
        return self._vectors(texts)

    def queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._vectors(texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    laws = tmp_path / "laws"
    laws.mkdir()
    (laws / "新条例(2021-07-27).md").write_text(FIRST, "utf-8")
    (laws / "旧条例(2011-01-01).md").write_text("第一条 登记机关十五日内登记。\n第二条 附则内容。", "utf-8")
    return laws


def library(folder: Path, embedder: Embedder | None = None) -> Library:
    settings = Settings(_env_file=None, data=folder.parent / "data", today=date(2026, 11, 20))
    return Library(settings, (lambda: embedder) if embedder else _none, [folder])


def _none() -> Embedder:
    raise EmbedderError("没有模型文件")


def found(lib: Library, text: str) -> list[str]:
    return [h.passage.id for h in lib.search(text)]


def test_documents_are_searchable_by_words_at_once_and_only_the_law_in_force(folder: Path) -> None:
    lib = library(folder)
    assert lib.refresh()
    lib.vectorise()
    assert found(lib, "当场登记吗") == ["新条例@2021-07-27#第一条"]
    assert {h.passage.document for h in lib.search("几天登记", any_day=True)} == {"新条例", "旧条例"}
    assert lib.search("登记", on=date(2015, 1, 1))[0].passage.document == "旧条例"
    status = lib.status()
    assert (status.documents, status.passages, status.ready, status.vectors_ready) == (2, 4, True, False)
    assert "没有模型文件" in status.problems["语义检索"][0]


def test_articles_are_found_by_title_number_and_day(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    assert (hit := lib.article("《中华人民共和国新条例》", "第2条")) and hit.id == "新条例@2021-07-27#第二条"
    assert lib.article("旧条例", "第一条") is None
    assert lib.article("旧条例", "第一条", date(2020, 1, 1)) is not None
    assert lib.passage("旧条例@2011-01-01#第一条") is not None
    assert sorted(lib.titles()) == ["新条例", "旧条例"]


def test_a_changed_file_changes_what_is_found_and_the_version(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    before = lib.version
    assert not lib.refresh()
    assert lib.version == before
    (folder / "新条例(2021-07-27).md").write_text(FIRST.replace("当场", "三日内"), "utf-8")
    assert lib.refresh()
    assert lib.version != before
    assert (first := lib.passage("新条例@2021-07-27#第一条")) and "三日内" in first.text
    (folder / "新条例(2021-07-27).md").unlink()
    lib.refresh()
    assert lib.article("旧条例", "第一条") is not None, "what repealed it is gone"


def test_a_touched_file_of_the_same_words_is_no_change(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    os.utime(folder / "新条例(2021-07-27).md", (1, 1))
    assert not lib.refresh()


def test_a_bad_file_is_reported_and_the_others_are_taken_in(folder: Path) -> None:
    (folder / "坏.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "副本.md").write_text(
        "---\ntitle: 新条例\nversion_date: 2021-07-27\n---\n第一条 别的话。\n第二条 乙。", "utf-8"
    )
    lib = library(folder)
    lib.refresh()
    problems = lib.status().problems
    assert "读不了" in problems["laws/坏.txt"][0]
    assert any("同名同版本" in p for name in problems for p in problems[name])
    assert lib.status().documents == 2


def test_a_restart_embeds_nothing_again(folder: Path) -> None:
    first, second = Counting(), Counting()
    lib = library(folder, first)
    lib.refresh()
    lib.vectorise()
    assert len(first.embedded) == 4
    assert lib.status().vectors_ready
    again = library(folder, second)
    again.refresh()
    again.vectorise()
    assert second.embedded == []
    assert again.version == lib.version
    assert found(again, "当场登记吗") == found(lib, "当场登记吗")


KILLED = """
import os, signal, sys
from pathlib import Path
from knowledge import library
from knowledge.bench import RandomVectors
from prompts.settings import Settings

class Dying(RandomVectors):
    left = 2
    def passages(self, texts):
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().passages(texts)

library.BATCH = 1
folder = Path(sys.argv[1])
lib = library.Library(Settings(_env_file=None, data=folder.parent / "data"), Dying, [folder])
lib.refresh()
lib.vectorise()
"""


def test_what_was_embedded_before_a_kill_is_not_embedded_again(folder: Path) -> None:
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", KILLED, str(folder)], cwd=root, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    embedder = Counting()
    lib = library(folder, embedder)
    lib.open()
    assert lib.status().words_ready, "the words were kept as well"
    assert found(lib, "当场登记吗") == ["新条例@2021-07-27#第一条"]
    assert not lib.refresh()
    lib.vectorise()
    assert len(embedder.embedded) == 2
    assert lib.status().vectors_ready


def test_a_round_that_fails_is_done_again(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    words = folder.parent / "data" / "index" / "words"
    (folder / "新条例(2021-07-27).md").write_text(FIRST.replace("当场", "三日内"), "utf-8")
    words.rename(words.with_name("away"))
    words.write_text("the disk has gone")
    with pytest.raises((OSError, ValueError)):
        lib.refresh()
    assert found(lib, "当场登记吗")[0] == "新条例@2021-07-27#第一条", "readers go on with what they had"
    words.unlink()
    words.with_name("away").rename(words)
    lib.refresh()
    assert (first := lib.passage("新条例@2021-07-27#第一条")) and "三日内" in first.text


def test_a_new_version_and_the_end_of_the_one_before_appear_together(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    new = "第一条 登记机关应当即时登记。\n第二条 本条例自2025年3月1日起施行。"
    (folder / "新条例(2025-01-01).md").write_text(new, "utf-8")
    before = lib.version
    lib.refresh()
    assert lib.version != before
    assert found(lib, "登记机关")[0] == "新条例@2025-01-01#第一条"
    assert (old := lib.article("新条例", "第一条", date(2024, 1, 1))) and old.superseded_by == "新条例@2025-01-01"


def test_an_index_of_another_embedder_is_not_used(folder: Path) -> None:
    lib = library(folder, Counting())
    lib.refresh()
    lib.vectorise()
    other = Counting()
    settings = Settings(_env_file=None, data=folder.parent / "data", embedder="st:another")
    again = Library(settings, lambda: other, [folder])
    again.refresh()
    again.vectorise()
    assert len(other.embedded) == 4


def test_the_background_thread_stops_when_told(folder: Path) -> None:
    lib = library(folder, Counting())
    lib.start()
    lib.close()
    assert lib.search("登记") == lib.search("登记")


def test_a_library_of_given_passages_reads_nothing(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    passages = [p for p in (lib.passage("新条例@2021-07-27#第一条"),) if p]
    assert [h.passage for h in Library.of(passages).search("当场登记")] == passages


def test_a_guide_makes_the_article_it_cites_findable_in_lay_words(folder: Path) -> None:
    lib = library(folder)
    lib.refresh()
    assert found(lib, "马上拿证") == []
    guide = "---\ntitle: 指南\nversion: '1'\nrank: 指南\n---\n## 多久\n\n- 一般马上拿证。（《新条例》第一条）\n"
    (folder / "guide.md").write_text(guide, "utf-8")
    lib.refresh()
    assert found(lib, "马上拿证")[0] == "新条例@2021-07-27#第一条"
    (folder / "guide.md").unlink()
    lib.refresh()
    assert found(lib, "马上拿证") == []


def test_a_question_written_for_an_article_finds_it_once_it_is_due(folder: Path) -> None:
    now = [0.0]
    settings = Settings(_env_file=None, data=folder.parent / "data", today=date(2026, 11, 20))
    lib = Library(settings, _none, [folder], clock=lambda: now[0])
    lib.refresh()
    assert found(lib, "马上拿证") == []
    article = lib.passage("新条例@2021-07-27#第一条")
    assert article is not None
    asked = Made(key=text_key(article.text), document="新条例@2021-07-27", questions=("能马上拿证吗？",))
    Questions(settings).add(asked)
    now[0] = QUESTIONS_SECONDS - 1
    lib.refresh()
    assert found(lib, "马上拿证") == []
    now[0] = QUESTIONS_SECONDS
    lib.refresh()
    assert found(lib, "马上拿证") == ["新条例@2021-07-27#第一条"]


def test_a_reranker_orders_the_first_hits_of_every_search(folder: Path) -> None:
    class Shortest:
        def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
            return [-len(text) for text in texts]

    (folder / "长条例(2022-01-01).md").write_text("第一条 登记登记登记登记登记，登记机关应当登记。", "utf-8")
    settings = Settings(_env_file=None, data=folder.parent / "data", today=date(2026, 11, 20))
    lib = Library(settings, _none, [folder], scorer=Shortest())
    lib.refresh()
    assert [len(h.passage.text) for h in lib.search("登记", 3)] == sorted(
        len(h.passage.text) for h in lib.search("登记")
    )
    assert len(lib.search("登记", 1)) == 1
