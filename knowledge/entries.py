"""The small part of every document that is held in memory, in columns: days, regions, and keys of its vectors.

A row is a passage; rows are numbered once and never again. A document's rows follow each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knowledge.citation import Passage
from knowledge.index import GUIDE, Document, saying_texts, text_key, vector_texts

KEY = 16
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()


@dataclass(frozen=True)
class Keys:
    """Keys of texts to embed, and for each the place of its passage in the document."""

    keys: bytes
    of: NDArray[np.int32]

    @classmethod
    def collect(cls, texts: Sequence[Sequence[str]]) -> Keys:
        """`texts`: those of each passage."""
        of = np.repeat(np.arange(len(texts), dtype=np.int32), [len(t) for t in texts])
        return cls(b"".join(text_key(text) for found in texts for text in found), of)

    def split(self) -> list[bytes]:
        """The keys one by one."""
        return [self.keys[i : i + KEY] for i in range(0, len(self.keys), KEY)]


@dataclass(frozen=True)
class Entry:
    """One document without its words."""

    name: str
    title: str
    digest: str
    row: int
    """Row of its first passage."""
    starts: NDArray[np.int32]
    """First day in force, as an ordinal."""
    ends: NDArray[np.int32]
    """First day no longer in force, as an ordinal."""
    regions: tuple[str, ...]
    guide: bool
    texts: Keys
    said: Keys

    def __len__(self) -> int:
        return len(self.starts)

    @classmethod
    def of(cls, document: Document, row: int) -> Entry:
        """The entry of a document with at least one passage."""
        passages = document.passages
        return cls(
            document.name,
            passages[0].document,
            document.digest,
            row,
            np.array([first_day(p) for p in passages], np.int32),
            np.array([last_day(p) for p in passages], np.int32),
            tuple(p.region for p in passages),
            passages[0].rank == GUIDE,
            Keys.collect([vector_texts(p) for p in passages]),
            Keys.collect([saying_texts(document.sayings.get(p.id, ())) for p in passages]),
        )

    def dump(self) -> bytes:
        """As JSON."""
        same = len(set(self.regions)) == 1
        kept = {
            "name": self.name,
            "title": self.title,
            "digest": self.digest,
            "row": self.row,
            "starts": self.starts.tolist(),
            "ends": self.ends.tolist(),
            "regions": self.regions[:1] if same else self.regions,
            "guide": self.guide,
            "texts": [self.texts.keys.hex(), self.texts.of.tolist()],
            "said": [self.said.keys.hex(), self.said.of.tolist()],
        }
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def load(cls, raw: bytes) -> Entry:
        """Reads what `dump` wrote; raises ValueError or KeyError on anything else."""
        kept = json.loads(raw)
        starts = np.array(kept["starts"], np.int32)
        regions = tuple(kept["regions"])
        texts, said = (Keys(bytes.fromhex(k), np.array(of, np.int32)) for k, of in (kept["texts"], kept["said"]))
        return cls(
            kept["name"],
            kept["title"],
            kept["digest"],
            int(kept["row"]),
            starts,
            np.array(kept["ends"], np.int32),
            regions * len(starts) if len(regions) == 1 else regions,
            bool(kept["guide"]),
            texts,
            said,
        )


def first_day(passage: Passage) -> int:
    """Ordinal of the first day in force; an open end reaches the end of the calendar."""
    return passage.in_force_from.toordinal() if passage.in_force_from else FIRST_DAY


def last_day(passage: Passage) -> int:
    """Ordinal of the first day no longer in force."""
    return passage.in_force_to.toordinal() if passage.in_force_to else LAST_DAY


class Columns:
    """Every living row of an index at one moment; never changed once made."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        ordered = sorted(entries.values(), key=lambda e: e.row)
        self.next_row = ordered[-1].row + len(ordered[-1]) if ordered else 0
        self.rows: NDArray[np.int32] = _joined(np.arange(e.row, e.row + len(e), dtype=np.int32) for e in ordered)
        self.starts = self._column((e.starts for e in ordered), LAST_DAY)
        self.ends = self._column((e.ends for e in ordered), FIRST_DAY)
        self.alive = self._column((np.ones(len(e), np.int32) for e in ordered), 0).astype(bool)
        self.guide = self._column((np.full(len(e), e.guide, np.int32) for e in ordered), 0).astype(bool)
        names = [region for e in ordered for region in e.regions]
        self.regions = sorted(set(names))
        code = {name: i for i, name in enumerate(self.regions)}
        self._region = self._column([np.array([code[n] for n in names], np.int32)] if names else [], 0)
        self.texts = _placed(ordered, [e.texts for e in ordered])
        self.said = _placed(ordered, [e.said for e in ordered])
        self.titles = list(dict.fromkeys(e.title for e in ordered))

    def _column(self, parts: Iterable[NDArray[np.int32]], dead: int) -> NDArray[np.int32]:
        out = np.full(self.next_row, dead, np.int32)
        out[self.rows] = _joined(parts)
        return out

    def __len__(self) -> int:
        return len(self.rows)

    def allowed(self, on: date | None, region: str | None) -> NDArray[np.bool_]:
        """Which rows may be found, by row: in force that day and for that place."""
        out = self.alive.copy()
        if on is not None:
            out &= (self.starts <= on.toordinal()) & (on.toordinal() < self.ends)
        if region:
            out &= np.array([region.startswith(name) for name in self.regions], bool)[self._region]
        return out


@dataclass(frozen=True)
class Placed:
    """Keys of the texts of all living rows."""

    keys: list[bytes]
    rows: NDArray[np.int32]

    @cached_property
    def distinct(self) -> frozenset[bytes]:
        """The keys, each once."""
        return frozenset(self.keys)


def _placed(entries: Sequence[Entry], parts: Sequence[Keys]) -> Placed:
    rows = _joined(part.of + np.int32(entry.row) for entry, part in zip(entries, parts, strict=True))
    return Placed([key for part in parts for key in part.split()], rows)


def _joined(parts: Iterable[NDArray[np.int32]]) -> NDArray[np.int32]:
    found = list(parts)
    return np.concatenate(found) if found else np.zeros(0, np.int32)
