"""Read all prices of a night once, and keep what is needed of them, however many there are."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.dates import format_date
from rnncli.errors import CannotCreateError, DataError
from rnncli.nightly.data_changes import RowMarksBySymbol, changed_symbols, mark_rows
from rnncli.nightly.forecasts import ForecastBatch, forecast_batch
from rnncli.nightly.recent_scores import rows_to_keep
from rnncli.nightly.run import JobRun
from rnncli.prices.parsing.quality.date_checks import yet_to_come
from rnncli.prices.reader import SharedSymbolError, one_by_one, read_in_batches, read_prices
from rnncli.prices.series import Prices
from rnncli.training.per_symbol import Failed
from rnncli.transforms.features import fields_of


@dataclass
class PriceScan:
    """What is kept of prices, however many there are: the last rows, counts, the rest by model.

    `newest`: the newest date of all, NaT without dates.
    """

    tails: list[Prices] = field(default_factory=list)
    traces: dict[str, RowMarksBySymbol] = field(default_factory=dict)
    rewritten: dict[str, list[str]] = field(default_factory=dict)
    newest: dict[str, np.datetime64] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    known: Prices | None = None  # the tails, joined

    def joined(self) -> Prices:
        """The last rows of all series."""
        if self.known is None:
            self.known = Prices.joined(self.tails)
            self.tails = []
        return self.known


def scan_prices(run: JobRun) -> tuple[PriceScan, ForecastBatch | None, Prices | None]:
    """Read all prices once: what is kept of them; forecasts, or the prices themselves.

    Many files are read and forecast some at a time, by the models there are.
    """
    stay = all(held.stays for held in run.held.values())
    files = one_by_one(run.job.paths, run.reading) if stay else []
    if files:
        with contextlib.suppress(SharedSymbolError):
            seen, swept = PriceScan(), ForecastBatch()
            groups = read_in_batches(files, run.reading, fields_of(run.inputs), run.unread)
            for prices in _staged(run, groups):
                known = _arrived(run, prices)
                if known is not None:
                    _see(run, seen, known)
                    forecast_batch(run, swept, known)
            if not seen.tails:
                raise _nothing_came()
            _log_read(run, seen)
            return seen, swept, None
    whole = read_whole(run)
    seen = PriceScan()
    _see(run, seen, whole)
    _log_read(run, seen)
    return seen, None, whole


def _staged(run: JobRun, groups: Iterable[Prices]) -> Iterable[Prices]:
    """Count the time of reading."""
    source = iter(groups)
    while True:
        with run.talk.stage("read"):
            prices = next(source, None)
        if prices is None:
            return
        yield prices


def read_whole(run: JobRun) -> Prices:
    """All prices at once. Raises DataError, MissingInputError."""
    with run.talk.stage("read"):
        prices = read_prices(run.job.paths, run.reading, None, run.unread, fields_of(run.inputs))
    known = _arrived(run, prices)
    if known is None:
        raise _nothing_came()
    return known


def _arrived(run: JobRun, prices: Prices) -> Prices | None:
    """The series whose last day has come, None where there are none; it is told of the others.

    One that is dated years ahead would else make all others look years old.
    """
    late = set(yet_to_come(prices.dates, prices.offsets).tolist())
    for i in sorted(late):
        ends = format_date(prices.dates_of(i)[-1])
        run.pending(
            prices.symbols[i],
            f"{prices.sources[i]}: {prices.symbols[i]} ends on {ends}, a day yet to come; mend the"
            " date, or leave it out with until",
        )
    kept = [i for i in range(len(prices.symbols)) if i not in late]
    return (prices.subset(kept) if late else prices) if kept else None


def _nothing_came() -> DataError:
    return DataError("all series end on a day that is yet to come; see the clock of this machine")


def _see(run: JobRun, seen: PriceScan, prices: Prices) -> None:
    """Keep what is needed of prices."""
    for line in prices.warnings():
        run.warn(line)
    run.talk.detail(prices.details())
    seen.files += len(prices.files)
    seen.rows |= dict(zip(prices.symbols, prices.lengths.tolist(), strict=True))
    tails = rows_to_keep(prices, run.pairs)
    seen.tails.append(replace(tails, files=(), fields={}))
    for key, own in run.shares(prices):
        _hold_against(run, seen, key, own)


def _hold_against(run: JobRun, seen: PriceScan, key: str, prices: Prices) -> None:
    """Find the model of some prices, and whether these are what it was trained on."""
    retrain = run.job.retrain
    try:
        held = run.hold(key)
    except CannotCreateError as fault:
        if not run.job.per_series:
            raise
        run.broken[key] = Failed(key, str(fault), fault.status)
        return
    newest = newest_of(prices)
    seen.newest[key] = np.fmax(seen.newest.get(key, newest), newest)
    if retrain is None:
        return
    if held.traces is None:
        seen.traces.setdefault(key, {}).update(mark_rows(prices))
    elif retrain.on_changed_data:
        returns = run.job.preparing.scale == "log-return"
        seen.rewritten.setdefault(key, []).extend(changed_symbols(held.traces, prices, returns))


def _log_read(run: JobRun, seen: PriceScan) -> None:
    run.night.series = len(seen.rows)
    newest = newest_of(seen.joined())
    run.night.newest = None if np.isnat(newest) else format_date(newest)
    run.talk.event("read", files=seen.files, series=len(seen.rows), rows=sum(seen.rows.values()))


def newest_of(prices: Prices) -> np.datetime64:
    """The newest date of all; NaT without dates."""
    dates = prices.dates[~np.isnat(prices.dates)]
    return dates.max() if len(dates) else np.datetime64("NaT", "s")
