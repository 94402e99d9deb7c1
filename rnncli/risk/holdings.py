"""A portfolio: quantities of symbols, each with a currency, and cash."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, name_some
from rnncli.prices.series import Prices

NAMED = 5  # symbols in a message
CASH = "cash"
PORTFOLIO = "portfolio"  # what the whole is called among the symbols


@dataclass(frozen=True)
class Holding:
    """A row of a holdings file: either a quantity, below zero if short, or a value.

    `rate`: the portfolio's currency for one unit of that of the price, or the symbol whose price
    that is. `place`: file and line.
    """

    symbol: str
    quantity: float | None
    value: float | None
    rate: float | str
    place: str


@dataclass(frozen=True)
class Position:
    """A quantity of a symbol; `rate` as in `Holding`."""

    symbol: str
    quantity: float
    rate: float | str

    @property
    def symbols(self) -> list[str]:
        """The symbols whose prices its value depends on."""
        return [self.symbol, *([self.rate] if isinstance(self.rate, str) else [])]

    def value(self, prices: dict[str, Float64Array]) -> Float64Array:
        """Its value in the portfolio's currency, at prices by symbol."""
        rate = prices[self.rate] if isinstance(self.rate, str) else self.rate
        return self.quantity * prices[self.symbol] * rate


@dataclass(frozen=True)
class Portfolio:
    """Positions, one a symbol, and cash in the portfolio's currency."""

    positions: tuple[Position, ...]
    cash: float = 0.0

    @property
    def symbols(self) -> list[str]:
        """The symbols whose prices its value depends on, each once."""
        return list(dict.fromkeys(name for one in self.positions for name in one.symbols))


def portfolio_of(holdings: Sequence[Holding], prices: Prices) -> Portfolio:
    """The portfolio of holdings at the last prices; rows of one symbol are added up.

    Raises DataError for a symbol without prices, rows that do not fit together, no position.
    """
    last = dict(zip(prices.symbols, prices.values[prices.offsets[1:] - 1].tolist(), strict=True))
    positions: dict[str, Position] = {}
    cash = 0.0
    for one in holdings:
        if one.symbol.casefold() == CASH and one.symbol not in last:
            amount = one.value if one.value is not None else one.quantity
            cash += (amount or 0.0) * _rate(one, last)
            continue
        _check_symbols(one, last)
        position = Position(one.symbol, _quantity(one, last[one.symbol]), one.rate)
        before = positions.get(one.symbol)
        if before is not None and before.rate != position.rate:
            raise DataError(
                f"{one.symbol} has the rate {one.rate} here and {before.rate} before",
                place=one.place, remedy="give it one",
            )  # fmt: skip
        quantity = position.quantity + (before.quantity if before else 0.0)
        positions[one.symbol] = replace(position, quantity=quantity)
    if not positions:
        place = holdings[0].place.split(",")[0] if holdings else None
        raise DataError("holds no symbol", place=place)
    return Portfolio(tuple(positions.values()), cash)


def _check_symbols(one: Holding, last: dict[str, float]) -> None:
    for symbol in (one.symbol, one.rate):
        if isinstance(symbol, str) and symbol not in last:
            raise DataError(
                f"no symbol {symbol} in the prices; there are {name_some(list(last), NAMED)}",
                place=one.place,
            )


def _rate(one: Holding, last: dict[str, float]) -> float:
    """The rate of cash now: its changes are not followed."""
    if isinstance(one.rate, float):
        return one.rate
    if one.rate not in last:
        raise DataError(f"no symbol {one.rate} in the prices", place=one.place)
    return last[one.rate]


def _quantity(one: Holding, price: float) -> float:
    if one.quantity is not None:
        return one.quantity
    assert one.value is not None
    if price == 0:
        raise DataError(
            f"{one.symbol} has a price of 0, at which a value is no quantity", place=one.place,
            remedy="give its quantity",
        )  # fmt: skip
    return one.value / price


def of_weights(symbols: Sequence[str], weights: Float64Array, prices: Float64Array) -> Portfolio:
    """The portfolio that has these values (n) of symbols at prices (n)."""
    quantities = (weights / prices).tolist()
    return Portfolio(
        tuple(Position(s, q, 1.0) for s, q in zip(symbols, quantities, strict=True) if q != 0)
    )


def values_at(portfolio: Portfolio, prices: dict[str, Float64Array]) -> Float64Array:
    """Values (positions, ...) at prices by symbol, in the portfolio's currency."""
    return np.stack([position.value(prices) for position in portfolio.positions])
