"""What `predict --ledger` asks for: refused early where it cannot be had, then recorded."""

from collections.abc import Sequence

from rnncli.cli.messages import Messages
from rnncli.errors import UsageError
from rnncli.forecasting.forecast import Forecast
from rnncli.ledger.writer import Source, check_ledger, record_each


def check_place(path: str, paths: int | None) -> None:
    """Refuse early what could not be recorded. Raises UsageError, CannotCreateError, DataError."""
    if paths:
        raise UsageError("--ledger: holds forecasts and bounds, not --paths; leave one of them out")
    check_ledger(path)


def enter(path: str, forecasts: Sequence[tuple[Source, Forecast]], messages: Messages) -> None:
    """Record what will be printed, before it is: nothing is ever seen that was not recorded."""
    entered = record_each(path, forecasts)
    messages.log("recorded", ledger=path, run=entered.run, new=entered.new, known=entered.known)
    if entered.other:
        messages.warn(f"{path}: {entered.said_of_other}")
    messages.note(f"recorded {entered.new} forecasts in {path}")
