"""Data that each part of a model has seen, so that a cutoff is not before the end of it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import DateArray
from rnncli.dates import date_span, format_date
from rnncli.errors import DataError, setting
from rnncli.prices.series import Prices
from rnncli.transforms.dataset import training_prices
from rnncli.transforms.target_transform import Scaling

DIGEST = "data"  # of the record of a model: the `digest` of its prices
PARTS = ("scaler and bins", "weights", "early stop", "calibration of the bounds")
OF_SEASON = "weights of the season"  # a part of models with a season
Span = tuple[str | None, str | None]  # first and last date; None without dates


@dataclass(frozen=True)
class FittedSpan:
    """A part of a model and the dates it was fitted on."""

    part: str
    first_date: str | None
    last_date: str | None


def spans(prices: Prices, scaling: Scaling, validation: float) -> dict[str, Span]:
    """Dates that each part of a training sees: fit and validation."""
    training = np.array([training_prices(rows, scaling, validation) for rows in prices.lengths])
    place = np.arange(len(prices.values)) - np.repeat(prices.offsets[:-1], prices.lengths)
    early = place < np.repeat(training, prices.lengths)
    fitted, held = date_span(prices.dates[early]), date_span(prices.dates[~early])
    return dict(zip(PARTS, (fitted, fitted, held, held), strict=True))


def digest(prices: Prices) -> str:
    """SHA-256 of every row: prices, dates, further columns, and the ends of series."""
    sha = hashlib.sha256("\0".join(prices.symbols).encode(errors="surrogatepass"))
    beside = sorted(prices.fields.items())
    for array in (prices.offsets, prices.dates, prices.values, *(rows for _, rows in beside)):
        sha.update(np.ascontiguousarray(array).tobytes())
    sha.update(" ".join(name for name, _ in beside).encode())
    return sha.hexdigest()


def fitted_spans(record: dict[str, Any]) -> list[FittedSpan]:
    """What each part of a model saw, as it remembers; an older model only knows it as a whole."""
    whole = {"all of it": (record["first_date"], record["last_date"])}
    parts = record.get("seen", whole)
    order = sorted(parts, key=lambda part: PARTS.index(part) if part in PARTS else len(PARTS))
    return [FittedSpan(part, *parts[part]) for part in order]


def last_fitted(record: dict[str, Any]) -> np.datetime64 | None:
    """The last date that any part of a model saw; None without dates."""
    dates = [record["last_date"], *(one.last_date for one in fitted_spans(record))]
    return max((np.datetime64(date, "s") for date in dates if date), default=None)


def last_fitted_date(record: dict[str, Any]) -> str | None:
    """The date of `last_fitted` as text."""
    last = last_fitted(record)
    return None if last is None else format_date(last)


def saw_no_prices(record: dict[str, Any]) -> bool:
    """Whether no part of a model was fitted on prices of a market."""
    return record.get("seen") == {}


def trained_beyond(record: dict[str, Any], dates: DateArray) -> tuple[str, str] | None:
    """The last date that a model saw, and the newest of `dates` (rows), where that is earlier.

    None for a model that saw no prices of a market, and without dates.
    """
    seen, newest = last_fitted(record), date_span(dates)[1]
    if seen is None or newest is None or saw_no_prices(record):
        return None
    return (format_date(seen), newest) if seen > np.datetime64(newest, "s") else None


def refuse_leakage(record: dict[str, Any], cutoff: np.datetime64) -> None:
    """Raise DataError where a part of a model saw a day after `cutoff`."""
    for one in fitted_spans(record):
        if one.last_date and np.datetime64(one.last_date, "s") > cutoff:
            raise DataError(
                f"the {one.part} of the model saw {one.last_date}, after the cutoff"
                f" {format_date(cutoff)}: it would know what it forecasts"
            )


def warn_of_period(
    period: str | None, settings: dict[str, dict[str, Any]], warn: Callable[[str], None]
) -> None:
    """Warn if rows are weeks or months (W, M), and the model was trained on other rows."""
    trained = settings.get("read", {}).get("resample")
    if period in (None, trained):
        return
    option = setting("resample", period)
    rows = "rows as the files have them" if trained is None else setting("resample", trained)
    warn(f"{option}: the model was trained on {rows}; train a model with {option}, or leave it out")
