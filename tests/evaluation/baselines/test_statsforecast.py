"""Baselines of statsforecast, fitted at every cutoff on what was known."""

import numpy as np
import pytest
from builders import prices_of, random_walk

from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.inference.actuals import actuals_at
from rnncli.prices.origins import Origins

SERIES = random_walk(np.random.default_rng(13), 120)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["auto-ets", "theta"])
@pytest.mark.parametrize("unit", ["log", "mase"])
def test_each_cutoff_is_fitted_on_what_was_known(name, unit):
    """Later prices do not change a bit of the forecast."""
    pytest.importorskip("statsforecast")
    cells = Origins(np.array([0, 0]), np.array([80, 100]), np.array([0, 1]))
    changed = SERIES.copy()
    changed[101:] *= 2
    found = []
    for series in (SERIES, changed):
        prices = prices_of({"A": series})
        came = actuals_at(prices, cells, 2, unit)
        found.append(BASELINES[name](prices, unit, 2)(prices, cells, came))
    assert found[0].forecasts.tobytes() == found[1].forecasts.tobytes()
    assert np.all(np.abs(np.log(found[0].forecasts / SERIES[[80, 100]][:, None])) < 0.05)
    lower, upper = (found[0].distribution.quantile(p) for p in (0.1, 0.9))
    assert np.all(lower < upper)
