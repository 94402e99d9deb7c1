"""Training targets of each day: the next value, or the returns over many rows.

An objective sums the losses of a group of lanes and fills in their derivative. That of several
horizons is the mean over them; each has its own Student's t on every day.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from rnncli.arrays import FloatArray, IntArray
from rnncli.kernels import rows_ahead_kernel
from rnncli.kernels.lanes import Group
from rnncli.network.heads import PRECISIONS, add_up
from rnncli.network.network import DIRECT, Architecture


class Objective(Protocol):
    """The losses of outputs (T, O, L) of the days of a group from `start` on, added up."""

    def add_up(
        self, out: FloatArray, group: Group, start: int, scale: float = 1.0,
        dout: FloatArray | None = None,
    ) -> float:  # fmt: skip
        """Their sum; `dout` (T, O, L) is filled with `scale` times the derivative by `out`."""


@dataclass(frozen=True)
class NextValue:
    """The value of the next day, by a loss; `levels`: of a quantile loss."""

    loss: str
    levels: tuple[float, ...] = ()

    def add_up(
        self, out: FloatArray, group: Group, start: int, scale: float = 1.0,
        dout: FloatArray | None = None,
    ) -> float:  # fmt: skip
        """See `Objective`."""
        target = group.targets[start + 1 : start + len(out) + 1]
        return add_up(
            self.loss, out, target, group.first, group.last, start, scale, dout, self.levels,
            group.begins.days,
        )  # fmt: skip


@dataclass(frozen=True)
class RowsAhead:
    """The returns over each of `rows` ahead, with one Student's t each, in their order.

    Without `located` the distributions are centred at no change: their location is fixed at 0.
    """

    rows: tuple[int, ...]
    located: bool = True

    @cached_property
    def _rows(self) -> IntArray:
        return np.array(self.rows)

    def add_up(
        self, out: FloatArray, group: Group, start: int, scale: float = 1.0,
        dout: FloatArray | None = None,
    ) -> float:  # fmt: skip
        """See `Objective`."""
        days, rows = len(out), self._rows
        kernel = rows_ahead_kernel(out.shape[2], PRECISIONS[out.dtype.char])
        begins, of_lanes = group.begins.days, (group.first, group.last, group.known)
        total = kernel(
            out, group.ahead[start : start + days],
            *(numbers.reshape(len(begins) + 1, -1) for numbers in of_lanes), begins, rows,
            start, int(self.located), out.dtype.type(scale / len(rows)),
            out[:0] if dout is None else dout,
        )  # fmt: skip
        return float(total) / len(rows)


def objective_of(architecture: Architecture, loss: str) -> Objective:
    """What a network of this architecture is trained to predict of each day."""
    if architecture.mode == DIRECT:
        return RowsAhead(architecture.rows_ahead)
    return NextValue(loss, architecture.levels)


def next_row_of(architecture: Architecture, loss: str) -> Objective:
    """Likewise, of the next row alone."""
    return RowsAhead((1,)) if architecture.mode == DIRECT else objective_of(architecture, loss)
