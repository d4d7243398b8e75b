"""The register of names as a spreadsheet."""

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge.__main__ import main
from knowledge.name_list import NameListError, RegisteredName, listed, names_from_csv, names_to_csv, take_in
from knowledge.office import Office
from prompts.settings import Settings


def test_names_go_to_a_spreadsheet_and_come_back() -> None:
    names = ("深圳市罗湖区甲乙餐饮店", "深圳市福田区丙丁,百货店", "=HYPERLINK(1)")
    assert "'=HYPERLINK" in names_to_csv(names)
    assert names_from_csv(names_to_csv(names)) == names


def test_names_are_found_under_their_heading_or_in_the_first_column() -> None:
    assert names_from_csv("\ufeff编号,名称\n1,甲店\n2,乙店\n\n") == ("甲店", "乙店")
    assert names_from_csv("甲店\n乙店\n") == ("甲店", "乙店")


def test_a_struck_off_name_counts_for_a_year_and_a_reserved_one_for_two_months() -> None:
    day = date(2026, 3, 1)
    former, reserved = listed("名称,状态,日期\n甲店,已注销,2026/3/1\n乙店,保留,2026-03-01\n")
    assert (former, reserved) == (RegisteredName("甲店", "former", day), RegisteredName("乙店", "reserved", day))
    assert former.counts(date(2027, 2, 28)) and not former.counts(date(2027, 3, 3))
    assert reserved.counts(date(2026, 4, 30)) and not reserved.counts(date(2026, 5, 2))
    assert RegisteredName("丙店").counts(date(2099, 1, 1))


@pytest.mark.parametrize("row", ["甲店,飞走了,2026-01-01", "甲店,注销,去年"])
def test_a_row_that_cannot_be_read_is_named(row: str) -> None:
    with pytest.raises(NameListError, match="row 2"):
        listed("名称,状态,日期\n" + row)


def test_a_list_is_taken_into_the_office_and_found_there(tmp_path: Path) -> None:
    source, office = tmp_path / "all.csv", tmp_path / "office.json"
    source.write_bytes(
        "企业名称,登记状态\n深圳市南山区晨光文具店,存续\n深圳市南山区晨光文具店,存续\n".encode("gb18030")
    )
    office.write_text(json.dumps({"contact": "一楼 3 号窗"}), encoding="utf-8")
    done = take_in(source, office)
    assert (done.names, done.repeated) == (1, 1)
    loaded = Office.load(office)
    assert (loaded.registered_names, loaded.contact) == (("深圳市南山区晨光文具店",), "一楼 3 号窗")


def test_the_command_imports_and_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "all.csv"
    source.write_text("名称\n甲店\n", encoding="utf-8")
    settings = Settings(data=tmp_path, office=tmp_path / "office.json")
    assert main(["names", "import", str(source)], settings) == 0
    assert "1" in capsys.readouterr().out
    source.write_text("名称\n", encoding="utf-8")
    assert main(["names", "import", str(source)], settings) == 1
    assert main(["names", "import", str(source)], settings.model_copy(update={"office": None})) == 1
