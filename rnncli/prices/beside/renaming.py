"""Changes of ticker symbols applied to rows of prices: which series each row belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import IntArray
from rnncli.dates import format_date
from rnncli.errors import DataError, SeriesError, name_some, setting
from rnncli.prices.beside.ticker_changes import Change, TickerChanges, newest_of
from rnncli.prices.parsing.quality.file_report import FileReport, report_beside
from rnncli.prices.parsing.table.join import Fail, PriceRows, without_empty, without_series

NAMED = 8  # symbols in a message
GONE = -1  # the code of rows that belong to no series
RENAMED = "rows of {old} as {new}"
CUT = "rows of {symbol} before {day}, of another company"
WITHOUT_ROWS = "changes without effect, of symbols without rows or after the last of them"


@dataclass
class Renaming:
    """Rows under the names that their series have now, and how many had another one."""

    rows: PriceRows
    renamed: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)

    def report(self, changes: TickerChanges, idle: int) -> FileReport:
        """What was done, for the file of changes."""
        without = {WITHOUT_ROWS: idle} if idle else {}
        return report_beside(
            changes.name,
            len(changes.changes),
            changes.dropped,
            noted=self.renamed | self.cut | without,
        )


def renamed(rows: PriceRows, changes: TickerChanges, fail: Fail) -> tuple[PriceRows, FileReport]:
    """Rows under the names of today, and a report of what was renamed and left out.

    A series without dates that has a change fails alone. Raises DataError where none of the
    symbols is there, and where the rows before and after a change contradict it.
    """
    _refuse_strangers(rows, changes)
    rows = without_empty(without_series(rows, _undated(rows, changes), fail))
    in_force = changes.until(newest_of(rows.dates))
    for change in in_force.changes:
        if change.old:
            _refuse_contradiction(rows, in_force, change)
    done = _renamed(rows, in_force)
    if not done.rows.values.size:
        raise DataError("leaves no row of the prices", place=changes.name)
    effective = sum(_has_rows(rows, change) for change in in_force.changes)
    return done.rows, done.report(changes, len(changes.changes) - effective)


def _has_rows(rows: PriceRows, change: Change) -> bool:
    return (change.old or change.new) in rows.symbols


def _refuse_strangers(rows: PriceRows, changes: TickerChanges) -> None:
    """Refuse a file whose symbols all are not in the input: it is another, or misspelled."""
    strange = [symbol for symbol in changes.holdings if symbol not in rows.symbols]
    if len(strange) == len(changes.holdings):
        raise DataError(
            f"none of its symbols ({name_some(strange, NAMED)}) is in the input",
            option="tickers", value=changes.name,
            remedy=f"there are {name_some(rows.symbols, NAMED)}",
        )  # fmt: skip


def _undated(rows: PriceRows, changes: TickerChanges) -> dict[int, SeriesError]:
    codes = set(np.unique(rows.codes[np.isnat(rows.dates)]).tolist())
    return {
        code: SeriesError(
            f"{rows.symbols[code]} has no dates, by which {setting('tickers')} says what it is"
            " called",
            symbol=rows.symbols[code],
        )
        for code in sorted(codes)
        if rows.symbols[code] in changes.holdings
    }


def _renamed(rows: PriceRows, changes: TickerChanges) -> Renaming:
    """Rows with the codes of their series of today, those of none left out."""
    places: dict[str, int] = {}
    codes, done = np.full(rows.codes.size, GONE), Renaming(rows)
    unchanged = np.full(len(rows.symbols), GONE)
    for code, symbol in enumerate(rows.symbols):
        if symbol not in changes.holdings:
            unchanged[code] = places.setdefault(symbol, len(places))
            continue
        of_symbol = np.flatnonzero(rows.codes == code)
        numbers = changes.holding_at(symbol, rows.dates[of_symbol])
        for number in np.unique(numbers).tolist():
            some, name = of_symbol[numbers == number], changes.name_of(symbol, number)
            if name is not None:
                codes[some] = places.setdefault(name, len(places))
            if name != symbol:
                done.renamed |= {} if name is None else _count(symbol, name, some)
                done.cut |= _count_cut(changes, symbol, number, some) if name is None else {}
    codes = np.where(codes == GONE, unchanged[rows.codes], codes)
    whole = replace(rows, symbols=tuple(places), codes=np.maximum(codes, 0))
    done.rows = without_empty(whole.take(codes != GONE))
    return done


def _count(old: str, new: str, rows: IntArray) -> dict[str, int]:
    return {RENAMED.format(old=old, new=new): int(rows.size)}


def _count_cut(changes: TickerChanges, symbol: str, number: int, rows: IntArray) -> dict[str, int]:
    day = format_date(changes.holdings[symbol][number + 1].first)
    return {CUT.format(symbol=symbol, day=day): int(rows.size)}


def _refuse_contradiction(rows: PriceRows, changes: TickerChanges, change: Change) -> None:
    """Refuse rows of both names on a side of a change where they are not the same series."""
    day = change.day.astype("datetime64[s]")
    old, new = (_prices(rows, changes, symbol, change) for symbol in (change.old, change.new))
    for is_before, other in ((True, change.new), (False, change.old)):
        sides = [
            {date: price for date, price in side.items() if (date < day) == is_before}
            for side in (old, new)
        ]
        shared = sorted(sides[0].keys() & sides[1].keys())
        different = [date for date in shared if sides[0][date] != sides[1][date]]
        apart = is_before and all(sides) and not shared
        if different or apart:
            first = min(sides[1]) if is_before else different[0]
            raise _contradiction(changes, change, first, other, is_before)


def _prices(
    rows: PriceRows, changes: TickerChanges, symbol: str, change: Change
) -> Mapping[np.datetime64, float]:
    """The prices by date of a symbol, of the company that the change is of."""
    if symbol not in rows.symbols:
        return {}
    places = np.flatnonzero(rows.codes == rows.symbols.index(symbol))
    side = change.day - (symbol == change.old and _is_given_anew(changes, symbol, change))
    numbers = changes.holding_at(symbol, np.array([side]))
    some = places[changes.holding_at(symbol, rows.dates[places]) == numbers[0]]
    return dict(zip(rows.dates[some], rows.values[some].tolist(), strict=True))


def _is_given_anew(changes: TickerChanges, symbol: str, change: Change) -> bool:
    """Whether another company is called by the old name on the very day of the change."""
    return any(one.first == change.day for one in changes.holdings[symbol])


def _contradiction(
    changes: TickerChanges, change: Change, first: np.datetime64, other: str, is_before: bool
) -> DataError:
    day, shown = format_date(change.day), format_date(first.astype("datetime64[D]"))
    if is_before:
        what, anew = f"both have rows before {day} (the latter from {shown})", day
    else:
        what, anew = f"have different prices on {shown}, after the change", shown
    return DataError(
        f"{change.old} and {change.new} {what}", place=f"{changes.name}, line {change.line}",
        remedy=f"if {other} was another company's {'until' if is_before else 'from'} then, add the"
        f" line ,{other},{anew}",
    )  # fmt: skip


def names_now(requested: str | None, rows: PriceRows, changes: TickerChanges | None) -> str | None:
    """The symbols of a comma list as they are called now."""
    if not requested or changes is None or requested in rows.symbols:
        return requested
    names = [name.strip() for name in requested.split(",")]
    return ",".join(n if n in rows.symbols else changes.current(n) for n in names)
