"""Several files as one document, more pages, whose card it is, and documents the office holds already."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, ITEM, World, open_office
from fpdf import FPDF

from assistant.counter_papers import add_pages, declare, held_documents, upload_together, use_held
from assistant.filing import Filing, SeenEvidence
from assistant.paper_font import font_with
from assistant.problems import Problem

FRONT = ("姓名 李小明", "性别 女 民族 汉", "出生 1949年12月31日", "住址 广东省深圳市南山区科技园一路1号2栋303室",
         "公民身份号码 11010519491231002X")  # fmt: skip
BACK = ("中华人民共和国", "居民身份证", "签发机关 深圳市公安局南山分局", "有效期限 2020.01.05-长期")
ONE = ("房屋租赁合同", "出租人：陈伟", "承租人：李小明", "租金每月三千元，按月支付")
TWO = (
    "房屋坐落：深圳市南山区科技园二路8号1栋101室",
    "租赁期限自2026年1月1日至2028年12月31日止。",
    "甲方签名：陈伟",
    "乙方签名：李小明",
)
DEED = ("不动产权证书", "权利人：陈伟", "坐落：深圳市南山区科技园二路8号1栋101室", "用途：商业服务业用地/商业")


@lru_cache
def printed(*lines: str) -> bytes:
    """A page of text as a PDF."""
    sheet = FPDF(unit="pt", format="A4")
    with NamedTemporaryFile(suffix=".ttf") as font:
        font.write(font_with("".join(sorted(set("".join(lines))))))
        font.flush()
        sheet.add_font("cjk", fname=font.name)
    sheet.set_font("cjk", size=12)
    sheet.add_page()
    for i, line in enumerate(lines):
        sheet.text(60, 80 + 30 * i, line)
    return bytes(sheet.output())


@pytest.fixture
def world(tmp_path: Path, fast_hasher: PasswordHasher) -> Iterator[World]:
    with open_office(tmp_path, fast_hasher) as opened:
        yield opened


def started(world: World, name: str = "alice") -> Filing:
    return world.counter.start_filing(world.user(name), ITEM)[0]


def test_pages_sent_as_several_files_are_one_document_read_as_a_whole(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    files = [("合同1.pdf", printed(*ONE)), ("合同2.pdf", printed(*TWO))]
    _, material = upload_together(world.counter, alice, filing.id, files)
    world.read_all()
    (kept,) = world.counter.filing(alice, filing.id).materials
    assert (kept.id, kept.kind, kept.pages, kept.status) == (material.id, "lease", 2, "read")
    assert (kept.values["lessor_name"].page, kept.values["end_date"].page) == (1, 2)
    assert kept.filename == "合同1等2个文件.pdf"


def test_a_page_put_behind_a_document_replaces_the_shorter_one(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    _, first = world.counter.upload(alice, filing.id, "合同.pdf", printed(*ONE))
    with pytest.raises(Problem, match="读完"):
        add_pages(world.counter, alice, filing.id, first.id, [("二.pdf", printed(*TWO))])
    world.read_all()
    _, longer = add_pages(world.counter, alice, filing.id, first.id, [("二.pdf", printed(*TWO))])
    world.read_all()
    (kept,) = world.counter.filing(alice, filing.id).materials
    assert (kept.id, kept.pages, kept.kind) == (longer.id, 2, "lease") and "premises_address" in kept.values


def test_answers_read_in_a_document_point_to_it_when_it_grows_or_is_declared_to_be_something_else(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    world.counter.edit(alice, filing.id, {"premises_kind": "leased"})
    _, lease = world.counter.upload(alice, filing.id, "合同.pdf", printed(*ONE, *TWO))
    world.read_all()
    _, longer = add_pages(world.counter, alice, filing.id, lease.id, [("附页.pdf", printed("附件：交接清单"))])
    world.read_all()
    place = world.counter.filing(alice, filing.id).answers["premises_address"].evidence
    assert isinstance(place, SeenEvidence) and place.material == longer.id
    kept, declared = declare(world.counter, alice, filing.id, longer.id, "title_deed")
    assert declared.status == "reading" and world.asked_to_read == [(filing.id, declared.id)]
    assert kept.answers["premises_address"].evidence == place.model_copy(update={"material": declared.id})
    world.read_all()
    (read,) = world.counter.filing(alice, filing.id).materials
    assert (read.kind, read.kind_source) == ("title_deed", "applicant")
    assert [i.code for i in read.issues] == ["MATERIAL_WRONG_KIND"]
    with pytest.raises(Problem):
        declare(world.counter, alice, filing.id, declared.id, "a_cat")


def test_the_file_that_cannot_be_used_is_named_and_nothing_is_kept(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    files = [("一.pdf", printed(*ONE)), ("坏的.pdf", b"%PDF-1.7\nbroken")]
    with pytest.raises(Problem) as caught:
        upload_together(world.counter, alice, filing.id, files)
    assert "第2个文件“坏的.pdf”" in str(caught.value.fields["files"])
    assert world.counter.filing(alice, filing.id).materials == []


def test_somebody_elses_filing_is_not_found(world: World) -> None:
    bob, filing = world.user("bob"), started(world)
    with pytest.raises(Problem) as caught:
        upload_together(world.counter, bob, filing.id, [("一.pdf", printed(*ONE)), ("二.pdf", printed(*TWO))])
    assert caught.value.status == 404


def test_what_is_read_fills_empty_answers_for_confirmation_and_says_where_it_stands(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    world.counter.edit(alice, filing.id, {"premises_kind": "leased"})
    world.counter.upload(alice, filing.id, "身份证.pdf", printed(*FRONT, *BACK))
    world.counter.upload(alice, filing.id, "房产证.pdf", printed(*DEED))
    world.read_all()
    answers = world.counter.filing(alice, filing.id).answers
    assert answers["operator_name"].value == "李小明" and answers["premises_residential"].value is False
    for name in ("operator_name", "operator_id_number", "premises_address", "premises_residential"):
        evidence = answers[name].evidence
        assert not answers[name].confirmed and isinstance(evidence, SeenEvidence) and evidence.box is not None


def test_the_question_a_document_answers_is_not_asked_again(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    asked = world.store.filing(filing.id)
    assert asked is not None
    waiting = asked.model_copy(update={"pending": "operator_name"})
    world.store.save_filing(waiting, asked.revision, actor=alice.id, action="filing.said")
    world.counter.upload(alice, filing.id, "身份证.pdf", printed(*FRONT, *BACK))
    world.read_all()
    assert world.counter.filing(alice, filing.id).pending is None


def test_a_difference_is_told_as_soon_as_it_is_read_and_gone_when_it_is_mended(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    world.counter.edit(alice, filing.id, {"operator_name": "李晓明"})
    world.counter.upload(alice, filing.id, "身份证.pdf", printed(*FRONT, *BACK))
    world.read_all()
    (card,) = world.counter.filing(alice, filing.id).materials
    assert [i.code for i in card.issues] == ["ID_NAME_MISMATCH"]
    mended, _ = world.counter.edit(alice, filing.id, {"operator_name": "李小明"})
    assert mended.materials[0].issues == []


def test_a_card_nobody_declared_is_the_agents_when_it_bears_the_agents_name(world: World) -> None:
    alice, filing = world.user("alice"), started(world)
    world.counter.edit(alice, filing.id, {"operator_name": "王静", "has_agent": True, "agent_name": "李小明"})
    world.counter.upload(alice, filing.id, "IMG_1.pdf", printed(*FRONT, *BACK))
    world.read_all()
    kept = world.counter.filing(alice, filing.id)
    assert kept.materials[0].kind == "agent_id_card" and kept.answers["agent_id_number"].value == "11010519491231002X"


def handed_in(world: World) -> Filing:
    alice, filing = world.user("alice"), world.complete("alice")
    world.counter.upload(alice, filing.id, "身份证.pdf", printed(*FRONT, *BACK))
    world.counter.upload(alice, filing.id, "合同.pdf", printed(*ONE, *TWO))
    world.read_all()
    return world.counter.submit(alice, filing.id)


def test_a_document_the_office_holds_is_used_again_without_being_sent(world: World) -> None:
    alice, old = world.user("alice"), handed_in(world)
    filing = started(world)
    (card,) = held_documents(world.counter, alice, world.counter.filing(alice, filing.id))
    assert card.kind == "operator_id_card" and card.evidence.receipt == old.receipt
    kept, material = use_held(world.counter, alice, filing.id, old.id, card.materials[0].id)
    assert material.earlier == card.evidence and material.sha256 == old.materials[0].sha256
    assert kept.answers["operator_id_number"].value == COMPLETE["operator_id_number"]
    assert not kept.answers["operator_id_number"].confirmed
    assert held_documents(world.counter, alice, kept) == []
    assert world.counter.page_png(alice, filing.id, material.id, 1).startswith(b"\x89PNG")
    actions = [e.action for e in world.store.database.events(filing.id)]
    assert "material.reused" in actions


def test_a_lease_the_office_holds_is_offered_once_the_address_is_the_same(world: World) -> None:
    alice = world.user("alice")
    handed_in(world)
    filing = started(world)
    given = {k: COMPLETE[k] for k in ("premises_kind", "operator_name")}
    world.counter.edit(alice, filing.id, {**given, "premises_address": "深圳市南山区科技园二路9号1栋101室"})
    assert [h.kind for h in held_documents(world.counter, alice, world.counter.filing(alice, filing.id))] == [
        "operator_id_card"
    ]
    same, _ = world.counter.edit(alice, filing.id, {"premises_address": COMPLETE["premises_address"]})
    assert [h.kind for h in held_documents(world.counter, alice, same)] == ["operator_id_card", "lease"]


def test_nobody_uses_what_somebody_else_handed_in(world: World) -> None:
    old = handed_in(world)
    bob, filing = world.user("bob"), started(world, "bob")
    assert held_documents(world.counter, bob, filing) == []
    with pytest.raises(Problem) as caught:
        use_held(world.counter, bob, filing.id, old.id, old.materials[0].id)
    assert caught.value.status == 404
