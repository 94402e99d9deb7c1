"""Sequences of unequal length packed side by side: the batch is the innermost axis.

lane 0  * * * * * * * *      a group is as long as its longest sequence;
lane 1  * * * * * * *        sorted by length, neighbours waste little,
lane 2  * * * * * *  .       and the ragged tail is masked out of the loss
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating]
IntArray = npt.NDArray[np.int64]

LANES = (64, 32, 16)  # compile-time constants; each costs a few seconds once


@dataclass(frozen=True)
class Sequences:
    """Cut-outs of one flat array of values, and the days of each that count in the loss.

    begin, end (n): rows of the flat array; first, last (n): the loss counts the days
    first <= t < last of the sequence, day t predicting its value t + 1.
    """

    begin: IntArray
    end: IntArray
    first: IntArray
    last: IntArray

    def __len__(self) -> int:
        return len(self.begin)

    def subset(self, members: IntArray) -> "Sequences":
        """Some of the sequences, in the order named."""
        return Sequences(
            self.begin[members], self.end[members], self.first[members], self.last[members]
        )


@dataclass(frozen=True)
class Group:
    """Up to L sequences in lanes: values (D, 1, L), zero past the end of each.

    members (n): which sequence a lane holds; length, first, last (L): 0 for an empty lane.
    """

    values: FloatArray
    members: IntArray
    length: IntArray
    first: IntArray
    last: IntArray

    @property
    def days(self) -> int:
        """Days with a target in the longest lane."""
        return max(len(self.values) - 1, 0)

    def count(self, start: int, stop: int) -> int:
        """How many days from `start` to `stop` count, over all lanes."""
        days = np.minimum(self.last, stop) - np.maximum(self.first, start)
        return int(np.maximum(days, 0).sum())


def lanes_for(count: int) -> int:
    """Lanes for `count` sequences at once: as many as still fill two groups, for two cores.

    By the number of sequences alone: were it by that of the cores, results would differ.
    """
    return next((lanes for lanes in LANES if count >= 2 * lanes), LANES[-1])


def pack(values: FloatArray, sequences: Sequences, lanes: int, dtype: str) -> list[Group]:
    """Groups of up to `lanes` sequences, longest first; equal lengths keep their order."""
    lengths = sequences.end - sequences.begin
    order = np.argsort(-lengths, kind="stable")
    return [
        _group(values, sequences, order[i : i + lanes], lanes, dtype)
        for i in range(0, len(order), lanes)
    ]


def _group(
    values: FloatArray, sequences: Sequences, members: IntArray, lanes: int, dtype: str
) -> Group:
    lengths = sequences.end[members] - sequences.begin[members]
    rows = np.zeros((lanes, int(lengths.max())), dtype)  # filled row by row, then turned
    for lane, member in enumerate(members):
        rows[lane, : lengths[lane]] = values[sequences.begin[member] : sequences.end[member]]
    empty = np.zeros(lanes - len(members), dtype=np.int64)
    return Group(
        values=np.ascontiguousarray(rows.T)[:, None, :],
        members=members,
        length=np.concatenate([lengths, empty]),
        first=np.concatenate([sequences.first[members], empty]),
        last=np.concatenate([sequences.last[members], empty]),
    )
