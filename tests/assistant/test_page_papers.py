"""The documents on the applicant's page: reasons, frames around what was read, offers, and nothing that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from assistant.filing import EarlierEvidence, Filing, Issue, Material, ReadValue
from assistant.held import Held
from assistant.page_papers import leaf_html, materials_html, said
from knowledge.items import NeededMaterial

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EVIL = '<img src=x onerror="alert(1)">'
NEED = NeededMaterial(kind="lease", title="租赁合同", why="房子是租的", basis="民法典 第七百零三条")
BEFORE = EarlierEvidence(filing="f0", receipt="20260101000001", item="个体工商户设立登记", on=date(2026, 1, 1))


def lease(**more: Any) -> Material:
    values = {
        "lessee_name": ReadValue(value="李小明", page=1, quote="李小明", box=(0.1, 0.2, 0.3, 0.22)),
        "end_date": ReadValue(value="2028-12-31", page=2, quote="2028年12月31日", box=(0.5, 0.6, 0.7, 0.62)),
        "lessee_id": ReadValue(value="11010519491231002X", page=1, quote="11010519491231002X"),
    }
    whole = {"id": "m1", "kind": "lease", "filename": EVIL + ".pdf", "pages": 2, "sha256": "0", "status": "read"}
    return Material.model_validate({**whole, "values": values, **more})


def filing(*materials: Material) -> Filing:
    return Filing(id="f1", owner="u", item="i", item_version="1", materials=list(materials), created_at=NOW,
                  updated_at=NOW)  # fmt: skip


def test_documents_show_need_reason_pages_and_what_was_read() -> None:
    page = materials_html(filing(lease()), [NEED], {"lease": "租赁合同"})
    assert "房子是租的" in page and "已上传" in page and "/materials/m1/pages/2.png" in page and "李小明" in page
    assert "<img src=x" not in page and "\n" not in page
    assert "11010519491231002X" not in page and "110***********002X" in page


def test_a_frame_stands_on_the_page_of_its_value_at_its_place() -> None:
    first, second = (leaf_html(filing(), lease(), n) for n in (1, 2))
    assert "left:10.00%;top:20.00%;width:20.00%;height:2.00%" in first and first.count('class="frame"') == 1
    assert "left:50.00%;top:60.00%" in second and 'title="到期日"' in second


def test_what_is_wrong_is_told_with_the_document_and_escaped() -> None:
    told = [Issue(code="LEASE_ENDS_SOON", severity="warn", message=f"只剩 9 天{EVIL}")]
    page = materials_html(filing(lease(issues=told)), [NEED], {})
    assert 'class="issue warn"' in page and "只剩 9 天" in page and "<img src=x" not in page


def test_what_the_office_holds_is_offered_at_the_need_and_only_while_the_filing_is_open() -> None:
    offer = Held("lease", "租赁合同", BEFORE, (lease(id="old"),), "2028-12-31", "“租赁合同”您 2026-01-01 交过")
    page = materials_html(filing(), [NEED], {}, [offer])
    assert 'id="held-f0-old"' in page and "用这一份" in page
    assert "用这一份" not in materials_html(filing(), [NEED], {}, [offer], open_=False)
    taken = materials_html(filing(lease(earlier=BEFORE)), [NEED], {})
    assert "2026-01-01" in taken and "个体工商户设立登记" in taken


def test_a_document_nobody_could_name_asks_what_it_is_and_one_made_here_cannot_be_changed() -> None:
    assert "请选一下" in materials_html(filing(lease(kind="")), [NEED], {"lease": "租赁合同"})
    assert 'class="material"' in materials_html(filing(lease(made_here=True)), [NEED], {})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("gender", "male", "男"), ("lessor_signed", True, "有（认不出名字）"), ("lessor_signed", "", "空着"),
     ("capital_wan", 1.0, "1.0"), ("members", [{"name": "王静"}, {"name": "赵敏"}], "王静、赵敏"),
     ("member_signatures", [], "没有"), ("agent_powers", [1, 2], "1、2")],
)  # fmt: skip
def test_values_are_said_in_words(name: str, value: Any, words: str) -> None:
    assert said(name, value) == words
