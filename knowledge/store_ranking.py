"""Which passages have the words of a question or are near its meaning, in SQL.

By words: BM25 from a table of which term stands how often in which passage, k1 and b as tantivy has them. PostgreSQL's
own ts_rank knows nothing of how rare a word is. Terms are hashes of 64 bits; those of the sayings are terms of their
own. By meaning: pgvector, exact or, where a graph was made, along it.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text

from knowledge.words import legal_words, tokens

K1, B = 1.2, 0.75
MOST_TERMS = 400
"""Of a question; what comes after is not looked up."""
MOST_POSTINGS = 40_000
"""The rarest words up to so many postings choose the candidates; the other words then only score those."""
CANDIDATES = 1_000
_KNOWN = text("SELECT term, passages FROM library.terms WHERE term = ANY(CAST(:terms AS bigint[])) AND passages > 0")
_BY_WORDS = text("""
    WITH found AS (
        SELECT p.row, sum(a.weight * p.times / (p.times + CAST(:flat AS float8) + :slope * p.length)) AS score
        FROM unnest(CAST(:rare AS bigint[]), CAST(:rare_weights AS float8[])) AS a(term, weight)
        JOIN library.postings p USING (term) GROUP BY p.row),
    chosen AS (
        SELECT f.row, f.score FROM found f JOIN library.passages s USING (row)
        WHERE (CAST(:on AS date) IS NULL OR s.starts <= :on AND :on < s.ends)
          AND (CAST(:around AS text[]) IS NULL OR s.region = ANY(:around))
        ORDER BY f.score DESC, f.row LIMIT :candidates)
    SELECT c.row, c.score + coalesce(m.score, 0) AS score FROM chosen c LEFT JOIN LATERAL (
        SELECT sum(a.weight * p.times / (p.times + CAST(:flat AS float8) + :slope * p.length)) AS score
        FROM unnest(CAST(:common AS bigint[]), CAST(:common_weights AS float8[])) AS a(term, weight)
        JOIN library.postings p ON p.term = a.term AND p.row = c.row) m ON true
    ORDER BY 2 DESC, 1 LIMIT :limit""")
_BY_MEANING = text("""
    WITH nearest AS MATERIALIZED (
        SELECT v.key, v.vector <#> CAST(:vector AS halfvec) AS distance FROM library.vectors v
        WHERE v.said = CAST(:said AS boolean) AND EXISTS (
            SELECT FROM library.pieces c JOIN library.passages s USING (row)
            WHERE c.key = v.key AND c.said = CAST(:said AS boolean)
              AND (CAST(:on AS date) IS NULL OR s.starts <= :on AND :on < s.ends)
              AND (CAST(:around AS text[]) IS NULL OR s.region = ANY(:around)))
        ORDER BY v.vector <#> CAST(:vector AS halfvec) LIMIT :pieces)
    SELECT c.row, -min(n.distance) AS score FROM nearest n
    JOIN library.pieces c ON c.key = n.key AND c.said = CAST(:said AS boolean) JOIN library.passages s USING (row)
    WHERE (CAST(:on AS date) IS NULL OR s.starts <= :on AND :on < s.ends)
      AND (CAST(:around AS text[]) IS NULL OR s.region = ANY(:around))
    GROUP BY c.row ORDER BY 2 DESC, 1 LIMIT :limit""")


@dataclass(frozen=True)
class Corpus:
    """How many passages there are, and the mean number of words of their texts and of their sayings."""

    passages: int
    words: float
    said_words: float


@dataclass(frozen=True)
class Allowed:
    """What may be found: what is in force on a day, and for a place."""

    on: date | None
    region: str | None

    def values(self) -> dict[str, Any]:
        """For the queries."""
        around = [self.region[:n] for n in range(len(self.region) + 1)] if self.region else None
        return {"on": self.on, "around": around}


@lru_cache(maxsize=1 << 18)
def term_id(word: str, said: bool) -> int:
    """The number of a word of the text or, another one, of the sayings."""
    raw = hashlib.blake2b(f"{'s' if said else 't'}{word}".encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big", signed=True)


def by_words(
    connection: Connection,
    query: str,
    said: bool,
    legal: float,
    corpus: Corpus,
    allowed: Allowed,
    limit: int,
    most: int = MOST_POSTINGS,
) -> list[tuple[int, float]]:
    """(row, BM25 score) of the best rows by their text or their sayings, best first.

    `legal`: what the words count that the law uses for what a lay question names. `most`: postings read
    to choose the candidates.
    """
    asked: dict[int, float] = defaultdict(float)
    for words, weight in ((query, 1.0), (legal_words(query) if legal else "", legal)):
        for word, times in list(Counter(tokens(words)).items())[:MOST_TERMS]:
            asked[term_id(word, said)] += weight * min(times, 3)
    known = {term: passages for term, passages in connection.execute(_KNOWN, {"terms": list(asked)})}
    if not known:
        return []
    rare, common = _split(known, most)
    weights = {
        term: asked[term] * (1 + K1) * math.log1p((corpus.passages - count + 0.5) / (count + 0.5))
        for term, count in known.items()
    }
    mean = corpus.said_words if said else corpus.words
    values = {
        "rare": rare,
        "rare_weights": [weights[t] for t in rare],
        "common": common,
        "common_weights": [weights[t] for t in common],
        "flat": K1 * (1 - B),
        "slope": K1 * B / mean,
        "candidates": max(CANDIDATES, limit) if common else limit,
        "limit": limit,
    }
    return [(row, float(score)) for row, score in connection.execute(_BY_WORDS, values | allowed.values())]


def _split(known: dict[int, int], most: int) -> tuple[list[int], list[int]]:
    """The rarest terms up to `most` postings, at least one, and the others."""
    ordered = sorted(known, key=lambda term: (known[term], term))
    held = 0
    for place, term in enumerate(ordered):
        held += known[term]
        if place and held > most:
            return ordered[:place], ordered[place:]
    return ordered, []


def by_meaning(
    connection: Connection, vector: NDArray[np.float32], said: bool, allowed: Allowed, limit: int
) -> list[tuple[int, float]]:
    """(row, cosine) of the rows nearest by a piece of their text or by a saying, best first."""
    # Twice as many, because several of them may belong to one passage.
    values = {"vector": vector_literal(vector), "said": said, "pieces": 2 * limit, "limit": limit}
    return [(row, float(score)) for row, score in connection.execute(_BY_MEANING, values | allowed.values())]


def vector_literal(vector: Sequence[float] | NDArray[np.float32]) -> str:
    """As pgvector reads it; half precision has no more than four digits."""
    return f"[{','.join(f'{number:.5g}' for number in vector)}]"
