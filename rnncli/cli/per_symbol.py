"""A folder of models, one a symbol: what `train --per-series` and `predict FOLDER` do."""

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.results import is_silent, show_result
from rnncli.errors import RnncliError, UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    FleetSettings,
    LedgerSettings,
    OutputSettings,
    PredictSettings,
    RunSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from rnncli.forecasting.forecast import Forecast
    from rnncli.prices.series import Prices
    from rnncli.training.per_symbol import Recipe, SymbolOutcome

ALONE = ("checkpoint_every", "keep_checkpoints", "time_budget")  # options of one training
OF_FLEET = {  # options of many trainings, and what one network does instead
    "jobs": "one network uses all cores already, and --threads limits them",
    "cluster": "one network trains on this computer: leave it out",
}


def check_options(
    output: str, inputs: Sequence[str], fleet: FleetSettings, typed: frozenset[str]
) -> None:
    """Refuse early the options that do nothing with --per-series, or nothing without."""
    if not fleet.per_series:
        for name in typed & {*OF_FLEET}:
            raise UsageError(f"--{name}: belongs to --per-series; {OF_FLEET[name]}")
        return
    for name in ALONE:
        if name in typed:
            raise UsageError(
                f"--{name.replace('_', '-')}: is of one training; with --per-series, --resume"
                " trains what is not done yet"
            )
    if "threads" in typed:
        raise UsageError(
            "--threads: --per-series uses one thread per model; --jobs sets how many train at once"
        )
    if os.path.realpath(output) in {os.path.realpath(path) for path in inputs}:
        raise UsageError(f"--output {output}: is one of the inputs; name another folder")
    from rnncli.models.model_folder import check_folder

    check_folder(output, ())


def train_fleet(
    known: "Prices", recipe: "Recipe", folder: str, inputs: Sequence[str],
    working: WorkerSettings, resume: bool, showing: OutputSettings, messages: Messages,
    log: RunLog,
) -> int:  # fmt: skip
    """Train a model for each symbol, and report on all."""
    from rnncli.models.model_folder import check_folder, locked_folder
    from rnncli.report.per_symbol import fleet_report
    from rnncli.runtime.dask_cluster import workers
    from rnncli.training.per_symbol import Failed, train_each

    check_folder(folder, known.symbols)
    total = len(known.symbols)

    with messages.progress(total) as bar:

        def tell(outcome: "SymbolOutcome", done: int) -> None:
            bar.update(done, f"{done} of {total} series  {outcome.symbol}")
            if not isinstance(outcome, Failed):
                epochs, steps = len(outcome.record["epochs"]), outcome.record["steps"]
                messages.log("trained", symbol=outcome.symbol, epochs=epochs, steps=steps)

        with locked_folder(folder), workers(working) as crew, log.stages.stage("train"):
            outcomes = train_each(known, recipe, folder, crew, resume, tell)
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    for one in failed:
        messages.fail(one.fault)
    if len(failed) == total:
        messages.end()
        return failed[0].status
    with log.stages.stage("write"):
        if not is_silent(vars(showing)):
            show_result(fleet_report(folder, outcomes), showing)
    log.event("written", models=total - len(failed), failed=len(failed))
    from rnncli.cli.arguments import forecast_command

    again = forecast_command(folder, inputs, recipe.reading)
    messages.note(f"wrote {total - len(failed)} models into {folder}; next: {again}")
    return messages.end()


def forecast_fleet(
    folder: str, known: "Prices", column: str | None, predicting: PredictSettings,
    keeping: LedgerSettings, running: RunSettings, messages: Messages, log: RunLog,
) -> "Forecast":  # fmt: skip
    """Forecast every symbol by its model, and record the forecasts if asked to."""
    from rnncli.forecasting.forecast import joined
    from rnncli.forecasting.per_symbol import load_symbol_model, predict_each
    from rnncli.prices.summary import fresh
    from rnncli.runtime.threads import threads

    watch_kernels(messages, log.stages.stage)
    known = fresh(known, predicting.max_age, messages.warn)
    find = partial(load_symbol_model, folder, column, known)
    total = len(known.symbols)
    with messages.progress(total) as bar, threads(running.threads) as pool:
        parts, failed = [], dict[str, RnncliError]()
        for symbol, result in predict_each(known, find, predicting, pool):
            if isinstance(result, RnncliError):
                failed[symbol] = result
            else:
                parts.append(result)
            done = len(parts) + len(failed)
            bar.update(done, f"{done} of {total} symbols  {symbol}")
    forecast = joined(known, [one for _, one in parts], failed)
    horizon = forecast.forecasts.shape[1]
    log.event("forecast", symbols=len(forecast.symbols), horizon=horizon, failed=len(failed))
    if keeping.ledger is not None:
        from rnncli.cli.arguments import record_forecasts
        from rnncli.ledger.writer import Source

        with log.stages.stage("write"):
            sources = [
                (Source(current.digest, current.path, column, seen=current.seen), one)
                for current, one in parts
            ]
            record_forecasts(keeping.ledger, sources, messages)
    return forecast
