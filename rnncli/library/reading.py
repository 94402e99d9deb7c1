"""Price files as `Prices`, with the columns that further inputs need."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal, Unpack

from rnncli.errors import DataError, MissingInputError, UsageError, name_some, setting
from rnncli.library.keywords import ReadKeywords, settings_from, takes
from rnncli.prices import reader
from rnncli.prices.parsing.columns.ohlcv import FIELDS
from rnncli.prices.resample import resampled
from rnncli.prices.series import Prices
from rnncli.settings import PrepareSettings, ReadSettings
from rnncli.transforms.custom_inputs import with_files
from rnncli.transforms.features import inputs_of
from rnncli.transforms.fields import FieldsToRead, fields_of_inputs
from rnncli.transforms.inputs.market import MARKET_FIELDS
from rnncli.transforms.market_medians import has_market, with_market

NAMED = 8  # symbols in a message
Path = str | os.PathLike[str]


@takes(ReadKeywords, ReadSettings)
def read_prices(
    paths: Path | Iterable[Path],
    *,
    inputs: str = "close",
    feature: str | Sequence[str] = (),
    **settings: Unpack[ReadKeywords],
) -> Prices:
    """Read CSV files, or folders of them, into series sorted by date.

    `inputs`, `feature`: what a model is to be fed of a day, as in `train`; the columns it takes are
    read too, those of feature files as `COLUMN@FILE`, and the days of events as `KIND:event`.
    Keywords are the settings of `rnncli inspect`. What was left out or corrected is in
    `Prices.warnings()`.

    Raises MissingInputError where an input cannot be opened, DataError where it cannot be read as
    meant, UsageError where a setting does not fit the files.
    """
    (reading,) = settings_from(ReadKeywords, settings, ReadSettings)
    several = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not several:
        raise MissingInputError("no price file is named")
    features = (feature,) if isinstance(feature, str) else tuple(feature)
    preparing = with_files(PrepareSettings(inputs=inputs, feature=features), reading)
    fields, optional = fields_of_inputs(inputs_of(preparing)).with_auto()
    names = [os.fspath(path) for path in several]
    market = with_market if reading.symbols else None  # else it is that of all the prices
    prices = reader.read_prices(names, reading, fields=fields, optional=optional, of_all=market)
    return replace(prices, column=reading.column)


def checked(prices: Prices) -> Prices:
    """Check prices. Raises UsageError for another type, DataError without series."""
    given: object = prices
    if not isinstance(given, Prices):
        remedy = "make them with Prices.from_frame or read_prices"
        raise UsageError(f"are a {type(given).__name__}", option="prices", remedy=remedy)
    if not prices.symbols:
        raise DataError("the prices have no series")
    return prices


def by_period(
    prices: Prices, period: Literal["W", "M"] | None, warn: Callable[[str], None]
) -> Prices:
    """Prices with a row a week (W) or month (M), where that is what a model was trained on."""
    given: object = prices
    if period is None or not isinstance(given, Prices) or prices.resample == period:
        return prices
    return resampled(prices, period, lambda fault: warn(str(fault)))


def with_fields(prices: Prices, beside: FieldsToRead) -> Prices:
    """Prices with exactly these further columns, NaN for missing optional ones.

    Raises UsageError for another type, DataError without series or without a column.
    """
    checked(prices)
    for name in beside.lacking(prices):
        how = "inputs" if name in FIELDS else "events" if ":" in name else "feature"
        remedy = f"read it by its input, with {setting(how)}"
        raise DataError(f"the prices have no column {name}", remedy=remedy)
    of_market = MARKET_FIELDS if has_market(prices) else ()
    return prices.with_fields((*beside.fields, *of_market))


def some_symbols(prices: Prices, symbols: str | Sequence[str] | None) -> Prices:
    """The series of these symbols, a name or several; of all without. Raises DataError."""
    if symbols is None:
        return prices
    wanted = [symbols] if isinstance(symbols, str) else list(symbols)
    if unknown := [name for name in wanted if name not in prices.symbols]:
        known = name_some(list(prices.symbols), NAMED)
        raise DataError(
            f"no symbol {', '.join(map(str, unknown))} in the prices; there are {known}"
        )
    if not wanted:
        raise UsageError("names none", option="symbols")
    return prices.subset([prices.symbols.index(name) for name in dict.fromkeys(wanted)])
