"""Every training day counts once an epoch; pieces warm up first and never cross series."""

from itertools import pairwise

import numpy as np
import pytest
from builders import network_of, prepared_of, prices_of, random_walk

from rnncli.errors import DataError
from rnncli.settings import PrepareSettings, TrainSettings
from rnncli.training.batching import (
    PIECES,
    SHORTEST_PIECE,
    WARM_UP,
    Batching,
    make_batches,
    training_sequences,
)
from rnncli.training.schedule import Schedule
from rnncli.training.truncated_bptt import Chunks
from rnncli.transforms.dataset import fit, prepare

DTYPE = "float32"


def ramps(lengths, validation: float = 0.2):
    """Series whose values are their positions in the flat array: each is its own label."""
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    series = [np.arange(a, b) for a, b in pairwise(bounds)]
    return prepared_of(series, validation)


def training_days(prepared) -> list[int]:
    """Positions of all days whose target is in the training part, by a plain loop."""
    days = []
    for i, training in enumerate(prepared.training.tolist()):
        days += [int(prepared.offsets[i]) + t for t in range(training - 1)]
    return days


def counted_days(sequences) -> list[int]:
    """Positions of the days that count, over all pieces."""
    return [
        int(sequences.begin[n]) + t
        for n in range(len(sequences))
        for t in range(int(sequences.first[n]), int(sequences.last[n]))
    ]


FEW = [[1259], [300, 7, 2, 1], [40], [17, 18, 16, 15, 33]]
MANY = [[20 + i % 50 for i in range(PIECES)], [5] * 200]


@pytest.mark.parametrize("bptt", [0, 5, 128])
@pytest.mark.parametrize("lengths", [*FEW, *MANY], ids=lambda lengths: f"{len(lengths)} series")
def test_every_training_day_counts_exactly_once(lengths, bptt):
    """However series are cut, no day is left out, counted twice, or taken from validation."""
    prepared = ramps(lengths)
    assert sorted(counted_days(training_sequences(prepared, bptt))) == training_days(prepared)


@pytest.mark.parametrize("lengths", [*FEW, *MANY], ids=lambda lengths: f"{len(lengths)} series")
def test_pieces_never_cross_series_or_reach_validation(lengths):
    """A piece, with its warm-up and last target, lies in the training part of one series."""
    prepared = ramps(lengths)
    sequences = training_sequences(prepared, 128)
    for begin, end in zip(sequences.begin, sequences.end, strict=True):
        i = int(np.searchsorted(prepared.offsets, begin, side="right")) - 1
        assert prepared.offsets[i] <= begin < end <= prepared.offsets[i] + prepared.training[i]


@pytest.mark.parametrize(("bptt", "warm_up"), [(0, WARM_UP), (128, WARM_UP), (10, 10)])
def test_warm_up_days_do_not_count(bptt, warm_up):
    """A piece is preceded by up to 64 days, or --bptt of them, that only move the state."""
    sequences = training_sequences(ramps([1259]), bptt)
    assert len(sequences) > 1
    for n in range(len(sequences)):
        assert sequences.first[n] == min(warm_up, sequences.begin[n] + sequences.first[n])
    assert np.all(sequences.last == sequences.end - sequences.begin - 1)


def test_a_single_stock_is_cut_into_many_pieces():
    """One series gives at most 64 pieces, of at least 16 days that count."""
    for length in (40, 1259, 20_000):
        sequences = training_sequences(ramps([length]), 128)
        counts = sequences.last - sequences.first
        assert len(sequences) <= PIECES
        assert np.all(counts[:-1] >= SHORTEST_PIECE)
        assert len(set(counts[:-1].tolist())) <= 1
    assert len(training_sequences(ramps([20_000]), 128)) >= PIECES - 1


def test_many_series_are_not_cut():
    """With 64 series and more each is one piece, from h_0 = 0."""
    prepared = ramps(MANY[0])
    sequences = training_sequences(prepared, 128)
    assert len(sequences) == PIECES
    assert sequences.begin.tolist() == prepared.offsets[:-1].tolist()
    assert not sequences.first.any()


@pytest.mark.parametrize("lengths", [[1], [1, 1, 1]])
def test_nothing_to_train_on_is_refused(lengths):
    """Series of one value have no next day; the remedy is longer series."""
    with pytest.raises(DataError, match="no series has a day to train on; longer series"):
        training_sequences(ramps(lengths), 128)


def epoch_days(batching: Batching, rng) -> list[list[int]]:
    """The days that count in each batch of an epoch, read from the packed values."""
    found = []
    for batch in batching.epoch(rng):
        days = []
        for group in batch:
            t = np.arange(group.days)[:, None]
            mask = (group.first <= t) & (t < group.last)
            today, following = group.values[:-1, 0][mask], group.values[1:, 0][mask]
            assert np.all(following == today + 1)
            days += today.astype(int).tolist()
        found.append(days)
    return found


@pytest.mark.parametrize("batch_size", [0, 1, 16, 40])
@pytest.mark.parametrize("lengths", [[1259], [60, 7, 2, 1], MANY[0]])
def test_an_epoch_holds_every_training_day_once(lengths, batch_size):
    """Over the batches of an epoch each training day is packed, with its target, exactly once."""
    prepared = ramps(lengths)
    batching = make_batches(prepared, 128, batch_size, DTYPE)
    for seed in (0, 1):
        days = [d for batch in epoch_days(batching, np.random.default_rng(seed)) for d in batch]
        assert sorted(days) == training_days(prepared)


def test_each_epoch_is_drawn_anew():
    """Epochs differ by the generator's draws, and are the same for the same seed."""
    batching = make_batches(ramps(MANY[1]), 128, 16, DTYPE)
    rng = np.random.default_rng(5)
    first, second = epoch_days(batching, rng), epoch_days(batching, rng)
    assert first != second
    assert sorted(map(sorted, first)) != sorted(map(sorted, second))
    assert epoch_days(batching, np.random.default_rng(5)) == first


def test_batches_of_similar_lengths_come_in_random_order():
    """Long series stand beside long ones, and are not always the first step of an epoch."""
    batching = make_batches(ramps(range(5, 5 + 128), 0.0), 0, 16, DTYPE)
    rng, longest_first = _rng(), []
    for _ in range(20):
        days = [max(group.days for group in batch) for batch in batching.epoch(rng)]
        assert sorted(days) == list(range(19, 132, 16))
        longest_first.append(days[0] == max(days))
    assert 0 < sum(longest_first) < 10


def test_batches_have_the_size_asked_for():
    """--batch-size series in a batch, the rest of the draw in one smaller batch."""
    batching = make_batches(ramps([5] * 200), 128, 24, DTYPE)
    sizes = [sum(len(group.members) for group in batch) for batch in batching.epoch(_rng())]
    assert sorted(sizes) == [8] + [24] * 8
    assert batching.lanes == 16
    assert batching.groups == 2


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize(("series", "size"), [(70, 16), (64 * 16, 16), (64 * 32, 32), (9000, 64)])
def test_the_batch_size_leaves_enough_steps_an_epoch(series, size):
    """Left to itself it is a multiple of 16 from 16 to 64 that leaves 64 steps an epoch."""
    assert make_batches(ramps([5] * series), 128, 0, DTYPE).size == size


@pytest.mark.parametrize(("bptt", "chunk"), [(0, 49), (10, 10), (128, 49)])
def test_a_chunk_is_bptt_days_or_the_longest_piece(bptt, chunk):
    """--bptt 0 is the whole series; longer than the longest is that one."""
    assert make_batches(ramps([50] * 64, 0.0), bptt, 0, DTYPE).chunk == chunk


def test_one_stock_gets_some_hundred_updates_by_default():
    """Five years of one stock: at least 300 steps before training may stop early."""
    settings = TrainSettings()
    prices = prices_of({"A": random_walk(_rng(), 1259)})
    prepared = prepare(prices, fit(prices, PrepareSettings(), 0.2), settings.validation)
    batching = make_batches(prepared, settings.bptt, settings.batch_size, DTYPE)
    steps_an_epoch = sum(
        any(
            group.counts(np.array([start]), np.array([start + batching.chunk]))[0]
            for group in batch
        )
        for batch in batching.epoch(_rng())
        for start in range(0, max(group.days for group in batch), batching.chunk)
    )
    schedule, epochs = Schedule(settings), 0
    while epochs < settings.epochs and not schedule.stop:  # the first epoch is the best one
        epochs += 1
        if not schedule.see(1.0, steps_an_epoch):
            schedule.due()
    assert epochs * steps_an_epoch >= 300


@pytest.mark.parametrize(("lengths", "batch_size"), [([400], 0), ([90, 40, 33], 16), ([30], 64)])
def test_steps_in_turn_are_those_of_new_arrays(lengths, batch_size):
    """Arrays that are used again change no bit of a loss or a gradient, epoch after epoch."""
    rng = np.random.default_rng(3)
    prepared = prepared_of([rng.standard_normal(length) for length in lengths], 0.2)
    settings = TrainSettings(loss="mse", batch_size=batch_size)

    def bits(in_turn):
        network, rng = network_of(dtype=DTYPE), np.random.default_rng(4)
        chunks = Chunks(prepared, network.architecture, settings, DTYPE, in_turn=in_turn)
        for epoch in range(3):
            for step in chunks.steps(epoch, rng):
                for piece in step.pieces:
                    yield piece.run(network, step.days), piece.gradient.tobytes(), step.days
                    network.flat[:] -= 0.1 * piece.gradient

    assert list(bits(True)) == list(bits(False))
