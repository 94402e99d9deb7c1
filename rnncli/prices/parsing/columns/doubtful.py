"""Symbols that may be something else: named as indicators, hardly moving, copies, or mistyped."""

from collections.abc import Iterable, Sequence

import numpy as np

from rnncli.errors import DataError
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.grid.header import is_ratio, may_be_symbol
from rnncli.prices.parsing.values import numbers
from rnncli.prices.parsing.vocabulary.price_words import derived_from

LIKE_INDICATORS = "symbols called like an indicator ({names})"
HARDLY_MOVING = "symbols that hardly move beside the others ({names})"
COPIES = "symbols with the prices of another one ({names})"

_FEW = 4  # symbols among which an indicator is likely
_ALIKE = 4  # rows that show that one symbol has the prices of another
_ROWS = 20  # that show how often a price moves
_STILL = 0.6  # the share of rows without a change
_LIVELY = 0.2  # the same of most others at most
_SHOWN = 3  # names in a message
_MANY = 10  # cells that show that a column is of numbers
_STRAY = 0.1  # the share of texts among them at most


def doubtful_symbols(profile: GridProfile, prices: Sequence[int]) -> dict[str, int]:
    """Return what is noticed of the columns that are taken as symbols, with their names."""
    indicators = [i for i in prices if _is_like_indicator(profile.names[i])]
    return {
        **_counted(profile, LIKE_INDICATORS, indicators if len(prices) <= _FEW else []),
        **_counted(profile, HARDLY_MOVING, _still_columns(profile, prices)),
        **_counted(profile, COPIES, _copies(profile, prices)),
    }


def _is_like_indicator(name: str) -> bool:
    return derived_from(name) == "" or is_ratio(name) or not may_be_symbol(name)


def _still_columns(profile: GridProfile, prices: Sequence[int]) -> list[int]:
    """Return the columns without a change on most rows where the others have one."""
    shares = {}
    for index in prices:
        cells = profile[index].filled_cells
        if len(cells) >= _ROWS:
            changes = np.array(cells[1:]) == np.array(cells[:-1])
            shares[index] = float(np.mean(changes))
    lively = sum(share <= _LIVELY for share in shares.values())
    if 2 * lively < len(shares):
        return []
    return [index for index, share in shares.items() if share > _STILL]


def _copies(profile: GridProfile, prices: Sequence[int]) -> list[int]:
    """Return the columns with the cells of a column before them, which do not all repeat."""
    seen: set[tuple[str, ...]] = set()
    copies = []
    for index in prices:
        cells = profile[index].cells
        if len(cells) >= _ALIKE and len(set(cells)) > _ALIKE // 2:
            if cells in seen:
                copies.append(index)
            seen.add(cells)
    return copies


def _counted(profile: GridProfile, reason: str, columns: Sequence[int]) -> dict[str, int]:
    if not columns:
        return {}
    names = ", ".join(profile.short_name(i) for i in columns[:_SHOWN])
    more = ", ..." if len(columns) > _SHOWN else ""
    return {reason.format(names=names + more): len(columns)}


def refuse_stray_texts(profile: GridProfile, columns: Iterable[int]) -> None:
    """Refuse a column of many numbers and few texts, by the first of these: a mistyped price."""
    for index in columns:
        cells = profile[index].filled_cells
        texts = [cell for cell in cells if not numbers.is_number(cell)]
        if texts and len(cells) >= _MANY and len(texts) <= _STRAY * len(cells):
            where = profile.where(index, texts[0])
            raise DataError(
                f"{where}: {texts[0][:40]!r} is not a number, as others of the column are;"
                " mend that line"
            )
