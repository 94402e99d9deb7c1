"""The files that a nightly job reads and keeps: none is written over, by whatever name."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rnncli.dates import today
from rnncli.distributions.conformal import check_levels
from rnncli.errors import MissingInputError, UsageError
from rnncli.evaluation.verdict import parse_coverage
from rnncli.ledger.writer import check_ledger
from rnncli.models.model_folder import ENDING, check_folder
from rnncli.nightly.config import Job
from rnncli.nightly.data_changes import path_of as traces_of
from rnncli.prices.parsing.source.paths import inputs, is_read
from rnncli.runtime.event_log import check_log
from rnncli.storage.atomic import NEW, check_creatable
from rnncli.storage.locks import check_lockable, lock_of
from rnncli.training.checkpoints import check_place as check_checkpoint
from rnncli.training.checkpoints import kept_folder
from rnncli.training.checkpoints import path_of as checkpoint_of

BESIDE_A_LEDGER = ("-journal", "-wal", "-shm")  # what SQLite keeps there
Identity = tuple[object, ...]


class Place(NamedTuple):
    """A file, of which table it is, and what a user is told it is.

    `written`: by this job; `named`: in the table, not only kept beside what is.
    """

    table: str
    path: str
    what: str
    written: bool = False
    named: bool = False


def output_of(template: str, newest: str | None) -> str:
    """The path of the output; without dates {date} is that of the run."""
    day = today().isoformat()
    date = (newest or day).replace(":", "").replace(" ", "T")
    return template.replace("{date}", date).replace("{today}", day)


def check_output(job: Job, output: str) -> None:
    """Refuse an output, by the name that its dates came to, that cannot be or is another file.

    Raises UsageError, CannotCreateError.
    """
    check_creatable(output)
    check_apart(job, output)


def check_apart(job: Job, output: str | None) -> None:
    """Refuse to write over what the job reads or keeps, or where the next night would read it.

    Files are told apart by what they are, not by name: a link to one is that one.
    """
    taken: dict[Identity, Place] = {}
    for place in _places(job, output):
        other = taken.setdefault(_identity(place.path), place)
        if other.table != place.table and (other.written or place.written):
            ours, what = (place, other.what) if place.written else (other, place.what)
            raise UsageError(f"{job.file}: [{ours.table}] {ours.path}: is {what}; name another")
        if place.named and place.written:
            _refuse_folder(job, place)


def _places(job: Job, output: str | None) -> Iterator[Place]:
    """Every file; what is read first and the output last, so that it is what is refused."""
    there = output is not None and os.path.exists(output)  # else it is none of many files
    for path in job.paths:
        yield Place("prices", path, "one of the prices", named=True)
        for file in _files(path) if there else ():
            yield Place("prices", file, "one of the prices")
    yield Place("", job.file, "the configuration itself")
    yield Place("", lock_of(job.file), "the lock of this job", written=True)
    trained = job.retrain is not None
    yield Place("model", job.model, "the file of [model] too", trained, named=True)
    for path in _beside(job.model) if not job.per_series else _models(job.model) if there else ():
        yield Place("model", path, "what [model] keeps", trained)
    if job.ledger is not None:
        yield Place("ledger", job.ledger, "the file of [ledger] too", written=True, named=True)
        for ending in BESIDE_A_LEDGER:
            path = os.path.realpath(job.ledger) + ending
            yield Place("ledger", path, "what [ledger] keeps", written=True)
    for table, named in (("log", job.log), ("output", output)):
        if named is not None:
            yield Place(table, named, f"the file of [{table}] too", written=True, named=True)


def _files(path: str) -> list[str]:
    """The files of prices that a path stands for; what cannot be read is told by who reads it."""
    try:
        return [file for file, _ in inputs([path])]
    except MissingInputError:
        return []


def _beside(model: str) -> tuple[str, ...]:
    """What is kept beside a model."""
    return traces_of(model), checkpoint_of(model), kept_folder(model), f"{model}{NEW}"


def _models(folder: str) -> Iterator[str]:
    """Files of models in a folder of them."""
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in names if _is_of_a_model(name))


def _is_of_a_model(name: str) -> bool:
    return name.endswith((ENDING, *_beside(ENDING)))


def _refuse_folder(job: Job, place: Place) -> None:
    """Refuse a file in a folder where its name makes it another's."""
    folder, name = os.path.split(os.path.realpath(place.path))
    inside = _identity(folder)
    if is_read(name) and any(inside == _identity(path) for path in job.paths):
        raise UsageError(
            f"{job.file}: [{place.table}] {place.path}: lies among the prices, and the next night"
            " would read it; name another folder"
        )
    if place.table == "model":
        return
    above = {_identity(one) for one in (folder, *map(str, Path(folder).parents))}
    kept = _identity(kept_folder(job.model)) in above
    if kept or (job.per_series and _is_of_a_model(name) and _identity(job.model) in above):
        raise UsageError(
            f"{job.file}: [{place.table}] {place.path}: lies among the models; name another folder"
        )


def _identity(path: str) -> Identity:
    """What a file is by any name; one that is not there, by where it would be."""
    try:
        found = os.stat(path)
        return found.st_dev, found.st_ino
    except (OSError, ValueError):
        folder, name = os.path.split(os.path.realpath(path))
    try:
        found = os.stat(folder)
        return found.st_dev, found.st_ino, name
    except (OSError, ValueError):
        return folder, name


def check_job(job: Job) -> None:
    """Refuse, before anything is read, what could not be done later.

    Raises UsageError, CannotCreateError, DataError.
    """
    parse_coverage(job.scoring.require_coverage)
    check_levels(job.predicting.level)
    check_lockable(job.file)
    output = job.output and output_of(job.output, "{date}")
    if output is None:
        check_apart(job, None)
    else:
        check_output(job, output)
    if job.ledger is not None:
        check_ledger(job.ledger)
    if job.log is not None:
        check_log(job.log)
    if job.retrain is not None and job.per_series:
        check_folder(job.model, ())
    elif job.retrain is not None:
        check_creatable(job.model)
        check_checkpoint(job.model, job.keeping)
