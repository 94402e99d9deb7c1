"""Sequences one after another in a lane: each has the loss and the gradient that it has alone."""

from functools import partial

import numpy as np
import pytest
from builders import prepared_of
from hypothesis import given
from hypothesis import strategies as st

from rnncli.kernels.lanes import LANES, NEVER, Sequences, longest_first, pack
from rnncli.network import passes
from rnncli.network.from_settings import start_network
from rnncli.network.network import Architecture, Network
from rnncli.network.objectives import NextValue, RowsAhead
from rnncli.network.passes import Workspace, backward, forward
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.batching import make_batches
from rnncli.training.streams import (
    cost_of,
    lanes_of_streams,
    lay_out,
    longest_stream,
    one_each,
    pack_layout,
)
from rnncli.training.trainer import train
from rnncli.training.truncated_bptt import Chunk, Chunks, Place, Workspaces

FEW = LANES[-1]
ROWS = (1, 2, 4)
NEXT = NextValue("mse")
LENGTHS = (300 * 0.93 ** np.arange(40)).astype(int)
WHOLE = longest_stream(300)


def sequences_of(lengths):
    """One after another in an array; of every third the first days are a warm-up."""
    end = np.cumsum(lengths)
    first = np.where(np.arange(len(lengths)) % 3, 0, lengths // 4)
    return Sequences(end - lengths, end, first, lengths - 1, lengths)


def case_of(cell, objective, layers=1):
    """A network, and the inputs and returns ahead of sequences."""
    rng = np.random.default_rng(3)
    outputs = 3 * len(ROWS) if isinstance(objective, RowsAhead) else 1
    architecture = Architecture(
        cell=cell, input_size=2, hidden_size=3, layers=layers, output_size=outputs
    )
    network = Network(architecture, rng.normal(0, 0.5, architecture.size))
    ahead = rng.standard_normal((LENGTHS.sum(), len(ROWS)))
    for stop in np.cumsum(LENGTHS):
        for k, row in enumerate(ROWS):
            ahead[stop - row : stop, k] = np.nan  # not known
    return network, rng.standard_normal((LENGTHS.sum(), 2)), ahead


def of_streams(network, inputs, ahead, objective, size):
    """Loss and gradient of chunks of the days of streams, and when each member began."""
    sequences = sequences_of(LENGTHS)
    layouts = lay_out(LENGTHS, FEW)
    groups = [pack_layout(layout, inputs, sequences, FEW, "float64", ahead) for layout in layouts]
    days = sum(group.counted for group in groups)
    loss, gradient = 0.0, np.zeros_like(network.flat)
    make = partial(Workspace, network.architecture, size, FEW, "float64")
    for group in groups:
        place = Place(Workspaces(make))
        for start in range(0, group.days + size, size):  # a chunk without days as well
            chunk = Chunk(group, start, size, place, objective)
            loss += chunk.run(network, days)
            gradient += chunk.gradient
    begins = {
        member: begin
        for layout in layouts
        for member, begin in zip(layout.members.tolist(), layout.begins.tolist(), strict=True)
    }
    return loss, gradient, begins, days


def one_by_one(network, inputs, ahead, objective, size, begins, days):
    """The same of each sequence alone, cut where its stream is."""
    sequences = sequences_of(LENGTHS)
    loss, gradient = 0.0, np.zeros_like(network.flat)
    for member, begin in begins.items():
        alone = sequences.subset(np.array([member]))
        (group,) = pack(inputs, alone, FEW, "float64", ahead)
        work = Workspace(network.architecture, group.days, FEW, "float64")
        cuts = range(size - begin % size, group.days, size)
        for start, stop in zip([0, *cuts], [*cuts, group.days], strict=True):
            x, dout = group.values[start:stop], work.dout[: stop - start]
            out = forward(network, x, work)
            loss += objective.add_up(out, group, start, 1 / days, dout)
            backward(network, x, dout, work)
            work.carry(len(x))
        gradient += work.gradient
    return loss, gradient


def check(cell, objective, size, layers=1):
    """Raise AssertionError where the sequences have another loss or gradient in streams."""
    case = case_of(cell, objective, layers)
    loss, gradient, begins, days = of_streams(*case, objective, size)
    assert sorted(begins) == list(range(len(LENGTHS)))
    assert sum(begin > 0 for begin in begins.values()) > 5
    ref_loss, ref = one_by_one(*case, objective, size, begins, days)
    assert loss == pytest.approx(ref_loss, rel=1e-12)
    np.testing.assert_allclose(gradient, ref, rtol=1e-10, atol=1e-10 * np.abs(ref).max())


@pytest.mark.parametrize("size", [WHOLE, 48])
@pytest.mark.parametrize(
    ("cell", "objective", "layers"),
    [
        ("rnn", NEXT, 1),
        ("gru", RowsAhead(ROWS), 1),
        ("lstm", NEXT, 2),
        ("lru", NEXT, 1),
        ("slstm", NEXT, 1),
    ],
)
def test_sequences_have_the_loss_and_gradient_that_they_have_alone(cell, objective, layers, size):
    """To back-propagate through all days, and through chunks of them."""
    check(cell, objective, size, layers)


@pytest.mark.parametrize("forgotten", ["forward_kernel", "backward_kernel"])
def test_a_state_or_a_gradient_that_reaches_the_next_sequence_is_noticed(forgotten, monkeypatch):
    right = getattr(passes, forgotten)

    def wrong(*choice):
        kernel = right(*choice)
        return lambda *arrays: kernel(*arrays[:-2], *NEVER)

    monkeypatch.setattr(passes, forgotten, wrong)
    with pytest.raises(AssertionError):
        check("rnn", NEXT, WHOLE)


each_lengths = st.lists(st.integers(2, 60), min_size=1, max_size=80).map(np.array)


@given(each_lengths, st.sampled_from(LANES))
def test_every_sequence_is_laid_out_once_and_in_whole(lengths, lanes):
    """In lanes that hold one at a time; no stream is much longer than the longest sequence."""
    layouts = lay_out(lengths, lanes)
    members = np.concatenate([layout.members for layout in layouts])
    assert sorted(members) == list(range(len(lengths)))
    assert cost_of(layouts, lanes) <= cost_of(one_each(lengths, lanes), lanes)
    for layout in layouts:
        free = np.zeros(lanes, int)
        for member, lane, begin in zip(layout.members, layout.lanes, layout.begins, strict=True):
            assert begin >= free[lane]
            free[lane] = begin + lengths[member]
        assert layout.rows == free.max() <= longest_stream(lengths.max())
        assert list(layout.begins) == sorted(layout.begins)


def test_sequences_of_one_length_have_a_lane_each():
    """In the groups of `pack`, in the same arrays."""
    lengths = np.full(70, 20)
    layouts = lay_out(lengths, 32)
    for layout, members in zip(layouts, longest_first(lengths, 32), strict=True):
        assert layout.members.tolist() == members.tolist()
        assert layout.lanes.tolist() == list(range(len(members)))
        assert not layout.begins.any()
    inputs, sequences = np.ones((1400, 1)), sequences_of(lengths)
    for layout, ref in zip(layouts, pack(inputs, sequences, 32, "float32"), strict=True):
        group = pack_layout(layout, inputs, sequences, 32, "float32")
        assert group.begins is ref.begins is NEVER
        assert all(
            np.array_equal(vars(group)[name], array)
            for name, array in vars(ref).items()
            if name != "begins"
        )


def test_streams_waste_little():
    """Of lengths that are spread evenly; a lane for each wastes a quarter."""
    lengths = np.linspace(44, 1259, 128).astype(int)
    layouts = lay_out(lengths, 32)
    assert sum(32 * layout.rows for layout in layouts) < 1.01 * lengths.sum()
    assert sum(32 * layout.rows for layout in one_each(lengths, 32)) > 1.2 * lengths.sum()
    assert lanes_of_streams(lengths) == 32
    assert lanes_of_streams(np.full(128, 100)) == 64
    assert lanes_of_streams(lengths[:20]) == 16


SERIES = (3000 * 0.93 ** np.arange(70)).astype(int)


def prepared():
    rng = np.random.default_rng(0)
    return prepared_of([rng.normal(size=length) for length in SERIES], 0.2)


@pytest.mark.parametrize("bptt", [0, 64])
def test_no_day_is_lost_or_counted_twice(bptt):
    """Each is in the loss once, with its target, by all chunks of an epoch."""
    values = prepared_of(np.split(np.arange(sum(SERIES)), np.cumsum(SERIES)[:-1]), 0.2)
    batching = make_batches(values, bptt, 70, "float64")
    (batch,) = batching.epoch(np.random.default_rng(0))
    assert any(len(group.begins.days) for group in batch)
    assert bptt or batching.chunk >= max(group.days for group in batch)
    days = []
    for group in batch:
        counts = group.counts(np.arange(group.days), np.arange(group.days) + 1)
        assert counts.sum() == group.counted
        t, of_lanes = np.arange(group.days)[:, None], (len(group.begins.days) + 1, -1)
        stretch = np.searchsorted(group.begins.days, t[:, 0], side="right")
        first, last = (of.reshape(of_lanes)[stretch] for of in (group.first, group.last))
        mask = (first <= t) & (t < last)
        assert np.array_equal(mask.sum(axis=1), counts)
        assert np.array_equal(mask.any(axis=1), group.asked)
        assert np.array_equal(group.values[1:, 0][mask], group.values[:-1, 0][mask] + 1)
        days += group.values[:-1, 0][mask].tolist()
    counted = zip(values.offsets[:-1], values.training, strict=True)
    assert sorted(days) == [begin + day for begin, count in counted for day in range(count - 1)]


@pytest.mark.parametrize("batch_size", [70, 40])
def test_streams_have_the_same_bytes_by_any_number_of_threads(batch_size):
    """Whether all series are one batch or some are drawn."""
    settings = TrainSettings(loss="mse", bptt=64, batch_size=batch_size, epochs=2)
    shape = NetworkSettings(hidden_size=4)
    weights = []
    for count in (1, 2):
        with threads(count) as pool:
            weights.append(train(prepared(), shape, settings, pool, lambda _: None).network.flat)
    assert np.array_equal(*weights)
    chunks = Chunks(prepared(), start_network(shape, 0).architecture, settings, "float32")
    steps = chunks.steps(1, np.random.default_rng(0))
    assert any(len(piece.group.begins.days) for step in steps for piece in step.pieces)


def test_layers_that_look_back_on_several_days_have_a_lane_for_each_sequence():
    """The states of many days would have to be carried from stretch to stretch."""
    architecture = Architecture(hidden_size=4, layers=2, dilations=(1, 2))
    settings = TrainSettings(bptt=64, batch_size=70)
    chunks = Chunks(prepared(), architecture, settings, "float32")
    steps = chunks.steps(1, np.random.default_rng(0))
    assert not any(len(piece.group.begins.days) for step in steps for piece in step.pieces)
