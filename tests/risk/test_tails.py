"""Value at risk, expected shortfall and contributions, by hand and by their rules."""

import numpy as np
import pytest

from rnncli.risk.tails import contributions, measures, tail_of, tail_weights

GAINS = np.array([-10.0, -8.0, -5.0, -4.0, -2.0, 0.0, 1.0, 2.0, 3.0, 9.0])


def test_measures_by_hand():
    """Ten gains, the k-th at (k - 1/2)/10: 25 % is the third; the mean of 2.5 gains below it."""
    found = measures(GAINS, 0.25)
    assert float(found.value_at_risk) == pytest.approx(5.0, rel=1e-12)
    assert float(found.shortfall) == pytest.approx((10 + 8 + 0.5 * 5) / 2.5, rel=1e-12)
    assert tail_of(97.5) == 0.025


def test_a_tail_smaller_than_a_scenario_is_the_worst_one():
    """Nothing is known beyond it."""
    found = measures(GAINS, 0.001)
    assert (float(found.value_at_risk), float(found.shortfall)) == (10.0, 10.0)
    assert tail_weights(10, 0.001).tolist() == [1.0]


def test_a_position_of_nothing_has_no_sign_of_less():
    """Its measures and its part in the sum are printed as they are."""
    found, parts = measures(np.zeros(10), 0.25), contributions(np.zeros((2, 10)), 0.25)
    values = [found.value_at_risk, found.shortfall, *parts.value_at_risk, *parts.shortfall]
    assert not np.signbit(values).any()


@pytest.fixture(scope="module")
def gains():
    """Gains of four positions that move together, one of them short."""
    rng = np.random.default_rng(1)
    common = rng.standard_t(4, 20_000)
    return np.array([[3.0], [1.0], [-1.0], [0.5]]) * (common + rng.standard_normal((4, 20_000)))


@pytest.mark.parametrize("tail", [0.05, 0.025, 0.01])
def test_contributions_add_up(gains, tail):
    """To the portfolio's measures, to 1e-9; the short position takes away."""
    parts, whole = contributions(gains, tail), measures(np.sort(gains.sum(axis=0)), tail)
    for part, total in zip(parts, whole, strict=True):
        assert part.sum() == pytest.approx(float(total), rel=1e-9)
        assert part[2] < 0 < part[0]


def test_contribution_to_the_shortfall_is_the_mean_loss_in_the_tail(gains):
    """Tasche 1999: of each position where the portfolio is in its worst 5 %."""
    total = gains.sum(axis=0)
    worst = total <= np.sort(total)[999]
    expected = -gains[:, worst].mean(axis=1)
    assert contributions(gains, 0.05).shortfall == pytest.approx(expected, rel=1e-9)


def test_contribution_is_a_derivative(gains):
    """A little more of a position changes the portfolio's shortfall by so much."""
    step = 1e-6
    more = gains.sum(axis=0) + step * gains[1]
    before, after = (
        float(measures(np.sort(values), 0.05).shortfall) for values in (gains.sum(axis=0), more)
    )
    parts = contributions(gains, 0.05).shortfall
    assert (after - before) / step == pytest.approx(parts[1], rel=1e-4)


def test_doubling_doubles_and_a_hedge_cancels(gains):
    """Both measures and all parts are homogeneous; equal long and short positions lose nothing."""
    once, twice = contributions(gains, 0.01), contributions(2 * gains, 0.01)
    assert twice.value_at_risk == pytest.approx(2 * once.value_at_risk, rel=1e-12)
    assert twice.shortfall == pytest.approx(2 * once.shortfall, rel=1e-12)
    hedged = measures(np.sort(gains[0] - gains[0]), 0.01)
    assert (float(hedged.value_at_risk), float(hedged.shortfall)) == (0.0, 0.0)
