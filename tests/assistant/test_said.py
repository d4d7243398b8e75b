"""What many people say, in their own words, and what the conversation makes of it; no model."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from said_world import BEFORE, CODE, cases, faults

from assistant.conversation import Parts
from knowledge.grounding import Panel
from knowledge.items import Catalogue
from knowledge.library import Library
from knowledge.office import Office
from knowledge.regions import Regions
from knowledge.scopes import Scopes
from prompts.models import Models
from prompts.settings import Settings

TOLD = [*cases("first"), *cases("second")]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), today=date(2026, 11, 23), _env_file=None)
    models = Models(settings)
    models.off()
    yield Parts(
        settings=settings,
        models=models,
        catalogue=Catalogue.load(),
        scopes=Scopes.load(),
        office=Office.load(None),
        regions=Regions.load(),
        library=Library.of([]),
        panel=Panel(models),
    )
    models.close()


@pytest.mark.parametrize("case", TOLD, ids=[c["id"] for c in TOLD])
def test_what_people_say_becomes_what_they_mean(parts: Parts, case: dict[str, Any]) -> None:
    assert faults(case, parts) == []


def test_the_tables_name_fields_of_the_item_only(parts: Parts) -> None:
    known = {f.id for f in parts.catalogue.get(CODE).fields}
    assert set(BEFORE) <= known
    for case in TOLD:
        assert {*case["values"], *case.get("may", ()), *case.get("have", {})} <= known
