"""The derivative by the inputs, against plain back-propagation and central differences."""

import naive
import numpy as np
import pytest
from gradient_check import disagreement, each_choice

from rnncli.kernels.block_sizes import block_of
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, by_inputs, forward

pytestmark = pytest.mark.thorough

LANES, INPUTS, STEP = 16, 2, 1e-5
BLOCK = block_of(LANES)
DAYS = BLOCK + 3  # more than a workspace holds of the lowest layer without being asked to


def case(cell, activation, layers, days=DAYS):
    """A network, inputs and derivatives by the outputs, away from every kink."""
    a = Architecture(cell, activation, INPUTS, 4, layers, output_size=2, window=6)
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        network = Network(a, rng.uniform(-0.7, 0.7, a.size))
        x, dout = rng.standard_normal((days, INPUTS, LANES)), rng.standard_normal((days, 2, LANES))
        if naive.kinks(x, network.parameters, cell, layers, activation) > 1e-4:
            return network, x, dout
    raise AssertionError("no case is away from the kinks")


def compiled(network, x, dout, start=None):
    """The derivative (T, I, L) that the kernels leave."""
    work = Workspace(network.architecture, len(x) + 2, LANES, "float64", inputs_back=True)
    if start:
        work.carry_in(start)
    forward(network, x, work)
    backward(network, x, dout, work)
    return by_inputs(network, dout, work)


@each_choice
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_as_plain_back_propagation(cell, activation, layers):
    """Of every day, input and lane, from states that were carried in."""
    network, x, dout = case(cell, activation, layers)
    chosen = cell, layers, activation
    start = naive.after(x, network.parameters, *chosen)  # wherever the first days lead
    ref = naive.gradients(x, network.parameters, *chosen, dout, start)[2]
    np.testing.assert_allclose(compiled(network, x, dout, start), ref, rtol=1e-9, atol=1e-12)


@pytest.mark.slow_shapes
@each_choice
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_as_central_differences(cell, activation, layers):
    """Of the naive forward, by every input of some days; lanes are distinguished at once."""
    network, x, dout = case(cell, activation, layers, days=9)
    comp = compiled(network, x, dout)

    def by_lane(inputs):
        out = naive.outputs(inputs, network.parameters, cell, layers, activation)
        return np.sum(out * dout, axis=(0, 1))

    ref = np.empty_like(comp)
    for t, i in np.ndindex(len(x), INPUTS):
        higher, lower = x.copy(), x.copy()
        higher[t, i] += STEP
        lower[t, i] -= STEP
        ref[t, i] = (by_lane(higher) - by_lane(lower)) / (2 * STEP)
    assert disagreement("inputs", comp, ref) == ""


def test_days_that_were_not_kept_are_refused():
    """A workspace that holds a block of the lowest layer gives no more than that."""
    network, x, dout = case("rnn", "tanh", 1)
    work = Workspace(network.architecture, DAYS, LANES, "float64")
    forward(network, x, work)
    backward(network, x, dout, work)
    with pytest.raises(ValueError, match=f"{DAYS} days where dinputs holds {BLOCK}"):
        by_inputs(network, dout, work)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_linear_path_sends_back_too(layers):
    """By central differences of the kernels' own forward: no twin has such a path."""
    a = Architecture("gru", "tanh", INPUTS, 4, layers, output_size=2, linear=True)
    rng = np.random.default_rng(layers)
    network = Network(a, rng.uniform(-0.7, 0.7, a.size))
    x, dout = rng.standard_normal((9, INPUTS, LANES)), rng.standard_normal((9, 2, LANES))
    work = Workspace(a, 9, LANES, "float64")
    ref = np.empty_like(x)
    for t, i in np.ndindex(len(x), INPUTS):
        sums = []
        for step in (STEP, -STEP):
            moved = x.copy()
            moved[t, i] += step
            work.reset()
            sums.append(np.sum(forward(network, moved, work) * dout, axis=(0, 1)))
        ref[t, i] = (sums[0] - sums[1]) / (2 * STEP)
    assert disagreement("inputs", compiled(network, x, dout), ref) == ""
