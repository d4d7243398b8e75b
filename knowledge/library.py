"""The policy library: the product's own statements and the operator's documents, searchable while it grows.

Words are searchable as soon as a document is read; vectors follow in the background, at the lowest priority, and are
kept in the data folder so that a restart costs no embedding. A bad file is reported and never fatal.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

import structlog

from knowledge import lay_query
from knowledge.citation import Passage
from knowledge.embedder import Embedder, EmbedderError, give_way, open_embedder
from knowledge.folders import Folders
from knowledge.fusion import Weights
from knowledge.index import Document, Hit, Matrix, PassageIndex
from knowledge.local_index import LocalIndex
from knowledge.made_questions import Questions
from knowledge.passages import article_name
from knowledge.reading import Unreadable
from knowledge.rerank import DEPTH as RERANKED
from knowledge.rerank import Scorer, open_reranker, rerank
from knowledge.sources import Source, title_key
from knowledge.store_postgres import PostgresIndex
from knowledge.wanted import Wanted, wanted_of
from knowledge.words import known_key
from prompts.settings import Settings

POLICIES = Path(__file__).with_name("policies")
POLL_SECONDS = 5.0
BATCH = 256
"""Texts embedded between two writes."""
STEP = 300
"""Documents taken in at once while the index is first built."""
QUESTIONS_SECONDS = 600.0
"""New lay questions wait so long before their documents are put again: they come one passage at a time."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LibraryStatus:
    """How far the library is; counts of living documents and passages."""

    documents: int
    passages: int
    vectors_done: int
    """Passages whose vectors are in the index."""
    words_ready: bool
    """Every document has been read, now or before a restart."""
    vectors_ready: bool
    embedder: str
    version: str
    problems: dict[str, tuple[str, ...]]
    """File name → what is wrong with it, in Chinese."""

    @property
    def ready(self) -> bool:
        """Search answers by words; meaning may still be on its way."""
        return self.words_ready


class Library:
    """Thread-safe; `start` works in the background, `refresh` and `vectorise` do the same work at once."""

    def __init__(
        self,
        settings: Settings,
        embedder: Callable[[], Embedder] | None = None,
        folders: Sequence[Path] | None = None,
        scorer: Scorer | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._clock = settings, clock
        self.questions = Questions(settings)
        """What people ask, by the words of the passage that answers; whoever writes some adds them here."""
        self._questions_seen, self._questions_at = self.questions.stamp, clock()
        self._open_embedder = embedder or (lambda: open_embedder(settings))
        self._scorer = scorer or open_reranker(settings)
        chosen = list(folders) if folders is not None else [POLICIES, *filter(None, [settings.documents])]
        self._folders = Folders(chosen, settings.data / "index")
        self._work_lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._index: PassageIndex = LocalIndex()
        self._embedder: Embedder | None = None
        self._no_embedder = ""
        self._notes: dict[str, str] = {}
        """File name → why it is not in the index although it can be read; replaced as a whole."""
        self._opened = self._settled = self._words_ready = False
        self._version = ""

    @classmethod
    def of(cls, passages: Iterable[Passage], settings: Settings | None = None) -> Library:
        """A library of just these passages: words only, nothing read or written, no background work."""
        library = cls(settings or Settings(_env_file=None), folders=())
        by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            by_document.setdefault(f"{passage.document}@{passage.version}", []).append(passage)
        library._index.change(Document(name, found, _digest(found)) for name, found in by_document.items())
        library._stamp_version()
        library._opened = library._settled = library._words_ready = True
        return library

    # -- asking

    def search(
        self,
        text: str,
        k: int = 10,
        on: date | None = None,
        region: str | None = None,
        rewordings: Sequence[str] = (),
        any_day: bool = False,
        weights: tuple[float, float] | Weights | None = None,
    ) -> list[Hit]:
        """The best `k` passages in force on `on` (default: the office's day), best first.

        `rewordings` are the same question in other words, each counting half. `any_day` finds superseded text too.
        `weights`: all of them, or those of words and of meaning; meaning counts by the share of passages that have
        their vectors.
        """
        queries = [text, *[r for r in rewordings if r.strip() and r != text]]
        weighed = Weights(*weights) if isinstance(weights, tuple) else weights or Weights()
        embedder, index = self._embedder, self._index
        vectors = None
        if embedder is not None and text.strip() and weighed.meaning:
            try:
                vectors = embedder.queries(queries)
            except EmbedderError as problem:
                _log.warning("question_not_embedded", reason=str(problem))
        day = None if any_day else on or self._settings.day()
        counts = index.counts
        covered = counts.vectorised / max(counts.passages, 1)
        most = max(k, RERANKED) if self._scorer else k
        hits = index.search(queries, vectors, most, day, region, weighed.covering(covered))
        return rerank(text, hits, self._scorer)[:k]

    def passage(self, passage_id: str) -> Passage | None:
        """The passage of that id, in force or not."""
        return self._index.get(passage_id)

    def article(self, document: str, article: str, on: date | None = None) -> Passage | None:
        """An article of a document by title (with or without 《》 and the name of the state) as of a day.

        `on` defaults to the office's day. None when no version of it is in force then.
        """
        day, index = on or self._settings.day(), self._index
        wanted = title_key(document)
        for title in index.titles():
            if known_key(title) == wanted:
                for passage in index.articles(title, article_name(article)):
                    if passage.in_force(day):
                        return passage
        return None

    @property
    def day(self) -> date:
        """The office's day, as of which it answers when no other is named."""
        return self._settings.day()

    @property
    def documents(self) -> Path | None:
        """The operator's folder of documents."""
        return self._settings.documents

    def sources(self) -> dict[str, Source]:
        """File name → what the file itself says: not yet ended by others, and its text may be left out."""
        return {name: f.source for name, f in self._folders.files.items() if f.source is not None}

    def titles(self) -> list[str]:
        """Titles of the documents in the library, each once."""
        return list(self._index.titles())

    def passages(self) -> list[Passage]:
        """Every passage, whatever its dates; at a city's scale gigabytes and seconds."""
        return list(self._index.passages())

    @property
    def version(self) -> str:
        """Hash of every passage and its dates: two libraries of one version answer alike by words."""
        return self._version

    def status(self) -> LibraryStatus:
        """Counts and problems as of now."""
        counts = self._index.counts
        problems = {name: f.problems for name, f in self._folders.files.items() if f.problems}
        for name, note in self._notes.items():
            problems[name] = (*problems.get(name, ()), note)
        if self._no_embedder:
            problems["语义检索"] = (self._no_embedder,)
        return LibraryStatus(
            documents=counts.documents,
            passages=counts.passages,
            vectors_done=counts.vectorised,
            words_ready=self._words_ready,
            vectors_ready=self._words_ready and self._embedder is not None and counts.vectorised == counts.passages,
            embedder=self._settings.embedder,
            version=self._version,
            problems=problems,
        )

    # -- growing

    def start(self) -> None:
        """Reads, indexes and watches the folders in a background thread until `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="library", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stops the background work; what was finished is on disk."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=30)
            self._thread = None
        self._index.close()

    def _work(self) -> None:
        give_way()
        while not self._stop.is_set():
            try:
                self.refresh()
                self.vectorise()
            except Exception:
                # The thread must outlive whatever one round meets; the next round tries again.
                _log.exception("library_round_failed")
            self._stop.wait(POLL_SECONDS)

    def refresh(self, progress: Callable[[str, int, int], None] | None = None) -> bool:
        """Takes in what was added, changed or removed since the last time; whether anything was.

        `progress` is called with (`read` or `index`, files done, files to do).
        """
        with self._work_lock:
            if self._opened:
                self._index.refresh()
            self.open()
            changed = self._folders.look(self._stop.is_set, partial(progress, "read") if progress else None)
            self._settled &= not changed and not self._questions_moved()
            if not self._settled and not self._stop.is_set():
                self._settle(partial(progress, "index") if progress else None)
                self._folders.save()
                self._settled = self._words_ready = True
            self._folders.forget_text()
            return changed

    def _questions_moved(self) -> bool:
        """Whether questions were added that the index lacks; asked often, true at most once in `QUESTIONS_SECONDS`."""
        self.questions.refresh()
        due = self._clock() - self._questions_at >= QUESTIONS_SECONDS
        moved = due and self.questions.stamp != self._questions_seen
        if moved:
            self._questions_seen, self._questions_at = self.questions.stamp, self._clock()
        return moved

    def open(self) -> None:
        """Opens the index as it was left; from then on it is searched, while `refresh` looks at the files."""
        with self._work_lock:
            if not self._opened:
                self._index = _open_index(self._settings)
                self._folders.open()
                self._stamp_version()
                self._opened = True
                self._words_ready = self._index.counts.documents > 0

    def _settle(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Dates every source by the others and brings the index in line with them.

        One change for all that is new, so that a version and the end of the one before it appear together; only an
        empty index grows step by step, to be of use early.
        """
        wanted, self._notes = wanted_of(self._folders.files, self.questions)
        known = self._index.documents()
        new = [want for name, want in wanted.items() if known.get(name) != want.digest]
        gone = [name for name in known if name not in wanted]
        step = len(new) if known else STEP
        for start in range(0, len(new), step) if new else ():
            self._index.change(self._documents(new[start : start + step]), gone)
            gone = []
            if progress:
                progress(min(start + step, len(new)), len(new))
            if self._stop.is_set():
                break
        if gone:
            self._index.change(remove=gone)
        self._stamp_version()

    def _documents(self, wanted: Sequence[Wanted]) -> Iterator[Document]:
        for want in wanted:
            try:
                units = self._folders.whole(want.file).units
            except (OSError, Unreadable) as problem:
                self._notes = self._notes | {want.file: f"读不了：{problem}"}
                continue
            passages = replace(want.source, units=units).passages()
            said = {p.id: [*want.sayings.get(p.article, ()), *self.questions.of(p.text)] for p in passages}
            found = {passage_id: words for passage_id, words in said.items() if words}
            yield Document(want.source.name, passages, want.digest, found)

    def _stamp_version(self) -> None:
        whole = "\n".join(f"{name} {digest}" for name, digest in sorted(self._index.documents().items()))
        self._version = hashlib.sha256(whole.encode()).hexdigest()[:16]

    # -- meaning

    def vectorise(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Embeds what has no vector yet, each batch kept for good, and stops when told to close.

        `progress` is called with (passages done, passages) after each batch.
        """
        embedder = self._ensure_embedder()
        if embedder is not None:
            self._embed(embedder.queries, True, progress)
            self._embed(embedder.passages, False, progress)

    def _embed(
        self, embed: Callable[[Sequence[str]], Matrix], sayings: bool, progress: Callable[[int, int], None] | None
    ) -> None:
        while not self._stop.is_set():
            index = self._index
            texts = index.wanting(BATCH, sayings)
            if not texts:
                break
            index.add_vectors(texts, embed(texts))
            if progress:
                progress(index.counts.vectorised, index.counts.passages)

    def _ensure_embedder(self) -> Embedder | None:
        if self._embedder is None:
            try:
                embedder = self._open_embedder()
            except EmbedderError as problem:
                _log.warning("no_embedder", reason=str(problem))
                self._no_embedder = f"暂时只能按词语检索：{problem}"
                return None
            self._no_embedder = ""
            self._embedder = embedder
        return self._embedder

    def save(self) -> None:
        """Writes down what was learnt of the files; passages and vectors are on disk as soon as they are in."""
        with self._work_lock:
            self._folders.save()


def _open_index(settings: Settings) -> PassageIndex:
    """The index that the settings choose; the one place that knows which kinds there are."""
    shared = settings.database_url.startswith("postgres") if settings.index == "auto" else settings.index == "postgres"
    if shared:
        return PostgresIndex(settings.database_url, settings.embedder, lay_query.version(settings.embedder))
    return LocalIndex(settings.data / "index", settings.embedder, lay_query.version(settings.embedder))


def _digest(passages: Sequence[Passage]) -> str:
    return hashlib.sha256("\n".join(p.model_dump_json() for p in passages).encode()).hexdigest()
