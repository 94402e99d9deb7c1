"""Forecast every symbol by its model in a folder."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rnncli.errors import DataError, MissingInputError, RnncliError, setting
from rnncli.forecasting.forecast import Forecast
from rnncli.forecasting.predict import predict
from rnncli.models.model import Model, load_model
from rnncli.models.model_folder import model_path
from rnncli.models.provenance import last_fitted_date
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings
from rnncli.transforms.fields import fields_of_inputs


@dataclass(frozen=True)
class SymbolModel:
    """The model of a symbol, and the path of its file."""

    model: Model
    path: str

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return self.model.digest

    @property
    def seen(self) -> str | None:
        """The last date that any part of it was fitted on; None without dates."""
        return last_fitted_date(self.model.record)


Part = tuple[SymbolModel, Forecast]


def load_symbol_model(folder: str, column: str | None, prices: Prices, symbol: str) -> SymbolModel:
    """The model that a folder has of a symbol, if it is fed what was read of the prices.

    Raises MissingInputError, ModelFileError, DataError.
    """
    path = model_path(folder, symbol)
    if not os.path.exists(path):
        raise MissingInputError(
            f"{folder}: has no model of {symbol}; make it with rnncli train --per-series --resume"
            f" -o {folder}"
        )
    model = load_model(path)
    reading = model.settings.get("read", {})
    if reading.get("symbols") not in {None, symbol}:
        raise DataError(f"{path}: was trained on {reading['symbols']}; train {symbol} anew")
    trained = reading.get("column")
    if trained is not None and trained != column:
        raise DataError(
            f"{path}: learnt from column {trained}, not {column}; give {setting('column')}"
        )
    if missing := set(fields_of_inputs(model.preparation.inputs).fields) - prices.fields.keys():
        raise DataError(
            f"{path}: is fed {', '.join(sorted(missing))} too, unlike others in the folder; name it"
            " itself in place of the folder"
        )
    return SymbolModel(model, path)


def _check_columns(loaded: SymbolModel, prices: Prices) -> None:
    """Raise DataError where a symbol has nothing in a column that its model must be fed."""
    for name in fields_of_inputs(loaded.model.preparation.inputs).lacking(prices):
        source, symbol = prices.sources[0], prices.symbols[0]
        raise DataError(f"{source}: {symbol} has no {name}, which {loaded.path} is fed")


def predict_each(
    prices: Prices,
    find: Callable[[str], SymbolModel],
    settings: PredictSettings,
    threads: Threads,
    stage: Stage = untimed,
) -> Iterator[tuple[str, Part | RnncliError]]:
    """Each symbol and the forecast by its model, or why it has no forecast.

    Raises UsageError for options that fit no model.
    """
    for i, symbol in enumerate(prices.symbols):
        result: Part | RnncliError
        try:
            loaded, alone = find(symbol), prices.subset([i])
            _check_columns(loaded, alone)
            result = loaded, predict(loaded.model, alone, settings, threads, stage)
        except (DataError, MissingInputError) as fault:
            result = fault
        yield symbol, result
