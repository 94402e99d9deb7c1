"""`rnncli inspect` and `rnncli statland`: the content of a file, and the example market."""

import os
from typing import Annotated

import typer

from rnncli.cli.arguments import OF_MODELS, read, warn_of_namesake
from rnncli.cli.messages import Messages
from rnncli.cli.mistyped import PRIOR
from rnncli.cli.options import command
from rnncli.cli.results import is_table, show_result
from rnncli.errors import UsageError
from rnncli.settings import MarketSettings, PictureSettings, ReadSettings, ResultSettings


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    command(app, "inspect", without=OF_MODELS)(inspect)
    command(app, "statland", form="csv", without=("plot",))(statland)


def inspect(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL|PRICES",
            help="A model, a folder of models, the word prior, or price files.",
        ),
    ],
    reading: ReadSettings,
    showing: ResultSettings,
) -> int:
    """Show how a price file or model is read, and what is in it."""
    from rnncli.report import inspection
    from rnncli.storage.tensor_file import is_model

    messages = Messages(showing)
    _check_files(files)
    warn_of_namesake(files, messages)
    if len(files) == 1 and (files[0] == PRIOR or is_model(files[0])):
        from rnncli.models.prior import open_model

        report = inspection.model_report(files[0], open_model(files[0]))
    elif len(files) == 1 and _is_model_folder(files[0]):
        from rnncli.report.per_symbol import fleet_report
        from rnncli.training.per_symbol import load_models

        outcomes = load_models(files[0], messages.fail)
        report = fleet_report(files[0], outcomes)
    else:
        from rnncli.prices.summary import summarise
        from rnncli.transforms.fields import FieldsToRead

        prices = read(files, reading, messages, beside=FieldsToRead().with_prior())

        report = inspection.prices_report(prices, summarise(prices))
    show_result(report, showing)
    return messages.end()


def _check_files(files: list[str]) -> None:
    """Refuse a ledger, and a model among several files. Raises UsageError."""
    from rnncli.cli.mistaken_paths import is_ledger
    from rnncli.storage.tensor_file import is_model

    if ledger := next((path for path in files if os.path.isfile(path) and is_ledger(path)), None):
        raise UsageError(f"{ledger}: is a ledger; for what is in it: rnncli ledger {ledger} info")

    models = [path for path in files if path == PRIOR or is_model(path) or _is_model_folder(path)]
    if models and len(files) > 1:
        raise UsageError(f"{models[0]} is a model; inspect shows one model, or price files")


def _is_model_folder(path: str) -> bool:
    """Whether a path is a folder of models; what looks into one is loaded for folders alone."""
    if not os.path.isdir(path):
        return False
    from rnncli.models.model_folder import is_model_folder

    return is_model_folder(path)


def statland(
    market: MarketSettings,
    drawing: PictureSettings,
    showing: ResultSettings,
    typed: frozenset[str],
) -> None:
    """Print the StatLand example market (CSV)."""
    from rnncli.cli.charts import check_pictures

    if market.min_days > market.max_days:
        raise UsageError(f"--min-days {market.min_days} is more than --max-days {market.max_days}")
    check_pictures(drawing, showing, [], typed)
    from rnncli.simulation.statland import market as companies

    drawn = companies(market.companies, market.min_days, market.max_days, market.noise, market.seed)
    if drawing.chart and is_table(showing):
        from rnncli.report.companies import companies_report

        show_result(companies_report(dict(drawn)), showing)
        return
    from rnncli.report.inspection import market_report

    show_result(market_report(drawn), showing, "csv")
