"""The office's data: what is given, what is not, and lists as spreadsheets."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.office import (
    CONTACT,
    Office,
    OfficeError,
    RestrictedPerson,
    restricted_from_csv,
    restricted_to_csv,
)

FULL = {
    "note": "any words",
    "authority": {"name": "某市市场监督管理局", "areas": ["440303"], "area_names": ["罗湖区"]},
    "registered_names": ["深圳市罗湖区甲乙餐饮店"],
    "restricted_persons": [
        {"name": "王五", "id_number": "11010519491231002x", "reason": "虚假登记", "until": "2027-01-01"}
    ],
    "scope_catalogue": [{"entry": "餐饮服务", "licence": "post", "colour": "red"}],
}


def office(tmp_path: Path, data: Any) -> Office:
    path = tmp_path / "office.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return Office.load(path)


def test_without_a_file_every_list_is_absent_and_people_are_sent_to_the_window() -> None:
    bare = Office.load(None)
    assert bare.registered_names is bare.restricted_persons is bare.scope_catalogue is None
    assert bare.serves("440303") is None
    assert bare.contact == CONTACT


def test_what_the_file_gives_is_known(tmp_path: Path) -> None:
    here = office(tmp_path, FULL)
    assert here.authority_name == "某市市场监督管理局"
    assert here.scope_catalogue is not None and here.scope_catalogue[0].licence == "post"
    assert here.registered_names == ("深圳市罗湖区甲乙餐饮店",)


def test_an_absent_part_stays_absent_and_an_empty_list_stays_empty(tmp_path: Path) -> None:
    here = office(tmp_path, {"registered_names": []})
    assert here.registered_names == ()
    assert here.restricted_persons is None


def test_an_area_serves_what_lies_in_it(tmp_path: Path) -> None:
    here = office(tmp_path, FULL)
    assert here.serves("440303") is True
    assert here.serves("440305") is False
    city = office(tmp_path, {"authority": {"name": "市局", "areas": ["440300"]}})
    assert city.serves("440305") is True and city.serves("441900") is False
    assert office(tmp_path, {"authority": {"name": "省局", "areas": ["440000"]}}).serves("441900") is True


def test_a_bar_holds_by_number_until_its_day(tmp_path: Path) -> None:
    here = office(tmp_path, FULL)
    assert here.restricted("王五", "11010519491231002X", date(2026, 12, 31)) is not None
    assert here.restricted("王五", "11010519491231002X", date(2027, 1, 1)) is None
    assert here.restricted("王五", "440524188001010014", date(2026, 12, 31)) is None


def test_a_bar_without_a_number_holds_by_name() -> None:
    here = Office(restricted_persons=(RestrictedPerson(name="赵六"),))
    assert here.restricted("赵六", "440524188001010014", date(2026, 1, 1)) is not None


@pytest.mark.parametrize("text", ["{", "[]", '{"registered_names": "不是列表"}', '{"authority": {"nmae": "x"}}'])
def test_data_that_cannot_be_used_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "office.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OfficeError, match="office.json"):
        Office.load(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OfficeError):
        Office.load(tmp_path / "none.json")


def test_a_long_register_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "names.csv").write_text("名称,状态,日期\n甲店,登记,\n乙店,注销,2026-05-01\n", encoding="utf-8-sig")
    here = office(tmp_path, {"registered_names": ["丙店"], "registered_names_file": "names.csv"})
    assert here.registered_names == ("丙店", "甲店", "乙店")
    assert here.name_register is not None and here.name_register[2].since == date(2026, 5, 1)
    with pytest.raises(OfficeError, match="office.json"):
        office(tmp_path, {"registered_names_file": "missing.csv"})


def test_restricted_persons_go_to_a_spreadsheet_and_come_back() -> None:
    people = (
        RestrictedPerson(name="王五", id_number="11010519491231002X", reason="虚假登记", until=date(2027, 1, 1)),
        RestrictedPerson(name="赵六"),
    )
    assert restricted_from_csv(restricted_to_csv(people)) == people


def test_a_bad_row_is_refused_with_its_number() -> None:
    with pytest.raises(OfficeError, match="row 3"):
        restricted_from_csv("姓名,证件号码,原因,截止日期\n王五,,,\n赵六,,,明年\n")


def test_a_cell_that_a_spreadsheet_would_run_is_made_inert() -> None:
    assert "'=HYPERLINK" in restricted_to_csv((RestrictedPerson(name="=HYPERLINK(1)"),))
