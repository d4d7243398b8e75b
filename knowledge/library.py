"""The policy library: the product's own statements and the operator's documents, searchable while it grows.

Words are searchable as soon as a document is read; vectors follow in the background, at the lowest priority, and are
kept in the data folder so that a restart costs no embedding. A bad file is reported and never fatal.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from knowledge.citation import Passage
from knowledge.embedder import Embedder, EmbedderError, give_way, open_embedder
from knowledge.index import MEANING_WEIGHT, WORDS_WEIGHT, Hit, Index, IndexRefused
from knowledge.passages import article_name
from knowledge.reading import Unreadable, text_of
from knowledge.sources import Source, sayings, settle, source_of, title_key
from prompts.settings import Settings

POLICIES = Path(__file__).with_name("policies")
KINDS = (".md", ".txt", ".pdf", ".docx", ".html", ".htm")
POLL_SECONDS = 5.0
BATCH = 128
SAVE_EVERY = 2000

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LibraryStatus:
    """How far the library is; counts of living documents and passages."""

    documents: int
    passages: int
    vectors_done: int
    """Passages whose vectors are in the index."""
    words_ready: bool
    """Every document has been read once."""
    vectors_ready: bool
    embedder: str
    version: str
    problems: dict[str, tuple[str, ...]]
    """File name → what is wrong with it, in Chinese."""

    @property
    def ready(self) -> bool:
        """Search answers by words; meaning may still be on its way."""
        return self.words_ready


@dataclass(frozen=True)
class _File:
    stamp: tuple[int, int]
    sha256: str
    source: Source | None
    problems: tuple[str, ...] = ()


class Library:
    """Thread-safe; `start` works in the background, `refresh` and `vectorise` do the same work at once."""

    def __init__(
        self,
        settings: Settings,
        embedder: Callable[[], Embedder] | None = None,
        folders: Sequence[Path] | None = None,
    ) -> None:
        self._settings = settings
        self._open_embedder = embedder or (lambda: open_embedder(settings))
        self._folders = list(folders) if folders is not None else [POLICIES, *filter(None, [settings.documents])]
        self._folder = settings.data / "index"
        self._saved = self._folder / "saved"
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._index = Index(settings.embedder)
        self._files: dict[str, _File] = {}
        self._embedder: Embedder | None = None
        self._no_embedder = ""
        self._opened = self._words_ready = False
        self._version = ""
        self._digests: dict[str, str] = {}

    @classmethod
    def of(cls, passages: Iterable[Passage], settings: Settings | None = None) -> Library:
        """A library of just these passages: words only, nothing read or written, no background work."""
        library = cls(settings or Settings(_env_file=None), folders=())
        by_document: dict[str, list[Passage]] = {}
        for passage in passages:
            by_document.setdefault(f"{passage.document}@{passage.version}", []).append(passage)
        for name, found in by_document.items():
            library._put(name, found)
        library._opened = library._words_ready = True
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
        weights: tuple[float, float] = (WORDS_WEIGHT, MEANING_WEIGHT),
    ) -> list[Hit]:
        """The best `k` passages in force on `on` (default: the office's day), best first.

        `rewordings` are the same question in other words, each counting half. `any_day` finds superseded text too.
        `weights` are those of words and of meaning; meaning counts by the share of passages that have their vectors.
        """
        queries = [text, *[r for r in rewordings if r.strip() and r != text]]
        embedder = self._embedder
        vectors = None
        if embedder is not None and text.strip() and weights[1]:
            try:
                vectors = embedder.queries(queries)
            except EmbedderError as problem:
                _log.warning("question_not_embedded", reason=str(problem))
        day = None if any_day else on or self._settings.day()
        with self._lock:
            covered = self._index.vectorised() / max(len(self._index), 1)
            return self._index.search(queries, vectors, k, day, region, (weights[0], weights[1] * covered))

    def passage(self, passage_id: str) -> Passage | None:
        """The passage of that id, in force or not."""
        with self._lock:
            return self._index.get(passage_id)

    def article(self, document: str, article: str, on: date | None = None) -> Passage | None:
        """An article of a document by title (with or without 《》 and the name of the state) as of a day.

        `on` defaults to the office's day. None when no version of it is in force then.
        """
        day = on or self._settings.day()
        with self._lock:
            for title in self._titles_like(document):
                for passage in self._index.articles(title, article_name(article)):
                    if passage.in_force(day):
                        return passage
        return None

    @property
    def documents(self) -> Path | None:
        """The operator's folder of documents."""
        return self._settings.documents

    def sources(self) -> dict[str, Source]:
        """File name → what was read of it, as the file itself has it: not yet ended by others, its text may be left out."""
        return {name: f.source for name, f in self._files.items() if f.source is not None}

    def titles(self) -> list[str]:
        """Titles of the documents in the library, each once."""
        with self._lock:
            return list(dict.fromkeys(p.document for found in self._index.documents().values() for p in found[:1]))

    def passages(self) -> list[Passage]:
        """Every passage, whatever its dates."""
        with self._lock:
            return [p for found in self._index.documents().values() for p in found]

    def _titles_like(self, document: str) -> list[str]:
        wanted = title_key(document)
        return [title for title in self.titles() if title_key(title) == wanted]

    @property
    def version(self) -> str:
        """Hash of every passage and its dates: two libraries of one version answer alike by words."""
        return self._version

    def status(self) -> LibraryStatus:
        """Counts and problems as of now."""
        with self._lock:
            problems = {name: f.problems for name, f in self._files.items() if f.problems}
            if self._no_embedder:
                problems["语义检索"] = (self._no_embedder,)
            return LibraryStatus(
                documents=len(self._index.documents()),
                passages=len(self._index),
                vectors_done=self._index.vectorised(),
                words_ready=self._words_ready,
                vectors_ready=self._words_ready and self._embedder is not None and not self._index.wanting(1),
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

    def refresh(self) -> bool:
        """Takes in what was added, changed or removed since the last time; whether anything was."""
        if not self._opened:
            self._open()
        changed = self._read_files()
        if changed or not self._words_ready:
            self._settle()
        self._words_ready = True
        return changed

    def _open(self) -> None:
        try:
            index = Index.open(self._saved, self._settings.embedder)
        except IndexRefused as problem:
            _log.info("index_built_anew", reason=str(problem))
        else:
            with self._lock:
                self._index = index
                self._digests = {
                    name: _digest(found, {p.id: index.sayings(p.id) for p in found})
                    for name, found in index.documents().items()
                }
        self._opened = True

    def _read_files(self) -> bool:
        """Reads new and changed files; whether any came, changed or went."""
        found = dict(_files(self._folders))
        changed = False
        for name in [n for n in self._files if n not in found]:
            del self._files[name]
            changed = True
        for name, path in found.items():
            if self._stop.is_set():
                break
            changed |= self._read(name, path)
        return changed

    def _read(self, name: str, path: Path) -> bool:
        known = self._files.get(name)
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if known and known.stamp == stamp:
                return False
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            if known and known.sha256 == sha256:
                self._files[name] = _File(stamp, sha256, known.source, known.problems)
                return False
            source = source_of(text_of(path, sha256, self._folder / "texts"), path.name)
            self._files[name] = _File(stamp, sha256, source, source.problems)
        except (OSError, Unreadable) as problem:
            self._files[name] = _File((0, 0), "", None, (f"读不了：{problem}",))
            return known is None or known.source is not None
        return True

    def _settle(self) -> None:
        """Dates every source by the others and brings the index in line, one document at a time."""
        names = [name for name, f in self._files.items() if f.source is not None]
        sources = settle([s for f in self._files.values() if (s := f.source) is not None])
        said = sayings(sources)
        taken: dict[str, str] = {}
        for name, source in zip(names, sources, strict=True):
            if source.name in taken:
                self._note(name, f"与{taken[source.name]}同名同版本，没有收入")
                continue
            taken[source.name] = name
            self._put(source.name, source.passages(), said)
        with self._lock:
            for name in [n for n in self._index.documents() if n not in taken]:
                self._index.remove(name)
                self._digests.pop(name, None)
            self._stamp_version()

    def _note(self, name: str, problem: str) -> None:
        file = self._files[name]
        if problem not in file.problems:
            self._files[name] = _File(file.stamp, file.sha256, file.source, (*file.problems, problem))

    def _put(self, name: str, passages: list[Passage], said: Mapping[str, list[str]] | None = None) -> None:
        sayings_of = {p.id: found for p in passages if (found := _said(p, said or {}))}
        digest = _digest(passages, sayings_of)
        with self._lock:
            if self._digests.get(name) == digest:
                return
            old = self._index.documents().get(name) if name in self._digests else None
            same_words = old is not None and [(p.id, p.text) for p in old] == [(p.id, p.text) for p in passages]
            if same_words and all(self._index.sayings(p.id) == sayings_of.get(p.id, []) for p in passages):
                self._index.redate(name, passages)
            else:
                self._index.put(name, passages, sayings_of)
            self._digests[name] = digest
            self._stamp_version()

    def _stamp_version(self) -> None:
        whole = "\n".join(f"{name} {digest}" for name, digest in sorted(self._digests.items()))
        self._version = hashlib.sha256(whole.encode()).hexdigest()[:16]

    # -- meaning

    def vectorise(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Embeds what has no vector yet, saves now and then, and stops when told to close.

        `progress` is called with (passages done, passages) after each batch.
        """
        embedder = self._ensure_embedder()
        if embedder is None:
            return
        since_saved = 0
        while not self._stop.is_set():
            with self._lock:
                wanted = self._index.wanting(BATCH)
            if not wanted:
                break
            vectors = embedder.passages([text for _, text in wanted])
            with self._lock:
                self._index.add_vectors(wanted, vectors)
                done, whole = self._index.vectorised(), len(self._index)
            since_saved += len(wanted)
            if progress:
                progress(done, whole)
            if since_saved >= SAVE_EVERY:
                self.save()
                since_saved = 0
        if since_saved or not (self._saved / "manifest.json").exists():
            self.save()

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
        """Writes the index into the data folder."""
        with self._lock:
            self._index.save(self._saved)


def _files(folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """(name within its folder, path) of every document, in a fixed order."""
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.suffix.lower() in KINDS and path.is_file() and not hidden:
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path


def _said(passage: Passage, said: Mapping[str, list[str]]) -> list[str]:
    """Lay words for a passage; only for the text in force, because numbers move from version to version."""
    return [] if passage.in_force_to else said.get(f"{title_key(passage.document)}#{passage.article}", [])


def _digest(passages: Sequence[Passage], said: Mapping[str, list[str]]) -> str:
    words = [p.model_dump_json() + "\n".join(said.get(p.id, ())) for p in passages]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()
