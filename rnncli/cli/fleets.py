"""`rnncli train --per-series`: a folder of models, one a symbol."""

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rnncli.cli.messages import Messages
from rnncli.errors import ExitStatus, UsageError
from rnncli.runlog import RunLog
from rnncli.settings import FleetSettings, OutputSettings, WorkerSettings

if TYPE_CHECKING:
    from rnncli.fleet import Outcome, Recipe
    from rnncli.pool import Workers
    from rnncli.prices import Prices

ALONE = ("checkpoint_every", "keep_checkpoints", "time_budget")  # options of one training


def check_options(
    output: str, inputs: Sequence[str], fleet: FleetSettings, typed: frozenset[str]
) -> None:
    """Refuse early what a training per series does not do, and what is typed in vain without."""
    if not fleet.per_series:
        for name in typed & {"jobs", "cluster"}:
            raise UsageError(f"--{name}: does nothing without --per-series")
        return
    for name in ALONE:
        if name in typed:
            raise UsageError(
                f"--{name.replace('_', '-')}: is of one training; with --per-series, --resume"
                " trains what is not done yet"
            )
    if "threads" in typed:
        raise UsageError("--threads: --per-series has one for each; --jobs says how many at once")
    if os.path.realpath(output) in {os.path.realpath(path) for path in inputs}:
        raise UsageError(f"--output {output}: is one of the inputs; name another folder")
    from rnncli.roster import check_folder

    check_folder(output, ())


@contextmanager
def workers(working: WorkerSettings) -> "Iterator[Workers]":
    """Those who do the work: processes of this machine, or a cluster."""
    if working.cluster is None:
        from rnncli.pool import local

        yield local(working.jobs or 0)
    else:
        from rnncli.cluster import cluster

        with cluster(working.cluster) as found:
            yield found


def train_fleet(
    known: "Prices", recipe: "Recipe", folder: str, inputs: Sequence[str],
    working: WorkerSettings, resume: bool, showing: OutputSettings, messages: Messages,
    log: RunLog,
) -> int:  # fmt: skip
    """Train a model for each symbol, and report on all."""
    from rnncli.fleet import Failed, train_each
    from rnncli.report.fleet import fleet_report
    from rnncli.report.output import write_report
    from rnncli.roster import check_folder, held

    check_folder(folder, known.symbols)
    total = len(known.symbols)

    with messages.progress(total) as bar:

        def tell(outcome: "Outcome", done: int) -> None:
            bar.update(done, f"{done} of {total} series  {outcome.symbol}")
            if not isinstance(outcome, Failed):
                epochs, steps = len(outcome.record["epochs"]), outcome.record["steps"]
                messages.log("trained", symbol=outcome.symbol, epochs=epochs, steps=steps)

        with held(folder), workers(working) as crew, log.stages.stage("train"):
            outcomes = train_each(known, recipe, folder, crew, resume, tell)
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
    for one in failed:
        messages.fail(one.fault)
    if len(failed) == total:
        messages.end()
        return failed[0].status
    with log.stages.stage("write"):
        write_report(fleet_report(folder, outcomes), showing.format)
    log.event("written", models=total - len(failed), failed=len(failed))
    again = shlex.join(["rnncli", "predict", folder, *inputs])
    messages.note(f"wrote {total - len(failed)} models into {folder}; next: {again}")
    return messages.end()
