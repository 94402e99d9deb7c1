"""Pieces take the workspaces of threads: what a run leaves does not depend on the run before."""

from dataclasses import replace
from functools import partial
from threading import Barrier

import numpy as np
import pytest
from builders import prepared_of

from rnncli.network.from_settings import start_network
from rnncli.network.network import Architecture
from rnncli.network.passes import Workspace
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.truncated_bptt import Chunks, Workspaces

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


def test_each_thread_has_a_workspace():
    """The same from call to call, and nobody else's."""
    workspaces = Workspaces(partial(Workspace, Architecture(hidden_size=4), 3, 16, "float32"))
    both = Barrier(2)

    def taken(_item):
        both.wait(timeout=60)  # each by another thread
        return workspaces.of_this_thread(), workspaces.of_this_thread()

    with threads(2) as pool:
        here, there = pool.map(taken, range(2))
    assert here[0] is here[1]
    assert there[0] is there[1]
    assert here[0] is not there[0]
    assert workspaces.of_this_thread() in {here[0], there[0]}


def losses_of(listed):
    """Losses of an epoch of several batches, of several chunks each."""
    rng = np.random.default_rng(0)
    prepared = prepared_of([rng.normal(size=40) for _ in range(70)])
    network = start_network(SHAPE, 0)
    settings = TrainSettings(loss="mse", bptt=16, batch_size=32)
    chunks = Chunks(prepared, network.architecture, settings, "float32")
    steps = chunks.steps(1, np.random.default_rng(1))
    return [
        [piece.run(network, step.days) for piece in step.pieces]
        for step in (list(steps) if listed else steps)
    ]


def test_a_batch_starts_from_zero_states_even_if_all_steps_are_drawn_first():
    """Not from where the batch before it ended."""
    drawn_first = losses_of(listed=True)
    assert len(drawn_first) == 9
    assert drawn_first == losses_of(listed=False)


def test_steps_are_counted_before_any_batch_is_packed():
    prepared = prepared_of([np.ones(30 + i) for i in range(70)])
    settings = TrainSettings(bptt=16, batch_size=16)
    chunks = Chunks(prepared, Architecture(hidden_size=4), settings, "float32")
    batches = chunks.draw(np.random.default_rng(1))
    assert sorted(np.concatenate(batches)) == list(range(70))
    assert chunks.count(batches) == len(list(chunks.steps_of(batches)))


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
