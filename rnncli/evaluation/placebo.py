"""Placebo test: the same evaluation on prices without structure, where any claim is false.

Two kinds of prices are made from the given ones: their changes in random order, and random walks
of the same size. A change in either has median zero and cannot be predicted, so a point forecast
beats naive, and an interval beats a t of constant scale, only by chance; a test at level alpha
should claim so in about a fraction alpha of the trials.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.backtest import backtest
from rnncli.evaluation.result import Evaluation, FalseClaims
from rnncli.evaluation.score_tables import compare
from rnncli.models.model import Model
from rnncli.models.provenance import saw_no_prices
from rnncli.prices.series import Prices
from rnncli.runtime.random_numbers import generator
from rnncli.settings import EvaluateSettings, RunSettings
from rnncli.transforms.market_medians import without_market
from rnncli.transforms.volatility import changes

RATIOS = ("open", "high", "low")  # columns that are scaled with the price of their row
CLAIMS = {"point forecast better than naive": ("mae", "naive"),
          "range better than a constant t": ("crps", "constant-t")}  # fmt: skip


def placebo(
    model: Model, prices: Prices, settings: EvaluateSettings, running: RunSettings,
    on_trial: Callable[[int], None],
) -> list[FalseClaims]:  # fmt: skip
    """Train the recipe and evaluate it on made prices, once a seed and kind; count the claims.

    A model that saw no prices is evaluated as it is.
    """
    settings = replace(
        settings, refit=None if saw_no_prices(model.record) else "once",
        baselines="naive,constant-t", require_coverage=(), require_skill=(),
    )  # fmt: skip
    outcomes_by_claim: dict[tuple[str, str], list[bool]] = {}
    for seed in range(settings.placebo):
        for made, make in MAKERS.items():
            drawn = remade(prices, model.bounds.unit, make, seed)
            evaluation = backtest(model, drawn, settings, running)
            for claim, (loss, against) in CLAIMS.items():
                outcomes = outcomes_by_claim.setdefault((made, claim), [])
                outcomes += _claimed(evaluation, loss, against, settings.alpha)
        on_trial(seed + 1)
    return [
        FalseClaims(*names, sum(outcomes), len(outcomes))
        for names, outcomes in outcomes_by_claim.items()
    ]


def _claimed(evaluation: Evaluation, loss: str, against: str, alpha: float) -> list[bool]:
    """Whether the one-sided test claims skill, over all aheads; None without a test."""
    p = compare(evaluation, loss, against).p_lower
    return [] if p is None else [p < alpha]


def permuted(steps: Float64Array, order: IntArray, _rng: np.random.Generator) -> Float64Array:
    """Changes around their median, in another order."""
    changes_permuted: Float64Array = (steps - np.median(steps))[order]
    return changes_permuted


def walk(steps: Float64Array, _order: IntArray, rng: np.random.Generator) -> Float64Array:
    """Normal changes of the same deviation."""
    return float(np.std(steps)) * rng.standard_normal(len(steps))


Make = Callable[[Float64Array, IntArray, np.random.Generator], Float64Array]
MAKERS: dict[str, Make] = {"permuted returns": permuted, "random walks": walk}


def remade(prices: Prices, unit: str, make: Make, seed: int) -> Prices:
    """Prices with other changes, in logs or (unit "absolute") as they are; dates and lengths stay.

    Each symbol has separate draws. Further columns of a row move with its change, and the state of
    the market is that of the new prices.
    """
    prices = without_market(prices)
    values, origin = prices.values.copy(), np.arange(len(prices.values))
    for i in range(len(prices.symbols)):
        rng = generator(seed, i)
        series, after = prices.series(i), slice(prices.offsets[i] + 1, prices.offsets[i + 1])
        steps = changes(series, unit)
        if len(steps):
            order = rng.permutation(len(steps))
            path = np.cumsum(make(steps, order, rng))
            values[after] = series[0] * np.exp(path) if unit == "log" else series[0] + path
            origin[after] = after.start + order
    fields = {
        name: (beside / prices.values)[origin] * values if name in RATIOS else beside[origin]
        for name, beside in prices.fields.items()
    }
    return replace(prices, values=values, fields=fields)
