"""The elementary functions of the kernels keep their stated error, and let NaN through."""

import numpy as np
import pytest
from jit import kernel_of

from rnncli.kernels import CELLS
from rnncli.kernels._math import EDGE, EXP_HIGH, EXP_LOW, exp, log1p, sigmoid, tanh
from rnncli.network.network import Architecture, initial_network
from rnncli.network.passes import Workspace, forward

LANES = 16
CHOICES = [(cell, activation) for cell in CELLS for activation in CELLS[cell].activations]


def tanh_of_each(x, out):
    for k in range(x.shape[0]):
        out[k] = tanh(x[k])


def our_tanh(x):
    out = np.empty_like(x)
    kernel_of(f"void({x.dtype}[::1],{x.dtype}[::1])", tanh_of_each)(x, out)
    return out


def test_tanh_in_float32_is_within_8_units_in_the_last_place():
    """A dense grid, every magnitude from the denormals to the largest, and the edge of the fit."""
    small = np.geomspace(1e-45, 3.4e38, 20_001)
    edge = np.nextafter(EDGE, np.array([0, 100], np.float32))
    x = np.concatenate([np.linspace(-10, 10, 200_001), small, -small, edge, -edge, [0.0, -0.0]])
    x = x.astype(np.float32)
    ref, comp = np.tanh(x.astype(np.float64)), our_tanh(x)
    ulp = np.spacing(np.abs(ref).astype(np.float32))
    worst = np.argmax(np.abs(comp - ref) / ulp)
    assert abs(comp[worst] - ref[worst]) <= 8 * ulp[worst], f"x={x[worst]}: {comp[worst]}"
    assert np.array_equal(our_tanh(-x), -comp)
    assert np.abs(comp).max() <= 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_tanh_of_what_is_not_a_number(dtype):
    """Infinities go to the ends, and NaN stays NaN."""
    comp = our_tanh(np.array([np.inf, -np.inf, np.nan], dtype))
    np.testing.assert_allclose(comp, [1, -1, np.nan], rtol=1e-6)


def test_tanh_in_float64_is_the_library_s():
    """Where exactness is checked, the function is libm's."""
    x = np.concatenate([np.linspace(-30, 30, 10_001), np.geomspace(1e-300, 1e300, 1001)])
    np.testing.assert_allclose(our_tanh(x), np.tanh(x), rtol=1e-15)


def sigmoid_of_each(x, out):
    for k in range(x.shape[0]):
        out[k] = sigmoid(x[k])


@pytest.mark.parametrize(("dtype", "within"), [("float32", 2e-7), ("float64", 1e-15)])
def test_sigmoid_keeps_its_stated_error(dtype, within):
    """From 0 to 1, never beyond, NaN for NaN."""
    large = np.geomspace(1e-30, 1e30, 2001)
    x = np.concatenate([np.linspace(-40, 40, 100_001), large, -large]).astype(dtype)
    with np.errstate(over="ignore"):
        ref = 1 / (1 + np.exp(-x.astype("float64")))
    given, comp = np.append(x, np.array(np.nan, dtype)), np.empty(len(x) + 1, dtype)
    kernel_of(f"void({dtype}[::1],{dtype}[::1])", sigmoid_of_each)(given, comp)
    assert np.isnan(comp[-1])
    assert comp[:-1].min() >= 0
    assert comp[:-1].max() <= 1
    np.testing.assert_allclose(comp[:-1], ref, rtol=0, atol=within)


def exp_of_each(x, out):
    for k in range(x.shape[0]):
        out[k] = exp(x[k])


def log1p_of_each(x, out):
    for k in range(x.shape[0]):
        out[k] = log1p(x[k])


def compiled(function, x):
    out = np.empty_like(x)
    kernel_of(f"void({x.dtype}[::1],{x.dtype}[::1])", function)(x, out)
    return out


@pytest.mark.parametrize(("dtype", "within"), [("float32", (5e-7, 5e-8)), ("float64", (1e-15, 0))])
def test_exp_keeps_its_stated_error(dtype, within):
    """A dense grid of all that float32 can hold, every turn of 2^k, and what is close to 0."""
    small = np.geomspace(1e-30, 1, 1001)
    turns = np.nextafter(np.float32(np.log(2)) * (np.arange(-124, 126) + 0.5), np.float32(0))
    x = np.concatenate([np.linspace(EXP_LOW, EXP_HIGH, 200_001), turns, small, -small, [0.0]])
    x = np.clip(x.astype(dtype), EXP_LOW, EXP_HIGH)
    ref, comp = np.exp(x.astype("float64")), compiled(exp_of_each, x)
    assert np.all(np.abs(comp / ref - 1) <= within[0] + within[1] * np.abs(x))
    assert compiled(exp_of_each, np.zeros(1, dtype))[0] == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_exp_of_what_is_too_large_or_no_number(dtype):
    """Infinite where it overflows, tiny far below, NaN for NaN."""
    x = np.array([1000, np.inf, -1000, -np.inf, np.nan], dtype)
    np.testing.assert_allclose(compiled(exp_of_each, x), [np.inf, np.inf, 0, 0, np.nan], atol=2e-38)


@pytest.mark.parametrize(("dtype", "within"), [("float32", 3e-7), ("float64", 1e-15)])
def test_log1p_keeps_its_stated_error(dtype, within):
    """From the smallest numbers to the largest, and around every power of two."""
    around = np.outer(2.0 ** np.arange(1, 100), [0.7071, 0.7072, 1, 1.4142, 1.4143]).ravel() - 1
    x = np.concatenate([np.geomspace(1e-30, 1e37, 100_001), np.linspace(0, 4, 50_001), around])
    x = x.astype(dtype)
    ref, comp = np.log1p(x.astype("float64")), compiled(log1p_of_each, x)
    np.testing.assert_allclose(comp, ref, rtol=within)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_log1p_lets_through_what_is_not_finite(dtype):
    """Infinity and NaN are seen."""
    comp = compiled(log1p_of_each, np.array([np.inf, np.nan], dtype))
    np.testing.assert_array_equal(comp, [np.inf, np.nan])


@pytest.mark.parametrize(("cell", "activation"), CHOICES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_missing_number_is_seen_and_stays_in_its_lane(cell, activation, dtype):
    """NaN on a day makes that lane's outputs NaN from there on, and no others."""
    architecture = Architecture(cell=cell, activation=activation, hidden_size=5, window=4)
    network = initial_network(architecture, "orthogonal", np.random.default_rng(0), dtype)
    x = np.ones((6, 1, LANES), dtype)
    x[2, 0, 3] = np.nan
    out = forward(network, x, Workspace(architecture, 6, LANES, dtype))
    missing = np.zeros(out.shape, bool)
    missing[2:, :, 3] = True
    assert np.array_equal(np.isnan(out), missing)
