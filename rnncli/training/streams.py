"""Sequences of unequal length in lanes that go on with the next one: streams.

lane 0  a a a a a a a a a a a a      on some days several lanes begin a sequence, from a state of
lane 1  b b b b b b b b b . f f      zero; there a group is cut into stretches, here into three
lane 2  c c c c c c c c . . g g
lane 3  d d d d d d e e e e e
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.kernels.lanes import (
    COST,
    LANES,
    Group,
    Sequences,
    Stretch,
    fitting_lanes,
    longest_first,
    pack_members,
)

BEYOND = 8  # a stream may be longer than the longest sequence by an eighth
TRIED = 2  # numbers of streams
SPARES = (0, 1 / 32, 1 / 16, 1 / 8)  # how much longer a group may be than its longest stream
BEGINNING = 200  # days of a lane that take as long as to go on from one stretch to the next


@dataclass(frozen=True)
class Layout:
    """A group: its members, the lane of each and the row that it begins at (n), earliest first."""

    members: IntArray
    lanes: IntArray
    begins: IntArray
    rows: int

    @property
    def days(self) -> list[int]:
        """The rows at which a stretch begins, ascending."""
        return sorted(set(self.begins.tolist()))


@dataclass(frozen=True)
class Streams:
    """A group whose lanes hold one sequence after another."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def days(self) -> int:
        """Days of the longest lane, but for the last value."""
        last = self.stretches[-1]
        return last.begin + last.group.days

    @cached_property
    def counted(self) -> int:
        """How many days count in all."""
        return sum(stretch.group.counted for stretch in self.stretches)

    def counts(self, starts: IntArray, stops: IntArray) -> IntArray:
        """How many days from each start to its stop count, over all lanes (n)."""
        counts = [s.group.counts(starts - s.begin, stops - s.begin) for s in self.stretches]
        added_up: IntArray = np.sum(counts, axis=0)
        return added_up


def longest_stream(rows: int) -> int:
    """Rows that a stream beside a sequence of `rows` may have."""
    return rows + rows // BEYOND


def pay(lengths: IntArray) -> bool:
    """Whether any two sequences fit one stream."""
    shortest = np.sort(lengths)[:2]
    return len(lengths) > 1 and int(shortest.sum()) <= longest_stream(int(lengths.max()))


def lay_out(lengths: IntArray, lanes: int) -> list[Layout]:
    """Groups of some sequences: streams, if they cost less than a lane for each."""
    alone = one_each(lengths, lanes)
    if len(lengths) <= lanes or not pay(lengths):
        return alone
    streams = _in_streams(lengths, lanes)
    return streams if streams and cost_of(streams, lanes) < cost_of(alone, lanes) else alone


def one_each(lengths: IntArray, lanes: int) -> list[Layout]:
    """Groups of some sequences, a lane for each."""
    return [_each_alone(members, lengths) for members in longest_first(lengths, lanes)]


def cost_of(layouts: Sequence[Layout], lanes: int) -> int:
    """Days of a lane that groups take as long as."""
    return sum(lanes * group.rows + BEGINNING * (len(group.days) - 1) for group in layouts)


def lanes_of_streams(lengths: IntArray) -> int:
    """What `lanes_for` is where all sequences are one batch."""
    costs = {}
    for lanes in fitting_lanes(len(lengths)):
        groups = lay_out(lengths, lanes)
        if len(groups) > 1 or lanes == LANES[-1]:  # two groups, for two cores
            costs[lanes] = COST[lanes] * cost_of(groups, lanes)
    return min(costs, key=costs.__getitem__) if costs else LANES[-1]


def _each_alone(members: IntArray, lengths: IntArray) -> Layout:
    places = np.arange(len(members))
    return Layout(members, places, np.zeros_like(places), int(lengths[members].max()))


def _in_streams(lengths: IntArray, lanes: int) -> list[Layout]:
    """The cheapest of the fewest streams that fill lanes and are not too long."""
    order = np.argsort(-lengths, kind="stable")
    rows: list[int] = lengths[order].tolist()
    longest = longest_stream(rows[0])
    fewest = lanes * -(-sum(rows) // (longest * lanes))
    tried = list[list[Layout]]()
    for count in range(fewest, len(rows), lanes):
        streams = _balanced(rows, count)
        if max(sum(rows[number] for number in stream) for stream in streams) <= longest:
            groups = [streams[i : i + lanes] for i in range(0, count, lanes)]
            tried.append([_begin_together(group, rows, order, longest) for group in groups])
        if len(tried) == TRIED:
            break
    return min(tried, key=partial(cost_of, lanes=lanes), default=[])


def _balanced(rows: Sequence[int], count: int) -> list[list[int]]:
    """Numbers of the sequences of each stream: the next longest where least is (Graham 1969)."""
    streams = [[number] for number in range(count)]
    ends = [(rows[number], number) for number in range(count)]
    heapq.heapify(ends)
    for number in range(count, len(rows)):
        end, stream = ends[0]
        streams[stream].append(number)
        heapq.heapreplace(ends, (end + rows[number], stream))
    return streams


def _begin_together(
    streams: Sequence[Sequence[int]], rows: Sequence[int], order: IntArray, longest: int
) -> Layout:
    """When the lanes of a group begin their sequences: the cheapest of some layouts.

    The longer the group, the longer its lanes can wait for one another.
    """
    end = max(sum(rows[number] for number in stream) for stream in streams)
    spares = SPARES if any(len(stream) > 1 for stream in streams) else SPARES[:1]
    ends = sorted({min(end + int(end * spare), longest) for spare in spares})
    layouts = [_begin_late(streams, rows, order, end) for end in ends]
    return min(layouts, key=lambda layout: cost_of([layout], len(streams)))


def _begin_late(
    streams: Sequence[Sequence[int]], rows: Sequence[int], order: IntArray, end: int
) -> Layout:
    """Lanes that wait for one another, but not so long that one has not ended by `end`.

    On the latest day that some lane can wait for, all begin that have ended a sequence.
    """
    left = [sum(rows[number] for number in stream) for stream in streams]
    free, waiting = [0] * len(streams), [list(reversed(stream)) for stream in streams]
    places: list[tuple[int, int, int]] = []  # member, lane, row
    day = 0
    while any(waiting):
        for lane, numbers in enumerate(waiting):
            if numbers and free[lane] <= day:
                number = numbers.pop()
                places.append((int(order[number]), lane, day))
                free[lane], left[lane] = day + rows[number], left[lane] - rows[number]
        day = min((end - left[lane] for lane, numbers in enumerate(waiting) if numbers), default=0)
    members, lanes, begins = np.array(places, np.int64).T
    return Layout(members, lanes, begins, max(free))


def pack_layout(
    layout: Layout, inputs: FloatArray, sequences: Sequences, lanes: int, dtype: str,
    ahead: FloatArray | None = None,
) -> Group | Streams:  # fmt: skip
    """A group of the rows of inputs (rows, I), as `pack` makes it where each has its lane."""
    if len(layout.days) == 1:
        return pack_members(inputs, sequences, layout.members, lanes, dtype, ahead)
    targets, of = np.zeros((len(inputs), 0)), sequences.subset(layout.members)
    values, aheads = (
        _side_by_side(columns, of, layout, lanes, dtype)
        for columns in (inputs, targets if ahead is None else ahead)
    )
    bounds = pairwise([*layout.days, layout.rows - 1])
    return Streams(tuple(_stretch(values, aheads, of, layout, *days) for days in bounds))


def _side_by_side(
    columns: FloatArray, of: Sequences, layout: Layout, lanes: int, dtype: str
) -> FloatArray:
    """The rows of the members, (D, columns, L), zero where a lane has none."""
    rows = np.zeros((lanes, layout.rows, columns.shape[1]), dtype)  # to be turned
    for begin, end, lane, row in zip(of.begin, of.end, layout.lanes, layout.begins, strict=True):
        rows[lane, row : row + end - begin] = columns[begin:end]
    return np.ascontiguousarray(rows.transpose(1, 2, 0))


def _stretch(
    values: FloatArray, ahead: FloatArray, of: Sequences, layout: Layout, begin: int, end: int
) -> Stretch:
    """The days from `begin` to `end`, each lane with the sequence that it is in."""
    begun = np.flatnonzero(layout.begins <= begin)  # of a lane the last one counts
    length, first, last, known = np.zeros((4, values.shape[2]), np.int64)
    at, row = layout.lanes[begun], layout.begins[begun] - begin
    length[at] = np.maximum(row + of.end[begun] - of.begin[begun], 0)
    first[at] = np.clip(row + of.first[begun], 0, end - begin)
    last[at] = np.clip(row + of.last[begun], 0, end - begin)
    known[at] = np.maximum(row + of.known[begun], 0)
    new = layout.begins == begin
    group = Group(
        values[begin : end + 1], layout.members[new], length, first, last, known,
        ahead[begin : end + 1],
    )  # fmt: skip
    return Stretch(begin, group, layout.lanes[new] if begin else slice(None))
