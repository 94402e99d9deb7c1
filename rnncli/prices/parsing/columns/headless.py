"""The columns of a file without a header row, where its cells leave no doubt."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, RnncliError, UsageError, setting
from rnncli.prices.parsing.columns.profile import FEW_ROWS, GridProfile
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values.date_candidates import BadDateError
from rnncli.prices.parsing.values.numbers import is_missing, is_number
from rnncli.prices.parsing.values.parse_dates import is_date, is_epoch, parse_dates
from rnncli.prices.parsing.vocabulary.expression import expression

_YEAR = expression("1[89][0-9]{2}|20[0-9]{2}")
_NEARER = 0.8  # an open is this much nearer to the close before than a close to the open before


def find_without_header(grid: CellGrid, requested: RequestedColumns) -> Columns:
    """Give the columns their roles by their cells alone.

    Raises DataError where these leave a doubt, UsageError where a name is asked for.
    """
    refuse_dates_across(grid)
    needed = [field for field in requested.fields if field not in requested.optional]
    if needed:
        raise DataError(
            f"{grid.top}: no header row, so no column of {needed[0]};"
            " add a header row such as date,open,high,low,close,volume"
        )
    for name, option in (
        (requested.price, setting("column")),
        (requested.symbol, setting("symbol_column")),
    ):
        if name is not None:
            raise UsageError(f"{grid.top}: no header row, so no column {name!r} for {option}")
    profile = GridProfile(grid, [""] * grid.width)
    if grid.width == 1 and profile[0].is_numeric:
        return Columns("single", (0,), ("column 1",), evidence={"layout": "one column of numbers"})
    dates = [i for i, column in enumerate(profile) if column.holds_dates]
    if len(dates) > 1:  # 1.0875 may be a month, and is rather a price
        dates = [i for i in dates if not profile[i].holds_decimals]
    if not dates and all(map(is_epoch, profile[0].cells)):
        dates = [0]
    if len(dates) != 1:
        raise DataError(f"{grid.top}: no header row; {_add_header(grid)}")
    return beside_dates(profile, dates[0])


def refuse_dates_across(grid: CellGrid) -> None:
    """Refuse a row of dates over rows of numbers: a column for each day."""
    first, below = grid.sample[0], grid.sample[1:]
    across = [i for i, cell in enumerate(first) if i and _is_day_or_year(cell.strip())]
    if len(across) < max(2, len(first) // 2) or not below or is_date(first[0].strip()):
        return
    if all(_is_value(row[i].strip()) for row in below for i in across):
        raise DataError(
            f"{grid.top}: dates go across, from {first[across[0]].strip()[:40]!r} to"
            f" {first[across[-1]].strip()[:40]!r}; write a row for each date, with a column for"
            " each symbol"
        )


def _is_day_or_year(cell: str) -> bool:
    return is_date(cell) or _YEAR.fullmatch(cell) is not None


def _is_value(cell: str) -> bool:
    """Whether a cell is a number and no date, or holds no value."""
    return is_missing(cell) or (is_number(cell) and not is_date(cell))


def _add_header(grid: CellGrid, names: str = "date,close") -> str:
    """Return the remedy, with the header as the file would cut it."""
    is_short = grid.width > names.count(",") + 1
    shown = ("date,...,close" if is_short else names).replace(",", grid.delimiter)
    shown = repr(shown) if grid.delimiter != "," else shown
    more = ", with a name for each column and the close where it stands" if is_short else ""
    return f"add a header row such as {shown}{more}"


def beside_dates(profile: GridProfile, date: int) -> Columns:
    """Tell the columns beside a date: a time of day, a symbol, one price or four."""
    texts = [i for i, column in enumerate(profile) if i != date and not column.is_numeric]
    time = date + 1 if date + 1 in texts and profile[date + 1].holds_times else None
    texts = [i for i in texts if i != time]
    numbers = [i for i in range(len(profile)) if i not in {date, time, *texts}]
    if len(texts) > 1 or (len(numbers) > 1 and any(i > date for i in texts)):
        raise DataError(f"{profile.top}: no header row; {_add_header(profile.grid)}")
    symbol = texts[0] if texts else None
    if len(numbers) == 1:
        return _columns(numbers[0], date, time, symbol, "a date and one column of numbers")
    first = (date if time is None else time) + 1
    return _columns(
        close_of_four(profile, date, symbol, first),
        date,
        time,
        symbol,
        "of the four after the date, the second bounds all above and the third below",
    )


def close_of_four(profile: GridProfile, date: int, symbol: int | None, first: int) -> int:
    """Return the last of four prices if the second and third bound all, as high and low do."""
    values = profile.values(range(first, first + 4)) if first + 4 <= len(profile) else None
    if values is None or not (
        (values[1] >= values.max(axis=0)).all() and (values[2] <= values.min(axis=0)).all()
    ):
        raise DataError(
            f"{profile.top}: no header row, and no open, high, low, close;"
            f" {_remedy_of_four(profile, date, symbol, first)}"
        )
    if not _opens_first(profile, values, date, symbol):
        raise DataError(
            f"{profile.top}: no header row, and column {first + 1} or {first + 4} may be the"
            f" close; {_add_header(profile.grid, 'date,open,high,low,close')}"
        )
    return first + 3


def _remedy_of_four(profile: GridProfile, date: int, symbol: int | None, first: int) -> str:
    """Return the remedy with the header that the numbers of four prices in another order show."""
    last = first + 4
    values = profile.values(range(first, last)) if last <= len(profile) else None
    if values is None or np.isnan(values).any():
        return _add_header(profile.grid)
    high = next((i for i in range(4) if (values[i] >= values.max(axis=0)).all()), None)
    low = next((i for i in range(4) if (values[i] <= values.min(axis=0)).all()), None)
    if high is None or low is None or high == low:
        return _add_header(profile.grid)
    others = [i for i in range(4) if i not in {high, low}]
    header = [f"column {i + 1}" for i in range(len(profile))]
    names = {date: "date", first + high: "high", first + low: "low"}
    names |= {symbol: "symbol"} if symbol is not None else {}
    for one, other in (others, others[::-1]):
        if _opens_first(profile, values[[one, high, low, other]], date, symbol):
            names |= {first + one: "open", first + other: "close"}
            break
    names |= {last: "volume"} if last < len(profile) else {}
    header = [names.get(i, name) for i, name in enumerate(header)]
    if "close" not in header:
        return _add_header(profile.grid)
    return f"add the header row {profile.grid.delimiter.join(header)}, as the numbers show"


def _opens_first(profile: GridProfile, values: Float64Array, date: int, symbol: int | None) -> bool:
    """Whether the first of four prices is the open, being near the last one of the day before."""
    if bool(np.all(values[0] == values[3])):
        return True  # no matter which
    days = profile[date].raw_cells
    try:
        dates = parse_dates((days[0], days[-1]), None, lambda both: bool(both[0] <= both[1])).dates
    except (RnncliError, BadDateError):
        return False
    symbols = np.array(profile[symbol].raw_cells if symbol is not None else [""] * values.shape[1])
    order = np.argsort(symbols, kind="stable")
    order = order if dates[0] <= dates[1] else order[::-1]
    opens, closes, symbols = values[0][order], values[3][order], symbols[order]
    same = symbols[1:] == symbols[:-1]
    if np.count_nonzero(same) < FEW_ROWS - 1:
        return False
    to_open = float(np.nanmedian(np.abs(opens[1:] - closes[:-1])[same]))
    to_close = float(np.nanmedian(np.abs(closes[1:] - opens[:-1])[same]))
    return to_open < _NEARER * to_close


def _columns(price: int, date: int, time: int | None, symbol: int | None, evidence: str) -> Columns:
    layout = "single" if symbol is None else "long"
    reasons = {"layout": "no header row", "price_column": evidence}
    return Columns(layout, (price,), (f"column {price + 1}",), date, time, symbol, reasons)
