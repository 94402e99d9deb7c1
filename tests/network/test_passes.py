"""A network over a group of lanes, forward and back."""

import numpy as np
import pytest

from rnncli.kernels import CELLS
from rnncli.network.network import Architecture, Network, initial_network
from rnncli.network.passes import Workspace, backward, forward
from rnncli.runtime.threads import threads

LANES = 16


def test_threads_change_no_bit():
    """Groups run in parallel give the bits that they give one after the other."""
    a = Architecture(hidden_size=5, layers=2)
    network = initial_network(a, "orthogonal", np.random.default_rng(0))
    groups = np.random.default_rng(1).standard_normal((8, 30, 1, LANES)).astype(np.float32)

    def run(x):
        work = Workspace(a, len(x), LANES, "float32")
        backward(network, x, forward(network, x, work).copy(), work)
        return work.out.tobytes() + work.gradient.tobytes()

    ref = [run(x) for x in groups]
    for number in (1, 2, 4):
        with threads(number) as pool:
            assert pool.map(run, list(groups)) == ref


def test_a_workspace_for_forecasts_has_nothing_for_the_way_back():
    """Without backward, no memory is taken for gradients."""
    work = Workspace(Architecture(hidden_size=4), 10, LANES, "float32", backward=False)
    assert not hasattr(work, "dstates")
    assert not hasattr(work, "gradient")


@pytest.mark.parametrize("shape", [(3, 2, LANES), (3, 1, LANES // 2), (5, 1, LANES)])
def test_arrays_that_do_not_fit_never_reach_a_kernel(shape):
    """Kernels check no bounds: another number of features, lanes or days is refused before."""
    network = initial_network(Architecture(hidden_size=2), "uniform", np.random.default_rng(0))
    work = Workspace(network.architecture, 4, LANES, "float32")
    wrong, right = np.zeros(shape, np.float32), np.zeros((3, 1, LANES), np.float32)
    with pytest.raises(ValueError, match="shape"):
        forward(network, wrong, work)
    forward(network, right, work)
    with pytest.raises(ValueError, match="shape"):
        backward(network, right, wrong, work)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_days_that_are_not_asked_for_change_no_bit_of_the_others(cell, layers):
    """Their outputs are left alone; with nothing sent back from them, gradients are the same."""
    a = Architecture(
        cell, input_size=3, hidden_size=4, layers=layers, output_size=2, linear=True, window=5
    )
    rng = np.random.default_rng(2)
    network = Network(a, rng.normal(0, 0.5, a.size).astype(np.float32))
    x = rng.standard_normal((70, 3, LANES)).astype(np.float32)
    asked = (rng.random(70) < 0.3).astype(np.uint8)
    asked[32:64] = 0  # a whole block of days
    dout = rng.standard_normal((70, 2, LANES)).astype(np.float32) * asked[:, None, None]
    work, ref = (Workspace(a, 70, LANES, "float32") for _ in range(2))
    work.out[:] = np.nan
    out, expected = forward(network, x, work, asked), forward(network, x, ref)
    np.testing.assert_array_equal(out[asked == 1], expected[asked == 1])
    assert np.isnan(out[asked == 0]).all()
    backward(network, x, dout, work, asked=asked)
    backward(network, x, dout, ref)
    assert np.any(ref.gradient != 0)
    np.testing.assert_array_equal(work.gradient, ref.gradient)


def test_as_many_days_are_asked_for_as_there_are():
    """The kernels would read past the end of fewer."""
    a = Architecture(hidden_size=2)
    network = initial_network(a, "uniform", np.random.default_rng(0))
    work, x = Workspace(a, 4, LANES, "float32"), np.zeros((3, 1, LANES), np.float32)
    for wrong in (2, 4):
        with pytest.raises(ValueError, match="asked"):
            forward(network, x, work, np.ones(wrong, np.uint8))
