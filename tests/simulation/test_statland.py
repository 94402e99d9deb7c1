"""The toy market follows its rules, more often than not, and is the same for a seed."""

from itertools import pairwise

import numpy as np
import pytest

from rnncli.simulation.statland import RULES, company, expected_next, market

FOUR = {(0.0, 0.0): 0.0, (0.0, 0.5): 1.0, (1.0, 0.5): 0.0, (1.0, 1.0): 1.0}


def companies(noise: float, count: int = 300, days: tuple[int, int] = (2, 40), seed: int = 1):
    return dict(market(count, *days, noise, seed))


def moves(noise: float, **kwargs):
    """Every pair of days and the day after."""
    for prices in companies(noise, **kwargs).values():
        yield from zip(pairwise(prices[:-1]), prices[2:], strict=True)


def test_the_four_rules_are_statlands():
    """Low, low stays low; low, medium goes high; high, medium goes low; high, high stays high."""
    assert RULES == FOUR


def test_without_noise_every_rule_is_followed():
    """Noise 0: what follows a pair with a rule is what the rule says, without exception."""
    lawful = [(pair, following) for pair, following in moves(0.0) if pair in FOUR]
    assert {pair for pair, _ in lawful} == set(FOUR)
    assert all(following == FOUR[pair] for pair, following in lawful)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("noise", [0.2, 1.0])
def test_noise_is_the_share_of_free_draws(noise):
    """A rule holds with 1 - noise, and by chance in a third of the free draws."""
    found = moves(noise, count=2000)
    lawful = [following == FOUR[pair] for pair, following in found if pair in FOUR]
    expected = 1 - noise + noise / 3
    error = (expected * (1 - expected) / len(lawful)) ** 0.5
    assert np.mean(lawful) == pytest.approx(expected, abs=4 * error)


def test_pairs_without_a_rule_are_followed_by_anything():
    """After the other five pairs the three prices are equally likely."""
    following = [value for pair, value in moves(0.0, count=2000) if pair not in FOUR]
    shares = [np.mean(np.array(following) == price) for price in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(shares, 1 / 3, atol=4 * (2 / 9 / len(following)) ** 0.5)


def test_the_first_two_days_are_uniform():
    """A company starts with two independent draws: nine pairs, equally often."""
    starts = [tuple(prices[:2]) for prices in companies(0.0, count=9000, days=(2, 2)).values()]
    counts = [starts.count((a, b)) for a in (0.0, 0.5, 1.0) for b in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(counts, 1000, atol=4 * 1000**0.5)


def test_blue_has_nine_days_and_red_five():
    """The two companies of the tale come first, whatever the others are."""
    found = companies(0.2, count=3, days=(4, 6))
    assert list(found) == ["blue", "red", "company_1", "company_2", "company_3"]
    assert (len(found["blue"]), len(found["red"])) == (9, 5)
    assert all(4 <= len(prices) <= 6 for name, prices in found.items() if "company" in name)
    assert list(companies(0.2, count=0)) == ["blue", "red"]


def test_all_lengths_of_listing_occur():
    """The shortest and the longest listing are both drawn."""
    lengths = {len(prices) for name, prices in companies(0.2, days=(2, 5)).items() if "_" in name}
    assert lengths == {2, 3, 4, 5}


def test_names_sort_as_numbers():
    """Company numbers have leading zeros, so that files and tables keep their order."""
    names = [name for name in companies(0.2, count=12) if "_" in name]
    assert names == sorted(names)
    assert names[0] == "company_01"


def test_prices_are_exactly_three():
    """Nothing but 0, 0.5 and 1."""
    values = np.concatenate(list(companies(0.5).values()))
    assert set(values.tolist()) == {0.0, 0.5, 1.0}


def test_a_seed_is_a_market():
    """The same seed gives the same prices, another one others."""
    first, again, other = (np.concatenate(list(companies(0.2, seed=s).values())) for s in (3, 3, 4))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_more_companies_do_not_change_the_first():
    """Companies are drawn one after the other."""
    few, many = companies(0.2, count=10), companies(0.2, count=19)
    assert all(few[name].tolist() == many[name].tolist() for name in few)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_short_companies_have_the_days_asked_for(days):
    """A company of one day is one draw."""
    assert company(days, 0.2, np.random.default_rng(0)).shape == (days,)


def test_expected_next_is_the_mean_over_rule_and_noise():
    """By a rule with 1 - noise, else the mean of the three prices."""
    assert expected_next(0.0, (0.0, 0.5)) == 1.0
    assert expected_next(0.2, (0.0, 0.5)) == pytest.approx(0.8 * 1.0 + 0.2 * 0.5)
    assert expected_next(0.2, (1.0, 0.5)) == pytest.approx(0.1)
    assert expected_next(0.2, (0.5, 0.5)) == expected_next(0.2, None) == 0.5
    after = [value for pair, value in moves(0.2, count=2000) if pair == (1.0, 1.0)]
    spread = np.std(after) / len(after) ** 0.5
    assert np.mean(after) == pytest.approx(expected_next(0.2, (1.0, 1.0)), abs=4 * spread)
