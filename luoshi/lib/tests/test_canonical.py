from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import IntEnum, StrEnum
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luoshi.lib import canonical

SHANGHAI = timezone(timedelta(hours=8))

texts = st.text(st.characters(exclude_categories=["Cs"]))
integers = st.integers(-canonical.LARGEST_INTEGER, canonical.LARGEST_INTEGER)
values = st.recursive(
    st.none() | st.booleans() | integers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)


@given(values)
def test_what_is_written_reads_back_as_it_was(value):
    assert canonical.loads(canonical.dumps(value)) == value


@given(st.dictionaries(texts, integers), st.randoms(use_true_random=False))
def test_the_order_of_keys_makes_no_difference(value, chance):
    shuffled = list(value.items())
    chance.shuffle(shuffled)
    assert canonical.dumps(dict(shuffled)) == canonical.dumps(value)


@given(st.datetimes(timezones=st.sampled_from([UTC, SHANGHAI]), min_value=datetime.fromisoformat("0002-01-01")))
def test_one_instant_has_one_spelling_in_every_time_zone(instant):
    assert canonical.dumps(instant) == canonical.dumps(instant.astimezone(timezone(timedelta(hours=-7))))


def test_the_example_of_rfc_8785_sorts_by_utf_16_code_units():
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(canonical.loads(canonical.dumps(keys)).values()) == [2, 4, 6, 7, 1, 5, 3]


def test_strings_are_escaped_as_rfc_8785_has_it():
    text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f'
    assert canonical.dumps(text) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


def test_every_type_has_its_spelling():
    class Colour(StrEnum):
        RED = "红"
        BLUE = "蓝"

    class Rank(IntEnum):
        COUNTY = 5

    value = {
        "b": (True, False, None),
        "a": [Colour.RED, Rank.COUNTY, -0, {Colour.RED: 1, Colour.BLUE: 2}],
        "on": date(2023, 10, 9),
        "at": datetime(2023, 10, 9, 8, 30, tzinfo=SHANGHAI),
        "precisely": datetime(2023, 10, 9, 8, 30, 0, 120, tzinfo=UTC),
    }
    assert canonical.dumps(value).decode() == (
        '{"a":["红",5,0,{"红":1,"蓝":2}],"at":"2023-10-09T00:30:00Z","b":[true,false,null],'
        '"on":"2023-10-09","precisely":"2023-10-09T08:30:00.000120Z"}'
    )


def test_the_digest_is_the_sha_256_of_the_text():
    assert canonical.digest({"a": 1}) == sha256(b'{"a":1}').digest()


@pytest.mark.parametrize("value", [1.0, Decimal("1.00"), float("nan"), {1: "a"}, {"a": {1, 2}}, b"bytes", [[0.5]]])
def test_a_value_with_several_spellings_or_none_is_refused(value):
    with pytest.raises(TypeError):
        canonical.dumps(value)


@pytest.mark.parametrize("value", [datetime.fromisoformat("2023-10-09"), 2**53, -(2**53), "\ud800", {"\udc00": 1}])
def test_a_value_that_another_program_would_read_otherwise_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical.dumps(value)


@pytest.mark.parametrize("text", [b"1.5", b"1e3", b"NaN", b'{"a":1,"a":2}', b"{", b'"\xff"'])
def test_json_that_is_never_written_is_not_read(text):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical.loads(text)
