"""What every forecast is held against: naive, drift, and how far prices moved of late.

Each is fitted on a past (what was known at some cutoff) and then forecasts from any cell after
it, using the rows up to that cell alone.
"""

from collections.abc import Callable

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions import student_t
from rnncli.distributions.conformal import Bounds, fit_bounds
from rnncli.distributions.families import Distribution, Normal, StudentT
from rnncli.distributions.quantile_forecast import error_quantiles
from rnncli.distributions.student_t import golden_section_minimum
from rnncli.evaluation.baselines.constant_t import constant_t
from rnncli.evaluation.baselines.garch import garch_t
from rnncli.evaluation.baselines.statsforecast import MODELS, classical
from rnncli.evaluation.predictive import in_scores
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit, prices_after
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.settings.option import parse_list
from rnncli.transforms.volatility import changes, own_deviations, past_deviations

DECAY = 0.94  # RiskMetrics technical document, 1996, for daily changes
LARGEST_DOF = 200.0  # from here on a t is a normal to the eye
MOST_ROWS = 100_000  # that something is fitted on; more change it little and cost time
DEFAULTS = ("naive", "drift", "ewma", "ewma-t", "naive-conformal")


def _naive(_past: Prices, _unit: str, _horizon: int) -> Predictor:
    """The last price, repeated."""

    def forecast(_prices: Prices, _cells: Origins, outcome: Actuals) -> Predictive:
        return Predictive(np.repeat(outcome.last[:, None], outcome.horizon, axis=1))

    return forecast


def _drift(_past: Prices, unit: str, _horizon: int) -> Predictor:
    """The mean change up to the cutoff, once more for every row ahead (in logs where prices are).

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, 5.2.
    """

    def forecast(prices: Prices, cells: Origins, outcome: Actuals) -> Predictive:
        drift = np.empty(len(cells.series))
        for i, at, rows in cells.by_series():
            steps = changes(prices.series(i), difference_unit(unit))
            drift[at] = np.cumsum(steps)[rows - 1] / rows
        path = (drift * outcome.step())[:, None] * np.arange(1, outcome.horizon + 1)
        return Predictive(outcome.priced(path))

    return forecast


def _ewma(past: Prices, unit: str, _horizon: int) -> Predictor:
    """Normal around the last price, variance the exponentially weighted one, growing with time."""
    pooled = pooled_deviation(past, unit)

    def forecast(prices: Prices, cells: Origins, outcome: Actuals) -> Predictive:
        scale = _deviations(prices, cells, outcome, pooled)
        return _around_last(outcome, Normal(np.zeros_like(scale), scale))

    return forecast


def _ewma_t(past: Prices, unit: str, _horizon: int) -> Predictor:
    """Likewise with Student's t of the same variance; its dof from all the past returns."""
    pooled = pooled_deviation(past, unit)
    dof = fit_dof_of_unit_variance(_standardised(past, unit, pooled))

    def forecast(prices: Prices, cells: Origins, outcome: Actuals) -> Predictive:
        scale = _deviations(prices, cells, outcome, pooled) * np.sqrt((dof - 2) / dof)
        return _around_last(outcome, StudentT(np.zeros_like(scale), scale, np.array(dof)))

    return forecast


def _naive_conformal(past: Prices, unit: str, horizon: int) -> Predictor:
    """The last price with quantiles of its own past errors, ahead by ahead.

    Errors over the series' own deviation, pooled over series, from every past cutoff or as many
    as `MOST_ROWS`: split conformal prediction (Vovk et al. 2005) with that for a scale.
    """
    bounds = naive_bounds(past, unit, horizon)

    def forecast(_prices: Prices, _cells: Origins, outcome: Actuals) -> Predictive:
        last = np.repeat(outcome.last[:, None], outcome.horizon, axis=1)
        distances = error_quantiles(bounds, outcome.deviation, outcome.horizon)
        return Predictive(last, in_scores(distances, last, outcome))

    return forecast


Fit = Callable[[Prices, str, int], Predictor]
BASELINES: dict[str, Fit] = {
    "naive": _naive,
    "drift": _drift,
    "ewma": _ewma,
    "ewma-t": _ewma_t,
    "naive-conformal": _naive_conformal,
    "constant-t": constant_t,
    "garch-t": garch_t,
    **{name: classical(name) for name in MODELS},
}


def names_of(text: str) -> list[str]:
    """Baselines of a list with commas. Raises UsageError for one that is not known or twice."""
    return parse_list("baselines", text, BASELINES) if text.strip() else []


def naive_bounds(past: Prices, unit: str, horizon: int) -> Bounds:
    """Quantiles of the scaled errors that naive has made in the past, by ahead."""
    stride = max(1, len(past.values) // MOST_ROWS)
    errors, deviations = [], []
    for i in range(len(past.symbols)):
        series = past.series(i)
        rows = np.arange(2, len(series) - 1, stride)
        came = prices_after(series, rows, horizon)
        last = series[rows][:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            errors.append(np.log(came / last) if unit == "log" else came - last)
        deviations.append(past_deviations(series, rows, difference_unit(unit)))
    return fit_bounds(
        difference_unit(unit), np.concatenate(errors), np.concatenate(deviations), (None, None)
    )


def pooled_deviation(past: Prices, unit: str) -> float:
    """Root mean square of all the past changes; 1 where there was none but zero."""
    steps = [changes(past.series(i), difference_unit(unit)) for i in range(len(past.symbols))]
    found = float(np.sqrt(np.mean(np.concatenate(steps) ** 2))) if sum(map(len, steps)) else 0.0
    return found or 1.0


def _standardised(past: Prices, unit: str, pooled: float) -> Float64Array:
    """Past changes over the deviation that was known before each."""
    found = []
    for i in range(len(past.symbols)):
        steps = changes(past.series(i), difference_unit(unit)) / pooled
        found.append(steps / own_deviations(steps, DECAY)[:-1])
    return np.concatenate(found)


def _deviations(prices: Prices, cells: Origins, outcome: Actuals, pooled: float) -> Float64Array:
    """Deviation of what comes, (n, horizon), in the unit of scores."""
    own = np.empty(len(cells.series))
    for i, at, rows in cells.by_series():
        steps = changes(prices.series(i)[: rows.max() + 1], difference_unit(outcome.unit))
        own[at] = pooled * own_deviations(steps / pooled, DECAY)[rows]
    aheads = np.arange(1, outcome.horizon + 1)
    found: Float64Array = (own * outcome.step())[:, None] * np.sqrt(aheads)
    return found


def _around_last(outcome: Actuals, distribution: Distribution) -> Predictive:
    return Predictive(np.repeat(outcome.last[:, None], outcome.horizon, axis=1), distribution)


def fit_dof_of_unit_variance(standardised: Float64Array) -> float:
    """Degrees of freedom, 2 to 200, of a Student t of variance 1, by maximum likelihood.

    By golden section in 1/dof, from 0.005 for all but normal to 1/2 for no variance.
    """
    kept = standardised[np.isfinite(standardised)]
    kept = kept[:: max(1, len(kept) // MOST_ROWS)]
    if len(kept) == 0:
        return LARGEST_DOF

    def loss(inverse: float) -> float:
        dof = 1 / inverse
        scale = np.sqrt((dof - 2) / dof)
        return -float(np.mean(student_t.log_density(kept / scale, np.array(dof)) - np.log(scale)))

    return 1 / golden_section_minimum(loss, 1 / LARGEST_DOF, 0.499)
