"""The binomial distribution, against sums of exact fractions and SciPy's numbers."""

import math
from fractions import Fraction

import numpy as np
import pytest

from rnncli.evaluation.coverage import band, check_coverage, independent, masses


def exact(count, share):
    """Probability of each number of successes, in exact arithmetic."""
    p = Fraction(share)
    return [math.comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(count + 1)]


def band_by_hand(count, share, alpha):
    """All k that are no surprise on either side."""
    chances, level = exact(count, share), Fraction(alpha) / 2
    inside = [
        k for k in range(count + 1) if sum(chances[: k + 1]) > level and sum(chances[k:]) > level
    ]
    return inside[0], inside[-1]


@pytest.mark.parametrize("share", [0.05, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("count", [1, 2, 7, 40, 150])
def test_every_probability_is_exact(count, share):
    """To the rounding of doubles, the far tails too."""
    low, found = masses(count, share)
    assert low == 0
    wanted = np.array([float(chance) for chance in exact(count, share)])
    assert np.allclose(found, wanted, rtol=1e-12, atol=0)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("count", [1, 3, 20, pytest.param(101, marks=pytest.mark.slow)])
def test_the_band_is_that_of_exact_tails(count, alpha):
    """Least and most, at a few shares."""
    for share in (0.5, 0.8, 0.95):
        assert band(count, share, alpha) == band_by_hand(count, share, alpha)


@pytest.mark.parametrize(
    ("count", "share", "alpha", "wanted"),
    [
        # scipy.stats.binom.ppf(alpha / 2, n, p), and of 1 - alpha / 2 (1.17)
        (1000, 0.8, 0.01, (767, 832)),
        (1000, 0.95, 0.05, (936, 963)),
        (12345, 0.8, 0.01, (9761, 9990)),
        (10**6, 0.95, 0.01, (949438, 950561)),
    ],
)
def test_the_band_of_many_is_scipys(count, share, alpha, wanted):
    """Where no fraction would end."""
    assert band(count, share, alpha) == wanted


def test_at_level_zero_all_is_inside():
    """Nothing that can happen is a surprise."""
    assert band(20, 0.8, 0.0) == (0, 20)


def test_the_probabilities_of_ten_million_sum_to_one():
    """Only those that a double can hold are made."""
    low, found = masses(10**7, 0.8)
    assert len(found) < 10**6
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert low + np.argmax(found) == 8 * 10**6


def test_outcomes_that_are_copies_are_worth_one_each():
    """Ten symbols that hold and miss together at every cutoff."""
    rng = np.random.default_rng(3)
    each = (rng.random(400) < 0.8).astype(float)
    fold = np.arange(400)
    assert independent(each, fold, 0) == 400
    assert independent(np.repeat(each, 10), np.repeat(fold, 10), 0) == 400


def test_overlapping_outcomes_are_worth_less():
    """Runs of five equal ones; the weights are those of Newey and West."""
    rng = np.random.default_rng(4)
    runs = np.repeat((rng.random(200) < 0.8).astype(float), 5)
    away = runs - runs.mean()
    variance = sum(
        (1 - abs(lag) / 5)
        * sum(away[t] * away[t + lag] for t in range(1000) if 0 <= t + lag < 1000)
        for lag in range(-4, 5)
    )
    wanted = round(1000 / (variance / (1000 * runs.mean() * (1 - runs.mean()))))
    assert independent(runs, np.arange(1000), 4) == wanted
    assert 200 < wanted < 400


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_outcomes_that_never_vary_are_taken_as_they_are(share):
    """Nothing shows that they depend on each other."""
    assert independent(np.full(30, share), np.repeat([4, 5], 15), 1) == 30


def test_false_alarms_are_as_rare_as_promised():
    """A hundred symbols that move together: the plain band cries wolf every third time."""
    rng, fold, alarms, plain = np.random.default_rng(0), np.repeat(np.arange(60), 100), 0, 0
    for _ in range(300):
        market, own = rng.standard_normal((60, 1)), rng.standard_normal((60, 100))
        moves = math.sqrt(0.3) * market + math.sqrt(0.7) * own
        inside = (np.abs(moves) <= 1.2815515655446004).astype(float).ravel()
        count, held = independent(inside, fold, 0), inside.mean()
        low, high = band(count, 0.8, 0.01)
        alarms += not low / count <= held <= high / count
        low, high = band(6000, 0.8, 0.01)
        plain += not low <= inside.sum() <= high
    assert alarms <= 9  # 1 % of 300 is 3
    assert plain > 60


def common_moves(rng, cutoffs, symbols=294, together=0.6):
    """Outcomes of 80 % bounds that hold, of symbols that move together, and their cutoffs."""
    market, alone = rng.standard_normal((cutoffs, 1)), rng.standard_normal((cutoffs, symbols))
    moves = math.sqrt(together) * market + math.sqrt(1 - together) * alone
    inside = (np.abs(moves) <= 1.2815515655446004).astype(float).ravel()
    return inside, np.repeat(np.arange(cutoffs), symbols)


def test_no_drift_is_found_at_fewer_than_ten_cutoffs():
    """Not a single symbol of 294 inside on a day that moved all of them: it is one draw."""
    for cutoffs in (1, 9):
        inside = np.zeros(294 * cutoffs)
        check = check_coverage(inside, np.repeat(np.arange(cutoffs), 294), 80.0, 0.01, 0)
        assert (check.share, check.independent, check.drifted) == (0.0, 0, False)
        assert math.isnan(check.low)
    assert check_coverage(np.zeros(2940), np.repeat(np.arange(10), 294), 80.0, 0.01, 0).drifted


@pytest.mark.slow
def test_false_alarms_of_few_cutoffs_are_rare():
    """Ten cutoffs say little about how much series move together: the band allows for that."""
    rng, alarms, fewer = np.random.default_rng(0), 0, 0
    for _ in range(300):
        inside, fold = common_moves(rng, 10, 50, 0.3)
        check = check_coverage(inside, fold, 80.0, 0.01, 0)
        alarms += check.drifted
        fewer += check.independent < independent(inside, fold, 0)
    assert alarms <= 9  # 1 % of 300 is 3
    assert fewer == 300


def test_one_series_has_the_exact_band():
    """One outcome at each cutoff: there is nothing to estimate."""
    inside = np.array([1.0] * 12 + [0.0] * 8)
    check = check_coverage(inside, np.arange(20), 80.0, 0.01, 0)
    assert (check.independent, (check.low, check.high)) == (
        20,
        tuple(np.divide(band(20, 0.8, 0.01), 20)),
    )
