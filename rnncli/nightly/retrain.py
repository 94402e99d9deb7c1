"""Train the models of a nightly job anew, and save them."""

from rnncli.errors import DataError, DivergedError
from rnncli.models.model import encode
from rnncli.models.model_folder import check_folder, locked_folder
from rnncli.nightly.config import ALL
from rnncli.nightly.data_changes import mark_rows, save_marks
from rnncli.nightly.run import JobRun
from rnncli.nightly.staleness import Reason
from rnncli.prices.series import Prices
from rnncli.runtime.workers import workers
from rnncli.storage.atomic import write_atomically
from rnncli.training.checkpoints import Checkpoints
from rnncli.training.fit import fit_model
from rnncli.training.per_symbol import Failed, Recipe, SymbolOutcome, Trained, train_each


def train_stale(run: JobRun, prices: Prices, stale: dict[str, list[Reason]]) -> None:
    """Train what is stale; where that fails, an older model that is fed what is read stays in use.

    Raises DataError, DivergedError where there is none, CannotCreateError, WriteError.
    """
    if run.job.per_series:
        _train_each(run, prices, stale)
        return
    before = run.held[ALL]
    try:
        _train_model(run, prices, stale[ALL])
    except (DataError, DivergedError) as fault:
        if not before.fits:
            raise
        _keep_older(run, before.path, fault)


def _train_each(run: JobRun, prices: Prices, stale: dict[str, list[Reason]]) -> None:
    """Train each symbol that is stale; one that fails does so alone."""
    job, talk = run.job, run.talk
    own = prices.subset([i for i, symbol in enumerate(prices.symbols) if symbol in stale])
    numbers = {symbol: i for i, symbol in enumerate(own.symbols)}
    recipe = Recipe(run.reading, job.preparing, job.shape, job.training)

    def take(outcome: SymbolOutcome, done: int) -> None:
        talk.outcome(outcome, done, len(numbers))
        if isinstance(outcome, Trained):
            symbol, record = outcome.symbol, outcome.record
            _adopt(run, symbol, own.subset([numbers[symbol]]))
            epochs, steps = len(record["epochs"]), record["steps"]
            run.trained(epochs, steps, stale[symbol], symbol=symbol)

    check_folder(job.model, own.symbols)
    with locked_folder(job.model), workers(job.working) as crew, talk.stage("train"):
        outcomes = train_each(own, recipe, job.model, crew, False, take)
    for one in outcomes:
        if isinstance(one, Failed):
            before = run.held[one.symbol]
            if before.fits:
                _keep_older(run, before.path, one.fault)
            else:
                run.broken[one.symbol] = one


def _keep_older(run: JobRun, path: str, fault: object) -> None:
    run.night.kept += 1
    run.fail(f"{path}: training failed, so the older model stays in use: {fault}")


def _train_model(run: JobRun, prices: Prices, why: list[Reason]) -> None:
    """Train the one model of a job and save it.

    A training of the same prices that was killed goes on from its checkpoint.
    """
    job, talk = run.job, run.talk
    started = talk.elapsed()
    checkpoints = Checkpoints(
        job.model, job.keeping, talk.note, talk.note,
        lambda: talk.elapsed() - started > job.keeping.seconds,
    )  # fmt: skip
    fitted = fit_model(
        prices, run.reading, job.preparing, job.shape, job.training, run.running,
        warn=run.warn, fail=run.fail, on_epoch=talk.epoch, stage=talk.stage,
        checkpoints=checkpoints,
    )  # fmt: skip
    with talk.stage("write"):
        write_atomically(job.model, encode(fitted.model))
        _adopt(run, ALL, prices)
    checkpoints.end(fitted.run)
    run.trained(len(fitted.run.epochs), fitted.run.steps, why, series=fitted.series)


def _adopt(run: JobRun, key: str, prices: Prices) -> None:
    """Put a model that was written in use, and keep what it was trained on."""
    now = run.renew(key)
    save_marks(now.path, now.digest, mark_rows(prices))
