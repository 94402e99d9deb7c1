"""Prices that cannot be, or hardly: below zero, zero, outside high and low, not adjusted."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.errors import setting
from rnncli.prices.parsing.quality.file_report import ParsedFile
from rnncli.prices.parsing.values import numbers

OUTSIDE = "closes outside low to high (first on line {line})"
UNADJUSTED = "opens not adjusted as the price is"
NEGATIVE = "prices below zero"
ZEROS = "prices of zero (first {symbol} on line {line}{date}{hint})"
MOSTLY = "symbols whose price is zero mostly (first {symbol}: {zeros} of {rows})"

_ROUNDED = 1e-4  # of a price: as far as rounding may take it beyond the high
_ENOUGH = 3  # rows that must have a low and a high


def closes_outside(file: ParsedFile) -> dict[str, int]:
    """Return how many closes are above the high or below the low, as once columns have moved.

    Of a large file only pieces are looked at.
    """
    columns, decimal = file.columns, file.table.decimal
    if columns.bounds is None:
        return {}
    places = (columns.prices[0], *columns.bounds)
    lines, rows = [], []
    for line, cells in file.grid.spread():
        values, bad = numbers.parse([cells[i].strip() for i in places], decimal)
        if bad is None:
            lines.append(line)
            rows.append(values)
    close, high, low = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    is_given = (close > 0) & (high > 0) & (low > 0)
    slack = _ROUNDED * close
    outside = np.flatnonzero(is_given & ((close > high + slack) | (close < low - slack)))
    if np.count_nonzero(is_given) < _ENOUGH or outside.size == 0:
        return {}
    return {OUTSIDE.format(line=lines[int(outside[0])]): int(outside.size)}


def unadjusted_opens(file: ParsedFile) -> dict[str, int]:
    """Return the rows of a file whose open is of another scale than its adjusted close."""
    opens = file.columns.fields.get("open", ())
    is_adjusted = "adj" in file.columns.price_names[0].casefold() if opens else False
    if is_adjusted and "adj" not in (file.name_of(opens[0]) or "").casefold():
        return {UNADJUSTED: int(file.table.values.size)}
    return {}


def negative_prices(file: ParsedFile) -> dict[str, int]:
    """Return how many prices are below zero."""
    return {NEGATIVE: int(np.count_nonzero(file.table.values < 0))}


def zero_prices(file: ParsedFile) -> dict[str, int]:
    """Return how many prices are zero, none where zero is one of a few levels that recur."""
    table = file.table
    zeros = np.flatnonzero(table.values == 0)
    if not zeros.size or _is_level(table.values, zeros.size):
        return {}
    row = int(zeros[0])
    date = "" if table.dates is None else f", {format_date(table.dates[row])}"
    symbol = table.symbols[table.codes[row]][:40]
    hint = "" if np.any(table.values < 0) else f"; see {setting('repair')}"
    text = ZEROS.format(symbol=symbol, line=table.lines[row], date=date, hint=hint)
    return {text: int(zeros.size)}


def _is_level(values: Float64Array, zeros: int) -> bool:
    """Whether zero is one of a few levels that recur, each of the others too."""
    levels = np.unique(values).size
    others_recur = values.size - zeros >= 3 * (levels - 1)
    return others_recur and values.size >= 3 * levels and 2 * zeros * levels >= values.size


def mostly_zero(file: ParsedFile) -> dict[str, int]:
    """Return how many symbols have more prices of zero than others: those of a dead column."""
    table = file.table
    if not zero_prices(file):
        return {}
    rows = np.bincount(table.codes, minlength=len(table.symbols))
    zeros = np.bincount(table.codes[table.values == 0], minlength=len(table.symbols))
    mostly = np.flatnonzero(2 * zeros > rows)
    if not mostly.size:
        return {}
    first = int(mostly[0])
    text = MOSTLY.format(symbol=table.symbols[first][:40], zeros=zeros[first], rows=rows[first])
    return {text: int(mostly.size)}


def fields_lacking(file: ParsedFile) -> dict[str, int]:
    """Return how many rows lack a field that is carried beside the price, for each such field."""
    return file.table.noticed
