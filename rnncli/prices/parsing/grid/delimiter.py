"""The delimiter: the sign that cuts most lines into equally many cells, or a refusal."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.source.text import Text
from rnncli.prices.parsing.values.numbers import is_number
from rnncli.prices.parsing.values.parse_dates import is_date

DELIMITERS = (" ", ",", "|", ";", "\t")  # of equals the last is taken
_RARE = ("^", "~", "!", "&", "#", "\x01", "\x1f", "¦")


_NARROW = 2  # columns, of which none can be lacking


def find_delimiter(data: bytes) -> tuple[str, str]:
    """Return what cuts most of the first lines into equally many cells, more than one, and why.

    A blank is a delimiter only where nothing else cuts as many lines.
    """
    head = data[: 1 << 18].decode("utf-8", errors="ignore")
    lines = [line for line in head.split("\n")[:200] if line.strip()][:60]
    best = (0, 1, -1)
    for priority, delimiter in enumerate(DELIMITERS):
        cuts = [len(row) for row in _split(lines, delimiter)]
        widths = Counter(cuts)
        several = [(count, width, priority) for width, count in widths.items() if width > 1]
        if cuts and cuts[0] > _NARROW:  # rows may lack the last cell of the header
            fitting = widths[cuts[0]] + widths[cuts[0] - 1]
            several.append((fitting, cuts[0], priority))
        if delimiter == " ":
            several = [(count - len(lines), width, priority) for count, width, _ in several]
        best = max(
            [best, *several], key=lambda candidate: (candidate[0] or -len(lines), *candidate[1:])
        )
    count, width, priority = best
    if priority < 0:
        return ",", "no delimiter cuts the lines: one column"
    if DELIMITERS[priority] == "," and (blanks := _with_blanks(lines)):
        return " ", f"{len(lines)} of the first {len(lines)} lines have {blanks} cells"
    count += len(lines) if DELIMITERS[priority] == " " else 0
    lacking = ", or one cell less" if count > _rows_of(lines, DELIMITERS[priority], width) else ""
    return DELIMITERS[
        priority
    ], f"{count} of the first {len(lines)} lines have {width} cells{lacking}"


def _rows_of(lines: Sequence[str], delimiter: str, width: int) -> int:
    """Return how many lines a delimiter cuts into `width` cells."""
    return sum(len(row) == width for row in _split(lines, delimiter))


def _with_blanks(lines: Sequence[str]) -> int:
    """Return into how many cells blanks cut lines whose commas are decimal marks, 0 if others."""
    rows = list(_split([line.strip() for line in lines], " "))
    first = next(_split(lines[-1:], ","), [""])[0]
    if len(lines) < 2 or len({len(row) for row in rows}) > 1 or len(rows[0]) < 2 or is_date(first):
        return 0
    dated = all(is_date(row[0]) and all(map(is_number, row[1:])) for row in rows[1:])
    return len(rows[0]) if dated else 0


def refuse_rare(text: Text, delimiter: str) -> None:
    """Refuse lines that a rare delimiter cuts into equally many cells, and no usual one."""
    lines = [line for line in text.data[: 1 << 14].split(b"\n")[:20] if line.strip()]
    if len(lines) < 2 or delimiter.encode() in lines[0]:
        return
    for mark in _RARE:
        counts = {line.count(mark.encode()) for line in lines[:-1]}
        if len(counts) == 1 and counts != {0}:
            raise DataError(
                f"{text.name}, line {text.first_line}: {mark!r} seems to separate the cells; add"
                f" {setting('delimiter')} {mark!r}"
            )


def _split(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    for line in lines:
        try:
            yield next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            yield [line]
