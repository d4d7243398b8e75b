"""Passages with their words in tantivy: BM25 over pairs of characters, look-ups by id and article, one commit a change.

The first passage of a document carries the document's entry, so that passages and entry come and go in one commit.
tantivy ends each file with a checksum; a file that does not match its own is refused before it is read.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tantivy
from tantivy import FieldType, Occur, Query

from knowledge.citation import Passage
from knowledge.durable import replace
from knowledge.entries import Entry, first_day, last_day
from knowledge.index import Document, IndexRefused, entry_text, vector_texts
from knowledge.words import legal_words, tokens

FORMAT = 3
HEAP = 64_000_000
MOST_TERMS = 400
"""Of a question; what comes after is not looked up."""
_COUNTRY = "国"
_SAMPLE = Passage(
    id="登记条例@2021#第十九条",
    document="登记条例",
    version="2021",
    article="第十九条",
    heading=("第二章", "第一节"),
    text="网上办App，15.5日，税；第十九条（一）ＡＢＣ ｱ Éa 〇\n" + "登记机关应当当场登记；不能的，说明理由。" * 30,
)
_FILE = re.compile(
    r"[0-9a-f]{32}\.(fast|fieldnorm|idx|pos|store|term|\d+\.del)|meta\.json|\.managed\.json|\.tantivy-\w+\.lock"
    r"|manifest\.json(\.new)?|\.tmp\w+"
)
_MAGIC = 1337


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("row", indexed=True, fast=True)
    for name in ("name", "id", "title", "article", "region", "first"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("starts", "ends"):
        builder.add_integer_field(name, indexed=True, fast=True)
    for name in ("words", "said"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in ("passage", "sayings", "entry"):
        builder.add_bytes_field(name, stored=True)
    return builder.build()


@dataclass(frozen=True)
class Kept:
    """A passage as it lies on the shelf, with its sayings."""

    passage: Passage
    sayings: tuple[str, ...]


class Reader:
    """The shelf at one moment; safe for threads."""

    def __init__(self, index: tantivy.Index) -> None:
        self._searcher = index.searcher()
        self._schema = index.schema

    def entries(self) -> dict[str, Entry]:
        """Name → entry of every document."""
        found = self._searcher.search(self._term("first", "1"), max(self._searcher.num_docs, 1), count=False).hits
        entries = (Entry.load(bytes(self._searcher.doc(where).get_first("entry") or b"")) for _, where in found)
        return {entry.name: entry for entry in entries}

    def kept(self, row: int) -> Kept | None:
        """What lies in that row."""
        return next(self._kept(self._term("row", row), 1), None)

    def by_id(self, passage_id: str) -> Kept | None:
        """The passage of that id."""
        return next(self._kept(self._term("id", passage_id), 1), None)

    def rows(self, title: str, article: str) -> list[int]:
        """Rows of that article in every version of a document."""
        both = Query.boolean_query(
            [(Occur.Must, self._term("title", title)), (Occur.Must, self._term("article", article))]
        )
        return [row for row, _ in self._rows(both, 1000)]

    def best(
        self, query: str, field: str, on: date | None, region: str | None, legal: float, limit: int
    ) -> list[tuple[int, float]]:
        """(row, BM25 score) of the best rows by `field` (`words` or `said`), best first.

        `legal`: what the words count that the law uses for what a lay question names.
        """
        terms = [*self._terms(field, query, 1.0), *(self._terms(field, legal_words(query), legal) if legal else ())]
        if not terms:
            return []
        wanted = Query.boolean_query([(Occur.Should, term) for term in terms])
        filters = [(Occur.Must, Query.boost_query(f, 0.0)) for f in self._filters(on, region)]
        found = self._rows(Query.boolean_query([(Occur.Must, wanted), *filters]) if filters else wanted, limit)
        return sorted(found, key=lambda f: (-f[1], f[0]))

    def _terms(self, field: str, words: str, weight: float) -> Iterator[Query]:
        for term, times in list(Counter(tokens(words)).items())[:MOST_TERMS]:
            query, boost = Query.term_query(self._schema, field, term, "freq"), weight * min(times, 3)
            yield query if boost == 1.0 else Query.boost_query(query, boost)

    def _filters(self, on: date | None, region: str | None) -> Iterator[Query]:
        if on is not None:
            day, kind = on.toordinal(), FieldType.Integer
            yield Query.range_query(self._schema, "starts", kind, upper_bound=day)
            yield Query.range_query(self._schema, "ends", kind, lower_bound=day, include_lower=False)
        if region:
            around = [region[:n] for n in range(1, len(region) + 1)]
            yield Query.term_set_query(self._schema, "region", [_COUNTRY, *around])

    def _term(self, field: str, value: str | int) -> Query:
        return Query.term_query(self._schema, field, value, "basic")

    def _rows(self, query: Query, limit: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [where for _, where in hits])
        return [(int(row), float(score)) for row, (score, _) in zip(rows, hits, strict=True) if row is not None]

    def _kept(self, query: Query, limit: int) -> Iterator[Kept]:
        for _, where in self._searcher.search(query, limit, count=False).hits:
            found = self._searcher.doc(where)
            sayings = found.get_first("sayings")
            passage = Passage.model_validate_json(found.get_first("passage") or b"")
            yield Kept(passage, tuple(json.loads(sayings)) if sayings else ())


class Shelf:
    """Writes the shelf in `folder` or, without one, in memory; whoever writes holds the index's lock."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        if folder is None:
            self._index = tantivy.Index(_schema())
        else:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(_schema(), path=str(folder))
            replace(folder / "manifest.json", json.dumps(manifest()).encode())
        self._stamp = self._written()

    @classmethod
    def open(cls, folder: Path) -> Shelf:
        """The shelf in `folder`, an empty one when it is not there; raises IndexRefused when it may not be used."""
        if not folder.exists():
            return cls(folder)
        out = cls.__new__(cls)
        try:
            _check(folder)
            out.folder, out._index = folder, tantivy.Index.open(str(folder))
            out._index.searcher()
            out._stamp = out._written()
        except (OSError, AttributeError, KeyError, TypeError, ValueError) as problem:
            raise IndexRefused(str(problem)) from problem
        return out

    def reader(self) -> Reader:
        """The shelf as it is now."""
        self._index.reload()
        return Reader(self._index)

    def changed(self) -> bool:
        """Whether another process has written since the last time we wrote or asked."""
        before, self._stamp = self._stamp, self._written()
        return before != self._stamp

    def _written(self) -> tuple[int, int]:
        if self.folder is None:
            return 0, 0
        stat = (self.folder / "meta.json").stat()
        return stat.st_mtime_ns, stat.st_ino

    def change(self, put: Iterable[Document], remove: Iterable[str], row: int) -> tuple[Reader, dict[str, Entry]]:
        """Replaces and removes documents in one commit, numbering rows from `row`.

        Gives the shelf after it and the entries put; a document without passages has none.
        """
        writer = self._index.writer(HEAP, 1)
        entries: dict[str, Entry] = {}
        try:
            for name in remove:
                writer.delete_documents_by_term("name", name)
            for document in put:
                writer.delete_documents_by_term("name", document.name)
                if document.passages:
                    entries[document.name] = entry = Entry.of(document, row)
                    row += len(entry)
                    for made in _made(document, entry):
                        writer.add_document(made)
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self._stamp = self._written()
        return self.reader(), entries


def _made(document: Document, entry: Entry) -> Iterator[tantivy.Document]:
    for place, passage in enumerate(document.passages):
        out = tantivy.Document()
        out.add_unsigned("row", entry.row + place)
        out.add_integer("starts", first_day(passage))
        out.add_integer("ends", last_day(passage))
        for field, value in (("name", entry.name), ("id", passage.id), ("title", passage.document)):
            out.add_text(field, value)
        out.add_text("article", passage.article)
        out.add_text("region", passage.region or _COUNTRY)
        out.add_text("words", " ".join(tokens(entry_text(passage))))
        out.add_bytes("passage", passage.model_dump_json().encode())
        if sayings := document.sayings.get(passage.id):
            out.add_text("said", " ".join(tokens("\n".join(sayings))))
            out.add_bytes("sayings", json.dumps(list(sayings), ensure_ascii=False).encode())
        if not place:
            out.add_text("first", "1")
            out.add_bytes("entry", entry.dump())
        yield out


def manifest() -> dict[str, object]:
    """What the words were cut and kept by; another way means building them anew."""
    words, embedded = " ".join(tokens(entry_text(_SAMPLE))), "\n".join(vector_texts(_SAMPLE))
    hashes = (hashlib.sha256(text.encode()).hexdigest()[:16] for text in (words, embedded))
    return {"format": FORMAT} | dict(zip(("tokenizer", "pieces"), hashes, strict=True))


def _check(folder: Path) -> None:
    """Raises ValueError when the folder holds anything else than a whole shelf of this format."""
    foreign = [f.name for f in folder.iterdir() if not _FILE.fullmatch(f.name)]
    if foreign:
        raise ValueError(f"wanted files of the shelf only, got {foreign[0]}")
    named = json.loads((folder / "manifest.json").read_text("utf-8"))
    if named != manifest():
        raise ValueError(f"wanted {manifest()}, got {named}"[:200])
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    for segment in meta["segments"]:
        stem = segment["segment_id"].replace("-", "")
        deletes = segment["deletes"]
        endings: Sequence[str] = ("fast", "fieldnorm", "idx", "store", "term")
        for ending in (*endings, *([f"{deletes['opstamp']}.del"] if deletes else [])):
            _check_file(folder / f"{stem}.{ending}")


def _check_file(file: Path) -> None:
    """Compares a file with the checksum in its footer: body, footer as JSON, length of the footer, a magic number."""
    raw = file.read_bytes()
    length, magic = struct.unpack("<II", raw[-8:].rjust(8, b"\0"))
    footer = json.loads(raw[-8 - length : -8]) if magic == _MAGIC else {}
    if footer.get("crc") != zlib.crc32(raw[: -8 - length]):
        raise ValueError(f"wanted {file.name} whole, got {len(raw)} bytes that do not match their checksum")
