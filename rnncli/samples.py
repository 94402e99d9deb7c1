"""The whole of `rnncli predict --paths`: sampled paths of every symbol's next rows."""

from dataclasses import dataclass

import numpy as np

from rnncli.arrays import DateArray, Float64Array
from rnncli.errors import UsageError
from rnncli.inference.path_sampling import Sampling, each_sample
from rnncli.inference.rollout import Cutoffs
from rnncli.models.model import Model
from rnncli.predict import known_series, rows_ahead
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.runtime.timing import Stage, untimed
from rnncli.settings import PredictSettings
from rnncli.transforms.dataset import prepare


@dataclass(frozen=True)
class Samples:
    """Paths of n symbols: prices (n, horizon, paths) in their files' unit.

    `cutoffs` (n): date of the last row used, NaT without dates; `rows` (n): how many were used;
    `failed`: symbol -> why it has none.
    """

    symbols: tuple[str, ...]
    cutoffs: DateArray
    rows: tuple[int, ...]
    prices: Float64Array
    failed: dict[str, str]


def sample(
    model: Model, prices: Prices, settings: PredictSettings, threads: Threads,
    stage: Stage = untimed,
) -> Samples:  # fmt: skip
    """Draw `settings.paths` paths of each symbol that the model's preparation fits.

    Raises UsageError for a model that has no distribution to draw from, DataError where no symbol
    can be forecast.
    """
    if model.network.architecture.head == "point":
        raise UsageError(
            "--paths: this model forecasts points; train one with --loss student-t, gaussian,"
            " quantile, or cross-entropy and --bins"
        )
    horizon, paths = rows_ahead(model, settings.horizon), settings.paths or 1
    with stage("prepare"):
        known, failed = known_series(model, prices)
        prepared = prepare(known, model.preparation, 0.0)
    last = Cutoffs(np.arange(len(known.symbols)), prepared.lengths - 1)
    found = np.empty((len(known.symbols), horizon, paths))

    def keep(i: int, drawn: Float64Array, _: Float64Array) -> None:
        found[i] = drawn

    with stage("forward"):
        sampling = Sampling(model.network, model.preparation, horizon, paths, settings.seed)
        each_sample(sampling, known, prepared, last, threads, keep)
    ends = known.offsets[1:] - 1
    rows = tuple(known.lengths.tolist())
    return Samples(known.symbols, known.dates[ends], rows, found, failed)
