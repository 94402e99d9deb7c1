"""Days of events, such as announcements of earnings, and how far each row is from them.

A day of an event is one whose price it moves; it is known in advance. Days are counted as the
series has them: Monday to Friday, or all where it is traded on weekends.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from rnncli.arrays import DateArray, Float64Array, IntArray
from rnncli.errors import DataError
from rnncli.prices.beside.dated_file import DatedFile
from rnncli.prices.beside.ticker_changes import TickerChanges
from rnncli.prices.parsing.vocabulary.column_names import SYMBOLS
from rnncli.settings import ReadSettings

ANY = "event"  # the kind if the file names none
EVERY = ""  # the symbol of what concerns all of them
EVENT = "event"  # what a kind is fed as: the end of the name of its input
TO, SINCE = f":{EVENT}:to", f":{EVENT}:since"  # after a kind, in the names of its two fields
KINDS = ("kind", "event", "type")
WEEKDAYS, ALL_DAYS = "1111100", "1111111"
LEAST_AT_WEEKENDS = 0.05  # fraction of the rows of a traded series
Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Events:
    """The days of events, ascending, by kind and symbol."""

    name: str
    days: dict[str, dict[str, Days]]
    dropped: dict[str, int] = field(default_factory=dict)  # lines that were left out, by reason

    def renamed(self, changes: TickerChanges) -> "Events":
        """The events under the names that their symbols have now; see `TickerChanges`."""
        days: dict[str, dict[str, list[Days]]] = {}
        for kind, by_symbol in self.days.items():
            for symbol, some in by_symbol.items():
                names = np.array(changes.names_at(symbol, some), dtype=object)
                for name in dict.fromkeys(names[names != None].tolist()):  # noqa: E711 - of an array
                    of_name = days.setdefault(kind, {}).setdefault(name, [])
                    of_name.append(some[names == name])
        return replace(
            self,
            days={
                kind: {name: np.unique(np.concatenate(parts)) for name, parts in by_name.items()}
                for kind, by_name in days.items()
            },
        )

    def distances(self, kind: str, symbol: str, dates: DateArray) -> tuple[Float64Array, ...]:
        """Days from each date (n) to the next event of a kind after it, and since the last one.

        The last one may be of the day itself, of which 0 days are since. NaN without one.
        """
        by_symbol = self.days.get(kind, {})
        some = [by_symbol[name] for name in (symbol, EVERY) if name in by_symbol]
        nothing = np.full(len(dates), np.nan)
        if not some or not len(dates):
            return nothing, nothing.copy()
        mask = _mask(dates)
        days = np.unique(np.busday_offset(np.concatenate(some), 0, "forward", weekmask=mask))
        of_prices = dates.astype("datetime64[D]")
        place = np.searchsorted(days, of_prices, side="right")
        to, since = nothing, nothing.copy()
        later, earlier = place < len(days), place > 0
        to[later] = _count(of_prices[later], days[place[later]], mask)
        since[earlier] = _count(days[place[earlier] - 1], of_prices[earlier], mask)
        return to, since


def _mask(dates: DateArray) -> str:
    """The days of a week on which a series is traded."""
    weekday: IntArray = (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
    return ALL_DAYS if np.mean(weekday >= 5) >= LEAST_AT_WEEKENDS else WEEKDAYS


def _count(first: Days, last: Days, mask: str) -> Float64Array:
    """Days of trade from one day to a later one."""
    return np.busday_count(first, last, weekmask=mask).astype(np.float64)


def read_events(settings: ReadSettings) -> Events | None:
    """The events of the file that the settings name. Raises MissingInputError, DataError."""
    if settings.events is None:
        return None
    file = DatedFile(settings.events, settings, "events")
    symbols = _texts(file, SYMBOLS, EVERY)
    kinds = _texts(file, KINDS, ANY)
    days: dict[str, dict[str, list[np.datetime64]]] = {}
    for symbol, kind, day in zip(symbols, kinds, file.dates.astype("datetime64[D]"), strict=True):
        days.setdefault(kind, {}).setdefault(symbol, []).append(day)
    if not days:
        raise DataError("holds no event", place=settings.events)
    return Events(
        settings.events,
        {
            kind: {symbol: np.unique(np.array(some)) for symbol, some in by_symbol.items()}
            for kind, by_symbol in days.items()
        },
        file.dropped,
    )


def _texts(file: DatedFile, names: tuple[str, ...] | frozenset[str], default: str) -> list[str]:
    """The cells of the column with one of these names; the default where it is empty."""
    named = [i for i in file.profile.named(list(names)) if i in file.others]
    if not named:
        return [default] * len(file.dates)
    return [cell or default for cell in file.texts(named[0])]
