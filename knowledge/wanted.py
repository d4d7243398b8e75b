"""What should stand in the index, by what the files say of themselves and of each other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.folders import FileRecord
from knowledge.made_questions import Questions
from knowledge.questions import shipped_version
from knowledge.sources import Source, sayings, settle, title_key


@dataclass(frozen=True)
class Wanted:
    """A document as it should stand in the index."""

    file: str
    source: Source
    """Settled, without its units."""
    sayings: dict[str, list[str]]
    """Article → the same rule in lay words."""
    digest: str
    """Changes with the words of the document, its dates, its lay words and the questions told of it."""


def wanted_of(files: Mapping[str, FileRecord], questions: Questions) -> tuple[dict[str, Wanted], dict[str, str]]:
    """Name → document of every file that can be read, of two with one name the first; file → a note on the other."""
    records = {name: f for name, f in files.items() if f.source is not None}
    sources = settle([s for f in records.values() if (s := f.source) is not None])
    said: dict[str, dict[str, list[str]]] = {}
    for place, words in sayings(sources).items():
        key, _, article = place.partition("#")
        said.setdefault(key, {})[article] = words
    out: dict[str, Wanted] = {}
    notes: dict[str, str] = {}
    for (file, record), source in zip(records.items(), sources, strict=True):
        if source.name in out:
            notes[file] = f"与{out[source.name].file}同名同版本，没有收入"
            continue
        # Lay words are only for the text in force, because numbers move from version to version.
        lay = {} if source.in_force_to else said.get(title_key(source.title), {})
        told = f"{shipped_version()} {questions.written_for(source.name)}"
        out[source.name] = Wanted(file, source, lay, _digest(source, record.units, lay, told))
    return out, notes


def _digest(source: Source, units: str, said: Mapping[str, Sequence[str]], told: str) -> str:
    bare = repr(replace(source, units=(), problems=()))
    return hashlib.sha256("\n".join([bare, units, repr(said), told]).encode()).hexdigest()
