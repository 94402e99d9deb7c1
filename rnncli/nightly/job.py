"""The whole of `rnncli batch`: read, train what is stale, forecast all, record, write, score."""

import os
from collections.abc import Collection
from typing import Any

from rnncli.errors import ExitStatus
from rnncli.forecasting.forecast import Forecast, joined
from rnncli.ledger.writer import record, unrecorded
from rnncli.models.model import as_trained, load_model
from rnncli.models.model_folder import recipe_of
from rnncli.nightly.config import ALL, Job
from rnncli.nightly.current_models import CurrentModel
from rnncli.nightly.data_changes import RowMarksBySymbol, save_marks
from rnncli.nightly.data_changes import path_of as traces_of
from rnncli.nightly.forecasts import ForecastBatch, forecast_batch
from rnncli.nightly.preflight import check_output, output_of
from rnncli.nightly.recent_scores import RecentScores, score_recent, window
from rnncli.nightly.retrain import train_stale
from rnncli.nightly.run import Callbacks, JobResult, JobRun
from rnncli.nightly.scan import PriceScan, read_whole, scan_prices
from rnncli.nightly.staleness import (
    Reason,
    age_reasons,
    changed_past_reasons,
    days_since,
    describe_reasons,
    drift_reasons,
)
from rnncli.prices.series import Prices
from rnncli.prices.summary import fresh
from rnncli.runtime.threads import Threads, threads
from rnncli.settings import RetrainSettings, RunSettings
from rnncli.storage.atomic import check_creatable, write_atomically
from rnncli.training.checkpoints import remove as remove_checkpoint
from rnncli.transforms.features import parse_inputs


def run_job(job: Job, talk: Callbacks, running: RunSettings, dry: bool = False) -> JobResult:
    """Run a job that `check_job` has passed once; with `dry` only find out what it would do.

    Raises all that reading, training and writing raise; what was there before is then untouched.
    """
    with threads(running.threads) as pool:
        run = _begun(job, talk, running, pool, JobResult(dry=dry))
        seen, swept, whole = scan_prices(run)
        output = _output(run)
        digests = {held.digest for held in run.held.values()}
        looked = score_recent(job, run.pairs, seen.joined(), digests, run.warn, run.remark)
        chosen = _fresh(run, seen)
        stale = _stale(run, seen, looked, {ALL, *chosen})
        run.night.why = describe_reasons(stale)
        _check_models(run, stale)
        if stale and not dry:
            whole, swept = whole if whole is not None else read_whole(run), None
            train_stale(run, whole, stale)
        if not (stale and dry):
            if swept is None and whole is not None:
                swept = ForecastBatch()
                forecast_batch(run, swept, _only(whole, chosen))
            if swept is not None:
                _deliver(run, seen, swept.of(chosen), stale, output)
        _look_back(run, looked)
        return run.night


def _begun(
    job: Job, talk: Callbacks, running: RunSettings, pool: Threads, night: JobResult
) -> JobRun:
    """What is known before prices are read."""
    reading, inputs = job.reading, parse_inputs(job.preparing.inputs)
    if job.retrain is None:
        settings, inputs = _recipe(job)
        reading = as_trained(reading, settings)
    run = JobRun(job, talk, running, pool, window(job), night, reading, inputs)
    if not job.per_series:
        run.hold(ALL)
    return run


def _recipe(job: Job) -> tuple[dict[str, dict[str, Any]], tuple[str, ...]]:
    """Settings and inputs of the models that are used as they are."""
    if job.per_series:
        return recipe_of(job.model)
    model = load_model(job.model)
    return model.settings, model.preparation.inputs


def _output(run: JobRun) -> str | None:
    """Where the forecasts go, refused before anything is written."""
    if run.job.output is None:
        return None
    output = output_of(run.job.output, run.night.newest)
    check_output(run.job, output)
    return output


def _stale(
    run: JobRun, seen: PriceScan, looked: RecentScores | None, wanted: Collection[str]
) -> dict[str, list[Reason]]:
    """The models, of those that are wanted, that must be trained anew, and why."""
    if run.job.retrain is None:
        return {}
    drift = looked.drifted if looked else {}
    found = {
        key: _reasons(run.job.retrain, run.held[key], key, seen, drift)
        for key in seen.newest
        if key in wanted
    }
    return {key: reasons for key, reasons in found.items() if reasons}


def _check_models(run: JobRun, stale: Collection[str]) -> None:
    """Refuse what is where a model, or its traces, will be written. Raises CannotCreateError."""
    for key, held in run.held.items():
        if run.job.retrain is not None and (key in stale or held.traces is None):
            for path in (held.path, traces_of(held.path)):
                if os.path.lexists(path):
                    check_creatable(path)


def _reasons(
    retrain: RetrainSettings,
    held: CurrentModel,
    key: str,
    seen: PriceScan,
    drift: dict[str, list[str]],
) -> list[Reason]:
    """Why a model must be trained anew.

    A drift tells nothing of one that was trained on the newest rows.
    """
    if not held.digest:
        return held.why
    age = days_since(held.seen, seen.newest[key], seen.rows, held.traces)
    found = [
        *held.why,
        *age_reasons(retrain, age),
        *changed_past_reasons(seen.rewritten.get(key, [])),
    ]
    if retrain.on_drift and age > 0:
        found += drift_reasons(drift.get(held.digest, []))
    return found


def _fresh(run: JobRun, seen: PriceScan) -> tuple[str, ...]:
    """The symbols to forecast: those that do not end long before the newest."""
    symbols = fresh(seen.joined(), run.job.predicting.max_age, run.warn).symbols
    run.night.symbols, run.night.stale = len(symbols), run.night.series - len(symbols)
    return symbols


def _only(prices: Prices, symbols: tuple[str, ...]) -> Prices:
    wanted = set(symbols)
    own = [i for i, symbol in enumerate(prices.symbols) if symbol in wanted]
    return prices if len(own) == len(prices.symbols) else prices.subset(own)


def _deliver(
    run: JobRun, seen: PriceScan, swept: ForecastBatch, stale: Collection[str], output: str | None
) -> None:
    """Tell what failed, and keep the rest."""
    night = run.night
    for fault in swept.failed.values():
        run.fail(fault)
    night.failed += swept.failed
    if not run.job.per_series:
        night.model = run.held[ALL].digest
    night.symbols, night.forecasts = swept.symbols, swept.count
    run.talk.event("forecast", symbols=swept.symbols, failed=len(swept.failed))
    if not swept.parts:
        night.status = next((one.status for one in run.broken.values()), ExitStatus.BAD_DATA)
        return
    if run.job.retrain is not None and not night.dry:
        for key in seen.newest.keys() - stale:
            _adopt(run, run.held[key], seen.traces.get(key, {}))
    if run.job.ledger is not None:
        with run.talk.stage("write"):
            _record(run, run.job.ledger, swept)
    if output is not None:
        with run.talk.stage("write"):
            _write(run, output, swept)


def _adopt(run: JobRun, held: CurrentModel, traces: RowMarksBySymbol) -> None:
    """Keep the traces of a model that has none; leave no checkpoint beside one that is done."""
    if held.traces is None and held.digest:
        save_marks(held.path, held.digest, traces)
    if run.job.keeping.checkpoint_every:
        remove_checkpoint(held.path)


def _record(run: JobRun, ledger: str, swept: ForecastBatch) -> None:
    """Record all forecasts in one run, those that are there left out."""
    if run.night.dry:
        run.night.recorded = unrecorded(ledger, swept.parts)
        return
    entered = record(ledger, swept.parts)
    run.night.recorded, run.night.differ = entered.new, entered.other
    run.talk.event("recorded", ledger=ledger, run=entered.run, new=entered.new, known=entered.known)
    if entered.other:
        run.warn(f"{ledger}: {entered.said_of_other}")


def _write(run: JobRun, output: str, swept: ForecastBatch) -> None:
    """Write all forecasts, unless the file has them."""
    night = run.night
    night.output = output
    content = run.talk.encode(_alike(swept.forecasts))
    night.wrote = not _holds(night.output, content)
    if night.wrote and not night.dry:
        write_atomically(night.output, content)
    run.talk.event("written", output=night.output, new=night.wrote)


def _alike(forecasts: list[Forecast]) -> list[Forecast]:
    """The same with the same columns in each, whatever classes some of the models know."""
    if len({(one.labels is None, *one.shares) for one in forecasts}) == 1:
        return forecasts
    return [joined(Prices.joined([one.prices for one in forecasts]), forecasts, {})]


def _holds(path: str, content: bytes) -> bool:
    """Whether a file has this content already."""
    try:
        with open(path, "rb") as file:
            return file.read(len(content) + 1) == content
    except OSError:
        return False


def _look_back(run: JobRun, looked: RecentScores | None) -> None:
    """Put what came into the result."""
    if looked is not None:
        night = run.night
        night.came, night.covered, night.checks = looked.came, looked.covered, looked.checks
        night.left_out = looked.left_out
        unmet = sum(not check.met for check in looked.checks)
        run.talk.event("scored", came=looked.came, left_out=looked.left_out, unmet=unmet)
