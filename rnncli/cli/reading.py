"""The prices that a command line names."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.messages import Messages
from rnncli.errors import MissingInputError
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import ReadSettings

if TYPE_CHECKING:
    from rnncli.prices.series import Prices

PricesArgument = Annotated[
    list[str], typer.Argument(metavar="PRICES", help="CSV files, folders of them, or -.")
]
ModelArgument = Annotated[str, typer.Argument(metavar="MODEL", help="A file that train wrote.")]


def read(
    paths: list[str], settings: ReadSettings, messages: Messages, stage: Stage = untimed,
    inputs: tuple[str, ...] = (),
) -> "Prices":  # fmt: skip
    """Prices of a command line, with a warning for each file that had rows left out.

    And the columns that further inputs are made from.

    A file that cannot be read fails alone, unless it is the only one.
    """
    from rnncli.prices.reader import read_prices
    from rnncli.transforms.features import fields_of

    if "-" in paths and sys.stdin is None:
        raise MissingInputError("stdin: is closed; pipe prices in, or name a file")
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    with stage("read"):
        prices = read_prices(paths, settings, stdin, messages.fail, fields_of(inputs))
    messages.log(
        "read", files=len(prices.files), series=len(prices.symbols), rows=len(prices.values)
    )
    for line in prices.warnings():
        messages.warn(line)
    messages.detail(prices.details())
    return prices
