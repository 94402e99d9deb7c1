"""Prices of many files read some at a time, where that is the same as all at once."""

from collections.abc import Callable, Iterator, Sequence

from rnncli.errors import DataError, MissingInputError, RnncliError
from rnncli.formats.inputs import inputs
from rnncli.prices import Prices, read_prices
from rnncli.settings import ReadSettings

FILES = 256  # read at a time
Fail = Callable[[RnncliError], None]


class SharedSymbolError(Exception):
    """A symbol is in files of two groups: they must be read together."""


def one_by_one(paths: Sequence[str], settings: ReadSettings) -> list[str]:
    """The files to read in groups; none where there are few, or settings look at all together."""
    files = [path for path, _ in inputs(paths)]
    together = settings.symbols or settings.since or settings.until or settings.strict
    return [] if together or len(files) <= FILES else files


def read_groups(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail
) -> Iterator[Prices]:
    """Series of some files after the other; every file that cannot be read is handed to `fail`.

    Raises SharedSymbolError, and the first fault where no file at all can be read.
    """
    known: set[str] = set()
    first: RnncliError | None = None
    for start in range(0, len(files), FILES):
        faults: list[RnncliError] = []
        prices = _group(files[start : start + FILES], settings, fields, faults.append)
        for fault in faults:
            fail(fault)
        first = first or (faults[0] if faults else None)
        if prices is None:
            continue
        if known & set(prices.symbols):
            raise SharedSymbolError
        known |= set(prices.symbols)
        yield prices
    if not known and first is not None:
        raise type(first)(f"{first} (and so with all {len(files)} files)")


def _group(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail
) -> Prices | None:
    """Series of some files, None where none can be read; then each is read alone, to fail alone."""
    held: list[RnncliError] = []
    try:
        prices = read_prices(files, settings, None, held.append, fields)
    except (DataError, MissingInputError):
        held = []
        for file in files:
            try:
                read_prices([file], settings, None, None, fields)
            except (DataError, MissingInputError) as fault:
                held.append(fault)
        if len(held) < len(files):
            raise
        prices = None
    for one in held:
        fail(one)
    return prices
