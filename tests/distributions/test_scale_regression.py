"""Student's t with a scale that follows inputs: found again, and likelier than its neighbours."""

import numpy as np
import pytest

from rnncli.distributions import student_t
from rnncli.distributions.scale_regression import (
    Penalty,
    ScaleRegression,
    fit_scale_regression,
)

TRUE = np.array([0.3, 0.8, -0.5])
FREE = Penalty(np.zeros(3), np.zeros(3))
START = ScaleRegression(np.zeros(3), 8.0)


def drawn(rows, dof=4.0, seed=0):
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(rows), rng.standard_normal((rows, 2))])
    return x, np.exp(x @ TRUE) * rng.standard_t(dof, rows)


def loss(x, y, weights, dof):
    log_scale = x @ weights
    return np.mean(log_scale - student_t.log_density(y * np.exp(-log_scale), np.array(dof)))


@pytest.mark.parametrize("dof", [3.0, 12.0])
def test_weights_and_degrees_are_found_again(dof):
    """Those that the sample was drawn with."""
    found = fit_scale_regression(*drawn(40_000, dof), FREE, START)
    np.testing.assert_allclose(found.weights, TRUE, atol=0.02)
    assert found.dof == pytest.approx(dof, rel=0.1)


def test_no_neighbour_is_likelier():
    """In any weight, or in the dof."""
    x, y = drawn(3000)
    found = fit_scale_regression(x, y, FREE, START)
    best = loss(x, y, found.weights, found.dof)
    for k in range(3):
        for step in (-0.01, 0.01):
            assert loss(x, y, found.weights + step * np.eye(3)[k], found.dof) > best
    for factor in (0.95, 1.05):
        assert loss(x, y, found.weights, factor * found.dof) > best


def test_the_start_makes_no_difference():
    """The loss is convex; a start far off is halved back, not lost."""
    x, y = drawn(500)
    far = ScaleRegression(np.array([-20.0, 15.0, 9.0]), 2.1)
    near, other = (fit_scale_regression(x, y, FREE, start) for start in (START, far))
    np.testing.assert_allclose(near.weights, other.weights, atol=2e-3)
    assert near.dof == pytest.approx(other.dof, rel=1e-2)


def test_few_rows_stay_near_what_weights_are_drawn_to():
    """Many do not; what is not drawn is free."""
    towards = Penalty(np.array([0.0, 2.0, 2.0]), np.array([0.0, 1000.0, 1000.0]))
    few = fit_scale_regression(*drawn(20), towards, START)
    np.testing.assert_allclose(few.weights[1:], 2.0, atol=0.05)
    many = fit_scale_regression(*drawn(200_000), towards, START)
    np.testing.assert_allclose(many.weights, TRUE, atol=0.03)


def test_inputs_that_say_the_same_are_not_fault():
    """With a penalty the weights of two equal columns are equal."""
    x, y = drawn(500)
    x[:, 2] = x[:, 1]
    drawn_to_none = Penalty(np.zeros(3), np.array([0.0, 1.0, 1.0]))
    found = fit_scale_regression(x, y, drawn_to_none, START)
    assert found.weights[1] == pytest.approx(found.weights[2])
