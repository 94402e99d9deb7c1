"""Train the models of a nightly job anew, and save them."""

from rnncli.checkpoint import Checkpoints
from rnncli.errors import DataError, DivergedError
from rnncli.files import write_atomically
from rnncli.fit import fit_model
from rnncli.incumbents import ALL
from rnncli.modelfile import encode
from rnncli.night import Run
from rnncli.prices import Prices
from rnncli.stale import Reason
from rnncli.traces import keep, trace


def train_stale(run: Run, prices: Prices, stale: dict[str, list[Reason]]) -> None:
    """Train what is stale; where that fails, an older model that is fed what is read stays in use.

    Raises DataError, DivergedError where there is none, CannotCreateError, WriteError.
    """
    held = run.held[ALL]
    try:
        _train_model(run, prices, stale[ALL])
    except (DataError, DivergedError) as fault:
        if not held.fits:
            raise
        _keep_older(run, held.path, fault)


def _keep_older(run: Run, path: str, fault: object) -> None:
    run.fail(f"{path}: training failed, so the older model stays in use: {fault}")


def _train_model(run: Run, prices: Prices, why: list[Reason]) -> None:
    """Train the one model of a job and save it.

    A training of the same prices that was killed goes on from its checkpoint.
    """
    job, talk = run.job, run.talk
    started = talk.elapsed()
    checkpoints = Checkpoints(
        job.model, job.keeping, talk.note,
        lambda: talk.elapsed() - started > job.keeping.seconds, passing=True,
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


def _adopt(run: Run, key: str, prices: Prices) -> None:
    """Put a model that was written in use, and keep what it was trained on."""
    held = run.renew(key)
    keep(held.path, held.digest, trace(prices))
