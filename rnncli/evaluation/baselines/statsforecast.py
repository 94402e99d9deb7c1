"""AutoARIMA, AutoETS and Theta of the package statsforecast (an extra), fitted at every cutoff.

Hyndman & Khandakar 2008 (doi:10.18637/jss.v027.i03); Fiorucci et al. 2016 for Theta. On the log
of the price where it has one; the range is the normal of their interval.
"""

import importlib
import warnings
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.families import Normal
from rnncli.errors import UsageError, setting
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices

MODELS = {"auto-arima": "AutoARIMA", "auto-ets": "AutoETS", "theta": "AutoTheta"}
LEVEL = 80  # percent of the interval that the deviation is read from
QUANTILE = 1.2815515655446004  # of the standard normal at 90 %
SMALLEST = 1e-9  # of a deviation, in the unit of scores: a range of nothing has no density
MOST_ROWS = 1000  # before a cutoff that are fitted on


def classical(name: str) -> Any:
    """The baseline of a name: it is fitted anew at each cutoff."""

    def fit(_past: Prices, _unit: str, horizon: int) -> Predictor:
        library = _library(name)

        def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
            mean = np.empty((len(origins), horizon))
            half = mean.copy()
            for i, at, rows in origins.by_series():
                series = prices.series(i)
                each = [_one(library, name, series[: row + 1], actuals.unit, horizon)
                        for row in rows.tolist()]  # fmt: skip
                mean[at], half[at] = (np.stack(part) for part in zip(*each, strict=True))
            size = actuals.step()[:, None]
            scale = np.maximum(half * size / QUANTILE, SMALLEST)
            return Predictive(actuals.priced(mean * size), Normal(mean * size, scale))

        return forecast

    return fit


def _one(
    library: Any, name: str, known: Float64Array, unit: str, horizon: int
) -> tuple[Float64Array, Float64Array]:
    """Change from the last value to the mean (horizon), and half the width of the interval."""
    known = known[-MOST_ROWS:]
    values = np.log(known) if unit == "log" else known
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optimisers
        model = getattr(library, MODELS[name])(season_length=1)
        forecast = model.forecast(values, horizon, level=[LEVEL])
    half = (forecast[f"hi-{LEVEL}"] - forecast[f"lo-{LEVEL}"]) / 2
    return np.asarray(forecast["mean"] - values[-1]), np.asarray(half)


def _library(name: str) -> Any:
    try:
        return importlib.import_module("statsforecast.models")
    except ImportError as error:
        raise UsageError(
            f"{setting('baselines', name)} needs an extra",
            remedy="run: pip install 'rnncli[baselines]'",
        ) from error
