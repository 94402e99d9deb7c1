"""The table of all baselines by name: where one is added."""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.families import Distribution, Normal, StudentT
from rnncli.distributions.quantile_forecast import error_quantiles
from rnncli.distributions.student_t import fit_dof_of_unit_variance
from rnncli.evaluation.baselines.constant_t import constant_t
from rnncli.evaluation.baselines.garch_family import KINDS, garch_family
from rnncli.evaluation.baselines.har import har_t, harx_t
from rnncli.evaluation.baselines.simple import (
    DECAY,
    naive_bounds,
    pooled_deviation,
)
from rnncli.evaluation.baselines.statsforecast import MODELS, classical
from rnncli.evaluation.predictive import in_scores
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.settings.option import parse_list
from rnncli.transforms.volatility import changes, running_deviations

HARX = "harx-t"  # which needs more columns than the price
Fit = Callable[[Prices, str, int], Predictor]


def _naive(_past: Prices, _unit: str, _horizon: int) -> Predictor:
    """The last price, repeated."""

    def forecast(_prices: Prices, _origins: Origins, actuals: Actuals) -> Predictive:
        return Predictive(np.repeat(actuals.last[:, None], actuals.horizon, axis=1))

    return forecast


def _drift(_past: Prices, unit: str, _horizon: int) -> Predictor:
    """The mean change up to the cutoff, once more for every row ahead (in logs where prices are).

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2.
    """

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        drift = np.empty(len(origins))
        for i, at, rows in origins.by_series():
            steps = changes(prices.series(i), difference_unit(unit))
            drift[at] = np.cumsum(steps)[rows - 1] / rows
        path = (drift * actuals.step())[:, None] * np.arange(1, actuals.horizon + 1)
        return Predictive(actuals.priced(path))

    return forecast


def _ewma(past: Prices, unit: str, _horizon: int) -> Predictor:
    """Normal around the last price, variance the exponentially weighted one, growing with time."""
    pooled = pooled_deviation(past, unit)

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        scale = _deviations(prices, origins, actuals, pooled)
        return _around_last(actuals, Normal(np.zeros_like(scale), scale))

    return forecast


def _ewma_t(past: Prices, unit: str, _horizon: int) -> Predictor:
    """EWMA with Student's t of the same variance; its dof from all past returns."""
    pooled = pooled_deviation(past, unit)
    dof = fit_dof_of_unit_variance(_standardised(past, unit, pooled))

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        scale = _deviations(prices, origins, actuals, pooled) * np.sqrt((dof - 2) / dof)
        return _around_last(actuals, StudentT(np.zeros_like(scale), scale, np.array(dof)))

    return forecast


def _naive_conformal(past: Prices, unit: str, horizon: int) -> Predictor:
    """The last price with quantiles of its past errors, by horizon.

    Errors over the series' deviation, pooled over series, from at most `MOST_ROWS` past cutoffs:
    split conformal prediction (Vovk et al. 2005) with that scale.
    """
    bounds = naive_bounds(past, unit, horizon)

    def forecast(_prices: Prices, _origins: Origins, actuals: Actuals) -> Predictive:
        last = np.repeat(actuals.last[:, None], actuals.horizon, axis=1)
        distances = error_quantiles(bounds, actuals.deviation, actuals.horizon)
        return Predictive(last, in_scores(distances, last, actuals))

    return forecast


BASELINES: dict[str, Fit] = {
    "naive": _naive,
    "drift": _drift,
    "ewma": _ewma,
    "ewma-t": _ewma_t,
    "naive-conformal": _naive_conformal,
    "constant-t": constant_t,
    "har-t": har_t,
    HARX: harx_t,
    **{name: garch_family(name) for name in KINDS},
    **{name: classical(name) for name in MODELS},
}


def names_of(text: str) -> list[str]:
    """Baselines of a list with commas. Raises UsageError for one that is not known or twice."""
    return parse_list("baselines", text, BASELINES) if text.strip() else []


def _standardised(past: Prices, unit: str, pooled: float) -> Float64Array:
    """Past changes over the deviation that was known before each."""
    standardised = []
    for i in range(len(past.symbols)):
        steps = changes(past.series(i), difference_unit(unit)) / pooled
        standardised.append(steps / running_deviations(steps, DECAY)[:-1])
    return np.concatenate(standardised)


def _deviations(prices: Prices, origins: Origins, actuals: Actuals, pooled: float) -> Float64Array:
    """Deviation of future changes, (n, horizon), in the unit of scores."""
    deviations = np.empty(len(origins))
    for i, at, rows in origins.by_series():
        steps = changes(prices.series(i)[: rows.max() + 1], difference_unit(actuals.unit))
        deviations[at] = pooled * running_deviations(steps / pooled, DECAY)[rows]
    aheads = np.arange(1, actuals.horizon + 1)
    deviations_ahead: Float64Array = (deviations * actuals.step())[:, None] * np.sqrt(aheads)
    return deviations_ahead


def _around_last(actuals: Actuals, distribution: Distribution) -> Predictive:
    return Predictive(np.repeat(actuals.last[:, None], actuals.horizon, axis=1), distribution)
