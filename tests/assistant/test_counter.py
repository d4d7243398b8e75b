"""What an applicant can do at the counter."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, World, open_office
from fpdf import FPDF

from assistant.problems import Problem
from assistant.record import first_fault
from assistant.store import Conflict


@pytest.fixture
def world(tmp_path: Path, fast_hasher: PasswordHasher) -> Iterator[World]:
    with open_office(tmp_path, fast_hasher) as made:
        yield made


def pdf(words: str = "LEASE") -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=14)
    made.cell(text=words)
    return bytes(made.output())


def refused(call: Any, *args: Any, **more: Any) -> Problem:
    with pytest.raises(Problem) as said:
        call(*args, **more)
    return said.value


def test_a_form_edit_keeps_the_good_values_beside_the_bad_ones(world: World) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    edits = {"operator_name": "李小明", "operator_mobile": "12", "no_such_field": 1}
    kept, why = world.counter.edit(alice, filing.id, edits)
    assert kept.answers["operator_name"].value == "李小明"
    assert kept.answers["operator_name"].source == "form" and kept.answers["operator_name"].confirmed
    assert set(why) == {"operator_mobile", "no_such_field"} and all(why.values())
    assert "operator_mobile" not in kept.answers
    assert world.counter.filing(alice, filing.id) == kept


def test_a_bad_value_leaves_the_good_one_and_null_clears_it(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    kept, why = world.counter.edit(alice, filing.id, {"operator_mobile": "1380013800"})
    assert why and kept.answers["operator_mobile"].value == "13800138000"
    assert kept.revision == filing.revision
    kept, why = world.counter.edit(alice, filing.id, {"operator_mobile": None})
    assert not why and "operator_mobile" not in kept.answers


@pytest.mark.parametrize(
    "raw", [{}, [], [1], {"a": [1]}, float("nan"), float("inf"), 10**40, "x" * 5000, True, "\x00", "‮"]
)
def test_whatever_is_sent_for_a_field_is_taken_or_refused(world: World, raw: Any) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    fields = [f.id for f in world.counter.parts.catalogue.get(ITEM).fields]
    kept, why = world.counter.edit(alice, filing.id, dict.fromkeys(fields, raw))
    assert set(why) | set(kept.answers) >= set(fields)


def test_what_follows_from_the_number_is_derived_and_goes_with_it(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    assert filing.answers["operator_birth_date"].value == "1949-12-31"
    assert filing.answers["operator_birth_date"].source == "derived"
    kept, _ = world.counter.edit(alice, filing.id, {"operator_id_number": None})
    assert "operator_birth_date" not in kept.answers


def test_a_typed_value_is_not_overwritten_by_what_is_derived(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    kept, _ = world.counter.edit(alice, filing.id, {"operator_birth_date": "1950-01-01"})
    assert kept.answers["operator_birth_date"].value == "1950-01-01"
    assert [i.code for i in kept.answers["operator_birth_date"].issues] == ["ID_BIRTH_MISMATCH"]


def test_the_second_of_two_tabs_is_told(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.edit(alice, filing.id, {"capital_wan": 6}, filing.revision)
    said = refused(world.counter.edit, alice, filing.id, {"capital_wan": 7}, filing.revision)
    assert (said.status, said.code) == (409, "conflict")
    assert world.counter.filing(alice, filing.id).answers["capital_wan"].value == 6


def test_a_turn_is_kept_with_the_words_as_typed(world: World) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    kept, reply = world.counter.say(alice, filing.id, "我叫李小明。 ")
    assert [t.text for t in kept.turns if t.role == "user"] == ["我叫李小明。 "]
    assert reply.text and kept.turns[-1].role == "assistant"
    assert world.counter.filing(alice, filing.id) == kept


@pytest.mark.parametrize("text", ["", "  \n", "字" * 4001])
def test_nothing_and_too_much_are_refused(world: World, text: str) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    assert refused(world.counter.say, alice, filing.id, text).status == 422


def test_turns_and_edits_at_once_lose_nothing(world: World) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    before = len(filing.turns)

    def act(i: int) -> None:
        if i % 2:
            world.counter.say(alice, filing.id, f"第{i}句，请问")
        else:
            world.counter.edit(alice, filing.id, {"licence_copies": i % 9})

    def safely(i: int) -> bool:
        try:
            act(i)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(safely, range(12)))
    kept = world.counter.filing(alice, filing.id)
    said = [t for t in kept.turns[before:] if t.role == "user"]
    assert len(said) == sum(ok for i, ok in enumerate(done) if i % 2)
    events = list(world.store.database.events(filing.id))
    assert len(events) == kept.revision and first_fault(world.store.database.events()) is None


def test_an_unknown_item_is_refused(world: World) -> None:
    assert refused(world.counter.start_filing, world.user("alice"), "no-such-item").fields.keys() == {"item"}


def test_everything_of_others_is_not_found(world: World) -> None:
    bob, filing = world.user("bob"), world.complete("alice")
    _, material = world.counter.upload(world.user("alice"), filing.id, "a.pdf", pdf(), "lease")
    world.read_all()
    before = world.store.database.head()
    c = world.counter
    calls = [
        lambda: c.filing(bob, filing.id),
        lambda: c.say(bob, filing.id, "你好"),
        lambda: c.edit(bob, filing.id, {"capital_wan": 1}),
        lambda: c.confirm(bob, filing.id, "all"),
        lambda: c.upload(bob, filing.id, "a.pdf", pdf(), "lease"),
        lambda: c.remove_material(bob, filing.id, material.id),
        lambda: c.page_png(bob, filing.id, material.id, 1),
        lambda: c.submit(bob, filing.id),
        lambda: c.withdraw(bob, filing.id),
        lambda: c.form_pdf(bob, filing.id),
        lambda: c.notice(bob, filing.id),
        lambda: c.notice_pdf(bob, filing.id),
    ]
    assert [refused(call).status for call in calls] == [404] * len(calls)
    assert c.filings(bob) == []
    assert world.store.database.head() == before


def test_a_document_is_read_after_it_is_taken_in(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    kept, material = world.counter.upload(alice, filing.id, "../租赁\u202e合同.pdf", pdf(), "lease")
    assert material.status == "reading" and "/" not in material.filename and "\u202e" not in material.filename
    assert world.asked_to_read == [(filing.id, material.id)]
    world.read_all()
    read = world.counter.filing(alice, filing.id).material(material.id)
    assert read.status in ("read", "unreadable") and read.pages == 1
    assert world.counter.page_png(alice, filing.id, material.id, 1).startswith(b"\x89PNG")
    assert refused(world.counter.page_png, alice, filing.id, material.id, 2).status == 404
    done = world.store.database.head()
    world.counter.finish_reading(filing.id, material.id)
    assert world.store.database.head() == done
    assert world.counter.remove_material(alice, filing.id, material.id).materials == []


@pytest.mark.parametrize(
    ("name", "data", "kind", "status"),
    [
        ("a.pdf", b"", "lease", 422),
        ("a.pdf", b"MZ\x00\x01binary", "lease", 415),
        ("a.png", b"%PDF-1.7\n", "lease", 415),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "lease", 415),
        ("a.html", b"<html><script>alert(1)</script>", "lease", 415),
        ("a.txt", "纯文本".encode(), "lease", 415),
        ("a.pdf", b"%PDF-1.7\n" + b"x" * (2 * 1024 * 1024), "lease", 413),
        ("a.pdf", b"%PDF-1.7\n", "no_such_kind", 422),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_the_limits(
    tmp_path: Path, fast_hasher: PasswordHasher, name: str, data: bytes, kind: str, status: int
) -> None:
    with open_office(tmp_path / "x", fast_hasher, upload_mb=1) as world:
        alice = world.user("alice")
        filing, _ = world.counter.start_filing(alice, ITEM)
        said = refused(world.counter.upload, alice, filing.id, name, data, kind)
        assert said.status == status
        assert status not in (413, 415) or "1 MB" in said.detail
        assert world.store.vault.all() == []


def test_a_broken_document_is_kept_and_said_to_be_unreadable(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    _, material = world.counter.upload(alice, filing.id, "a.pdf", b"%PDF-1.7\nbroken", "lease")
    world.read_all()
    read = world.counter.filing(alice, filing.id).material(material.id)
    assert read.status == "unreadable"
    assert read.issues and read.issues[0].severity == "block"


def test_confirming_all_confirms_every_answer(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    assert any(not a.confirmed for a in filing.answers.values())
    assert all(a.confirmed for a in world.counter.confirm(alice, filing.id, "all").answers.values())
    assert refused(world.counter.confirm, alice, filing.id, ["agent_name"]).status == 422


def test_only_a_missing_required_answer_keeps_a_filing_from_being_handed_in(world: World) -> None:
    alice = world.user("alice")
    filing, _ = world.counter.start_filing(alice, ITEM)
    world.counter.edit(alice, filing.id, {k: v for k, v in COMPLETE.items() if k != "operator_mobile"})
    said = refused(world.counter.submit, alice, filing.id)
    assert said.status == 422 and set(said.fields) == {"operator_mobile"}
    world.counter.edit(alice, filing.id, {"operator_mobile": "13800138000"})
    handed = world.counter.submit(alice, filing.id)
    assert handed.status == "submitted" and handed.materials == []
    assert handed.receipt == "20261123000001" and handed.case
    assert [f.id for f in world.desk.filings] == [filing.id]


def test_handing_in_twice_gives_one_case_and_one_receipt(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    with ThreadPoolExecutor(8) as pool:
        handed = list(pool.map(lambda _: world.counter.submit(alice, filing.id), range(8)))
    assert len({(f.case, f.receipt) for f in handed}) == 1
    assert len(world.desk.filings) == 1
    other = world.counter.submit(alice, world.complete().id)
    assert other.receipt == "20261123000002"


def test_when_the_desk_fails_nothing_is_handed_in_and_no_number_is_lost(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.desk.fails = True
    with pytest.raises(RuntimeError):
        world.counter.submit(alice, filing.id)
    assert world.counter.filing(alice, filing.id) == filing
    world.desk.fails = False
    assert world.counter.submit(alice, filing.id).receipt == "20261123000001"


def test_a_filing_that_was_handed_in_cannot_be_changed(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.submit(alice, filing.id)
    for call in (
        lambda: world.counter.edit(alice, filing.id, {"capital_wan": 1}),
        lambda: world.counter.say(alice, filing.id, "改一下"),
        lambda: world.counter.upload(alice, filing.id, "a.pdf", pdf(), "lease"),
        lambda: world.counter.confirm(alice, filing.id, "all"),
    ):
        assert (refused(call).status, refused(call).code) == (409, "wrong_state")


def test_a_returned_filing_is_handed_in_again_as_the_next_round(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    first = world.counter.submit(alice, filing.id)
    back = first.model_copy(update={"status": "returned"})
    world.store.save_filing(back, first.revision, actor="clara", action="filing.returned")
    world.counter.edit(alice, filing.id, {"capital_wan": 8})
    again = world.counter.submit(alice, filing.id)
    assert (again.round, again.status) == (2, "submitted")
    assert (again.case, again.receipt) == (first.case, first.receipt)


def test_a_filing_can_be_taken_back_until_it_is_decided(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    handed = world.counter.submit(alice, filing.id)
    assert world.counter.withdraw(alice, filing.id).status == "withdrawn"
    assert world.counter.withdraw(alice, filing.id).status == "withdrawn"
    assert world.desk.withdrawn == [filing.id]
    assert refused(world.counter.submit, alice, filing.id).status == 409
    decided = world.complete()
    handed = world.counter.submit(alice, decided.id)
    done = handed.model_copy(update={"status": "accepted"})
    world.store.save_filing(done, handed.revision, actor="clara", action="filing.accepted")
    assert refused(world.counter.withdraw, alice, decided.id).status == 409


def test_without_the_assistant_a_form_can_be_filled_and_handed_in(world: World) -> None:
    world.counter.parts.models.off()
    assert "不可用" in world.counter.degraded()
    assert world.counter.submit(world.user("alice"), world.complete().id).receipt


def test_the_record_holds_no_word_of_the_applicant(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    world.counter.upload(alice, filing.id, "李小明的合同.pdf", pdf(), "lease")
    world.counter.submit(alice, filing.id)
    written = "".join(f"{e.actor}{e.action}{e.subject}{e.body}" for e in world.store.database.events())
    for word in ("李小明", "13800138000", "11010519491231002X", "科技园", "alice"):
        assert word not in written
