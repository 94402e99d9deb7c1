"""Tests of the frequency and the independence of hits, held to published and hand-made examples."""

import math

import numpy as np
import pytest

from rnncli.risk import (
    christoffersen_conditional,
    christoffersen_independence,
    duration_test,
    kupiec,
    traffic_light,
)


def hits_at(rows, *places):
    """Hits (rows) at these places."""
    hits = np.zeros(rows, bool)
    hits[list(places)] = True
    return hits


def runs_of_hits(*lengths, gap):
    """Runs of hits with as many rows between as `gap`, beginning and ending without a hit."""
    parts = [[False] * gap]
    for length in lengths:
        parts += [[True] * length, [False] * gap]
    return np.concatenate(parts)


def test_kupiec_of_a_published_example():
    """Jorion 2007, chapter 6: 20 hits on 252 days at 5 % give a ratio of 3.91."""
    found = kupiec(hits_at(252, *range(20)), 0.05)
    by_hand = 2 * (
        20 * math.log(20 / 252) + 232 * math.log(232 / 252)
        - 20 * math.log(0.05) - 232 * math.log(0.95)
    )  # fmt: skip
    assert found.statistic == pytest.approx(3.91, abs=0.005)
    assert found.statistic == pytest.approx(by_hand, rel=1e-9)
    assert found.p == pytest.approx(0.04792680100008833, rel=1e-9)  # SciPy 1.17.1: chi2.sf
    assert found.rejects()
    assert not found.rejects(0.01)


@pytest.mark.parametrize(("count", "statistic"), [(0, -200 * math.log(0.95)), (5, 0.0)])
def test_kupiec_without_hits_and_with_exactly_as_many(count, statistic):
    """0 log 0 is 0, and what is as expected has a ratio of 0 and p 1."""
    found = kupiec(hits_at(100, *range(count)), 0.05)
    assert found.statistic == pytest.approx(statistic, rel=1e-9, abs=1e-12)
    assert (found.p == pytest.approx(1.0)) == (count == 5)


def test_christoffersen_of_a_published_example():
    """Jorion 2007, chapter 6: 6 of 20 hits follow a hit, 14 of 232 other days: 9.53."""
    hits = np.concatenate([runs_of_hits(*[2] * 6, *[1] * 8, gap=15), np.zeros(8, bool)])
    before, after = hits[:-1], hits[1:]
    counts = [int(np.sum((after == b) & (before == a))) for a in (0, 1) for b in (0, 1)]
    assert counts == [218, 14, 14, 6]
    found = christoffersen_independence(hits)
    rates = (14 / 232, 6 / 20, 20 / 252)
    by_hand = 2 * (
        14 * math.log(rates[0]) + 218 * math.log(1 - rates[0])
        + 6 * math.log(rates[1]) + 14 * math.log(1 - rates[1])
        - 20 * math.log(rates[2]) - 232 * math.log(1 - rates[2])
    )  # fmt: skip
    assert found.statistic == pytest.approx(9.53, abs=0.005)
    assert found.statistic == pytest.approx(by_hand, rel=1e-9)
    both = christoffersen_conditional(hits, 0.05)
    assert both.statistic == pytest.approx(by_hand + kupiec(hits, 0.05).statistic, rel=1e-9)
    assert both.p == pytest.approx(math.exp(-both.statistic / 2), rel=1e-9)


def test_hits_that_never_come_are_independent():
    """Without hits there is no cluster; without rows there is no test."""
    assert christoffersen_independence(np.zeros(50, bool)).p == pytest.approx(1.0)
    assert christoffersen_conditional(np.zeros(0, bool), 0.05).p is None
    assert kupiec(np.zeros(0, bool), 0.05).statistic is None


@pytest.mark.parametrize(
    ("hits", "statistic"),
    [
        # recorded from a maximum of the likelihood in both parameters by SciPy 1.17.1
        (hits_at(60, 3, 4, 5, 20, 22, 50), 0.2873047169786105),
        (hits_at(40, 0, 1, 7, 20, 39), 0.23214398695140304),
    ],
)
def test_durations_between_hits(hits, statistic):
    """The ratio is that of the Weibull likelihoods; ends are censored, or left out at a hit."""
    assert duration_test(hits).statistic == pytest.approx(statistic, rel=1e-9)


def test_durations_of_clusters_are_rejected_and_of_chance_not():
    """Ten runs of five hits are no chance; hits of a random process are."""
    assert duration_test(runs_of_hits(*[5] * 10, gap=95)).rejects(1e-6)
    assert not duration_test(np.random.default_rng(1).random(1000) < 0.05).rejects()
    assert duration_test(hits_at(100, 3, 50)).p is None


def test_traffic_light_is_that_of_the_committee():
    """Table 2 of the Basel Committee 1996: cumulative probabilities and what is added."""
    published = {
        0: (8.11, "green", 0), 4: (89.22, "green", 0), 5: (95.88, "yellow", 0.4),
        6: (98.63, "yellow", 0.5), 7: (99.60, "yellow", 0.65), 8: (99.89, "yellow", 0.75),
        9: (99.97, "yellow", 0.85), 10: (99.99, "red", 1),
    }  # fmt: skip
    for count, (percent, zone, add_on) in published.items():
        found = traffic_light(count)
        assert (found.zone, found.add_on) == (zone, add_on)
        assert 100 * found.probability == pytest.approx(percent, abs=0.006)
    assert traffic_light(2).probability == pytest.approx(
        0.99**250 + 250 * 0.01 * 0.99**249 + 125 * 249 * 0.01**2 * 0.99**248, rel=1e-9
    )
    assert traffic_light(60, 1000, 0.05).add_on is None
    assert traffic_light(60, 1000, 0.05).zone == "green"


def test_no_hit_is_green_in_however_few_rows():
    """Of a single row even 0 hits have a cumulative probability of 95 %; a hit speaks against."""
    for rows in (1, 2, 5, 250):
        assert traffic_light(0, rows, 0.05).zone == "green"
        assert traffic_light(0, rows, 0.01).zone == "green"
    assert traffic_light(1, 1, 0.01).zone == "red"
