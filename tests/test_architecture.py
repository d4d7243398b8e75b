"""The rules of the house that a reader would otherwise have to trust."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ORDER = ["prompts", "knowledge", "assistant", "review", "eval", "app"]
SOURCES = sorted(p for part in ORDER[:-1] for p in (ROOT / part).rglob("*.py")) + [ROOT / "app.py"]
ONLY_IN = {
    "gradio": re.compile(r"page(_\w+)?\.py$|^app\.py$"),
    "fastapi": re.compile(r"api(_\w+)?\.py$|^app\.py$"),
    "sqlalchemy": re.compile(r"store(_\w+)?\.py$|migrations"),
}
BANNED = (
    r"pickle\.load|allow_dangerous_deserialization|trust_remote_code=True|yaml\.load\(|gr\.load\(|share=True|"
    r"langchain_community|shell=True|datatype=\"html\"|os\.environ\[|os\.getenv"
)


def imported(path: Path) -> set[str]:
    """Top-level names a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module and not n.level]
    return {name.split(".")[0] for name in names}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_a_part_imports_only_from_its_left(path: Path) -> None:
    place = ORDER.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    assert not imported(path) & set(ORDER[place + 1 :])


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_frameworks_stay_in_their_files(path: Path) -> None:
    for package, allowed in ONLY_IN.items():
        assert package not in imported(path) or allowed.search(label(path)), package


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_no_construct_the_project_does_without(path: Path) -> None:
    found = [m.group() for m in re.finditer(BANNED, path.read_text(encoding="utf-8"))]
    assert found == [] or label(path) == "prompts/settings.py"


@pytest.mark.parametrize("path", SOURCES, ids=label)
def test_no_file_grows_past_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
