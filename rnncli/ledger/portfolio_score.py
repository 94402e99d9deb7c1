"""Score the recorded risks of portfolios: their gains by the prices that followed, and tests.

The gain of a night is that of the positions it was recorded with, from the price at each position's
cutoff to the one as many rows later, in the currency of the portfolio. Prices of an adjusted past
are moved as those of forecasts are (see `matching`).

Nights whose rows overlap are dependent. Of these only the first is tested: every fifth night of
five rows ahead, and no Sunday of a portfolio whose shares rest until Monday.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.dates import format_date
from rnncli.errors import setting
from rnncli.evaluation.result import MODEL
from rnncli.evaluation.verdict import Check
from rnncli.ledger.matching import (
    ABSENT,
    CAME,
    IN_SAMPLE,
    PENDING,
    REWRITTEN,
    MatchedForecasts,
    match_forecasts,
)  # fmt: skip
from rnncli.ledger.portfolio_risk import RecordedPortfolio
from rnncli.ledger.reader import LedgerForecasts, PortfolioRecords
from rnncli.ledger.score import warn_of_changed_past
from rnncli.prices.series import Prices
from rnncli.prices.summary import STALE_DAYS
from rnncli.risk.tail_tests import TailTests, checks_of_tests, sentence_of, tested_losses

OVERLAPPING = "overlapping"
PORTFOLIO_STATES = (CAME, PENDING, ABSENT, REWRITTEN, IN_SAMPLE, OVERLAPPING)
WORST = (IN_SAMPLE, ABSENT, REWRITTEN, PENDING, CAME)  # the first that a position has counts
Rename = Callable[[LedgerForecasts], LedgerForecasts]


@dataclass(frozen=True)
class PortfolioOutcome:
    """A recorded risk some rows ahead, and the gain of its positions.

    `state`: one of PORTFOLIO_STATES; `gain`: below zero where money was lost, NaN unless it came;
    `came`: the last date of its prices.
    """

    record: RecordedPortfolio
    ahead: int
    state: str
    gain: float
    came: str | None

    @property
    def exposure(self) -> float:
        """The sum of the sizes of the positions."""
        return float(np.abs(self.record.risk.values).sum())


@dataclass(frozen=True)
class TestedPortfolio:
    """Tests of the nights of a portfolio that came and do not overlap, at a confidence level.

    Returns are in percent of the sizes of the positions.
    """

    ahead: int
    first_cutoff: str | int
    last_cutoff: str | int
    tests: TailTests


@dataclass(frozen=True)
class PortfolioScore:
    """The outcomes of all recorded risks of portfolios, and the tests of those that came."""

    records: PortfolioRecords
    outcomes: list[PortfolioOutcome]
    tested: list[TestedPortfolio]

    def count(self, state: str) -> int:
        """How many outcomes are in a state."""
        return sum(one.state == state for one in self.outcomes)


def score_portfolios(
    records: PortfolioRecords, prices: Prices, warn: Callable[[str], None],
    rename: Rename = lambda recorded: recorded,
) -> PortfolioScore:  # fmt: skip
    """Score recorded risks of portfolios. `rename`: positions by the names that prices have now.

    Warns of positions whose past has changed, and of those that have no price any more.
    """
    rows = list(_position_rows(records))
    recorded = rename(_as_forecasts(records, rows))
    matched = match_forecasts(recorded, prices)
    states = np.where(_has_ended(matched, prices), ABSENT, matched.states)
    symbols = np.array(recorded.symbols, dtype=object)
    warn_of_changed_past(
        symbols[matched.factors != 1], symbols[states == REWRITTEN], warn, "positions"
    )
    outcomes = list(_outcomes(records, rows, matched, states))
    return PortfolioScore(records, outcomes, list(_tested(outcomes)))


class _PositionRow(NamedTuple):
    """Position `position` of risk `risk`, some rows ahead."""

    risk: int
    ahead: int
    position: int


def _position_rows(records: PortfolioRecords) -> Iterator[_PositionRow]:
    """Every position of every risk on every row ahead, in order."""
    for number, one in enumerate(records.risks):
        for ahead in sorted({loss.ahead for loss in one.risk.losses}):
            for position in range(len(one.risk.positions)):
                yield _PositionRow(number, ahead, position)


def _as_forecasts(records: PortfolioRecords, rows: Sequence[_PositionRow]) -> LedgerForecasts:
    """The positions as forecasts, which are matched with prices."""
    risks = [records.risks[row.risk] for row in rows]
    held = [one.risk.positions[row.position] for one, row in zip(risks, rows, strict=True)]
    prices = np.array([one.price for one in held], np.float64)
    return LedgerForecasts(
        runs=np.array([one.run for one in risks], np.int64),
        models=np.array([one.model for one in risks], np.int64),
        cutoffs=[one.cutoff for one in held],
        symbols=[one.symbol for one in held],
        aheads=np.array([row.ahead for row in rows], np.int64),
        dates=[one.cutoff for one in held],
        forecasts=prices,
        naive=prices,
        prices=prices,
        before=np.array([one.before for one in held], np.float64),  # None: NaN
        divisors=np.array([one.divisor for one in held], np.float64),
        lower={},
        upper={},
        sources=records.sources,
        times=records.times,
    )


def _has_ended(matched: MatchedForecasts, prices: Prices) -> BoolArray:
    """Whether a price that is missing is of a series that ended long before the newest date."""
    if not len(prices.dates) or np.all(np.isnat(prices.dates)):
        return np.zeros(len(matched.states), np.bool_)
    last = prices.dates[prices.offsets[1:] - 1]
    newest = prices.dates[~np.isnat(prices.dates)].max()
    ended = newest - last > np.timedelta64(STALE_DAYS, "D")
    result: BoolArray = (matched.states == PENDING) & ended[matched.series]
    return result


def _outcomes(
    records: PortfolioRecords, rows: Sequence[_PositionRow], matched: MatchedForecasts,
    states: np.ndarray,
) -> Iterator[PortfolioOutcome]:  # fmt: skip
    """The outcome of each risk on each row ahead."""
    ends: dict[tuple[str, int, int], int] = {}  # the last row of each series that is tested
    for (number, ahead), group in groupby(range(len(rows)), lambda i: rows[i][:2]):
        at = np.array(list(group))
        one = records.risks[number]
        state = next(state for state in WORST if np.any(states[at] == state))
        if state != CAME:
            yield PortfolioOutcome(one, ahead, state, np.nan, None)
            continue
        series, starts = matched.series[at].tolist(), matched.rows[at].tolist()
        keys = [(one.risk.portfolio, ahead, i) for i in series]
        if any(start < ends.get(key, 0) for key, start in zip(keys, starts, strict=True)):
            state = OVERLAPPING
        else:
            ends |= {key: start + ahead for key, start in zip(keys, starts, strict=True)}
        gain = _gain(one, matched.actual[at] / matched.factors[at])
        dates = matched.dates[at]
        came = None if np.isnat(dates).any() else format_date(dates.max())
        yield PortfolioOutcome(one, ahead, state, gain, came)


def _gain(one: RecordedPortfolio, then: Float64Array) -> float:
    """What the positions gained up to later prices (n), in the terms of those recorded."""
    risk = one.risk
    later = dict(zip((held.symbol for held in risk.positions), then.tolist(), strict=True))
    return float((risk.values_at(later) - risk.values).sum())


def _tested(outcomes: Sequence[PortfolioOutcome]) -> Iterator[TestedPortfolio]:
    """The tests by portfolio, row ahead and confidence level."""
    groups: dict[tuple[str, int, float], list[tuple[PortfolioOutcome, Float64Array]]] = {}
    for one in outcomes:
        if one.state != CAME or one.exposure == 0:
            continue
        for loss in one.record.risk.losses:
            if loss.ahead == one.ahead:
                amounts = np.array([-one.gain, loss.value_at_risk, loss.shortfall, *loss.tail])
                key = (one.record.risk.portfolio, one.ahead, loss.confidence)
                groups.setdefault(key, []).append((one, -100 * amounts / one.exposure))
    for (portfolio, ahead, confidence), nights in sorted(groups.items(), key=lambda item: item[0]):
        returns = np.array([percent for _, percent in nights])
        yield TestedPortfolio(
            ahead,
            nights[0][0].record.risk.cutoff,
            nights[-1][0].record.risk.cutoff,
            tested_losses(
                portfolio, MODEL, confidence, returns[:, 0], returns[:, 1], returns[:, 2],
                returns[:, 3:],
            ),
        )  # fmt: skip


def portfolio_sentences(tested: Sequence[TestedPortfolio], alpha: float) -> Iterator[str]:
    """A sentence for each portfolio, row ahead and confidence level."""
    for one in tested:
        rows = "next row" if one.ahead == 1 else f"{one.ahead} rows ahead"
        yield f"Portfolio {one.tests.line}, {rows}, {sentence_of(one.tests, alpha)}"


def portfolio_checks(
    tested: Sequence[TestedPortfolio], tests: Sequence[str], alpha: float
) -> list[Check]:
    """Whether each required test rejects none of the portfolios; all fail where none is tested."""
    required = {test: f"{setting('require_test')} {test}" for test in tests}
    if not tested:
        why = "no recorded risk of a portfolio has its prices yet"
        return [Check(text, False, why) for text in required.values()]
    checks = []
    for test, text in required.items():
        for (portfolio, ahead), group in groupby(tested, lambda one: (one.tests.line, one.ahead)):
            (check,) = checks_of_tests([one.tests for one in group], [test], alpha)
            rows = "1 row" if ahead == 1 else f"{ahead} rows"
            checks.append(Check(text, check.met, f"{portfolio}, {rows} ahead: {check.said}"))
    return checks
