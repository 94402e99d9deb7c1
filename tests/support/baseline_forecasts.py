"""Forecasts of a baseline from cutoffs of made prices."""

import numpy as np
from builders import prices_of, random_walk

from rnncli.evaluation.baselines.registry import BASELINES
from rnncli.evaluation.cutoffs import calendar, origins_at, past
from rnncli.inference.actuals import actuals_at

RNG = np.random.default_rng(5)
PRICES = prices_of({"A": random_walk(RNG, 400), "B": random_walk(RNG, 300, 0.03)})
HORIZON = 3


def forecast(name, prices=PRICES, unit="log", cutoff=350, rows=(360, 380)):
    """Forecasts of a baseline fitted up to day `cutoff`, from days after it; cells, outcome."""
    days = calendar(prices)
    known = past(prices, days.last_rows(prices, days.days[[cutoff]])[0])
    here = origins_at(prices, days.last_rows(prices, days.days[list(rows)]))
    came = actuals_at(prices, here, HORIZON, unit)
    return BASELINES[name](known, unit, HORIZON)(prices, here, came), here, came
