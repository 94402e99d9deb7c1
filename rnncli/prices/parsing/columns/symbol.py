"""Which columns name the series of a row: one of symbols, and those named beside it."""

from rnncli.errors import UsageError, setting
from rnncli.prices.parsing.columns.profile import FEW_ROWS, GridProfile
from rnncli.prices.parsing.columns.roles import RequestedColumns
from rnncli.prices.parsing.vocabulary import column_names


def symbol_column(
    profile: GridProfile, taken: set[int | None], requested: RequestedColumns
) -> tuple[int | None, str]:
    """Return the column of symbols and the reason for the choice, None if there is no such column.

    A column that counts the rows, or says the one currency of all, has no symbols. Raises
    UsageError where a column is asked for and not there.
    """
    if requested.symbol is not None:
        first = _listed(profile, requested.symbol)[0]
        return requested_column(profile, first, setting("symbol_column")), setting("symbol_column")
    if requested.layout in {"single", "wide"}:
        return None, ""
    has_candles = {"high", "low"} <= set(profile.bare_names)
    attributes = {"currency", "country", "id"} if has_candles else set()
    candidates = [
        i
        for i in profile.named(column_names.SYMBOLS)
        if i not in taken
        and profile[i].bare_name not in attributes
        and not _is_no_symbol(profile, i)
        and not numbers_rows(profile, i, taken)
    ]
    if candidates:
        return profile.unique(candidates[0], candidates), "named so"
    if requested.layout == "long":
        raise UsageError(
            f"{profile.top}: no symbol column; name it with {setting('symbol_column')}"
        )
    return None, ""


def columns_beside(profile: GridProfile, requested: str | None) -> tuple[int, ...]:
    """Return the columns that the user names behind the first one of symbols."""
    further = _listed(profile, requested)[1:] if requested else []
    return tuple(requested_column(profile, name, setting("symbol_column")) for name in further)


def _listed(profile: GridProfile, requested: str) -> list[str]:
    """Return the names in a list with commas; the name of a column that has commas is one name."""
    is_one = any(name.casefold() == requested.strip().casefold() for name in profile.names)
    names = [] if is_one else [name for name in requested.split(",") if name.strip()]
    return names or [requested]


def requested_column(profile: GridProfile, requested: str, option: str) -> int:
    """Return the column the user asked for: by its header, its number, else by its bare name.

    Raises UsageError for an unknown column, DataError where two have the name.
    """
    folded = requested.strip().casefold()
    matches = [i for i, name in enumerate(profile.names) if name.casefold() == folded]
    if not matches and folded.isdecimal() and 1 <= int(folded) <= len(profile):
        return int(folded) - 1
    bare = column_names.bare_name(requested)
    matches = matches or [i for i, name in enumerate(profile.bare_names) if name and name == bare]
    if not matches:
        raise UsageError(
            f"{profile.top}: no column {requested!r} for {option}; there are {profile.list_names()}"
        )
    return profile.unique(matches[0], matches)


def numbers_rows(profile: GridProfile, index: int, taken: set[int | None]) -> bool:
    """Whether each row has an id of its own, and a date of its own beside it."""
    cells = profile[index].cells
    may_be_id = profile[index].bare_name in {*column_names.WEAK_SYMBOLS, "uniqueid"}
    if not may_be_id or len(cells) < FEW_ROWS or len(set(cells)) < len(cells):
        return False
    days = [profile[i].cells for i in taken if i is not None]
    return bool(days) and 2 * len(set(zip(*days, strict=True))) > len(cells)


def _is_no_symbol(profile: GridProfile, index: int) -> bool:
    """Whether the cells count or number the rows, are prices, or name the one currency of all."""
    column = profile[index]
    cells = column.cells
    if column.counts_rows or column.holds_decimals:
        return True
    if column.bare_name in column_names.ATTRIBUTES and len(set(cells)) == 1:
        return len(cells) > 1 and profile.grid.is_constant(index)
    is_weak = column.bare_name in column_names.WEAK_SYMBOLS and len(cells) >= FEW_ROWS
    return is_weak and all(map(str.isdecimal, cells)) and len(set(cells)) == len(cells)
