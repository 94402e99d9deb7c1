"""Pieces take workspaces in turn: what a run leaves depends on nobody that had them before."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from builders import prepared_of

from rnncli.network.from_settings import start_network
from rnncli.network.network import Architecture
from rnncli.network.passes import Workspace
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.truncated_bptt import Chunks, InTurn

SHAPE = NetworkSettings(hidden_size=4)


def steps_of(cell, count):
    """Gradients and losses of the steps of an epoch, by a number of threads."""
    rng = np.random.default_rng(0)
    prepared = prepared_of([rng.normal(size=30 + i) for i in range(70)])
    network = start_network(replace(SHAPE, cell=cell), 0)
    settings = TrainSettings(loss="mse", bptt=16, batch_size=70)
    chunks = Chunks(prepared, network.architecture, settings, "float32")
    results = []
    with threads(count) as pool:
        for step in chunks.steps(1, np.random.default_rng(1)):
            losses = pool.map(lambda piece, days=step.days: piece.run(network, days), step.pieces)
            results.append((list(losses), [piece.gradient.copy() for piece in step.pieces]))
    return results


@pytest.mark.parametrize("cell", ["rnn", "lru"])
def test_pieces_have_the_same_bytes_by_any_number_of_threads(cell):
    alone, together = steps_of(cell, 1), steps_of(cell, 2)
    assert len(alone) > 2
    assert len(alone[0][0]) > 1
    for (ref, ref_gradients), (comp, comp_gradients) in zip(alone, together, strict=True):
        assert ref == comp
        assert np.array_equal(ref_gradients, comp_gradients)


def test_a_workspace_is_taken_by_one_group_at_a_time():
    make = partial(Workspace, Architecture(hidden_size=4), 3, 16, "float32")
    free = [make()]
    here, there = InTurn(free, make), InTurn(free, make)
    one, other = here.enter(), there.enter()
    assert one is not other
    other.states[0][:] = 1
    there.leave(other, 3, True)
    assert here.enter() is other
    assert not other.states[0][:, 0].any()  # those of `there` stay there


@pytest.mark.parametrize(
    ("cell", "units", "lanes"),
    [("lru", 16, 16), ("mingru", 16, 16), ("lru", 8, 32), ("gru", 16, 32)],
)
def test_diagonal_cells_of_enough_units_have_few_lanes(cell, units, lanes):
    architecture = Architecture(cell=cell, hidden_size=units)
    prepared = prepared_of([np.ones(30) for _ in range(64)])
    chunks = Chunks(prepared, architecture, TrainSettings(batch_size=64), "float32")
    step = next(chunks.steps(1, np.random.default_rng(0)))
    assert {piece.group.values.shape[2] for piece in step.pieces} == {lanes}
