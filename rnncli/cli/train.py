"""`rnncli train`: one network over all series, or one for each."""

from typing import TYPE_CHECKING, Annotated, get_args

import typer

from rnncli.cli.arguments import PricesArgument, read
from rnncli.cli.diagnostics import watch_kernels
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import is_silent, show_result
from rnncli.errors import UsageError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import (
    CheckpointSettings,
    FleetSettings,
    NetworkSettings,
    OutputSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
    WorkerSettings,
)
from rnncli.settings.option import Init

if TYPE_CHECKING:
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.training.per_symbol import Recipe
    from rnncli.transforms.fields import FieldsToRead

TO_CONTINUE = "to continue training from it, write --init {}"


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "train", silent=is_silent)(train)


def train(
    prices: PricesArgument,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="MODEL",
            help="Model file to write; with --per-series, a folder.",
            show_envvar=False,
            rich_help_panel="Output",
        ),
    ],
    reading: ReadSettings,
    preparing: PrepareSettings,
    shape: NetworkSettings,
    training: TrainSettings,
    keeping: CheckpointSettings,
    fleet: FleetSettings,
    working: WorkerSettings,
    running: RunSettings,
    showing: OutputSettings,
    typed: frozenset[str],
    log: RunLog,
) -> int:
    """Train one network on all your series and save it to a file."""
    from rnncli.cli.arguments import check_output
    from rnncli.cli.per_symbol import check_options, train_fleet
    from rnncli.training.per_symbol import Recipe
    from rnncli.transforms.custom_inputs import with_files
    from rnncli.transforms.fields import fields_to_train
    from rnncli.transforms.market_medians import market_for, market_to_train

    check_options(output, prices, fleet, typed)
    if not fleet.per_series:
        check_output(output, prices, keeping)
    messages, stages = Messages(showing, log), log.stages
    if shape.init in get_args(Init) or preparing.feature:  # else they are those of the model
        preparing = with_files(preparing, reading)
    before = _initial(Recipe(reading, preparing, shape, training), fleet, typed)
    if before is None:
        beside = fields_to_train(preparing, training)
        market = None if fleet.per_series else market_to_train(preparing.inputs)
    else:
        from rnncli.models.model import as_trained

        reading, beside = as_trained(reading, before.settings), _fields_to_go_on(before, training)
        market = market_for(before.preparation.inputs)
    known = read(prices, reading, messages, stages.stage, beside, TO_CONTINUE, market)
    recipe = Recipe(reading, preparing, shape, training)
    if fleet.per_series:
        status = train_fleet(
            known, recipe, output, prices, working, keeping.resume, showing, messages, log
        )
    else:
        status = _train_one(
            known, recipe, output, prices, keeping, running, showing, messages, log, typed
        )
    if running.profile:
        messages.profile(stages)
    return status


def _initial(recipe: "Recipe", fleet: FleetSettings, typed: frozenset[str]) -> "Model | None":
    """The model to continue from, if given. Raises UsageError for settings that differ."""
    shape = recipe.shape
    if shape.init in get_args(Init):
        return None
    if fleet.per_series:
        raise UsageError(f"--init {shape.init}: continues one model; leave out --per-series")
    from rnncli.training.warm_start import initial_model, settings_of

    model = initial_model(shape)
    assert model is not None
    settings_of(model, recipe.preparing, shape, recipe.training, typed)
    return model


def _fields_to_go_on(before: "Model", training: TrainSettings) -> "FieldsToRead":
    """The columns that a model is fed, and those of the prior unless it is not to be pooled."""
    from rnncli.transforms.fields import fields_of_inputs

    pool = "none" in (training.pool, before.settings["train"]["pool"])
    return fields_of_inputs(before.preparation.inputs, not pool)


def _train_one(
    known: "Prices", recipe: "Recipe", output: str, sources: list[str],
    keeping: CheckpointSettings, running: RunSettings, showing: OutputSettings,
    messages: Messages, log: RunLog, typed: frozenset[str],
) -> int:  # fmt: skip
    """Train one network, save it, and report the result."""
    from rnncli.cli.arguments import forecast_command, saved
    from rnncli.models.model import encode
    from rnncli.report.training import training_report
    from rnncli.training.checkpoints import Checkpoints
    from rnncli.training.fit import fit_model

    stages = log.stages
    watch_kernels(messages, stages.stage)
    checkpoints = Checkpoints(
        output, keeping, messages.note, messages.warn, lambda: stages.elapsed > keeping.seconds
    )
    with messages.progress(recipe.training.epochs) as bar:
        fitted = fit_model(
            known, recipe.reading, recipe.preparing, recipe.shape, recipe.training, running,
            warn=messages.warn, fail=messages.fail,
            on_epoch=lambda e: bar.update(e.epoch, f"epoch {e.epoch}  loss {e.train_loss:.5g}"),
            stage=stages.stage, checkpoints=checkpoints, given=typed,
        )  # fmt: skip
    log.event(
        "trained", series=fitted.series, epochs=len(fitted.run.epochs), steps=fitted.run.steps
    )
    with stages.stage("write"), saved(output, encode(fitted.model)):
        if not is_silent(vars(showing)):
            show_result(training_report(output, fitted), showing)
    log.event("written", model=output)
    checkpoints.end(fitted.run)
    if fitted.error is None:
        messages.note("no day was held out for validation, so training could not stop early")
    messages.note(f"wrote {output}; next: {forecast_command(output, sources, recipe.reading)}")
    return messages.end()
