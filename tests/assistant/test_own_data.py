"""One's own data: the copy is whole, an erased draft is gone to the last byte, and what the law keeps is kept."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, World, open_office
from sample_papers import text_pdf

from assistant import counter_signing, own_data
from assistant.problems import Problem
from assistant.record import first_fault
from assistant.replies_store import Replies

CANARY = "金丝雀路九千九百九十九号"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_office(tmp_path, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)) as opened:
        yield opened


@cache
def paper(words: str = CANARY) -> bytes:
    return text_pdf(["房屋租赁合同", words])


def holding(folder: Path, words: bytes) -> list[str]:
    return [p.name for p in folder.rglob("*") if p.is_file() and words in p.read_bytes()]


def test_the_copy_holds_every_answer_with_its_source_and_every_document(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.upload(alice, filing.id, "合同.pdf", paper(), "lease")
    name = str(COMPLETE["operator_name"])
    counter_signing.sign(world.counter, alice, filing.id, "operator", name, typed=name, promised=True)
    done = world.counter.submit(alice, filing.id)
    draft = world.counter.start_filing(alice, None, "想开一家面馆")[0]
    with zipfile.ZipFile(io.BytesIO(own_data.export(world.counter, alice))) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        told = json.loads(archive.read("我的数据.json"))
        place = f"申报/{done.receipt}"
        assert archive.read(f"{place}/材料/01-合同.pdf") == paper()
    assert {"说明.txt", f"{place}/申请书.pdf", f"{place}/回执.pdf", f"申报/{draft.id}/申请书.pdf"} <= names
    assert len([n for n in names if n.startswith(f"{place}/材料/")]) == 2
    by_id = {f["id"]: f for f in told["filings"]}
    assert set(by_id) == {done.id, draft.id} and told["account"]["username"] == "alice"
    assert {n: a["value"] for n, a in by_id[done.id]["answers"].items() if n in COMPLETE} == {
        n: done.values()[n] for n in COMPLETE
    }
    assert by_id[done.id]["answers"]["operator_name"]["source"] == "form"
    assert [h["what"] for h in by_id[done.id]["history"]] == ["started", "submitted"]
    assert by_id[draft.id]["turns"][0]["text"] == "想开一家面馆"


def test_the_copy_is_of_ones_own_and_nobody_elses(world: World) -> None:
    world.complete()
    with zipfile.ZipFile(io.BytesIO(own_data.export(world.counter, world.user("bob")))) as archive:
        assert json.loads(archive.read("我的数据.json"))["filings"] == []
        assert not [n for n in archive.namelist() if n.startswith("申报/")]


def test_an_erased_draft_leaves_no_word_and_no_document(world: World, tmp_path: Path) -> None:
    alice = world.user("alice")
    filing = world.counter.start_filing(alice, ITEM, f"我住{CANARY}，手机13955667788")[0]
    world.counter.edit(alice, filing.id, {"operator_residence": f"深圳市南山区{CANARY}"})
    kept, first = world.counter.upload(alice, filing.id, "甲.pdf", paper(), "lease")
    world.counter.remove_material(alice, filing.id, first.id)
    world.counter.upload(alice, filing.id, "乙.pdf", paper(CANARY + "乙"), "title_deed")
    world.read_all()
    replies = Replies(world.store.database)
    replies.begin(alice.id, "key-1", f"POST /api/v1/filings/{filing.id}/messages", "x")
    replies.finish(alice.id, "key-1", 200, {"text": CANARY})
    assert holding(tmp_path, CANARY.encode()) and len(world.store.vault.all()) == 2
    own_data.erase(world.counter, alice, filing.id)
    assert world.store.filing(filing.id) is None and world.counter.filings(alice) == []
    assert world.store.vault.all() == []
    for words in (CANARY.encode(), b"13955667788"):
        assert holding(tmp_path, words) == [], words


def test_the_record_still_holds_and_tells_of_the_erasure(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    own_data.erase(world.counter, alice, filing.id)
    assert first_fault(world.store.database.events()) is None
    last = list(world.store.database.events(filing.id))[-1]
    assert (last.action, last.actor) == ("filing.erased", alice.id)


def test_a_document_somebody_else_handed_in_as_well_stays(world: World) -> None:
    alice, bob = world.user("alice"), world.user("bob")
    mine, theirs = world.complete(), world.complete("bob")
    world.counter.upload(alice, mine.id, "合同.pdf", paper(), "lease")
    _, kept = world.counter.upload(bob, theirs.id, "合同.pdf", paper(), "lease")
    own_data.erase(world.counter, alice, mine.id)
    assert world.store.vault.get(kept.sha256) == paper()
    own_data.erase(world.counter, bob, theirs.id)
    assert world.store.vault.all() == []


@pytest.mark.parametrize("then", ["submitted", "withdrawn"])
def test_what_was_handed_in_is_kept_and_the_reason_is_told(world: World, then: str) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.submit(alice, filing.id)
    if then == "withdrawn":
        world.counter.withdraw(alice, filing.id)
    with pytest.raises(Problem) as refused:
        own_data.erase(world.counter, alice, filing.id)
    assert refused.value.status == 409 and "第五十九条" in refused.value.detail
    assert world.store.filing(filing.id) is not None


def test_a_draft_that_was_taken_back_unseen_can_be_erased(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.withdraw(alice, filing.id)
    own_data.erase(world.counter, alice, filing.id)
    assert world.store.filing(filing.id) is None


def test_erasing_everything_says_what_is_kept(world: World) -> None:
    alice, kept = world.user("alice"), world.complete()
    world.counter.submit(alice, kept.id)
    drafts = {world.counter.start_filing(alice, ITEM)[0].id for _ in range(2)}
    done = own_data.erase_all(world.counter, alice)
    assert set(done.erased) == drafts and done.kept == [kept.id]
    assert [f.id for f in world.counter.filings(alice)] == [kept.id]


def test_nobody_erases_the_draft_of_somebody_else(world: World) -> None:
    filing = world.complete()
    with pytest.raises(Problem) as refused:
        own_data.erase(world.counter, world.user("bob"), filing.id)
    assert refused.value.status == 404 and world.store.filing(filing.id) is not None


def test_sealed_data_is_erased_as_well(tmp_path: Path) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with open_office(tmp_path, hasher, files_key="k" * 40) as world:
        alice, mine, theirs = world.user("alice"), world.complete(), world.complete("bob")
        world.counter.upload(alice, mine.id, "合同.pdf", paper(), "lease")
        _, kept = world.counter.upload(world.user("bob"), theirs.id, "合同.pdf", paper(), "lease")
        own_data.erase(world.counter, alice, mine.id)
        assert world.store.vault.get(kept.sha256) == paper()


def test_an_erased_draft_is_gone_from_postgresql_too(tmp_path: Path, postgresql: Callable[[], str]) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with open_office(tmp_path, hasher, database_url=postgresql()) as world:
        alice, mine, kept = world.user("alice"), world.complete(), world.complete()
        world.counter.upload(alice, mine.id, "合同.pdf", paper(), "lease")
        own_data.erase(world.counter, alice, mine.id)
        assert [f.id for f in world.counter.filings(alice)] == [kept.id] and world.store.vault.all() == []
        assert first_fault(world.store.database.events()) is None
