"""The list of documents follows the answers and what was read, and says why each is wanted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from counter_world import CATALOGUE, ITEM, SCOPES

from assistant.filing import Answer, Filing, Material, ReadValue
from assistant.needs import needs

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def why(*materials: Material, **answers: Any) -> dict[str, str]:
    told = {name: Answer(value=value, source="form") for name, value in answers.items()}
    filing = Filing(id="f", owner="u", item=ITEM, item_version="1", answers=told, materials=list(materials),
                    created_at=NOW, updated_at=NOW)  # fmt: skip
    return {n.kind: n.why for n in needs(filing, CATALOGUE.get(ITEM), SCOPES)}


def paper(kind: str, **values: Any) -> Material:
    read = {k: ReadValue(value=v, page=1, quote=str(v)) for k, v in values.items()}
    return Material(id=kind, kind=kind, filename=f"{kind}.jpg", pages=1, sha256=kind, status="read", values=read)


@pytest.mark.parametrize(
    ("answers", "kind", "said"),
    [
        ({"premises_kind": "leased"}, "lease", "租"),
        ({"premises_kind": "online"}, "platform_proof", "网"),
        ({"premises_kind": "owned", "premises_residential": True}, "neighbour_consent", "“是”"),
        ({"has_agent": True}, "agent_id_card", "“是”"),
        ({"composition": "family", "family_members": []}, "family_proof", "家庭"),
    ],
)
def test_a_document_names_the_answer_that_asks_for_it(answers: dict[str, Any], kind: str, said: str) -> None:
    told = why(**answers)[kind]
    assert "因为您填的" in told and said in told.split("因为您填的")[1]
    assert kind not in why()


def test_what_everybody_hands_in_gives_no_answer_as_its_reason() -> None:
    told = why()
    assert set(told) == {"application_form", "operator_id_card"} and not any("因为" in w for w in told.values())


def test_a_card_for_each_of_several_members_is_counted() -> None:
    members = [{"name": "赵敏"}, {"name": "孙海"}]
    assert "一共 2 份" in why(composition="family", family_members=members)["member_id_card"]


def test_an_entry_that_needs_approval_first_is_named() -> None:
    first = next(e.entry for e in SCOPES.entries if e.licence == "pre")
    assert first in why(business_scope=[first])["pre_approval"]


def test_a_consent_to_sublet_is_wanted_once_reading_shows_that_the_lessor_is_not_the_owner() -> None:
    lease, deed = paper("lease", lessor_name="陈伟"), paper("title_deed", owner_name="林秀英")
    told = why(lease, deed, premises_kind="leased")["sublet_consent"]
    assert "陈伟" in told and "林秀英" in told
    assert "sublet_consent" not in why(lease, paper("title_deed", owner_name="陈伟"), premises_kind="leased")
    assert "sublet_consent" not in why(lease, deed, paper("sublet_consent"), premises_kind="leased")
