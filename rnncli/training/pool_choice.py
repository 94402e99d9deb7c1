"""Whether a trained network, the prior, or a pool of both forecasts: by validation days.

Each has a log score one row ahead for every day, over all series. These days also chose the weights
of the network, which flatters it; so its share in a pool is set by how much it has learnt from:
half after MANY_ROWS, a quarter after fewer. The prior alone forecasts where it is better than the
pool by more than a standard error. The network alone forecasts where it is better than half and
half beyond chance; one that has the user's columns or events as inputs, unknown to the prior, if it
is better at all: pooled with an interval that does not widen, an event is hidden.

On six markets, later days of those that networks were trained on, pools with three quarters of the
prior had a mean log score of 0.0016 below the prior's, half and half 0.0006 below. On 60 stocks
that were not among the 200 trained on it was 0.0035 and 0.0048 below. The shares were chosen on
these figures, which flatters them.

Further ahead the prior is less ahead of a network: from one row to five its odds double, if each
row ahead has an output, so that paths of both are drawn by the same numbers. On eight sets,
those markets and held-back stocks, two fifths had a mean log score five rows ahead of 0.0053 below
the prior's, a quarter 0.0045; Brent, StockNet and M6 lost 0.0007 to 0.0012 by that. After many
rows, on one market, two thirds had 0.0117 and half 0.0101.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.distributions.quantile_forecast import ModelQuantiles
from rnncli.inference.actuals import prices_after_origins
from rnncli.inference.forecast import Request, forecast_at
from rnncli.models.model import Model
from rnncli.models.pool import Pool
from rnncli.models.prior import fed
from rnncli.network.modes import FORMS
from rnncli.network.network import DIRECT, Network
from rnncli.prices.origins import Origins, days_of
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.settings.training import OF_LATE
from rnncli.transforms.dataset import Dataset, prepare
from rnncli.transforms.features import custom_of
from rnncli.transforms.inputs.table import season_of
from rnncli.transforms.volatility import running_deviations

HALF, THREE_QUARTERS = 0.5, 0.75  # weights of the prior
MANY_ROWS = 100_000
GROWTH = 2.0  # of the network's odds
FEWEST_DAYS = 20  # of fewer the prior alone forecasts
BEYOND_CHANCE = 1.645  # standard errors: 5 % of one tail


@dataclass(frozen=True)
class HeldBackScores:
    """Log scores one row ahead over validation days, lower is better, and the decision.

    Minus the log density of the log price, mean over days of the mean over series; `ewma_t`: of
    an EWMA with Student's t, fitted on the days before. `over_ewma_t`: the gain over
    that in standard errors. `weight`: of the prior in the forecasts.
    """

    days: int
    network: float | None
    prior: float | None
    pool: float | None
    ewma_t: float | None
    over_ewma_t: float
    weight: float

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for the record of a model."""
        return asdict(self)


def choose_pool(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, prior: Model | None,
    threads: Threads,
) -> tuple[Pool[Model] | None, HeldBackScores | None]:  # fmt: skip
    """The pool of a trained network and the prior, None for the network alone; and why.

    `origins`: validation days. (None, None) without a prior, and for a network that cannot be
    pooled: it needs a distribution of log returns over one row.
    """
    if prior is None or not can_be_pooled(network, dataset):
        return None, None
    if len(origins) == 0:
        return Pool(prior, 1.0), None
    actual = prices_after_origins(prices, origins, 1)
    columns = fed(prices, prior, None)
    of_prior = prepare(columns, prior.preparation, 0.0)
    by_origin = (
        _log_density(network, prices, dataset, origins, actual, threads),
        _log_density(prior.network, columns, of_prior, origins, actual, threads),
        _log_density_of_ewma_t(prices, dataset, origins, actual[:, 0]),
    )
    knows_more = bool(custom_of(dataset.preparation.inputs))
    weight = HALF if int(np.sum(dataset.training)) >= MANY_ROWS else THREE_QUARTERS
    errors = 0.0 if knows_more else BEYOND_CHANCE
    scores = _scores(*by_origin, days_of(prices, origins), weight, errors)
    growth = GROWTH if network.architecture.mode == DIRECT else 1.0
    return (Pool(prior, scores.weight, growth) if scores.weight else None), scores


def _scores(
    network: Float64Array, prior: Float64Array, ewma_t: Float64Array, days: IntArray,
    weight: float, errors: float,
) -> HeldBackScores:  # fmt: skip
    """Scores by log densities (n) of each, at origins of these days (n)."""
    half, pool = (
        np.logaddexp(network + np.log(1 - share), prior + np.log(share)) for share in (HALF, weight)
    )
    known = np.isfinite(network + prior + ewma_t)
    of_network, of_prior, of_half, of_pool, of_ewma = (
        -means_by_day(one[known], days[known]) for one in (network, prior, half, pool, ewma_t)
    )
    chosen_weight = weight_of_prior(of_network, of_prior, of_half, of_pool, weight, errors)
    chosen = {0.0: of_network, 1.0: of_prior}.get(chosen_weight, of_pool)
    return HeldBackScores(
        days=len(chosen),
        network=_mean(of_network),
        prior=_mean(of_prior),
        pool=_mean(of_pool),
        ewma_t=_mean(of_ewma),
        over_ewma_t=_errors_above_zero(of_ewma - chosen),
        weight=chosen_weight,
    )


def _mean(scores: Float64Array) -> float | None:
    return float(np.mean(scores)) if len(scores) else None


def can_be_pooled(network: Network, dataset: Dataset) -> bool:
    """Whether a network forecasts distributions of log returns over one row, as the prior does.

    The prior knows of no season.
    """
    daily = network.architecture.mode not in FORMS
    has_distribution = network.head.pick(sampled=True, fed_back=False)
    p = dataset.preparation
    return daily and has_distribution and p.is_of_returns and not season_of(p.inputs)


def weight_of_prior(
    network: Float64Array, prior: Float64Array, half: Float64Array, pool: Float64Array,
    weight: float, errors: float = BEYOND_CHANCE,
) -> float:  # fmt: skip
    """The weight of the prior by log scores of days (n), lower is better: 0, `weight`, or 1.

    `pool`: of both, the prior with `weight`; `half`: half and half; `errors`: by how many standard
    errors a network alone must be better than that.
    """
    if len(pool) < FEWEST_DAYS or _errors_above_zero(pool - prior) > 1:
        return 1.0
    return 0.0 if _errors_above_zero(half - network) > errors else weight


def _errors_above_zero(differences: Float64Array) -> float:
    """Mean of differences by day (n) over its standard error, days being independent."""
    if len(differences) < FEWEST_DAYS:
        return 0.0
    error = np.std(differences, ddof=1) / np.sqrt(len(differences))
    return float(np.mean(differences) / error) if error > 0 else 0.0


def means_by_day(values: Float64Array, days: IntArray) -> Float64Array:
    """Mean of finite values (n) of each day; days without any are left out."""
    known = np.isfinite(values)
    _, day = np.unique(days[known], return_inverse=True)
    means: Float64Array = np.bincount(day, values[known]) / np.maximum(np.bincount(day), 1)
    return means


def _log_density_of_ewma_t(
    prices: Prices, dataset: Dataset, origins: Origins, actual: Float64Array
) -> Float64Array:
    """Log density (n) of each next log price by an EWMA of RiskMetrics with Student's t.

    The pooled deviation and the degrees of freedom are of the days that were trained on.
    """
    returns = [np.diff(np.log(prices.series(i))) for i in range(len(prices.symbols))]
    early = [one[:known] for one, known in zip(returns, dataset.training.tolist(), strict=True)]
    pooled = float(np.sqrt(np.mean(np.concatenate(early) ** 2))) or 1.0
    late = [running_deviations(one / pooled, OF_LATE) for one in returns]
    standard = [one / pooled / by[: len(one)] for one, by in zip(early, late, strict=True)]
    dof = student_t.fit_dof_of_unit_variance(np.concatenate(standard))
    density = np.full(len(origins), np.nan)
    for i, at, rows in origins.by_series():
        scale = pooled * late[i][rows] * np.sqrt((dof - 2) / dof)
        moved = np.log(actual[at] / prices.series(i)[rows]) / scale
        density[at] = student_t.log_density(moved, np.array(dof)) - np.log(scale)
    return density


def _log_density(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, actual: Float64Array,
    threads: Threads,
) -> Float64Array:  # fmt: skip
    """Log density (n) of each next log price, by a network."""
    request = Request(1, "log")
    forecast = forecast_at(network, prices, dataset, origins, request, threads, actual)
    assert isinstance(forecast, ModelQuantiles)
    return forecast.log_density[:, 0]
