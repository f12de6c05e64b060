"""For all tests: the machine's clock, without a look into the database for another."""

from collections.abc import Iterator

import pytest

from luoshi.journal import clock


@pytest.fixture(autouse=True)
def _ordinary_clock() -> Iterator[None]:
    """An ordinary installation; a test of the demo's clock calls clock.forget()."""
    clock.keep(None)
    yield
    clock.keep(None)
