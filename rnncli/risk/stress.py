"""Stress: shocks to some symbols, and the worst days of the past with the volatility of today.

A shock: given some components of a multivariate Student's t, the others have another Student's t
(Ding 2016, doi:10.1080/00031305.2016.1164756); the forecasts of the symbols turn them into prices.
A replay: the place that each symbol had in its forecast of a past day is taken in its forecast of
today, so that a fall that was large then is as large for today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions import student_t
from rnncli.errors import UsageError, name_some
from rnncli.evaluation.cutoffs import Calendar, calendar
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.risk.copula import SCORES, Copula, normal_scores
from rnncli.risk.holdings import NAMED, PORTFOLIO, Portfolio, values_at
from rnncli.risk.market import Market
from rnncli.risk.marks import Mark
from rnncli.risk.past_places import past_places
from rnncli.runtime.blas import one_blas_thread
from rnncli.runtime.random_numbers import STRESS, generator
from rnncli.runtime.threads import Threads

MOST_DRAWS = 5000
LARGEST_DOF = 1e4
LARGEST_MOVE = 2.0  # factor up or down that a shock given as a price may have
TAIL = 0.05  # on each side of the range that is shown


@dataclass(frozen=True)
class Stressed:
    """The effect of a scenario on a line on a row ahead: changes in percent, gains in money.

    `given`: whether the scenario says so itself; else `change` is the median, `lower` and `upper`
    the ends of the range of 90 %. Gains are None without a portfolio.
    """

    scenario: str
    line: str
    ahead: int
    given: bool
    change: float
    lower: float
    upper: float
    gain: float | None
    lower_gain: float | None
    upper_gain: float | None


def shocked(
    market: Market, portfolio: Portfolio | None, scenarios: Mapping[str, Sequence[Mark]]
) -> Iterator[Stressed]:
    """Each scenario on each row ahead. Raises UsageError for symbols that are not there."""
    for name, marks in scenarios.items():
        given = _given(market, marks)
        for ahead in market.aheads:
            prices = _conditional(market, given, ahead)
            yield from _lines(market, portfolio, name, ahead, set(given), prices)


def replay_days(
    model: Model, prices: Prices, market: Market, portfolio: Portfolio | None, count: int,
    threads: Threads,
) -> Iterator[Stressed]:  # fmt: skip
    """The worst `count` days of the prices, as if the next row were one of them."""
    held = prices.subset([prices.symbols.index(symbol) for symbol in market.symbols])
    places, days = past_places(model, held, threads, int(held.lengths.max()))
    yield from replayed(market, portfolio, places, days, calendar(held), count)


def replayed(
    market: Market, portfolio: Portfolio | None, places: Float64Array, days: IntArray,
    of_days: Calendar, count: int,
) -> Iterator[Stressed]:  # fmt: skip
    """The worst `count` days of past places (days, n), as if the next row were one of them.

    By the portfolio's gain, or by the mean change of the symbols. A symbol without a row on a day
    does not move.
    """
    scores = np.where(np.isfinite(places), normal_scores(places, 0.0), np.nan)
    last = market.last
    prices = np.repeat(last[:, None], len(days), axis=1)
    for i, of_symbol in enumerate(scores.T):
        has_place = np.isfinite(of_symbol)
        prices[i, has_place] = market.bands.at_scores(i, 1, of_symbol[has_place])
    if portfolio is None:
        worth = np.mean(prices / last[:, None] - 1, axis=0)
    else:
        worth = values_at(portfolio, dict(zip(market.symbols, prices, strict=True))).sum(axis=0)
    for day in np.argsort(worth, kind="stable")[:count].tolist():
        shown = str(of_days.shown(int(days[day])))
        symbols = {i for i in range(len(last)) if np.isfinite(scores[day, i])}
        yield from _lines(market, portfolio, shown, 1, symbols, prices[:, [day]])


def _given(market: Market, marks: Sequence[Mark]) -> dict[int, float]:
    """Number of each shocked symbol and its price."""
    given = {}
    for mark in marks:
        if mark.symbol not in market.symbols:
            raise UsageError(
                "names no symbol" if mark.symbol is None else f"no symbol {mark.symbol}",
                option=mark.side, value=f"{mark.number:g}{'%' if mark.percent else ''}",
                remedy=f"there are {name_some(list(market.symbols), NAMED)}",
            )  # fmt: skip
        i = market.symbols.index(mark.symbol)
        given[i] = _level(mark, float(market.last[i]))
    return given


def _level(mark: Mark, now: float) -> float:
    """The price of a mark. Raises UsageError for a price that is likely to be a change."""
    level = mark.level(now)
    if mark.percent or now <= 0 or now / LARGEST_MOVE <= level <= now * LARGEST_MOVE:
        return level
    change = 100 * (level / now - 1)
    that_price = f", for that price {mark.symbol}={change:.6g}%" if level > 0 else ""
    raise UsageError(
        f"{level:g} is a price, {change:+z.1f} % from {now:g}", option=mark.side,
        value=f"{mark.symbol}={level:g}",
        remedy=f"for a change write {mark.symbol}={level:g}%{that_price}",
    )  # fmt: skip


def _conditional(market: Market, given: Mapping[int, float], ahead: int) -> Float64Array:
    """Prices (n, draws) on a row ahead, those of `given` fixed."""
    assert market.copula is not None
    dof, draws = min(market.copula.dof, LARGEST_DOF), min(market.draws, MOST_DRAWS)
    table = _t_quantiles(dof)
    fixed = list(given)
    fixed_values = np.array(
        [np.interp(market.bands.score_of(i, ahead, p), SCORES, table) for i, p in given.items()]
    )
    others = [i for i in range(len(market.symbols)) if i not in given]
    prices = np.repeat(market.last[:, None], draws, axis=1)
    for i, price in given.items():
        prices[i] = price
    if others:
        drawn = _others(market.copula, dof, fixed, fixed_values, others, draws, market.seed)
        for i, values in zip(others, drawn, strict=True):
            prices[i] = market.bands.at_scores(i, ahead, np.interp(values, table, SCORES))
    return prices


@one_blas_thread()
def _others(
    copula: Copula, dof: float, fixed: list[int], fixed_values: Float64Array, others: list[int],
    draws: int, seed: int,
) -> Float64Array:  # fmt: skip
    """Draws (m, draws) of the other components of Student's t where those `fixed` are `known`."""
    r = copula.correlation
    weights = np.linalg.solve(r[np.ix_(fixed, fixed)], r[np.ix_(fixed, others)])
    left = r[np.ix_(others, others)] - r[np.ix_(others, fixed)] @ weights
    distance = float(fixed_values @ np.linalg.solve(r[np.ix_(fixed, fixed)], fixed_values))
    rng = generator(seed, draws, STRESS)
    root = np.linalg.cholesky(left + 1e-12 * np.eye(len(others)))
    normal = root @ rng.standard_normal((len(others), draws))
    freedom = dof + len(fixed)
    scale = np.sqrt((dof + distance) / freedom * freedom / rng.chisquare(freedom, draws))
    drawn: Float64Array = (weights.T @ fixed_values)[:, None] + scale * normal
    return drawn


def _t_quantiles(dof: float) -> Float64Array:
    """Quantiles of Student's t at the normal scores SCORES."""
    probabilities = tuple(NormalDist().cdf(score) for score in SCORES.tolist())
    return student_t.quantiles(probabilities, np.array(dof))


def _lines(
    market: Market, portfolio: Portfolio | None, scenario: str, ahead: int, given: set[int],
    prices: Float64Array,
) -> Iterator[Stressed]:  # fmt: skip
    """What prices (n, draws) do to every symbol, and to the portfolio."""
    quantity: dict[str, Float64Array] = {}
    if portfolio is not None:
        now = values_at(portfolio, dict(zip(market.symbols, market.last, strict=True)))
        then = values_at(portfolio, dict(zip(market.symbols, prices, strict=True)))
        gains = then - now[:, None]
        quantity = {p.symbol: g for p, g in zip(portfolio.positions, gains, strict=True)}
    for i, symbol in enumerate(market.symbols):
        changes = 100 * (prices[i] / market.last[i] - 1)
        yield _stressed(scenario, symbol, ahead, i in given, changes, quantity.get(symbol))
    if portfolio is not None:
        total, worth = gains.sum(axis=0), float(now.sum()) + portfolio.cash
        changes = 100 * total / worth if worth > 0 else np.full(len(total), np.nan)
        yield _stressed(scenario, PORTFOLIO, ahead, False, changes, total)


def _stressed(
    scenario: str, line: str, ahead: int, given: bool, changes: Float64Array,
    gains: Float64Array | None,
) -> Stressed:  # fmt: skip
    middle, lower, upper = np.quantile(changes, [0.5, TAIL, 1 - TAIL]).tolist()
    of_gains = [None] * 3 if gains is None else np.quantile(gains, [0.5, TAIL, 1 - TAIL]).tolist()
    return Stressed(scenario, line, ahead, given, middle, lower, upper, *of_gains)
