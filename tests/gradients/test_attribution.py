"""Integrated gradients against a plain twin, and their promise to add up."""

import naive
import numpy as np
import pytest
from gradient_check import each_choice

from rnncli.gradients.attribution import TOLERANCE, attribute
from rnncli.network.network import Architecture, Network
from rnncli.transforms.scaled_path import RunningDeviation, ScaledPath

pytestmark = pytest.mark.thorough

DAYS, INPUTS = 9, 2


def plain_path(moves):
    """Moves that are fed as they are."""
    over = np.zeros((len(moves), INPUTS - 1))
    return ScaledPath(moves, None, 1.0, np.inf, None, over)


def case(cell, activation, layers, seed=0):
    """A network, states before, inputs and two baselines."""
    a = Architecture(cell, activation, INPUTS, 4, layers, output_size=2, window=6)
    rng = np.random.default_rng(seed)
    network = Network(a, rng.uniform(-0.5, 0.5, a.size))
    before = rng.standard_normal((5, INPUTS, 1))
    states = naive.after(before, network.parameters, cell, layers, activation)
    start = [of_layer[..., 0] for of_layer in states]
    return (
        network,
        start,
        rng.standard_normal((DAYS, INPUTS)),
        rng.standard_normal((2, DAYS, INPUTS)),
    )


def product(outputs, log_steps):
    """A quantity with a derivative of its own: out0 tanh(out1) + the log of a step."""
    values, bent = outputs[:, 0], np.tanh(outputs[:, 1])
    derivative = np.stack([bent, values * (1 - bent**2)], 1)
    return values * bent + log_steps, derivative, np.ones(len(outputs))


def by_hand(network, start, x, baseline, points):
    """Effects by the midpoint rule on `points` points of the line, by plain back-propagation."""
    a = network.architecture
    chosen = network.parameters, a.cell, a.layers, a.activation
    start = [np.repeat(one[..., None], points, axis=-1) for one in start]
    places = (np.arange(points) + 0.5) / points  # a lane each
    at = baseline[..., None] + places * (x - baseline)[..., None]
    out = naive.outputs(at, *chosen, start=start)
    dout = np.zeros(out.shape)
    dout[-1] = product(out[-1].T, np.zeros(points))[1].T
    return (x - baseline) * naive.gradients(at, *chosen, dout, start)[2].mean(axis=-1)


def value_by_hand(network, start, x):
    a = network.architecture
    start = [one[..., None] for one in start]
    out = naive.outputs(
        x[..., None], network.parameters, a.cell, a.layers, a.activation, start=start
    )
    return float(product(out[-1].T, np.zeros(1))[0][0])


@pytest.mark.slow_shapes
@each_choice
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_as_the_plain_twin(cell, activation, layers):
    """Every effect, the mean over two baselines, and both ends of the lines."""
    network, start, x, baselines = case(cell, activation, layers)
    comp = attribute(network, start, plain_path(x[:, 0]), x, baselines, product)
    ref = np.mean([by_hand(network, start, x, one, 400) for one in baselines], axis=0)
    np.testing.assert_allclose(comp.effects, ref, atol=2e-4 if activation == "tanh" else 2e-3)
    assert comp.value == pytest.approx(value_by_hand(network, start, x), rel=1e-9)
    ends = [value_by_hand(network, start, one) for one in baselines]
    assert comp.baseline == pytest.approx(np.mean(ends), rel=1e-9)


@pytest.mark.slow_shapes
@each_choice
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_effects_add_up(cell, activation, layers, seed):
    """To the quantity at the inputs less that at the baselines, as closely as is said."""
    network, start, x, baselines = case(cell, activation, layers, seed)
    comp = attribute(network, start, plain_path(x[:, 0]), 3 * x, baselines, product)
    assert abs(comp.gap) <= TOLERANCE
    assert comp.effects.sum() == pytest.approx(comp.value - comp.baseline, abs=1e-3)


def test_effects_on_a_straight_line_are_weights_times_differences():
    """Of relu units that stay on, which is a linear network."""
    a = Architecture("rnn", "relu", 1, 1)
    network = Network(a, np.array([2.0, 0.5, 50.0, 0.0, 3.0, 0.0]))
    x, baseline = np.array([[1.0], [2.0], [3.0]]), np.array([[0.0], [0.0], [1.0]])
    path = ScaledPath(x[:, 0], None, 1.0, np.inf, None, np.zeros((3, 0)))

    def first(outputs, log_steps):
        return outputs[:, 0], np.ones((len(outputs), 1)), np.zeros(len(log_steps))

    comp = attribute(network, [np.zeros((1, 1))], path, x, baseline[None], first)
    np.testing.assert_allclose(comp.effects[:, 0], [6 * 0.25, 2 * 6 * 0.5, 2 * 6], rtol=1e-12)


def test_moves_count_with_what_they_do_to_the_deviation():
    """The effects add up through the values, the ranges and the step alike."""
    network, start, x, _ = case("gru", "tanh", 1)
    deviation = RunningDeviation(0.5, np.full(DAYS, 0.1))
    path = ScaledPath(x[:, 0], deviation, 0.02, 3.0, deviation, np.full((DAYS, 1), 1.5))
    point = path.point(x[:, 0], x[:, 1:])
    signs = np.where(np.arange(DAYS) % 2, -1.0, 1.0) * deviation.before
    baselines = np.stack([path.point(sign * signs, np.zeros((DAYS, 1))) for sign in (1, -1)])
    comp = attribute(network, start, path, point, baselines, product)
    fed, log_steps = path.fed(point[..., None])
    assert comp.value == pytest.approx(value_by_hand(network, start, fed[..., 0]) + log_steps[0])
    assert abs(comp.gap) <= TOLERANCE
    calm = path.fed(baselines[0][..., None])[0][:, 1, 0]
    np.testing.assert_allclose(calm, 0, atol=1e-12)
