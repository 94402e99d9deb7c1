"""Train the model of a nightly job anew, and save it."""

import hashlib

from rnncli.checkpoint import Checkpoints
from rnncli.files import write_atomically
from rnncli.fit import fit_model
from rnncli.modelfile import Model, decode, encode
from rnncli.night import Run
from rnncli.prices import Prices
from rnncli.traces import keep, trace


def train_model(run: Run, prices: Prices) -> tuple[Model, str]:
    """Train the model of a job and save it; return it as it was saved, and its digest.

    A training of the same prices that was killed goes on from its checkpoint. Raises DataError,
    DivergedError, CannotCreateError, WriteError.
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
    content = encode(fitted.model)
    digest = hashlib.sha256(content).hexdigest()
    with talk.stage("write"):
        write_atomically(job.model, content)
        keep(job.model, digest, trace(prices))
    checkpoints.end(fitted.run)
    epochs = len(fitted.run.epochs)
    run.night.trained, run.night.epochs = True, epochs
    talk.event(
        "trained", series=fitted.series, epochs=epochs, steps=fitted.run.steps, why=run.night.why
    )
    return decode(content), digest
