"""The whole of `train`: fit the preparation, train, validate, and put the model together."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from rnncli.errors import DataError
from rnncli.formats.joining import show_date
from rnncli.modelfile import Model
from rnncli.prepare import Preparation, fit, prepare, refuse_nonpositive
from rnncli.prices import Prices
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.threads import threads
from rnncli.train import Epoch, TrainingRun, train
from rnncli.validate import ValidationError, validation_bounds, validation_error


@dataclass(frozen=True)
class Fitted:
    """A model, the run it came from, and how it did on the days held back."""

    model: Model
    run: TrainingRun
    error: ValidationError | None
    series: int
    rows: int


def fit_model(
    prices: Prices,
    reading: ReadSettings,
    preparing: PrepareSettings,
    shape: NetworkSettings,
    training: TrainSettings,
    running: RunSettings,
    warn: Callable[[str], None],
    on_epoch: Callable[[Epoch], None],
) -> Fitted:
    """Train a model over all series and measure it. Raises DataError, DivergedError."""
    prices = usable(prices, preparing, warn)
    preparation = fit(prices, preparing, training.validation)
    prepared = prepare(prices, preparation, training.validation)
    with threads(running.threads) as pool:
        run = train(prepared, shape, training, pool, on_epoch)
        error = validation_error(run.network, prices, prepared, pool)
        bounds = validation_bounds(run.network, prices, prepared, pool)
    stages: dict[str, Any] = {
        "read": reading,
        "prepare": preparing,
        "network": shape,
        "train": training,
    }
    model = Model(
        network=run.network,
        preparation=preparation,
        bounds=bounds,
        settings={name: asdict(settings) for name, settings in stages.items()},
        record=_record(prices, run, error),
    )
    return Fitted(model, run, error, len(prices.symbols), int(prices.lengths.sum()))


def usable(
    prices: Prices, preparation: PrepareSettings | Preparation, warn: Callable[[str], None]
) -> Prices:
    """The series that can be learnt from; the others are named in one warning a reason.

    Raises DataError where none is left, or where log returns do not exist.
    """
    scale, everything = preparation.scale, range(len(prices.symbols))
    short = [i for i in everything if prices.lengths[i] < 2]
    scaled = scale in ("minmax", "standard")
    flat = [i for i in everything if scaled and i not in short and np.ptp(prices.series(i)) == 0]
    _warn_left_out(prices, short, "fewer than two days", warn)
    _warn_left_out(prices, flat, f"one price only, and --scale {scale} needs two", warn)
    kept = [i for i in everything if i not in {*short, *flat}]
    if not kept:
        raise DataError(f"{prices.sources[0]}: no series has two different days to learn from")
    if scale == "log-return":
        for i in kept:
            refuse_nonpositive(f"{prices.sources[i]}: {prices.symbols[i]}", prices.series(i))
    return prices.subset(kept) if len(kept) < len(prices.symbols) else prices


def _warn_left_out(
    prices: Prices, numbers: list[int], reason: str, warn: Callable[[str], None]
) -> None:
    if numbers:
        names = ", ".join(prices.symbols[i] for i in numbers[:5])
        more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
        warn(f"{prices.sources[numbers[0]]}: left out {names}{more}: {reason}")


def _record(prices: Prices, run: TrainingRun, error: ValidationError | None) -> dict[str, Any]:
    """What the model remembers of its training."""
    dates = prices.dates[~np.isnat(prices.dates)]
    return {
        "symbols": list(prices.symbols),
        "rows": int(prices.lengths.sum()),
        "first_date": show_date(dates.min()) if len(dates) else None,
        "last_date": show_date(dates.max()) if len(dates) else None,
        "steps": run.steps,
        "clip_rate": run.clip_rate,
        "best_epoch": run.best_epoch,
        "stopped_early": run.stopped_early,
        "validation": error and asdict(error),
        "epochs": [asdict(epoch) for epoch in run.epochs],
    }
