"""Layers and head over one flat parameter vector."""

import naive
import numpy as np
import pytest

from rnncli.errors import UsageError
from rnncli.kernels import CELLS
from rnncli.network import from_settings
from rnncli.network.network import Architecture, Network, initial_network, named_views
from rnncli.settings import NetworkSettings

each_cell = pytest.mark.parametrize("cell", CELLS)
MATRIX = [cell for cell in CELLS if CELLS[cell].has_matrix]
DIAGONAL = [cell for cell in CELLS if CELLS[cell].diagonal is not None]
with_matrix = pytest.mark.parametrize("cell", MATRIX)


def architecture_of(cell, **sizes):
    return Architecture(cell=cell, activation=next(iter(CELLS[cell].activations)), **sizes)


@with_matrix
def test_shapes_are_those_of_a_state_dict(cell):
    """Names, shapes and order are PyTorch's, with the head last."""
    rows = CELLS[cell].gates * 5
    a = architecture_of(cell, input_size=2, hidden_size=5, layers=2, output_size=3)
    assert list(a.shapes().items()) == [
        ("weight_ih_l0", (rows, 2)),
        ("weight_hh_l0", (rows, 5)),
        ("bias_ih_l0", (rows,)),
        ("bias_hh_l0", (rows,)),
        ("weight_ih_l1", (rows, 5)),
        ("weight_hh_l1", (rows, 5)),
        ("bias_ih_l1", (rows,)),
        ("bias_hh_l1", (rows,)),
        ("head.weight", (3, 5)),
        ("head.bias", (3,)),
    ]
    assert a.size == rows * (2 + 5 + 2) + rows * (5 + 5 + 2) + 3 * 6
    assert Architecture(**a.as_dict()) == a


@pytest.mark.parametrize("cell", DIAGONAL)
def test_a_cell_without_recurrent_matrix_has_numbers_by_unit(cell):
    """weight_ih and bias_ih as in PyTorch, and diagonal_hh with a row a name, if it has any."""
    rows, names = CELLS[cell].gates * 5, CELLS[cell].diagonal.names
    shapes = architecture_of(cell, input_size=2, hidden_size=5).shapes()
    diagonal = {"diagonal_hh_l0": (len(names), 5)} if names else {}
    head = {"head.weight": (1, 5), "head.bias": (1,)}
    assert shapes == {"weight_ih_l0": (rows, 2), **diagonal, "bias_ih_l0": (rows,), **head}


@pytest.mark.parametrize(("hidden_size", "heads"), [(5, 1), (8, 1), (24, 3)])
def test_attention_has_a_bias_by_lag_in_each_head(hidden_size, heads):
    """In heads of 8 units, or a single one; only of it the file names a window."""
    a = Architecture("attention", hidden_size=hidden_size, window=7, output_size=0)
    rows = 4 * hidden_size
    assert list(a.shapes().items()) == [
        ("weight_ih_l0", (rows, 1)), ("bias_lag_l0", (heads, 7)), ("bias_ih_l0", (rows,)),
    ]  # fmt: skip
    assert (a.spans, Architecture.from_dict(a.as_dict())) == ((7,), a)
    assert "window" not in Architecture("gru").as_dict()


@pytest.mark.parametrize(
    ("setting", "fault"),
    [({"dilations": "1,5"}, "is for recurrent cells"), ({"init": "uniform"}, "is for recurrent")],
)
def test_attention_refuses_what_is_of_recurrences(setting, fault):
    """With what to do in its place."""
    with pytest.raises(UsageError, match=fault):
        from_settings.architecture_of(NetworkSettings(cell="attention", **setting))


def kept_at_zero(cell, network, layer):
    """What is left (H) of the states of a layer after a day of zeros, by their definition."""
    p = naive.layer_parameters(network.parameters, layer)
    ones, inputs = np.ones((1, network.architecture.hidden_size, 1)), p["weight_ih"].shape[1]
    day = naive.CELLS[cell].day
    without = day(np.zeros((inputs, 1)), 0 * ones, p, "tanh")
    return (day(np.zeros((inputs, 1)), ones, p, "tanh") - without)[0, :, 0]


@pytest.mark.parametrize("cell", DIAGONAL)
@pytest.mark.parametrize("hidden_size", [1, 2, 32])
def test_decays_start_on_a_log_grid(cell, hidden_size):
    """Without inputs, units halve in 1 to 250 days at the start, in every layer alike."""
    a = architecture_of(cell, hidden_size=hidden_size, layers=2)
    network = initial_network(a, "orthogonal", np.random.default_rng(0), "float64")
    ref = [250**0.5] if hidden_size == 1 else 250 ** (np.arange(hidden_size) / (hidden_size - 1))
    for layer in range(2):
        lives = np.log(0.5) / np.log(kept_at_zero(cell, network, layer))
        np.testing.assert_allclose(lives, ref, rtol=1e-9)


@pytest.mark.parametrize("cell", DIAGONAL)
def test_units_start_as_exponentially_weighted_means(cell):
    """A constant that flows in is what the state approaches: old and new have shares of 1."""
    a = architecture_of(cell, hidden_size=9)
    network = initial_network(a, "orthogonal", np.random.default_rng(0), "float64")
    network.parameters["bias_ih_l0"][9:] = 3.0
    states = naive.STATES[cell](np.zeros((9000, 1, 1)), network.parameters, 0, "tanh")
    np.testing.assert_allclose(states[-1], 3.0, rtol=1e-9)


@pytest.mark.parametrize("cell", DIAGONAL)
@pytest.mark.parametrize("init", ["uniform", "identity"])
def test_a_start_of_recurrent_matrices_needs_one(cell, init):
    """It would change nothing, so it is refused."""
    with pytest.raises(UsageError, match=f"init {init}: is for recurrent matrices; a {cell} has"):
        from_settings.architecture_of(NetworkSettings(cell=cell, init=init))


@each_cell
def test_named_parameters_are_views_of_the_flat_vector(cell):
    """Whatever is written to either is seen in the other, and each number has one name."""
    a = architecture_of(cell, hidden_size=3, layers=2)
    network = Network(a, np.arange(a.size, dtype=np.float32))
    views = network.parameters
    assert np.array_equal(np.concatenate([view.ravel() for view in views.values()]), network.flat)
    assert all(np.shares_memory(view, network.flat) for view in views.values())
    for view in named_views(a, network.flat).values():
        view[:] = -1
    assert (network.flat == -1).all()
    network.flat[:] = 7
    assert all((view == 7).all() for view in views.values())


@each_cell
def test_another_precision_is_a_copy(cell):
    """The numbers are the same, the memory is not."""
    network = initial_network(architecture_of(cell), "orthogonal", np.random.default_rng(0))
    for dtype in ("float32", "float64"):
        copy = network.astype(dtype)
        assert copy.flat.dtype == dtype
        assert np.array_equal(copy.flat, network.flat)
        assert not np.shares_memory(copy.flat, network.flat)


@with_matrix
@pytest.mark.parametrize("hidden_size", [1, 2, 7, 32])
def test_recurrent_weights_start_orthogonal(cell, hidden_size):
    """W Wᵀ = I for each gate: no direction of the state grows or fades at first."""
    a = architecture_of(cell, hidden_size=hidden_size, layers=2)
    network = initial_network(a, "orthogonal", np.random.default_rng(3), "float64")
    for layer in range(2):
        for block in np.split(network.parameters[f"weight_hh_l{layer}"], CELLS[cell].gates):
            np.testing.assert_allclose(block @ block.T, np.eye(hidden_size), atol=1e-13)


def test_orthogonal_weights_take_every_direction():
    """Drawn often, they have mean 0 and variance 1/H, as uniformly distributed ones do."""
    a, rng = Architecture(hidden_size=3), np.random.default_rng(0)
    drawn = [initial_network(a, "orthogonal", rng).parameters["weight_hh_l0"] for _ in range(2000)]
    np.testing.assert_allclose(np.mean(drawn, axis=0), 0, atol=0.06)
    np.testing.assert_allclose(np.var(drawn, axis=0), 1 / 3, atol=0.04)


@each_cell
@pytest.mark.parametrize("init", ["orthogonal", "uniform"])
def test_the_start_follows_from_the_seed(cell, init):
    """The same seed gives the same bits, another seed another network."""
    a = architecture_of(cell, hidden_size=6, layers=2)
    one, same, other = (initial_network(a, init, np.random.default_rng(s)) for s in (1, 1, 2))
    assert one.flat.dtype == np.float32
    assert one.flat.tobytes() == same.flat.tobytes()
    assert not np.array_equal(one.flat, other.flat)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_forget_gate_starts_open(layers):
    """An LSTM's bias_ih of f begins at --forget-bias; nothing else differs."""
    a = Architecture("lstm", hidden_size=3, layers=layers)
    plain, biased = (
        initial_network(a, "uniform", np.random.default_rng(0), forget_bias=bias)
        for bias in (0.0, 2.5)
    )
    for name, view in biased.parameters.items():
        expected = np.repeat([0, 2.5, 0, 0], 3) if name.startswith("bias_ih") else 0
        assert np.array_equal(view - plain.parameters[name], np.broadcast_to(expected, view.shape))


@with_matrix
def test_recurrent_weights_may_start_as_the_identity(cell):
    """Each gate's block hands every unit on to itself."""
    a = architecture_of(cell, hidden_size=4, layers=2)
    network = initial_network(a, "identity", np.random.default_rng(0))
    for layer in range(2):
        for block in np.split(network.parameters[f"weight_hh_l{layer}"], CELLS[cell].gates):
            assert np.array_equal(block, np.eye(4))


@with_matrix
@pytest.mark.parametrize("init", ["orthogonal", "uniform"])
def test_start_weights_are_within_pytorch_s_range_and_biases_zero(cell, init):
    """All but orthogonal weights lie within 1/√H, and fill that range; a cell may start biases."""
    a = architecture_of(cell, hidden_size=64, layers=2)
    rng = np.random.default_rng(0)
    network = initial_network(a, init, rng, "float64", forget_bias=0.0)
    started = {"bias_ih": np.zeros(CELLS[cell].gates * 64)}
    CELLS[cell].start(started, 0.0)
    for name, view in network.parameters.items():
        if "bias" in name:
            assert np.array_equal(view, started.get(name[:-3], np.zeros_like(view)))
        elif init == "uniform" or "weight_hh" not in name:
            assert 0.9 / 8 < np.abs(view).max() <= 1 / 8, name
