"""Value at risk and expected shortfall of a portfolio, recorded with what was held.

A night of a portfolio is identified by the portfolio's name and the cutoff, and is recorded once,
whichever model measured it: what was known that night is what is scored. Prices of the positions
are recorded as those of forecasts are, to tell whether the past was adjusted or rewritten.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any, TypeVar

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.ledger.database import Day, check_days, opened, transaction
from rnncli.ledger.migration import has_risks

Source = TypeVar("Source")

TAIL = 20  # equally likely losses beyond a value at risk that are recorded


@dataclass(frozen=True)
class HeldPosition:
    """A quantity of a symbol, and its price at `cutoff` and the row `before`.

    `rate`: into the portfolio's currency, None where it is the price of the symbol `currency`,
    which has a row of its own, of quantity 0 if it is not held. `divisor`: of MASE.
    """

    symbol: str
    cutoff: Day
    quantity: float
    rate: float | None
    currency: str | None
    price: float
    before: float | None
    divisor: float | None

    def value(self, prices: dict[str, float]) -> float:
        """Its value at prices by symbol."""
        rate = prices[self.currency] if self.currency is not None else self.rate
        assert rate is not None
        return self.quantity * prices[self.symbol] * rate


@dataclass(frozen=True)
class RecordedLoss:
    """Value at risk and expected shortfall `ahead` rows after the cutoffs of the positions.

    `confidence`: in percent; amounts of loss in the portfolio's currency. `tail`: equally likely
    losses beyond the value at risk, the largest first.
    """

    ahead: int
    confidence: float
    value_at_risk: float
    shortfall: float
    tail: tuple[float, ...]


@dataclass(frozen=True)
class PortfolioRisk:
    """What a portfolio might lose after a cutoff, the newest one of its positions."""

    portfolio: str
    cutoff: Day
    cash: float
    positions: tuple[HeldPosition, ...]
    losses: tuple[RecordedLoss, ...]

    @property
    def values(self) -> Float64Array:
        """Values (n) of the positions at their cutoffs, in the portfolio's currency."""
        return self.values_at({one.symbol: one.price for one in self.positions})

    def values_at(self, prices: dict[str, float]) -> Float64Array:
        """Values (n) of the positions at prices by symbol."""
        return np.array([one.value(prices) for one in self.positions], np.float64)


@dataclass(frozen=True)
class RecordedPortfolio:
    """A recorded risk: the numbers of its run and model in the ledger."""

    run: int
    model: int
    risk: PortfolioRisk


POSITION = tuple(field.name for field in fields(HeldPosition))
LOSS = tuple(field.name for field in fields(RecordedLoss))


def recorded_alike(base: sqlite3.Connection, risk: PortfolioRisk) -> bool | None:
    """Whether the same is recorded for its night; None: nothing is recorded."""
    if not has_risks(base):
        return None
    where = "WHERE portfolio = ? AND cutoff = ?"
    recorded = read_risks(base, where, (risk.portfolio, risk.cutoff))
    if not recorded:
        return None
    before = recorded[0].risk
    positions = sorted(risk.positions, key=lambda one: one.symbol.encode())
    return (before.cash, list(before.positions), set(before.losses)) == (
        risk.cash, positions, set(risk.losses),
    )  # fmt: skip


def insert_risk(base: sqlite3.Connection, run: int, model: int, risk: PortfolioRisk) -> None:
    """Add a risk that is not recorded yet."""
    number = base.execute(
        "INSERT INTO portfolio_risk (run, model, portfolio, cutoff, cash) VALUES (?, ?, ?, ?, ?)",
        (run, model, risk.portfolio, risk.cutoff, risk.cash),
    ).lastrowid
    _insert(base, "portfolio_position", POSITION, ((number, *astuple(p)) for p in risk.positions))
    losses = ((number, *astuple(one)[:-1], json.dumps(one.tail)) for one in risk.losses)
    _insert(base, "portfolio_loss", LOSS, losses)


def add_risks(
    base: sqlite3.Connection, risks: Sequence[tuple[Source, PortfolioRisk]],
    model_of: Callable[[Source], int], run_of: Callable[[int], int],
) -> tuple[int, int]:  # fmt: skip
    """Add those that are not recorded: how many, and how many are recorded with other values.

    `model_of`, `run_of`: the number of the model of a source, and of the run in which it records.
    """
    new = other = 0
    for source, risk in risks:
        alike = recorded_alike(base, risk)
        if alike is None:
            model = model_of(source)
            insert_risk(base, run_of(model), model, risk)
        new, other = new + (alike is None), other + (alike is False)
    return new, other


def unrecorded_risks(path: str, risks: Sequence[PortfolioRisk]) -> int:
    """How many `record` would add; changes nothing. Raises DataError, LockedError."""
    if not os.path.exists(path):
        return len(risks)
    with opened(path, "rw") as base, transaction(base, "DEFERRED"):
        return sum(recorded_alike(base, risk) is None for risk in risks)


def _insert(
    base: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    places = ", ".join("?" * (len(columns) + 1))
    base.executemany(
        f"INSERT INTO {table} (risk, {', '.join(columns)}) VALUES ({places})",  # noqa: S608 - ours
        rows,
    )


def read_risks(
    base: sqlite3.Connection, where: str = "", parameters: tuple[Any, ...] = ()
) -> list[RecordedPortfolio]:
    """Recorded risks by portfolio and cutoff; none in a ledger of an earlier version.

    Raises ValueError or TypeError for values that rnncli never writes.
    """
    if not has_risks(base):
        return []
    numbers = f"SELECT id FROM portfolio_risk {where}"  # noqa: S608 - ours
    positions = _rows_by_risk(base, "portfolio_position", POSITION, "symbol", numbers, parameters)
    losses = _rows_by_risk(base, "portfolio_loss", LOSS, "ahead, confidence", numbers, parameters)
    rows = base.execute(
        "SELECT id, run, model, portfolio, cutoff, cash FROM portfolio_risk"  # noqa: S608 - ours
        f" {where} ORDER BY portfolio, cutoff",
        parameters,
    )
    return [
        RecordedPortfolio(run, model, _checked(PortfolioRisk(
            portfolio, cutoff, cash,
            tuple(HeldPosition(*row) for row in positions.get(number, [])),
            tuple(_loss(row) for row in losses.get(number, [])),
        )))
        for number, run, model, portfolio, cutoff, cash in rows.fetchall()
    ]  # fmt: skip


def _rows_by_risk(
    base: sqlite3.Connection, table: str, columns: Sequence[str], order: str, numbers: str,
    parameters: tuple[Any, ...],
) -> dict[int, list[tuple[Any, ...]]]:  # fmt: skip
    """The rows of a table by the number of their risk."""
    rows = base.execute(
        f"SELECT risk, {', '.join(columns)} FROM {table} WHERE risk IN ({numbers})"  # noqa: S608
        f" ORDER BY risk, {order}",
        parameters,
    )
    by_risk: dict[int, list[tuple[Any, ...]]] = {}
    for number, *row in rows:
        by_risk.setdefault(number, []).append(tuple(row))
    return by_risk


def _loss(row: tuple[Any, ...]) -> RecordedLoss:
    ahead, confidence, value_at_risk, shortfall, tail = row
    return RecordedLoss(ahead, confidence, value_at_risk, shortfall, tuple(json.loads(tail)))


def _checked(risk: PortfolioRisk) -> PortfolioRisk:
    """The same; raises ValueError or TypeError for what rnncli never writes."""
    prices = {one.symbol: one.price for one in risk.positions}
    has_rate = all(
        one.currency in prices if one.rate is None else one.currency is None
        for one in risk.positions
    )
    if not (risk.positions and risk.losses and has_rate):
        raise ValueError("a risk without positions, rates or losses")
    numbers = [risk.cash, *risk.values]
    for one in risk.losses:
        numbers += [one.value_at_risk, one.shortfall, *one.tail]
        if not (one.ahead >= 1 and 50 < one.confidence < 100 and len(one.tail) == TAIL):
            raise ValueError("a loss that was never written")
    if not np.isfinite(np.array(numbers, float)).all():
        raise ValueError("an amount that is not finite")
    if not all(isinstance(text, str) for text in (risk.portfolio, *prices)):
        raise ValueError("a name of another type")
    check_days({risk.cutoff, *(one.cutoff for one in risk.positions)})
    return risk
