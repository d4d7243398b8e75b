"""Calls with a key: one effect, one reply."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.replies_store import InProgress, Kept, KeyReused, Replies
from assistant.store import Store
from prompts.settings import Settings


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(Settings(data=tmp_path))
    yield made
    made.close()


def begin(replies: Replies, key: str = "k", wait: float = 5.0) -> Kept | None:
    return replies.begin("a", key, "POST /filings", "print", wait)


def change(store: Store) -> None:
    with store.transaction() as unit:
        unit.next_number("effects")
        unit.record("a", "filing.started", "f1")


def effects(store: Store) -> int:
    with store.transaction() as unit:
        return unit.next_number("effects") - 1


def test_the_second_call_gets_the_first_ones_reply(store: Store) -> None:
    replies = Replies(store.database)
    assert begin(replies) is None
    with replies.working("a", "k"):
        change(store)
    replies.finish("a", "k", 201, {"名": "字"})
    assert begin(replies) == Kept(201, {"名": "字"}, "f1")
    assert replies.begin("b", "k", "POST /filings", "print") is None


def test_fifty_calls_at_once_have_one_effect(store: Store) -> None:
    replies = Replies(store.database)

    def call(_: int) -> object:
        kept = begin(replies, wait=30)
        if kept is not None:
            return kept.reply
        with replies.working("a", "k"):
            change(store)
            replies.finish("a", "k", 200, "made")
        return "made"

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(call, range(50))) == {"made"}
    assert effects(store) == 1


def test_a_key_used_for_something_else_is_refused(store: Store) -> None:
    replies = Replies(store.database)
    begin(replies)
    replies.finish("a", "k", 200, None)
    for route, fingerprint in (("POST /filings", "other"), ("POST /other", "print")):
        with pytest.raises(KeyReused):
            replies.begin("a", "k", route, fingerprint)


def test_a_call_still_at_work_is_waited_for_and_then_told(store: Store) -> None:
    replies = Replies(store.database)
    begin(replies)
    with pytest.raises(InProgress):
        begin(replies, wait=0.0)


def test_a_crash_before_the_effect_leaves_the_call_to_be_done_again(store: Store) -> None:
    begin(Replies(store.database))
    assert begin(Replies(store.database)) is None


def test_a_crash_between_effect_and_reply_is_not_done_again(store: Store) -> None:
    replies = Replies(store.database)
    begin(replies)
    with replies.working("a", "k"):
        change(store)
    assert begin(Replies(store.database)) == Kept(None, None, "f1")


def test_an_effect_that_is_rolled_back_is_not_kept_under_the_key(store: Store) -> None:
    replies = Replies(store.database)
    begin(replies)
    with pytest.raises(RuntimeError), replies.working("a", "k"), store.transaction() as unit:
        unit.record("a", "filing.started", "f1")
        raise RuntimeError
    assert replies.drop("a", "k")
    assert begin(replies) is None


def test_a_failure_after_the_effect_is_not_forgotten(store: Store) -> None:
    replies = Replies(store.database)
    begin(replies)
    with replies.working("a", "k"):
        change(store)
    assert not replies.drop("a", "k")


def test_kept_replies_are_sealed_with_a_key(tmp_path: Path) -> None:
    store = Store(Settings(data=tmp_path, files_key="k" * 32))
    replies = Replies(store.database)
    begin(replies)
    replies.finish("a", "k", 200, {"name": "金丝雀"})
    store.close()
    assert all("金丝雀".encode() not in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
