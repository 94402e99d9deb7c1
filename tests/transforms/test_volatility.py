"""The EWMA volatility equals its definition."""

import numpy as np
import pytest

from rnncli.transforms.volatility import FLOOR, next_deviations, next_variance, running_deviations


def naive_deviations(changes, decay, start_weight=1.0):
    """Day by day, as RiskMetrics has it, evenly while there are few."""
    variance, found = 1.0, [1.0]
    for count, change in enumerate(changes, start=1):
        weight = max(1 - decay, 1 / (count + start_weight))
        variance = weight * change**2 + (1 - weight) * variance
        found.append(max(variance**0.5, FLOOR))
    return np.array(found)


@pytest.mark.parametrize("decay", [0.5, 0.94, 0.99])
@pytest.mark.parametrize("days", [0, 1, 2, 15, 16, 17, 300])
def test_it_is_what_it_says(decay, days):
    changes = np.random.default_rng(days).standard_t(4, days)
    assert running_deviations(changes, decay) == pytest.approx(naive_deviations(changes, decay))


@pytest.mark.parametrize("start_weight", [0.02, 0.5, 1.0])
@pytest.mark.parametrize("days", [0, 1, 5, 16, 17, 18, 300])
def test_the_pooled_deviation_may_weigh_less_at_the_start(start_weight, days):
    """All at once, change by change and many series at once: the same."""
    changes = np.random.default_rng(days).standard_t(4, days)
    ref = naive_deviations(changes, 0.94, start_weight)
    assert running_deviations(changes, 0.94, start_weight) == pytest.approx(ref)
    variance, each = 1.0, np.ones(1)
    for count, change in enumerate(changes.tolist()):
        variance = next_variance(variance, change, count, 0.94, start_weight)
        each = next_deviations(each, np.array([change]), np.array([count]), 0.94, start_weight)
    assert max(variance**0.5, FLOOR) == running_deviations(changes, 0.94, start_weight)[-1]
    assert each[0] == pytest.approx(ref[-1])


def test_what_comes_after_changes_nothing_before():
    """Not by a bit."""
    changes = np.random.default_rng(0).standard_normal(400)
    whole = running_deviations(changes, 0.94)
    for days in (0, 1, 5, 16, 17, 100, 399):
        assert np.array_equal(running_deviations(changes[:days], 0.94), whole[: days + 1])


def test_a_constant_series_keeps_a_deviation():
    assert running_deviations(np.zeros(2000), 0.94)[-1] == FLOOR


@pytest.mark.parametrize("count", [0, 3, 15, 16, 100])
def test_one_more_change_continues_it(count):
    changes = np.random.default_rng(count).standard_normal(count + 1)
    whole = running_deviations(changes, 0.94)
    last = next_deviations(whole[-2:-1], changes[-1:], np.array([count]), 0.94)
    assert last == pytest.approx(whole[-1:])
