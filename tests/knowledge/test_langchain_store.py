"""What LangChain expects of a vector store and of a retriever, over every store of passages."""

from datetime import date

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings
from test_index import Open, opened, passage

from knowledge.index import PassageIndex
from knowledge.langchain_store import LibraryRetriever, PassageStore
from knowledge.library import Library
from prompts.settings import Settings

__all__ = ["opened"]


class Counted(Embeddings):
    """Vectors that mean nothing but are the same for the same words, and how many were asked for."""

    def __init__(self) -> None:
        self.made = 0
        self._fake = DeterministicFakeEmbedding(size=6)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.made += len(texts)
        return self._fake.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._fake.embed_query(text)


@pytest.fixture
def store(opened: Open) -> PassageStore:
    return PassageStore(opened(), Counted())


def test_documents_come_back_as_they_were_added_nearest_first(store: PassageStore) -> None:
    ids = store.add_documents(
        [Document("甲", metadata={"page": 1, "tags": ["a"]}), Document("乙", id="b", metadata={"页": "二"})]
    )
    assert ids[1] == "b"
    assert store.similarity_search("乙", k=1) == [Document("乙", id="b", metadata={"页": "二"})]
    assert [d.page_content for d in store.similarity_search("甲", k=5)] == ["甲", "乙"]
    assert store.get_by_ids(["b", "none", ids[0]]) == [
        Document("乙", id="b", metadata={"页": "二"}),
        Document("甲", id=ids[0], metadata={"page": 1, "tags": ["a"]}),
    ]


def test_the_score_is_the_cosine_and_the_relevance_lies_between_nothing_and_one(store: PassageStore) -> None:
    store.add_texts(["甲", "乙", "丙"])
    found = store.similarity_search_with_score("丙", k=3)
    assert found[0][1] == pytest.approx(1.0, abs=2e-3)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert all(0 <= score <= 1 for _, score in store.similarity_search_with_relevance_scores("丙", k=3))
    by_vector = store.similarity_search_by_vector(Counted().embed_query("丙"), k=3)
    assert by_vector == [document for document, _ in found]


def test_what_has_the_id_of_another_replaces_it_and_known_words_cost_no_embedding(store: PassageStore) -> None:
    store.add_texts(["甲", "乙"], ids=["1", "2"])
    store.add_texts(["甲", "丙"], [{}, {"new": True}], ids=["1", "2"])
    embedder = store.embeddings
    assert isinstance(embedder, Counted)
    assert embedder.made == 3
    assert store.get_by_ids(["2"]) == [Document("丙", id="2", metadata={"new": True})]
    assert len(store.similarity_search("乙", k=9)) == 2


def test_what_is_deleted_is_not_found_and_what_is_not_there_is_passed_over(store: PassageStore) -> None:
    store.add_texts(["甲", "乙", "丙"], ids=["1", "2", "3"])
    assert store.delete(["1", "none"])
    assert {d.id for d in store.similarity_search("甲", k=9)} == {"2", "3"}
    store.delete()
    assert store.similarity_search("甲", k=9) == []


def test_lists_of_different_lengths_are_refused(store: PassageStore) -> None:
    with pytest.raises(ValueError, match="wanted one of each"):
        store.add_texts(["甲", "乙"], ids=["1"])


def test_a_store_of_texts_is_a_retriever_by_itself() -> None:
    store = PassageStore.from_texts(["甲", "登记条例第一条"], Counted(), [{"n": 0}, {"n": 1}])
    found = store.as_retriever(search_kwargs={"k": 1}).invoke("甲")
    assert [d.metadata for d in found] == [{"n": 0}]


def test_another_opening_of_one_place_finds_the_same(store: PassageStore, opened: Open) -> None:
    store.add_texts(["甲", "乙"], ids=["1", "2"])
    other: PassageIndex = opened()
    assert PassageStore(other, Counted()).similarity_search("乙", k=2) == store.similarity_search("乙", k=2)


def test_the_library_retrieves_with_the_particulars_of_a_citation() -> None:
    old = passage("三日内登记", version="2011-01-01", in_force_to=date(2022, 1, 1), superseded_by="登记条例@2021-01-01")
    new = passage("当场登记", in_force_from=date(2022, 1, 1), rank="行政法规", region="44")
    library = Library.of([old, new], Settings(_env_file=None, today=date(2025, 1, 1)))
    [found] = LibraryRetriever(library=library, region="4403").invoke("登记")
    assert (found.id, found.page_content) == (new.id, "当场登记")
    wanted = {"id": new.id, "document": "登记条例", "article": "第一条", "version": "2021-01-01", "rank": "行政法规"}
    wanted |= {"in_force": True, "in_force_from": "2022-01-01", "in_force_to": None, "region": "44"}
    assert wanted.items() <= found.metadata.items()
    assert found.metadata["score"] > 0
    past = LibraryRetriever(library=library, on=date(2015, 1, 1)).invoke("登记")
    assert [d.metadata["version"] for d in past] == ["2011-01-01"]
    every = LibraryRetriever(library=library, any_day=True, k=5).invoke("登记")
    assert {d.metadata["version"]: d.metadata["in_force"] for d in every} == {"2011-01-01": False, "2021-01-01": True}
