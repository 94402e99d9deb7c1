"""Sequences of unequal length in lanes that go on with the next one: streams.

lane 0  a a a a a a a a a a a a      a sequence begins, from a state of zero, on the day after the
lane 1  b b b b b b b b b f f        last one of the lane has ended; those days cut a group into
lane 2  c c c c c c c g g g g        stretches, here into four
lane 3  d d d d d e e e e e e
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.kernels.lanes import (
    COST,
    LANES,
    Begins,
    Group,
    Sequences,
    fitting_lanes,
    longest_first,
    pack_members,
)

BEYOND = 8  # a stream may be longer than the longest sequence by an eighth
TRIED = 2  # numbers of streams


@dataclass(frozen=True)
class Layout:
    """A group: its members, the lane of each and the row that it begins at (n), earliest first."""

    members: IntArray
    lanes: IntArray
    begins: IntArray
    rows: int


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
    return lanes * sum(group.rows for group in layouts)


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
        if sum(rows[number] for number in streams[0]) <= longest:
            groups = [streams[i : i + lanes] for i in range(0, count, lanes)]
            tried.append([_one_by_one(group, rows, order) for group in groups])
        if len(tried) == TRIED:
            break
    return min(tried, key=partial(cost_of, lanes=lanes), default=[])


def _balanced(rows: Sequence[int], count: int) -> list[list[int]]:
    """Numbers of the sequences of each stream: the next longest where least is (Graham 1969).

    The longest stream first: those of a group are of similar length.
    """
    streams = [[number] for number in range(count)]
    ends = [(rows[number], number) for number in range(count)]
    heapq.heapify(ends)
    for number in range(count, len(rows)):
        end, stream = ends[0]
        streams[stream].append(number)
        heapq.heapreplace(ends, (end + rows[number], stream))
    return [streams[stream] for _, stream in sorted(ends, key=lambda end: (-end[0], end[1]))]


def _one_by_one(streams: Sequence[Sequence[int]], rows: Sequence[int], order: IntArray) -> Layout:
    """A stream a lane, each sequence beginning where the one before ends."""
    places: list[tuple[int, int, int]] = []  # row, lane, member
    ends = [0] * len(streams)
    for lane, numbers in enumerate(streams):
        for number in numbers:
            places.append((ends[lane], lane, int(order[number])))
            ends[lane] += rows[number]
    begins, lanes, members = np.array(sorted(places), np.int64).T
    return Layout(members, lanes, begins, max(ends))


def pack_layout(
    layout: Layout, inputs: FloatArray, sequences: Sequences, lanes: int, dtype: str,
    ahead: FloatArray | None = None,
) -> Group:  # fmt: skip
    """A group of the rows of inputs (rows, I), as `pack` makes it where each has its lane."""
    if not layout.begins.any():
        return pack_members(inputs, sequences, layout.members, lanes, dtype, ahead)
    targets, of = np.zeros((len(inputs), 0)), sequences.subset(layout.members)
    values, aheads = (
        _side_by_side(columns, of, layout, lanes, dtype)
        for columns in (inputs, targets if ahead is None else ahead)
    )
    begins, held = _stretches(layout, lanes)
    row, since = layout.begins[held], np.append(0, begins.days)[:, None]
    until = np.append(begins.days, layout.rows - 1)[:, None]
    first, last = (np.clip(row + of_days[held], since, until) for of_days in (of.first, of.last))
    length, known = row + (of.end - of.begin)[held], row + of.known[held]
    return Group(values, layout.members, length, first, last, known, aheads, begins)


def _stretches(layout: Layout, lanes: int) -> tuple[Begins, IntArray]:
    """When lanes begin another sequence, and which of the members each lane holds (B+1, L)."""
    days = np.unique(layout.begins)
    held, new = np.zeros((len(days), lanes), np.int64), np.zeros((len(days), lanes), np.uint8)
    stretches = np.searchsorted(days, layout.begins)
    new[stretches, layout.lanes] = 1
    for member, (stretch, lane) in enumerate(zip(stretches, layout.lanes, strict=True)):
        held[stretch:, lane] = member
    return Begins(days[1:], new[1:]), held


def _side_by_side(
    columns: FloatArray, of: Sequences, layout: Layout, lanes: int, dtype: str
) -> FloatArray:
    """The rows of the members, (D, columns, L), zero where a lane has none."""
    rows = np.zeros((lanes, layout.rows, columns.shape[1]), dtype)  # to be turned
    for begin, end, lane, row in zip(of.begin, of.end, layout.lanes, layout.begins, strict=True):
        rows[lane, row : row + end - begin] = columns[begin:end]
    return np.ascontiguousarray(rows.transpose(1, 2, 0))
