"""Sums of the scale regression: the products that they are of, added up in the order they name."""

import numpy as np
import pytest

from rnncli.kernels import log_scale_kernel, moments_kernel, slope_kernel

SHAPES = [(1, 1), (7, 5), (8, 4), (9, 3), (50, 6), (203, 11)]


def in_turn(factors, x):
    """Sums over rows (k): even and odd ones apart, of each eight rows the last two first."""
    sums = np.zeros((2, x.shape[1]))
    whole = len(x) - len(x) % 8
    rows = [start + pair + side for start in range(0, whole, 8) for pair in (6, 4, 2, 0)
            for side in (0, 1)]  # fmt: skip
    for t in [*rows, *range(whole, len(x))]:
        sums[t % 2] += factors[t] * x[t]
    return sums[0] + sums[1]


def drawn(shape):
    rng = np.random.default_rng(shape[0])
    return rng.standard_normal(shape), rng


@pytest.mark.parametrize("shape", SHAPES)
def test_moments_are_the_products_of_columns(shape):
    """In both halves of the matrix, which is symmetric to the last bit."""
    x, _ = drawn(shape)
    moments = np.empty((shape[1], shape[1]))
    moments_kernel()(x, moments)
    np.testing.assert_allclose(moments, x.T @ x, rtol=1e-12, atol=1e-13)
    np.testing.assert_array_equal(moments, moments.T)
    for k in range(shape[1]):
        np.testing.assert_array_equal(moments[k], in_turn(x[:, k], x))


@pytest.mark.parametrize("shape", SHAPES)
def test_log_scales_are_sums_over_the_columns_in_their_order(shape):
    """And minus twice them."""
    x, rng = drawn(shape)
    weights, scales, twice = rng.standard_normal(shape[1]), np.empty(shape[0]), np.empty(shape[0])
    log_scale_kernel()(np.ascontiguousarray(x.T), weights, scales, twice)
    ref = np.zeros(shape[0])
    for column, weight in zip(x.T, weights, strict=True):
        ref += weight * column
    np.testing.assert_array_equal(scales, ref)
    np.testing.assert_array_equal(twice, -2 * ref)


@pytest.mark.parametrize("shape", SHAPES)
def test_slopes_are_those_of_the_loss(shape):
    """By central differences of log scale + (dof + 1)/2 log(1 + y²/(dof scale²)), summed."""
    x, rng = drawn(shape)
    weights, squares, dof = 0.1 * rng.standard_normal(shape[1]), rng.random(shape[0]), 5.5
    over_scale = squares * np.exp(-2 * (x @ weights))
    ratio, slopes = np.empty(shape[0]), np.empty(shape[1])
    slope_kernel()(x, over_scale, dof, ratio, slopes)
    np.testing.assert_array_equal(ratio, over_scale / dof)
    np.testing.assert_array_equal(slopes, in_turn(1 - (dof + 1) * (ratio / (1 + ratio)), x))

    def loss(at):
        log_scale = x @ at
        logs = np.log1p(squares * np.exp(-2 * log_scale) / dof)
        return np.sum(log_scale + (dof + 1) / 2 * logs)

    for k, step in enumerate(1e-5 * np.eye(shape[1])):
        by_differences = (loss(weights + step) - loss(weights - step)) / 2e-5
        assert slopes[k] == pytest.approx(by_differences, rel=1e-6, abs=1e-7)
