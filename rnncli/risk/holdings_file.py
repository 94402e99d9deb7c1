"""Read a CSV file of holdings, in the ways that price files are read."""

import math
import os
from collections.abc import Mapping

import numpy as np

from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import read_text
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.vocabulary.column_names import SYMBOLS
from rnncli.risk.holdings import Holding
from rnncli.settings import ReadSettings

Holdings = str | os.PathLike[str] | Mapping[str, float]  # a file, or quantities by symbol
QUANTITIES = ("quantity", "qty", "shares", "units", "position", "contracts")
VALUES = ("value", "marketvalue", "amount", "exposure", "weight")
RATES = ("rate", "fxrate", "fx", "exchangerate")


def read_holdings(path: str, settings: ReadSettings) -> list[Holding]:
    """The rows of a file of holdings.

    Raises UsageError for standard input, MissingInputError where it cannot be opened, DataError
    where a column is missing or a cell cannot be read.
    """
    if path == "-":
        raise UsageError("cannot be standard input; name a file", option="holdings", value=path)
    limits = Limits.times(settings.limits)
    text = read_text(path, path, None, settings.encoding, limits)
    grid = read_grid(text, settings.delimiter, limits)
    if grid.header is None:
        raise DataError(
            "has no header row", place=path, remedy="name its columns symbol and quantity"
        )
    profile = GridProfile(grid, grid.header)
    symbol = _column(profile, SYMBOLS)
    quantity, value, rate = (_column(profile, names) for names in (QUANTITIES, VALUES, RATES))
    if symbol is None or (quantity is None and value is None):
        missing = "symbol" if symbol is None else "quantity or value"
        raise DataError(
            f"has no column {missing}; there are {profile.list_names()}", place=path,
            remedy=f"name one of them {missing.split(maxsplit=1)[0]}",
        )  # fmt: skip
    texts = [symbol] + ([rate] if rate is not None and not profile[rate].is_numeric else [])
    numeric = [i for i in (quantity, value, rate) if i is not None and i not in texts]
    roles = Columns("long", tuple(numeric), (), symbol=symbol, beside=tuple(texts[1:]))
    reader = CellReader(grid, roles, settings.decimal, "a number")
    numbers = {i: reader.price(i, profile.names[i]).tolist() for i in numeric}
    cells = {}
    for i in texts:
        column = reader.text(i)
        cells[i] = [column.cells[code] for code in column.codes.tolist()]
    count = len(grid.lines)
    nothing, ones = [math.nan] * count, [1.0] * count
    rows = zip(
        cells[symbol],
        numbers[quantity] if quantity is not None else nothing,
        numbers[value] if value is not None else nothing,
        ones if rate is None else numbers[rate] if rate in numbers else cells[rate],
        np.asarray(grid.lines).tolist(),
        strict=True,
    )
    return [_holding(*row[:4], f"{path}, line {row[4]}") for row in rows]


def holdings_of(holdings: Holdings) -> list[Holding]:
    """The rows of a file, or quantities by symbol; cash is an amount. Raises as `read_holdings`."""
    if isinstance(holdings, str | os.PathLike):
        return read_holdings(os.fspath(holdings), ReadSettings())
    rows = []
    for symbol, quantity in holdings.items():
        place = f"holdings of {symbol}"
        given: object = quantity
        if not isinstance(given, int | float | np.number) or not math.isfinite(quantity):
            raise UsageError(f"{symbol} {quantity!r} is not a finite number", option="holdings")
        rows.append(Holding(symbol, float(quantity), None, 1.0, place))
    return rows


def _column(profile: GridProfile, names: tuple[str, ...]) -> int | None:
    """The column with one of these names, None without one."""
    columns = list(profile.named(list(names)))
    return columns[0] if columns else None


def _holding(symbol: str, quantity: float, value: float, rate: float | str, place: str) -> Holding:
    """A row as it was meant. Raises DataError."""
    if not symbol:
        raise DataError("has no symbol", place=place)
    if math.isnan(quantity) == math.isnan(value):
        many = "both a quantity and a value" if not math.isnan(value) else "no quantity or value"
        raise DataError(f"{symbol} has {many}", place=place, remedy="give one of them")
    if not all(map(math.isfinite, (x for x in (quantity, value) if not math.isnan(x)))):
        raise DataError(f"{symbol} has a number that is not finite", place=place)
    return Holding(
        symbol, None if math.isnan(quantity) else quantity, None if math.isnan(value) else value,
        _rate(rate, symbol, place), place,
    )  # fmt: skip


def _rate(rate: float | str, symbol: str, place: str) -> float | str:
    """A rate above zero, 1 where the cell is empty, or the symbol that it is the price of."""
    if isinstance(rate, str):
        try:
            rate = float(rate) if rate else 1.0
        except ValueError:
            return rate
    if math.isnan(rate):
        return 1.0
    if not 0 < rate < math.inf:
        raise DataError(
            f"{symbol} has the rate {rate:g}, which is not above zero", place=place,
            remedy="write what one unit of its currency is worth",
        )  # fmt: skip
    return rate
