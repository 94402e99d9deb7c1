"""Forward along time equals the naive twin, in one go and in chunks, in any number of lanes."""

import os

import naive
import numpy as np
import pytest

from rnncli.kernels import CELLS
from rnncli.kernels.block_sizes import block_of
from rnncli.kernels.lanes import ALONE
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, forward, lanes_of

pytestmark = pytest.mark.thorough

LANES = 16
CHOICES = [(cell, activation) for cell in CELLS for activation in CELLS[cell].activations]
each_choice = pytest.mark.parametrize(("cell", "activation"), CHOICES)
each_dtype = pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-5)])


def make(cell, activation, hidden_size, layers=1, input_size=1, dtype="float64", days=20):
    """A network with random weights and biases, and inputs x (T, I, L)."""
    rng = np.random.default_rng(hidden_size)
    architecture = Architecture(
        cell, activation, input_size, hidden_size, layers, output_size=2, window=4
    )
    bound = 1 / np.sqrt(hidden_size)
    flat = rng.uniform(-bound, bound, architecture.size).astype(dtype)
    x = rng.standard_normal((days, input_size, LANES)).astype(dtype)
    return Network(architecture, flat), x


def naive_run(network, x):
    """States of each layer and outputs, in float64."""
    a = network.architecture
    arguments = x.astype("float64"), network.astype("float64").parameters
    chosen = a.cell, a.layers, a.activation
    return naive.states(*arguments, *chosen), naive.outputs(*arguments, *chosen)


@each_choice
@each_dtype
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("hidden_size", [1, 3, 4, 6, 17])
@pytest.mark.parametrize("input_size", [1, 2])
def test_forward_is_the_naive_forward(
    cell, activation, dtype, within, layers, hidden_size, input_size
):
    """Outputs and the states of every layer are those of the definition."""
    network, x = make(cell, activation, hidden_size, layers, input_size, dtype, days=7)
    work = Workspace(network.architecture, len(x), LANES, dtype)
    ref_states, ref = naive_run(network, x)
    comp = forward(network, x, work)
    assert comp.dtype == dtype
    np.testing.assert_allclose(comp, ref, rtol=0, atol=within)
    for ref_layer, comp_layer in zip(ref_states, work.states, strict=True):
        np.testing.assert_allclose(comp_layer, ref_layer, rtol=0, atol=within)


@each_choice
@pytest.mark.parametrize("days", range(1, 21))
def test_forward_for_every_number_of_days(cell, activation, days):
    """No length is special, and a workspace may be longer than the days it is used for."""
    network, x = make(cell, activation, hidden_size=4, layers=2, days=days)
    ref = naive_run(network, x)[1]
    comp = forward(network, x, Workspace(network.architecture, 24, LANES, "float64"))
    np.testing.assert_allclose(comp, ref, rtol=0, atol=1e-12)


@each_choice
@each_dtype
def test_chunks_with_the_state_carried_are_the_whole(cell, activation, dtype, within):
    """Cut into chunks of any length, a sequence has the same outputs."""
    network, x = make(cell, activation, hidden_size=6, layers=3, dtype=dtype)
    ref = naive_run(network, x)[1]
    work = Workspace(network.architecture, 9, LANES, dtype)
    for start, stop in ((0, 9), (9, 10), (10, 17), (17, 20)):
        comp = forward(network, x[start:stop], work)
        np.testing.assert_allclose(comp, ref[start:stop], rtol=0, atol=within)
        work.carry(stop - start)


@each_choice
def test_a_reset_forgets(cell, activation):
    """After a reset the same inputs have the same bits of outputs as in a new workspace."""
    network, x = make(cell, activation, hidden_size=5, layers=2)
    work = Workspace(network.architecture, len(x), LANES, "float64")
    ref = forward(network, x, work).copy()
    work.carry(len(x))
    assert not np.array_equal(forward(network, x, work), ref)
    work.reset()
    assert np.array_equal(forward(network, x, work), ref)


@pytest.mark.skipif(
    os.environ.get("NUMBA_DISABLE_JIT", "0") != "0", reason="products of NumPy have other sums"
)
@pytest.mark.parametrize(("cell", "activation"), [(c, a) for c, a in CHOICES if c != "attention"])
@pytest.mark.parametrize("hidden_size", [1, 5, 16, 23])
def test_a_sequence_by_itself_has_the_bits_of_one_among_others(cell, activation, hidden_size):
    """States, what is saved and outputs, through layers, a head and a linear path."""
    architecture = Architecture(
        cell, activation, 3, hidden_size, layers=2, output_size=21, mode="direct", horizon=7,
        head="student-t", rows_ahead=tuple(range(1, 8)), linear=True,
    )  # fmt: skip
    assert lanes_of(architecture, 1, LANES, "float32") == ALONE
    rng = np.random.default_rng(hidden_size)
    network = Network(architecture, rng.normal(0, 0.4, architecture.size).astype("float32"))
    x = rng.standard_normal((30, 3, LANES)).astype("float32")
    among = Workspace(architecture, len(x), LANES, "float32", backward=False)
    alone = Workspace(architecture, len(x), ALONE, "float32", backward=False)
    forward(network, x, among)
    for lane in (0, LANES - 1):
        alone.reset()
        forward(network, np.ascontiguousarray(x[:, :, lane : lane + 1]), alone)
        comp = [alone.out, *alone.states, *alone.saved]
        for ref, own in zip([among.out, *among.states, *among.saved], comp, strict=True):
            assert np.array_equal(ref[..., lane], own[..., 0])


@pytest.mark.parametrize("cell", ["rnn", "gru", "lru"])  # sums passed together, apart, diagonal
@pytest.mark.parametrize("hidden_size", [1, 5, 23])
@pytest.mark.parametrize("others", [ALONE, 64], ids=["alone", "among more"])
def test_gradients_of_a_sequence_are_the_same_in_any_number_of_lanes(cell, hidden_size, others):
    """To rounding: of all parameters and of the states, over more days than a block has."""
    architecture = Architecture(cell, "tanh", 3, hidden_size, layers=2, output_size=4)
    rng = np.random.default_rng(hidden_size)
    network = Network(architecture, rng.normal(0, 0.4, architecture.size))
    x, dout = (np.zeros((block_of(LANES) + 9, n, 64)) for n in (3, 4))
    x[..., 0], dout[..., 0] = rng.standard_normal(x.shape[:2]), rng.standard_normal(dout.shape[:2])
    works = []
    for lanes in (LANES, others):
        work = Workspace(architecture, len(x), lanes, "float64", keep_dstates=True)
        forward(network, np.ascontiguousarray(x[..., :lanes]), work)
        backward(network, x[..., :lanes].copy(), dout[..., :lanes].copy(), work)
        works.append(work)
    one, other = works
    largest = np.abs(one.gradient).max()
    np.testing.assert_allclose(other.gradient, one.gradient, rtol=1e-11, atol=1e-13 * largest)
    for ref, comp in zip(one.dstates, other.dstates, strict=True):
        np.testing.assert_allclose(comp[..., 0], ref[..., 0], rtol=1e-10, atol=1e-13 * largest)


def test_what_would_have_other_bits_by_itself_is_run_among_others():
    """Attention sums over its units, and float64 has other kernels; two sequences are not alone."""
    rnn = Architecture("rnn", "tanh", 1, 4)
    assert lanes_of(rnn, 2, LANES, "float32") == LANES
    assert lanes_of(rnn, 1, LANES, "float64") == LANES
    assert lanes_of(Architecture("attention", "tanh", 1, 4), 1, LANES, "float32") == LANES
