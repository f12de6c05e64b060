"""For all tests: the machine's clock, without a look into the database for another; and the product's own language."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from luoshi.journal import clock


@pytest.fixture(autouse=True)
def _ordinary_clock() -> Iterator[None]:
    """An ordinary installation; a test of the demo's clock calls clock.forget()."""
    clock.keep(None)
    yield
    clock.keep(None)


@pytest.fixture(autouse=True)
def _product_language() -> Iterator[None]:
    """A page or a command leaves its reader's language behind in the thread; the next test begins in the product's."""
    with translation.override(settings.LANGUAGE_CODE):
        yield
