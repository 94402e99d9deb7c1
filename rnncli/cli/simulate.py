"""`rnncli simulate`: prices of simulated markets; their statistics against real prices."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.arguments import read
from rnncli.cli.messages import Messages
from rnncli.cli.options import command
from rnncli.cli.results import show_parts, show_result
from rnncli.errors import UsageError
from rnncli.settings import ReadSettings, ResultSettings, SimulationSettings

if TYPE_CHECKING:
    from rnncli.prices.series import Prices

COMPARED = 500  # symbols, where no number is given: the tails of their statistics are looked at


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "simulate")(simulate)


def simulate(
    simulation: SimulationSettings,
    showing: ResultSettings,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRICES",
            help="Compare statistics of these price files with simulated series instead; may be"
            " repeated.",
            rich_help_panel="Market",
            show_envvar=False,
        ),
    ] = None,
) -> int | None:
    """Print simulated stocks: open, high, low, close and volume."""
    if compare:
        return _compare(compare, simulation, showing)
    from rnncli.report.simulation import simulation_report
    from rnncli.simulation.market import simulate_markets

    show_parts(map(simulation_report, simulate_markets(simulation)), showing)
    return None


def _compare(paths: list[str], simulation: SimulationSettings, showing: ResultSettings) -> int:
    messages = Messages(showing)
    parts = [_read(path, messages) for path in paths]
    from rnncli.prices.series import Prices
    from rnncli.report.simulation import statistics_report
    from rnncli.simulation.comparison import compare
    from rnncli.simulation.market import simulate_markets

    simulation = replace(simulation, series=simulation.series or COMPARED)
    real = Prices.joined(parts)
    comparisons = compare(real, simulate_markets(simulation))
    show_result(statistics_report(comparisons), showing)
    return messages.end()


def _read(path: str, messages: Messages) -> "Prices":
    """Prices with open, high, low and volume as far as the files have them."""
    if path == "-":
        raise UsageError(
            "prices to compare with are read twice", option="compare", value=path,
            remedy="name a file",
        )  # fmt: skip
    from rnncli.transforms.fields import FieldsToRead

    return read([path], ReadSettings(), messages, beside=FieldsToRead().with_auto())
