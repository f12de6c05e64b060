from datetime import UTC, date, datetime
from unittest import mock

import pytest
from django.utils import translation

from luoshi.page import wording

NOW = datetime(2023, 11, 23, 1, 12, tzinfo=UTC)  # 09:12 in Shanghai


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "1.0 万"),
        (24_017, "2.4 万"),
        (24_499, "2.4 万"),
        (24_500, "2.5 万"),
        (80_000, "8.0 万"),
        (99_999_999, "1.0 亿"),
        (123_456_789, "1.2 亿"),
        (-24_017, "-2.4 万"),
    ],
)
def test_large_counts_are_written_in_wan(value: int, words: str) -> None:
    with translation.override("zh-hans"):
        assert wording.in_wan(value) == words


def test_other_languages_write_all_digits() -> None:
    with translation.override("en"):
        assert wording.in_wan(24_017) == "24,017"


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "11-23 周四"), ("en", "Thu 11-23")])
def test_a_day_has_its_weekday(language: str, words: str) -> None:
    with translation.override(language), mock.patch("django.utils.timezone.now", return_value=NOW):
        assert wording.day_words(date(2023, 11, 23)) == words


def test_a_day_of_another_year_has_its_year() -> None:
    with translation.override("zh-hans"), mock.patch("django.utils.timezone.now", return_value=NOW):
        assert wording.day_words(date(2024, 1, 4)) == "2024-01-04 周四"
        assert wording.short_day(date(2022, 11, 23)) == "2022-11-23"
        assert wording.short_day(date(2023, 1, 1)) == "01-01"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2023, 11, 23, 0, 30, tzinfo=UTC), "今天 08:30"),
        (datetime(2023, 11, 22, 9, 33, tzinfo=UTC), "昨天 17:33"),
        (datetime(2023, 11, 21, 15, 59, tzinfo=UTC), "11-21 23:59"),
        (datetime(2023, 11, 21, 16, 0, tzinfo=UTC), "昨天 00:00"),
        (datetime(2022, 11, 23, 1, 0, tzinfo=UTC), "2022-11-23 09:00"),
    ],
)
def test_a_moment_beside_now_is_told_in_short(at: datetime, words: str) -> None:
    with translation.override("zh-hans"):
        assert wording.stamp_words(at, now=NOW) == words


def test_a_moment_alone_is_told_in_full_and_local() -> None:
    assert wording.stamp_words(NOW) == "2023-11-23 09:12"
