"""Accounts, roles and sign-in."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from assistant.people import ROLES, People, TooMany, WrongPassword
from assistant.store import Store
from prompts.settings import Settings

PASSWORD = "long enough 办成"


class Clock:
    """A time the test moves on."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(Settings(data=tmp_path))
    yield made
    made.close()


@pytest.fixture
def people(store: Store, clock: Clock) -> People:
    made = People(store.database, Settings(), PasswordHasher(1, 8, 1), clock)
    made.add("wang", "applicant", PASSWORD)
    return made


def test_a_right_password_gives_a_token_that_is_not_kept(people: People, store: Store, tmp_path: Path) -> None:
    signed = people.sign_in("wang", PASSWORD)
    user = people.user(signed.token)
    assert user == signed.user and user is not None and user.role == "applicant"
    store.close()
    assert all(signed.token.encode() not in p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_a_wrong_password_and_an_unknown_user_look_the_same(people: People, name: str) -> None:
    with pytest.raises(WrongPassword) as said:
        people.sign_in(name, "wrong")
    assert str(said.value) == ""


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_twenty_wrong_passwords_make_an_account_wait(people: People, clock: Clock, name: str) -> None:
    told = []
    for _ in range(20):
        with pytest.raises((WrongPassword, TooMany)) as said:
            people.sign_in(name, "wrong")
        told.append(said.type)
    assert told == [WrongPassword] * 5 + [TooMany] * 15
    with pytest.raises(TooMany):
        people.sign_in(name, PASSWORD)
    clock.now += 901
    if name == "wang":
        assert people.sign_in(name, PASSWORD)


def test_the_wait_doubles_and_a_right_password_clears_it(people: People, clock: Clock) -> None:
    waits = []
    for _ in range(9):
        try:
            people.sign_in("wang", "wrong")
        except TooMany as wait:
            waits.append(wait.retry_after)
            clock.now += wait.retry_after
        except WrongPassword:
            continue
    assert waits[0] < waits[-1]
    clock.now += 900
    people.sign_in("wang", PASSWORD)
    for _ in range(4):
        with pytest.raises(WrongPassword):
            people.sign_in("wang", "wrong")


def test_guessing_over_many_accounts_makes_the_address_wait(people: People) -> None:
    told = []
    for i in range(20):
        with pytest.raises((WrongPassword, TooMany)) as said:
            people.sign_in(f"user{i}", "wrong", "10.0.0.7")
        told.append(said.type)
    assert told[:15] == [WrongPassword] * 15 and set(told[15:]) == {TooMany}
    assert people.sign_in("wang", PASSWORD, "10.0.0.8")


def test_guesses_at_once_do_not_get_past_the_count(people: People) -> None:
    def guess(_: int) -> bool:
        try:
            people.sign_in("wang", "wrong")
        except WrongPassword:
            return True
        except TooMany:
            return False
        raise AssertionError

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(guess, range(40))) <= 6


def test_a_count_outlives_a_restart(people: People, store: Store, clock: Clock) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            people.sign_in("wang", "wrong")
    with pytest.raises(TooMany):
        People(store.database, Settings(), PasswordHasher(1, 8, 1), clock).sign_in("wang", PASSWORD)


def test_a_sign_in_ends_when_idle_and_at_the_latest_after_its_hours(people: People, clock: Clock) -> None:
    token = people.sign_in("wang", PASSWORD).token
    for _ in range(50):
        clock.now += 14 * 60
        assert people.user(token)
    clock.now += 16 * 60
    assert people.user(token) is None
    token = people.sign_in("wang", PASSWORD).token
    for _ in range(55):
        clock.now += 14 * 60
        people.user(token)
    assert people.user(token) is None


@pytest.mark.parametrize("change", ["out", "password", "role", "disable"])
def test_an_old_token_is_dead_after_a_change(people: People, change: str) -> None:
    signed = people.sign_in("wang", PASSWORD)
    other = people.sign_in("wang", PASSWORD)
    assert signed.token != other.token
    if change == "out":
        people.sign_out(signed.token)
        assert people.user(other.token)
    elif change == "password":
        people.set_password(signed.user.id, "another one, long", "admin")
    elif change == "role":
        people.set_role(signed.user.id, "clerk", "admin")
    else:
        people.disable(signed.user.id, "admin")
        with pytest.raises(WrongPassword):
            people.sign_in("wang", PASSWORD)
    assert people.user(signed.token) is None


def test_a_page_session_belongs_to_the_first_who_used_it(people: People, store: Store, clock: Clock) -> None:
    wang = people.sign_in("wang", PASSWORD).user
    li = people.add("li", "applicant", PASSWORD)
    assert people.owns_page_session("abc", wang)
    assert not people.owns_page_session("abc", li)
    again = People(store.database, Settings(), PasswordHasher(1, 8, 1), clock)
    assert again.owns_page_session("abc", wang) and not again.owns_page_session("abc", li)


def test_the_demonstration_has_its_nine_accounts_and_one_password_told_once(people: People) -> None:
    password = people.demo()
    assert people.sign_in("applicant3", password).user.role == "applicant"
    assert people.sign_in("clerk2", password).user.role == "clerk"
    assert {u.role for u in people.all()} == set(ROLES)
    assert len(people.all()) == 10
    assert people.demo() == ""


def test_a_given_demonstration_password_is_not_told_again(people: People) -> None:
    assert people.demo("secret") == ""
    assert people.sign_in("admin1", "secret")


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        ("a", "clerk", PASSWORD),
        ("wang", "clerk", PASSWORD),
        ("li", "boss", PASSWORD),
        ("li", "clerk", "short"),
        ("li\n", "clerk", PASSWORD),
        ("<script>", "clerk", PASSWORD),
    ],
)
def test_an_account_that_does_not_fit_is_refused(people: People, name: str, role: str, password: str) -> None:
    with pytest.raises(ValueError):
        people.add(name, role, password)


@pytest.mark.parametrize("token", ["", "x", "字" * 50, "\ud800"])
def test_a_token_nobody_was_given_is_nobody(people: People, token: str) -> None:
    assert people.user(token) is None


def test_what_has_expired_is_removed(people: People, clock: Clock) -> None:
    token = people.sign_in("wang", PASSWORD).token
    clock.now += 13 * 3600
    people.purge()
    clock.now -= 13 * 3600
    assert people.user(token) is None
