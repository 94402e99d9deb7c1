"""Rows of one symbol that a further column tells apart, as the exchange does two listings."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns, RequestedColumns

Row = tuple[str, ...]


def refuse_several_listings(
    profile: GridProfile, columns: Columns, requested: RequestedColumns
) -> None:
    """Refuse several prices of a symbol and day that other columns tell apart."""
    if requested.symbol is not None or columns.layout == "wide" or columns.date is None:
        return
    if columns.symbol is None and (requested.layout or requested.duplicates != "refuse"):
        return
    key = [i for i in (columns.symbol, columns.date, columns.time) if i is not None]
    rows = list(zip(*(column.raw_cells for column in profile), strict=True))
    groups: dict[Row, dict[Row, int]] = defaultdict(dict)  # key: rows and their lines
    for line, row in zip(profile.grid.lines[: len(rows)].tolist(), rows, strict=False):
        groups[tuple(row[i] for i in key)].setdefault(row, line)
    contradictions = [
        group for group in groups.values() if _have_several_prices(group, columns.prices[0])
    ]
    if not contradictions:
        return
    names = _telling_columns(profile, columns, [list(group) for group in contradictions], len(rows))
    if names:
        raise _several_listings(profile, columns, contradictions[0], names)


def _have_several_prices(group: Iterable[Row], price: int) -> bool:
    return len({row[price] for row in group}) > 1


def _telling_columns(
    profile: GridProfile, columns: Columns, groups: list[list[Row]], count: int
) -> list[int]:
    """Return the fewest columns, taken one by one, that differ between all rows of every group."""
    taken = {columns.symbol, columns.date, columns.time, *columns.prices}
    candidates = [
        i
        for i, column in enumerate(profile)
        if i not in taken
        and column.name
        and 1 < len(set(column.raw_cells)) <= count // 2
        and not column.holds_decimals
    ]
    chosen: list[int] = []
    while not all(_kinds(group, chosen) == len(group) for group in groups):
        if not candidates:
            return []
        best = max(candidates, key=lambda i: sum(_kinds(group, [*chosen, i]) for group in groups))
        if all(_kinds(group, [*chosen, best]) == _kinds(group, chosen) for group in groups):
            return []
        chosen.append(best)
        candidates.remove(best)
    return chosen


def _kinds(group: Sequence[Row], columns: Sequence[int]) -> int:
    """Return how many different cells the rows of a group have in some columns."""
    return len({tuple(row[i] for i in columns) for row in group})


def _several_listings(
    profile: GridProfile, columns: Columns, group: dict[Row, int], telling: Sequence[int]
) -> DataError:
    assert columns.date is not None
    (first, one), (_, other) = list(group.items())[:2]
    date = first[columns.date].strip()[:40]
    cells = " and ".join(sorted({row[telling[0]].strip()[:20] for row in group})[:2])
    if columns.symbol is None:
        keys = ",".join(profile.names[i] for i in telling)
        apart = f"{setting('symbol_column')} {keys!r}"
        return DataError(
            f"{profile.grid.name}, lines {one} and {other}: several prices on {date}, of"
            f" {profile.short_name(telling[0])} {cells}; name series with {apart}, or keep one"
            f" with {setting('duplicates', 'first')}"
        )
    symbol = first[columns.symbol].strip()[:40]
    names = [profile.names[i] for i in (columns.symbol, *telling)]
    return DataError(
        f"{profile.grid.name}, lines {one} and {other}: {symbol!r} has several prices on {date},"
        f" of {names[1][:40]} {cells};"
        f" name series by both with {setting('symbol_column')} {','.join(names)!r}, or keep one"
        f" with {setting('symbol_column')} {names[0]!r} {setting('duplicates', 'first')}"
    )
