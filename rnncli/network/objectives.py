"""Training targets of each day: the next value, or the returns over many rows.

An objective sums the losses of a group of lanes and fills in their derivative. That of several
horizons is the mean over them; each has its own Student's t on every day.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.kernels.lanes import Group
from rnncli.network.heads import OUTPUTS, add_up
from rnncli.network.network import DIRECT, Architecture

STUDENT_T = "student-t"


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
            self.loss, out, target, group.first, group.last, start, scale, dout, self.levels
        )


@dataclass(frozen=True)
class RowsAhead:
    """The returns over each of `rows` ahead, with one Student's t each, in their order.

    Without `located` the distributions are centred at no change: their location is fixed at 0.
    """

    rows: tuple[int, ...]
    located: bool = True

    def add_up(
        self, out: FloatArray, group: Group, start: int, scale: float = 1.0,
        dout: FloatArray | None = None,
    ) -> float:  # fmt: skip
        """See `Objective`."""
        if dout is not None:
            dout[:] = 0
        share = scale / len(self.rows)
        losses = (self._of_row(k, out, group, start, share, dout) for k in range(len(self.rows)))
        return sum(losses) / len(self.rows)

    def _of_row(
        self, k: int, out: FloatArray, group: Group, start: int, scale: float,
        dout: FloatArray | None,
    ) -> float:  # fmt: skip
        """The losses of the days whose return at this horizon is known."""
        outputs = slice(OUTPUTS[STUDENT_T] * k, OUTPUTS[STUDENT_T] * (k + 1))
        of_row = out[:, outputs].copy()
        if not self.located:
            of_row[:, 0] = 0
        back = None if dout is None else np.empty_like(of_row)
        target = group.ahead[start : start + len(out), k : k + 1].copy()
        last = np.minimum(group.last, np.maximum(group.known - self.rows[k], 0))
        loss = add_up(STUDENT_T, of_row, target, group.first, last, start, scale, back)
        if dout is not None and back is not None:
            if not self.located:
                back[:, 0] = 0
            dout[:, outputs] = back
        return loss


def objective_of(architecture: Architecture, loss: str) -> Objective:
    """What a network of this architecture is trained to predict of each day."""
    if architecture.mode == DIRECT:
        return RowsAhead(architecture.rows_ahead)
    return NextValue(loss, architecture.levels)


def next_row_of(architecture: Architecture, loss: str) -> Objective:
    """Likewise, of the next row alone."""
    return RowsAhead((1,)) if architecture.mode == DIRECT else objective_of(architecture, loss)
