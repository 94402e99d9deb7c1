"""Which column holds the price: by its name, else the only numbers that can be one."""

from collections.abc import Sequence

import numpy as np

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.company_fields import symbol_in_name
from rnncli.prices.parsing.columns.not_prices import derived_columns, move_like_prices
from rnncli.prices.parsing.columns.ohlcv import find_bounds
from rnncli.prices.parsing.columns.profile import ColumnProfile, GridProfile
from rnncli.prices.parsing.columns.roles import Columns, NamedColumns, RequestedColumns
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary import column_names
from rnncli.prices.parsing.vocabulary.price_words import kind_of_index

_SCALED = 1e9  # prices are smaller
_INSIDE = 0.9  # the share of rows whose close lies between low and high


def price_column(
    profile: GridProfile, taken: set[int | None], *, is_long: bool
) -> tuple[int | None, str]:
    """Return the close under a listed name, else the only numbers without another role.

    None if there is no such column. DataError where several fit, or it may not be a price.
    """
    free = [
        i for i, name in enumerate(profile.names) if i not in taken and not names.is_no_close(name)
    ]
    candidates = [i for i in profile.named(column_names.PRICES) if i in free]
    refuse_two_currencies(profile, candidates, free)
    if candidates:
        price = profile.unique(candidates[0], candidates)
        refuse_copies(profile, price)
        refuse_weak_name(profile, price, free)
        has_bounds = is_long or _high_and_low(profile) is not None
        others = _unknown_numbers(profile, [i for i in free if i != price])
        refuse_other_symbols(profile, price, [] if has_bounds else others)
        passed = ", ".join(profile.names[i] for i in candidates[1:])
        return price, f"named so, and before {passed}" if passed else "named so"
    closes = [i for i in free if names.split_field(profile.names[i])[0] == "close"]
    closes = closes or [i for i in free if profile.bare_names[i] in column_names.QUOTED_CLOSES]
    if len(closes) == 1:
        return closes[0], "the only one with close in its name"
    if closes:
        refuse_two_sides(profile, closes)
    unknown = _unknown_numbers(profile, free)
    if len(unknown) != 1:
        return None, ""
    refuse_kinds(profile, unknown[0], taken)
    refuse_other_symbols(
        profile, unknown[0], [] if is_long else _companies(profile, {*taken, unknown[0]})
    )
    refuse_unknown_name(profile, unknown[0])
    return unknown[0], "the only numbers that are nothing else"


def refuse_kinds(profile: GridProfile, price: int, taken: set[int | None]) -> None:
    """Refuse one index with and without its dividends, where one is named as a return is."""
    kind, name = kind_of_index(profile.names[price])
    for index, column in enumerate(profile):
        other = kind_of_index(column.name)
        is_level = index not in {price, *taken} and column.is_numeric and column.holds_decimals
        if kind and is_level and other[0] and other[1] == name:
            raise DataError(
                f"{profile.top}: {profile.short_name(index)!r} and {profile.short_name(price)!r}"
                f" are one price, counted in two ways; choose with {setting('column')}"
            )


def refuse_two_sides(profile: GridProfile, closes: Sequence[int]) -> None:
    """Refuse closes of bids beside those of asks."""
    if profile.bare_names[closes[0]] in column_names.QUOTED_CLOSES:
        one, other = (profile.short_name(i) for i in closes[:2])
        raise DataError(
            f"{profile.top}: {one!r} and {other!r} are closes; choose with {setting('column')}"
        )


def refuse_two_currencies(
    profile: GridProfile, candidates: Sequence[int], free: Sequence[int]
) -> None:
    """Refuse one price in two currencies, unless there is another without any."""
    columns: dict[str, dict[str, int]] = {}  # kind of price: a column of each currency
    for i in free:
        kind, currency = names.in_currency(profile.names[i])
        if currency and profile[i].is_numeric:
            columns.setdefault(kind, {}).setdefault(currency, i)
    for kind, of_currency in columns.items():
        if len(of_currency) < 2:
            continue
        first = names.in_currency(profile.names[candidates[0]]) if candidates else (kind, "")
        if not candidates or (first[0] == kind and first[1]):
            one, other = (profile.short_name(i) for i in list(of_currency.values())[:2])
            raise DataError(
                f"{profile.top}: {one!r} and {other!r} are prices in two currencies;"
                f" choose with {setting('column')}"
            )


def refuse_copies(profile: GridProfile, price: int) -> None:
    """Refuse a second column of the same name that pandas has numbered, as Close.1 is."""
    name = profile.names[price]
    if (copy := f"{name}.1") in profile.names:
        raise DataError(
            f"{profile.top}: {name[:40]!r} and {copy[:40]!r} are columns of one name;"
            f" choose with {setting('column')}"
        )


def refuse_unknown_name(profile: GridProfile, price: int) -> None:
    """Refuse numbers under an unknown name that rather number something, or beside high and low."""
    name = profile.short_name(price)
    if profile[price].holds_codes and len(set(profile[price].cells)) == 1:
        raise DataError(
            f"{profile.top}: {name!r} is the same whole number throughout, not a price;"
            f" choose a column with {setting('column')}"
        )
    if _high_and_low(profile) is not None:
        raise DataError(
            f"{profile.top}: high and low, but no close under a known name"
            f" ({name!r} may be anything); choose one with {setting('column')}"
        )


def refuse_weak_name(profile: GridProfile, price: int, free: Sequence[int]) -> None:
    """Refuse a turnover called value, or a name that may as well be one symbol of several."""
    if profile.bare_names[price] not in column_names.WEAK_PRICES:
        return
    name = profile.short_name(price)
    bounds = _high_and_low(profile)
    if bounds is not None and not _lies_between(profile, price, *bounds):
        raise DataError(
            f"{profile.top}: {name!r} does not lie between high and low,"
            f" so it is not a close; choose one with {setting('column')}"
        )
    others = _unknown_numbers(profile, [i for i in free if i != price])
    if bounds is None and others:
        raise DataError(
            f"{profile.top}: {name!r} may be the price, or a symbol like"
            f" {profile.short_name(others[0])!r}; choose with {setting('column')}, or say"
            f" {setting('layout', 'wide')} if each is a symbol"
        )


def refuse_other_symbols(profile: GridProfile, price: int, others: Sequence[int]) -> None:
    """Refuse a price beside columns that move as prices do, and are not made of it."""
    if not others or not profile[price].is_numeric:
        return
    derived = derived_columns(profile, [price, *others])
    rest = [i for i in others if i not in derived and not _repeats(profile[i])]
    symbols = [i for i in rest if move_like_prices(profile, [price, i])]
    if symbols:
        raise DataError(
            f"{profile.top}: {profile.short_name(price)!r} may be the price, or a symbol beside"
            f" {profile.short_name(symbols[0])!r}; choose with {setting('column')}, or say"
            f" {setting('layout', 'wide')} if each is a symbol"
        )


def _companies(profile: GridProfile, taken: set[int | None]) -> list[int]:
    """Return the columns of numbers that may be of companies such as Total and Target."""
    return [
        i
        for i, column in enumerate(profile)
        if i not in taken and column.is_numeric and names.may_be_company(column.name)
    ]


def _repeats(column: ColumnProfile) -> bool:
    """Whether there are few different cells, as in a column of ids."""
    return 2 * len(set(column.filled_cells)) <= len(column.filled_cells)


def refuse_scaled(profile: GridProfile, price: int) -> None:
    """Refuse whole numbers of which none is below 1e9: rather prices in parts of 1e-9."""
    values = profile[price].values(".")
    if values is None or np.isnan(values).all() or np.nanmin(np.abs(values)) < _SCALED:
        return
    if np.all(np.isnan(values) | (values == np.rint(values))):
        name = profile.short_name(price)
        raise DataError(
            f"{profile.top}: no number of {name!r} is below {_SCALED:g}, as if in parts of 1e-9;"
            f" divide them, or take them as they are with {setting('column')} {name!r}"
        )


def _high_and_low(profile: GridProfile) -> tuple[int, int] | None:
    """Return the columns of the high and the low of a day, if there are both."""
    highs, lows = profile.named(column_names.HIGHS), profile.named(column_names.LOWS)
    return (highs[0], lows[0]) if highs and lows else None


def _unknown_numbers(profile: GridProfile, among: Sequence[int]) -> list[int]:
    """Return the columns of numbers under names that no price file usually has."""
    unknown = []
    for i in among:
        column = profile[i]
        if not (column.name and column.is_numeric and column.is_filled):
            continue
        may_be_symbol = column.bare_name in column_names.SYMBOLS or column.bare_name == "index"
        is_price = may_be_symbol and column.holds_decimals
        if is_price or not names.is_field(column.name):
            unknown.append(i)
    return unknown


def _lies_between(profile: GridProfile, price: int, high: int, low: int) -> bool:
    """Whether a price lies between high and low in most rows."""
    values = profile.values((price, high, low))
    if values is None:
        values = profile.values((price, high, low), ",")
    if values is None:
        return False
    rows = values[:, ~np.isnan(values).any(axis=0)]
    inside = (rows[0] <= rows[1]) & (rows[0] >= rows[2])
    return bool(inside.size and inside.mean() >= _INSIDE)


def one_price_column(
    profile: GridProfile, roles: NamedColumns, price: int, requested: RequestedColumns
) -> Columns:
    """Return the roles with one column of prices, of one symbol or of those in another column."""
    if requested.price is None:
        refuse_scaled(profile, price)
    is_single = roles.symbol is None
    columns_say = "a price column" if is_single else "a symbol column and a price column"
    return Columns(
        "single" if is_single else "long",
        (price,),
        (profile.names[price] or f"column {price + 1}",),
        roles.date,
        roles.time,
        roles.symbol,
        roles.with_layout(setting("layout") if requested.layout else columns_say),
        beside=roles.beside,
        bounds=find_bounds(profile, price),
        series=symbol_in_name(profile, price) if is_single and requested.price is None else "",
    )
