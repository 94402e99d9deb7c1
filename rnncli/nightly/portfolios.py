"""The portfolios of a nightly job: their risk of tonight, and the nights that were recorded."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, RnncliError
from rnncli.evaluation.verdict import Check
from rnncli.forecasting.forecast import Forecast
from rnncli.ledger.portfolio_risk import (
    TAIL,
    HeldPosition,
    PortfolioRisk,
    RecordedLoss,
    RecordedPortfolio,
)
from rnncli.ledger.portfolio_score import (
    PortfolioScore,
    TestedPortfolio,
    portfolio_checks,
    score_portfolios,
)
from rnncli.ledger.reader import PortfolioRecords, in_order
from rnncli.ledger.renaming import under_current_names
from rnncli.ledger.writer import Source, storable
from rnncli.models.prior import fed
from rnncli.nightly.current_models import CurrentModel
from rnncli.nightly.forecasts import source_of
from rnncli.nightly.plan import RunPlan
from rnncli.nightly.run_state import JobRun
from rnncli.nightly.scan import PriceScan
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.risk.holdings import CASH, Holding, Portfolio, values_at
from rnncli.risk.market import Market
from rnncli.risk.measure import risk_market
from rnncli.risk.tails import measures, tail_cells, tail_of
from rnncli.settings import RiskSettings


@dataclass(frozen=True)
class PortfolioNight:
    """The portfolios of a run.

    `risks`: what each may lose, with the model that says so; `failed`: name -> why it could not be
    measured; `score`, `checks`: the nights that were recorded before, None of a job without
    portfolios, and what the job requires.
    """

    risks: tuple[tuple[Source, PortfolioRisk], ...] = ()
    failed: dict[str, str] = field(default_factory=dict)
    score: PortfolioScore | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def tested(self) -> list[TestedPortfolio]:
        """The tests of the nights that were recorded before."""
        return [] if self.score is None else self.score.tested


def measure_portfolios(
    run: JobRun, scan: PriceScan, plan: RunPlan, shared: CurrentModel | None
) -> PortfolioNight:
    """Test the nights of earlier runs, and measure tonight's unless there is no model yet."""
    if run.job.risk is None:
        return PortfolioNight()
    score = _score_recorded(run, scan)
    tested = score.tested
    checks = (
        portfolio_checks(tested, run.job.scoring.require_test, run.job.scoring.alpha)
        if tested
        else []  # the first runs have nothing to judge
    )
    risks: list[tuple[Source, PortfolioRisk]] = []
    failed: dict[str, str] = {}
    for name, holdings in run.holdings.items():
        if shared is None:  # a dry run that would train first
            break
        try:
            risks.append(_measure(run, scan, plan, shared, name, holdings))
        except RnncliError as fault:
            failed[name] = f"portfolio {name}: {fault}"
            run.events.fail(failed[name])
    run.events.log("measured", portfolios=len(risks), failed=len(failed))
    return PortfolioNight(tuple(risks), failed, score, checks)


def _score_recorded(run: JobRun, scan: PriceScan) -> PortfolioScore:
    """The nights that were recorded of the job's portfolios, with their tests."""
    names = {storable(name) for name in run.holdings}
    risks = [one for one in _last_nights(run, scan) if one.risk.portfolio in names]
    records = PortfolioRecords(risks, run.nights.sources, run.nights.times)
    if not risks or scan.held is None:
        return PortfolioScore(records, [], [])
    changes, prices = read_ticker_changes(run.job.reading), scan.held
    return score_portfolios(
        records, prices, run.events.detail,
        lambda recorded: under_current_names(recorded, changes, prices)[0],
    )  # fmt: skip


def _last_nights(run: JobRun, scan: PriceScan) -> list[RecordedPortfolio]:
    """As many of the recorded nights as are to be tested, and tonight's if it is among them."""
    assert run.job.risk is not None
    count, risks, newest = run.job.risk.nights, run.nights.risks, scan.newest
    earlier = sorted({one.risk.cutoff for one in risks if one.risk.cutoff != newest}, key=in_order)
    left_out = set(earlier[:-count] if count else ())
    return [one for one in risks if one.risk.cutoff not in left_out]


def _measure(
    run: JobRun, scan: PriceScan, plan: RunPlan, shared: CurrentModel, name: str,
    holdings: list[Holding],
) -> tuple[Source, PortfolioRisk]:  # fmt: skip
    """What a portfolio may lose. Raises the errors of `risk_market`, DataError."""
    assert shared.model is not None
    assert run.job.risk is not None
    _refuse_old(scan, plan, holdings, run.job.predicting.max_age)
    risk, predicting = run.job.risk, run.job.predicting
    settings = RiskSettings(
        confidence=risk.confidence, horizons=risk.horizons, inputs=predicting.inputs,
        calendar=predicting.calendar, draws=risk.draws, seed=risk.seed,
    )  # fmt: skip
    if scan.held is None:
        raise _no_prices(holdings)
    prices = fed(scan.held.only(set(plan.symbols)), shared.model, predicting.inputs)
    market, portfolio, _ = risk_market(
        shared.model, prices, settings, holdings, run.threads, run.events.stage
    )
    assert portfolio is not None
    with run.events.stage("measure"):
        return source_of(run, shared), _record_of(name, market, portfolio, risk.confidence)


def _no_prices(holdings: list[Holding]) -> DataError:
    """Why a portfolio cannot be measured none of whose symbols is in the prices."""
    symbols = [one for one in holdings if one.symbol.casefold() != CASH]
    if not symbols:
        return DataError("holds no symbol", place=holdings[0].place if holdings else None)
    return DataError(f"no symbol {symbols[0].symbol} in the prices", place=symbols[0].place)


def _refuse_old(
    scan: PriceScan, plan: RunPlan, holdings: list[Holding], max_age: int | None
) -> None:
    """Raise DataError for a symbol whose prices have ended: a value that nobody knows."""
    fresh = set(plan.symbols)
    for one in holdings:
        for symbol in (one.symbol, one.rate):
            if isinstance(symbol, str) and symbol in scan.rows and symbol not in fresh:
                raise DataError(
                    f"the prices of {symbol} end more than {max_age} days before the newest one",
                    place=one.place, remedy="remove the row, or hold its last value as cash",
                )  # fmt: skip


def _record_of(
    name: str, market: Market, portfolio: Portfolio, confidences: tuple[float, ...]
) -> PortfolioRisk:
    """The risk of a portfolio with its positions. Raises DataError where all are zero."""
    positions = tuple(_positions(market.forecast, portfolio))
    if not positions:
        raise DataError("every position has the quantity 0, which has no risk")
    now = values_at(portfolio, dict(zip(market.symbols, market.last, strict=True)))
    losses = []
    for ahead, tied in market.together():
        gains = values_at(portfolio, dict(zip(market.symbols, tied, strict=True))) - now[:, None]
        ordered = np.sort(gains.sum(axis=0))
        losses += [_loss(ahead, confidence, ordered) for confidence in confidences]
    newest = max((one.cutoff for one in positions), key=lambda day: (isinstance(day, str), day))
    return PortfolioRisk(storable(name), newest, portfolio.cash, positions, tuple(losses))


def _loss(ahead: int, confidence: float, ordered: Float64Array) -> RecordedLoss:
    """Both measures of gains (N) in ascending order."""
    value_at_risk, shortfall = (float(one) for one in measures(ordered, tail_of(confidence)))
    tail = -tail_cells(ordered, tail_of(confidence), TAIL)
    return RecordedLoss(ahead, confidence, value_at_risk, shortfall, tuple(tail.tolist()))


def _positions(forecast: Forecast, portfolio: Portfolio) -> Iterator[HeldPosition]:
    """What is held, in the order of symbols, and the rates that it is converted by."""
    held = {one.symbol: one for one in portfolio.positions if one.quantity != 0}
    rates = {one.rate for one in held.values() if isinstance(one.rate, str)}
    for symbol in sorted({*held, *rates}, key=lambda name: storable(name).encode()):
        i = forecast.symbols.index(symbol)
        past, one = forecast.prices.series(i), held.get(symbol)
        divisor = float(forecast.divisors[i])
        rate = 1.0 if one is None else one.rate
        yield HeldPosition(
            symbol=storable(symbol),
            cutoff=forecast.days(i)[0],
            quantity=0.0 if one is None else one.quantity,
            rate=None if isinstance(rate, str) else rate,
            currency=storable(rate) if isinstance(rate, str) else None,
            price=float(past[-1]),
            before=float(past[-2]) if len(past) > 1 else None,
            divisor=divisor if np.isfinite(divisor) else None,
        )
