"""The numbers are made up: a real place, dates of long ago, and the check digit that the standard asks for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from luoshi.lib import identity
from luoshi.lib.identity import BadIdentity

KEY = bytes(range(32))


def with_check_digit(first_17: str) -> str:
    return first_17 + str(ric.calc_check_digit(first_17 + "0"))


VALID = with_check_digit("62010218700101123")

numbers = st.builds(
    lambda born, order: with_check_digit(f"620102{born:%Y%m%d}{order:03}"),
    st.dates(date(1850, 1, 1), date(2099, 12, 31)),
    st.integers(0, 999),
)


@given(numbers)
def test_a_number_is_accepted_however_it_is_spaced_and_spelt(number):
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number.lower())
    for typed in (number, number.lower(), f" {number[:6]} {number[6:14]}-{number[14:]}\u200b", wide):
        assert identity.id_number(typed) == number
        assert identity.identity_digest(typed, KEY) == identity.identity_digest(number, KEY)
    assert number[6:14] == f"{identity.birth_on(number):%Y%m%d}"


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, place, more):
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(BadIdentity) as refusal:
        identity.id_number(wrong)
    assert wrong not in str(refusal.value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "length"),
        ("620102870101123", "length"),
        (VALID[:17], "length"),
        (VALID[:16] + "X" + VALID[17], "signs"),
        (VALID[:17] + "Y", "signs"),
        ("٦" * 18, "signs"),
        (with_check_digit("99010218700101123"), "place"),
        (with_check_digit("62010218700230123"), "birth-date"),
        (with_check_digit("62010217000101123"), "birth-date"),
        (VALID[:17] + ("0" if VALID[17] != "0" else "1"), "check-digit"),
        ("6.20102187001011e+17", "rounded"),
        ("620102187001011000", "rounded"),
    ],
)
def test_what_is_no_number_says_why(typed, code):
    with pytest.raises(BadIdentity) as refusal:
        identity.id_number(typed)
    assert refusal.value.code == code


def test_only_the_last_four_are_shown():
    assert identity.mask(VALID) == "*" * 14 + identity.last_four(VALID)
    assert len(identity.last_four(VALID)) == 4


def test_another_key_gives_another_digest_and_a_short_key_is_refused():
    other = identity.identity_digest(VALID, bytes(32))
    assert len(other) == 32
    assert other != identity.identity_digest(VALID, KEY)
    with pytest.raises(ValueError, match="32"):
        identity.identity_digest(VALID, b"short")


def test_the_digest_of_a_wrong_number_is_refused():
    with pytest.raises(BadIdentity):
        identity.identity_digest("1234", KEY)


def test_credit_codes():
    assert identity.credit_code("9111 0000-600037341l") == "91110000600037341L"
    for wrong in ("91110000600037341M", "9111000060003734", "I1110000600037341L", ""):
        with pytest.raises(BadIdentity, match="credit-code"):
            identity.credit_code(wrong)
