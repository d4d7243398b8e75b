"""What the index costs at growing sizes: one table. Each step in a process of its own, so that memory is its own.

With random vectors nothing is embedded: times of search and of adding leave the embedder out, memory as well. On a
server of PostgreSQL each size has a database of its own, dropped afterwards; memory is that of the product alone.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from knowledge.embedder import Embedder, open_embedder
from knowledge.folders import KINDS
from knowledge.index import Matrix
from knowledge.library import Library
from knowledge.passages import in_words
from knowledge.store_tables import database_mib, scratch
from prompts.settings import Settings

SIZES = (10_000, 50_000, 200_000)
QUESTIONS, WARM = 300, 20
HEADS = "passages|words s|vectors s|build MiB|disk MiB|open s|check s|MiB|by words|with meaning|add s|meanwhile".split(
    "|"
)
NEW = "新增事项办法"
Result = TypeVar("Result")


class RandomVectors(Embedder):
    """Vectors of length 1 that mean nothing, as many numbers as E5 small has."""

    def __init__(self, size: int = 384) -> None:
        self._size, self._numbers = size, np.random.default_rng(7)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """One a text."""
        found = self._numbers.standard_normal((len(texts), self._size), np.float32)
        out: Matrix = found / np.linalg.norm(found, axis=1, keepdims=True)
        return out

    passages = queries


@dataclass(frozen=True)
class Built:
    """Seconds, and MiB at the highest."""

    passages: int
    words: float
    vectors: float
    memory: float


@dataclass(frozen=True)
class Served:
    """Seconds and MiB; searches in milliseconds as (median, 95th percentile)."""

    opened: float
    checked: float
    """Until every file was seen to be what it was."""
    memory: float
    by_words: tuple[float, float]
    both: tuple[float, float]
    added: float
    """From a new file to finding it by words, on disk."""
    meanwhile: tuple[float, float]
    """Searches while documents are added."""


@dataclass(frozen=True)
class _Place:
    documents: Path
    settings: Settings
    random: bool

    def library(self) -> Library:
        """A library of these documents alone."""
        return Library(self.settings, self._embedder, [self.documents])

    def _embedder(self) -> Embedder:
        return RandomVectors() if self.random else open_embedder(self.settings)


def bench(
    documents: Path, settings: Settings, random: bool, sizes: Sequence[int] = SIZES, server: str = ""
) -> Iterator[str]:
    """Lines of the table; a size beyond what `documents` holds stands for all of it.

    `server`: address of a PostgreSQL server on which this account may make databases; without one, in files.
    """
    vectors = "random vectors" if random else settings.embedder
    yield f"{vectors}, in {'PostgreSQL' if server else 'files'}; searches in ms, median/p95"
    yield "".join(f"{name:>13}" for name in HEADS)
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            here = Path(folder) / str(size)
            (here / "documents").mkdir(parents=True)
            _link(documents, here / "documents", size)
            with scratch(server) if server else nullcontext("") as url:
                kept = {"data": here / "data", "index": "postgres" if url else "local", "database_url": url}
                place = _Place(here / "documents", settings.model_copy(update=kept), random)
                built, served = _apart(_build, place), _apart(_serve, place)
                yield _line(built, served, _mib(here / "data") + (database_mib(url) if url else 0))


def _line(built: Built, served: Served, disk: float) -> str:
    seconds = (built.words, built.vectors, served.opened, served.checked, served.added)
    words, vectors, opened, checked, added = (f"{time:.2f}" for time in seconds)
    by_words, both, meanwhile = (f"{m:.1f}/{p95:.1f}" for m, p95 in (served.by_words, served.both, served.meanwhile))
    memory, most, size = (f"{mib:.0f}" for mib in (served.memory, built.memory, disk))
    cells = (built.passages, words, vectors, most, size, opened, checked, memory, by_words, both, added, meanwhile)
    return "".join(f"{cell:>13}" for cell in cells)


def _link(documents: Path, folder: Path, size: int) -> None:
    """Links documents until they hold about `size` articles, told by their lines."""
    held = 0
    for file in sorted(f for f in documents.rglob("*") if f.suffix.lower() in KINDS):
        if held >= size:
            return
        held += file.read_bytes().count("\n第".encode())
        kept = folder / file.relative_to(documents)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.symlink_to(file.resolve())


def _apart(work: Callable[[_Place], Result], place: _Place) -> Result:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, place).result()


def _build(place: _Place) -> Built:
    library = place.library()
    began = time.perf_counter()
    library.refresh()
    words = time.perf_counter() - began
    library.vectorise()
    return Built(library.status().passages, words, time.perf_counter() - began - words, _memory())


def _serve(place: _Place) -> Served:
    library = place.library()
    began = time.perf_counter()
    library.open()
    opened = time.perf_counter() - began
    library.refresh()
    checked = time.perf_counter() - began - opened
    questions = _questions(library)
    by_words = _timed(lambda question: library.search(question, weights=(1.0, 0.0)), questions)
    library.vectorise()
    both = _timed(library.search, questions)
    memory = _memory()
    added, meanwhile = _added(library, place.documents, questions)
    return Served(opened, checked, memory, _summed(by_words), _summed(both), added, _summed(meanwhile))


def _questions(library: Library) -> list[str]:
    """Some words out of the middle of passages from all over the library."""
    titles = library.titles()
    chosen = titles[:: max(len(titles) // QUESTIONS, 1)][:QUESTIONS]
    found = [hit.passage.text for title in chosen for hit in library.search(title, 1, any_day=True)]
    return [text[len(text) // 3 : len(text) // 3 + 24] for text in found]


def _timed(search: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    """Milliseconds of each, after some to warm up."""
    for question in questions[:WARM]:
        search(question)
    times = []
    for question in questions:
        began = time.perf_counter()
        search(question)
        times.append(1000 * (time.perf_counter() - began))
    return times


def _added(library: Library, documents: Path, questions: Sequence[str]) -> tuple[float, list[float]]:
    """Median seconds until a document of 40 articles, or a new version of it, is found; then searches meanwhile."""
    quiet = [_add(library, documents, version) for version in range(1, 6)]
    done, meanwhile = threading.Event(), list[float]()

    def ask() -> None:
        while not done.is_set():
            meanwhile.extend(_timed(library.search, questions[:30]))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        for version in range(6, 10):
            _add(library, documents, version)
    finally:
        done.set()
        asking.join()
    return statistics.median(quiet), meanwhile


def _add(library: Library, documents: Path, version: int) -> float:
    articles = [f"第{in_words(n)}条 第{version}版的新增事项{n}应当当场办理。" for n in range(1, 41)]
    file = documents / f"{NEW}(2026-0{version}-01).md"
    file.write_text("\n".join(articles), "utf-8")
    began = time.perf_counter()
    library.refresh()
    [hit] = library.search(f"第{version}版的新增事项", 1, any_day=True, weights=(1.0, 0.0))
    taken = time.perf_counter() - began
    if hit.passage.document != NEW:
        raise RuntimeError(f"wanted {file.name} to be found, got {hit.passage.id}")
    return taken


def _summed(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), float(np.percentile(times, 95))


def _memory() -> float:
    """MiB this process has had at the highest."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _mib(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 2**20
