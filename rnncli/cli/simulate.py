"""`rnncli simulate`: prices of simulated markets; their statistics beside those of real prices."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.arguments import read
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.errors import DataError, UsageError
from rnncli.settings import OutputSettings, ReadSettings, SimulationSettings

if TYPE_CHECKING:
    from rnncli.prices.series import Prices

COMPARED = 500  # symbols, where no number is given: the tails of their statistics are looked at
INPUTS = (("high-low", "volume"), ("high-low",), ("volume",), ())  # the first that files have


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "simulate")(simulate)


def simulate(
    simulation: SimulationSettings,
    showing: OutputSettings,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRICES",
            help="Show statistics of these price files and of the simulated series side by side,"
            " instead of the prices; may be repeated.",
            show_envvar=False,
        ),
    ] = None,
) -> int | None:
    """Print simulated markets: open, high, low, close and volume."""
    if compare:
        return _compare(compare, simulation, showing)
    from rnncli.report.output import write_parts
    from rnncli.report.simulation import simulation_report
    from rnncli.simulation.market import simulate_markets

    write_parts(map(simulation_report, simulate_markets(simulation)), showing.format)
    return None


def _compare(paths: list[str], simulation: SimulationSettings, showing: OutputSettings) -> int:
    messages = Messages(showing)
    parts = [_read(path, messages) for path in paths]
    from rnncli.prices.series import Prices
    from rnncli.report.output import write_report
    from rnncli.report.simulation import statistics_report
    from rnncli.simulation.comparison import compare
    from rnncli.simulation.market import simulate_markets

    simulation = replace(simulation, series=simulation.series or COMPARED)
    real = Prices.joined(_with_same_fields(parts))
    comparisons = compare(real, simulate_markets(simulation))
    write_report(statistics_report(comparisons), showing.format)
    return messages.end()


def _read(path: str, messages: Messages) -> "Prices":
    """Prices with high, low and volume as far as the files have them."""
    if path == "-":
        raise UsageError(
            "prices to compare with are read twice", option="compare", value=path,
            remedy="name a file",
        )  # fmt: skip
    for inputs in INPUTS[:-1]:
        try:
            return read([path], ReadSettings(), messages, inputs=inputs)
        except DataError:  # a column is lacking, or what fails again without it
            continue
    return read([path], ReadSettings(), messages)


def _with_same_fields(parts: list["Prices"]) -> list["Prices"]:
    """Prices that can be joined: a field that only some have is NaN in the others."""
    import numpy as np

    names = {name for part in parts for name in part.fields}
    return [
        replace(
            part,
            fields={
                name: part.fields.get(name, np.full(len(part.values), np.nan))
                for name in sorted(names)
            },
        )
        for part in parts
    ]
