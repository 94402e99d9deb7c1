"""What prices ahead are built on: all that the way back from outputs needs of the rows before."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.preparation import Preparation
from rnncli.prices.series import Prices


@dataclass(frozen=True)
class Footing:
    """n rows that forecasts are made from, each of a series called `symbols`[k].

    `rows` (n): the number of each in its series; `last` (n, season): its price and those before
    it, oldest first; by `steps` (n) a value of 1 moves the log price of the next row; `shift`,
    `size` (n): of minmax and standard, else 0 and 1.
    """

    symbols: tuple[str, ...]
    rows: IntArray
    last: Float64Array
    steps: Float64Array
    shift: Float64Array
    size: Float64Array

    def subset(self, kept: slice) -> "Footing":
        """Some of them."""
        return Footing(
            self.symbols[kept], self.rows[kept], self.last[kept], self.steps[kept],
            self.shift[kept], self.size[kept],
        )  # fmt: skip

    def priced(self, preparation: Preparation, outputs: FloatArray, each: int = 1) -> Float64Array:
        """Prices (n x each, horizon) that outputs (n x each, horizon) stand for.

        What leaves the floats is infinite.
        """
        last, steps = np.repeat(self.last, each, axis=0), np.repeat(self.steps, each)
        pair = np.repeat(self.shift, each), np.repeat(self.size, each)
        return preparation.priced(outputs, last, steps, pair)


def footing(
    preparation: Preparation, prices: Prices, series: IntArray, rows: IntArray
) -> Footing:  # fmt: skip
    """The footing of rows (n) of series (n)."""
    steps, shift, size = np.ones(len(rows)), np.zeros(len(rows)), np.ones(len(rows))
    scale = preparation.scale
    back = np.arange(preparation.season)[::-1]
    if scale == "log-return" and not preparation.decay:
        steps[:] = preparation.divisor / 100
    elif scale != "none":
        order = np.argsort(series, kind="stable")
        each, starts = np.unique(series[order], return_index=True)
        for i, own in zip(each.tolist(), np.split(order, starts)[1:], strict=True):
            known = prices.series(i)
            if scale == "log-return":
                steps[own] = preparation.log_steps(known, rows[own])
            else:
                shift[own], size[own] = preparation.shift_and_size(prices.symbols[i], known)
    return Footing(
        symbols=tuple(prices.symbols[i] for i in series.tolist()),
        rows=rows,
        last=prices.values[(prices.offsets[series] + rows)[:, None] - back],
        steps=steps,
        shift=shift,
        size=size,
    )
