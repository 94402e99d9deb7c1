"""`rnncli risk`: value at risk and expected shortfall by symbol and of a portfolio."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError
from rnncli.forecasting.predict import fitting_series
from rnncli.models.model import Model
from rnncli.prices.series import Prices
from rnncli.risk.copula import Copula
from rnncli.risk.holdings import PORTFOLIO, Holding, Portfolio, portfolio_of, values_at
from rnncli.risk.market import Market, open_market, without_intervals
from rnncli.risk.tails import Measures, contributions, measures, tail_of
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import RiskSettings

Day = str | int | None


@dataclass(frozen=True)
class Risk:
    """Losses of m lines, in the unit of their values, on H rows ahead at C confidence levels.

    A line is a symbol, one unit of which is held, or a position of the `portfolio`, the last line
    being the whole of it. `exposures` (m): values now; `bases` (m): what percentages are of, NaN
    where there is no such; `value_at_risk`, `shortfall` (m, H, C); `parts`: what each line adds to
    both of the portfolio, of the same shape, None without one; `failed`: symbol -> why it is left
    out.
    """

    lines: tuple[str, ...]
    cutoffs: tuple[Day, ...]
    dates: tuple[tuple[Day, ...], ...]
    aheads: tuple[int, ...]
    confidences: tuple[float, ...]
    exposures: Float64Array
    bases: Float64Array
    value_at_risk: Float64Array
    shortfall: Float64Array
    parts: Measures | None
    portfolio: Portfolio | None
    copula: Copula | None
    failed: dict[str, str]


def measure(
    model: Model, prices: Prices, settings: RiskSettings, holdings: Sequence[Holding] | None,
    threads: Threads, stage: Stage = untimed,
) -> Risk:  # fmt: skip
    """Measure every symbol, or the positions of holdings and their sum.

    Raises UsageError for settings, DataError for holdings that do not fit the prices.
    """
    market, portfolio, failed = risk_market(model, prices, settings, holdings, threads, stage)
    with stage("measure"):
        if portfolio is None:
            return _by_symbol(market, settings.confidence, failed)
        return _of_portfolio(market, portfolio, settings.confidence, failed)


def risk_market(
    model: Model, prices: Prices, settings: RiskSettings, holdings: Sequence[Holding] | None,
    threads: Threads, stage: Stage = untimed, tied: bool = False,
    further: Sequence[str] | None = None,
) -> tuple[Market, Portfolio | None, dict[str, str]]:  # fmt: skip
    """The market of the symbols that are held, or of all; the portfolio; symbols that failed.

    `further`: symbols in addition to those of the holdings.
    """
    prices, portfolio = _held(prices, holdings, further or ())
    market = open_market(model, prices, settings, threads, stage, tied or portfolio is not None)
    market, lacking = without_intervals(market)
    failed = market.forecast.failed | lacking
    for symbol in portfolio.symbols if portfolio is not None else ():
        if symbol in failed:
            raise DataError(f"{symbol} is held and cannot be forecast: {failed[symbol]}")
    if not market.symbols:
        raise DataError(next(iter(failed.values())))
    return market, portfolio, failed


def held_prices(
    model: Model, prices: Prices, holdings: Sequence[Holding] | None
) -> tuple[Prices, Portfolio | None, dict[str, str]]:
    """The series that the model fits of the symbols that are held, or of all; why others do not.

    Raises DataError for a symbol that is held and does not fit.
    """
    prices, portfolio = _held(prices, holdings)
    fitting, failed = fitting_series(model, prices)
    if portfolio is not None and failed:
        symbol, fault = next(iter(failed.items()))
        raise DataError(f"{symbol} is held and cannot be forecast: {fault}")
    return fitting, portfolio, failed


def _held(
    prices: Prices, holdings: Sequence[Holding] | None, further: Sequence[str] = ()
) -> tuple[Prices, Portfolio | None]:
    """The series of the symbols that are held, and the portfolio; all without holdings."""
    if holdings is None:
        return prices, None
    portfolio = portfolio_of(holdings, prices)
    held = {*portfolio.symbols, *further}
    return prices.only(held), portfolio


def _by_symbol(
    market: Market, confidences: tuple[float, ...], failed: dict[str, str]
) -> Risk:  # fmt: skip
    """One unit of each symbol, long."""
    last = market.last
    values = [
        _measured(market.alone(ahead) - last[:, None], confidences) for ahead in market.aheads
    ]
    days = [_days(market, i) for i in range(len(market.symbols))]
    return Risk(
        lines=market.symbols,
        cutoffs=tuple(cutoff for cutoff, _ in days),
        dates=tuple(dates for _, dates in days),
        aheads=market.aheads,
        confidences=confidences,
        exposures=last,
        bases=np.where(last > 0, last, np.nan),
        value_at_risk=np.stack([one.value_at_risk for one in values], axis=1),
        shortfall=np.stack([one.shortfall for one in values], axis=1),
        parts=None,
        portfolio=None,
        copula=None,
        failed=failed,
    )


def _of_portfolio(
    market: Market, portfolio: Portfolio, confidences: tuple[float, ...], failed: dict[str, str]
) -> Risk:
    """Every position, and their sum as the last line."""
    now = values_at(portfolio, dict(zip(market.symbols, market.last, strict=True)))
    total = float(now.sum()) + portfolio.cash
    values, parts = [], []
    for _, tied in market.together():
        gains = values_at(portfolio, dict(zip(market.symbols, tied, strict=True))) - now[:, None]
        whole = gains.sum(axis=0, keepdims=True)
        values.append(_measured(np.sort(np.vstack([gains, whole]), axis=1), confidences))
        parts.append(_shares(gains, values[-1], confidences))
    lines = tuple(position.symbol for position in portfolio.positions)
    days = [_days(market, market.symbols.index(symbol)) for symbol in lines]
    return Risk(
        lines=(*lines, PORTFOLIO),
        cutoffs=(*(cutoff for cutoff, _ in days), _common([cutoff for cutoff, _ in days])),
        dates=(
            *(dates for _, dates in days),
            tuple(_common(list(dates)) for dates in zip(*(d for _, d in days), strict=True)),
        ),
        aheads=market.aheads,
        confidences=confidences,
        exposures=np.append(now, total),
        bases=np.append(np.where(now != 0, np.abs(now), np.nan), total if total > 0 else np.nan),
        value_at_risk=np.stack([one.value_at_risk for one in values], axis=1),
        shortfall=np.stack([one.shortfall for one in values], axis=1),
        parts=Measures(*(np.stack(part, axis=1) for part in zip(*parts, strict=True))),
        portfolio=portfolio,
        copula=market.copula,
        failed=failed,
    )


def _measured(ordered: Float64Array, confidences: tuple[float, ...]) -> Measures:
    """Both measures (m, C) of gains (m, N) in ascending order."""
    each = [measures(ordered, tail_of(confidence)) for confidence in confidences]
    return Measures(*(np.stack(part, axis=1) for part in zip(*each, strict=True)))


def _shares(gains: Float64Array, whole: Measures, confidences: tuple[float, ...]) -> Measures:
    """Contributions of the positions, with the portfolio's measures as last line: (m + 1, C)."""
    each = [contributions(gains, tail_of(confidence)) for confidence in confidences]
    by_position = Measures(*(np.stack(part, axis=1) for part in zip(*each, strict=True)))
    return Measures(
        np.vstack([by_position.value_at_risk, whole.value_at_risk[-1:]]),
        np.vstack([by_position.shortfall, whole.shortfall[-1:]]),
    )


def _days(market: Market, i: int) -> tuple[Day, tuple[Day, ...]]:
    """Cutoff and the dates of `aheads` of a symbol."""
    cutoff, dates = market.forecast.days(i)
    return cutoff, tuple(dates[ahead - 1] for ahead in market.aheads)


def _common(days: list[Day]) -> Day:
    """The day of all of them, None where they differ."""
    return days[0] if len(set(days)) == 1 else None
