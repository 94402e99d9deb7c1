"""Sequences of unequal length share lanes, and every day is counted once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.kernels.lanes import LANES, Packed, Sequences, lanes_for, pack

pytestmark = pytest.mark.thorough


def sequences_of(lengths, skipped=0):
    """One after the other in a flat array; all days but the first `skipped` count."""
    lengths = np.asarray(lengths, np.int64)
    end = np.cumsum(lengths)
    last = np.maximum(lengths - 1, 0)
    return Sequences(end - lengths, end, np.minimum(skipped, last), last, lengths)


each_lengths = st.lists(st.integers(1, 30), min_size=1, max_size=40)


@given(each_lengths)
def test_every_sequence_is_in_one_lane_in_whole(lengths):
    """Each lane holds its member's values, then zeros; no sequence is lost or held twice."""
    values = np.arange(1.0, sum(lengths) + 1)
    sequences = sequences_of(lengths)
    groups = pack(values[:, None], sequences, 16, "float64")
    held = np.concatenate([group.members for group in groups])
    assert sorted(held) == list(range(len(lengths)))
    for group in groups:
        assert group.values.shape == (group.length.max(), 1, 16)
        for lane, member in enumerate(group.members):
            ref = values[sequences.begin[member] : sequences.end[member]]
            assert np.array_equal(group.values[: len(ref), 0, lane], ref)
            assert not group.values[len(ref) :, 0, lane].any()
        assert not group.values[:, :, len(group.members) :].any()
        for array in (group.length, group.first, group.last):
            assert array.shape == (16,)
            assert not array[len(group.members) :].any()


def test_the_longest_come_first_and_equals_keep_their_order():
    """Neighbours are alike in length, and the order follows from the lengths alone."""
    lengths = [3, 9, 3, 7, 9, 1] * 4
    groups = pack(np.zeros((sum(lengths), 1)), sequences_of(lengths), 16, "float32")
    order = np.concatenate([group.members for group in groups])
    assert order.tolist() == sorted(range(24), key=lambda i: -lengths[i])
    assert [len(group.members) for group in groups] == [16, 8]
    assert [group.days for group in groups] == [8, 2]
    assert all(group.values.dtype == np.float32 for group in groups)


@given(each_lengths, st.integers(0, 5), st.integers(0, 12), st.integers(0, 30))
def test_counts_are_of_the_days_that_count(lengths, skipped, start, days):
    """A day counts from its sequence's first to its last, all else is in no loss."""
    sequences = sequences_of(lengths, skipped)
    for group in pack(np.zeros((sum(lengths), 1)), sequences, 16, "float64"):
        t = np.arange(start, start + days)[:, None]
        counts = (group.first <= t) & (t < group.last)
        assert group.counts(np.array([start]), np.array([start + days])) == [counts.sum()]
    whole = pack(np.zeros((sum(lengths), 1)), sequences, 16, "float64")
    for group in whole:
        by_day = [group.counts(np.array([t]), np.array([t + 1]))[0] > 0 for t in range(group.days)]
        assert group.asked.tolist() == by_day
    counted = sum(group.counted for group in whole)
    assert counted == np.sum(sequences.last - sequences.first)


@given(each_lengths, st.integers(0, 2**32 - 1))
def test_groups_of_what_is_packed_once_are_those_packed_anew(lengths, seed):
    """Of any members, in any order: every array of every group."""
    rng, sequences = np.random.default_rng(seed), sequences_of(lengths, skipped=2)
    inputs, ahead = rng.standard_normal((sum(lengths), 2)), rng.random((sum(lengths), 3))
    members = rng.permutation(len(lengths))[: rng.integers(1, len(lengths) + 1)]
    ref = pack(inputs, sequences.subset(members), 16, "float32", ahead)
    comp = Packed(inputs, sequences, "float32", ahead).groups(members, 16)
    for a, b in zip(ref, comp, strict=True):
        for name in ("values", "ahead", "members", "length", "first", "last", "known"):
            assert np.array_equal(getattr(a, name), getattr(b, name)), name
            assert getattr(a, name).dtype == getattr(b, name).dtype
        assert b.values.flags.carray
        assert b.ahead.flags.carray


@given(each_lengths, st.integers(0, 2**32 - 1))
def test_groups_that_are_taken_in_turn_are_those_packed_anew(lengths, seed):
    """The same objects with other numbers: what follows from the arrays is theirs as well."""
    rng, sequences = np.random.default_rng(seed), sequences_of(lengths, skipped=2)
    inputs, ahead = rng.standard_normal((sum(lengths), 2)), rng.random((sum(lengths), 3))
    packed = Packed(inputs, sequences, "float32", ahead, in_turn=True)
    for _ in range(3):
        members = rng.permutation(len(lengths))[: max(1, len(lengths) // 2)]
        ref = pack(inputs, sequences.subset(members), 16, "float32", ahead)
        for a, b in zip(ref, packed.groups(members, 16), strict=True):
            assert np.array_equal(a.asked, b.asked)
            assert np.array_equal(a.targets, b.targets)
            assert a.counted == b.counted
            for name in ("values", "ahead", "members", "length", "first", "last", "known"):
                assert np.array_equal(getattr(a, name), getattr(b, name)), name


def test_groups_taken_in_turn_are_the_same_objects():
    """Where as many sequences are as long."""
    packed = Packed(np.ones((40, 1)), sequences_of([5] * 8), "float32", in_turn=True)
    first, second = (packed.groups(np.arange(n, n + 4), 16)[0] for n in (0, 4))
    assert first is second
    assert packed.groups(np.arange(3), 16)[0] is not first


def test_nothing_to_pack():
    """No sequences are no groups, and sequences of one value have no day with a target."""
    assert pack(np.zeros((0, 1)), sequences_of([]), 16, "float64") == []
    (group,) = pack(np.zeros((2, 1)), sequences_of([1, 1]), 16, "float64")
    assert (group.days, group.counted) == (0, 0)


@pytest.mark.parametrize(
    ("count", "lanes"),
    [(1, 16), (16, 16), (63, 16), (64, 32), (127, 32), (128, 64), (10**5, 64)],
)
def test_as_many_lanes_as_fill_two_groups(count, lanes):
    """Of equal lengths, the widest groups that still keep two cores busy."""
    assert lanes_for(np.full(count, 100), count) == lanes
    assert lanes in LANES


def test_fewer_lanes_where_lengths_differ():
    """Lanes that would wait for the longest of their group cost more than narrow groups do."""
    spread = np.arange(44, 1260, 9)
    assert lanes_for(spread, 128) == 16
    assert lanes_for(np.sort(spread)[::-1], 128) == 16
    assert lanes_for(np.append(np.full(300, 1259), spread[:9]), 256) == 64


def test_lanes_follow_from_the_sequences_alone(monkeypatch):
    """The same on any machine, since the bits of a sum depend on it."""
    for cores in ({0}, set(range(64))):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: cores)
        assert lanes_for(np.full(192, 9), 64) == 32


def test_a_subset_in_the_order_named():
    """Members keep their rows and the days that count."""
    sequences = sequences_of([5, 3, 8], skipped=2)
    subset = sequences.subset(np.array([2, 0]))
    assert len(subset) == 2
    assert (subset.begin.tolist(), subset.end.tolist()) == ([8, 0], [16, 5])
    assert (subset.first.tolist(), subset.last.tolist()) == ([2, 2], [7, 4])
