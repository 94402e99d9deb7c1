"""Columns carried beside the price: open, high, low and volume, found by their names and read."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.header import split_field
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.column_names import bare_name

FIELDS = {
    "open": column_names.OPENS,
    "high": column_names.HIGHS,
    "low": column_names.LOWS,
    "volume": column_names.VOLUMES,
}
_SPAN = re.compile(
    r"\s*(\d+[\s_-]*(w|wk|week|d|day|m|mo|month|y|yr|year)s?|year|yearly|ytd)(?![a-z])",
    re.IGNORECASE,
)


def find_fields(
    guess: Guess, columns: Columns, wanted: Sequence[str], tickers: Sequence[str] | None
) -> Columns:
    """Return the columns with those of the wanted fields, one for each price column.

    Raises DataError where a file has none, or leaves open which.
    """
    taken = {columns.date, columns.time, columns.symbol, *columns.beside, *columns.prices}
    free = [i for i in range(len(guess.header)) if i not in taken]
    fields: dict[str, tuple[int, ...]] = {}
    for field in wanted:
        if columns.layout == "wide":
            named = _by_symbol(guess, field, free, tickers)
            found = tuple(_of_symbol(guess, field, s, named) for s in columns.price_names)
        else:
            found = (_of_one(guess, field, free, columns.prices[0]),)
        fields[field] = found
    said = {f"{field} column": guess.header[found[0]] for field, found in fields.items()}
    return replace(columns, fields=fields, evidence=columns.evidence | said)


def refuse_headless(name: str, wanted: Sequence[str]) -> None:
    """Refuse to carry columns that have no names."""
    if wanted:
        raise DataError(
            f"{name}: no header row, so no column of {wanted[0]};"
            " add a header row such as date,open,high,low,close,volume"
        )


def _of_one(guess: Guess, field: str, free: Sequence[int], price: int) -> int:
    """Return the column of a field in a file with one price column."""
    known = [
        name
        for name in FIELDS[field]
        if name not in {*column_names.HIGH_AND_LOW_TIMES, f"adj{field}"}
    ]
    if guess.bare[price].startswith("adj"):
        known = [f"adj{field}", *known]
    free = [i for i in free if not is_of_more(guess, i)]
    found = [i for i in guess.named(known) if i in free]
    found = [i for i in found if guess.is_numeric(i)] or found
    found = found or [i for i in free if split_field(guess.header[i])[0] in known]
    filled = [i for i in found if any(cell.strip(" 0.") for cell in guess.cells[i])] or found
    if not filled:
        raise _lacking(guess, field)
    return guess.only(found, filled[0], "rename or remove the one that is not meant")


def is_of_more(guess: Guess, index: int) -> bool:
    """Whether a column is a share in hundred, or of more than a day, as the high of 52 weeks."""
    name = guess.header[index]
    if "%" in name or any("%" in cell for cell in guess.cells[index]):
        return True
    return _SPAN.match(name) is not None


def _by_symbol(
    guess: Guess, field: str, free: Sequence[int], tickers: Sequence[str] | None
) -> dict[str, list[int]]:
    """Return the columns of a field by the symbol in their names, or over or under them."""
    named: dict[str, list[int]] = {}
    for index in free:
        if tickers is not None:
            found, symbol = guess.bare[index], tickers[index]
        else:
            found, symbol = split_field(guess.header[index])
            if not found:
                symbol, _, found = guess.header[index].replace(".", "_").rpartition("_")
                found = bare_name(found)
        if found in FIELDS[field]:
            named.setdefault(symbol, []).append(index)
    return named


def _of_symbol(guess: Guess, field: str, symbol: str, named: dict[str, list[int]]) -> int:
    found = named.get(symbol, [])
    if not found:
        raise _lacking(guess, field, f" for {symbol[:40]!r}")
    if len(found) > 1:
        one, other = (guess.header[i][:40] for i in found[:2])
        raise DataError(
            f"{guess.name}: {one!r} and {other!r} may both be the {field} of {symbol[:40]!r};"
            " take one of them out"
        )
    return found[0]


def _lacking(guess: Guess, field: str, of: str = "") -> DataError:
    return DataError(
        f"{guess.name}: no column of {field}{of}; there are {guess.list_names()};"
        f" rename the one that holds it to '{field}', or leave {field} out of the inputs"
    )
