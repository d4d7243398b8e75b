"""Every prompt file of the product, and the lock that keeps released versions as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts import Prompt, refs
from prompts.lock import faults, lock, locked, write_goldens


@pytest.mark.parametrize("ref", refs())
def test_a_prompt_file_is_locked_renders_as_recorded_and_reads_its_replies(ref: str) -> None:
    assert faults(Prompt.load(ref)) == []


def test_the_lock_names_no_prompt_that_is_gone() -> None:
    assert set(locked()) <= set(refs())


def test_locking_adds_new_versions_and_refuses_changed_ones(folder: Path) -> None:
    assert lock(folder) == ["said@1", "said@2", "yes@1"]
    assert lock(folder) == []
    text = (folder / "yes.v1.md").read_text(encoding="utf-8")
    (folder / "yes.v1.md").unlink()
    (folder / "yes.v1.md").write_text(text + "改", encoding="utf-8")
    before = locked(folder)
    with pytest.raises(ValueError, match="yes@1"):
        lock(folder)
    assert locked(folder) == before


def test_a_sound_prompt_has_no_faults(folder: Path, tmp_path: Path) -> None:
    lock(folder)
    write_goldens(folder, tmp_path / "golden")
    assert faults(Prompt.load("said", folder=folder), folder, tmp_path / "golden") == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("suite: extraction", "suite: ''", "suite"),
        ('bad: ["", "  "]', 'bad: [""]', "两条"),
        ('bad: ["", "  "]', 'bad: ["", "李四"]', "bad 第 2 条"),
        ("good: 李小明", "good: ''", "good"),
        ("output: str", "output: 是|否", "good"),
        ("output: str", "output: prompts.ask:MadeBy", "good"),
        ("output: str", "output: prompts.ask:Gone", "good"),
        ("message: 我叫李小明}", "message: 我叫李四}", "golden"),
        ("只答是或否", "只答是", "LOCK"),
    ],
)
def test_each_fault_is_found(folder: Path, tmp_path: Path, old: str, new: str, fault: str) -> None:
    lock(folder)
    write_goldens(folder, tmp_path / "golden")
    text = (folder / "yes.v1.md").read_text(encoding="utf-8").replace(old, new)
    other = tmp_path / "changed"
    folder.rename(other)
    (other / "yes.v1.md").write_text(text, encoding="utf-8")
    found = faults(Prompt.load("yes", folder=other), other, tmp_path / "golden")
    assert any(fault in line for line in found), found
