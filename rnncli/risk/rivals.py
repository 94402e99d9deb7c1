"""Value at risk by historical simulation and by GARCH, to compare the model with.

    history-250   the returns of the last 250 rows (or another number): historical simulation
    garch-n       GARCH(1,1) with normal residuals
    garch-edf     GARCH(1,1) with the distribution that its residuals had

GARCH is fitted by quasi maximum likelihood on the returns before the first cutoff, and its variance
then follows every return: Patton, Ziegel & Chen 2019, section 4.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.errors import UsageError
from rnncli.evaluation.baselines.garch import Garch
from rnncli.evaluation.baselines.garch_family import arch_library, fit_normal
from rnncli.risk.parametric import normal_tail
from rnncli.risk.tails import measures

HISTORY = "history-"
GARCH_N, GARCH_EDF = "garch-n", "garch-edf"
NAMES = f"{HISTORY}250 (or another number of rows), {GARCH_N}, {GARCH_EDF}"
LEAST_ROWS, MOST_ROWS = 20, 5000  # of a history
LEAST_FITTED = 100  # returns that a GARCH is fitted on


class TailForecast(NamedTuple):
    """Forecast quantiles and shortfalls (T, C) of T returns at C probabilities; NaN: no forecast.

    `tails`: for each probability equally likely returns below the quantile (T, k), where known.
    """

    quantiles: Float64Array
    shortfalls: Float64Array
    tails: tuple[Float64Array, ...] | None = None


Rival = Callable[[Float64Array, IntArray, Sequence[float]], TailForecast]


def parse_rivals(text: str) -> dict[str, Rival]:
    """The rivals of a list with commas. Raises UsageError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    return {name: _rival(name) for name in dict.fromkeys(names)}


def _rival(name: str) -> Rival:
    if name in (GARCH_N, GARCH_EDF):
        arch_library(name, "against")  # is refused before anything is computed
        return lambda returns, at, tails: _garch(name, returns, at, tails)
    rows = name.removeprefix(HISTORY)
    if rows == name or not rows.isdecimal() or not LEAST_ROWS <= int(rows) <= MOST_ROWS:
        raise UsageError("no such rival", option="against", value=name, remedy=f"use {NAMES}")
    return lambda returns, at, tails: _history(int(rows), returns, at, tails)


def _history(
    rows: int, returns: Float64Array, at: IntArray, tails: Sequence[float]
) -> TailForecast:
    """Of the `rows` returns before each place `at` (T) of returns; NaN where there are fewer."""
    quantiles, shortfalls = (np.full((len(at), len(tails)), np.nan) for _ in range(2))
    enough = np.flatnonzero(at >= rows)
    if len(enough):
        windows = np.lib.stride_tricks.sliding_window_view(returns, rows)
        ordered = np.sort(windows[at[enough] - rows], axis=1)
        for c, tail in enumerate(tails):
            tail_measures = measures(ordered, tail)
            quantiles[enough, c], shortfalls[enough, c] = (
                -tail_measures.value_at_risk,
                -tail_measures.shortfall,
            )
    return TailForecast(quantiles, shortfalls)


def _garch(
    name: str, returns: Float64Array, at: IntArray, tails: Sequence[float]
) -> TailForecast:  # fmt: skip
    """Of a GARCH fitted on the returns before the first place; NaN where these are too few."""
    nothing = np.full((len(at), len(tails)), np.nan)
    past = returns[: at[0]] if len(at) else returns[:0]
    model = fit_normal(arch_library(name, "against"), past) if len(past) >= LEAST_FITTED else None
    if model is None:
        return TailForecast(nothing, nothing.copy())
    deviations = np.sqrt(model.variances(returns))
    residuals = np.sort(model.residuals(past) / deviations[: len(past)])
    quantiles, shortfalls = nothing, nothing.copy()
    for c, tail in enumerate(tails):
        low, mean = _standard(name, residuals, tail)
        quantiles[:, c] = _scaled(model, low, deviations[at])
        shortfalls[:, c] = _scaled(model, mean, deviations[at])
    return TailForecast(quantiles, shortfalls)


def _standard(name: str, residuals: Float64Array, tail: float) -> tuple[float, float]:
    """Quantile and shortfall of a residual of variance 1."""
    if name == GARCH_N:
        normal = normal_tail(tail)
        return float(normal.quantile), float(normal.shortfall)
    tail_measures = measures(residuals, tail)
    return -float(tail_measures.value_at_risk), -float(tail_measures.shortfall)


def _scaled(model: Garch, residual: float, deviations: Float64Array) -> Float64Array:
    scaled: Float64Array = model.unit * (model.mu + residual * deviations)
    return scaled
