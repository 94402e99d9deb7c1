"""Read all prices of a run once, and keep what the later steps need, however many there are."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import NamedTuple

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import format_date
from rnncli.errors import CannotCreateError, DataError, RnncliError
from rnncli.ledger.writer import ROWS_AT_CUTOFF, storable
from rnncli.nightly.config import ALL
from rnncli.nightly.current_models import CurrentModel, find_current_model
from rnncli.nightly.data_changes import RowMarksBySymbol, changed_symbols, mark_rows
from rnncli.nightly.forecasts import ForecastBatch, forecast_prices, join_batches
from rnncli.nightly.freshness import fresher, freshest_dates
from rnncli.nightly.lookback import ROWS_ON_PAGE, rows_to_keep
from rnncli.nightly.run_state import JobRun, by_model
from rnncli.prices.batches import in_groups
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.prices.parsing.quality.date_checks import yet_to_come
from rnncli.prices.parts.cut import TogetherError
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.training.per_symbol import Failed


class ReadFault(NamedTuple):
    """Why a file could not be read; with its symbol, why a series is left out."""

    text: str
    symbol: str | None = None


@dataclass(frozen=True)
class ModelScan:
    """An existing model, and its prices.

    `newest`: the newest date of its prices, NaT without dates. `marks`: of their rows, if the
    model has none. `rewritten`: symbols whose past differs from the training data.
    """

    model: CurrentModel
    newest: np.datetime64
    marks: RowMarksBySymbol
    rewritten: tuple[str, ...]


@dataclass(frozen=True)
class PriceScan:
    """The data kept of prices: their last rows, their number, and what each model needs.

    `recent`: the rows of every series that recorded forecasts are scored on and a page shows;
    `rows`: symbol -> their number; `models`: key of `by_model` -> its scan; `broken`: symbols that
    can have no model, and why; `contents`: the prices themselves, or forecasts of them if many
    files were read in groups; `held`: all rows of what portfolios hold, None without any;
    `faults`: what could not be read or is left out; `freshest`: the dates of the series that ends
    last.
    """

    recent: Prices
    rows: dict[str, int]
    files: int
    models: dict[str, ModelScan]
    broken: dict[str, Failed]
    contents: Prices | ForecastBatch
    held: Prices | None = None
    faults: tuple[ReadFault, ...] = ()
    freshest: DateArray = field(default_factory=lambda: np.zeros(0, "datetime64[s]"))

    @property
    def newest(self) -> str | None:
        """The newest date of all prices; None without dates."""
        newest = newest_of(self.recent)
        return None if np.isnat(newest) else format_date(newest)

    @property
    def shared_model(self) -> CurrentModel | None:
        """The model of all symbols; None if each has its own."""
        return self.models[ALL].model if ALL in self.models else None

    @property
    def digests(self) -> set[str]:
        """SHA-256 of the models there are."""
        return {scan.model.digest for scan in self.models.values()}

    def forecast(self, run: JobRun, symbols: Sequence[str]) -> ForecastBatch:
        """Forecasts of some symbols by the existing models, if not made while reading."""
        if isinstance(self.contents, ForecastBatch):
            return self.contents.subset(symbols)
        prices = self.contents.only(set(symbols))
        return forecast_prices(run, prices, self.shared_model, self.broken).subset(symbols)

    def whole(self, run: JobRun) -> tuple[Prices, tuple[ReadFault, ...]]:
        """All prices at once, read again where they were read in groups; faults of that reading.

        Raises DataError, MissingInputError.
        """
        if isinstance(self.contents, Prices):
            return self.contents, ()
        faults: list[ReadFault] = []
        return _read_whole(run, faults), tuple(faults)


def scan_prices(run: JobRun) -> PriceScan:
    """Read all prices, and the existing models.

    Many files, and a long one, are read in groups and forecast by the existing models, unless it is
    clear from the start that a model must be retrained. Raises DataError, MissingInputError,
    CannotCreateError, ModelFileError.
    """
    shared = None if run.job.per_series else find_current_model(run, ALL)
    faults: list[ReadFault] = []
    scan, market = _scan_in_groups(run, shared, faults), shared.market if shared else None
    scan = scan or _scan(run, _read_whole(run, faults, market), shared)
    run.events.log("read", files=scan.files, series=len(scan.rows), rows=sum(scan.rows.values()))
    return replace(scan, faults=tuple(faults))


def _scan_in_groups(
    run: JobRun, shared: CurrentModel | None, faults: list[ReadFault]
) -> PriceScan | None:
    """Scan and forecast files in groups; None if they must be read together."""
    (fields, optional), fail = run.beside, _reporter(run, faults)
    if shared is not None and (shared.market or not shared.usable):
        return None
    groups = in_groups(run.job.paths, run.reading, fields, fail, optional)
    if groups is None:
        return None
    scans = []
    with contextlib.suppress(TogetherError):
        for prices in _timed(run, groups):
            past = _without_future(run, prices, faults)
            if past is not None:
                scan = _scan(run, past, shared)
                batch = forecast_prices(run, past, shared, scan.broken)
                scans.append(replace(scan, contents=batch))
        if not scans:
            raise _nothing_past()
        return _join(scans)
    return None


def _timed(run: JobRun, groups: Iterable[Prices]) -> Iterator[Prices]:
    """The groups; the time of reading each is counted to a stage."""
    source = iter(groups)
    while True:
        with run.events.stage("read"):
            prices = next(source, None)
        if prices is None:
            return
        yield prices


def _read_whole(
    run: JobRun, faults: list[ReadFault], of_all: Callable[[Prices], Prices] | None = None
) -> Prices:
    """All prices at once; `of_all`: see `read_prices`. Raises DataError, MissingInputError."""
    fail = _reporter(run, faults)
    with run.events.stage("read"):
        prices = read_prices(run.job.paths, run.reading, None, fail, *run.beside, of_all=of_all)
    past = _without_future(run, prices, faults)
    if past is None:
        raise _nothing_past()
    return past


def _reporter(run: JobRun, faults: list[ReadFault]) -> Callable[[RnncliError], None]:
    """Report a file that cannot be read or a series that cannot be used; add it to the faults."""

    def fail(fault: RnncliError) -> None:
        faults.append(ReadFault(str(fault), getattr(fault, "symbol", None)))
        run.events.fail(fault)

    return fail


def _without_future(run: JobRun, prices: Prices, faults: list[ReadFault]) -> Prices | None:
    """The series that do not end on a future date, None if all do.

    A series dated years ahead would make all others look years old.
    """
    late = set(yet_to_come(prices.dates, prices.offsets).tolist())
    for i in sorted(late):
        symbol, ends = prices.symbols[i], format_date(prices.dates_of(i)[-1])
        text = (
            f"{prices.sources[i]}: {symbol} ends on {ends}, a date in the future; correct"
            " it, or leave it out with until"
        )
        faults.append(ReadFault(text, symbol))
        run.events.fail(text)
    past = [i for i in range(len(prices.symbols)) if i not in late]
    return (prices.subset(past) if late else prices) if past else None


def _nothing_past() -> DataError:
    return DataError("all series end in the future; check the clock of this machine")


def _scan(run: JobRun, prices: Prices, shared: CurrentModel | None) -> PriceScan:
    """The data kept of some prices, with their models."""
    for line in prices.warnings():
        run.events.warn(line)
    for line in prices.notes():
        run.events.note(line)
    for line in prices.details():
        run.events.detail(line)
    models: dict[str, ModelScan] = {}
    broken: dict[str, Failed] = {}
    for key, its_prices in by_model(run, prices):
        try:
            model = shared or find_current_model(run, key)
        except CannotCreateError as fault:
            broken[key] = Failed(key, str(fault), fault.status)
        else:
            models[key] = _scan_model(run, model, its_prices)
    least = ROWS_AT_CUTOFF if run.job.report is None else ROWS_ON_PAGE
    return PriceScan(
        recent=replace(rows_to_keep(prices, run.recorded, least), files=(), fields={}),
        rows=dict(zip(prices.symbols, prices.lengths.tolist(), strict=True)),
        files=len(prices.files),
        models=models,
        broken=broken,
        contents=prices,
        held=_held(run, prices),
        freshest=freshest_dates(prices),
    )


def _held(run: JobRun, prices: Prices) -> Prices | None:
    """The series that portfolios hold or held, also under an earlier name; None without any."""
    wanted = run.held_symbols
    if not wanted:
        return None
    changes = read_ticker_changes(run.job.reading)
    numbers = [
        i
        for i, symbol in enumerate(prices.symbols)
        if storable(symbol) in wanted
        or (changes is not None and not wanted.isdisjoint(changes.former([symbol])))
    ]
    return replace(prices.subset(numbers), files=()) if numbers else None


def _scan_model(run: JobRun, model: CurrentModel, prices: Prices) -> ModelScan:
    """Compare prices with those that their model was trained on."""
    retrain = run.job.retrain
    marks: RowMarksBySymbol = {}
    rewritten: list[str] = []
    if retrain is not None and model.marks is None:
        marks = mark_rows(prices)
    elif retrain is not None and model.marks is not None and retrain.on_changed_data:
        returns = run.job.preparing.scale == "log-return"
        rewritten = changed_symbols(model.marks, prices, returns)
    return ModelScan(model, newest_of(prices), marks, tuple(rewritten))


def _join(scans: Sequence[PriceScan]) -> PriceScan:
    """The scans of several groups of series as one."""
    models: dict[str, ModelScan] = {}
    for scan in scans:
        for key, group in scan.models.items():
            models[key] = _join_models(models[key], group) if key in models else group
    return PriceScan(
        recent=Prices.joined([scan.recent for scan in scans]),
        rows={symbol: rows for scan in scans for symbol, rows in scan.rows.items()},
        files=sum(scan.files for scan in scans),
        models=models,
        broken={symbol: failed for scan in scans for symbol, failed in scan.broken.items()},
        contents=join_batches(
            [scan.contents for scan in scans if isinstance(scan.contents, ForecastBatch)]
        ),
        held=_joined([scan.held for scan in scans if scan.held is not None]),
        freshest=reduce(fresher, (scan.freshest for scan in scans)),
    )


def _joined(parts: Sequence[Prices]) -> Prices | None:
    return Prices.joined(parts) if parts else None


def _join_models(one: ModelScan, other: ModelScan) -> ModelScan:
    """The scan of a model on the series of two groups."""
    return ModelScan(
        one.model,
        np.fmax(one.newest, other.newest),
        one.marks | other.marks,
        one.rewritten + other.rewritten,
    )


def newest_of(prices: Prices) -> np.datetime64:
    """The newest date of all; NaT without dates."""
    dates = prices.dates[~np.isnat(prices.dates)]
    return dates.max() if len(dates) else np.datetime64("NaT", "s")
