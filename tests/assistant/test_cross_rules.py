"""Documents against the form, against one another and against the calendar, in words for the applicant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from counter_world import CATALOGUE, ITEM

from assistant.cross_rules import OURS, compared, dwelling
from assistant.filing import Answer, Filing, Issue, Material, ReadValue

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
WANG = "42108319920518002X"


def paper(kind: str, called: str = "", issues: tuple[str, ...] = (), /, **values: Any) -> Material:
    """A document that was read: `values` by their names, on page 1."""
    return Material(
        id=called or kind,
        kind=kind,
        filename=f"{called or kind}.jpg",
        pages=1,
        sha256=(called or kind).ljust(64, "0"),
        status="read",
        values={k: ReadValue(value=v, page=1, quote=str(v)) for k, v in values.items()},
        issues=[Issue(code=code, severity="block", message="读的时候发现") for code in issues],
    )


def filing(*materials: Material, **answers: Any) -> Filing:
    told = {name: Answer(value=value, source="said") for name, value in answers.items()}
    return Filing(id="f", owner="u", item=ITEM, item_version="1", answers=told, materials=list(materials),
                  created_at=NOW, updated_at=NOW)  # fmt: skip


def told(*materials: Material, today: date = TODAY, **answers: Any) -> dict[str, list[tuple[str, str]]]:
    """{document: [(code, severity)]}."""
    done = compared(filing(*materials, **answers), CATALOGUE.get(ITEM), today)
    return {m.id: [(i.code, i.severity) for i in m.issues] for m in done.materials}


def words(*materials: Material, today: date = TODAY, **answers: Any) -> str:
    done = compared(filing(*materials, **answers), CATALOGUE.get(ITEM), today)
    return "\n".join(i.message for m in done.materials for i in m.issues)


def card(**values: Any) -> Material:
    whole = {"name": "王静", "id_number": WANG, "issuer": "荆州市公安局", "valid_from": "2020-01-01",
             "valid_to": "2040-01-01"}  # fmt: skip
    return paper("operator_id_card", **{**whole, **values})


def lease(**values: Any) -> Material:
    whole = {"lessor_name": "陈伟", "lessee_name": "王静", "premises_address": "成都市武侯区玉林西路19号附3号",
             "start_date": "2026-03-01", "end_date": "2028-02-29", "lessor_signed": "陈伟",
             "lessee_signed": True}  # fmt: skip
    return paper("lease", **{**whole, **values})


def test_documents_that_agree_with_the_form_are_told_nothing() -> None:
    answers = {
        "operator_name": "王静",
        "operator_id_number": WANG,
        "premises_address": "四川省成都市武侯区玉林西路十九号附3号",
    }
    assert told(card(), lease(), **answers) == {"operator_id_card": [], "lease": []}


def test_a_name_spelled_otherwise_is_told_with_both_spellings() -> None:
    said = words(card(name="王婧"), operator_name="王静")
    assert "王婧" in said and "王静" in said and "身份证" in said
    assert told(card(name="王婧"), operator_name="王静") == {"operator_id_card": [("ID_NAME_MISMATCH", "block")]}


@pytest.mark.parametrize(
    ("read", "filed"), [("阿卜杜拉·买买提", "阿卜杜拉•买买提"), ("劉建國", "刘建国"), ("王 静", "王静")]
)
def test_one_name_in_two_ways_of_writing_is_no_difference(read: str, filed: str) -> None:
    assert told(card(name=read), operator_name=filed) == {"operator_id_card": []}


@pytest.mark.parametrize(
    ("read", "filed", "differs"),
    [
        ("成都市武侯区玉林西路19号附3号", "四川省成都市武侯区玉林西路十九号附3号", False),
        ("武侯区玉林西路19号1栋2单元301室", "成都市武侯区玉林西路19号1幢2单元301", False),
        ("成都市武侯区玉林西路19号附3号", "成都市武侯区玉林西路19号附5号", True),
        ("成都市锦江区春熙路1号", "成都市武侯区玉林西路19号", True),
    ],
)
def test_addresses_are_compared_as_places_not_as_letters(read: str, filed: str, differs: bool) -> None:
    got = told(lease(premises_address=read), premises_address=filed)
    assert got == {"lease": [("ADDRESS_MISMATCH", "block")] if differs else []}


def test_a_number_that_can_be_nobodys_is_a_doubt_and_not_a_difference() -> None:
    misread = told(card(id_number="421083199205180028"), operator_id_number=WANG)
    assert misread == {"operator_id_card": [("ID_NUMBER_MISMATCH", "warn")]}
    other = told(card(id_number="11010519491231002X"), operator_id_number=WANG)
    assert other == {"operator_id_card": [("ID_NUMBER_MISMATCH", "block")]}


@pytest.mark.parametrize(
    ("until", "code"),
    [("2026-11-19", "ID_EXPIRED"), ("2026-11-20", "ID_ENDS_SOON"), ("2026-12-20", "ID_ENDS_SOON"), ("2026-12-21", ""),
     ("长期", "")],
)  # fmt: skip
def test_a_card_that_ended_or_soon_ends_is_told(until: str, code: str) -> None:
    assert [c for c, _ in told(card(valid_to=until))["operator_id_card"]] == ([code] if code else [])


@pytest.mark.parametrize(
    ("start", "end", "code", "word"),
    [
        ("2023-01-01", "2026-11-19", "LEASE_EXPIRED", "到期了"),
        ("2026-12-01", "2029-11-30", "LEASE_EXPIRED", "还没有起租"),
        ("2029-01-01", "2026-12-31", "LEASE_EXPIRED", "写反"),
        ("2025-01-01", "2027-01-31", "LEASE_ENDS_SOON", "只剩 72 天"),
        ("2025-01-01", "2027-12-31", "", ""),
    ],
)
def test_a_lease_is_held_against_the_calendar(start: str, end: str, code: str, word: str) -> None:
    got = told(lease(start_date=start, end_date=end))["lease"]
    assert [c for c, _ in got] == ([code] if code else [])
    assert word in words(lease(start_date=start, end_date=end))


def test_a_lessor_who_is_not_the_owner_is_told_until_a_consent_is_there() -> None:
    deed = paper("title_deed", owner_name="林秀英")
    assert told(lease(), deed)["lease"] == [("LEASE_OWNER_MISMATCH", "block")]
    assert told(lease(), deed, paper("sublet_consent"))["lease"] == []
    assert told(lease(), paper("title_deed", owner_name="林秀英、陈伟"))["lease"] == []


def test_a_lease_of_somebody_else_is_told_but_one_of_a_member_of_the_family_is_not() -> None:
    assert told(lease(lessee_name="赵敏"), operator_name="王静")["lease"] == [("LEASE_PARTY_MISMATCH", "block")]
    members = [{"name": "赵敏", "id_number": WANG}]
    assert told(lease(lessee_name="赵敏"), operator_name="王静", family_members=members)["lease"] == []
    assert told(lease(lessee_name="赵敏"), card())["lease"] == [("LEASE_PARTY_MISMATCH", "warn")]


def test_two_pictures_of_two_sides_are_one_card_until_one_is_taken_away() -> None:
    front = paper("operator_id_card", "front", ("ID_BACK_MISSING",), name="王静", id_number=WANG)
    back = paper("operator_id_card", "back", ("ID_BACK_MISSING",), issuer="荆州市公安局", valid_to="2040-01-01")
    both = compared(filing(front, back), CATALOGUE.get(ITEM), TODAY)
    assert [[i.code for i in m.issues] for m in both.materials] == [["ID_OTHER_SIDE"], ["ID_OTHER_SIDE"]]
    alone = compared(both.model_copy(update={"materials": both.materials[:1]}), CATALOGUE.get(ITEM), TODAY)
    assert [(i.code, i.severity) for i in alone.materials[0].issues] == [("ID_BACK_MISSING", "block")]
    assert "人像面" in alone.materials[0].issues[0].message


def test_blanks_where_somebody_should_sign_are_told_together() -> None:
    assert "出租人和承租人" in words(lease(lessor_signed="", lessee_signed=""))
    form = paper("application_form", operator_name="王静", signed="", signed_on="")
    assert [c for c, _ in told(form)["application_form"]] == ["FORM_UNSIGNED", "FORM_DATE"]
    future = paper("application_form", signed="王静", signed_on="2026-12-01")
    assert [c for c, _ in told(future)["application_form"]] == ["FORM_DATE"]


def test_a_deed_of_a_dwelling_is_told_when_the_form_denies_it() -> None:
    deed = paper("title_deed", usage="城镇住宅用地/住宅")
    assert told(deed, premises_residential=False)["title_deed"] == [("PREMISES_USAGE", "warn")]
    assert told(deed, premises_residential=True)["title_deed"] == []


@pytest.mark.parametrize(
    ("usage", "lives"),
    [("城镇住宅用地/住宅", True), ("成套住宅", True), ("商业服务业用地/商业", False), ("非住宅", False),
     ("商住混合，住宅及商业", None), ("综合", None)],
)  # fmt: skip
def test_what_a_deed_says_about_dwelling(usage: str, lives: bool | None) -> None:
    assert dwelling(usage) is lives


def test_a_member_nobody_listed_and_a_proof_without_a_member_are_told() -> None:
    members = [{"name": "赵敏", "id_number": WANG}]
    stranger = paper("member_id_card", name="孙海")
    assert told(stranger, family_members=members)["member_id_card"] == [("VALUES_CONFLICT", "warn")]
    proof = paper("family_proof", members=[{"name": "王静"}, {"name": "孙海"}])
    assert told(proof, family_members=members)["family_proof"] == [("FAMILY_PROOF", "block")]


def test_the_same_file_twice_may_be_taken_back() -> None:
    one, two = lease(), lease().model_copy(update={"id": "again"})
    assert told(one, two) == {"lease": [], "again": [("MATERIAL_TWICE", "info")]}


def test_nothing_is_compared_in_a_document_that_cannot_be_read() -> None:
    blurred = card(name="王婧", valid_to="2020-01-01").model_copy(
        update={"issues": [Issue(code="MATERIAL_ILLEGIBLE", severity="block", message="第1页看不清")]}
    )
    assert told(blurred, operator_name="王静") == {"operator_id_card": [("MATERIAL_ILLEGIBLE", "block")]}


def test_what_reading_found_stays_and_comparing_twice_tells_nothing_twice() -> None:
    item = CATALOGUE.get(ITEM)
    once = compared(filing(lease(), card(name="王婧"), operator_name="王静"), item, TODAY)
    hidden = once.materials[0].model_copy(
        update={"issues": [Issue(code="MATERIAL_HIDDEN_TEXT", severity="warn", message="隐藏")]}
    )
    again = compared(once.model_copy(update={"materials": [hidden, once.materials[1]]}), item, TODAY)
    assert again.materials == [hidden, once.materials[1]]
    mended = compared(
        again.model_copy(update={"answers": {"operator_name": Answer(value="王婧", source="form")}}), item, TODAY
    )
    assert {i.code for m in mended.materials for i in m.issues} & OURS == {"LEASE_PARTY_MISMATCH"}
