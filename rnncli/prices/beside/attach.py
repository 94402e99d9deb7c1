"""Columns of feature files, and distances from events, joined to the rows of prices."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.errors import DataError, UsageError, name_some, setting
from rnncli.prices.beside.events import EVERY, SINCE, TO, Events, read_events
from rnncli.prices.beside.feature_file import AT, ONE_DAY, FeatureFile, read_feature_files
from rnncli.prices.beside.ticker_changes import TickerChanges, newest_of
from rnncli.prices.parsing.quality.file_report import FileReport, report_beside
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

CARRIED = "rows of prices without a value on their date, with the last one before"
ENDED = "rows of prices after its last date ({date}), with the value of then"
BEFORE = "rows of prices before the first value, with the mean"
STRANGERS = "symbols without an event"
NAMED = 5  # symbols in a message
NONE_TO_COME = "symbols without an event after their last row"


class Beside:
    """The files other than prices that settings name, and their fields.

    Raises UsageError for a field without its file, and for a file without a field.
    """

    def __init__(self, fields: Sequence[str], settings: ReadSettings) -> None:
        self.of_files = [name for name in fields if AT in name]
        self.of_events = [name for name in fields if name.endswith((TO, SINCE))]
        self.of_prices = tuple(n for n in fields if n not in (*self.of_files, *self.of_events))
        self._events: Events | None = None
        self._files: list[FeatureFile] = []
        _refuse_idle(settings, bool(self.of_files), bool(self.of_events))
        if self.of_events:
            self._events = _events_of(self.of_events, settings)
        if self.of_files:
            self._files = read_feature_files(settings)
            _refuse_missing(self.of_files, self._files)

    def attached(self, prices: Prices, changes: TickerChanges | None = None) -> Prices:
        """Prices with the fields by their full names; notes of filled values.

        Events are those of the symbols under their names of today, by `changes`.

        Raises DataError for a series without dates.
        """
        if not (self._files or self._events):
            return prices
        for i, symbol in enumerate(prices.symbols):
            if not prices.has_dates(i):
                raise DataError(
                    f"{symbol} has no dates, by which features and events are joined",
                    place=prices.sources[i],
                )  # fmt: skip
        fields, reports = dict(prices.fields), list(prices.files)
        for file in self._files:
            columns, report = self._of_file(file, prices)
            fields |= columns
            reports.append(report)
        if self._events is not None:
            events = self._events
            if changes is not None:
                events = events.renamed(changes.until(newest_of(prices.dates)))
            columns, report = self._of_events(events, prices)
            fields |= columns
            reports.append(report)
        return replace(prices, fields=fields, files=tuple(reports))

    def _of_file(
        self, file: FeatureFile, prices: Prices
    ) -> tuple[dict[str, Float64Array], FileReport]:
        columns, carried = file.only(self.of_files).known_at(prices.dates)
        before = [np.isnan(values) for values in columns.values()]
        after = carried & (prices.dates >= file.dates[-1] + ONE_DAY)
        counts = {
            CARRIED: int(np.sum(carried & ~after)),
            ENDED.format(date=format_date(file.dates[-1])): int(np.sum(after)),
            BEFORE: int(np.sum(np.any(before, axis=0))),
        }
        return columns, report_beside(file.name, len(file.dates), file.dropped, noticed=counts)

    def _of_events(
        self, events: Events, prices: Prices
    ) -> tuple[dict[str, Float64Array], FileReport]:
        kinds = dict.fromkeys(name.rsplit(":", 2)[0] for name in self.of_events)
        _refuse_strangers(events, prices)
        fields = {}
        for kind in kinds:
            pairs = [
                events.distances(kind, symbol, prices.dates_of(i))
                for i, symbol in enumerate(prices.symbols)
            ]
            for k, end in enumerate((TO, SINCE)):
                fields[f"{kind}{end}"] = np.concatenate([pair[k] for pair in pairs])
        without = np.all([np.isnan(values) for values in fields.values()], axis=0)
        strange = np.logical_and.reduceat(without, prices.offsets[:-1])
        to = [values for name, values in fields.items() if name.endswith(TO)]
        last = np.all([np.isnan(values[prices.offsets[1:] - 1]) for values in to], axis=0)
        counts = {STRANGERS: int(np.sum(strange)), NONE_TO_COME: int(np.sum(last & ~strange))}
        return fields, report_beside(events.name, 0, events.dropped, noticed=counts)


def _refuse_strangers(events: Events, prices: Prices) -> None:
    """Refuse events all of which are of symbols that prices do not have: spelled in another way."""
    symbols = dict.fromkeys(symbol for by_symbol in events.days.values() for symbol in by_symbol)
    if EVERY not in symbols and not symbols.keys() & set(prices.symbols):
        raise DataError(
            f"none of its symbols ({name_some(list(symbols), NAMED)}) is in the prices",
            place=events.name, remedy=f"there are {name_some(prices.symbols, NAMED)}",
        )  # fmt: skip


def refuse_in_stream(fields: Sequence[str]) -> None:
    """Raise UsageError for fields of files, which a stream does not have."""
    for name in fields:
        if AT in name or name.endswith((TO, SINCE)):
            what = f"the days of {name.rsplit(':', 2)[0]}" if AT not in name else name
            raise UsageError(
                f"this model is fed {what}, which a stream does not have", option="follow",
                remedy=f"forecast whole files, with {setting('state')} to feed new rows alone",
            )  # fmt: skip


def _refuse_idle(settings: ReadSettings, of_files: bool, of_events: bool) -> None:
    """Refuse a file of which nothing is asked for."""
    if settings.feature_file and not of_files:
        raise _idle(settings.feature_file[0])
    if settings.events is not None and not of_events:
        raise UsageError(
            "is for a model that is fed events; leave it out", option="events",
            value=settings.events,
        )  # fmt: skip


def _idle(path: str) -> UsageError:
    what = "is for a model that is fed its columns; leave it out"
    return UsageError(what, option="feature_file", value=path)


def _events_of(fields: Sequence[str], settings: ReadSettings) -> Events:
    kinds = list(dict.fromkeys(name.rsplit(":", 2)[0] for name in fields))
    events = read_events(settings)
    if events is None:
        raise UsageError(
            f"the model is fed the days of {', '.join(kinds)}; name their file with"
            f" {setting('events')}"
        )
    if lacking := [kind for kind in kinds if kind not in events.days]:
        raise DataError(
            f"has no event of the kind {lacking[0]}, which the model is fed; there are"
            f" {', '.join(events.days)}", place=events.name,
        )  # fmt: skip
    return events


def _refuse_missing(fields: Sequence[str], files: Sequence[FeatureFile]) -> None:
    """Refuse files that lack a field, or without a used field."""
    there = [name for file in files for name in file.columns]
    missing = [name for name in fields if name not in there]
    if not missing:
        for file in files:
            if not set(file.columns) & set(fields):
                raise _idle(file.name)
        return
    column, _, stem = missing[0].rpartition(AT)
    among = f"; there are {', '.join(there)}" if there else ""
    raise UsageError(
        f"the model is fed {column} of a file called {stem}{among}; name that file with"
        f" {setting('feature_file', stem + '.csv')}"
    )
