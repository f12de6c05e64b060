from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from luoshi.demo.dice import Dice, Weighted


def test_the_same_seed_and_names_give_the_same_throws():
    assert [Dice(1, "a", 2).bits() for _ in range(3)] == [Dice(1, "a", 2).bits()] * 3
    assert Dice(1, "a").bits() != Dice(2, "a").bits()
    assert Dice(1, "a", "bc").bits() != Dice(1, "ab", "c").bits()


def test_the_generator_is_splitmix64():
    # The first values from the state 1234567, as the authors' reference code gives them.
    dice = Dice(0)
    dice._state = 1234567
    assert [dice.bits() for _ in range(3)] == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(st.integers(), st.integers(1, 10**6))
def test_a_throw_below_a_bound_stays_below_it(seed, stop):
    assert 0 <= Dice(seed).below(stop) < stop


@given(st.integers(), st.integers(0, 30), st.integers(0, 30))
def test_some_are_different_items_in_their_order(seed, size, count):
    chosen = Dice(seed).some(range(size), count)
    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(size, count)


def test_weights_decide_how_often_an_item_comes_up():
    dice, coin = Dice(5), Weighted([("heads", 3), ("tails", 1)])
    counts = Counter(coin.pick(dice) for _ in range(4_000))
    assert 2_850 < counts["heads"] < 3_150
