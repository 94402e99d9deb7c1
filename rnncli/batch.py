"""The whole of `rnncli batch`: read, train what is stale, forecast all, record, write, score."""

import contextlib
import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.checkpoint import Checkpoints
from rnncli.checkpoint import path_of as checkpoint_of
from rnncli.errors import DataError, DivergedError, ExitStatus
from rnncli.features import fields_of, parse_inputs
from rnncli.files import write_atomically
from rnncli.fit import fit_model
from rnncli.formats.joining import show_date
from rnncli.groups import SharedSymbolError, one_by_one, read_groups
from rnncli.hindsight import coverage, hindsight, needed, recall
from rnncli.job import Job
from rnncli.ledger import Source, record, unrecorded
from rnncli.live import Live
from rnncli.modelfile import Model, as_trained, decode, encode
from rnncli.night import Held, Night, Talk, check_job, held_model
from rnncli.predict import fresh
from rnncli.prices import Prices, read_prices
from rnncli.recorded import Recorded
from rnncli.settings import ReadSettings, RunSettings
from rnncli.settle import CAME
from rnncli.stages import today
from rnncli.stale import aged, changed_settings, days_since, drifted, rewritten_past
from rnncli.sweep import Swept
from rnncli.threads import Threads, threads
from rnncli.traces import Traces, keep, kept, rewritten, trace


@dataclass
class _Seen:
    """What is kept of prices, however many there are: the last rows, the traces, counts."""

    tails: list[Prices] = field(default_factory=list)
    traces: Traces = field(default_factory=dict)
    rewritten: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    known: Prices | None = None  # the tails, joined

    def joined(self) -> Prices:
        """The last rows of all series."""
        if self.known is None:
            self.known = Prices.joined(self.tails)
            self.tails = []
        return self.known


@dataclass
class _Run:
    """One night: the job, who is told, the model in use, what was seen of the prices."""

    job: Job
    talk: Talk
    running: RunSettings
    pool: Threads
    held: Held
    recorded: Recorded | None
    night: Night
    traces: Traces | None
    reading: ReadSettings
    inputs: tuple[str, ...]
    faults: list[object] = field(default_factory=list)
    said: set[str] = field(default_factory=set)

    def fail(self, fault: object) -> None:
        """Tell of a fault once, though it be met in training and in the forecast."""
        if str(fault) not in self.said:
            self.said.add(str(fault))
            self.faults.append(fault)
            self.talk.fail(fault)

    def warn(self, line: str) -> None:
        """Tell of the data once, though they be read twice."""
        if line not in self.said:
            self.said.add(line)
            self.talk.warn(line)


def run_job(job: Job, talk: Talk, running: RunSettings, dry: bool = False) -> Night:
    """Run a job once; with `dry` only find out what it would do.

    Raises all that reading, training and writing raise; what was there before is then untouched.
    """
    check_job(job)
    held = held_model(job, talk.warn)
    if job.retrain is not None and held.model is not None:
        held = replace(held, why=changed_settings(job, held.model))
    with threads(running.threads) as pool:
        run = _run(job, talk, running, pool, held, Night(dry=dry))
        seen, swept, whole = _first_pass(run)
        run.night.why = held.why + _reasons(run, seen)
        looked = hindsight(job, run.recorded, seen.joined(), run.warn)
        run.night.why += _drift(run, looked, seen)
        model, digest = held.model, held.digest
        if run.night.why and not dry:
            whole = whole if whole is not None else _read_whole(run)
            trained = _trained(run, whole)
            if trained is not None:
                swept, (model, digest) = None, trained
        elif run.night.why:
            swept, model = None, None
        _forecast(run, seen, swept, whole, model, digest)
        _look_back(run, looked)
        return run.night


def _run(
    job: Job, talk: Talk, running: RunSettings, pool: Threads, held: Held, night: Night
) -> _Run:
    """What is known before prices are read."""
    model = held.model
    if job.retrain is None and model is not None:
        reading, inputs = as_trained(job.reading, model.settings), model.preparation.inputs
    else:
        reading, inputs = job.reading, parse_inputs(job.preparing.inputs)
    own = kept(job.model, held.digest) if job.retrain is not None and model is not None else None
    return _Run(job, talk, running, pool, held, recall(job), night, own, reading, inputs)


def _usable(run: _Run) -> Model | None:
    """The model there is, if it reads what is read."""
    model = run.held.model
    if model is None or model.preparation.inputs != run.inputs:
        return None
    column = model.settings.get("read", {}).get("column")
    return model if column == run.reading.column else None


def _first_pass(run: _Run) -> tuple[_Seen, Swept | None, Prices | None]:
    """Read all prices once: what is kept of them; forecasts, or the prices themselves.

    Many files are read and forecast some at a time, by the model there is.
    """
    model = _usable(run)
    files = one_by_one(run.job.paths, run.reading) if model and not run.held.why else []
    if files and model is not None:
        with contextlib.suppress(SharedSymbolError):
            seen, swept = _Seen(), Swept()
            groups = read_groups(files, run.reading, fields_of(run.inputs), run.fail)
            for prices in _staged(run, groups):
                _see(run, seen, prices)
                swept.add(model, prices, run.job.predicting, run.pool, run.talk.stage)
            _log_read(run, seen)
            return seen, swept, None
    whole = _read_whole(run)
    seen = _Seen()
    _see(run, seen, whole)
    _log_read(run, seen)
    return seen, None, whole


def _staged(run: _Run, groups: Iterable[Prices]) -> Iterable[Prices]:
    """Count the time of reading."""
    source = iter(groups)
    while True:
        with run.talk.stage("read"):
            prices = next(source, None)
        if prices is None:
            return
        yield prices


def _read_whole(run: _Run) -> Prices:
    """All prices at once."""
    with run.talk.stage("read"):
        return read_prices(run.job.paths, run.reading, None, run.fail, fields_of(run.inputs))


def _see(run: _Run, seen: _Seen, prices: Prices) -> None:
    """Keep what is needed of prices."""
    for line in prices.warnings():
        run.warn(line)
    run.talk.detail(prices.details())
    seen.files += len(prices.files)
    seen.rows |= dict(zip(prices.symbols, prices.lengths.tolist(), strict=True))
    tails = needed(prices, run.recorded)
    seen.tails.append(replace(tails, files=(), fields={}))
    if run.job.retrain is None:
        return
    if run.traces is None:
        seen.traces |= trace(prices)
    elif run.job.retrain.on_changed_data:
        returns = run.job.preparing.scale == "log-return"
        seen.rewritten += rewritten(run.traces, prices, returns)


def _log_read(run: _Run, seen: _Seen) -> None:
    run.night.series = len(seen.rows)
    newest = _newest(seen.joined())
    run.night.newest = None if np.isnat(newest) else show_date(newest)
    run.talk.event("read", files=seen.files, series=len(seen.rows), rows=sum(seen.rows.values()))


def _newest(prices: Prices) -> np.datetime64:
    """The newest date of all; NaT without dates."""
    dates = prices.dates[~np.isnat(prices.dates)]
    return dates.max() if len(dates) else np.datetime64("NaT", "s")


def _reasons(run: _Run, seen: _Seen) -> list[str]:
    """Why the model must be trained anew, by its age and by its prices."""
    model, retrain = run.held.model, run.job.retrain
    if retrain is None or model is None:
        return []
    newest = _newest(seen.joined())
    old = aged(retrain, model, newest, seen.rows, run.traces)
    return old + rewritten_past(seen.rewritten)


def _drift(run: _Run, looked: Live | None, seen: _Seen) -> list[str]:
    """Why it must be by its coverage; what was trained on the newest rows is not trained again."""
    model, retrain = run.held.model, run.job.retrain
    if retrain is None or model is None or not retrain.on_drift:
        return []
    came = days_since(model, _newest(seen.joined()), seen.rows, run.traces)
    return drifted(looked, run.held.digest) if came > 0 else []


def _trained(run: _Run, prices: Prices) -> tuple[Model, str] | None:
    """Train and save; None where that failed and the model there is stays in use."""
    try:
        return train_model(run.job, run.reading, prices, run.running, run.talk, run)
    except (DataError, DivergedError) as fault:
        if _usable(run) is None:
            raise
        run.fail(f"{run.job.model}: training failed, so the older model stays in use: {fault}")
        return None


def train_model(
    job: Job, reading: ReadSettings, prices: Prices, running: RunSettings, talk: Talk, run: _Run
) -> tuple[Model, str]:
    """Train the model of a job and save it; return it as it was saved, and its digest.

    A training of the same prices that was killed goes on from its checkpoint. Raises DataError,
    DivergedError, CannotCreateError, WriteError.
    """
    started = talk.elapsed()
    checkpoints = Checkpoints(
        job.model, job.keeping, talk.note,
        lambda: talk.elapsed() - started > job.keeping.seconds, passing=True,
    )  # fmt: skip
    fitted = fit_model(
        prices, reading, job.preparing, job.shape, job.training, running,
        warn=run.warn, fail=run.fail, on_epoch=talk.epoch, stage=talk.stage,
        checkpoints=checkpoints,
    )  # fmt: skip
    content = encode(fitted.model)
    digest = hashlib.sha256(content).hexdigest()
    with talk.stage("write"):
        write_atomically(job.model, content)
        keep(job.model, digest, trace(prices))
    checkpoints.end(fitted.run)
    run.night.trained, run.night.epochs = True, len(fitted.run.epochs)
    talk.event(
        "trained", series=fitted.series, epochs=len(fitted.run.epochs), steps=fitted.run.steps,
        why=run.night.why,
    )  # fmt: skip
    return decode(content), digest


def _forecast(
    run: _Run, seen: _Seen, swept: Swept | None, whole: Prices | None, model: Model | None,
    digest: str,
) -> None:  # fmt: skip
    """Forecast what is fresh, unless that was done while reading; keep it, if there is any."""
    night, kept_symbols = (
        run.night,
        fresh(seen.joined(), run.job.predicting.max_age, run.warn).symbols,
    )
    night.stale = night.series - len(kept_symbols)
    if swept is None and model is not None:
        assert whole is not None
        swept = Swept()
        swept.add(model, _only(whole, kept_symbols), run.job.predicting, run.pool, run.talk.stage)
    if swept is None or model is None:
        night.symbols = len(kept_symbols)
        return
    swept = swept.of(kept_symbols)
    for fault in swept.failed.values():
        run.fail(fault)
    night.model, night.failed = digest, list(swept.failed)
    night.symbols, night.forecasts = swept.symbols, swept.forecasts
    run.talk.event("forecast", symbols=swept.symbols, failed=len(swept.failed))
    if not swept.parts:
        night.status = ExitStatus.BAD_DATA
        return
    _adopt(run, seen, digest)
    _keep(run, swept, Source(digest, run.job.model, run.reading.column))


def _only(prices: Prices, symbols: tuple[str, ...]) -> Prices:
    wanted = set(symbols)
    own = [i for i, symbol in enumerate(prices.symbols) if symbol in wanted]
    return prices if len(own) == len(prices.symbols) else prices.subset(own)


def _adopt(run: _Run, seen: _Seen, digest: str) -> None:
    """Keep the traces of a model that has none; leave no checkpoint beside one that is done."""
    if run.night.dry or run.job.retrain is None or run.night.trained or run.night.why:
        return
    if run.traces is None:
        keep(run.job.model, digest, seen.traces)
    if run.job.keeping.checkpoint_every:
        with contextlib.suppress(OSError):
            os.unlink(checkpoint_of(run.job.model))


def _keep(run: _Run, swept: Swept, source: Source) -> None:
    """Record forecasts, then write them: what is seen was recorded."""
    job, night, talk = run.job, run.night, run.talk
    if job.ledger is not None:
        with talk.stage("write"):
            if night.dry:
                night.recorded = unrecorded(job.ledger, source, *swept.parts)
            else:
                entered = record(job.ledger, source, *swept.parts)
                night.recorded = entered.new
                talk.event("recorded", ledger=job.ledger, run=entered.run, new=entered.new,
                           known=entered.known)  # fmt: skip
                if entered.other:
                    run.warn(
                        f"{job.ledger}: {entered.other} forecasts of this model from these cutoffs"
                        " were recorded before with other numbers, which stand"
                    )
    if job.output is not None:
        with talk.stage("write"):
            night.output = _filled(job.output, night.newest)
            content = talk.encode(swept.parts)
            night.wrote = not _holds(night.output, content)
            if night.wrote and not night.dry:
                write_atomically(night.output, content)
        talk.event("written", output=night.output, new=night.wrote)


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


def _look_back(run: _Run, looked: Live | None) -> None:
    """Put what came into the result."""
    if looked is None:
        return
    night = run.night
    night.came, night.covered = looked.settled.count(CAME), coverage(looked)
    night.checks = looked.checks
    run.talk.event("scored", forecasts=len(looked.recorded.symbols), came=night.came)
