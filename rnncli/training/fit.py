"""The whole of `train`: fit the preparation, train, validate, and put the model together."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from rnncli.dates import date_span
from rnncli.distributions.conformal import Bounds
from rnncli.errors import DataError, name_some, setting
from rnncli.models.model import Model
from rnncli.models.pool import Pool
from rnncli.models.prior import fed, load_prior
from rnncli.models.provenance import DIGEST, OF_SEASON, Span, digest, spans
from rnncli.network.from_settings import rows_ahead_of
from rnncli.network.network import Network
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads, threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.auto_inputs import with_inputs_of
from rnncli.training.checkpoints import Checkpoints
from rnncli.training.location import Shares, shrink_location
from rnncli.training.pool_choice import HeldBackScores, choose_pool
from rnncli.training.prior_start import resolved
from rnncli.training.state import UNBROKEN, Epoch, TrainingRun
from rnncli.training.trainer import train
from rnncli.training.validation import (
    ValidationError,
    validation_bounds,
    validation_error,
    validation_origins,
)
from rnncli.training.warm_start import (
    held_back_before,
    initial_model,
    joined_spans,
    preparation_of,
    record_of,
    settings_of,
    unfit_to_go_on,
)
from rnncli.transforms.dataset import Dataset, fit, prepare, unfit
from rnncli.transforms.features import constant_columns, inputs_of
from rnncli.transforms.inputs.table import season_of
from rnncli.transforms.market_medians import market_for, unknown_market, without_market
from rnncli.transforms.season_fit import with_weights_of
from rnncli.transforms.target_transform import Scaling, TargetTransform, least_rows

NAMED = 5  # symbols in a warning


def silent(*_: object) -> None:
    """Progress and warnings that nobody watches."""


@dataclass(frozen=True)
class Fitted:
    """A model, its training run, and its validation scores."""

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
    warn: Callable[[str], None] = silent,
    fail: Callable[[str], None] = silent,
    on_epoch: Callable[[Epoch], None] = silent,
    stage: Stage = untimed,
    checkpoints: Checkpoints | None = None,
    given: Collection[str] = (),
) -> Fitted:
    """Train a model over all usable series and measure it. Raises DataError, DivergedError.

    `given`: names of settings that were chosen though they are the defaults.
    """
    before = initial_model(shape)
    if before is None:
        preparing, shape, training = resolved(preparing, shape, training)
    else:
        preparing, shape, training = settings_of(before, preparing, shape, training, given)
    with stage("prepare"):
        begun = _begin(prices, preparing, shape, training, before, warn, fail)
        _warn_of_constants(begun, warn)
        prices, preparation = begun.prices, begun.preparation
        rows_ahead = rows_ahead_of(shape, bool(season_of(preparation.inputs)))
        prepared = prepare(prices, preparation, training.validation, rows_ahead)
        named = shape if before is None else replace(shape, init=before.digest)
        breaks = UNBROKEN
        if checkpoints:
            by_prices = {"inputs"} if begun.preparing.inputs != preparing.inputs else ()
            breaks = checkpoints.breaks(
                prepared, begun.preparing, named, training, by_prices=by_prices
            )
    seen = _spans_seen(prices, preparing, preparation, training.validation)
    if before is not None and (flatters := held_back_before(before, seen)):
        warn(flatters)
    with threads(running.threads) as pool:
        with stage("train"):
            run = train(prepared, shape, training, pool, on_epoch, breaks, begun.start)
        with stage("validate"):
            candidate = load_prior() if training.pool == "auto" else None
            validated = _validate(run, prices, prepared, candidate, pool)
    stages: dict[str, Any] = {
        "read": reading, "prepare": preparing, "network": shape, "train": training,
    }  # fmt: skip
    model = Model(
        network=validated.run.network,
        preparation=with_weights_of(preparation, prices),
        bounds=validated.bounds,
        settings={name: asdict(settings) for name, settings in stages.items()},
        record=_record(prices, validated)
        | {
            "seen": seen if before is None else joined_spans(before, seen),
            DIGEST: digest(prices),
        }
        | ({} if before is None else record_of(before)),
        pool=validated.pool,
    )
    rows = int(prices.lengths.sum())
    return Fitted(model, validated.run, validated.error, len(prices.symbols), rows)


@dataclass(frozen=True)
class _Beginning:
    """Where training starts: usable prices, their preparation, and given weights, if any.

    `preparing`: the settings, with auto inputs resolved.
    """

    prices: Prices
    preparation: TargetTransform
    preparing: PrepareSettings
    start: Network | None


def _begin(
    prices: Prices, preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings,
    before: Model | None, warn: Callable[[str], None], fail: Callable[[str], None],
) -> _Beginning:  # fmt: skip
    """Fit the preparation, or take that of the model or prior whose weights are the start."""
    share = training.validation
    if before is not None:
        prices = fed(prices, before, None)
        if unknown := unknown_market(prices):
            warn(unknown)
        unfitting = unfit_to_go_on(before, prices, preparing, share)
        prices = usable(prices, unfitting, preparing, warn, fail)
        preparation = preparation_of(before, prices, preparing, share)
        return _Beginning(prices, preparation, preparing, before.network)
    prices = usable(prices, unfit(prices, preparing, share), preparing, warn, fail)
    chosen = with_inputs_of(prices, preparing, shape)
    market = market_for(inputs_of(chosen))
    prices = market(prices) if market else without_market(prices)
    if training.start != "prior":
        return _Beginning(prices, fit(prices, chosen, share), chosen, None)
    prior = load_prior(shape.cell)
    return _Beginning(fed(prices, prior, None), prior.preparation, chosen, prior.network)


def _spans_seen(
    prices: Prices, preparing: PrepareSettings, preparation: TargetTransform, validation: float
) -> dict[str, Span]:
    """First and last date that each part of a model sees, see `spans`, and its season functions."""
    seen = spans(prices, preparing, validation)
    if preparation.season_functions is not None:
        seen[OF_SEASON] = date_span(prices.dates)
    return seen


def _warn_of_constants(begun: _Beginning, warn: Callable[[str], None]) -> None:
    """Warn of columns of the user's own that never change: the network learns nothing from them."""
    for name, value in constant_columns(begun.prices, begun.preparation.inputs):
        warn(f"{name} is {value:g} on every row, of which nothing is learnt; check its dates, or"
             f" leave it out of {setting('feature')}")  # fmt: skip


def usable(
    prices: Prices,
    faults: Iterable[tuple[int, str]],
    scaling: Scaling,
    warn: Callable[[str], None],
    fail: Callable[[str], None],
) -> Prices:
    """The series that can be trained on.

    Series of a single day are named in one warning; faulty ones fail one by one. Raises DataError
    if no series is left, or no day with a known next day.
    """
    short = prices.lengths < 2
    failed = {i: fault for i, fault in faults if not short[i]}
    indices_left = [i for i in np.flatnonzero(~short).tolist() if i not in failed]
    least = least_rows(scaling)
    if not np.any(prices.lengths[indices_left] >= least):
        scale = setting("scale", scaling.scale)
        few = f"no series has {least} rows, the fewest to learn from with {scale}"
        raise DataError(next(iter(failed.values()), f"{prices.sources[0]}: {few}"))
    left_out = np.flatnonzero(short).tolist()
    if left_out:
        names = name_some([prices.symbols[i] for i in left_out], NAMED)
        warn(f"{prices.sources[left_out[0]]}: left out {names}: fewer than two days")
    for fault in failed.values():
        fail(fault)
    return prices.subset(indices_left) if len(indices_left) < len(prices.symbols) else prices


@dataclass(frozen=True)
class _Validated:
    """A run after its validation: its network has the location shrunk by the shares."""

    run: TrainingRun
    location_shares: Shares
    pool: Pool[Model] | None
    scores: HeldBackScores | None
    error: ValidationError | None
    bounds: Bounds


def _validate(
    run: TrainingRun, prices: Prices, prepared: Dataset, candidate: Model | None, pool: Threads
) -> _Validated:
    """What the validation days say of a run; `candidate`: a prior that it may be pooled with."""
    held_back = validation_origins(prepared)
    network, location_shares = shrink_location(run.network, prices, prepared, held_back, pool)
    pooled, scores = choose_pool(network, prices, prepared, held_back, candidate, pool)
    return _Validated(
        run=replace(run, network=network),
        location_shares=location_shares,
        pool=pooled,
        scores=scores,
        error=validation_error(network, prices, prepared, pool),
        bounds=validation_bounds(network, prices, prepared, pool),
    )


def _record(prices: Prices, validated: _Validated) -> dict[str, Any]:
    """What the model remembers of its training."""
    run, error, scores = validated.run, validated.error, validated.scores
    first, last = date_span(prices.dates)
    return {
        "symbols": list(prices.symbols),
        "rows": int(prices.lengths.sum()),
        "first_date": first,
        "last_date": last,
        "steps": run.steps,
        "clip_rate": run.clip_rate,
        "best_epoch": run.best_epoch,
        "stopped_early": run.stopped_early,
        "out_of_time": run.out_of_time,
        "validation": error and asdict(error),
        "epochs": [vars(epoch) | {} for epoch in run.epochs],
        "location_kept": validated.location_shares and list(validated.location_shares),
        "pool": scores and scores.as_dict(),
    }
