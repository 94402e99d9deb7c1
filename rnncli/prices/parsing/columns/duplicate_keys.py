"""Rows of one symbol that a further column tells apart, as the exchange does two listings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import Guess
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.vocabulary.column_names import MARKETS


def check_apart(guess: Guess, columns: Columns) -> Columns:
    """Refuse several prices of a symbol and day that other columns tell apart.

    Where they are of different days, return the columns with what was noticed.
    """
    if columns.symbol is None:
        return columns
    shared = [i for i in (columns.symbol, columns.date, columns.time) if i is not None]
    rows = list(zip(*guess.cells, strict=True)) if columns.date is not None else []
    groups: dict[tuple[str, ...], dict[tuple[str, ...], int]] = defaultdict(dict)
    for line, row in zip(guess.grid.lines[: len(rows)].tolist(), rows, strict=False):
        groups[tuple(row[i] for i in shared)].setdefault(row, line)
    several = [group for group in groups.values() if _several(group, columns.prices[0])]
    if several and (keys := _keys(guess, columns, [*map(list, several)], len(rows))):
        _refuse(guess, columns, several[0], keys)
    return replace(columns, noticed=dict(_on_markets(guess, columns.symbol)))


def _several(group: Iterable[tuple[str, ...]], price: int) -> bool:
    return len({row[price] for row in group}) > 1


def _keys(
    guess: Guess, columns: Columns, groups: list[list[tuple[str, ...]]], count: int
) -> list[int]:
    """Return the fewest columns found one by one that differ between all rows of every group."""
    taken = {columns.symbol, columns.date, columns.time, *columns.prices}
    left = [
        i
        for i in range(len(guess.header))
        if i not in taken and guess.header[i] and 1 < len(set(guess.cells[i])) <= count // 2
        if not guess.holds_decimals(i)
    ]
    keys: list[int] = []
    while not _are_apart(groups, keys):
        if not left:
            return []
        best = max(left, key=lambda i: sum(_kinds(group, [*keys, i]) for group in groups))
        if all(_kinds(group, [*keys, best]) == _kinds(group, keys) for group in groups):
            return []
        keys.append(best)
        left.remove(best)
    return keys


def _kinds(group: Sequence[tuple[str, ...]], keys: Sequence[int]) -> int:
    return len({tuple(row[i] for i in keys) for row in group})


def _are_apart(groups: Sequence[Sequence[tuple[str, ...]]], keys: Sequence[int]) -> bool:
    return all(_kinds(group, keys) == len(group) for group in groups)


def _refuse(
    guess: Guess, columns: Columns, group: dict[tuple[str, ...], int], keys: Sequence[int]
) -> None:
    assert columns.symbol is not None
    assert columns.date is not None
    (first, one), (_, other) = list(group.items())[:2]
    symbol, date = (first[i].strip()[:40] for i in (columns.symbol, columns.date))
    cells = " and ".join(sorted({row[keys[0]].strip()[:20] for row in group})[:2])
    names = [guess.header[i] for i in (columns.symbol, *keys)]
    raise DataError(
        f"{guess.grid.name}, lines {one} and {other}: {symbol!r} has several prices on {date},"
        f" of {names[1][:40]} {cells};"
        f" name series by both with --symbol-column {','.join(names)!r}, or keep one with"
        f" --symbol-column {names[0]!r} --duplicates first"
    )


def _on_markets(guess: Guess, symbol: int) -> Iterator[tuple[str, int]]:
    """Yield what is odd: symbols that change their exchange or currency, and how many."""
    for index in guess.named(sorted(MARKETS)):
        if index == symbol:
            continue
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for _, cells in guess.grid.spread():
            found[cells[symbol].strip()][cells[index].strip()] = None
        moved = {name: list(on) for name, on in found.items() if len(on) > 1}
        if moved:
            name, (one, other, *_) = next(iter(moved.items()))
            where = f"first {name[:40]}: {one[:20]} and {other[:20]}"
            yield f"symbols with more than one {guess.header[index][:40]} ({where})", len(moved)
