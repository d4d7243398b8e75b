"""What tests of several folders share: a fast hasher of passwords."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher


@pytest.fixture(scope="session")
def fast_hasher() -> PasswordHasher:
    """Real argon2 at its smallest: the product's own settings would cost seconds a test."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
