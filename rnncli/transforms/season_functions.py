"""The forecasts of a season that a network is fed: linear functions of the season's inputs.

    forecast = common + sum of weight_j function_j,   each linear in the inputs of a day

There is one of these for each row ahead, as a return over the deviation and the root of the rows.
The functions are the same for all symbols. The weights are those of a symbol: of what its past
adds to the common function (see `season_fit`). A symbol without weights has the common one.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array

LARGEST = 8.0  # deviations of a return that a forecast is limited to


@dataclass(frozen=True)
class SeasonFunctions:
    """The common function and J others, and the weights of these (J) by symbol.

    `functions` (1 + J): of each its coefficients, of a constant first, then of the inputs (I), by
    row ahead (K): (1 + I) x K numbers; `rows`: K.
    """

    rows: int
    functions: tuple[tuple[float, ...], ...]
    weights: dict[str, tuple[float, ...]]

    @cached_property
    def _coefficients(self) -> Float64Array:
        return np.array(self.functions)

    def of_symbol(self, symbol: str) -> Float64Array:
        """The coefficients of a symbol, (1 + I, K)."""
        total = self._coefficients[0].copy()
        for weight, function in zip(
            self.weights.get(symbol, ()), self._coefficients[1:], strict=False
        ):
            total += weight * function
        shaped: Float64Array = total.reshape(-1, self.rows)
        return shaped

    def fit(self, inputs: int, rows: int) -> bool:
        """Whether the functions are of this number of inputs and rows, with a weight for each."""
        return (
            len(self.functions) > 0
            and self.rows == rows
            and {len(function) for function in self.functions} == {(1 + inputs) * rows}
            and {len(one) for one in self.weights.values()} <= {len(self.functions) - 1}
        )

    @classmethod
    def from_dict(cls, plain: dict[str, Any]) -> "SeasonFunctions":
        """The inverse of `asdict` after a round trip through JSON."""
        return cls(
            int(plain["rows"]),
            tuple(tuple(map(float, function)) for function in plain["functions"]),
            {symbol: tuple(map(float, one)) for symbol, one in plain["weights"].items()},
        )


def season_forecasts(inputs: Float64Array, coefficients: Float64Array) -> Float64Array:
    """Forecasts (rows, K) by inputs (rows, I) and the coefficients (1 + I, K) of a symbol.

    Terms are added one after the other, so that a row has the same bytes alone and among others.
    """
    forecasts = np.tile(coefficients[0], (len(inputs), 1))
    for column, of_column in enumerate(coefficients[1:]):
        forecasts += inputs[:, column, None] * of_column
    limited: Float64Array = np.clip(forecasts, -LARGEST, LARGEST)
    return limited
