"""What contradicts that columns of numbers are the symbols of a wide file."""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, setting
from rnncli.prices.parsing.check import FileCheck, Severity
from rnncli.prices.parsing.columns.profile import FEW_ROWS, GridProfile, is_candle
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.date_words import ANY_MONTH, month_name
from rnncli.prices.parsing.vocabulary.price_words import kind_of_index, side_of

_LARGER = 1000  # times the prices beside it, in a file of a few columns: rather a turnover
_FEW = 3
_WILD = 0.05  # of the price: a usual step of a turnover, and
_WILDER = 5  # times the change of the prices in other columns
_SHOWN = 8  # rows that show how wild numbers are
MONTHS_ACROSS = 6  # columns called like months, of which one may be a symbol by chance


@dataclass(frozen=True)
class WideColumns:
    """The columns that would each be the prices of a symbol."""

    prices: Sequence[int]
    symbols: tuple[str, ...]
    field: str | None  # in their names: close and so on
    dated: bool  # whether another column has the dates


def refuse_without_field(
    profile: GridProfile, columns: Sequence[int], field: str | None, *, is_long: bool
) -> None:
    """Refuse a symbol without a field where others have one: it would be left out.

    Where another column has the symbols (`is_long`), one of the fields may be the price.
    """
    for index in columns:
        name = profile.short_name(index)
        is_symbol = not names.is_field(profile.names[index]) and profile[index].is_numeric
        if field is not None and is_symbol:
            first = next(each for each in profile.names if names.split_field(each)[0] == field)
            rename = "" if is_long else f"rename it to '{name}_{field}', take it out, or "
            raise DataError(
                f"{profile.top}: {name!r} is an unknown symbol or field; {rename}choose"
                f" one column with {setting('column')}, such as {first[:40]!r}"
            )


def refuse_months(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse a table of a year in each row and a month in each column."""
    headers = [profile.names[i] for i in wide.prices]
    months = [name[:40] for name in headers if month_name(name) in ANY_MONTH]
    if len(months) >= MONTHS_ACROSS:
        raise DataError(
            f"{profile.top}: months across, from {months[0]!r} to {months[-1]!r};"
            " write the months as rows of date and close"
        )


def refuse_unreadable_names(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse names that are not ASCII where nothing proves the encoding."""
    if profile.grid.guessed and any(not profile.names[i].isascii() for i in wide.prices):
        raise DataError(
            f"{profile.top}: columns {profile.list_names()} in an uncertain encoding;"
            f" say which with {setting('encoding')}, such as cp1252"
        )


def refuse_one_symbol(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse columns that are rather the prices of one symbol, under names in another language."""
    if wide.field is not None or not 4 <= len(wide.prices) <= 7:
        return
    for volume in (None, *wide.prices):
        if is_candle(profile.values([i for i in wide.prices if i != volume])):
            raise DataError(
                f"{profile.top}: columns {profile.list_names()} look like open, high, low and"
                f" close of one symbol; choose the close with {setting('column')}, or say"
                f" {setting('layout', 'wide')}"
            )


def refuse_percent(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse columns in percent that need not be prices."""
    for index in wide.prices:
        cell = next((cell for cell in profile[index].cells if "%" in cell), "")
        if cell:
            raise DataError(
                f"{profile.where(index, cell)}: {cell[:40]!r} may be a return"
                f" rather than a price; give prices, or say {setting('layout', 'wide')} for rates"
            )


def refuse_amounts(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse whole numbers beside prices with decimals, far larger or wilder: rather a turnover."""
    if not wide.dated:
        return
    values = profile.values(wide.prices)
    values = profile.values(wide.prices, ",") if values is None else values
    if values is None or values.shape[1] < FEW_ROWS:
        return
    for row in _amounts(values):
        name = profile.short_name(wide.prices[row])
        raise DataError(
            f"{profile.top}: {name!r} may be a volume or a turnover; name the price with"
            f" {setting('column')}, or say {setting('layout', 'wide')} if each is a symbol"
        )


def _amounts(values: Float64Array) -> list[int]:
    """Return which of the columns, in rows of `values`, are rather turnovers than prices."""
    is_whole = np.all(np.isnan(values) | (values == np.rint(values)), axis=1)
    if is_whole.all() or not is_whole.any():
        return []
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a column may be empty in the first rows
        sizes = np.nanmedian(values, axis=1)
        logs = np.log(np.where(values > 0, values, np.nan))
        steps = np.nanmedian(np.abs(np.diff(logs)), axis=1)
        usual_size = float(np.nanmax(sizes[~is_whole]))
        usual_step = float(np.nanmedian(steps[~is_whole]))
    are_few = len(values) <= _FEW
    tame = (steps <= _WILD) & (np.count_nonzero(~np.isnan(logs), axis=1) >= _SHOWN)
    return [
        row
        for row in np.flatnonzero(is_whole).tolist()
        if (steps[row] > max(_WILD, _WILDER * usual_step) and sizes[row] > usual_size)
        or (are_few and sizes[row] >= _LARGER * usual_size and not tame[row])
    ]


def refuse_twins(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse two columns for one symbol."""
    if len(set(wide.symbols)) < len(wide.symbols):
        twin = next(symbol for symbol, count in Counter(wide.symbols).items() if count > 1)
        raise DataError(f"{profile.top}: two price columns are called {twin!r}; rename one")


def refuse_sides(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse the two sides of one quote, such as Buy and Sell, in any language."""
    sides: dict[str, dict[str, int]] = {}  # what is quoted: a column of each side
    for index in wide.prices:
        side, quoted = side_of(profile.names[index])
        if side:
            sides.setdefault(quoted, {})[side] = index
    for columns in sides.values():
        if len(columns) > 1:
            raise _pair(profile, list(columns.values()), "are two sides of a quote")


def refuse_kinds_of_index(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse one index with and without its dividends."""
    kinds: dict[str, list[int]] = {}
    for index in wide.prices:
        kind, name = kind_of_index(profile.names[index])
        if kind:
            kinds.setdefault(name, []).append(index)
    for columns in kinds.values():
        if len(columns) > 1:
            raise _pair(profile, columns, "are one price, counted in two ways")


def refuse_numbered_copies(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse a second column of one name that pandas has numbered, as AAPL.1 is."""
    places = {profile.names[i]: i for i in wide.prices}
    for name, index in places.items():
        first, point, number = name.rpartition(".")
        if point and number.isdecimal() and first in places:
            raise _pair(profile, [places[first], index], "are columns of one name")


def _pair(profile: GridProfile, columns: Sequence[int], what: str) -> DataError:
    one, other = (profile.short_name(i) for i in columns[:2])
    return DataError(
        f"{profile.top}: {one!r} and {other!r} {what}; choose with {setting('column')}, or say"
        f" {setting('layout', 'wide')} if each is a symbol"
    )


def refuse_codes(profile: GridProfile, wide: WideColumns) -> None:
    """Refuse a few small whole numbers, such as a day of the week, beside prices with decimals."""
    codes = [i for i in wide.prices if profile[i].holds_codes]
    if codes and any(profile[i].holds_decimals for i in wide.prices):
        raise DataError(
            f"{profile.top}: {profile.short_name(codes[0])!r} holds a few whole numbers and"
            f" no prices; take it out, name it with {setting('symbol_column')}, or say"
            f" {setting('layout', 'wide')}"
        )


# Of two columns for one symbol also where --layout wide says that each column is a symbol.
TWIN_CHECK = FileCheck(
    "columns of one symbol", Severity.REFUSE, "two columns of prices of one name", refuse_twins
)
# Before any column is left out: two columns of which one price could be either.
PAIR_CHECKS = (
    FileCheck(
        "sides of a quote", Severity.REFUSE, "columns of buying and of selling", refuse_sides
    ),
    FileCheck(
        "kinds of an index",
        Severity.REFUSE,
        "one index with and without its dividends",
        refuse_kinds_of_index,
    ),
    FileCheck(
        "numbered copies",
        Severity.REFUSE,
        "a second column of one name, numbered by pandas",
        refuse_numbered_copies,
    ),
)
# In this order, where nothing but the names of the columns says that each is a symbol.
WIDE_CHECKS = (
    FileCheck("months across", Severity.REFUSE, "columns called like months", refuse_months),
    FileCheck(
        "symbols in an uncertain encoding",
        Severity.REFUSE,
        "names of columns that are not ASCII, in an encoding that nothing proves",
        refuse_unreadable_names,
    ),
    FileCheck(
        "open, high, low and close",
        Severity.REFUSE,
        "columns under unknown names that bound each other like the prices of a day",
        refuse_one_symbol,
    ),
    FileCheck("returns", Severity.REFUSE, "columns in percent", refuse_percent),
    FileCheck(
        "turnover for a symbol",
        Severity.REFUSE,
        "whole numbers far larger or wilder than the prices beside them",
        refuse_amounts,
    ),
    TWIN_CHECK,
    FileCheck(
        "codes for a symbol",
        Severity.REFUSE,
        "a few small whole numbers beside prices with decimals",
        refuse_codes,
    ),
)
