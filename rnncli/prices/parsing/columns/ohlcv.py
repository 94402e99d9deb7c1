"""The columns carried beside the price, by role or by name, and those that it lies between."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.company_fields import company_field
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns
from rnncli.prices.parsing.grid.header import split_field
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.column_names import bare_name
from rnncli.prices.parsing.vocabulary.expression import expression

FIELDS = {
    "open": column_names.OPENS,
    "high": column_names.HIGHS,
    "low": column_names.LOWS,
    "volume": column_names.VOLUMES,
}
_SPAN = expression(
    r"\s*(\d+[\s_-]*(w|wk|week|d|day|m|mo|month|y|yr|year)s?|year|yearly|ytd)(?![a-z])",
    re.IGNORECASE,
)
# Closes that need not lie between high and low: adjusted, settled, or the value of a fund.
_ELSEWHERE = ("adj", "settle", "mark", "nav", "net", "valeur", "valor", "legal")


def find_fields(profile: GridProfile, columns: Columns, requested: RequestedColumns) -> Columns:
    """Return the columns with those of the requested fields, one for each price column.

    Raises DataError where a file has none, or leaves open which, unless it may lack them.
    """
    taken = {*columns.named, *columns.prices}
    free = [i for i in range(len(profile)) if i not in taken]
    fields: dict[str, tuple[int, ...]] = {}
    for field in requested.fields:
        of_scale = field != "open" or field not in requested.optional
        usable = free if of_scale else _of_scale_of_prices(profile, columns, free)
        try:
            fields[field] = _columns_of_field(profile, columns, field, usable)
        except DataError:
            if field not in requested.optional:
                raise
    evidence = {f"{field} column": profile.names[indices[0]] for field, indices in fields.items()}
    return replace(columns, fields=fields, evidence=columns.evidence | evidence)


def _of_scale_of_prices(
    profile: GridProfile, columns: Columns, free: Sequence[int]
) -> Sequence[int]:
    """The columns that are adjusted, beside adjusted prices; all beside others."""
    is_adjusted = any(profile.bare_names[i].startswith("adj") for i in columns.prices)
    return [i for i in free if profile.bare_names[i].startswith("adj")] if is_adjusted else free


def _columns_of_field(
    profile: GridProfile, columns: Columns, field: str, free: Sequence[int]
) -> tuple[int, ...]:
    """Return the column of a field for each price column."""
    if field not in FIELDS:
        return (column_of_name(profile, columns, field, free),)
    if columns.layout != "wide":
        return (field_column(profile, field, free, columns.prices[0]),)
    by_symbol = _by_symbol(profile, field, free)
    return tuple(
        field_of_symbol(profile, field, symbol, by_symbol.get(symbol, []))
        for symbol in columns.price_names
    )


def column_of_name(profile: GridProfile, columns: Columns, name: str, free: Sequence[int]) -> int:
    """Return the column that a name is of, in a file with one price column."""
    if columns.layout == "wide":
        raise DataError(
            f"{profile.top}: a file with a column for each symbol has no column {name[:40]!r}"
            f" beside the price; put it into a file of its own, for {setting('feature_file')}"
        )
    named = [i for i in free if profile.bare_names[i] == bare_name(name)]
    candidates = [i for i in named if profile.names[i] == name] or named
    if not candidates:
        there = ", ".join(profile.short_name(i) for i in free) or "none"
        taken = any(profile.bare_names[i] == bare_name(name) for i in {*columns.named})
        taken |= any(profile.bare_names[i] == bare_name(name) for i in columns.prices)
        what = "is the price, date or symbol" if taken else "is not a column"
        raise DataError(
            f"{profile.top}: {name[:40]!r} {what} of this file, whose further columns are {there};"
            f" for a column of another file use {setting('feature_file')}"
        )
    return profile.unique(candidates[0], candidates, "rename the one that is not meant")


def field_column(profile: GridProfile, field: str, free: Sequence[int], price: int) -> int:
    """Return the column of a field in a file with one price column."""
    other_names = {*column_names.HIGH_AND_LOW_TIMES, f"adj{field}"}
    field_names = [name for name in FIELDS[field] if name not in other_names]
    if profile.bare_names[price].startswith("adj"):
        field_names = [f"adj{field}", *field_names]
    free = [i for i in free if not _is_of_more_than_a_day(profile, i)]
    candidates = [i for i in profile.named(field_names) if i in free]
    candidates = [i for i in candidates if profile[i].is_numeric] or candidates
    candidates = candidates or [i for i in free if split_field(profile.names[i])[0] in field_names]
    filled = [i for i in candidates if any(c.strip(" 0.") for c in profile[i].raw_cells)]
    chosen = filled or candidates
    if not chosen:
        raise _lacking(profile, field)
    return profile.unique(chosen[0], candidates, "rename or remove the one that is not meant")


def _is_of_more_than_a_day(profile: GridProfile, index: int) -> bool:
    """Whether a column is a share in hundred, or of more than a day, as the high of 52 weeks."""
    column = profile[index]
    if "%" in column.name or any("%" in cell for cell in column.cells):
        return True
    return _SPAN.match(column.name) is not None


def _by_symbol(profile: GridProfile, field: str, free: Sequence[int]) -> dict[str, list[int]]:
    """Return the columns of a field by the symbol in their names, or over or under them."""
    tickers = profile.grid.tickers
    by_symbol: dict[str, list[int]] = {}
    for index in free:
        if tickers is not None:
            name, symbol = profile.bare_names[index], tickers[index]
        else:
            name, symbol = split_field(profile.names[index])
            if not name and (company := company_field(profile.names[index]))[0] == field:
                name, symbol = FIELDS[field][0], company[1]
            elif not name:
                symbol, _, name = profile.names[index].replace(".", "_").rpartition("_")
                name = bare_name(name)
        if name in FIELDS[field]:
            by_symbol.setdefault(symbol, []).append(index)
    return by_symbol


def field_of_symbol(
    profile: GridProfile, field: str, symbol: str, candidates: Sequence[int]
) -> int:
    """Return the one column of a field that names a symbol."""
    if not candidates:
        raise _lacking(profile, field, f" for {symbol[:40]!r}")
    if len(candidates) > 1:
        one, other = (profile.short_name(i) for i in candidates[:2])
        raise DataError(
            f"{profile.top}: {one!r} and {other!r} may both be the {field} of {symbol[:40]!r};"
            " take one of them out"
        )
    return candidates[0]


def _lacking(profile: GridProfile, field: str, of: str = "") -> DataError:
    return DataError(
        f"{profile.top}: no column of {field}{of}; there are {profile.list_names()};"
        f" rename the one that holds it to '{field}', or leave {field} out of the inputs"
    )


def find_bounds(profile: GridProfile, price: int) -> tuple[int, int] | None:
    """Return the columns of the high and the low that a close lies between, if there are both.

    An adjusted close, a settlement and the value of a fund need not lie there.
    """
    name = profile.bare_names[price]
    if name not in column_names.PRICES or name.startswith(_ELSEWHERE):
        return None
    high = _first_numeric(profile, column_names.HIGHS)
    low = _first_numeric(profile, column_names.LOWS)
    return None if high is None or low is None else (high, low)


def _first_numeric(profile: GridProfile, names: Collection[str]) -> int | None:
    """Return the first column of numbers of a day under one of these names."""
    for index in profile.named([name for name in names if not name.startswith("adj")]):
        if profile[index].is_numeric and not _is_of_more_than_a_day(profile, index):
            return index
    return None
