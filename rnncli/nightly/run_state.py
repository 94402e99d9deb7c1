"""A run of a nightly job: the data of every step, and the receivers of its messages."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from rnncli.ledger.reader import Pair, PortfolioRecords
from rnncli.ledger.writer import storable
from rnncli.models.model import as_trained
from rnncli.models.model_folder import settings_of
from rnncli.models.prior import open_model, reading_for
from rnncli.models.provenance import warn_of_period
from rnncli.nightly.config import ALL, Job
from rnncli.nightly.lookback import recorded_nights, recorded_pairs
from rnncli.prices.series import Prices
from rnncli.risk.holdings import Holding
from rnncli.risk.holdings_file import read_holdings
from rnncli.runtime.threads import Threads
from rnncli.settings import ReadSettings, RunSettings
from rnncli.settings.option import AUTO
from rnncli.training.prior_start import resolved
from rnncli.transforms.custom_inputs import with_files
from rnncli.transforms.features import inputs_of
from rnncli.transforms.fields import (
    FieldsToRead,
    fields_of_inputs,
    fields_of_settings,
    fields_to_train,
)


class Events(Protocol):
    """The receivers of the messages of a run.

    A line may be repeated if prices are read twice or a symbol fails in two steps.
    """

    def fail(self, fault: object) -> None:
        """Report a file, a symbol or a training that failed; the run continues."""

    def warn(self, line: str) -> None:
        """Something about the data that the user should know."""

    def note(self, line: str) -> None:
        """Something that was done."""

    def detail(self, line: str) -> None:
        """Something for those who want to know all."""

    def progress(self, done: int, total: int, label: str) -> None:
        """How far a training is: `done` of `total` epochs, or symbols."""

    def log(self, event: str, **counts: Any) -> None:
        """An event for the log file of the job."""

    def stage(self, name: str) -> AbstractContextManager[None]:
        """Count the time inside to a stage."""


@dataclass(frozen=True)
class JobRun:
    """A run of a job before prices are read.

    `dry`: whether nothing may be written. `reading`, `inputs`: how prices are read, and which of
    their columns are inputs; `beside`: the columns that are read. `recorded`: models and
    cutoffs in the ledger, to be scored. `holdings`: the rows of each portfolio; `nights`: the last
    nights of portfolios in the ledger.
    """

    job: Job
    events: Events
    running: RunSettings
    threads: Threads
    dry: bool
    reading: ReadSettings
    inputs: tuple[str, ...] | None
    beside: FieldsToRead
    recorded: list[Pair]
    holdings: dict[str, list[Holding]]
    nights: PortfolioRecords

    @property
    def held_symbols(self) -> set[str]:
        """Every symbol that a portfolio holds, or held in one of the nights, and their rates."""
        rows = [one for rows in self.holdings.values() for one in rows]
        held = {name for one in rows for name in (one.symbol, one.rate) if isinstance(name, str)}
        recorded = (one.symbol for night in self.nights.risks for one in night.risk.positions)
        return {*map(storable, held), *recorded}


def start_run(
    job: Job, events: Events, running: RunSettings, threads: Threads, dry: bool
) -> JobRun:
    """Decide how prices are read, and read the recorded models from the ledger.

    Without training, prices are read as for the existing models. Raises
    MissingInputError, ModelFileError, DataError, LockedError.
    """
    reading, inputs = job.reading, None
    if job.retrain is not None:
        job = replace(job, preparing=with_files(job.preparing, reading))
        preparing, _, training = resolved(job.preparing, job.shape, job.training)
        inputs = None if preparing.inputs == AUTO else inputs_of(preparing)
        beside = fields_to_train(preparing, training)
    elif job.per_series:
        settings = settings_of(job.model)
        warn_of_period(reading.resample, settings, events.warn)
        reading, beside = as_trained(reading, settings), fields_of_settings(settings)
    else:
        model = open_model(job.model)
        reading, inputs = reading_for(model, reading, events.warn), model.preparation.inputs
        beside = fields_of_inputs(inputs, model.settings["train"].get("pool") == "auto")
    portfolios = job.risk.portfolios if job.risk is not None else {}
    return JobRun(
        job, events, running, threads, dry, reading, inputs, beside, recorded_pairs(job),
        {name: read_holdings(path, job.reading) for name, path in portfolios.items()},
        recorded_nights(job),
    )  # fmt: skip


def by_model(run: JobRun, prices: Prices) -> Iterator[tuple[str, Prices]]:
    """The key of each model and its prices: a symbol, or ALL where they share one."""
    if not run.job.per_series:
        yield ALL, prices
        return
    for i, symbol in enumerate(prices.symbols):
        yield symbol, prices.subset([i])
