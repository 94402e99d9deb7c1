"""The point losses are what their names say, and their derivatives those of their values."""

import naive
import numpy as np
import pytest
from builders import central_differences

from rnncli.cells.lanes import LANES
from rnncli.heads import LOSSES, add_up

ERRORS = np.array([-3.0, -1.5, -0.4, 0.3, 0.9, 2.0])  # away from the kinks at 0 and 1
DAYS, L = 7, LANES[-1]


def case(dtype="float64", lanes=L):
    """Outputs, targets, and the days that count: all of some lanes, none of others."""
    rng = np.random.default_rng(3)
    target = rng.standard_normal((DAYS, 1, lanes))
    error = rng.choice(ERRORS, target.shape)
    first = rng.integers(0, 3, lanes)
    last = np.maximum(first, rng.integers(0, DAYS + 3, lanes))
    last[0] = first[0]
    return (target + error).astype(dtype), target.astype(dtype), first, last


def mask_of(first, last, start=0):
    t = start + np.arange(DAYS)[:, None, None]
    return ((t >= first) & (t < last)).astype(float)


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
    every = np.zeros(L, int), np.ones(L, int)
    for error, cost in zip(ERRORS, expected, strict=True):
        out = np.full((1, 1, L), error)
        assert add_up(loss, out, 0 * out, *every) == pytest.approx(cost * L, rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("lanes", LANES)
@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-6)])
@pytest.mark.parametrize("start", [0, 2])
def test_the_kernel_is_its_naive_twin(loss, lanes, dtype, within, start):
    """Sum and scaled derivative, in either precision, of a chunk from any day on."""
    out, target, first, last = case(dtype, lanes)
    dout = np.full_like(out, np.nan)
    ref = naive.loss_and_gradient(loss, out, target, mask_of(first, last, start))
    comp = add_up(loss, out, target, first, last, start, 0.25, dout)
    assert comp == pytest.approx(ref[0], rel=within)
    assert comp == add_up(loss, out, target, first, last, start)
    np.testing.assert_allclose(dout, 0.25 * ref[1], rtol=within)
    assert dout.dtype == dtype


@pytest.mark.parametrize("loss", LOSSES)
def test_derivatives_agree_with_central_differences(loss):
    """What flows back is the derivative of the summed loss by each output."""
    out, target, first, last = case()
    dout = np.empty_like(out)
    add_up(loss, out, target, first, last, dout=dout)
    expected = central_differences(lambda o: add_up(loss, o, target, first, last), out)
    np.testing.assert_allclose(dout, expected, atol=1e-8)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("rubbish", [1e9, np.inf, np.nan])
def test_days_that_do_not_count_cost_nothing(loss, rubbish):
    """They add no loss and send nothing back, whatever stands there."""
    out, target, first, last = case()
    counts = mask_of(first, last) == 1
    dout = np.empty_like(out)
    ref = add_up(loss, out, target, first, last)
    assert add_up(loss, np.where(counts, out, rubbish), target, first, last, dout=dout) == ref
    assert not dout[~counts].any()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_what_is_not_finite_is_seen(loss, bad):
    """A single such output on a day that counts makes the sum not finite."""
    out, target, first, last = case("float32")
    lane = int(np.argmax(last - first))
    out[first[lane], 0, lane] = bad
    assert not np.isfinite(add_up(loss, out, target, first, last))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_hit_costs_nothing(loss):
    """No error: no loss and no gradient, at the kink of the absolute error too."""
    out, _, first, last = case()
    dout = np.empty_like(out)
    assert add_up(loss, out, out, first, last, dout=dout) == 0
    assert not dout.any()
