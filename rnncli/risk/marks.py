"""Probabilities that a price, or the value of a portfolio, ends beyond a mark."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import UsageError, name_some
from rnncli.risk.holdings import NAMED, PORTFOLIO, Portfolio, values_at
from rnncli.risk.market import Market

NUMBER = re.compile(r"([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(%?)")


@dataclass(frozen=True)
class Mark:
    """A mark of a symbol (None: of all): a price, or a change in percent of the price now.

    `side`: the option that it was given for, above or below.
    """

    side: str
    symbol: str | None
    number: float
    percent: bool

    def level(self, now: float) -> float:
        """The mark as a price or value."""
        return now * (1 + self.number / 100) if self.percent else self.number


@dataclass(frozen=True)
class Beyond:
    """The probability that a line ends beyond a mark on a row ahead; `level`: the mark as a price.

    `cutoff`, `date`: as text or row numbers, None where the symbols of a portfolio differ.
    """

    line: str
    ahead: int
    side: str
    level: float
    change: float
    probability: float


def parse_marks(side: str, texts: Sequence[str]) -> list[Mark]:
    """Marks as they were typed for an option: AAPL=200, AAPL=-5%, -5%. Raises UsageError."""
    marks = []
    for text in texts:
        symbol, _, number = text.rpartition("=")
        match = NUMBER.fullmatch(number.strip())
        if match is None:
            raise UsageError(
                "is not a mark", option=side, value=text, remedy="use AAPL=200, AAPL=-5% or -5%"
            )
        marks.append(Mark(side, symbol or None, float(match[1]), bool(match[2])))
    return marks


def beyond_marks(
    market: Market, portfolio: Portfolio | None, marks: Sequence[Mark]
) -> Iterator[Beyond]:
    """A probability a row ahead, mark and line that it is of. Raises UsageError."""
    now = dict(zip(market.symbols, market.last.tolist(), strict=True))
    lines = dict(now)
    if portfolio is not None:
        arrays = {symbol: np.array(price) for symbol, price in now.items()}
        lines[PORTFOLIO] = float(values_at(portfolio, arrays).sum()) + portfolio.cash
    chosen = [(mark, line) for mark in marks for line in _lines_of(mark, lines)]
    for ahead, values in _values(market, portfolio):
        for mark, line in chosen:
            level = mark.level(lines[line])
            below = _cdf(values[line], level)
            yield Beyond(
                line, ahead, mark.side, level,
                100 * (level / lines[line] - 1) if lines[line] else np.nan,
                below if mark.side == "below" else 1 - below,
            )  # fmt: skip


def _values(
    market: Market, portfolio: Portfolio | None
) -> Iterator[tuple[int, dict[str, Float64Array]]]:
    """Each row ahead with scenarios in ascending order by line."""
    if portfolio is None:
        for ahead in market.aheads:
            yield ahead, dict(zip(market.symbols, market.alone(ahead), strict=True))
        return
    for ahead, tied in market.together():
        by_symbol = dict(zip(market.symbols, tied, strict=True))
        total = values_at(portfolio, by_symbol).sum(axis=0) + portfolio.cash
        ordered = {symbol: np.sort(values) for symbol, values in by_symbol.items()}
        yield ahead, {**ordered, PORTFOLIO: np.sort(total)}


def _lines_of(mark: Mark, lines: dict[str, float]) -> list[str]:
    """The lines that a mark is of."""
    if mark.symbol is None:
        if not mark.percent and len(lines) > 1:
            raise UsageError(
                "needs a symbol", option=mark.side, value=f"{mark.number:g}",
                remedy=f"use {next(iter(lines))}={mark.number:g}, or a change in percent",
            )  # fmt: skip
        return list(lines)
    if mark.symbol not in lines:
        raise UsageError(
            f"no symbol {mark.symbol}", option=mark.side, value=mark.symbol,
            remedy=f"there are {name_some(list(lines), NAMED)}",
        )  # fmt: skip
    return [mark.symbol]


def _cdf(ordered: Float64Array, level: float) -> float:
    """Fraction of scenarios (N), ascending, below a level; linear between them."""
    count = len(ordered)
    places = (np.arange(count) + 0.5) / count
    return float(np.interp(level, ordered, places, left=0.0, right=1.0))
