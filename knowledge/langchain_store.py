"""LangChain's contracts over what is searched: a `VectorStore` on any `PassageIndex`, a retriever on the library.

The store is for those who bring texts and an embedder of their own; the retriever gives what the assistant itself
would find, with the particulars that a citation needs.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from pydantic import ConfigDict

from knowledge.citation import Passage
from knowledge.fusion import Weights
from knowledge.index import Document as Filed
from knowledge.index import Hit, Matrix, PassageIndex
from knowledge.library import Library
from knowledge.local_index import LocalIndex

BATCH = 256
_BY_MEANING = Weights(words=0.0)


class PassageStore(VectorStore):
    """Texts with any JSON as metadata, each a document of its own, searched by the cosine of their vectors.

    Long ones are embedded in pieces and found by the nearest. A search gives a hundred at most.
    """

    def __init__(self, index: PassageIndex, embedding: Embeddings) -> None:
        self._index = index
        self._embedding = embedding

    @property
    def embeddings(self) -> Embeddings:
        """What makes the vectors."""
        return self._embedding

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Adds texts, or replaces those of the same ids, all at once; then embeds them. Gives their ids."""
        found = list(texts)
        particulars = metadatas or [{} for _ in found]
        named = [given or str(uuid.uuid4()) for given in ids or [""] * len(found)]
        if not len(found) == len(particulars) == len(named):
            raise ValueError(f"wanted one of each a text, got {len(found)}, {len(particulars)}, {len(named)}")
        filed = {
            name: Filed(name, [_passage(name, words)], json.dumps(more, ensure_ascii=False))
            for name, words, more in zip(named, found, particulars, strict=True)
        }
        self._index.change(filed.values())
        self._embed()
        return named

    def _embed(self) -> None:
        while texts := self._index.wanting(BATCH):
            # What the index embeds begins with the title of the document, which these have not.
            self._index.add_vectors(texts, _matrix(self._embedding.embed_documents([t.strip() for t in texts])))

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool | None:
        """Takes out the texts of these ids or, without ids, all; ids that are not there are passed over."""
        self._index.change(remove=list(self._index.documents()) if ids is None else ids)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The texts of these ids that are there, in that order."""
        kept = self._index.documents()
        return [_document(passage, kept) for i in ids if (passage := self._index.get(i)) is not None]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The nearest `k` texts, nearest first."""
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        """The nearest `k` texts with the cosine, nearest first."""
        return self._nearest(self._embedding.embed_query(query), k)

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` texts nearest to a vector, nearest first."""
        return [document for document, _ in self._nearest(embedding, k)]

    def _nearest(self, vector: Sequence[float], k: int) -> list[tuple[Document, float]]:
        # Without words, so that a text which names an article is not taken for a citation.
        hits = self._index.search([""], _matrix([vector]), k, weights=_BY_MEANING)
        kept = self._index.documents()
        return [(_document(hit.passage, kept), hit.meaning or 0.0) for hit in hits]

    def _select_relevance_score_fn(self) -> Any:
        return lambda cosine: max(0.0, min(1.0, cosine))

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        index: PassageIndex | None = None,
        **kwargs: Any,
    ) -> PassageStore:
        """A store with these texts in `index` or, without one, in memory."""
        store = cls(index if index is not None else LocalIndex(), embedding)
        store.add_texts(texts, metadatas, ids=ids)
        return store


class LibraryRetriever(BaseRetriever):
    """What the library finds for a question: in force on `on` (default: the office's day), or of `any_day`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    k: int = 10
    on: date | None = None
    region: str | None = None
    any_day: bool = False

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        hits = self.library.search(query, self.k, self.on, self.region, any_day=self.any_day)
        return [cited_document(hit, self.on or self.library.day) for hit in hits]


def cited_document(hit: Hit, day: date) -> Document:
    """A hit with its document, article, version, dates and score; `in_force` is as of `day`."""
    passage = hit.passage
    particulars = passage.model_dump(mode="json", exclude={"text", "id"})
    particulars |= {"id": passage.id, "in_force": passage.in_force(day), "score": hit.score}
    return Document(id=passage.id, page_content=passage.text, metadata=particulars)


def _passage(name: str, words: str) -> Passage:
    return Passage(id=name, document="", version="", article="", text=words)


def _document(passage: Passage, kept: Any) -> Document:
    return Document(id=passage.id, page_content=passage.text, metadata=json.loads(kept.get(passage.id) or "{}"))


def _matrix(vectors: Sequence[Sequence[float]]) -> Matrix:
    """As rows of length 1, which is what the index compares."""
    found = np.array(vectors, np.float32)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    out: Matrix = (found / np.maximum(lengths, 1e-12)).astype(np.float32)
    return out
