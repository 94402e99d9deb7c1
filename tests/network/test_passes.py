"""A network over a group of lanes, forward and back."""

import numpy as np
import pytest

from rnncli.network.network import Architecture, initial_network
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
