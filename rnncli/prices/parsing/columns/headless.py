"""The columns of a file without a header row, where its cells leave no doubt."""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, RnncliError, UsageError
from rnncli.prices.parsing.columns.profile import FEW_ROWS, Guess
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.cell_grid import CellGrid
from rnncli.prices.parsing.values.date_candidates import BadDateError
from rnncli.prices.parsing.values.dates import is_epoch, parse_dates

_NEARER = 0.8  # an open is this much nearer to the close before than a close to the open before


def _add_header(grid: CellGrid, names: str = "date,close") -> str:
    """Return the remedy, with the header as the file would cut it."""
    shown = names.replace(",", grid.delimiter)
    shown = repr(shown) if grid.delimiter != "," else shown
    more = grid.width > names.count(",") + 1
    return f"add a header row such as {shown}{' and a name for each further column' * more}"


def without_header(grid: CellGrid, wanted: RequestedColumns) -> Columns:
    """Give the columns their roles by their cells alone.

    Raises DataError where these leave a doubt, UsageError where a name is asked for.
    """
    for name, option in ((wanted.price, "--column"), (wanted.symbol, "--symbol-column")):
        if name is not None:
            raise UsageError(f"{grid.top}: no header row, so no column {name!r} for {option}")
    guess = Guess(grid, [""] * grid.width)
    if grid.width == 1 and guess.is_numeric(0):
        return Columns("single", (0,), ("column 1",), evidence={"layout": "one column of numbers"})
    dates = [i for i in range(grid.width) if guess.holds_dates(i)]
    if len(dates) > 1:  # 1.0875 may be a month, and is rather a price
        dates = [i for i in dates if not guess.holds_decimals(i)]
    dates = dates or [0] * all(is_epoch(cell) for cell in guess.cells[0])
    if len(dates) == 1:
        return _dated(guess, dates[0], grid.width)
    raise DataError(f"{grid.top}: no header row; {_add_header(grid)}")


def _dated(guess: Guess, date: int, width: int) -> Columns:
    """Tell the columns beside a date: a time of day, a symbol, one price or four."""
    texts = [i for i in range(width) if i != date and not guess.is_numeric(i)]
    time = date + 1 if date + 1 in texts and guess.is_clock(date + 1) else None
    texts = [i for i in texts if i != time]
    last = date if time is None else time
    others = [i for i in range(width) if i not in {date, time, *texts}]
    if len(texts) > 1 or any(i > date for i in texts if len(others) > 1):
        raise DataError(f"{guess.name}: no header row; {_add_header(guess.grid)}")
    symbol = texts[0] if texts else None
    if len(others) == 1:
        return _columns(others[0], date, time, symbol, "a date and one column of numbers")
    return _candles(guess, date, time, symbol, last + 1)


def _candles(guess: Guess, date: int, time: int | None, symbol: int | None, first: int) -> Columns:
    """Four prices after the date are open, high, low, close if the second and third bound all."""
    table = guess.values(range(first, first + 4)) if first + 4 <= len(guess.cells) else None
    if (
        table is not None
        and bool((table[1] >= table.max(0)).all())
        and bool((table[2] <= table.min(0)).all())
    ):
        if not _opens_first(guess, table, date, symbol):
            raise DataError(
                f"{guess.name}: no header row, and column {first + 1} or {first + 4} may be the"
                f" close; {_add_header(guess.grid, 'date,open,high,low,close')}"
            )
        said = "of the four after the date, the second bounds all above and the third below"
        return _columns(first + 3, date, time, symbol, said)
    raise DataError(
        f"{guess.name}: no header row, and no open, high, low, close; {_add_header(guess.grid)}"
    )


def _opens_first(guess: Guess, table: Float64Array, date: int, symbol: int | None) -> bool:
    """Whether the first of four prices is the open, being near the last one of the day before."""
    if bool(np.all(table[0] == table[3])):
        return True  # no matter which
    days = (guess.cells[date][0], guess.cells[date][-1])
    try:
        dates = parse_dates(days, None, lambda found: bool(found[0] <= found[1])).dates
    except (RnncliError, BadDateError):
        return False
    symbols = np.array(guess.cells[symbol] if symbol is not None else [""] * table.shape[1])
    order = np.argsort(symbols, kind="stable")
    order = order if dates[0] <= dates[1] else order[::-1]
    first, last, symbols = table[0][order], table[3][order], symbols[order]
    same = symbols[1:] == symbols[:-1]
    if np.count_nonzero(same) < FEW_ROWS - 1:
        return False
    after = float(np.nanmedian(np.abs(first[1:] - last[:-1])[same]))
    before = float(np.nanmedian(np.abs(last[1:] - first[:-1])[same]))
    return after < _NEARER * before


def _columns(price: int, date: int, time: int | None, symbol: int | None, evidence: str) -> Columns:
    layout = "single" if symbol is None else "long"
    said = {"layout": "no header row", "price_column": evidence}
    return Columns(layout, (price,), (f"column {price + 1}",), date, time, symbol, said)
