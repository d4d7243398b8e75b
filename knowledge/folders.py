"""The folders of policy documents: what is in them, read once per content.

What was learnt of each file is kept without its text, so that a restart reads only what is new and a city's library
costs little memory. Whatever changes in the code that reads makes everything be read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from knowledge.durable import replace as put_in_place
from knowledge.index import GUIDE
from knowledge.intake import digest, read_source, stamp
from knowledge.reading import Unreadable
from knowledge.sources import Source

KINDS = (
    ".md", ".markdown", ".txt", ".pdf", ".docx", ".html", ".htm", ".ofd", ".png", ".jpg", ".jpeg", ".webp"
)  # fmt: skip

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class FileRecord:
    """What is known of a file while it does not change."""

    stamp: tuple[int, int]
    """Time of change in nanoseconds, and size, those of a YAML file beside it counted in."""
    sha256: str
    source: Source | None
    """Without its units, unless it is a guide; None: it cannot be read."""
    units: str = ""
    """Hash of the units."""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Notebook:
    reader: str
    """Hash of the code that read the files."""
    files: dict[str, FileRecord] = field(default_factory=dict)


_NOTEBOOK = TypeAdapter(_Notebook)


class Folders:
    """Used by one thread, but for `files`, which is replaced as a whole and may be read by any."""

    def __init__(self, folders: Sequence[Path], cache: Path) -> None:
        """`cache`: a folder for the texts of PDF and Office files and for the notebook."""
        self.folders, self._cache = list(folders), cache
        self.files: dict[str, FileRecord] = {}
        self._paths: dict[str, Path] = {}
        self._fresh: dict[str, Source] = {}

    def open(self) -> None:
        """Remembers what was learnt before, when the same code learnt it."""
        try:
            notebook = _NOTEBOOK.validate_json((self._cache / "files.json").read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as problem:
            _log.info("files_read_anew", reason=type(problem).__name__)
            return
        if notebook.reader == _reader():
            self.files = notebook.files

    def save(self) -> None:
        """Writes down what was learnt."""
        self._cache.mkdir(parents=True, exist_ok=True)
        put_in_place(self._cache / "files.json", _NOTEBOOK.dump_json(_Notebook(_reader(), self.files)))

    def look(
        self, stopped: Callable[[], bool] = lambda: False, progress: Callable[[int, int], None] | None = None
    ) -> bool:
        """Reads new and changed files; whether any came, changed or went.

        `progress` is called with (files looked at, files).
        """
        self._paths = dict(_files(self.folders))
        files = {name: record for name, record in self.files.items() if name in self._paths}
        for count, (name, path) in enumerate(self._paths.items()):
            if stopped():
                break
            record = self._record(name, path, files.get(name))
            files[name] = record
            if progress:
                progress(count + 1, len(self._paths))
        before, self.files = self.files, files
        return _learnt(before) != _learnt(files)

    def _record(self, name: str, path: Path, known: FileRecord | None) -> FileRecord:
        changed, sha256 = (0, 0), ""
        try:
            changed = stamp(path)
            if known and known.stamp == changed:
                return known
            sha256 = digest(path)
            if known and known.sha256 == sha256:
                return replace(known, stamp=changed)
            source = self._read(path)
        except (OSError, Unreadable) as problem:
            # A file of one content is unreadable once; one that the disk refuses is tried again.
            kept = changed if isinstance(problem, Unreadable) else (0, 0)
            return FileRecord(kept, sha256, None, problems=(f"读不了：{problem}",))
        self._fresh[name] = source
        units = hashlib.sha256(repr(source.units).encode()).hexdigest()
        bare = source if source.rank == GUIDE else replace(source, units=())
        return FileRecord(changed, sha256, bare, units, source.problems)

    def _read(self, path: Path) -> Source:
        return read_source(path, self._cache / "texts")

    def whole(self, name: str) -> Source:
        """A file's source with its units; raises OSError or Unreadable when it has gone meanwhile."""
        return self._fresh.pop(name, None) or self._read(self._paths[name])

    def forget_text(self) -> None:
        """Lets go of the texts read in the last look."""
        self._fresh.clear()


def _learnt(files: Mapping[str, FileRecord]) -> dict[str, tuple[Source | None, str, tuple[str, ...]]]:
    return {name: (f.source, f.units, f.problems) for name, f in files.items()}


def _files(folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """(name within its folder, path) of every document, in a fixed order."""
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.suffix.lower() in KINDS and path.is_file() and not hidden:
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path


def _reader() -> str:
    code = (file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(b"\0".join(code)).hexdigest()
