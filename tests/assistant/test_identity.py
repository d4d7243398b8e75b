"""Identity numbers, telephones and addresses of the net."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import identity

TODAY = date(2026, 11, 23)
GOOD = "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("130503670401001", "ID_15"),
        ("1101051949123100", "ID_LENGTH"),
        ("110105194912310021", "ID_CHECK"),
        ("110105194902310028", "ID_DATE"),
        ("110105209912310020", "ID_FUTURE"),
        ("01010519491231002X", "ID_FORM"),
    ],
)
def test_a_wrong_number_is_refused_with_its_reason(number: str, code: str) -> None:
    problem = identity.id_number_problem(number, TODAY)
    assert problem is not None
    assert problem[0] == code


@pytest.mark.parametrize("start", ["810000", "820000", "830000", "911105"])
def test_numbers_of_residents_from_elsewhere_follow_the_same_standard(start: str) -> None:
    from stdnum.cn import ric

    body = f"{start}19900101001"
    number = body + ric.calc_check_digit(body + "0")
    assert identity.id_number_problem(number, TODAY) is None


def test_spaces_full_width_and_small_x_do_not_matter() -> None:
    found = identity.find_id_numbers("号码 110105 19491231 002x 谢谢", TODAY)
    assert [(f.value, f.problem) for f in found] == [(GOOD, None)]
    assert identity.plain_number("１１０１０５１９４９１２３１００２ｘ") == GOOD


@given(st.integers(min_value=0, max_value=16), st.integers(min_value=1, max_value=9))
def test_one_digit_changed_is_always_seen(place: int, shift: int) -> None:
    changed = GOOD[:place] + str((int(GOOD[place]) + shift) % 10) + GOOD[place + 1 :]
    assert identity.id_number_problem(changed, TODAY) is not None


def test_sex_birthday_and_age_follow_from_the_number() -> None:
    assert identity.from_id_number({"operator_id_number": GOOD}) == {
        "operator_gender": "female",
        "operator_birth_date": "1949-12-31",
    }
    assert identity.age_on(date(2009, 11, 24), TODAY) == 16


@pytest.mark.parametrize("said", ["139-0000-1234", "139 0000 1234", "+86 13900001234", "我的是13900001234。"])
def test_a_telephone_is_found_however_it_is_grouped(said: str) -> None:
    assert [(f.value, f.problem) for f in identity.find_phones(said)] == [("13900001234", None)]


def test_a_telephone_of_the_wrong_length_comes_with_its_problem() -> None:
    [found] = identity.find_phones("手机1390000123")
    assert found.problem is not None
    assert found.problem[0] == "PHONE_INVALID"


def test_an_identity_number_is_no_telephone() -> None:
    assert identity.find_phones(GOOD) == []


def test_mail_is_found_written_and_spoken() -> None:
    assert identity.find_emails("邮箱a_b@qq.com，谢谢")[0].value == "a_b@qq.com"
    assert identity.find_emails("123456艾特qq点com")[0].value == "123456@qq.com"
    assert identity.find_emails("a@b")[0].problem is not None
