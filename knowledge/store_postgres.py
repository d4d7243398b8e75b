"""The index in PostgreSQL with pgvector: several servers of one office share it, and its backup is the database's.

It holds what `LocalIndex` holds and finds the same by the same lists and the same fusion. A change is one transaction.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from knowledge.citation import Passage
from knowledge.fusion import Lists, Ranking, fuse
from knowledge.index import (
    DEPTH,
    GUIDE,
    Counts,
    Document,
    Hit,
    Matrix,
    Weights,
    entry_text,
    hits_of,
    saying_texts,
    text_key,
    vector_texts,
)
from knowledge.shelf import manifest
from knowledge.store_ranking import Allowed, Corpus, by_meaning, by_words, term_id, vector_literal
from knowledge.store_tables import Made, connect, hold, make_graphs, make_vectors, prepare, tidy
from knowledge.words import cited_articles, tokens

FORMAT = 1
EXACT = 50_000
"""Up to so many vectors each is compared; beyond it a graph is made once all are there."""
MANY = 1_000
"""Passages put in one change after which the statistics of the tables are taken anew."""
_LONGEST = 32_767
_STATE = text("SELECT revision, vector_size FROM library.state")
_COUNTS = text("""
    SELECT (SELECT count(*) FROM library.documents WHERE count > 0) AS documents,
           (SELECT count(DISTINCT row) FROM library.pieces WHERE NOT done) AS wanting,
           count(*) AS passages, sum(words) AS words, sum(said_words) AS said_words FROM library.passages""")
_CHANGED = text("UPDATE library.state SET revision = revision + 1, next_row = greatest(next_row, :row)")
_WANTING = text("""
    SELECT p.passage, p.sayings, w.keys FROM library.passages p JOIN (
        SELECT row, array_agg(key) AS keys FROM library.pieces WHERE NOT done AND said = :said GROUP BY row
    ) w USING (row)
    ORDER BY cardinality(p.sayings) = 0, p.row LIMIT :limit""")
_UNCOUNT = text("""
    WITH gone AS (DELETE FROM library.postings WHERE row >= :first AND row < :after RETURNING term),
         fewer AS (SELECT term, count(*) AS n FROM gone GROUP BY term)
    UPDATE library.terms t SET passages = t.passages - f.n FROM fewer f WHERE t.term = f.term""")
_COUNT = text("""
    INSERT INTO library.terms SELECT * FROM unnest(CAST(:terms AS bigint[]), CAST(:counts AS int[]))
    ON CONFLICT (term) DO UPDATE SET passages = terms.passages + excluded.passages""")
_KEPT_ALREADY = text("""
    UPDATE library.pieces c SET done = true FROM library.vectors v
    WHERE c.row >= :first AND v.key = c.key AND v.said = c.said""")
_KEEP = text("""
    INSERT INTO library.vectors
    SELECT n.key, k.said, CAST(n.vector AS halfvec)
    FROM unnest(CAST(:keys AS bytea[]), CAST(:vectors AS text[])) AS n(key, vector)
    CROSS JOIN LATERAL (
        SELECT DISTINCT c.said FROM library.pieces c WHERE c.key = n.key
        UNION SELECT false WHERE NOT EXISTS (SELECT FROM library.pieces c WHERE c.key = n.key)) k
    ON CONFLICT DO NOTHING""")
_DONE = text("UPDATE library.pieces SET done = true WHERE key = ANY(CAST(:keys AS bytea[])) AND NOT done")


@dataclass(frozen=True)
class _Moment:
    """What is asked for again and again, as of one revision."""

    revision: int
    vectors: bool
    counts: Counts
    corpus: Corpus
    documents: Mapping[str, str]
    titles: Sequence[str]


class PostgresIndex:
    """A `PassageIndex` in the database at `url`; raises IndexRefused when it cannot be kept there.

    `embedder` and `asking` as in `LocalIndex`. Up to `exact` vectors of a kind each is compared with the question.
    """

    def __init__(self, url: str, embedder: str = "", asking: str = "", exact: int = EXACT) -> None:
        self._engine = connect(url)
        self._exact = exact
        self._moment: _Moment | None = None
        self._writing = threading.Lock()
        try:
            prepare(self._engine, Made(f"{FORMAT} {sorted(manifest().items())}", embedder, asking))
        except BaseException:
            self._engine.dispose()
            raise

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment throughout."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction of the only writer."""
        with self._writing, self._engine.begin() as connection:
            hold(connection)
            yield connection

    def _now(self, connection: Connection) -> _Moment:
        revision, size = connection.execute(_STATE).one()
        kept = self._moment
        if kept is None or kept.revision != revision:
            kept = self._moment = _moment(connection, revision, size > 0)
        return kept

    # -- looking up

    @property
    def counts(self) -> Counts:
        """How much is in it."""
        with self._reading() as connection:
            return self._now(connection).counts

    def documents(self) -> Mapping[str, str]:
        """Name → digest of every document."""
        with self._reading() as connection:
            return self._now(connection).documents

    def titles(self) -> Sequence[str]:
        """Titles of the documents, each once."""
        with self._reading() as connection:
            return self._now(connection).titles

    def get(self, passage_id: str) -> Passage | None:
        """The passage of that id, whatever its dates."""
        with self._reading() as connection:
            wanted = text("SELECT passage FROM library.passages WHERE id = :id ORDER BY row LIMIT 1")
            found = connection.execute(wanted, {"id": passage_id}).scalar()
        return None if found is None else Passage.model_validate_json(found)

    def sayings(self, passage_id: str) -> list[str]:
        """What helps to find a passage in lay words."""
        with self._reading() as connection:
            wanted = text("SELECT sayings FROM library.passages WHERE id = :id ORDER BY row LIMIT 1")
            return list(connection.execute(wanted, {"id": passage_id}).scalar() or ())

    def articles(self, title: str, article: str) -> Sequence[Passage]:
        """That article in every version of a document, newest first."""
        with self._reading() as connection:
            return [passage for _, passage in _articles(connection, title, article, Allowed(None, None))]

    def passages(self) -> Iterator[Passage]:
        """Every passage, whatever its dates, in the order they were put."""
        with self._reading() as connection:
            wanted = text("SELECT passage FROM library.passages ORDER BY row").execution_options(yield_per=500)
            for found in connection.execute(wanted).scalars():
                yield Passage.model_validate_json(found)

    # -- changing

    def change(self, put: Iterable[Document] = (), remove: Collection[str] = ()) -> None:
        """Adds or replaces documents and takes others out, all at once or, on an error, not at all; then durable."""
        with self._changing() as connection:
            first, size = connection.execute(text("SELECT next_row, vector_size FROM library.state")).one()
            for name in remove:
                _remove(connection, name)
            row = first
            for document in put:
                _remove(connection, document.name)
                if document.passages:
                    _put(connection, document, row)
                    row += len(document.passages)
            if size:
                connection.execute(_KEPT_ALREADY, {"first": first})
            connection.execute(_CHANGED, {"row": row})
        if row - first > MANY:
            tidy(self._engine)

    def refresh(self) -> None:
        """Nothing to do: every question sees what is in the database."""

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    # -- meaning

    def wanting(self, limit: int, sayings: bool = False) -> Sequence[str]:
        """About `limit` texts without a vector, each once; those of passages with sayings come first."""
        out: dict[str, None] = {}
        with self._reading() as connection:
            for raw, said, keys in connection.execute(_WANTING, {"limit": limit, "said": sayings}):
                texts = saying_texts(said) if sayings else vector_texts(Passage.model_validate_json(raw))
                out.update(dict.fromkeys(text for text in texts if text_key(text) in keys))
                if len(out) >= limit:
                    break
        return list(out)

    def add_vectors(self, texts: Sequence[str], vectors: Matrix) -> None:
        """Keeps the vectors of what `wanting` gave, for good: the same words put back cost no embedding."""
        if not texts:
            return
        keys = [text_key(t) for t in texts]
        with self._changing() as connection:
            if not connection.execute(text("SELECT vector_size FROM library.state")).scalar_one():
                make_vectors(connection, vectors.shape[1])
            connection.execute(_KEEP, {"keys": keys, "vectors": [vector_literal(v) for v in vectors]})
            connection.execute(_DONE, {"keys": keys})
            connection.execute(_CHANGED, {"row": 0})
            whole = not connection.execute(text("SELECT FROM library.pieces WHERE NOT done LIMIT 1")).all()
        if whole:
            # Apart, so that vectors are kept whatever becomes of the graph.
            with self._changing() as connection:
                make_graphs(connection, self._exact)
                connection.exec_driver_sql("ANALYZE library.vectors, library.pieces")

    # -- searching

    def search(
        self,
        queries: Sequence[str],
        vectors: Matrix | None = None,
        k: int = 10,
        on: date | None = None,
        region: str | None = None,
        weights: Weights | None = None,
    ) -> list[Hit]:
        """The best `k` passages for the first of `queries`; the others are rewordings of it."""
        weights, allowed = weights or Weights(), Allowed(on, region)
        with self._reading() as connection:
            now = self._now(connection)
            if not now.counts.passages:
                return []
            lists = _lists(connection, now, queries, vectors, weights, allowed)
            cited = _cited(connection, queries[0], now.titles, allowed) if queries else []
            found = {row for rankings in vars(lists).values() for ranking in rankings for row, _ in ranking}
            best = fuse(lists, weights, _guides(connection, found), cited)[:k]
            kept = _kept(connection, [row for row, _ in best])
        return hits_of([(kept[row], row, score) for row, score in best], lists, cited)


def _moment(connection: Connection, revision: int, vectors: bool) -> _Moment:
    found = connection.execute(_COUNTS).one()
    rows = connection.execute(text("SELECT name, digest, title FROM library.documents ORDER BY first_row")).all()
    count = max(found.passages, 1)
    return _Moment(
        revision,
        vectors,
        Counts(found.documents, found.passages, found.passages - found.wanting),
        Corpus(found.passages, (found.words or 0) / count, (found.said_words or 0) / count),
        {row.name: row.digest for row in rows},
        list(dict.fromkeys(row.title for row in rows)),
    )


def _lists(
    connection: Connection,
    now: _Moment,
    queries: Sequence[str],
    vectors: Matrix | None,
    weights: Weights,
    allowed: Allowed,
) -> Lists:
    def words(said: bool, share: float) -> list[Ranking]:
        if not weights.words * share or said and not now.corpus.said_words:
            return []
        return [by_words(connection, q, said, weights.legal, now.corpus, allowed, DEPTH) for q in queries]

    def meaning(said: bool, share: float) -> list[Ranking]:
        if vectors is None or not now.vectors or not weights.meaning * share:
            return []
        return [by_meaning(connection, vector, said, allowed, DEPTH) for vector in vectors]

    return Lists(
        words=words(False, 1.0),
        said_words=words(True, weights.said_words),
        meaning=meaning(False, 1.0),
        said_meaning=meaning(True, weights.said_meaning),
    )


def _guides(connection: Connection, rows: Collection[int]) -> list[int]:
    wanted = text("SELECT row FROM library.passages WHERE row = ANY(CAST(:rows AS int[])) AND guide")
    return list(connection.execute(wanted, {"rows": list(rows)}).scalars())


def _kept(connection: Connection, rows: Sequence[int]) -> dict[int, Passage]:
    wanted = text("SELECT row, passage FROM library.passages WHERE row = ANY(CAST(:rows AS int[]))")
    found = connection.execute(wanted, {"rows": list(rows)})
    return {row: Passage.model_validate_json(passage) for row, passage in found}


def _articles(connection: Connection, title: str, article: str, allowed: Allowed) -> list[tuple[int, Passage]]:
    wanted = text("""
        SELECT row, passage FROM library.passages WHERE title = :title AND article = :article
          AND (CAST(:on AS date) IS NULL OR starts <= :on AND :on < ends)
          AND (CAST(:around AS text[]) IS NULL OR region = ANY(:around)) ORDER BY row""")
    found = connection.execute(wanted, {"title": title, "article": article} | allowed.values())
    passages = [(row, Passage.model_validate_json(passage)) for row, passage in found]
    return sorted(passages, key=lambda kept: kept[1].version, reverse=True)


def _cited(connection: Connection, query: str, titles: Sequence[str], allowed: Allowed) -> list[int]:
    """Rows of the articles the question names, newest version first."""
    if "条" not in query:
        return []
    named = cited_articles(query, titles)
    return [row for title, article in named for row, _ in _articles(connection, title, article, allowed)]


def _remove(connection: Connection, name: str) -> None:
    gone = text("DELETE FROM library.documents WHERE name = :name RETURNING first_row, first_row + count")
    found = connection.execute(gone, {"name": name}).one_or_none()
    if found is None:
        return
    rows = {"first": found[0], "after": found[1]}
    connection.execute(_UNCOUNT, rows)
    connection.execute(text("DELETE FROM library.passages WHERE row >= :first AND row < :after"), rows)
    connection.execute(text("DELETE FROM library.pieces WHERE row >= :first AND row < :after"), rows)


def _put(connection: Connection, document: Document, first: int) -> None:
    passages, guide = document.passages, document.passages[0].rank == GUIDE
    whole: Counter[int] = Counter()
    rows, postings, pieces = list[Sequence[Any]](), list[Sequence[Any]](), list[Sequence[Any]]()
    for row, p in enumerate(passages, first):
        sayings = list(document.sayings.get(p.id, ()))
        words, said = tokens(entry_text(p)), tokens("\n".join(sayings))
        starts, ends = p.in_force_from or "-infinity", p.in_force_to or "infinity"
        texts = p.document, p.article, p.id, p.model_dump_json(), sayings
        rows.append((row, starts, ends, p.region, guide, len(words), len(said), *texts))
        for found, of_saying in ((words, False), (said, True)):
            counts = Counter(term_id(word, of_saying) for word in found)
            whole.update(counts.keys())
            length = min(len(found), _LONGEST)
            postings += [(term, row, min(times, _LONGEST), length) for term, times in counts.items()]
        for of_saying, kind in ((False, vector_texts(p)), (True, saying_texts(sayings))):
            pieces += [(row, of_saying, text_key(t), False) for t in kind]
    entry = {"name": document.name, "title": passages[0].document, "digest": document.digest}
    new = text("INSERT INTO library.documents VALUES (:name, :title, :digest, :row, :count)")
    connection.execute(new, entry | {"row": first, "count": len(passages)})
    _copy(connection, "passages", rows)
    _copy(connection, "postings", postings)
    _copy(connection, "pieces", pieces)
    terms = sorted(whole)
    connection.execute(_COUNT, {"terms": terms, "counts": [whole[t] for t in terms]})


def _copy(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY library.{table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
