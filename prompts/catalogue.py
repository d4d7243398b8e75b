"""The catalogue of model files: data in `catalogue.toml`, one entry a model."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent


class Wheels(BaseModel):
    """Parts of a file inside wheels of the Python package index; `{n}` counts from 1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    parts: int = Field(ge=1)
    member: str
    """Path of the part inside its wheel."""


class Entry(BaseModel):
    """A model file: what it is, and where the same bytes can be had."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    file: str
    licence: str
    size: int
    """Bytes."""
    sha256: str
    hub: tuple[str, ...] = ()
    """Addresses on model hubs, tried in order."""
    wheels: Wheels | None = None
    path: Path | None = None
    """A file of the operator's own, used where it lies."""

    @classmethod
    def file_of(cls, path: Path) -> Entry:
        """An entry for a GGUF file that is in no catalogue."""
        size = path.stat().st_size if path.exists() else 0
        return cls(id=path.stem, file=path.name, licence="", size=size, sha256="", path=path)


@cache
def catalogue(path: Path = FOLDER / "catalogue.toml") -> dict[str, Entry]:
    """All entries by id."""
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Entry.model_validate({"id": name, **body}) for name, body in read.items()}
