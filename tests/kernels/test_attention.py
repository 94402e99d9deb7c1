"""Attention over a window: PyTorch's softmax attention, cut anywhere to the bit, mistakes seen."""

import numpy as np
import pytest
from gradient_check import LANES, check_gradients, make_case
from paths import GOLDEN

from rnncli import kernels
from rnncli.kernels import attention, time_loop
from rnncli.kernels._inline import inline
from rnncli.network import passes
from rnncli.network.network import Architecture, Network, initial_network, named_views
from rnncli.network.passes import Workspace, backward, forward

with np.load(GOLDEN / "torch_attention.npz") as recorded:
    ARRAYS = dict(recorded)


def recorded_case(dtype):
    """What is recorded, our network of its weights, and our workspace after forward and back."""
    days, inputs, lanes = ARRAYS["x"].shape
    window = ARRAYS["weight/bias_lag_l0"].shape[1]
    a = Architecture(
        "attention", input_size=inputs, hidden_size=16, layers=2, output_size=2, window=window
    )
    network = Network(a, np.empty(a.size, dtype))
    for name, view in network.parameters.items():
        view[:] = ARRAYS[f"weight/{name}"]
    work = Workspace(a, days, LANES, dtype)
    x, dout = (
        np.pad(array, [(0, 0), (0, 0), (0, LANES - lanes)]).astype(dtype)
        for array in (ARRAYS["x"], ARRAYS["dout"])
    )
    out = forward(network, x, work)
    backward(network, x, dout, work)
    return named_views(a, work.gradient), out[..., :lanes]


@pytest.mark.parametrize(("dtype", "within"), [("float64", 1e-12), ("float32", 1e-5)])
def test_outputs_and_gradients_are_pytorch_s(dtype, within):
    """Its scaled_dot_product_attention, over a longer series than the window, with two heads."""
    gradient, out = recorded_case(dtype)
    np.testing.assert_allclose(out, ARRAYS["output"], rtol=0, atol=within)
    for name, comp in gradient.items():
        ref = ARRAYS[f"gradient/{name}"]
        np.testing.assert_allclose(comp, ref, atol=within * np.abs(ref).max(), err_msg=name)


def test_heads_start_as_weighted_means_with_half_lives_of_1_to_250_days():
    """Scores are small at first, so the bias by lag decides."""
    a = Architecture("attention", hidden_size=32, window=300)
    bias = initial_network(a, "orthogonal", np.random.default_rng(0)).parameters["bias_lag_l0"]
    weights = np.exp(bias.astype("float64"))
    assert weights.shape == (4, 300)
    np.testing.assert_allclose(weights[:, 0], 1)
    np.testing.assert_allclose([weights[0, 1], weights[-1, 250]], 0.5, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_carried_window_goes_on_to_the_bit(dtype):
    """Also day by day, where a chunk is shorter than the window."""
    a = Architecture("attention", hidden_size=8, layers=2, window=5)
    network = initial_network(a, "orthogonal", np.random.default_rng(1), dtype)
    x = np.random.default_rng(2).standard_normal((17, 1, LANES)).astype(dtype)
    ref = forward(network, x, Workspace(a, 17, LANES, dtype)).copy()
    work = Workspace(a, 7, LANES, dtype)
    for start, stop in ((0, 7), (7, 8), (8, 9), (9, 12), (12, 17)):
        assert np.array_equal(forward(network, x[start:stop], work), ref[start:stop])
        work.carry(stop - start)


def test_no_day_beyond_the_window_counts():
    """Of two layers, one window after the other; the last of its days still counts."""
    a = Architecture("attention", hidden_size=8, layers=2, window=4)
    network = initial_network(a, "orthogonal", np.random.default_rng(1), "float64")
    x = np.random.default_rng(2).standard_normal((12, 1, LANES))
    out = forward(network, x, Workspace(a, 12, LANES, "float64")).copy()
    other = x.copy()
    other[2] += 1
    moved = forward(network, other, Workspace(a, 12, LANES, "float64")) != out
    assert [bool(day.any()) for day in moved] == [2 <= t <= 2 + 2 * 3 for t in range(12)]


right_scores = attention.by_scores


@inline
def by_shares(bias, head, q, keys, values, at, size, top, inverse, du, share, by_share):
    """The derivative by a share, where that by its score belongs."""
    right_scores(bias, head, q, keys, values, at, size, top, inverse, du, share, by_share)
    for j in range(share.shape[0]):
        for lane in range(share.shape[1]):
            by_share[j, lane] /= share[j, lane]


def with_wrong_softmax(monkeypatch):
    monkeypatch.setattr(attention, "by_scores", by_shares)
    monkeypatch.setattr(time_loop, "COMPILED", False)
    return attention.make_backward(None, 0, LANES)


def a_day_short(_monkeypatch):
    """No gradient for the last day of the window."""

    def mutant(x, bias_lag, states, *rest):
        kernel = kernels.backward_kernel("attention", "tanh", LANES, "float64")
        before = rest[7].copy()
        kernel(x, bias_lag, states, *rest)
        rest[7][:, -1] = before[:, -1]

    return mutant


def nearly(_monkeypatch):
    """A gradient by the bias that is a little too large."""

    def mutant(*arguments):
        kernels.backward_kernel("attention", "tanh", LANES, "float64")(*arguments)
        arguments[10][:] *= 1.001

    return mutant


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize("plant", [with_wrong_softmax, a_day_short, nearly])
def test_the_gradient_check_sees_planted_bugs(monkeypatch, plant):
    """A backward with a small mistake fails the check that the real one passes."""
    case = make_case("attention", "tanh", layers=2, hidden_size=3, days=9)
    check_gradients(case)
    kernel = plant(monkeypatch)
    monkeypatch.setattr(passes, "backward_kernel", lambda *_: kernel)
    with pytest.raises(AssertionError, match=r"backward .*, central difference"):
        check_gradients(case)
