"""The point losses are what their names say, and their derivatives those of their values."""

import numpy as np
import pytest
from builders import central_differences

from rnncli.heads import LOSSES, loss_and_gradient

ERRORS = np.array([-3.0, -1.5, -0.4, 0.3, 0.9, 2.0])  # away from the kinks at 0 and 1


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("mse", [9.0, 2.25, 0.16, 0.09, 0.81, 4.0]),
        ("mae", [3.0, 1.5, 0.4, 0.3, 0.9, 2.0]),
        ("huber", [2.5, 1.0, 0.08, 0.045, 0.405, 1.5]),
    ],
)
def test_losses_are_the_textbook_ones(loss, expected):
    """Squared error, absolute error, and Huber's with delta 1."""
    np.testing.assert_allclose(LOSSES[loss](ERRORS)[0], expected, rtol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_derivatives_agree_with_central_differences(loss):
    """What flows back is the derivative of the summed loss by each output."""
    rng = np.random.default_rng(3)
    target = rng.standard_normal((3, 1, 2))
    output = target + ERRORS.reshape(3, 1, 2)
    mask = np.array([1.0, 1.0, 0.0, 1.0, 1.0, 1.0]).reshape(3, 1, 2)
    expected = central_differences(lambda o: loss_and_gradient(loss, o, target, mask)[0], output)
    gradient = loss_and_gradient(loss, output, target, mask)[1]
    np.testing.assert_allclose(gradient, expected, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
def test_masked_days_cost_nothing(loss):
    """A day that does not count adds no loss and sends nothing back, whatever stands there."""
    output, target = ERRORS.reshape(3, 1, 2), np.zeros((3, 1, 2))
    mask = np.array([1.0, 0.0, 1.0, 0.0, 0.0, 1.0]).reshape(3, 1, 2)
    total, gradient = loss_and_gradient(loss, output, target, mask)
    assert total == pytest.approx(sum(LOSSES[loss](ERRORS)[0][[0, 2, 5]]), rel=1e-12)
    assert np.all(gradient[mask == 0] == 0)
    changed = np.where(mask == 1, output, 1e9)
    assert loss_and_gradient(loss, changed, target, mask)[0] == total


@pytest.mark.parametrize("loss", LOSSES)
def test_a_hit_costs_nothing(loss):
    """No error: no loss and no gradient, at the kink of the absolute error too."""
    zero = np.zeros((2, 1, 16))
    total, gradient = loss_and_gradient(loss, zero, zero, np.ones_like(zero))
    assert total == 0
    assert not gradient.any()


@pytest.mark.parametrize("loss", LOSSES)
def test_float32_stays_float32(loss):
    """The kernels get the precision they were compiled for; only the sum is wider."""
    ones = np.ones((4, 1, 16), np.float32)
    total, gradient = loss_and_gradient(loss, 2.5 * ones, ones, ones)
    assert gradient.dtype == np.float32
    assert isinstance(total, float)


def test_huber_is_smooth_where_it_changes():
    """At an error of 1 value and slope of both branches meet."""
    cost, slope = LOSSES["huber"](np.array([1 - 1e-9, 1 + 1e-9]))
    assert cost[0] == pytest.approx(cost[1], abs=1e-8)
    assert slope[0] == pytest.approx(slope[1], abs=1e-8)
