"""Forecasts from any rows of many series: the one way from prices to what a network forecasts."""

from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.distributions import student_t
from rnncli.distributions.families import Distribution, StudentT
from rnncli.distributions.quantile_forecast import (
    MEDIAN,
    ModelQuantiles,
    PastErrorQuantiles,
    QuantileForecast,
)
from rnncli.distributions.rounded_dof import AT_GRID, shared_quantiles, standard_distances
from rnncli.inference.direct import (
    distributions_ahead,
    long_run_deviations,
    paths_ahead,
)
from rnncli.inference.path_outputs import outputs_ahead, runs_on
from rnncli.inference.path_sampling import Sampling, draw_paths
from rnncli.inference.range_evidence import NEXT_ROW, evidence_at
from rnncli.inference.range_shrinkage import shrunk
from rnncli.inference.rollout import NetworkStates, states_after
from rnncli.network.network import DIRECT, Network
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.inverse import InverseTransform, inverse_transform
from rnncli.transforms.volatility import deviations_at

PATHS = 2000  # from each origin, unless others are asked for
IN_CACHE = 2**15  # quantiles that are computed in one go: those of all origins are megabytes


@dataclass(frozen=True)
class Request:
    """Parameters of forecasts: rows ahead, the unit of errors, quantiles and sampling.

    `probabilities`: of quantiles in addition to the median; `paths`, `seed`: of the sampling from
    each origin; `most_sampled`: later rows are sampled from at most that many origins, evenly
    chosen, and NaN from the others. `precision`: of the codes of classes that a price is made
    from; None: that of the network.
    """

    horizon: int
    unit: str
    probabilities: tuple[float, ...] = ()
    paths: int = PATHS
    seed: int = 0
    most_sampled: int | None = None
    precision: str | None = None

    def stride(self, count: int) -> int:
        """Every n-th of `count` origins is sampled from."""
        return 1 if self.most_sampled is None else max(1, -(-count // self.most_sampled))


@dataclass(frozen=True)
class OriginStates:
    """n series after their last rows: all that their forecasts depend on.

    `after`: states of the network; `inputs` (n, I): its last inputs; `deviations` (n): of the
    changes of each series so far; `prior`: the same of the prior, if forecasts are pooled.
    """

    inverse: InverseTransform
    after: NetworkStates
    inputs: Float64Array
    deviations: Float64Array
    prior: "OriginStates | None" = None


def forecast_at(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, request: Request,
    threads: Threads, actual: Float64Array | None = None,
) -> QuantileForecast:  # fmt: skip
    """Forecast every origin from what is known up to it, in one pass over each series.

    The dataset is that of the prices. `actual` (n, horizon): prices at which densities are wanted.
    """
    states = states_for(network, prices, dataset, origins, request, threads)
    return forecast_from(network, states, request, threads, actual)


def states_for(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, request: Request,
    threads: Threads,
) -> OriginStates:  # fmt: skip
    """What forecasts from every origin depend on."""
    stride = network.head.pick(sampled=request.stride(len(origins)), fed_back=1)
    stride = stride if runs_on(network, request.horizon) else 0
    return states_at(network, prices, dataset, origins, request.unit, threads, stride)


def states_at(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, unit: str,
    threads: Threads, stride: int = 1,
) -> OriginStates:  # fmt: skip
    """Run series up to each origin; the network's states are those of every `stride`-th."""
    preparation = dataset.preparation
    inverse = inverse_transform(preparation, prices, origins)
    daily = days_to_score(network, dataset) if preparation.shrinks_range else None
    after = states_after(network, dataset, origins, threads, stride, daily)
    if daily is not None:
        evidence = evidence_at(daily, dataset, prices, origins)
        outputs = shrunk(after.outputs, evidence, inverse.steps, inverse.rows)
        after = replace(after, outputs=outputs)
    return OriginStates(
        inverse, after, dataset.inputs[dataset.places_of(origins)],
        deviations_at(prices, origins, unit),
    )  # fmt: skip


def days_to_score(network: Network, dataset: Dataset) -> FloatArray:
    """Room for the outputs of each day for its next row."""
    return np.zeros((len(dataset.values), NEXT_ROW), network.flat.dtype)


def forecast_from(
    network: Network, states: OriginStates, request: Request, threads: Threads,
    actual: Float64Array | None = None,
) -> QuantileForecast:  # fmt: skip
    """The forecasts that states lead to, by the way that the network's outputs have."""
    by_head = network.head.pick(sampled=_sampled, fed_back=_fed_back)
    forecast = _all_at_once if network.architecture.mode == DIRECT else by_head
    return forecast(network, states, request, threads, actual)


def _sampled(
    network: Network, states: OriginStates, request: Request, threads: Threads,
    actual: Float64Array | None,
) -> QuantileForecast:  # fmt: skip
    """Quantiles of the network's distribution: exact for the next row, then of sampled paths."""
    probabilities = tuple(sorted({*request.probabilities, MEDIAN}))
    count, outputs = len(states.inputs), states.after.outputs
    prices = np.full((count, request.horizon, len(probabilities)), np.nan)
    densities, stride = np.full(prices.shape[:2], np.nan), request.stride(count)

    def keep(number: int, paths: Float64Array, density: Float64Array) -> None:
        prices[number * stride, 1:] = quantiles_of(paths[1:], np.array(probabilities))
        densities[number * stride] = density

    if request.horizon > 1:
        some = slice(None, None, stride)
        draw_paths(
            Sampling(network, request.horizon, request.paths, request.seed),
            states.inverse.subset(some), NetworkStates(states.after.states, outputs[some]),
            threads, keep, None if actual is None else actual[some],
        )  # fmt: skip
    elif actual is not None:
        densities[:, 0] = _next_density(network, states.inverse, outputs, actual[:, 0])
    prices[:, 0] = _next_row(network, states.inverse, outputs, probabilities)
    return ModelQuantiles(
        request.unit, prices[:, :, probabilities.index(MEDIAN)], outputs[:, None],
        states.deviations, probabilities, prices, densities,
    )  # fmt: skip


def _all_at_once(
    network: Network, states: OriginStates, request: Request, _threads: Threads,
    actual: Float64Array | None,
) -> QuantileForecast:  # fmt: skip
    """Exact quantiles of every row ahead, from its distribution."""
    probabilities = tuple(sorted({*request.probabilities, MEDIAN}))
    distribution, inverse = _ahead(network, states, request.horizon), states.inverse
    last, steps = inverse.last[:, -1:], inverse.steps[:, None]
    prices = np.empty((*distribution.scale.shape, len(probabilities)))
    table, place = shared_quantiles(probabilities, distribution.dof)
    some = max(1, IN_CACHE // max(prices[:1].size, 1))
    for start in range(0, len(prices), some):
        at = slice(start, start + some)
        part = table.take(place[at], axis=0, out=prices[at], mode="clip")  # others buffer
        part *= distribution.scale[at, :, None]
        part += distribution.location[at, :, None]
        part *= steps[at, :, None]
        with np.errstate(over="ignore"):
            np.exp(part, out=part)
            part *= last[at, :, None]
    densities = np.full(prices.shape[:2], np.nan)
    if actual is not None:
        with np.errstate(invalid="ignore", divide="ignore"):
            moved = np.log(actual / last) / steps
        densities = distribution.log_density(moved) - np.log(steps)
    return ModelQuantiles(
        request.unit, prices[:, :, probabilities.index(MEDIAN)],
        states.after.outputs[:, None, : network.head.outputs], states.deviations, probabilities,
        prices, densities,
    )  # fmt: skip


def mean_distances(
    network: Network, states: OriginStates, request: Request, threads: Threads
) -> Float64Array:
    """Distances of quantiles at GRID, see `ModelQuantiles.mean_distances`; others are ignored."""
    if network.architecture.mode == DIRECT and request.unit == "log":
        return standard_distances(_ahead(network, states, request.horizon))
    forecast = forecast_from(network, states, replace(request, probabilities=AT_GRID), threads)
    assert isinstance(forecast, ModelQuantiles)
    return forecast.mean_distances()


def _ahead(network: Network, states: OriginStates, horizon: int) -> StudentT:
    """Distributions (n, horizon) of the returns, from outputs of mode direct."""
    inverse = states.inverse
    long_run = long_run_deviations(states.deviations, inverse.steps, inverse.rows.astype(float))
    return distributions_ahead(network.architecture, states.after.outputs, long_run, horizon)


def sample_from(
    network: Network, states: OriginStates, request: Request, threads: Threads
) -> Float64Array:
    """Sampled paths of prices (n, horizon, paths), `request.paths` from each origin."""
    sampling = Sampling(network, request.horizon, request.paths, request.seed)
    prices = np.empty((len(states.inputs), request.horizon, request.paths))

    def keep(i: int, drawn: Float64Array, _: Float64Array) -> None:
        prices[i] = drawn

    if network.architecture.mode != DIRECT:
        draw_paths(sampling, states.inverse, states.after, threads, keep)
        return prices
    distribution, inverse = _ahead(network, states, request.horizon), states.inverse
    sampling.strata  # noqa: B018 - made once, before threads ask for it

    def run(i: int) -> None:
        of_series = StudentT(*(part[i : i + 1] for part in vars(distribution).values()))
        uniforms = sampling.uniforms(inverse.symbols[i], int(inverse.rows[i]))
        with np.errstate(over="ignore"):
            prices[i] = inverse.last[i, -1] * np.exp(
                inverse.steps[i] * paths_ahead(of_series, uniforms)
            )

    threads.map(run, range(len(prices)))
    return prices


def _fed_back(
    network: Network, states: OriginStates, request: Request, threads: Threads,
    _actual: Float64Array | None,
) -> QuantileForecast:  # fmt: skip
    """Medians: each is fed back for the one after it, or all are forecast at once."""
    outputs = outputs_ahead(network, states.after, states.inputs, request.horizon, threads)
    codes = network.head.median(outputs.astype(request.precision or outputs.dtype))
    return PastErrorQuantiles(
        request.unit, states.inverse.prices(codes), outputs, states.deviations
    )


def quantiles_of(samples: Float64Array, probabilities: Float64Array) -> Float64Array:
    """Quantiles (n, k) of samples (n, N), linear between two (Hyndman & Fan 1996, type 7).

    Those of numpy.quantile, in a third of its time for many probabilities.
    """
    ordered, place = np.sort(samples, axis=1), probabilities * (samples.shape[1] - 1)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, samples.shape[1] - 1)
    with np.errstate(invalid="ignore"):  # between prices beyond the floating-point numbers
        quantiles: Float64Array = ordered[:, below]
        quantiles += (ordered[:, above] - quantiles) * (place - below)
    return quantiles


def _next_row(
    network: Network, inverse: InverseTransform, outputs: FloatArray,
    probabilities: tuple[float, ...],
) -> Float64Array:  # fmt: skip
    """Quantiles (n, k) of the next row's price, from outputs (n, O)."""
    values = distribution_quantiles(network.head.distribution(outputs), probabilities)
    return inverse.prices(values.reshape(-1, 1), len(probabilities)).reshape(values.shape)


def _next_density(
    network: Network, inverse: InverseTransform, outputs: FloatArray, actual: Float64Array
) -> Float64Array:
    """Log density (n) of the next row's price at the actual one, see `draw_paths`."""
    with np.errstate(all="ignore"):  # if an output or a price is not a number
        values, steps = inverse.walk(1).values_of(actual)
        density: Float64Array = network.head.distribution(outputs).log_density(values)
        return density - np.log(steps)


def distribution_quantiles(
    distribution: Distribution, probabilities: tuple[float, ...]
) -> Float64Array:
    """Quantiles (..., k) of distributions (...) at probabilities (k): of Student's t at once."""
    if isinstance(distribution, StudentT):
        standard = student_t.quantiles(probabilities, distribution.dof, student_t.compiled_fraction)
        standard *= distribution.scale[..., None]
        standard += distribution.location[..., None]
        return standard
    return np.stack([distribution.quantile(p) for p in probabilities], axis=-1)
