"""`rnncli gradients` and `rnncli unroll`: how gradients flow, and every number."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from rnncli.cli.forecast import ModelArgument, PricesArgument, as_trained, read
from rnncli.cli.kernels import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.errors import UsageError
from rnncli.settings import (
    NetworkSettings,
    OutputSettings,
    ReadSettings,
    RunSettings,
    UnrollSettings,
)
from rnncli.stages import Stages, untimed


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "gradients")(gradients)
    command(app, "unroll")(unroll)


def gradients(
    model: ModelArgument,
    prices: PricesArgument,
    reading: ReadSettings,
    running: RunSettings,
    showing: OutputSettings,
) -> int:
    """Report how gradients flow, by parameter and by lag."""
    from rnncli.modelfile import load_model

    messages, stages = Messages(showing), Stages()
    with stages.stage("read"):
        loaded = load_model(model)
    known = read(prices, as_trained(reading, loaded.settings), messages, stages.stage)

    from rnncli.fit import usable
    from rnncli.gradients import gradient_report
    from rnncli.prepare import faults, prepare
    from rnncli.report.gradients import gradients_report
    from rnncli.report.output import write_report
    from rnncli.threads import threads
    from rnncli.train import start_network

    watch_kernels(messages, stages.stage)
    training = loaded.settings["train"]
    with stages.stage("prepare"):
        preparation = loaded.preparation
        unfit = faults(known, preparation)
        known = usable(known, unfit, preparation.scale, messages.warn, messages.fail)
        prepared = prepare(known, preparation, 0.0)
    start = start_network(NetworkSettings(**loaded.settings["network"]), training["seed"])
    with stages.stage("forward and back"), threads(running.threads) as pool:
        report = gradient_report(
            loaded.network, start, prepared, training["loss"], loaded.record["clip_rate"], pool
        )
    with stages.stage("write"):
        write_report(gradients_report(report), showing.format)
    if running.profile:
        messages.profile(stages)
    return messages.status


def unroll(
    unrolling: UnrollSettings,
    showing: OutputSettings,
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="A model; without one, StatLand's.")
    ] = None,
) -> None:
    """Show the network unrolled, with every number."""
    from rnncli.statland import OneUnit
    from rnncli.unroll import one_unit_of, parse_values, unroll_network, unroll_one

    given = {
        name: value
        for name, value in asdict(unrolling).items()
        if value is not None and name not in ("values", "days")
    }
    values = parse_values(unrolling.values, unrolling.days)
    if model is None:
        unrolled = unroll_one(replace(OneUnit(), **given), values)
    elif given:
        raise UsageError(f"--{next(iter(given))}: a model has its own weights; leave out MODEL")
    else:
        from rnncli.modelfile import load_model

        network = load_model(model).network
        watch_kernels(Messages(showing), untimed)
        unit = one_unit_of(network)
        unrolled = unroll_one(unit, values) if unit else unroll_network(network, values)

    from rnncli.report.gradients import unroll_report
    from rnncli.report.output import write_report

    write_report(unroll_report(unrolled), showing.format)
