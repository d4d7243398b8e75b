"""Values read in documents beside what they hold: what counts as right, and the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fpdf import FPDF

from assistant.paper_font import font_with
from eval.documents import compared, documents, measure, same, table
from knowledge.documents import Line, ReadDocument, ReadPage

LEASE = {
    "doc": "lease",
    "lessor_name": "袁成",
    "lessee_name": "皇甫静",
    "premises_address": "深圳市南山区前海路1080号2栋115",
    "area_m2": "26.50",
    "usage": "商业经营",
    "start_date": "2026-09-01",
    "end_date": "2029-08-31",
    "lessor_signed": "袁成",
    "lessee_signed": None,
}
LINES = (
    "房屋租赁合同",
    "出租人：袁成",
    "承租人：皇甫静",
    "房屋坐落：深圳市南山区前海路1080号2栋115",
    "面积：26.5平方米",
    "用途：商业经营",
    "租赁期限2026年9月1日至2029年8月31日，租金另议。",
    "甲方签名：袁成",
    "乙方签名：",
)


def material(**more: Any) -> dict[str, Any]:
    return {"kind": "lease", "render": "digital", "file": "合同.pdf", "content": LEASE, **more}


@pytest.mark.parametrize(
    ("wanted", "got", "right"),
    [
        ("男", "male", True),
        ("汉", "汉族", True),
        ("26.50", 26.5, True),
        ("ＡＢ 室", "AB室", True),
        (None, None, True),
        ("", None, True),
        ("袁成", True, True),
        (None, True, False),
        ("李静", "李婧", False),
        ("2029-08-31", None, False),
        (None, "李静", False),
    ],
)
def test_what_counts_as_read_right(wanted: Any, got: Any, right: bool) -> None:
    assert same(wanted, got) is right


def test_every_value_of_a_text_pdf_is_told_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "files" / "p1"
    folder.mkdir(parents=True)
    (tmp_path / "font.ttf").write_bytes(font_with("".join(sorted(set("".join(LINES))))))
    sheet = FPDF(unit="pt", format="A4")
    sheet.add_font("cjk", fname=tmp_path / "font.ttf")
    sheet.set_font("cjk", size=12)
    sheet.add_page()
    for i, line in enumerate(LINES):
        sheet.text(60, 80 + 30 * i, line)
    sheet.output(str(folder / "合同.pdf"))
    packages = tmp_path / "packages.jsonl"
    other = {**LEASE, "lessee_name": "皇甫婧"}
    lines = [{"id": "p1", "materials": [material()]}, {"id": "p1", "materials": [material(content=other)]}]
    packages.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    told = measure(packages, tmp_path / "files", tmp_path / "kept")
    assert [t.name for t in told if not t.right] == ["lessee_name"]
    printed = table(told)
    assert any("text PDF" in row and "94.4%" in row for row in printed)
    assert "wanted '皇甫婧', got '皇甫静'" in printed[-1]


def test_a_value_boxed_off_its_words_is_counted() -> None:
    line = Line(text="承租人：皇甫静", box=(0.1, 0.1, 0.3, 0.12))
    title = Line(text="房屋租赁合同", box=(0.1, 0.05, 0.3, 0.07))
    document = ReadDocument(pages=(ReadPage(number=1, lines=(title, line)),))

    def boxed(at: list[float]) -> bool:
        printed = [[{"text": "承租人：皇甫静", "box": at}]]
        told = compared("p", material(), document, printed)
        return next(t for t in told if t.name == "lessee_name").boxed

    assert boxed([0.1, 0.1, 0.3, 0.12]) and not boxed([0.1, 0.8, 0.3, 0.82])


def test_documents_made_unreadable_on_purpose_are_left_out(tmp_path: Path) -> None:
    packages = tmp_path / "packages.jsonl"
    blurred = material(effects={"illegible": True})
    packages.write_text(json.dumps({"id": "p", "materials": [blurred, material()]}), encoding="utf-8")
    assert len(list(documents(packages))) == 1
