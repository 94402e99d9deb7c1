"""Changes of ticker symbols: the series of each name, day by day.

A file has the columns `old`, `new` and `date`. From the date on, `old` is called `new`, with its
history. A line without an old name means that the new name now belongs to another company: earlier
rows of that name are another series.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rnncli.arrays import DateArray
from rnncli.dates import format_date
from rnncli.errors import DataError, MissingInputError, setting
from rnncli.prices.beside.dated_file import DatedFile
from rnncli.settings import ReadSettings
from rnncli.storage.near_path import path_remedy

OLD = ("old", "from", "oldsymbol", "oldticker")
NEW = ("new", "to", "newsymbol", "newticker")
HEADER = "old,new,date"
ALWAYS = np.datetime64("0001-01-01", "D")  # before all rows
Days = npt.NDArray[np.datetime64]


class Change(NamedTuple):
    """A line of the file: from `day` on, `old` is called `new`; without `old` another one is."""

    line: int
    old: str
    new: str
    day: np.datetime64


@dataclass(frozen=True)
class Holding:
    """A span of days in which one company is called by a name: from `first` to the next holding.

    `given`: the change by which it got the name, `leaves`: by which it is called another.
    """

    first: np.datetime64
    given: Change | None = None
    leaves: Change | None = None


@dataclass(frozen=True)
class TickerChanges:
    """The changes of a file, `name`; and by symbol the holdings of each, in order of date."""

    name: str
    changes: tuple[Change, ...]
    holdings: dict[str, tuple[Holding, ...]] = field(repr=False)
    dropped: dict[str, int] = field(default_factory=dict)  # lines that were left out, by reason

    def until(self, newest: np.datetime64) -> "TickerChanges":
        """The changes up to a day: one that is only announced renames nothing yet."""
        if np.isnat(newest):
            return self
        changes = tuple(c for c in self.changes if c.day <= newest.astype("datetime64[D]"))
        return replace(self, changes=changes, holdings=_holdings(self.name, changes))

    def names_at(self, symbol: str, days: Days) -> list[str | None]:
        """What the series is called now that had a name on each of some days (n).

        None: the name belongs to another company since, and that one's is not known.
        """
        if symbol not in self.holdings:
            return [symbol] * len(days)
        names = [self.name_of(symbol, k) for k in range(len(self.holdings[symbol]))]
        return [names[k] for k in self.holding_at(symbol, days).tolist()]

    def holding_at(self, symbol: str, days: Days) -> npt.NDArray[np.int64]:
        """The number (n) of the holding of a symbol in which each day lies."""
        starts = np.array([one.first for one in self.holdings[symbol]])
        place: npt.NDArray[np.int64] = np.searchsorted(
            starts, days.astype("datetime64[D]"), side="right"
        )
        return place - 1

    def name_of(self, symbol: str, number: int) -> str | None:
        """What the company of a holding is called now; None where its last name is another's."""
        change = self.holdings[symbol][number].leaves
        while change is not None:
            symbol = change.new
            number = int(self.holding_at(symbol, np.array([change.day]))[0])
            change = self.holdings[symbol][number].leaves
        return symbol if number == len(self.holdings[symbol]) - 1 else None

    def current(self, symbol: str) -> str:
        """What the last company with a name is called now."""
        if symbol not in self.holdings:
            return symbol
        return self.name_of(symbol, len(self.holdings[symbol]) - 1) or symbol

    def former(self, symbols: Sequence[str]) -> set[str]:
        """The other names under which series of some symbols were known."""
        wanted = set(symbols)
        return {
            symbol
            for symbol, holdings in self.holdings.items()
            for number in range(len(holdings))
            if self.name_of(symbol, number) in wanted - {symbol}
        }


def newest_of(dates: DateArray) -> np.datetime64:
    """The newest of dates; NaT if all are NaT."""
    known = dates[~np.isnat(dates)]
    return known.max() if len(known) else np.datetime64("NaT", "s")


def read_ticker_changes(settings: ReadSettings) -> TickerChanges | None:
    """The changes of the file that the settings name. Raises MissingInputError, DataError."""
    if settings.tickers is None:
        return None
    if not os.path.lexists(settings.tickers):
        remedy = path_remedy(settings.tickers, f"to choose symbols use {setting('symbols')}")
        raise MissingInputError(
            "no such file of ticker changes", option="tickers", value=settings.tickers,
            remedy=remedy,
        )  # fmt: skip
    file = DatedFile(settings.tickers, settings, "tickers")
    old, new = _column(file, OLD), _column(file, NEW)
    days = file.dates.astype("datetime64[D]")
    lines = zip(file.lines.tolist(), file.texts(old), file.texts(new), days, strict=True)
    changes = dict[tuple[str, str, np.datetime64], Change]()
    for number, before, after, day in lines:
        change = Change(number, before, after, day)
        _refuse_nothing(file.name, change)
        changes.setdefault((before, after, day), change)
    if not changes:
        raise DataError("holds no change of a symbol", place=file.name)
    every = tuple(changes.values())
    return TickerChanges(file.name, every, _holdings(file.name, every), file.dropped)


def _column(file: DatedFile, names: tuple[str, ...]) -> int:
    named = [i for i in file.profile.named(list(names)) if i in file.others]
    if not named:
        raise DataError(
            f"has no column {names[0]!r}; there are {file.profile.list_names()}", place=file.name,
            remedy=f"its columns are {HEADER}",
        )  # fmt: skip
    return named[0]


def _refuse_nothing(name: str, change: Change) -> None:
    """Refuse a line without a new name, or whose names are one. Raises DataError."""
    place = f"{name}, line {change.line}"
    if not change.new:
        raise DataError(
            "names no new symbol", place=place, remedy=f"write {HEADER}, or remove the line"
        )
    if change.old == change.new:
        raise DataError(
            f"{change.old} is its own new name", place=place,
            remedy=f"if another company is called so from that day on, write ,{change.new},"
            f"{format_date(change.day)}",
        )  # fmt: skip


def _holdings(name: str, changes: Sequence[Change]) -> dict[str, tuple[Holding, ...]]:
    symbols = dict.fromkeys(s for change in changes for s in (change.old, change.new) if s)
    return {symbol: tuple(_of_symbol(name, symbol, changes)) for symbol in symbols}


def _of_symbol(name: str, symbol: str, changes: Sequence[Change]) -> Iterator[Holding]:
    """The holdings of a name. Raises DataError where it is given, or given up, twice."""
    of_symbol = [change for change in changes if symbol in (change.old, change.new)]
    now = Holding(ALWAYS)
    for change in sorted(of_symbol, key=lambda change: (change.day, _order(symbol, change))):
        if change.old == symbol:
            if now.leaves is not None:
                raise _renamed_twice(name, now.leaves, change)
            now = replace(now, leaves=change)
        elif change.old and now.first == change.day and now.given is None:
            now = replace(now, given=change)
        elif change.old and now.given is not None and now.given.day == change.day:
            raise DataError(
                f"{now.given.old} and {change.old} both become {symbol} on"
                f" {format_date(change.day)}", place=f"{name}, line {change.line}",
                remedy=f"line {now.given.line} says so of {now.given.old}; remove one",
            )  # fmt: skip
        elif change.old and now == Holding(ALWAYS):
            now = Holding(ALWAYS, given=change)  # its rows before may be the history, completed
        else:
            yield now
            now = Holding(change.day, given=change if change.old else None)
    yield now


def _order(symbol: str, change: Change) -> int:
    """Of changes of one day: first the name is given up, then it is another's."""
    return 0 if change.old == symbol else 1 if not change.old else 2


def _renamed_twice(name: str, first: Change, second: Change) -> DataError:
    day = format_date(second.day)
    return DataError(
        f"{second.old} becomes {second.new}, and is {first.new} since {format_date(first.day)}"
        f" (line {first.line})", place=f"{name}, line {second.line}",
        remedy=f"write {first.new},{second.new},{day}, or if another company was called"
        f" {second.old} in between, a line ,{second.old},DATE of when it began",
    )  # fmt: skip
