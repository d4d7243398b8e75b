"""Fetching a model file: three sources, one hash."""

from __future__ import annotations

import hashlib
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from prompts.__main__ import main
from prompts.catalogue import Entry, Wheels, catalogue
from prompts.pull import PullError, present, pull, target
from prompts.settings import Settings

BODY = bytes(range(256)) * 400
URL = "https://hub.example/model.gguf"


def entry(**given: Any) -> Entry:
    plain = {"id": "small", "file": "small.gguf", "licence": "MIT", "size": len(BODY)}
    return Entry.model_validate({**plain, "sha256": hashlib.sha256(BODY).hexdigest(), **given})


def wheels() -> Wheels:
    return Wheels(name="bancheng-try-part{n}", version="0.1.0", parts=3, member="try_part{n}/part{n:02d}.bin")


def write_wheels(folder: Path, body: bytes = BODY) -> Path:
    """Three wheels that pip accepts, each with a third of the body."""
    folder.mkdir(exist_ok=True)
    third = -(-len(body) // 3)
    for n in range(1, 4):
        name = f"bancheng_try_part{n}"
        with zipfile.ZipFile(folder / f"{name}-0.1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"try_part{n}/part{n:02d}.bin", body[(n - 1) * third : n * third])
            info = f"{name}-0.1.0.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: bancheng-try-part{n}\nVersion: 0.1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    def make(given: Path | None = None) -> Settings:
        return Settings(models_folder=tmp_path / "models", models_from=given)

    return make


def hub(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.Client:
    return httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)


def left(folder: Path) -> set[str]:
    """Files in the shared folder but the locks."""
    return {p.name for p in folder.iterdir() if not p.name.endswith(".lock")}


def test_a_file_the_operator_names_is_taken_and_checked(tmp_path: Path, settings: Callable[..., Settings]) -> None:
    (tmp_path / "small.gguf").write_bytes(BODY)
    for given in (tmp_path, tmp_path / "small.gguf"):
        path = pull(entry(), settings(given))
        assert path.read_bytes() == BODY and left(path.parent) == {path.name}
        path.unlink()


def test_wheels_in_the_operators_folder_do_as_well(tmp_path: Path, settings: Callable[..., Settings]) -> None:
    given = write_wheels(tmp_path / "wheels")
    assert pull(entry(wheels=wheels()), settings(given)).read_bytes() == BODY
    assert len(list(given.iterdir())) == 3


def test_wrong_bytes_are_deleted_and_refused(tmp_path: Path, settings: Callable[..., Settings]) -> None:
    (tmp_path / "small.gguf").write_bytes(BODY[:-1] + b"x")
    with pytest.raises(PullError, match="校验值不符"):
        pull(entry(), settings(tmp_path))
    assert left(tmp_path / "models") == set()
    assert (tmp_path / "small.gguf").exists()


def test_a_download_goes_on_where_it_was_cut(settings: Callable[..., Settings]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("range", ""))
        begin = int(asked[-1].removeprefix("bytes=").rstrip("-") or 0)
        return httpx.Response(206 if begin else 200, content=BODY[begin : begin + 60_000])

    with pytest.raises(PullError, match="中断"):
        pull(entry(hub=[URL]), settings(), client=hub(answer))
    assert pull(entry(hub=[URL]), settings(), client=hub(answer)).read_bytes() == BODY
    assert asked == ["", "bytes=60000-"]
    assert left(settings().models_folder) == {target(entry(), settings().models_folder).name}


def test_a_server_that_cannot_resume_starts_over(settings: Callable[..., Settings]) -> None:
    replies = [BODY[:100], BODY]
    client = hub(lambda request: httpx.Response(200, content=replies.pop(0)))
    with pytest.raises(PullError):
        pull(entry(hub=[URL]), settings(), client=client)
    assert pull(entry(hub=[URL]), settings(), client=client).read_bytes() == BODY


@pytest.mark.parametrize("body", [BODY[:-1] + b"x", BODY + b"x" * 3_000_000])
def test_a_hub_with_other_bytes_is_refused_and_the_next_source_tried(
    settings: Callable[..., Settings], body: bytes
) -> None:
    bodies = {"hub.example": body, "other.example": BODY}
    client = hub(lambda request: httpx.Response(200, content=bodies[request.url.host]))
    both = entry(hub=[URL, "https://other.example/model.gguf"])
    assert pull(both, settings(), client=client).read_bytes() == BODY


def test_a_hub_that_leads_away_from_https_is_refused(settings: Callable[..., Settings]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.scheme == "https":
            return httpx.Response(302, headers={"location": "http://hub.example/model.gguf"})
        return httpx.Response(200, content=BODY)

    with pytest.raises(PullError, match="https"):
        pull(entry(hub=[URL]), settings(), client=hub(answer))


def test_nothing_reachable_says_why_for_each_and_what_to_do(settings: Callable[..., Settings]) -> None:
    with pytest.raises(PullError, match=r"127\.0\.0\.1：.*BANCHENG_MODELS_FROM"):
        pull(entry(hub=["https://127.0.0.1:9/model.gguf"]), settings())


def test_two_pulls_at_once_fetch_once(settings: Callable[..., Settings]) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200, content=BODY)

    client, paths = hub(answer), []
    threads = [
        threading.Thread(target=lambda: paths.append(pull(entry(hub=[URL]), settings(), client=client))) for _ in "ab"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 2 and len(asked) == 1


def test_progress_ends_at_the_whole(tmp_path: Path, settings: Callable[..., Settings]) -> None:
    seen: list[tuple[int, int]] = []
    given = write_wheels(tmp_path / "wheels")
    pull(entry(wheels=wheels()), settings(given), lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(BODY), len(BODY))


def test_wheels_come_through_pip_and_leave_nothing_behind(
    tmp_path: Path, settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    shop = write_wheels(tmp_path / "shop")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shop))
    (third := shop / "bancheng_try_part3-0.1.0-py3-none-any.whl").rename(tmp_path / "away.whl")
    with pytest.raises(PullError, match="第 3 份"):
        pull(entry(wheels=wheels()), settings())
    for n in (1, 2):  # fetched already: not asked for again
        (shop / f"bancheng_try_part{n}-0.1.0-py3-none-any.whl").unlink()
    (tmp_path / "away.whl").rename(third)
    path = pull(entry(wheels=wheels()), settings())
    assert path.read_bytes() == BODY and left(path.parent) == {path.name}


def test_every_entry_of_the_catalogue_is_free_and_reached_over_https() -> None:
    assert "qwen2.5-coder-1.5b" in catalogue()
    for known in catalogue().values():
        assert known.licence in {"Apache-2.0", "MIT"} and len(known.sha256) == 64 and known.size > 0
        assert all(url.startswith("https://") for url in known.hub)
        assert known.wheels is None or known.wheels.member.format(n=1) != known.wheels.member.format(n=2)


def test_a_file_of_the_wrong_size_is_not_present(tmp_path: Path) -> None:
    target(entry(), tmp_path).write_bytes(BODY[:-1])
    assert not present(entry(), tmp_path)


@pytest.mark.parametrize(("arguments", "status"), [(["list"], 0), (["pull", "unknown"], 2)])
def test_the_command_line_answers(capsys: pytest.CaptureFixture[str], arguments: list[str], status: int) -> None:
    assert main(arguments) == status
    said = capsys.readouterr()
    assert "qwen2.5-coder-1.5b" in said.out + said.err
