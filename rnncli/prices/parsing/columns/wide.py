"""Columns of numbers that are a symbol each, where no column is called a price."""

from collections.abc import Sequence
from dataclasses import replace

from rnncli.errors import DataError, setting
from rnncli.prices.parsing.columns.company_fields import closes_of_companies
from rnncli.prices.parsing.columns.doubtful import doubtful_symbols, refuse_stray_texts
from rnncli.prices.parsing.columns.not_prices import (
    counts_left_out,
    derived_columns,
    is_priced_ticker,
    move_like_prices,
    named_after,
)
from rnncli.prices.parsing.columns.price import one_price_column
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns, NamedColumns, RequestedColumns
from rnncli.prices.parsing.columns.wide_checks import (
    PAIR_CHECKS,
    TWIN_CHECK,
    WIDE_CHECKS,
    WideColumns,
    refuse_without_field,
)
from rnncli.prices.parsing.grid import header as names
from rnncli.prices.parsing.vocabulary.column_names import CLOSES_OF_SYMBOLS


def requested_wide(profile: GridProfile, roles: NamedColumns) -> Columns:
    """Take every column but dates and row numbers as one symbol, as --layout wide says."""
    prices, field, made = _of_one_field(profile, roles)
    texts = [i for i in prices if not profile[i].is_numeric]
    if roles.symbol is not None or texts or not prices:
        raise _no_price(profile, texts if roles.symbol is None else [])
    wide = _wide_columns(profile, prices, field, roles)
    TWIN_CHECK.function(profile, wide)
    return replace(
        _with_symbols(roles, wide), left_out=counts_left_out(profile, dict.fromkeys(made, ""))
    )


def guessed_wide(profile: GridProfile, roles: NamedColumns) -> Columns:
    """Take every column of numbers that looks like a price as one symbol, unless a check refuses.

    Those that are made of the prices beside them are left out, and counted.
    """
    is_long = roles.symbol is not None
    candidates = [] if is_long else _candidates(profile, roles)
    if companies := closes_of_companies(profile, candidates):
        return _with_symbols(roles, _of_companies(profile, companies, roles))
    prices, field, made = _of_one_field(profile, roles)
    for check in () if is_long else PAIR_CHECKS:
        check.function(profile, _wide_columns(profile, prices, field, roles))
    left_out = dict.fromkeys((*_beside(profile), *made), "")
    left_out |= {} if is_long else derived_columns(profile, prices)
    prices, odd = _symbols_and_others(profile, [i for i in prices if i not in left_out])
    if odd and not is_long and _may_be_left_out(profile, prices, odd):
        left_out |= dict.fromkeys(odd, "")
        odd = []
    symbols = sum(may_be_named_so(profile, i, prices) for i in prices)
    are_few = symbols < 2 - bool(left_out)
    if is_long or are_few or odd:
        refuse_stray_texts(profile, [i for i in (*prices, *odd) if not profile[i].is_numeric])
        raise _no_price(
            profile, [] if is_long or are_few else odd, _companies(profile, [*prices, *odd])
        )
    if len(prices) == 1:
        columns = one_price_column(profile, roles, prices[0], RequestedColumns())
        return replace(columns, left_out=counts_left_out(profile, left_out))
    wide = _wide_columns(profile, prices, field, roles)
    for check in WIDE_CHECKS:
        check.function(profile, wide)
    noticed = doubtful_symbols(profile, prices)
    return replace(
        _with_symbols(roles, wide), left_out=counts_left_out(profile, left_out), noticed=noticed
    )


def _symbols_and_others(
    profile: GridProfile, columns: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the columns that may be symbols, and those whose names or cells say otherwise."""
    odd = [i for i in columns if _is_odd(profile, i)]
    odd = [i for i in odd if not is_priced_ticker(profile, i, columns)]
    return [i for i in columns if i not in odd], odd


def _is_odd(profile: GridProfile, index: int) -> bool:
    name = profile.names[index]
    is_other = names.is_no_close(name) or names.is_ratio(name) or not names.may_be_symbol(name)
    return is_other or not profile[index].is_numeric


def may_be_named_so(profile: GridProfile, index: int, prices: Sequence[int]) -> bool:
    """Whether a column is not named as a field, or has a ticker over numbers like prices."""
    return not names.is_field(profile.names[index]) or is_priced_ticker(profile, index, prices)


def _may_be_left_out(profile: GridProfile, prices: Sequence[int], odd: Sequence[int]) -> bool:
    """Whether columns cannot be symbols, since others are proved to be prices.

    An open, high, low or volume may as well belong to a price under an unknown name.
    """
    if any(not profile[i].is_numeric for i in odd) or not move_like_prices(profile, prices):
        return False
    are_fields = any(names.is_listed_field(profile.names[i]) for i in odd)
    return not are_fields or all(names.is_ticker(profile.names[i]) for i in prices)


def _of_companies(
    profile: GridProfile, companies: dict[int, str], roles: NamedColumns
) -> WideColumns:
    """Return the closes of companies under their names."""
    symbols = tuple(companies.values())
    wide = WideColumns(tuple(companies), symbols, "close", roles.date is not None)
    TWIN_CHECK.function(profile, wide)
    return wide


def _candidates(profile: GridProfile, roles: NamedColumns) -> list[int]:
    """Return the columns that are neither dates nor counters, nor fields beside a symbol."""
    others = frozenset(profile.names)
    return [
        i
        for i, name in enumerate(profile.names)
        if name and i not in {roles.date, roles.time} and not names.field_beside(name, others)
    ]


def _beside(profile: GridProfile) -> list[int]:
    """Return the columns of numbers made of the price of a symbol, such as AAPL_ret beside AAPL.

    Its open, high, low and volume are left out as usual.
    """
    others = frozenset(profile.names)
    fields = {i: names.field_beside(name, others) for i, name in enumerate(profile.names)}
    return [i for i, field in fields.items() if field and not names.is_of_a_day(field)]


def _of_one_field(
    profile: GridProfile, roles: NamedColumns
) -> tuple[list[int], str | None, list[int]]:
    """Return the columns that may be symbols, the field in their names, and those made of them.

    Of columns such as AAPL_open and AAPL_close those of the close are taken; AAPL_return beside
    them is made of one.
    """
    candidates = _candidates(profile, roles)
    fields = {i: names.split_field(profile.names[i])[0] for i in candidates}
    field = next((close for close in CLOSES_OF_SYMBOLS if close in fields.values()), None)
    if not any(fields.values()):
        return candidates, field, []
    closes = [i for i in candidates if fields[i] == field]
    others = [i for i in candidates if not fields[i]]
    made = named_after(profile, others, [names.split_field(profile.names[i])[1] for i in closes])
    unknown = [i for i in others if i not in made]
    refuse_without_field(profile, unknown, field, is_long=roles.symbol is not None)
    return closes, field, made


def _wide_columns(
    profile: GridProfile, prices: Sequence[int], field: str | None, roles: NamedColumns
) -> WideColumns:
    symbols = tuple(names.split_field(profile.names[i])[1] for i in prices)
    return WideColumns(prices, symbols, field, roles.date is not None)


def _with_symbols(roles: NamedColumns, wide: WideColumns) -> Columns:
    evidence = roles.with_layout(f"{len(wide.prices)} columns of numbers under names of their own")
    prices = tuple(wide.prices)
    return Columns("wide", prices, wide.symbols, roles.date, roles.time, evidence=evidence)


def _companies(profile: GridProfile, columns: Sequence[int]) -> bool:
    """Whether all columns are prices that move alike, some named as an indicator may be."""
    are_numbers = len(columns) > 1 and all(profile[i].is_numeric for i in columns)
    return are_numbers and move_like_prices(profile, columns)


def _no_price(profile: GridProfile, odd: Sequence[int], are_alike: bool = False) -> DataError:
    """Return the error of no price column; `odd` are the columns that cannot be symbols.

    `are_alike`: whether all move as prices do.
    """
    listed = ", ".join(profile.names[i][:20] for i in dict.fromkeys(odd))[:60]
    has_texts = any(not profile[i].is_numeric for i in odd)
    wide = "" if has_texts else f", or say {setting('layout', 'wide')} if each is a symbol"
    more = f", or take out {listed}{wide}" if odd else wide * are_alike
    return DataError(
        f"{profile.top}: no price column among {profile.list_names()};"
        f" choose one with {setting('column')}{more}"
    )
