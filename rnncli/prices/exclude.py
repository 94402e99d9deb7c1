"""Symbols that are left out of every input, by name or by a list in a file."""

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np

from rnncli.errors import DataError, MissingInputError, name_some, setting
from rnncli.prices.parsing.quality.file_report import FileReport, report_beside
from rnncli.prices.parsing.table.join import PriceRows, without_empty
from rnncli.prices.parsing.table.table import Table
from rnncli.storage.reading import read_whole

LIST = "@"  # before the name of a file that lists symbols
NAMED = 3  # symbols in a message
LARGEST_LIST = 16 << 20  # bytes


class AllExcludedError(DataError):
    """Every symbol that could be read is excluded."""

    def __init__(self) -> None:
        super().__init__("every symbol is excluded", remedy=f"shorten {setting('exclude')}")


def excluded_symbols(exclude: str | None) -> frozenset[str]:
    """The symbols that a setting names: a comma list, or @FILE with a symbol per line.

    In a file, empty lines and lines that start with # are ignored. Raises MissingInputError, and
    DataError for a file that is not text.
    """
    if exclude is None:
        return frozenset()
    if exclude.startswith(LIST):
        return frozenset(_listed(exclude.removeprefix(LIST)))
    return frozenset(name.strip() for name in exclude.split(",") if name.strip())


def is_typed(exclude: str | None) -> bool:
    """Whether symbols are named one by one, not in a file that may list others too."""
    return exclude is not None and not exclude.startswith(LIST)


def report_of_unknown(symbols: Set[str]) -> FileReport:
    """A warning of excluded symbols that no file has, since a name may be misspelt."""
    named = name_some(sorted(symbols), NAMED)
    noticed = {f"symbols that are not in the input ({named}; misspelt?)": len(symbols)}
    return report_beside(setting("exclude"), len(symbols), {}, noticed=noticed)


def _listed(path: str) -> list[str]:
    """The symbols of a file, one per line."""
    try:
        content = read_whole(path, LARGEST_LIST)
        text = content.decode("utf-8-sig")
    except OSError as fault:
        raise MissingInputError(
            f"{setting('exclude')} {LIST}{path}: {fault.strerror}; name a file with a symbol per"
            " line"
        ) from fault
    except UnicodeDecodeError as fault:
        raise DataError(
            f"{path}: is not a UTF-8 text; write a symbol per line", option="exclude"
        ) from fault
    if len(content) > LARGEST_LIST:
        raise DataError(f"{path}: too large for a list of symbols", option="exclude")
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def without_symbols(table: Table, excluded: Set[str]) -> Table | None:
    """The rows of a file whose symbol is not excluded; None if there are none."""
    if not any(symbol in excluded for symbol in table.symbols):
        return table
    included = np.array([symbol not in excluded for symbol in table.symbols], np.bool_)
    rows = included[table.codes]
    if not rows.any():
        return None
    return replace(
        table,
        codes=table.codes[rows],
        dates=None if table.dates is None else table.dates[rows],
        values=table.values[rows],
        lines=table.lines[rows],
        fields={name: values[rows] for name, values in table.fields.items()},
    )


def without_rows_of(rows: PriceRows, symbols: Sequence[str]) -> PriceRows:
    """The rows of other symbols than these. Raises AllExcludedError."""
    excluded = np.isin(rows.symbols, list(symbols))
    if not excluded.any():
        return rows
    if excluded.all():
        raise AllExcludedError
    return without_empty(rows.take(~excluded[rows.codes]))
