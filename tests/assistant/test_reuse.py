"""一次填报、多次复用: what is offered, that it is taken only as the person says, and what it says of its source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, World, open_office

from assistant import counter_choices as choices
from assistant.filing import EarlierEvidence, Filing
from assistant.problems import Problem


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_office(tmp_path, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)) as opened:
        yield opened


def started(world: World, name: str = "alice") -> Filing:
    return world.counter.start_filing(world.user(name), ITEM)[0]


def handed_in(world: World) -> Filing:
    filing = world.complete()
    world.counter.confirm(world.user("alice"), filing.id, "all")
    return world.counter.submit(world.user("alice"), filing.id)


def offered(world: World, filing: Filing, name: str = "alice") -> dict[str, bool]:
    return {k.field.id: k.usual for k in choices.offered(world.counter, world.user(name), filing)}


def test_nothing_is_offered_before_anything_was_handed_in(world: World) -> None:
    world.complete()
    assert offered(world, started(world)) == {}


def test_what_was_handed_in_is_offered_and_nothing_arrives_by_itself(world: World) -> None:
    handed_in(world)
    fresh = started(world)
    there = offered(world, fresh)
    assert there["operator_name"] is True and there["premises_address"] is False
    assert "operator_gender" not in there, "what follows from other answers is not offered"
    assert fresh.answers == {}


def test_nobody_is_offered_what_somebody_else_filed(world: World) -> None:
    handed_in(world)
    assert offered(world, started(world, "bob"), "bob") == {}


def test_chosen_answers_arrive_unconfirmed_and_name_the_earlier_filing(world: World) -> None:
    old = handed_in(world)
    fresh = choices.take_known(
        world.counter, world.user("alice"), started(world).id, ["operator_name", "contact_mobile"]
    )
    assert {n for n, a in fresh.answers.items() if a.source == "reused"} == {"operator_name", "contact_mobile"}
    answer = fresh.answers["operator_name"]
    assert (answer.value, answer.confirmed, fresh.reuse) == (COMPLETE["operator_name"], False, "taken")
    assert isinstance(answer.evidence, EarlierEvidence)
    assert (answer.evidence.filing, answer.evidence.receipt) == (old.id, old.receipt)
    assert offered(world, fresh) == {}, "asked once"


def test_all_can_be_taken_and_what_follows_is_derived_anew(world: World) -> None:
    handed_in(world)
    fresh = choices.take_known(world.counter, world.user("alice"), started(world).id, "all")
    taken = {n: a.value for n, a in fresh.answers.items() if a.source == "reused"}
    assert taken == {n: fresh.values()[n] for n in COMPLETE}
    assert fresh.answers["operator_gender"].source == "derived"
    assert not any(a.confirmed for a in fresh.answers.values())


def test_none_can_be_taken_and_that_is_remembered(world: World) -> None:
    handed_in(world)
    fresh = choices.take_known(world.counter, world.user("alice"), started(world).id, [])
    assert (fresh.answers, fresh.reuse) == ({}, "declined") and offered(world, fresh) == {}


def test_an_answer_given_in_this_filing_is_never_overwritten(world: World) -> None:
    handed_in(world)
    fresh = started(world)
    world.counter.edit(world.user("alice"), fresh.id, {"operator_name": "李大明"})
    kept = choices.take_known(world.counter, world.user("alice"), fresh.id, "all")
    assert kept.answers["operator_name"].value == "李大明" and kept.answers["operator_name"].source == "form"


def test_the_latest_of_several_filings_counts(world: World) -> None:
    alice = world.user("alice")
    handed_in(world)
    second = world.complete()
    world.counter.edit(alice, second.id, {"operator_mobile": "13900139000"})
    world.counter.submit(alice, second.id)
    fresh = choices.take_known(world.counter, alice, started(world).id, "all")
    assert fresh.answers["operator_mobile"].value == "13900139000"


def test_an_answer_nobody_confirmed_is_not_offered(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    unsure = filing.answers["operator_education"].model_copy(update={"confirmed": False})
    changed = filing.model_copy(update={"answers": {**filing.answers, "operator_education": unsure}})
    world.store.save_filing(changed, filing.revision, actor=alice.id, action="filing.said")
    world.counter.submit(alice, filing.id)
    assert "operator_education" not in offered(world, started(world))


def test_what_no_longer_belongs_is_not_taken(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    agent = {
        "has_agent": True,
        "agent_name": "刘强",
        "agent_id_number": "11010519491231002X",
        "agent_mobile": "13800138001",
    }
    assert world.counter.edit(alice, filing.id, agent)[1] == {}
    world.counter.submit(alice, filing.id)
    fresh = choices.take_known(world.counter, alice, started(world).id, ["agent_name"])
    assert "agent_name" not in fresh.answers, "there is no agent unless has_agent was taken as well"
    again = choices.take_known(world.counter, alice, started(world).id, ["has_agent", "agent_name"])
    assert again.answers["agent_name"].value == "刘强"


def test_what_was_never_filed_cannot_be_taken(world: World) -> None:
    handed_in(world)
    with pytest.raises(Problem) as refused:
        choices.take_known(world.counter, world.user("alice"), started(world).id, ["online_url"])
    assert refused.value.status == 422


def test_the_record_names_the_fields_and_the_source_and_no_value(world: World) -> None:
    old = handed_in(world)
    fresh = choices.take_known(world.counter, world.user("alice"), started(world).id, ["operator_name"])
    said = [e for e in world.store.database.events(fresh.id) if e.action == "filing.reused"]
    assert said[0].body["fields"] == ["operator_name"] and said[0].body["from"] == [old.id]
    assert str(COMPLETE["operator_name"]) not in str(said[0].body)


def test_a_filing_can_go_on_with_and_without_the_assistant_at_any_time(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    without = choices.choose_by_hand(world.counter, alice, filing.id, True)
    assert without.by_hand and world.counter.edit(alice, filing.id, {"operator_name": "李小明"})[1] == {}
    with pytest.raises(Problem) as refused:
        world.counter.say(alice, filing.id, "我叫王大明")
    assert refused.value.status == 409
    again = choices.choose_by_hand(world.counter, alice, filing.id, False)
    assert not again.by_hand and again.values()["operator_name"] == "李小明"
    assert world.counter.say(alice, filing.id, "手机13800138000")[0].by_hand is False


def test_a_filing_begun_by_hand_needs_its_item_and_no_words(world: World) -> None:
    alice = world.user("alice")
    assert world.counter.start_filing(alice, ITEM, by_hand=True)[0].by_hand
    for item, text in ((None, ""), (ITEM, "开面馆")):
        with pytest.raises(Problem):
            world.counter.start_filing(alice, item, text, by_hand=True)
