"""Files are read once per content, also over a restart."""

import os
from pathlib import Path

import pytest

from knowledge.folders import Folders

TEXT = "第一条 登记机关应当当场登记。\n第二条 附则。"


@pytest.fixture
def laws(tmp_path: Path) -> Path:
    folder = tmp_path / "laws"
    folder.mkdir()
    (folder / "条例(2021-07-27).md").write_text(TEXT, "utf-8")
    (folder / "坏.txt").write_bytes(bytes(range(256)) * 20)
    return folder


def looked(laws: Path) -> tuple[Folders, bool]:
    folders = Folders([laws], laws.parent / "cache")
    folders.open()
    return folders, folders.look()


def test_what_was_learnt_survives_a_restart_and_needs_no_second_reading(laws: Path) -> None:
    first, changed = looked(laws)
    assert changed
    first.save()
    (law,) = laws.glob("*.md")
    times = law.stat()
    law.write_text(TEXT.replace("当场", "三日"), "utf-8")
    os.utime(law, ns=(times.st_atime_ns, times.st_mtime_ns))
    second, changed = looked(laws)
    assert not changed, "a file of the same time and size is not opened"
    assert second.files == first.files
    assert "读不了" in second.files["laws/坏.txt"].problems[0]


def test_a_law_is_kept_without_its_text_and_read_again_when_it_is_wanted(laws: Path) -> None:
    folders, _ = looked(laws)
    folders.forget_text()
    record = folders.files["laws/条例(2021-07-27).md"]
    assert record.source is not None and record.source.units == ()
    assert folders.whole("laws/条例(2021-07-27).md").units[0].text == "登记机关应当当场登记。"


@pytest.mark.parametrize("damage", ["{", "[]", '{"reader": "another", "files": {}}'])
def test_a_damaged_or_older_notebook_only_costs_reading_again(laws: Path, damage: str) -> None:
    first, _ = looked(laws)
    first.save()
    (laws.parent / "cache" / "files.json").write_text(damage)
    second, changed = looked(laws)
    assert changed
    assert second.files == first.files


def test_files_that_come_change_or_go_are_told(laws: Path) -> None:
    folders, _ = looked(laws)
    assert not folders.look()
    (laws / "新.md").write_text(TEXT, "utf-8")
    assert folders.look()
    (laws / "新.md").write_text(TEXT + "\n第三条 新的。", "utf-8")
    assert folders.look()
    (laws / "新.md").unlink()
    assert folders.look()
    assert not folders.look()
