"""Sequences of unequal length packed into lanes: the batch is the innermost axis.

lane 0  * * * * * * * *      a group is as long as its longest sequence;
lane 1  * * * * * * *        sorted by length, neighbours waste little,
lane 2  * * * * * *  .       and the ragged tail is masked out of the loss
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from rnncli.arrays import ByteArray, FloatArray, IntArray
from rnncli.kernels import deal_kernel

ALONE = 1  # lane, of one sequence by itself: forward, it has the bits of any other number
LANES = (64, 32, 16)  # compile-time constants; each costs a few seconds once
MOST_GROUPS = 16  # groups whose arrays are used again
COST = {64: 1.0, 32: 1.05, 16: 1.12}  # time of a day of a lane, 32 units, forward and back


@dataclass(frozen=True)
class Sequences:
    """Cut-outs of rows of inputs, and the days of each that count in the loss.

    begin, end (n): rows of the array; first, last (n): the loss counts the days
    first <= t < last of the sequence, day t predicting its value t + 1. known (n): values from
    the begin on that any day may be asked to predict, past the end of a piece too.
    """

    begin: IntArray
    end: IntArray
    first: IntArray
    last: IntArray
    known: IntArray

    def __len__(self) -> int:
        return len(self.begin)

    def subset(self, members: IntArray) -> "Sequences":
        """Some of the sequences, in the order named."""
        return Sequences(
            self.begin[members], self.end[members], self.first[members], self.last[members],
            self.known[members],
        )  # fmt: skip


class Begins(NamedTuple):
    """Days (B), ascending, on which lanes begin another sequence: those not 0 in lanes (B, L)."""

    days: IntArray
    lanes: ByteArray


NEVER = Begins(np.zeros(0, np.int64), np.zeros((0, 0), np.uint8))


@dataclass(frozen=True)
class Group:
    """Sequences in L lanes: values (D, I, L), zero past the end of each.

    The first of the I inputs of a day is the value itself, which the day before predicts.
    members (n): the sequences, in the order of their lanes where each has one; length, first, last,
    known (L): 0 for an empty lane. Where lanes begin another sequence on some days, these four are
    (B+1, L), of the stretches of days between, counted from the first day of the group.
    ahead (D, K, L): targets of each day at K horizons, if there are several.
    """

    values: FloatArray
    members: IntArray
    length: IntArray
    first: IntArray
    last: IntArray
    known: IntArray
    ahead: FloatArray
    begins: Begins = NEVER

    @property
    def days(self) -> int:
        """Days with a target in the longest lane."""
        return max(len(self.values) - 1, 0)

    @cached_property
    def targets(self) -> FloatArray:
        """The value of each day (D, 1, L); a day predicts that of the next."""
        return np.ascontiguousarray(self.values[:, :1])

    @cached_property
    def asked(self) -> ByteArray:
        """By day (D - 1), whether it counts in any lane."""
        asked = np.zeros(self.days, np.uint8)
        for first, last in set(zip(self.first.flat, self.last.flat, strict=True)):
            asked[first:last] = 1
        return asked

    @cached_property
    def span(self) -> tuple[int, int]:
        """The first and the last day that counts in any lane."""
        asked = np.flatnonzero(self.asked)
        return int(asked[0]), int(asked[-1])

    def refilled(self, counted: int) -> None:
        """What follows from the arrays, once these have other numbers and `asked` is theirs."""
        vars(self)["counted"] = counted
        vars(self).pop("span", None)
        if "targets" in vars(self):
            self.targets[:] = self.values[:, :1]

    def counts(self, starts: IntArray, stops: IntArray) -> IntArray:
        """How many days from each start to its stop count, over all lanes (n)."""
        until, since = (
            np.minimum(self.last.reshape(-1), stops[:, None]),
            np.maximum(self.first.reshape(-1), starts[:, None]),
        )
        counted: IntArray = np.maximum(until - since, 0).sum(axis=1)
        return counted

    @cached_property
    def counted(self) -> int:
        """How many days count in all."""
        return int(np.maximum(self.last - self.first, 0).sum())


def fitting_lanes(at_once: int) -> list[int]:
    """The numbers of lanes that fill two groups, for two cores."""
    return [lanes for lanes in LANES if at_once >= 2 * lanes] or [LANES[-1]]


def lanes_for(lengths: IntArray, at_once: int) -> int:
    """Number of lanes for a batch of sequences of these lengths.

    Of those that fit the fastest number: few lanes cost more each, and many are padded to the
    longest. It depends on the sequences only: results must not depend on the number of cores.
    """
    descending, fitting = np.sort(lengths)[::-1], fitting_lanes(at_once)
    return min(fitting, key=lambda lanes: COST[lanes] * lanes * descending[::lanes].sum())


def pack(
    inputs: FloatArray, sequences: Sequences, lanes: int, dtype: str,
    ahead: FloatArray | None = None,
) -> list[Group]:  # fmt: skip
    """Groups of up to `lanes` sequences of the rows of inputs (rows, I), longest first.

    Equal lengths keep their order. `ahead` (rows, K): see `Group`.
    """
    lengths = sequences.end - sequences.begin
    return [
        pack_members(inputs, sequences, members, lanes, dtype, ahead)
        for members in longest_first(lengths, lanes)
    ]


def pack_members(
    inputs: FloatArray, sequences: Sequences, members: IntArray, lanes: int, dtype: str,
    ahead: FloatArray | None = None,
) -> Group:  # fmt: skip
    """The group of some sequences, a lane for each."""
    targets = np.zeros((len(inputs), 0)) if ahead is None else ahead
    values, aheads = (
        _side_by_side(columns, sequences, members, lanes, dtype) for columns in (inputs, targets)
    )
    return _group(sequences, members, lanes, values, aheads)


class Packed:
    """The rows of all sequences as kernels take them, for groups that are drawn again and again.

    `in_turn`: the groups of a draw are used before the next draw. They are then the same
    objects with other numbers in their arrays, where as many sequences are as long.
    """

    def __init__(
        self, inputs: FloatArray, sequences: Sequences, dtype: str, ahead: FloatArray | None = None,
        in_turn: bool = False,
    ) -> None:  # fmt: skip
        targets = np.zeros((len(inputs), 0)) if ahead is None else ahead
        self._dtype, self._empty = dtype, len(sequences)  # the sequence after the last is empty
        s, longest = sequences, int(np.max(sequences.end - sequences.begin, initial=0))
        self._inputs, self._ahead = (
            np.concatenate([columns, np.zeros((longest, columns.shape[1]))], dtype=dtype)
            for columns in (inputs, targets)
        )
        self._begin = np.append(s.begin, 0)
        rows = (s.end - s.begin, s.first, s.last, s.known)
        self._of_lanes = np.array([np.append(row, 0) for row in rows])
        self._lengths = self._of_lanes[0]
        self._dealt: dict[tuple[int, ...], _Dealt] | None = {} if in_turn else None

    def groups(self, members: IntArray, lanes: int) -> list[Group]:
        """What `pack` makes of some of the sequences."""
        order = longest_first(self._lengths[members], lanes)
        return [self._group(n, members[few], few, lanes) for n, few in enumerate(order)]

    def _group(self, number: int, members: IntArray, few: IntArray, lanes: int) -> Group:
        dealt = self._place(number, int(self._lengths[members[0]]), len(few), lanes)
        group = dealt.group
        group.members[:], dealt.held[: len(few)] = few, members
        counted = deal_kernel(lanes, self._dtype)(
            self._inputs, self._ahead, self._begin, self._of_lanes, dealt.held,
            group.values, group.ahead, dealt.of_lanes, group.asked,
        )  # fmt: skip
        group.refilled(int(counted))
        return group

    def _place(self, *key: int) -> "_Dealt":
        """Where a group goes: its number, days, members and lanes."""
        dealt = self._dealt.get(key) if self._dealt is not None else None
        if dealt is None:
            dealt = self._room(*key[1:])
            if self._dealt is not None and len(self._dealt) < MOST_GROUPS:
                self._dealt[key] = dealt
        return dealt

    def _room(self, days: int, members: int, lanes: int) -> "_Dealt":
        values, ahead = (
            np.empty((days, whole.shape[1], lanes), self._dtype)
            for whole in (self._inputs, self._ahead)
        )
        of_lanes = np.zeros((4, lanes), np.int64)
        length, first, last, known = of_lanes
        group = Group(values, np.empty(members, np.int64), length, first, last, known, ahead)
        return _Dealt(group, of_lanes, np.full(lanes, self._empty))


@dataclass(frozen=True)
class _Dealt:
    """A group, the array (4, L) of what it knows of its lanes, and the sequence each holds (L)."""

    group: Group
    of_lanes: IntArray
    held: IntArray


def longest_first(lengths: IntArray, lanes: int) -> list[IntArray]:
    """The members of each group."""
    order = (-lengths).argsort(kind="stable")
    return [order[i : i + lanes] for i in range(0, len(order), lanes)]


def _group(
    sequences: Sequences, members: IntArray, lanes: int, values: FloatArray, ahead: FloatArray
) -> Group:
    of = sequences.subset(members)
    empty = np.zeros(lanes - len(members), dtype=np.int64)
    length, first, last, known = (
        np.concatenate([column, empty])
        for column in (of.end - of.begin, of.first, of.last, of.known)
    )
    return Group(values, members, length, first, last, known, ahead)


def _side_by_side(
    columns: FloatArray, sequences: Sequences, members: IntArray, lanes: int, dtype: str
) -> FloatArray:
    """The rows of some sequences, (D, columns, L), zero past the end of each."""
    lengths = sequences.end[members] - sequences.begin[members]
    rows = np.zeros((lanes, int(lengths.max()), columns.shape[1]), dtype)  # to be turned
    for lane, member in enumerate(members):
        rows[lane, : lengths[lane]] = columns[sequences.begin[member] : sequences.end[member]]
    return np.ascontiguousarray(rows.transpose(1, 2, 0))
