"""材料免提交: which documents of earlier filings are offered, and which are not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from counter_world import CATALOGUE, ITEM

from assistant.filing import Answer, Filing, Issue, Material, ReadValue
from assistant.held import Held, held

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PLACE = "成都市武侯区玉林西路19号附3号"
NUMBER = "42108319920518002X"
CARD = {"name": "王静", "id_number": NUMBER, "valid_to": "2040-01-01"}
LEASE = {"lessor_name": "陈伟", "lessee_name": "王静", "premises_address": PLACE, "end_date": "2028-02-29"}
LEASED = {"operator_name": "王静", "premises_kind": "leased", "premises_address": PLACE}


def paper(kind: str, called: str = "", /, *issues: str, **values: Any) -> Material:
    name = called or kind
    return Material(
        id=name, kind=kind, filename=f"{name}.jpg", pages=1, sha256=name.ljust(64, "0"), status="read",
        values={k: ReadValue(value=v, page=1, quote=str(v)) for k, v in values.items()},
        issues=[Issue(code=code, severity="block", message="…") for code in issues],
    )  # fmt: skip


def filing(*materials: Material, receipt: str | None = None, days_ago: int = 0, **answers: Any) -> Filing:
    told = {name: Answer(value=value, source="form") for name, value in answers.items()}
    at = NOW - timedelta(days=days_ago)
    return Filing(id=f"f{receipt}{days_ago}", owner="u", item=ITEM, item_version="1", answers=told,
                  materials=list(materials), receipt=receipt, created_at=at, updated_at=at)  # fmt: skip


def offered(now: Filing, *before: Filing) -> list[Held]:
    item = CATALOGUE.get(ITEM)
    titles: dict[str, str] = {m.kind: m.title for m in reversed(item.materials)} | {ITEM: item.title}
    return held(now, item.needed(now.values()), before, titles, TODAY)


def kinds(now: Filing, *before: Filing) -> list[str]:
    return [h.kind for h in offered(now, *before)]


def test_a_card_and_a_lease_handed_in_before_are_offered_with_their_day_and_end() -> None:
    old = filing(paper("operator_id_card", **CARD), paper("lease", **LEASE), receipt="1", days_ago=40)
    card, lease = offered(filing(**LEASED), old)
    assert (card.kind, card.until, card.evidence.receipt) == ("operator_id_card", "2040-01-01", "1")
    assert "2026-10-14" in card.words and "王静" in card.words and "不用再交" in card.words
    assert (lease.kind, lease.until) == ("lease", "2028-02-29")


def test_a_draft_was_never_handed_in_and_is_not_looked_at() -> None:
    assert kinds(filing(**LEASED), filing(paper("operator_id_card", **CARD))) == []


@pytest.mark.parametrize(
    "old",
    [
        paper("operator_id_card", **{**CARD, "valid_to": "2026-11-22"}),
        paper("operator_id_card", name="王静", id_number=NUMBER),
        paper("operator_id_card", "", "MATERIAL_ILLEGIBLE", **CARD),
        paper("operator_id_card", "", "ID_BACK_MISSING", **CARD),
        paper("operator_id_card", **{**CARD, "name": "王婧"}),
        paper("lease", **{**LEASE, "end_date": "2026-10-31"}),
        paper("lease", **{**LEASE, "premises_address": "成都市锦江区春熙路1号"}),
        paper("lease", **{**LEASE, "lessee_name": "赵敏"}),
        paper("application_form", operator_name="王静"),
        paper("neighbour_consent", premises_address=PLACE),
    ],
    ids=lambda m: f"{m.kind} {sorted(m.values)}",
)
def test_what_is_over_unreadable_or_about_somebody_or_something_else_is_not_offered(old: Material) -> None:
    assert kinds(filing(**LEASED), filing(old, receipt="1")) == []


def test_a_deed_is_good_for_a_year_and_for_its_own_address_however_written() -> None:
    deed = paper("title_deed", owner_name="陈伟", premises_address="四川省成都市武侯区玉林西路十九号附3号")
    assert kinds(filing(**LEASED), filing(deed, receipt="1", days_ago=360)) == ["title_deed"]
    assert kinds(filing(**LEASED), filing(deed, receipt="1", days_ago=370)) == []
    assert kinds(filing(premises_kind="leased"), filing(deed, receipt="1")) == []


def test_the_latest_one_is_offered_once_and_not_when_there_is_one_already() -> None:
    first = filing(paper("operator_id_card", "old", **CARD), receipt="1", days_ago=90)
    second = filing(paper("operator_id_card", "new", **CARD), receipt="2", days_ago=10)
    assert [h.materials[0].id for h in offered(filing(**LEASED), first, second)] == ["new"]
    assert kinds(filing(paper("operator_id_card", "here", **CARD), **LEASED), first, second) == []


def test_two_sides_handed_in_as_two_pictures_are_offered_together() -> None:
    front = paper("operator_id_card", "front", "ID_OTHER_SIDE", name="王静", id_number=NUMBER)
    back = paper("operator_id_card", "back", "ID_OTHER_SIDE", issuer="荆州市公安局", valid_to="长期")
    (card,) = offered(filing(**LEASED), filing(front, back, receipt="1"))
    assert [m.id for m in card.materials] == ["front", "back"] and card.until == "长期"


def test_members_and_agents_get_only_their_own_cards() -> None:
    members = [{"name": "赵敏", "id_number": NUMBER}]
    family = {**LEASED, "composition": "family", "family_members": members}
    cards = (paper("member_id_card", **{**CARD, "name": "赵敏"}), paper("agent_id_card", **{**CARD, "name": "孙海"}))
    proof = paper("family_proof", members=[{"name": "王静"}, {"name": "赵敏"}])
    assert kinds(filing(**family), filing(*cards, proof, receipt="1")) == ["family_proof", "member_id_card"]
    agent = {**LEASED, "has_agent": True, "agent_name": "孙海"}
    assert kinds(filing(**agent), filing(*cards, receipt="1")) == ["agent_id_card"]
    assert kinds(filing(**{**LEASED, "has_agent": True}), filing(*cards, receipt="1")) == []
