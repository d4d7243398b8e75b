"""A returned filing: only what the notice flags is open, unless the applicant asks for more; and the history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, World, open_office
from pypdf import PdfReader

from assistant import counter_after, counter_choices
from assistant.filing import Filing, Material, Reply, Turn
from assistant.following import opened, unlocked_only
from assistant.problems import Problem
from knowledge.items import Catalogue

REGISTRATION = Catalogue.load().get("individual-business-registration")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_office(tmp_path, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)) as opened_office:
        yield opened_office


def line(code: str, **about: list[str]) -> dict[str, Any]:
    return {
        "code": code,
        "what_is_wrong": "有误",
        "what_to_do": "请改正",
        "fields": [],
        "materials": [],
        "kinds": [],
    } | about


def returned(world: World, *lines: dict[str, Any], papers: tuple[Material, ...] = ()) -> Filing:
    """A filing of alice that came back with these lines in its notice."""
    alice, filing = world.user("alice"), world.complete()
    if papers:
        with_papers = filing.model_copy(update={"materials": list(papers)})
        world.store.save_filing(with_papers, filing.revision, actor=alice.id, action="material.added")
    first = world.counter.submit(alice, filing.id)
    back = first.model_copy(update={"status": "returned"})
    world.counter.desk = replace(
        world.counter.desk,
        notice=lambda f: {"round": 1, "issued_at": "2026-11-24T01:00:00+00:00", "items": list(lines)},
    )
    return world.store.save_filing(back, first.revision, actor="clara", action="filing.returned")


def edit(world: World, filing: Filing, **values: Any) -> tuple[Filing, dict[str, str]]:
    return world.counter.edit(world.user("alice"), filing.id, values)


def test_what_the_notice_flags_can_be_put_right_and_the_rest_is_locked(world: World) -> None:
    back = returned(world, line("PHONE_INVALID", fields=["operator_mobile"]))
    kept, refused = edit(world, back, operator_mobile="13900139000", operator_education="大专")
    assert kept.values()["operator_mobile"] == "13900139000" and set(refused) == {"operator_education"}
    assert (
        kept.values()["operator_education"] == COMPLETE["operator_education"] and "锁" in refused["operator_education"]
    )


def test_what_hangs_on_a_flagged_answer_is_open_too(world: World) -> None:
    back = returned(world, line("ADDRESS_INCOMPLETE", fields=["premises_address"]))
    may = opened(back, REGISTRATION, world.counter.notice(world.user("alice"), back.id))
    assert may is not None and {"premises_address", "premises_kind", "premises_residential"} <= may.fields
    assert "operator_name" not in may.fields and "capital_wan" not in may.fields


def test_an_answer_that_is_empty_can_always_be_given(world: World) -> None:
    back = returned(world, line("PHONE_INVALID", fields=["operator_mobile"]))
    kept, refused = edit(world, back, contact_email="xiao@example.com")
    assert refused == {} and kept.values()["contact_email"] == "xiao@example.com"


def test_more_is_opened_when_the_applicant_asks_and_that_is_on_record(world: World) -> None:
    back = returned(world, line("PHONE_INVALID", fields=["operator_mobile"]))
    counter_choices.reopen(world.counter, world.user("alice"), back.id, ["operator_education"])
    kept, refused = edit(world, back, operator_education="大专", operator_occupation="务工")
    assert kept.values()["operator_education"] == "大专" and set(refused) == {"operator_occupation"}
    assert [e.body["fields"] for e in world.store.database.events(back.id) if e.action == "filing.reopened"] == [
        ["operator_education"]
    ]


def test_what_was_opened_is_closed_again_by_handing_in(world: World) -> None:
    alice, back = world.user("alice"), returned(world, line("PHONE_INVALID", fields=["operator_mobile"]))
    counter_choices.reopen(world.counter, alice, back.id, ["operator_education"])
    assert world.counter.submit(alice, back.id).reopened == []


def test_words_cannot_change_what_is_locked(world: World) -> None:
    back = returned(world, line("EMAIL_INVALID", fields=["contact_email"]))
    may = opened(back, REGISTRATION, world.counter.notice(world.user("alice"), back.id))
    told = {**back.answers, "capital_wan": back.answers["capital_wan"].model_copy(update={"value": 9.0})}
    reply = Reply(status="asked", text="好的，记为 9 万元。", noted=["capital_wan", "contact_email"])
    turns = [*back.turns, Turn(role="assistant", text=reply.text, at=back.created_at, reply=reply)]
    kept, said = unlocked_only(back, back.model_copy(update={"answers": told, "turns": turns}), reply, may)
    assert kept.values()["capital_wan"] == 5 and "锁" in said.text and said.noted == ["contact_email"]
    assert kept.turns[-1].text == said.text and "capital_wan" in said.refused


def test_only_documents_the_notice_is_about_can_be_taken_out(world: World) -> None:
    lease, deed = (
        Material(id=kind, kind=kind, filename=f"{kind}.pdf", sha256="0" * 64, status="read")
        for kind in ("lease", "title_deed")
    )
    back = returned(world, line("LEASE_EXPIRED", materials=["lease"]), papers=(lease, deed))
    alice = world.user("alice")
    with pytest.raises(Problem) as refused:
        world.counter.remove_material(alice, back.id, "title_deed")
    assert refused.value.status == 409
    assert [m.id for m in world.counter.remove_material(alice, back.id, "lease").materials] == ["title_deed"]


def test_a_missing_document_opens_its_kind(world: World) -> None:
    back = returned(world, line("MATERIAL_MISSING", kinds=["lease"]))
    may = opened(back, REGISTRATION, world.counter.notice(world.user("alice"), back.id))
    assert may is not None and may.kinds == {"lease", "application_form"} and "operator_name" not in may.fields


@pytest.mark.parametrize("lines", [(), (line("VALUES_CONFLICT"),)], ids=["no line", "a line about nothing"])
def test_a_notice_that_does_not_say_where_locks_nothing(world: World, lines: tuple[dict[str, Any], ...]) -> None:
    back = returned(world, *lines)
    assert edit(world, back, operator_education="大专")[1] == {}


def test_a_draft_has_nothing_locked(world: World) -> None:
    filing = world.complete()
    assert world.counter.opened(world.user("alice"), filing) is None


def test_the_history_has_every_step_with_its_round(world: World) -> None:
    alice, back = world.user("alice"), returned(world, line("PHONE_INVALID", fields=["operator_mobile"]))
    world.counter.submit(alice, back.id)
    stands = counter_after.standing(world.counter, alice, back.id)
    assert [(s.what, s.round) for s in stands.steps] == [
        ("started", 1),
        ("submitted", 1),
        ("returned", 1),
        ("submitted", 2),
    ]
    assert "第 2 次" in stands.steps[-1].said and stands.next


def test_the_clock_is_told_with_its_articles_while_it_runs(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    days = {"filed_on": "2026-11-23", "decide_by": "2026-11-26", "extended_by": "2026-12-01", "notice_by": "2026-11-30"}
    world.counter.desk = replace(world.counter.desk, clock=lambda f: {**days, "left": 5})
    assert counter_after.standing(world.counter, alice, filing.id).clock == {}
    world.counter.submit(alice, filing.id)
    stands = counter_after.standing(world.counter, alice, filing.id)
    said = "".join(stands.clock_said)
    assert stands.clock == days and stands.left == 5
    for wanted in ("2026-11-26", "2026-12-01", "2026-11-30", "市场主体登记管理条例 第十九条", "行政许可法 第三十二条"):
        assert wanted in said, wanted


def test_the_receipt_is_a_paper_with_number_time_documents_and_next_step(world: World, tmp_path: Path) -> None:
    alice, filing = world.user("alice"), world.complete()
    with pytest.raises(Problem) as refused:
        counter_after.receipt_pdf(world.counter, alice, filing.id)
    assert refused.value.status == 404
    done = world.counter.submit(alice, filing.id)
    path = tmp_path / "receipt.pdf"
    path.write_bytes(counter_after.receipt_pdf(world.counter, alice, filing.id))
    text = "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)
    for wanted in (
        "接收申请材料凭证",
        str(done.receipt),
        str(COMPLETE["operator_name"]),
        "收到时间",
        "收到的材料",
        "接下来",
    ):
        assert wanted in text, wanted


def test_nobody_follows_the_filing_of_somebody_else(world: World) -> None:
    filing = world.complete()
    with pytest.raises(Problem) as refused:
        counter_after.standing(world.counter, world.user("bob"), filing.id)
    assert refused.value.status == 404
