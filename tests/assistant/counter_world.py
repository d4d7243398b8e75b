"""A small office for tests of the counter, the interface and the server: real parts, no model, no network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from assistant.conversation import Parts
from assistant.counter import Counter, DeskHooks
from assistant.filing import Filing
from assistant.papers import Papers
from assistant.people import People, User
from assistant.store import Store
from knowledge.citation import Passage
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import Settings

ITEM = "individual-business-registration"
PASSWORD = "long enough 办成"
PEOPLE = (
    ("alice", "applicant"),
    ("bob", "applicant"),
    ("clara", "clerk"),
    ("sun", "supervisor"),
    ("eve", "evaluator"),
    ("ada", "auditor"),
    ("adam", "admin"),
)
COMPLETE: dict[str, Any] = {
    "has_name": False,
    "main_business": "卖奶茶和果汁",
    "business_scope": ["餐饮服务"],
    "operator_name": "李小明",
    "operator_id_number": "11010519491231002X",
    "operator_mobile": "13800138000",
    "operator_residence": "广东省深圳市南山区科技园一路1号2栋303室",
    "operator_ethnicity": "汉族",
    "operator_education": "本科",
    "operator_political_status": "群众",
    "operator_occupation": "个体劳动者",
    "composition": "individual",
    "premises_kind": "leased",
    "premises_address": "广东省深圳市南山区科技园二路8号1栋101室",
    "premises_residential": False,
    "capital_wan": 5,
    "is_ecommerce": False,
    "contact_name": "李小明",
    "contact_mobile": "13800138000",
    "has_agent": False,
}
"""Every required answer of a filing without a trade name."""
PASSAGE = Passage(
    id="市场主体登记管理条例@2021-07-27#第十九条",
    document="市场主体登记管理条例",
    version="2021-07-27",
    article="第十九条",
    text="登记机关应当对申请材料进行形式审查。对申请材料齐全、符合法定形式的予以确认并当场登记。",
    in_force_from=date(2022, 3, 1),
)


CATALOGUE, SCOPES, REGIONS = Catalogue.load(), Scopes.load(), Regions.load()


@dataclass
class TakenIn:
    """A desk that only notes what it was given."""

    filings: list[Filing] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    fails: bool = False

    def submitted(self, filing: Filing) -> str:
        """Keeps the filing; fails when told to."""
        if self.fails:
            raise RuntimeError("the desk failed")
        self.filings.append(filing)
        return filing.case or ""


@dataclass
class World:
    """The office and everybody in it."""

    store: Store
    people: People
    counter: Counter
    desk: TakenIn
    asked_to_read: list[tuple[str, str]]

    def user(self, name: str) -> User:
        """Somebody of `PEOPLE`."""
        found = self.people.by_username(name)
        assert found is not None
        return found

    def complete(self, name: str = "alice") -> Filing:
        """A filing with every required answer."""
        user = self.user(name)
        filing, _ = self.counter.start_filing(user, ITEM)
        kept, refused = self.counter.edit(user, filing.id, COMPLETE)
        assert refused == {}
        return kept

    def read_all(self) -> None:
        """Does the reading that was asked for."""
        while self.asked_to_read:
            self.counter.finish_reading(*self.asked_to_read.pop(0))


@contextmanager
def open_office(folder: Path, hasher: PasswordHasher, **settings: Any) -> Iterator[World]:
    """Opens an office in an empty folder."""
    chosen = Settings(data=folder, today=date(2026, 11, 23), model="script:", **settings)
    store, models = Store(chosen), Models.scripted({}, settings=chosen)
    people = People(store.database, chosen, hasher)
    for name, role in PEOPLE:
        people.add(name, role, PASSWORD)
    parts = Parts(
        settings=chosen,
        models=models,
        catalogue=CATALOGUE,
        scopes=SCOPES,
        office=Office(),
        regions=REGIONS,
        library=Library.of([PASSAGE]),
        panel=Panel(None),
    )
    asked: list[tuple[str, str]] = []
    counter = Counter(parts, store, people, Papers(store.vault, chosen), lambda f, m: asked.append((f, m)))
    desk = TakenIn()
    counter.desk = DeskHooks(submitted=desk.submitted, withdrawn=lambda f: desk.withdrawn.append(f.id))
    yield World(store, people, counter, desk, asked)
    store.close()
