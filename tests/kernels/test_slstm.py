"""The stabiliser of the sLSTM: exponents of any size, and outputs that do not depend on it."""

import naive
import numpy as np
import pytest

from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, forward

pytestmark = pytest.mark.thorough

LANES, DAYS = 16, 8
A = Architecture("slstm", hidden_size=4, input_size=1, output_size=1)


def network_of(scale, dtype="float64"):
    """A network whose input gates see `scale` times the inputs."""
    network = Network(A, np.random.default_rng(0).uniform(-0.5, 0.5, A.size))
    network.parameters["weight_ih_l0"][:4] *= scale
    return network.astype(dtype)


def days(seed=1, dtype="float64"):
    return np.random.default_rng(seed).standard_normal((DAYS, 1, LANES)).astype(dtype)


@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-3)])
def test_exponents_beyond_the_numbers_overflow_nowhere(dtype, within):
    """With input gates of exp(±1000), outputs are the twin's, and gradients finite."""
    network, x = network_of(2000.0, dtype), days(dtype=dtype)
    work = Workspace(A, DAYS, LANES, dtype)
    out = forward(network, x, work)
    ref = naive.outputs(
        x.astype("float64"), network.astype("float64").parameters, "slstm", 1, "tanh"
    )
    assert np.abs(work.states[0][3]).max() > 1000
    np.testing.assert_allclose(out, ref, rtol=0, atol=within)
    work.dout[:] = 1
    backward(network, x, work.dout, work)
    assert np.isfinite(work.gradient).all()


def test_outputs_do_not_depend_on_the_stabiliser():
    """c and n over exp(m) are the same memory for every m."""
    network, x = network_of(1.0), days()
    work, other = (Workspace(A, DAYS, LANES, "float64") for _ in range(2))
    forward(network, days(seed=2), work)
    work.carry(DAYS)
    other.states[0][:, 0] = work.states[0][:, 0]
    other.states[0][1:3, 0] *= np.exp(-5)
    other.states[0][3, 0] += 5
    ref = forward(network, x, work)
    np.testing.assert_allclose(forward(network, x, other), ref, rtol=1e-12)
    work.dout[:] = other.dout[:] = 1
    backward(network, x, work.dout, work)
    backward(network, x, other.dout, other)
    np.testing.assert_allclose(other.gradient, work.gradient, rtol=1e-10, atol=1e-13)
