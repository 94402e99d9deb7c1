"""Read all prices of a night once, and keep what is needed of them, however many there are."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.features import fields_of
from rnncli.formats.joining import show_date
from rnncli.groups import SharedSymbolError, one_by_one, read_groups
from rnncli.hindsight import needed
from rnncli.night import Run
from rnncli.prices import Prices, read_prices
from rnncli.sweep import Swept
from rnncli.traces import Traces, rewritten, trace


@dataclass
class Seen:
    """What is kept of prices, however many there are: the last rows, the traces, counts."""

    tails: list[Prices] = field(default_factory=list)
    traces: Traces = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    known: Prices | None = None  # the tails, joined

    def joined(self) -> Prices:
        """The last rows of all series."""
        if self.known is None:
            self.known = Prices.joined(self.tails)
            self.tails = []
        return self.known


def survey(run: Run) -> tuple[Seen, Swept | None, Prices | None]:
    """Read all prices once: what is kept of them; forecasts, or the prices themselves.

    Many files are read and forecast some at a time, by the model there is.
    """
    model = run.usable()
    files = one_by_one(run.job.paths, run.reading) if model and not run.held.why else []
    if files and model is not None:
        with contextlib.suppress(SharedSymbolError):
            seen, swept = Seen(), Swept()
            groups = read_groups(files, run.reading, fields_of(run.inputs), run.unread)
            for prices in _staged(run, groups):
                _see(run, seen, prices)
                swept.add(model, prices, run.job.predicting, run.pool, run.talk.stage)
            _log_read(run, seen)
            return seen, swept, None
    whole = read_whole(run)
    seen = Seen()
    _see(run, seen, whole)
    _log_read(run, seen)
    return seen, None, whole


def _staged(run: Run, groups: Iterable[Prices]) -> Iterable[Prices]:
    """Count the time of reading."""
    source = iter(groups)
    while True:
        with run.talk.stage("read"):
            prices = next(source, None)
        if prices is None:
            return
        yield prices


def read_whole(run: Run) -> Prices:
    """All prices at once."""
    with run.talk.stage("read"):
        return read_prices(run.job.paths, run.reading, None, run.unread, fields_of(run.inputs))


def _see(run: Run, seen: Seen, prices: Prices) -> None:
    """Keep what is needed of prices."""
    for line in prices.warnings():
        run.warn(line)
    run.talk.detail(prices.details())
    seen.files += len(prices.files)
    seen.rows |= dict(zip(prices.symbols, prices.lengths.tolist(), strict=True))
    tails = needed(prices, run.pairs)
    seen.tails.append(replace(tails, files=(), fields={}))
    if run.job.retrain is None:
        return
    if run.traces is None:
        seen.traces |= trace(prices)
    elif run.job.retrain.on_changed_data:
        returns = run.job.preparing.scale == "log-return"
        seen.rewritten += rewritten(run.traces, prices, returns)


def _log_read(run: Run, seen: Seen) -> None:
    run.night.series = len(seen.rows)
    newest = newest_of(seen.joined())
    run.night.newest = None if np.isnat(newest) else show_date(newest)
    run.talk.event("read", files=seen.files, series=len(seen.rows), rows=sum(seen.rows.values()))


def newest_of(prices: Prices) -> np.datetime64:
    """The newest date of all; NaT without dates."""
    dates = prices.dates[~np.isnat(prices.dates)]
    return dates.max() if len(dates) else np.datetime64("NaT", "s")
