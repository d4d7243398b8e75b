"""What only the index in PostgreSQL does: tables, graphs, refusals, and the same ranking as the index in files."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, text
from test_index import embed, passage, unit

from knowledge.bench import RandomVectors
from knowledge.fusion import Weights
from knowledge.index import Document, IndexRefused, PassageIndex
from knowledge.library import Library
from knowledge.local_index import LocalIndex
from knowledge.store_postgres import PostgresIndex
from knowledge.store_ranking import Allowed, Corpus, by_words, term_id
from prompts.settings import Settings

Fresh = Callable[[], str]
Open = Callable[..., PostgresIndex]


@pytest.fixture
def url(postgresql: Fresh) -> str:
    return postgresql()


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    """Opens the index in the database of this test, once more with every call."""
    made: list[PostgresIndex] = []

    def one(embedder: str = "e", asking: str = "", exact: int = 1000) -> PostgresIndex:
        made.append(PostgresIndex(url, embedder, asking, exact))
        return made[-1]

    yield one
    for index in made:
        index.close()


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


def corpus(count: int, seed: int = 5) -> list[Document]:
    """Documents of ten passages each, some ended, some regional, of words that differ in how rare they are."""
    numbers = random.Random(seed)
    signs = [chr(0x4E00 + n) for n in range(300)]
    weights = [1 / (n + 1) for n in range(300)]
    out = []
    for number in range(count):
        found = [
            passage(
                "".join(numbers.choices(signs, weights, k=numbers.randint(20, 60))),
                f"第{article}条",
                f"办法{number}",
                in_force_to=date(2020, 1, 1) if number % 5 == 0 else None,
                region=numbers.choice(["", "44", "4403"]),
            )
            for article in "一二三四五六七八九十"
        ]
        sayings = {found[0].id: ["".join(numbers.choices(signs, k=12))]}
        out.append(Document(f"办法{number}", found, str(number), sayings))
    return out


def filled(index: PassageIndex, documents: list[Document]) -> PassageIndex:
    index.change(documents)
    for sayings in (False, True):
        while texts := index.wanting(50, sayings):
            vectors = [np.random.default_rng(abs(term_id(t, False))).standard_normal(8, np.float32) for t in texts]
            index.add_vectors(texts, np.stack([v / np.linalg.norm(v) for v in vectors]))
    return index


def questions() -> list[tuple[str, np.ndarray]]:
    numbers = np.random.default_rng(1)
    vectors = numbers.standard_normal((12, 8)).astype(np.float32)
    texts = [document.passages[n % 10].text[5:20] for n, document in enumerate(corpus(12))]
    return [(t, v[None] / np.linalg.norm(v)) for t, v in zip(texts, vectors, strict=True)]


@pytest.mark.parametrize("exact", [10, 1000])
def test_the_same_passages_are_found_as_in_files(opened: Open, exact: int) -> None:
    documents = corpus(20)
    local, other = filled(LocalIndex(), documents), filled(opened(exact=exact), documents)
    for words, vector in questions():
        for on, region in ((None, None), (date(2024, 1, 1), "440305")):
            near, got = (i.search([words], vector, 5, on, region, Weights(words=0)) for i in (local, other))
            assert [h.passage.id for h in near] == [h.passage.id for h in got]
            assert [h.meaning for h in near] == pytest.approx([h.meaning for h in got], abs=2e-3)
            # tantivy rounds the length of a text, so its scores are near and not equal.
            said, got = (i.search([words], None, 5, on, region) for i in (local, other))
            assert len({h.passage.id for h in said} & {h.passage.id for h in got}) >= 4
            assert [h.words for h in said] == pytest.approx([h.words for h in got], rel=0.05)


def test_frequent_words_score_what_rare_words_have_found_and_find_nothing_themselves(
    opened: Open, engine: Engine
) -> None:
    index = opened()
    index.change([Document("a", [passage("的登记" if n else "的档案的登记", f"第{n}条") for n in range(60)])])
    with engine.connect() as connection:
        whole, limited = (
            by_words(connection, "档案的登记", False, 0.0, Corpus(60, 8.0, 0.0), Allowed(None, None), 100, most)
            for most in (1000, 10)
        )
    assert len(whole) == 60
    assert limited == [whole[0]]


def test_no_trace_of_a_document_stays_when_it_goes(opened: Open, engine: Engine) -> None:
    index = filled(opened(), corpus(3))
    index.change(remove=["办法0", "办法1", "办法2"])
    with engine.connect() as connection:
        left = connection.execute(
            text("""
            SELECT (SELECT count(*) FROM library.documents), (SELECT count(*) FROM library.passages),
                   (SELECT count(*) FROM library.postings), (SELECT count(*) FROM library.pieces),
                   (SELECT sum(passages) FROM library.terms)""")
        ).one()
    assert tuple(left) == (0, 0, 0, 0, 0)


def test_another_embedder_embeds_all_anew_and_other_asking_the_sayings(opened: Open) -> None:
    moved = passage("经营场所变更")
    index = opened("e", "one")
    index.change([Document("a", [moved], "", {moved.id: ["挪窝"]})])
    embed(index, unit(1, 0))
    index.add_vectors(index.wanting(9, sayings=True), np.stack([unit(0, 1)]))
    again = opened("e", "two")
    assert (again.wanting(9), again.wanting(9, sayings=True)) == ([], ["挪窝"])
    other = opened("of three numbers", "two")
    assert len(other.wanting(9)) == len(other.wanting(9, sayings=True)) == 1
    embed(other, unit(1, 0, 0))
    assert other.search(["无"], np.stack([unit(1, 0, 0)]))[0].meaning == pytest.approx(1)


def test_words_cut_otherwise_are_built_anew_and_vectors_stay(opened: Open, engine: Engine) -> None:
    index = opened()
    index.change([Document("a", [passage("当场登记")])])
    embed(index, unit(1, 0))
    with engine.begin() as connection:
        connection.execute(text("UPDATE library.state SET format = 'of before'"))
    again = opened()
    assert again.documents() == {}
    again.change([Document("a", [passage("当场登记")])])
    assert again.wanting(9) == []


def test_servers_that_start_at_once_make_the_tables_once(opened: Open) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: opened(), range(4)))
    assert [index.counts.passages for index in made] == [0] * 4


def test_an_account_that_may_not_make_the_extension_is_told_what_to_do(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE clerk LOGIN"))
    with pytest.raises(IndexRefused, match=r"no extension pgvector.*postgresql-\d+-pgvector.*BANCHENG_INDEX=local"):
        PostgresIndex(url.replace("postgres:@", "clerk:@"), "e")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite:///x", "wanted a postgresql"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "cannot be kept in PostgreSQL"),
    ],
)
def test_an_address_without_a_server_is_refused_with_the_reason(url: str, reason: str) -> None:
    with pytest.raises(IndexRefused, match=reason):
        PostgresIndex(url, "e")


def test_the_library_keeps_its_passages_where_the_settings_say(tmp_path: Path, url: str, opened: Open) -> None:
    articles = [f"第{n}条 第{n}项申请应当在受理之日起十五日内办理完毕并告知申请人。" for n in "一二三四五"]
    (tmp_path / "登记办法(2021-01-01).md").write_text("\n".join(articles), "utf-8")
    settings = Settings(_env_file=None, data=tmp_path / "data", database_url=url)
    libraries = [
        Library(settings.model_copy(update={"index": place}), RandomVectors, [tmp_path]) for place in ("auto", "local")
    ]
    for library in libraries:
        library.refresh()
        assert len(library.search("申请")) == 5
    (tmp_path / "登记办法(2021-01-01).md").unlink()
    libraries[1].refresh()
    assert [len(library.search("申请")) for library in libraries] == [5, 0]
    libraries[0].vectorise()
    assert libraries[0].status().vectors_ready
    assert opened(settings.embedder).counts.passages == 5
    for library in libraries:
        library.close()
