"""The pass over the validation days counts dead and saturated units as their definition says."""

import numpy as np
import pytest
from builders import ALONE, ignore, network_of, prepared_of, states_by_hand

from rnncli.inference.rollout import CHUNK, whole_series
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import pack
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import NextValue
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.task import LOOKED_AT, run_validation_pass
from rnncli.training.trainer import train

LENGTHS = (LOOKED_AT, 12, 20, CHUNK + 5)  # the last one in two passes


def held_back(network, series, pool=ALONE):
    prepared = prepared_of(series, 0.2)
    groups = pack(prepared.inputs, whole_series(prepared), 16, network.flat.dtype.name)
    return run_validation_pass(network, groups, NextValue("mse"), pool)


def series_of(lengths, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(length) for length in lengths]


def by_hand(network, series):
    """States (days, layers * H) of every day that has a next one."""
    found = [np.concatenate(states_by_hand(network, one[:-1]), axis=1) for one in series]
    return np.concatenate(found)


@pytest.mark.parametrize("seed", range(5))
def test_dead_units_are_zero_on_every_day_of_every_series(seed):
    """As counted from the states of the definition; what stands in padding does not count."""
    network, series = network_of(6, 2, "relu", seed), series_of(LENGTHS)
    network.flat[:] = network.flat * 0.3
    network.parameters["bias_ih_l0"][:3] -= [50.0, 2.2, 2.5]  # never, and hardly ever, above 0
    found = held_back(network, series)
    dead = ~np.any(by_hand(network, series) > 0, axis=0)
    assert found.dead_units == np.sum(dead) > 0
    assert found.saturated_units is None


def test_a_unit_that_only_padding_wakes_is_dead():
    """Past its end a short series is fed zeros; the states of a unit there are not days."""
    network = network_of(1, 1, "relu")
    network.flat[:] = [-10.0, 0.0, 1.0, 0.0, 1.0, 0.0]  # relu(1 - 10 x)
    series = [np.full(9, 0.5), np.full(30, 0.5)]
    assert held_back(network, series).dead_units == 1
    series[1][20] = 0.05
    assert held_back(network, series).dead_units == 0


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("seed", range(3))
def test_saturated_units_are_at_the_edge_on_more_than_half_of_the_days(cell, seed):
    """As counted from the states of the definition, for series short enough to count each day."""
    a = Architecture(cell, hidden_size=8, layers=2, window=4)
    weights = 6 * np.random.default_rng(seed).standard_normal(a.size)
    network, series = Network(a, weights), series_of(LENGTHS[:3])
    if cell in ("lstm", "slstm"):  # by chance alone they hardly ever show the edge
        network.parameters["bias_ih_l1"][:] += 20.0
    found = held_back(network, series)
    share = np.mean(np.abs(by_hand(network, series)) > 0.99, axis=0)
    assert found.saturated_units == np.sum(share > 0.5) > 0
    assert found.dead_units is None


def test_long_series_are_sampled():
    """Of many days some are looked at, the same for all units: a unit stuck throughout is seen."""
    network = network_of(2, 1, "tanh")
    network.flat[:] = 0
    network.parameters["bias_ih_l0"][0] = 5.0
    assert held_back(network, series_of([700, 900])).saturated_units == 1


def test_threads_change_nothing():
    """Groups in parallel give the results that they give one after the other."""
    network, series = network_of(5, dtype="float32"), series_of([40] * 70)
    with threads(3) as pool:
        assert held_back(network, series, pool) == held_back(network, series)


@pytest.mark.thorough
def test_every_epoch_tells_its_units_and_its_updates():
    """relu has dead units, tanh saturated ones; without validation days nothing is known."""
    for activation, known, unknown in (
        ("relu", "dead_units", "saturated_units"),
        ("tanh", "saturated_units", "dead_units"),
    ):
        shape = NetworkSettings(hidden_size=4, activation=activation)
        epochs = [
            train(prepared_of(series_of([40] * 4), held), shape, TrainSettings(epochs=2), ALONE,
                  ignore).epochs[0]
            for held in (0.2, 0.0)
        ]  # fmt: skip
        assert getattr(epochs[0], known) in range(5)
        assert getattr(epochs[0], unknown) is None
        assert epochs[1].dead_units is epochs[1].saturated_units is None


def test_the_update_ratio_is_that_of_the_steps():
    """A single step of SGD without momentum: rate times the clipped norm over the weights' norm."""
    settings = TrainSettings(
        epochs=1, optimizer="sgd", momentum=0.0, learning_rate=0.5, clip_norm=1e-2, bptt=0
    )
    prepared = prepared_of(series_of([40]), 0.0)
    result = train(prepared, NetworkSettings(hidden_size=4), settings, ALONE, ignore)
    epoch = result.epochs[0]
    norm = float(np.linalg.norm(result.network.flat))
    assert epoch.gradient_norm > 1e-2
    assert epoch.update_ratio == pytest.approx(0.5 * 1e-2 / norm, rel=0.02)
