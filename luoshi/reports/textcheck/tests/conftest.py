"""The tests of the pure package read its own English, whatever the product has told it to speak."""

from collections.abc import Iterator

import pytest

from luoshi.reports.textcheck.speech import speak_with


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    before = speak_with(str)
    yield
    speak_with(before)
