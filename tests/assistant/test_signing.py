"""Signing on the screen: whose signature, for which answers, and what of it ends up on the form."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from counter_world import COMPLETE, World, open_office
from PIL import Image, ImageDraw

from assistant import counter_signing, signing
from assistant.filing import Filing
from assistant.materials import read_values
from assistant.problems import Problem
from knowledge.documents import read_document

NAME = str(COMPLETE["operator_name"])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_office(tmp_path, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)) as opened:
        yield opened


def picture(*strokes: list[tuple[int, int]], size: tuple[int, int] = (600, 240), width: int = 7) -> str:
    """A drawing on a transparent sheet as the page sends it."""
    sheet = Image.new("RGBA", size, (255, 255, 255, 0))
    for stroke in strokes:
        ImageDraw.Draw(sheet).line(stroke, fill=(20, 20, 90, 255), width=width)
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


SIGNED = picture([(60, 60), (200, 60), (130, 200), (250, 90)], [(300, 50), (300, 200), (520, 60), (540, 210)])


def sign(world: World, filing: Filing, **said: Any) -> Filing:
    told: dict[str, Any] = {"part": "operator", "name": NAME, "promised": True} | said
    return counter_signing.sign(
        world.counter, world.user("alice"), filing.id, told.pop("part"), told.pop("name"), **told
    )


def test_a_drawn_signature_stands_on_the_form_that_joins_the_documents(world: World, tmp_path: Path) -> None:
    kept = sign(world, world.complete(), drawn=SIGNED)
    form = next(m for m in kept.materials if m.made_here)
    assert (form.kind, signing.unsigned(kept)) == ("application_form", [])
    world.read_all()
    read = world.counter.filing(world.user("alice"), kept.id).material(form.id)
    assert read.status == "read" and read.values["signed"].value not in ("", False)
    assert read.values["signed_on"].value == "2026-11-23"


def test_a_typed_name_is_read_back_from_the_form(world: World, tmp_path: Path) -> None:
    kept = sign(world, world.complete(), typed=f" {NAME} ")
    path = tmp_path / "form.pdf"
    path.write_bytes(world.store.vault.get(kept.materials[-1].sha256))
    values, issues = read_values("application_form", read_document(path, path.name), date(2026, 11, 23))
    assert (values["signed"].value, values["signed_on"].value, issues) == (NAME, "2026-11-23", [])


@pytest.mark.parametrize("words", ["李大明", "", "李小", "lixiaoming"])
def test_nobody_signs_with_another_name(world: World, words: str) -> None:
    filing = world.complete()
    with pytest.raises(Problem) as refused:
        sign(world, filing, typed=words)
    assert refused.value.status == 422 and "typed" in refused.value.fields
    assert world.counter.filing(world.user("alice"), filing.id).signatures == []


def test_nothing_is_signed_without_the_promises(world: World) -> None:
    filing = world.complete()
    with pytest.raises(Problem) as refused:
        sign(world, filing, typed=NAME, promised=False)
    assert refused.value.status == 422 and "承诺" in refused.value.detail


def test_nothing_is_signed_while_a_required_answer_is_missing(world: World) -> None:
    filing = world.complete()
    world.counter.edit(world.user("alice"), filing.id, {"capital_wan": None})
    with pytest.raises(Problem) as refused:
        sign(world, filing, typed=NAME)
    assert "capital_wan" in refused.value.fields


def test_somebody_who_is_not_on_the_form_does_not_sign_it(world: World) -> None:
    with pytest.raises(Problem) as refused:
        sign(world, world.complete(), name="王大力", typed="王大力")
    assert refused.value.status == 422


def test_a_change_of_answers_voids_signature_and_form(world: World) -> None:
    kept = sign(world, world.complete(), drawn=SIGNED)
    changed, _ = world.counter.edit(world.user("alice"), kept.id, {"capital_wan": 8})
    assert changed.signatures == [] and not [m for m in changed.materials if m.made_here]
    again = sign(world, changed, typed=NAME)
    assert [s.how for s in again.signatures] == ["typed"] and sum(m.made_here for m in again.materials) == 1


def test_confirming_what_was_read_back_voids_nothing(world: World) -> None:
    kept = sign(world, world.complete(), typed=NAME)
    assert signing.unsigned(world.counter.confirm(world.user("alice"), kept.id, "all")) == []


def test_signing_again_replaces_the_signature_and_the_form(world: World) -> None:
    filing = world.complete()
    sign(world, filing, typed=NAME)
    kept = sign(world, filing, drawn=SIGNED)
    assert [s.how for s in kept.signatures] == ["drawn"] and sum(m.made_here for m in kept.materials) == 1


def test_the_form_is_made_when_family_and_agent_have_signed_as_well(world: World) -> None:
    alice, filing = world.user("alice"), world.complete()
    more = {
        "composition": "family",
        "family_members": [{"name": "王芳", "id_number": "11010519491231002X"}],
        "has_agent": True,
        "agent_name": "刘强",
        "agent_id_number": "11010519491231002X",
        "agent_mobile": "13800138001",
    }
    assert world.counter.edit(alice, filing.id, more)[1] == {}
    kept = sign(world, filing, drawn=SIGNED)
    assert signing.unsigned(kept) == [("member", "王芳"), ("agent", "刘强")] and kept.materials == []
    sign(world, filing, part="member", name="王芳", typed="王芳")
    kept = sign(world, filing, part="agent", name="刘强", drawn=SIGNED)
    assert signing.unsigned(kept) == [] and [m.kind for m in kept.materials] == ["application_form"]


def test_a_filing_that_was_handed_in_is_not_signed_again(world: World) -> None:
    filing = world.complete()
    world.counter.submit(world.user("alice"), filing.id)
    with pytest.raises(Problem) as refused:
        sign(world, filing, typed=NAME)
    assert refused.value.status == 409


def test_the_record_of_a_signature_names_nobody(world: World) -> None:
    kept = sign(world, world.complete(), drawn=SIGNED)
    said = [e for e in world.store.database.events(kept.id) if e.action == "filing.signed"]
    assert len(said) == 1 and said[0].body["how"] == "drawn" and NAME not in str(said[0].body)


@pytest.mark.parametrize(
    "drawn",
    [
        picture(),
        picture([(100, 100), (101, 101)], width=2),
        picture([(10, 10), (3000, 30)], size=(3200, 100)),
        "data:image/png;base64,AAAA",
        "data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=",
        "data:image/png;base64,不是",
        "http://example.com/a.png",
        "data:image/png;base64," + "A" * 600_000,
    ],
    ids=["empty", "a dot", "too wide", "cut off", "svg", "not base64", "an address", "too long"],
)
def test_what_is_no_drawing_of_a_name_is_no_signature(drawn: str) -> None:
    with pytest.raises(signing.NotASignature):
        signing.drawn_png(drawn)


def test_a_drawing_is_kept_black_on_white_and_cut_to_its_ink() -> None:
    with Image.open(io.BytesIO(signing.drawn_png(SIGNED))) as clean:
        assert clean.format == "PNG" and clean.mode == "L" and clean.info == {}
        assert clean.width < 520 and clean.getpixel((0, 0)) == 255


@pytest.mark.parametrize(
    "more", [{}, {"premises_kind": "online", "online_platform": "淘宝", "online_url": "https://a.taobao.com"}]
)
def test_reading_the_signed_form_back_adds_nothing_and_voids_nothing(world: World, more: dict[str, Any]) -> None:
    alice, filing = world.user("alice"), world.complete()
    cleared = {"premises_address": None, "premises_residential": None} if more else {}
    world.counter.edit(alice, filing.id, more | cleared)
    before = sign(world, filing, typed=NAME)
    world.read_all()
    after = world.counter.filing(alice, filing.id)
    assert after.values() == before.values() and signing.unsigned(after) == []
    assert [m.status for m in after.materials if m.made_here] == ["read"]
