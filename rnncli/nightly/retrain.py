"""Train the stale models of a job, and save them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rnncli.errors import DataError, DivergedError
from rnncli.models.model import encode
from rnncli.models.model_folder import check_folder, locked_folder
from rnncli.nightly.config import ALL
from rnncli.nightly.current_models import CurrentModel, find_current_model
from rnncli.nightly.data_changes import mark_rows, save_marks
from rnncli.nightly.plan import RunPlan
from rnncli.nightly.retrain_reasons import Reason
from rnncli.nightly.run_state import JobRun
from rnncli.nightly.scan import PriceScan, ReadFault
from rnncli.prices.series import Prices
from rnncli.runtime.dask_cluster import workers
from rnncli.storage.atomic import write_atomically
from rnncli.training.checkpoints import Checkpoints
from rnncli.training.fit import fit_model
from rnncli.training.per_symbol import Failed, Recipe, SymbolOutcome, Trained, train_each
from rnncli.training.state import Epoch


@dataclass(frozen=True)
class TrainingResult:
    """The models that a run trained, and what failed.

    `prices`: all of them, None if nothing was trained. `models`: key -> the model that was
    trained; `epochs`: of all; `older`: how many models could not be trained and are used as they
    are; `broken`: symbols without a usable model, and why. `read_faults`: of reading the prices
    again; `faults`: of training.
    """

    prices: Prices | None = None
    models: dict[str, CurrentModel] = field(default_factory=dict)
    epochs: int = 0
    older: int = 0
    broken: dict[str, Failed] = field(default_factory=dict)
    read_faults: tuple[ReadFault, ...] = ()
    faults: tuple[str, ...] = ()


def train_stale(run: JobRun, scan: PriceScan, plan: RunPlan) -> TrainingResult:
    """Train the stale models; nothing in a dry run.

    If training fails, an older model whose inputs fit stays in use. Raises DataError,
    DivergedError without one, MissingInputError, CannotCreateError, WriteError.
    """
    if run.dry or not plan.stale:
        return TrainingResult()
    prices, read_faults = scan.whole(run)
    if run.job.per_series:
        return _train_each(run, scan, plan, prices, read_faults)
    return _train_shared(run, scan, plan, prices, read_faults)


def _train_shared(
    run: JobRun,
    scan: PriceScan,
    plan: RunPlan,
    prices: Prices,
    read_faults: tuple[ReadFault, ...],
) -> TrainingResult:
    """Train the one model of a job."""
    older, faults = scan.models[ALL].model, list[str]()

    def fail(fault: object) -> None:
        faults.append(str(fault))
        run.events.fail(fault)

    try:
        model, epochs = _train_model(run, prices, plan.stale[ALL], fail)
    except (DataError, DivergedError) as fault:
        if not older.fits:
            raise
        fail(_older_stays(older, fault))
        return TrainingResult(prices, older=1, read_faults=read_faults, faults=tuple(faults))
    return TrainingResult(
        prices, {ALL: model}, epochs, read_faults=read_faults, faults=tuple(faults)
    )


def _older_stays(older: CurrentModel, fault: object) -> str:
    return f"{older.path}: training failed, so the older model stays in use: {fault}"


def _train_model(
    run: JobRun, prices: Prices, why: list[Reason], fail: Callable[[object], None]
) -> tuple[CurrentModel, int]:
    """Train and save the one model of a job; the model and how many epochs it took.

    A training of the same prices that was killed is resumed from its checkpoint.
    """
    job, events = run.job, run.events
    started = time.monotonic()
    checkpoints = Checkpoints(
        job.model, job.keeping, events.note, events.note,
        lambda: time.monotonic() - started > job.keeping.seconds,
    )  # fmt: skip

    def on_epoch(epoch: Epoch) -> None:
        label = f"epoch {epoch.epoch}  loss {epoch.train_loss:.5g}"
        events.progress(epoch.epoch, job.training.epochs, label)

    fitted = fit_model(
        prices, run.reading, job.preparing, job.shape, job.training, run.running,
        warn=events.warn, fail=fail, on_epoch=on_epoch, stage=events.stage,
        checkpoints=checkpoints,
    )  # fmt: skip
    with events.stage("write"):
        write_atomically(job.model, encode(fitted.model))
        model = _start_using(run, ALL, prices)
    checkpoints.end(fitted.run)
    epochs = len(fitted.run.epochs)
    _log_trained(run, why, epochs, fitted.run.steps, series=fitted.series)
    return model, epochs


def _train_each(
    run: JobRun,
    scan: PriceScan,
    plan: RunPlan,
    prices: Prices,
    read_faults: tuple[ReadFault, ...],
) -> TrainingResult:
    """Train the model of each stale symbol; one that fails does so alone."""
    job, stale = run.job, prices.only(plan.stale)
    numbers = {symbol: i for i, symbol in enumerate(stale.symbols)}
    models: dict[str, CurrentModel] = {}

    def on_outcome(outcome: SymbolOutcome, done: int) -> None:
        label = f"{done} of {len(numbers)} series  {outcome.symbol}"
        run.events.progress(done, len(numbers), label)
        if isinstance(outcome, Trained):
            symbol, record = outcome.symbol, outcome.record
            models[symbol] = _start_using(run, symbol, stale.subset([numbers[symbol]]))
            epochs, steps = len(record["epochs"]), record["steps"]
            _log_trained(run, plan.stale[symbol], epochs, steps, symbol=symbol)

    recipe = Recipe(run.reading, job.preparing, job.shape, job.training)
    check_folder(job.model, stale.symbols)
    with locked_folder(job.model), workers(job.working) as crew, run.events.stage("train"):
        outcomes = train_each(stale, recipe, job.model, crew, False, on_outcome)
    trained = [outcome for outcome in outcomes if isinstance(outcome, Trained)]
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    older = [one for one in failed if scan.models[one.symbol].model.fits]
    faults = [_older_stays(scan.models[one.symbol].model, one.fault) for one in older]
    for fault in faults:
        run.events.fail(fault)
    return TrainingResult(
        prices,
        models,
        epochs=sum(len(outcome.record["epochs"]) for outcome in trained),
        older=len(older),
        broken={one.symbol: one for one in failed if one not in older},
        read_faults=read_faults,
        faults=tuple(faults),
    )


def _start_using(run: JobRun, key: str, prices: Prices) -> CurrentModel:
    """The model that was just written; the marks of its prices are saved beside it."""
    model = find_current_model(run, key)
    save_marks(model.path, model.digest, mark_rows(prices))
    return model


def _log_trained(
    run: JobRun, why: list[Reason], epochs: int, steps: int, **about: int | str
) -> None:
    reasons = [str(reason) for reason in why]
    run.events.log("trained", **about, epochs=epochs, steps=steps, why=reasons)
