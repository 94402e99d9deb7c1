"""Forecast every symbol by a model of its own, and join what they say."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.errors import DataError, MissingInputError, RnncliError, UsageError
from rnncli.features import fields_of
from rnncli.modelfile import Model, load_with_digest
from rnncli.predict import Forecast, predict
from rnncli.prices import Prices
from rnncli.roster import model_path
from rnncli.settings import PredictSettings
from rnncli.stages import Stage, untimed
from rnncli.threads import Threads

Name = TypeVar("Name", float, str)


@dataclass(frozen=True)
class Own:
    """The model of a symbol, the SHA-256 of its file, where that is."""

    model: Model
    digest: str
    path: str


Part = tuple[Own, Forecast]


def own_model(folder: str, column: str | None, prices: Prices, symbol: str) -> Own:
    """The model that a folder has of a symbol, if it is fed what was read of the prices.

    Raises MissingInputError, ModelFileError, DataError.
    """
    path = model_path(folder, symbol)
    if not os.path.exists(path):
        raise MissingInputError(
            f"{folder}: has no model of {symbol}; make it with rnncli train --per-series --resume"
            f" -o {folder}"
        )
    model, digest = load_with_digest(path)
    trained = model.settings.get("read", {}).get("column")
    if trained is not None and trained != column:
        raise DataError(f"{path}: learnt from column {trained}, not {column}; give --column")
    if missing := set(fields_of(model.preparation.inputs)) - prices.fields.keys():
        raise DataError(
            f"{path}: is fed {', '.join(sorted(missing))} too, unlike others in the folder; name it"
            " itself in place of the folder"
        )
    return Own(model, digest, path)


def predict_each(
    prices: Prices,
    find: Callable[[str], Own],
    settings: PredictSettings,
    threads: Threads,
    on_done: Callable[[int, str], None],
) -> tuple[list[Part], dict[str, RnncliError]]:
    """Each symbol's forecast by its own model, and why others have none.

    Raises UsageError for what no model can be asked, the first fault where there is no forecast.
    """
    parts: list[Part] = []
    failed: dict[str, RnncliError] = {}
    for i, (symbol, found) in enumerate(attempt_each(prices, find, settings, threads)):
        if isinstance(found, RnncliError):
            failed[symbol] = found
        else:
            parts.append(found)
        on_done(i + 1, symbol)
    if not parts:
        raise next(iter(failed.values()))
    return parts, failed


def attempt_each(
    prices: Prices,
    find: Callable[[str], Own],
    settings: PredictSettings,
    threads: Threads,
    stage: Stage = untimed,
) -> Iterator[tuple[str, Part | RnncliError]]:
    """Each symbol and its forecast by its own model, or why it has none. Raises UsageError."""
    for i, symbol in enumerate(prices.symbols):
        found: Part | RnncliError
        try:
            own = find(symbol)
            found = own, predict(own.model, prices.subset([i]), settings, threads, stage)
        except (DataError, MissingInputError) as fault:
            found = fault
        yield symbol, found


def joined(
    prices: Prices, forecasts: Sequence[Forecast], failed: dict[str, RnncliError]
) -> Forecast:
    """One forecast of many; `prices` are those of them all. Raises UsageError."""
    if len({one.forecasts.shape[1] for one in forecasts}) > 1:
        raise UsageError("--horizon: these models were made for different ones; give one")
    symbols = tuple(symbol for one in forecasts for symbol in one.symbols)
    numbers = {symbol: i for i, symbol in enumerate(prices.symbols)}
    first = forecasts[0]
    arrays = {
        field.name: np.concatenate([getattr(one, field.name) for one in forecasts])
        for field in fields(Forecast)
        if isinstance(getattr(first, field.name), np.ndarray)
    }
    return replace(
        first,
        **arrays,
        symbols=symbols,
        rows=tuple(rows for one in forecasts for rows in one.rows),
        lower=_sides([one.lower for one in forecasts], forecasts),
        upper=_sides([one.upper for one in forecasts], forecasts),
        labels=_labels(forecasts) if any(one.labels for one in forecasts) else None,
        shares=_sides([one.shares for one in forecasts], forecasts),
        failed={symbol: str(fault) for symbol, fault in failed.items()},
        prices=prices.subset([numbers[symbol] for symbol in symbols]),
    )


def _labels(forecasts: Sequence[Forecast]) -> list[list[str]]:
    """Labels of all; of a model without classes there are none."""
    return [
        row
        for one in forecasts
        for row in (one.labels or [[""] * one.forecasts.shape[1]] * len(one.symbols))
    ]


def _sides(
    sides: Sequence[dict[Name, Float64Array]], forecasts: Sequence[Forecast]
) -> dict[Name, Float64Array]:
    """Numbers by level or label, one below the other; NaN where a model has none."""
    names = dict.fromkeys(name for one in sides for name in one)
    return {
        name: np.concatenate(
            [
                own.get(name, np.full(one.forecasts.shape, np.nan))
                for own, one in zip(sides, forecasts, strict=True)
            ]
        )
        for name in names
    }
