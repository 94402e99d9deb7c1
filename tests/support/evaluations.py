"""An evaluation of made scores."""

import numpy as np
from builders import prices_of

from rnncli.evaluation.result import MODEL, Evaluation, Plan
from rnncli.evaluation.splits import calendar
from rnncli.prices.origins import Origins

FOLDS = 12


def evaluation(stride=1):
    """Two symbols from twelve cutoffs, two rows ahead; the model has a range, naive a point."""
    prices = prices_of({"A": np.arange(1.0, 31), "B": np.arange(1.0, 31)})
    rng, shape = np.random.default_rng(7), (2 * FOLDS, 2)
    days = calendar(prices)
    cells = Origins(
        np.repeat([0, 1], FOLDS),
        np.tile(np.arange(FOLDS) + 15, 2),
        np.tile(np.arange(FOLDS), 2),
    )
    point = ("absolute", "square", "price_absolute", "price_square", "smape", "mase", "direction")
    scores = {
        MODEL: {name: rng.uniform(1, 2, shape) for name in (
            *point, "crps", "log_score", "pit", "interval_score_80", "coverage_80", "width_80"
        )},
        "naive": {name: rng.uniform(1, 2, shape) for name in point},
        "ewma": {name: rng.uniform(1, 2, shape) for name in (*point, "crps")},
    }  # fmt: skip
    plan = Plan(
        days, days.days[15 : 15 + FOLDS], 2, stride, (80.0,), ("naive", "ewma"), ((0, FOLDS),)
    )
    return Evaluation(plan, prices.symbols, cells, "log", scores, tuple(range(FOLDS)), (), {})
