"""What a picture of a forecast shows of a symbol: its last rows, the forecast, bounds, naive."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.forecasting.forecast import Forecast

Bound = tuple[float, Float64Array, Float64Array]


@dataclass(frozen=True)
class Fan:
    """`past` (rows), `forecast` (horizon), `dates` (rows + horizon; NaT without dates).

    `bounds`: level in percent, lower and upper (horizon) of each, the widest first; NaN where one
    is not known. `rows`: the number of the last row known.
    """

    symbol: str
    past: Float64Array
    forecast: Float64Array
    naive: float
    bounds: tuple[Bound, ...]
    dates: DateArray
    rows: int

    def last(self, rows: int) -> "Fan":
        """The same with fewer rows of the past."""
        left_out = max(len(self.past) - rows, 0)
        return Fan(
            self.symbol, self.past[left_out:], self.forecast, self.naive, self.bounds,
            self.dates[left_out:], self.rows,
        )  # fmt: skip


def fans(forecast: Forecast, symbols: int) -> list[Fan]:
    """The fans of the first symbols, up to a number."""
    return [_fan(forecast, i) for i in range(min(symbols, len(forecast.symbols)))]


def _fan(forecast: Forecast, i: int) -> Fan:
    levels = sorted(forecast.lower, reverse=True)
    return Fan(
        symbol=forecast.symbols[i],
        past=forecast.prices.series(i),
        forecast=forecast.forecasts[i],
        naive=float(forecast.naive[i]),
        bounds=tuple(
            (level, forecast.lower[level][i], forecast.upper[level][i]) for level in levels
        ),
        dates=np.concatenate([forecast.prices.dates_of(i), forecast.dates[i]]),
        rows=forecast.rows[i],
    )
