"""`rnncli predict --follow`: rows in, a JSON line out for each, until the end or a signal."""

import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from rnncli.cli.messages import Messages
from rnncli.errors import ExitStatus, MissingInputError, RnncliError, UsageError
from rnncli.settings import (
    LedgerSettings,
    PictureSettings,
    PredictSettings,
    ReadSettings,
    ResultSettings,
    StateSettings,
)
from rnncli.settings.output import Names

if TYPE_CHECKING:
    from rnncli.forecasting.incremental.follow import Follower
    from rnncli.models.model import Model


@dataclass(frozen=True)
class LineFormat:
    """How the lines of forecasts are written: the names of columns, the digits of numbers."""

    names: Names
    digits: int | None


@dataclass(frozen=True)
class Following:
    """What to follow, by which model of which digest, and how each forecast is written."""

    model: "Model"
    digest: str
    reading: ReadSettings
    predicting: PredictSettings
    warming: StateSettings
    lines: LineFormat


def check_following(
    prices: Sequence[str], keeping: LedgerSettings, drawing: PictureSettings,
    showing: ResultSettings,
) -> None:  # fmt: skip
    """Raise UsageError for options that do not fit a stream of rows."""
    if list(prices) != ["-"]:
        raise UsageError("--follow: takes rows from standard input; name - as the only PRICES")
    if showing.format not in (None, "jsonl"):
        raise UsageError(f"--format {showing.format}: --follow writes a JSON line for each row")
    for name, given in (
        ("ledger", keeping.ledger), ("plot", drawing.plot), ("chart", drawing.chart),
    ):  # fmt: skip
        if given:
            raise UsageError(f"--{name}: is for forecasts of whole files; leave out --follow")
    if sys.stdin is None:
        raise MissingInputError("stdin: is closed; pipe rows in")


def follow(what: Following, messages: Messages) -> int:
    """Forecast after every row of standard input, and at the end keep the state if asked to."""
    from rnncli.cli.state import resume
    from rnncli.forecasting.incremental.follow import Follower, rehearse
    from rnncli.models.prior import fields_to_read
    from rnncli.prices.beside.attach import refuse_in_stream
    from rnncli.prices.stream import RowStream
    from rnncli.prices.stream_rows import BadRowError

    beside = fields_to_read(what.model, None)
    refuse_in_stream(beside.fields)
    if what.reading.resample is not None:
        raise UsageError(
            f"--follow: forecasts after every row, not after whole periods (--resample"
            f" {what.reading.resample}, of the command line or the model); forecast whole files"
        )
    path = what.warming.state
    before = resume(path, what.model, what.digest, messages).before if path else None
    follower = Follower(what.model, what.predicting, before)
    rehearse(what.model, what.predicting)
    stops = Stops(sys.stdin.buffer)
    rows = RowStream(stops, what.reading, *beside)
    written = bad = 0
    with stops.heeded(path is not None):
        try:
            for row in rows:
                try:
                    line = _line(follower, row, what.lines)
                except BadRowError as fault:
                    messages.fail(fault, each=True)
                    bad += 1
                    continue
                with stops.waiting():
                    sys.stdout.buffer.write(line)
                    sys.stdout.buffer.flush()
                written += 1
        except (StoppedError, RnncliError):
            _keep(path, follower, what.digest, messages)
            raise
        _keep(path, follower, what.digest, messages)
    messages.log("followed", rows=written, failed=bad)
    return ExitStatus.BAD_DATA if bad and not written else messages.end()


def _line(follower: "Follower", row: Any, lines: LineFormat) -> bytes:
    """The forecast after a row as lines of JSON. Raises BadRowError."""
    from rnncli.report.forecasts import forecast_report
    from rnncli.report.output import encoded

    if isinstance(row, Exception):
        raise row
    report = forecast_report(follower.take(row), names=lines.names)
    return encoded([report], "jsonl", lines.digits)


def _keep(path: str | None, follower: "Follower", digest: str, messages: Messages) -> None:
    if path is None:
        return
    from rnncli.forecasting.incremental.state_file import save

    state = follower.state()
    if state.symbols:
        save(path, state, digest)
    messages.note(f"kept {len(state.symbols)} symbols in {path}")


class StoppedError(Exception):
    """A signal that ends the process arrived."""


class Stops:
    """Standard input, whose reader stops between two rows when a deadly signal comes.

    The current row is finished first, so that the state is complete; waiting for a row, or for a
    line to be read, ends at once.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._waits, self._came = stream, False, 0

    def readline(self, limit: int = -1, /) -> bytes:
        """The next line, up to a limit."""
        with self.waiting():
            return self._stream.readline(limit)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """A block without changes of state, which a signal may end. Raises StoppedError."""
        self._waits = True
        try:
            if self._came:
                raise StoppedError
            yield
        finally:
            self._waits = False

    @contextmanager
    def heeded(self, wanted: bool) -> Iterator[None]:
        """Let a signal that would end the process stop the reader, if `wanted`, and then end it."""
        from rnncli.storage.atomic import DEADLY

        for number in DEADLY if wanted else ():
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._stop)
        with suppress(StoppedError):
            yield
        if self._came:
            signal.signal(self._came, signal.SIG_DFL)
            signal.raise_signal(self._came)

    def _stop(self, number: int, _frame: object) -> None:
        self._came = self._came or number
        if self._waits:
            raise StoppedError
