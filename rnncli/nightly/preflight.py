"""Check the paths of a nightly job before it runs: no file may overwrite another, by any name."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rnncli.dates import today
from rnncli.distributions.conformal import check_levels
from rnncli.errors import CannotCreateError, DataError, MissingInputError, UsageError
from rnncli.evaluation.verdict import parse_coverage
from rnncli.ledger.migration import backups_of
from rnncli.ledger.writer import check_ledger
from rnncli.models.model_folder import ENDING, check_folder
from rnncli.models.prior import NAME as PRIOR
from rnncli.nightly.config import Job
from rnncli.nightly.data_changes import marks_path
from rnncli.nightly.earlier_metrics import check_metrics
from rnncli.prices.beside.ticker_changes import read_ticker_changes
from rnncli.prices.parsing.source.paths import inputs, is_read
from rnncli.risk.holdings_file import read_holdings
from rnncli.risk.market import check_confidences, parse_aheads
from rnncli.risk.tail_tests import check_tests
from rnncli.runtime.event_log import check_log
from rnncli.storage.atomic import NEW, check_creatable
from rnncli.storage.locks import check_lockable, lock_of
from rnncli.training.checkpoints import check_place as check_checkpoint
from rnncli.training.checkpoints import folder_of_epochs
from rnncli.training.checkpoints import path_of as checkpoint_of

LEDGER_ENDINGS = ("-journal", "-wal", "-shm")  # of the files that SQLite writes next to a ledger
Identity = tuple[object, ...]


class Place(NamedTuple):
    """A file: the table it belongs to, its path, and its name in messages.

    `written`: whether the job writes it; `named`: whether the table names it, else it is next
    to one that is named.
    """

    table: str
    path: str
    what: str
    written: bool = False
    named: bool = False


def output_of(template: str, newest: str | None) -> str:
    """The path of the output with its dates filled in; without dates {date} is that of the run."""
    day = today().isoformat()
    date = (newest or day).replace(":", "").replace(" ", "T")
    return template.replace("{date}", date).replace("{today}", day)


def check_output(job: Job, output: str) -> None:
    """Refuse an output path that cannot be written to, or is another file of the job.

    Raises UsageError, CannotCreateError.
    """
    with _naming(job, "output"):
        check_creatable(output)
    check_apart(job, output)


def check_apart(job: Job, output: str | None) -> None:
    """Refuse to overwrite what the job reads or keeps, or to write where it would be read.

    Files are compared by identity, not by name: a link to a file is that file. Raises UsageError.
    """
    seen: dict[Identity, Place] = {}
    for place in _places(job, output):
        other = seen.setdefault(_identity(place.path), place)
        if other.table != place.table and (other.written or place.written):
            new, what = (place, other.what) if place.written else (other, place.what)
            raise UsageError(f"{job.file}: [{new.table}] {new.path}: is {what}; name another")
        if place.named and place.written:
            _refuse_folder(job, place)


def _places(job: Job, output: str | None) -> Iterator[Place]:
    """Every file of the job: inputs first, the output last, so that the output is refused.

    The files in folders count only if the output exists: a new file is not one of them.
    """
    exists = output is not None and os.path.exists(output)
    for path in job.paths:
        yield Place("prices", path, "one of the prices", named=True)
        for file in _files(path, job.reading.beside) if exists else ():
            yield Place("prices", file, "one of the prices")
    for table, what, path in _beside_prices(job):
        yield Place(table, path, what, named=True)
    yield Place("", job.file, "the configuration itself")
    yield Place("", lock_of(job.file), "the lock of this job", written=True)
    if job.model != PRIOR:
        trained = job.retrain is not None
        yield Place("model", job.model, "the file of [model] too", trained, named=True)
        for path in _files_of_models(job, exists):
            yield Place("model", path, "what [model] keeps", trained)
    if job.ledger is not None:
        yield Place("ledger", job.ledger, "the file of [ledger] too", written=True, named=True)
        for ending in LEDGER_ENDINGS:
            path = os.path.realpath(job.ledger) + ending
            yield Place("ledger", path, "what [ledger] keeps", written=True)
        for path in backups_of(job.ledger):
            yield Place("ledger", path, "what [ledger] keeps", written=True)
    for table, named in (
        ("log", job.log), ("monitor", job.monitor.metrics), ("output", output),
    ):  # fmt: skip
        if named is not None:
            yield Place(table, named, f"the file of [{table}] too", written=True, named=True)


def _beside_prices(job: Job) -> Iterator[tuple[str, str, str]]:
    """The table of each file that is read beside the prices, what messages call it, its path."""
    for path in job.reading.feature_file:
        yield "prices", "a feature file", path
    if job.reading.events is not None:
        yield "prices", "the file of events", job.reading.events
    if job.reading.tickers is not None:
        yield "prices", "the file of ticker changes", job.reading.tickers
    for path in job.risk.holdings if job.risk is not None else ():
        yield "risk", "a file of holdings", path


def _check_readable(job: Job) -> None:
    """Refuse files beside the prices that cannot be read. Raises MissingInputError, DataError."""
    for table, what, path in _beside_prices(job):
        fault = None
        if not os.path.exists(path):
            fault = f"{what} does not exist; check the path"
        elif os.path.isdir(path):
            fault = f"is a folder, and {what} is one file; name it"
        elif not os.access(path, os.R_OK):
            fault = f"no permission to read {what}; change it with chmod"
        if fault is not None:
            raise MissingInputError(f"{job.file}: [{table}] {path}: {fault}")
    read_ticker_changes(job.reading)


def _check_risk(job: Job) -> None:
    """Refuse holdings that cannot be read, or would be read as prices, and models of one symbol.

    Raises UsageError, DataError.
    """
    if job.risk is None:
        return
    if job.per_series:
        raise UsageError(
            f"{job.file}: [risk]: needs a model of all symbols, and {job.model} has one of each;"
            " name another"
        )
    check_confidences(job.risk.confidence)
    parse_aheads(job.risk.horizons)
    for path in job.risk.holdings:
        folder, name = os.path.split(os.path.realpath(path))
        if is_read(name) and any(_identity(folder) == _identity(one) for one in job.paths):
            raise UsageError(
                f"{job.file}: [risk] {path}: lies among the prices, and would be read as one; put"
                " it into another folder"
            )
        read_holdings(path, job.reading)


def _files(path: str, beside: Sequence[str]) -> list[str]:
    """The price files of a path; an unreadable one is reported by the reader."""
    try:
        return [file for file, _ in inputs(path, beside)]
    except MissingInputError:
        return []


def _files_of_models(job: Job, output_exists: bool) -> Iterable[str]:
    """Files beside the model, or in the folder of models."""
    if not job.per_series:
        return _beside(job.model)
    return _models(job.model) if output_exists else ()


def _beside(model: str) -> tuple[str, ...]:
    """Files that belong to a model, next to it."""
    return marks_path(model), checkpoint_of(model), folder_of_epochs(model), f"{model}{NEW}"


def _models(folder: str) -> Iterator[str]:
    """The files of models in a folder, and those that belong to them."""
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names if _belongs_to_model(name))


def _belongs_to_model(name: str) -> bool:
    return name.endswith((ENDING, *_beside(ENDING)))


def _refuse_folder(job: Job, place: Place) -> None:
    """Refuse a file in a folder where its name makes it a price file, or the file of a model."""
    folder, name = os.path.split(os.path.realpath(place.path))
    inside = _identity(folder)
    if is_read(name) and any(inside == _identity(path) for path in job.paths):
        raise UsageError(
            f"{job.file}: [{place.table}] {place.path}: lies among the prices, and the next night"
            " would read it; name another folder"
        )
    if place.table == "model":
        return
    above = {_identity(parent) for parent in (folder, *map(str, Path(folder).parents))}
    among_checkpoints = _identity(folder_of_epochs(job.model)) in above
    if among_checkpoints or (
        job.per_series and _belongs_to_model(name) and _identity(job.model) in above
    ):
        raise UsageError(
            f"{job.file}: [{place.table}] {place.path}: lies among the models; name another folder"
        )


def same_file(path: str, other: str) -> bool:
    """Whether two paths are, or would be, one file."""
    return _identity(path) == _identity(other)


def _identity(path: str) -> Identity:
    """Device and inode of a path; of one that does not exist, those of its folder, and its name."""
    try:
        status = os.stat(path)
        return status.st_dev, status.st_ino
    except (OSError, ValueError):
        folder, name = os.path.split(os.path.realpath(path))
    try:
        status = os.stat(folder)
        return status.st_dev, status.st_ino, name
    except (OSError, ValueError):
        return folder, name


def check_job(job: Job) -> None:
    """Refuse, before prices are read, settings and paths that the job could not use later.

    Raises UsageError, MissingInputError, CannotCreateError, DataError.
    """
    parse_coverage(job.scoring.require_coverage)
    check_levels(job.predicting.level)
    check_tests(job.scoring.require_test)
    _check_readable(job)
    _check_risk(job)
    check_lockable(job.file)
    files = [output_of(one, "{date}") for one in (job.output, job.report) if one is not None]
    for path in files:
        check_output(job, path)
    if not files:
        check_apart(job, None)
    with _naming(job, "ledger"):
        if job.ledger is not None:
            check_ledger(job.ledger)
    with _naming(job, "log"):
        if job.log is not None:
            check_log(job.log)
    with _naming(job, "monitor"):
        if job.monitor.metrics is not None:
            check_metrics(job.monitor.metrics)
    with _naming(job, "model"):
        if job.retrain is not None and job.per_series:
            check_folder(job.model, ())
        elif job.retrain is not None:
            check_creatable(job.model)
            check_checkpoint(job.model, job.keeping)


@contextmanager
def _naming(job: Job, table: str) -> Iterator[None]:
    """Name the table of the job in the faults of the file that it names."""
    try:
        yield
    except (CannotCreateError, DataError) as fault:
        raise type(fault)(f"{job.file}: [{table}] {fault}") from fault
