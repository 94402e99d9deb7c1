"""The compiled fit of a scale regression ends where its penalised loss is lowest."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from rnncli.distributions import student_t
from rnncli.kernels import scale_regression_kernel

SHAPES = [(7, 2), (8, 4), (9, 3), (50, 6), (203, 11), (1003, 30)]


def problem(shape):
    """Columns (k, n), squares (n), what weights are drawn to (k), and how hard (k)."""
    rng = np.random.default_rng(shape[0])
    columns = rng.standard_normal(shape[::-1])
    columns[0] = 1
    squares = rng.standard_t(4.0, shape[0]) ** 2 * np.exp(0.4 * columns[1])
    return columns, squares, 0.1 * rng.standard_normal(shape[1]), np.full(shape[1], 0.3)


def fit(columns, squares, towards, strength):
    weights = np.zeros(len(columns))
    dof = scale_regression_kernel()(columns, squares, towards, strength, weights, 8.0)
    return weights, dof


def loss(columns, squares, towards, strength, weights, dof):
    log_scale = weights @ columns
    z = np.sqrt(squares) * np.exp(-log_scale)
    mean = np.mean(log_scale - student_t.log_density(z, np.array(dof)))
    return mean + np.sum(strength * (weights - towards) ** 2) / 2


@pytest.mark.parametrize("shape", SHAPES)
def test_no_step_of_any_weight_lowers_the_loss(shape):
    """By central differences; whether or not the rows fill products of eight."""
    given = problem(shape)
    weights, dof = fit(*given)
    for step in 1e-4 * np.eye(shape[1]):
        slope = (loss(*given, weights + step, dof) - loss(*given, weights - step, dof)) / 2e-4
        assert slope == pytest.approx(0, abs=3e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_degrees_of_freedom_are_likelier(shape):
    """Of a grid over all that are searched, within the thousandth of the range in 1/dof."""
    given = problem(shape)
    weights, dof = fit(*given)
    best = loss(*given, weights, dof)
    for inverse in np.linspace(1 / 200, 1 / 2.05, 500):
        assert best < loss(*given, weights, 1 / inverse) + 2e-4


def test_the_start_is_left_by_halved_steps():
    """From weights far off, where scales are out of all proportion."""
    given = problem((203, 11))
    near = fit(*given)[0]
    far = np.full(11, 3.0) * (-1) ** np.arange(11)
    scale_regression_kernel()(*given, far, 2.1)
    np.testing.assert_allclose(far, near, atol=1e-3)


def test_it_has_the_same_bits_in_any_thread():
    """Those of the first, whichever core it runs on."""
    given = problem((1003, 30))

    def fitted(_):
        weights, dof = fit(*given)
        return weights.tobytes(), dof

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(fitted, range(20)))) == 1
