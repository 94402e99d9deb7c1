"""Whole series forward and back in the memory of a chunk: as in one go."""

import tracemalloc

import numpy as np
import pytest

from rnncli.gradients.report import gradient_by_lag, gradient_report
from rnncli.gradients.unroll import unroll_network
from rnncli.kernels import CELLS
from rnncli.network import backprop
from rnncli.network.backprop import CHUNK, back_through
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, forward

from builders import ALONE, network_of, prepared_of  # isort: skip

pytestmark = pytest.mark.thorough

LANES = 16


def network(cell, layers):
    a = Architecture(cell=cell, hidden_size=4, layers=layers, window=9)
    weights = np.random.default_rng(layers).standard_normal(a.size) * 0.5
    return Network(a, weights)


def in_one_go(ref, x, dout):
    """Gradient, norms by state and outputs of a workspace that holds all days."""
    work = Workspace(ref.architecture, len(x), LANES, "float64", keep_dstates=True)
    out = forward(ref, x, work).copy()
    backward(ref, x, dout, work)
    return out, work.reached(len(x)), work.gradient


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("days", [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_chunk_by_chunk_is_as_in_one_go(cell, layers, days):
    """Outputs, gradients of the states and of the weights, to 1e-12; chunks come last first."""
    rng = np.random.default_rng(days)
    ref = network(cell, layers)
    x, dout = rng.standard_normal((2, days, 1, LANES))
    outputs, dstates, gradient = in_one_go(ref, x, dout)

    def seed(start, out, into):
        np.testing.assert_allclose(out, outputs[start : start + len(out)], rtol=1e-12, atol=1e-15)
        into[:] = dout[start : start + len(out)]

    seen = []
    for chunk, work in back_through(ref, x, seed, keep_dstates=True):
        seen.append(chunk)
        found = work.reached(chunk.stop - chunk.start)
        np.testing.assert_allclose(found, dstates[:, chunk], rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(work.gradient, gradient, rtol=1e-12, atol=1e-12)
    assert [chunk.start for chunk in seen[::-1]] == list(range(0, days, CHUNK))
    assert seen[0].stop == days


def test_the_report_does_not_hang_on_the_chunks(monkeypatch):
    """Series of unequal length, in chunks of 32 days and in one."""
    rng = np.random.default_rng(0)
    prepared = prepared_of([rng.standard_normal(n) for n in (150, 33, 64, 2, 97)])
    ref, found = network_of(3, 2), []
    for days in (32, 4096):
        monkeypatch.setattr(backprop, "CHUNK", days)
        found.append(gradient_report(ref, ref, prepared, "huber", 0.0, ALONE))
    one, other = found
    np.testing.assert_allclose(one.lags.norm, other.lags.norm, rtol=1e-12)
    for a, b in zip(one.parameters, other.parameters, strict=True):
        assert (a.norm, a.max_abs) == pytest.approx((b.norm, b.max_abs), rel=1e-12)
    unrolled = []
    values = rng.standard_normal(100)
    for days in (32, 4096):
        monkeypatch.setattr(backprop, "CHUNK", days)
        unrolled.append(unroll_network(ref, values).columns)
    for name, column in unrolled[0].items():
        np.testing.assert_allclose(column, unrolled[1][name], rtol=1e-12, err_msg=name)


@pytest.mark.slow
def test_a_long_series_takes_no_more_than_its_own_size():
    """Twenty thousand days of 32 units would be 82 MB a layer were every state kept."""
    prepared = prepared_of([np.random.default_rng(0).standard_normal(20_000)])
    ref = network_of(32, 2)
    tracemalloc.start()
    gradient_by_lag(ref, prepared, "mse", ALONE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40e6
