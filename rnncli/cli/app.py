"""The Typer application and its commands."""

from typing import Annotated

import typer

from rnncli import __version__
from rnncli.cli import (
    batch,
    diagnostics,
    evaluate,
    explain,
    gradients,
    guides,
    inspect,
    predict,
    report,
    risk,
    schema,
    score,
    simulate,
    train,
    unroll,
    upkeep,
)
from rnncli.cli.root import RootGroup

app = typer.Typer(
    name="rnncli",
    help="Forecast price sequences with recurrent networks compiled to machine code.",
    cls=RootGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={
        "help_option_names": ["-h", "--help"],
    },
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"rnncli {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Show the version and exit.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


GROUPS = (
    train, predict, report, evaluate, risk, score, batch, explain, gradients, unroll, inspect,
    simulate, diagnostics, schema, upkeep, guides,
)  # fmt: skip
for group in GROUPS:
    group.register(app)
