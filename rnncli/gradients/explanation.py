"""What moved the forecasts of a row ahead: effects by row and input, symbol by symbol."""

from dataclasses import dataclass

from rnncli.arrays import DateArray, Float64Array, IntArray

WILD_MOVE = "wild move"  # among the inputs: the last price moved so far that it may be wrong


@dataclass(frozen=True)
class Effects:
    """Effects (T, J) of J inputs on T rows on a quantity, and the quantity: `value` at the inputs.

    Their sum is `value` less that at the baseline, but for `gap`.
    """

    by_row: Float64Array
    value: float
    gap: float

    @property
    def total(self) -> float:
        """The sum of the effects of all rows and inputs."""
        return float(self.by_row.sum())

    @property
    def before(self) -> float:
        """The quantity after usual rows."""
        return self.value - (self.total - self.gap)


@dataclass(frozen=True)
class SymbolExplanation:
    """What moved the forecast of one symbol, over its last T rows, oldest first.

    dates (T), NaT without them; row_numbers (T), from 1; changes (T): of the price from the row
    before, as fractions of it, NaN if unknown; fed (T, J), NaN for inputs of several numbers.
    `width`: of the logarithm of the range in units of `unit`; None of a point.
    `location`: of the middle, in that unit: "log" of the price, or "absolute". `of_changes`:
    whether the input of the close is a change, so that usual rows are moves and not one level.
    """

    symbol: str
    dates: DateArray
    row_numbers: IntArray
    changes: Float64Array
    inputs: tuple[str, ...]
    fed: Float64Array
    unit: str
    width: Effects | None
    location: Effects
    of_changes: bool = True


@dataclass(frozen=True)
class Explanation:
    """What moved the forecasts of a row ahead; `level` of the ranges in percent, None for points.

    `weight`: of the prior in pooled forecasts, else None; explained is the network's part, or the
    prior's if it has all the weight.
    """

    symbols: tuple[SymbolExplanation, ...]
    ahead: int
    level: float | None
    weight: float | None = None
