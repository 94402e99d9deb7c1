"""Forecasts of the next rows of every symbol.

A `Model` and `Prices` go in; a `Forecast` of each symbol comes out.

    incremental/  forecasts from a state file, or after every row
    forecast      the fields of a forecast
    outlook       chances, moves and ranges of each symbol, and an order
    unfit         forecasts that are refused: not finite, or too far from the last price
    places        where actual prices lay in the distributions forecast for them
    adaptive_conformal  intervals that adapt to their recent coverage
    assemble      a forecast from its quantiles and the calibrated intervals
    pooled        forecasts by a model's network, or pooled with the prior
    predict       the whole of `rnncli predict`
    per_symbol    forecasts of each symbol by its model
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast, Samples
    from rnncli.forecasting.per_symbol import SymbolModel, predict_each
    from rnncli.forecasting.predict import sample

__all__ = ["Forecast", "Samples", "SymbolModel", "predict_each", "sample"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "forecast": ("Forecast", "Samples"),
        "predict": ("sample",),
        "per_symbol": ("SymbolModel", "predict_each"),
    },
)
