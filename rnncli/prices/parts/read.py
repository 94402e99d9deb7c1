"""The series of a long file, those of a part after the other, so that memory does not grow."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.prices.parsing.grid.cell_grid import SPREAD_PIECE, places_of_spread
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.paths import inputs
from rnncli.prices.parsing.table.join import Fail
from rnncli.prices.parts.cut import HEAD, TogetherError, parts_of
from rnncli.prices.parts.merge import Merged
from rnncli.prices.reader import read_part
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

LONG = 1 << 27  # bytes of a file that is read in parts


def long_file(paths: Sequence[str], settings: ReadSettings) -> str | None:
    """The only input, if it is a long file that may be read in parts; else None."""
    s = settings
    together = s.symbols or s.since or s.until or s.strict or s.exclude or s.beside or s.encoding
    if together or s.repair or s.resample:
        return None
    try:
        files = [file for path in paths for file, _ in inputs(path, s.beside)]
        status = os.stat(files[0]) if len(files) == 1 and files[0] != "-" else None
    except (MissingInputError, OSError, ValueError):  # which reading reports
        return None
    if status is None or not stat.S_ISREG(status.st_mode):
        return None
    most = Limits.times(s.limits).text
    return files[0] if LONG <= status.st_size <= most else None


def read_in_parts(
    path: str, settings: ReadSettings, fields: Sequence[str], fail: Fail,
    optional: Sequence[str] = (),
) -> Iterator[Prices]:  # fmt: skip
    """Series of a file, in the order in which they appear; the last have the report of the file.

    Raises TogetherError if the file must be read as a whole.
    """
    faults: list[RnncliError] = []
    merged, last = None, None
    try:
        with open(path, "rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            for part in parts_of(stream, path, size, settings):
                if last is not None:
                    yield replace(last, files=())
                last, file = read_part(
                    part.text, part.lines, settings, faults.append, fields, optional
                )
                merged = merged or Merged(last.files[0], file)
                merged.add(last.files[0], file)
                del part, file
            if merged is None or last is None:
                raise TogetherError
            report = merged.whole(list(_spread(stream, size, merged)))
    except (OSError, DataError, MissingInputError, UsageError) as fault:
        raise TogetherError from fault
    for left_out in faults:
        fail(left_out)
    yield replace(last, files=(report,))


def _spread(stream: BinaryIO, size: int, merged: Merged) -> Iterator[list[str]]:
    """Rows from all over the file, as `CellGrid.spread` yields them."""
    stream.seek(0)
    start = len(stream.readline(HEAD))
    for place in places_of_spread(start, size):
        stream.seek(place)
        data = stream.read(8 * SPREAD_PIECE)
        begin = 0 if place == start else data.find(b"\n") + 1
        end = data.find(b"\n", min(begin + SPREAD_PIECE, size - 1 - place))
        if end < 0:
            raise TogetherError
        for line in data[begin:end].decode().split("\n"):
            yield line.split(merged.report.delimiter)
