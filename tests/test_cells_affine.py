"""The blocked products equal the plain ones, whatever the tiles leave over."""

from types import SimpleNamespace

import naive
import numpy as np
import pytest

from rnncli.cells import affine
from rnncli.cells._jit import compile_kernel

LANES = 16
SIZES = (*range(1, 10), 16)  # around the edges of the tiles of 4
SURPLUS = 7  # numbers past the end of an output, which are not to be touched

each_size = pytest.mark.parametrize("size", SIZES)
each_shape = pytest.mark.parametrize("shape", [(rows, cols) for rows in SIZES for cols in SIZES])


def product(weight, x, out):
    affine.add_product(weight, x, out, LANES)


def outer(left, right, out, stride, width):
    affine.add_outer(left, right, out, stride, width)


def sums(left, out, stride, width):
    affine.add_sums(left, out, stride, width)


def spread(bias, out):
    affine.spread(bias, out, LANES)


def place(day, block, stride, offset):
    affine.place(day, block, stride, offset, LANES)


@pytest.fixture(scope="module")
def kernels():
    vector, matrix = "float64[::1]", "float64[:,::1]"
    signatures = {
        product: f"void({matrix},{vector},{vector})",
        outer: f"void({vector},{vector},{matrix},int64,int64)",
        sums: f"void({vector},{vector},int64,int64)",
        spread: f"void({vector},{vector})",
        place: f"void({vector},{vector},int64,int64)",
    }
    return SimpleNamespace(
        **{f.__name__: compile_kernel(signature, f) for f, signature in signatures.items()}
    )


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def guarded(array):
    """A flat copy as a view of a longer array, which ends in NaN."""
    whole = np.concatenate([array.ravel(), np.full(SURPLUS, np.nan)])
    return whole, whole[: array.size]


@each_shape
def test_add_product_is_the_plain_product(kernels, rng, shape):
    """Tiles and remainders together add weight times x, and nothing past the last row."""
    weight, x = rng.standard_normal(shape), rng.standard_normal((shape[1], LANES))
    before = rng.standard_normal((shape[0], LANES))
    ref = before + naive.add_product(weight, x)
    whole, comp = guarded(before)
    kernels.product(weight, x.ravel(), comp)
    np.testing.assert_allclose(comp.reshape(ref.shape), ref, rtol=1e-13, atol=1e-14)
    assert np.isnan(whole[comp.size :]).all()


@each_shape
@pytest.mark.parametrize("width", [LANES, 3 * LANES])
def test_add_outer_is_the_plain_outer_product(kernels, rng, shape, width):
    """The sum over days and lanes takes `width` numbers of each row, and not those behind."""
    stride = width + 5
    left, right = rng.standard_normal((shape[0], stride)), rng.standard_normal((shape[1], stride))
    left[:, width:] = right[:, width:] = np.nan
    before = rng.standard_normal(shape)
    ref = before + naive.add_outer(left, right, width)
    whole, flat = guarded(before)
    comp = flat.reshape(shape)
    kernels.outer(left.ravel(), right.ravel(), comp, stride, width)
    np.testing.assert_allclose(comp, ref, rtol=1e-13, atol=1e-13)
    assert np.isnan(whole[flat.size :]).all()


@each_size
def test_add_sums_is_the_plain_sum(kernels, rng, size):
    """The gradient of a bias adds up `width` numbers of each row."""
    left = rng.standard_normal((size, LANES + 5))
    left[:, LANES:] = np.nan
    before = rng.standard_normal(size)
    ref = before + naive.add_sums(left, LANES)
    whole, comp = guarded(before)
    kernels.sums(left.ravel(), comp, left.shape[1], LANES)
    np.testing.assert_allclose(comp, ref, rtol=1e-13, atol=1e-14)
    assert np.isnan(whole[size:]).all()


@each_size
def test_spread_puts_the_bias_in_every_lane(kernels, rng, size):
    """What stood in the output before is gone."""
    bias = rng.standard_normal(size)
    whole, comp = guarded(np.full((size, LANES), np.nan))
    kernels.spread(bias, comp)
    assert np.array_equal(comp, naive.spread(bias, LANES).ravel())
    assert np.isnan(whole[comp.size :]).all()


@each_size
@pytest.mark.parametrize("offset", [0, LANES, 2 * LANES])
def test_place_fills_one_day_of_a_block(kernels, rng, size, offset):
    """A day goes to its columns of the block, and every other number stays."""
    stride = 3 * LANES + 5
    day, block = rng.standard_normal((size, LANES)), rng.standard_normal((size, stride))
    ref = naive.place(day, block, offset)
    comp = block.ravel()
    kernels.place(day.ravel(), comp, stride, offset)
    assert np.array_equal(comp, ref.ravel())
