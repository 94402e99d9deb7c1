"""The prices that a command line names."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from rnncli.cli.messages import Messages
from rnncli.cli.mistyped import PRIOR
from rnncli.errors import CannotCreateError, DataError, MissingInputError, UsageError, WriteError
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import ReadSettings
from rnncli.storage.atomic import beside, check_creatable, replacing

if TYPE_CHECKING:
    from collections.abc import Callable

    from rnncli.forecasting.forecast import Forecast
    from rnncli.ledger.writer import Source
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.settings import CheckpointSettings
    from rnncli.transforms.fields import FieldsToRead

MODEL_FIRST = "name it before the prices: {} PRICES"
PricesArgument = Annotated[
    list[str],
    typer.Argument(metavar="PRICES", help="CSV files, folders of them, or - for standard input."),
]
OF_MODELS = ("feature_file", "events")  # options of files that are read for a model alone
ModelAndPrices = Annotated[
    list[str],
    typer.Argument(
        metavar="[MODEL] PRICES...",
        help="Model file or folder that train wrote (default: the prior), then CSV files, folders"
        " of them, or - for standard input.",
    ),
]


def warn_of_namesake(names: Sequence[str], messages: Messages) -> None:
    """Warn where the prior is named and a file or a folder has its name too."""
    if PRIOR in names and os.path.lexists(PRIOR):
        messages.warn(
            f"{PRIOR} is the network that comes with rnncli; for your file or folder write"
            f" ./{PRIOR}"
        )


def read(
    paths: list[str], settings: ReadSettings, messages: Messages, stage: Stage = untimed,
    beside: "FieldsToRead | None" = None, for_model: str = MODEL_FIRST,
    of_all: "Callable[[Prices], Prices] | None" = None,
) -> "Prices":  # fmt: skip
    """Prices of a command line, with a warning for each file with dropped rows.

    With the further columns `beside`. `for_model`: what to do with a model among the files;
    `of_all`: see `read_prices`.

    A file that cannot be read fails alone, unless it is the only one.
    """
    from rnncli.cli.mistaken_paths import in_plain_words, refuse_mistaken
    from rnncli.prices.reader import read_prices
    from rnncli.transforms.fields import FieldsToRead

    refuse_mistaken(paths, for_model)
    if "-" in paths and sys.stdin is None:
        raise MissingInputError("stdin: is closed; pipe prices in, or name a file")
    stdin = sys.stdin.buffer if sys.stdin is not None else None
    with stage("read"):
        try:
            prices = read_prices(
                paths, settings, stdin, lambda f: messages.fail(in_plain_words(f, paths)),
                *(beside or FieldsToRead()), of_all=of_all,
            )  # fmt: skip
        except DataError as fault:
            raise in_plain_words(fault, paths) from fault
    messages.log(
        "read", files=len(prices.files), series=len(prices.symbols), rows=len(prices.values)
    )
    for line in prices.warnings():
        messages.warn(line)
    for line in prices.notes():
        messages.note(line)
    messages.detail(prices.details())
    return prices


def read_for(
    model: "Model", paths: list[str], settings: ReadSettings, choice: str | None,
    messages: Messages, stage: Stage = untimed,
) -> "Prices":  # fmt: skip
    """Prices with the columns that a model is fed; `choice`: of its inputs."""
    from rnncli.models.prior import fed, fields_to_read, reading_for
    from rnncli.transforms.market_medians import market_for, unknown_market

    beside = fields_to_read(model, choice)
    reading = reading_for(model, settings, messages.warn)
    market = market_for(model.preparation.inputs)
    prices = fed(read(paths, reading, messages, stage, beside, of_all=market), model, choice)
    if unknown := unknown_market(prices):
        messages.warn(unknown)
    return prices


def forecast_command(model: str, prices: Sequence[str], reading: ReadSettings) -> str:
    """What to type for forecasts of a model, with the other files that it needs."""
    import shlex

    beside = [part for path in reading.feature_file for part in ("--feature-file", path)]
    beside += [] if reading.events is None else ["--events", reading.events]
    return shlex.join(["rnncli", "predict", model, *prices, *beside])


def check_output(output: str, inputs: Sequence[str], keeping: "CheckpointSettings") -> None:
    """Refuse, before anything is read, an output that is an input or any file but a model.

    The file in the place of its checkpoint is checked too.

    Raises UsageError, CannotCreateError.
    """
    if output == "-":
        raise UsageError("--output -: a model cannot go to standard output; name a file")
    _refuse_folder(output, "-o my.model")
    check_creatable(output)
    if os.path.realpath(output) in {os.path.realpath(path) for path in inputs if path != "-"}:
        raise UsageError(f"--output {output}: is one of the inputs; name another file")
    for path in (output, beside(output)):
        _refuse_foreign(path)
    _refuse_price_file(output)
    if keeping.checkpoint_every or keeping.resume:
        from rnncli.training.checkpoints import check_place

        check_place(output, keeping)


def _refuse_folder(path: str, example: str) -> None:
    """Raise CannotCreateError where the path of a file to write is a folder, such as the prices'.

    No file inside is chosen: the next run would read it as prices.
    """
    if os.path.isdir(path):
        raise CannotCreateError(f"{path}: is a folder; name a file, such as {example}")


def _refuse_price_file(path: str) -> None:
    """Raise UsageError for a model named as a price file: later runs would read it as one."""
    from rnncli.prices.parsing.source.paths import default_symbol, is_read

    folder, name = os.path.split(path)
    if is_read(name):
        meant = os.path.join(folder, f"{default_symbol(name)}.model")
        raise UsageError(
            f"--output {path}: would be read as prices where its folder is; name it {meant}"
        )


def _refuse_foreign(path: str) -> None:
    if not os.path.exists(path) or os.path.getsize(path) == 0:
        return
    from rnncli.storage.tensor_file import is_model

    if not is_model(path):
        raise CannotCreateError(
            f"{path}: exists and is not a model; name another file or remove it"
        )


@contextmanager
def saved(output: str, content: bytes) -> Iterator[None]:
    """Write a model beside its place, and move it there after the block, which reports on it."""
    with replacing(output, content) as place:
        try:
            yield
        except OSError as fault:
            raise WriteError(
                f"cannot write to standard output: {fault.strerror}; the model is in {place}"
            ) from fault


def check_ledger_option(path: str, paths: int | None) -> None:
    """Refuse early what could not be recorded. Raises UsageError, CannotCreateError, DataError."""
    from rnncli.ledger.writer import check_ledger

    if paths:
        raise UsageError(
            "--ledger: records forecasts and intervals, not --paths; leave one of them out"
        )
    _refuse_folder(path, "--ledger ledger.db")
    check_ledger(path)


def record_forecasts(
    path: str, forecasts: Sequence[tuple["Source", "Forecast"]], messages: Messages
) -> None:
    """Record forecasts before they are printed, so that none is seen that is not recorded."""
    from rnncli.ledger.writer import record

    entered = record(path, forecasts)
    messages.log("recorded", ledger=path, run=entered.run, new=entered.new, known=entered.known)
    if entered.in_sample:
        messages.warn(f"{path}: {entered.said_of_in_sample}")
    if entered.other:
        messages.warn(f"{path}: {entered.said_of_other}")
    messages.note(f"recorded {entered.new} forecasts in {path}")
