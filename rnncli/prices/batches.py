"""Many price files, or a long one, read some series at a time: memory does not grow with them."""

from collections.abc import Iterator, Sequence

from rnncli.errors import DataError, MissingInputError, RnncliError, SeriesError, UsageError
from rnncli.prices.exclude import AllExcludedError
from rnncli.prices.parsing.source.paths import inputs
from rnncli.prices.parsing.table.join import Fail
from rnncli.prices.parts.cut import TogetherError
from rnncli.prices.parts.read import long_file, read_in_parts
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

FILES = 256  # read at a time


class SharedSymbolError(TogetherError):
    """A symbol is in files of two groups: they must be read together."""


def in_groups(
    paths: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail,
    optional: Sequence[str] = (),
) -> Iterator[Prices] | None:  # fmt: skip
    """The series of many files, or of a long one, in groups; None if they must be read together.

    The iterator raises TogetherError where that comes to light later.
    """
    if files := one_by_one(paths, settings):
        return read_in_batches(files, settings, fields, fail, optional)
    long = long_file(paths, settings)
    return read_in_parts(long, settings, fields, fail, optional) if long else None


def one_by_one(paths: Sequence[str], settings: ReadSettings) -> list[str]:
    """The files to read in groups; empty for few, or for settings that need all of them."""
    try:
        files = [file for path in paths for file, _ in inputs(path, settings.beside)]
    except MissingInputError:  # which fails alone where all are read together
        return []
    s = settings
    together = s.symbols or s.since or s.until or s.strict or s.tickers
    return [] if together or len(files) <= FILES else files


def read_in_batches(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], fail: Fail,
    optional: Sequence[str] = (),
) -> Iterator[Prices]:  # fmt: skip
    """Series of the files one after the other; unreadable files are passed to `fail`.

    Raises SharedSymbolError, and the first fault if no file can be read.
    """
    symbols: set[str] = set()
    first: RnncliError | None = None
    for start in range(0, len(files), FILES):
        faults: list[RnncliError] = []
        prices = _group(files[start : start + FILES], settings, fields, faults.append, optional)
        for fault in faults:
            fail(fault)
        first = first or (faults[0] if faults else None)
        if prices is None:
            continue
        if symbols & set(prices.symbols):
            raise SharedSymbolError
        symbols |= set(prices.symbols)
        yield prices
    if not symbols and first is not None:
        kind = DataError if isinstance(first, SeriesError) else type(first)
        raise kind(f"{first} (and so with all {len(files)} files)")


def _group(
    files: Sequence[str],
    settings: ReadSettings,
    fields: Sequence[str],
    fail: Fail,
    optional: Sequence[str],
) -> Prices | None:
    """Series of some files, None if none can be read; then each fails with its fault."""
    faults: list[RnncliError] = []
    try:
        prices = read_prices(files, settings, None, faults.append, fields, optional)
    except AllExcludedError:
        prices = None
    except (DataError, MissingInputError, UsageError) as first:
        alone = _faults_alone(files, settings, fields, optional)
        faults = alone if len(alone) == len(files) else [*faults, first]
        prices = None
    for left_out in faults:
        fail(left_out)
    return prices


def _faults_alone(
    files: Sequence[str], settings: ReadSettings, fields: Sequence[str], optional: Sequence[str]
) -> list[RnncliError]:
    """Why each of some files cannot be read, those left out that can."""
    faults: list[RnncliError] = []
    for file in files:
        try:
            read_prices([file], settings, None, None, fields, optional)
        except AllExcludedError:
            continue
        except (DataError, MissingInputError, UsageError) as fault:
            faults.append(fault)
    return faults
