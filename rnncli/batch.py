"""The whole of `rnncli batch`: read, train what is stale, forecast all, record, write, score."""

import contextlib
import os
from dataclasses import replace

from rnncli.checkpoint import path_of as checkpoint_of
from rnncli.errors import DataError, DivergedError, ExitStatus
from rnncli.features import parse_inputs
from rnncli.files import write_atomically
from rnncli.hindsight import Hindsight, hindsight, window
from rnncli.job import Job
from rnncli.ledger import Source, record, unrecorded
from rnncli.modelfile import Model, as_trained
from rnncli.night import Night, Run, Talk, held_model
from rnncli.predict import fresh
from rnncli.prices import Prices
from rnncli.retrain import train_model
from rnncli.settings import RunSettings
from rnncli.stages import today
from rnncli.stale import aged, changed_settings, days_since, drifted, rewritten_past
from rnncli.survey import Seen, newest_of, read_whole, survey
from rnncli.sweep import Swept
from rnncli.threads import Threads, threads
from rnncli.traces import keep, kept


def run_job(job: Job, talk: Talk, running: RunSettings, dry: bool = False) -> Night:
    """Run a job that `check_job` has passed once; with `dry` only find out what it would do.

    Raises all that reading, training and writing raise; what was there before is then untouched.
    """
    with threads(running.threads) as pool:
        run = _begun(job, talk, running, pool, Night(dry=dry))
        seen, swept, whole = survey(run)
        looked = hindsight(job, run.pairs, seen.joined(), run.held.digest, run.warn)
        run.night.why = _reasons(run, seen, looked)
        held = run.held.model and (run.held.model, run.held.digest)
        if run.night.why and not dry:
            whole = whole if whole is not None else read_whole(run)
            trained = _trained(run, whole)
            held, swept = trained or held, None if trained else swept
        chosen = _fresh(run, seen)
        if held and not (run.night.why and dry):
            if swept is None and whole is not None:
                swept = _swept(run, held[0], _only(whole, chosen))
            if swept is not None:
                _deliver(run, seen, swept.of(chosen), held[1])
        _look_back(run, looked)
        return run.night


def _begun(job: Job, talk: Talk, running: RunSettings, pool: Threads, night: Night) -> Run:
    """What is known before prices are read."""
    held = held_model(job, talk.warn)
    reading, inputs, own = job.reading, parse_inputs(job.preparing.inputs), None
    if held.model is not None and job.retrain is None:
        reading = as_trained(job.reading, held.model.settings)
        inputs = held.model.preparation.inputs
    elif held.model is not None:
        held = replace(held, why=changed_settings(job, held.model))
        own = kept(job.model, held.digest)
    return Run(job, talk, running, pool, held, window(job), night, own, reading, inputs)


def _reasons(run: Run, seen: Seen, looked: Hindsight | None) -> list[str]:
    """Why the model must be trained anew.

    A drift tells nothing of one that was trained on the newest rows.
    """
    model, retrain = run.held.model, run.job.retrain
    if retrain is None or model is None:
        return run.held.why
    newest = newest_of(seen.joined())
    found = [*run.held.why, *aged(retrain, model, newest, seen.rows, run.traces)]
    found += rewritten_past(seen.rewritten)
    if retrain.on_drift and days_since(model, newest, seen.rows, run.traces) > 0:
        found += drifted(looked.drifted if looked else [])
    return found


def _trained(run: Run, prices: Prices) -> tuple[Model, str] | None:
    """Train and save; None where that failed and the model there is stays in use."""
    try:
        return train_model(run, prices)
    except (DataError, DivergedError) as fault:
        if run.usable() is None:
            raise
        run.fail(f"{run.job.model}: training failed, so the older model stays in use: {fault}")
        return None


def _fresh(run: Run, seen: Seen) -> tuple[str, ...]:
    """The symbols to forecast: those that do not end long before the newest."""
    symbols = fresh(seen.joined(), run.job.predicting.max_age, run.warn).symbols
    run.night.symbols, run.night.stale = len(symbols), run.night.series - len(symbols)
    return symbols


def _only(prices: Prices, symbols: tuple[str, ...]) -> Prices:
    wanted = set(symbols)
    own = [i for i, symbol in enumerate(prices.symbols) if symbol in wanted]
    return prices if len(own) == len(prices.symbols) else prices.subset(own)


def _swept(run: Run, model: Model, prices: Prices) -> Swept:
    """Forecast all."""
    swept = Swept()
    swept.add(model, prices, run.job.predicting, run.pool, run.talk.stage)
    return swept


def _deliver(run: Run, seen: Seen, swept: Swept, digest: str) -> None:
    """Tell what failed, and keep the rest."""
    night = run.night
    for fault in swept.failed.values():
        run.fail(fault)
    night.model, night.failed = digest, list(swept.failed)
    night.symbols, night.forecasts = swept.symbols, swept.forecasts
    run.talk.event("forecast", symbols=swept.symbols, failed=len(swept.failed))
    if not swept.parts:
        night.status = ExitStatus.BAD_DATA
        return
    _adopt(run, seen, digest)
    if run.job.ledger is not None:
        with run.talk.stage("write"):
            _record(run, run.job.ledger, swept, Source(digest, run.job.model, run.reading.column))
    if run.job.output is not None:
        with run.talk.stage("write"):
            _write(run, run.job.output, swept)


def _adopt(run: Run, seen: Seen, digest: str) -> None:
    """Keep the traces of a model that has none; leave no checkpoint beside one that is done."""
    if run.night.dry or run.job.retrain is None or run.night.trained or run.night.why:
        return
    if run.traces is None:
        keep(run.job.model, digest, seen.traces)
    if run.job.keeping.checkpoint_every:
        with contextlib.suppress(OSError):
            os.unlink(checkpoint_of(run.job.model))


def _record(run: Run, ledger: str, swept: Swept, source: Source) -> None:
    """Record all forecasts in one run, those that are there left out."""
    if run.night.dry:
        run.night.recorded = unrecorded(ledger, source, *swept.parts)
        return
    entered = record(ledger, source, *swept.parts)
    run.night.recorded = entered.new
    run.talk.event("recorded", ledger=ledger, run=entered.run, new=entered.new, known=entered.known)
    if entered.other:
        run.warn(f"{ledger}: {entered.said_of_other}")


def _write(run: Run, template: str, swept: Swept) -> None:
    """Write all forecasts, unless the file has them."""
    night = run.night
    night.output = _filled(template, night.newest)
    content = run.talk.encode(swept.parts)
    night.wrote = not _holds(night.output, content)
    if night.wrote and not night.dry:
        write_atomically(night.output, content)
    run.talk.event("written", output=night.output, new=night.wrote)


def _filled(template: str, newest: str | None) -> str:
    """The path of the output; without dates {date} is that of the run."""
    now = today()[:10]
    date = (newest or now).replace(":", "").replace(" ", "T")
    return template.replace("{date}", date).replace("{today}", now)


def _holds(path: str, content: bytes) -> bool:
    """Whether a file has this content already."""
    try:
        with open(path, "rb") as file:
            return file.read(len(content) + 1) == content
    except OSError:
        return False


def _look_back(run: Run, looked: Hindsight | None) -> None:
    """Put what came into the result."""
    if looked is not None:
        night = run.night
        night.came, night.covered, night.checks = looked.came, looked.covered, looked.checks
        run.talk.event("scored", came=looked.came, unmet=sum(not c.met for c in looked.checks))
