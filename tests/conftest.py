"""No test reaches a model by accident: only those marked `live` may."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from prompts.guard import allow_models


@pytest.fixture(autouse=True)
def only_live_tests_reach_models(request: pytest.FixtureRequest) -> Iterator[None]:
    allow_models("live" in request.keywords)
    yield
    allow_models(True)
