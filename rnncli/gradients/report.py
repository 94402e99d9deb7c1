"""How gradients flow: the report by parameter and by lag, and a verdict."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from rnncli.arrays import Float64Array, FloatArray, IntArray
from rnncli.errors import DataError
from rnncli.gradients.lags import Lags, judge, lags_of, roots_by_lag
from rnncli.gradients.path_modes import path_gradient, path_lags
from rnncli.inference.rollout import whole_series
from rnncli.kernels import CELLS
from rnncli.kernels.lanes import Group, pack
from rnncli.network.backprop import back_through
from rnncli.network.gradient_norms import norm_of, state_norms
from rnncli.network.modes import FORMS
from rnncli.network.network import Network, named_views
from rnncli.network.objectives import next_row_of
from rnncli.network.passes import Workspace
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

LANES = 16


@dataclass(frozen=True)
class ParameterGradient:
    """Gradient of the mean loss by one parameter; `ratio` is norm over weight_norm."""

    name: str
    shape: tuple[int, ...]
    norm: float
    max_abs: float
    weight_norm: float
    ratio: float | None


@dataclass(frozen=True)
class HalfLives:
    """Lags after which half of a unit's gradient is left: over the units of a layer with decays."""

    shortest: float
    median: float
    longest: float


@dataclass(frozen=True)
class GradientReport:
    """What flowed back: by parameter, by lag, with the verdict and one remedy.

    `half_lives`: in closed form, of cells whose decays depend on no input.
    """

    parameters: tuple[ParameterGradient, ...]
    lags: Lags
    spectral_radius: dict[str, float]
    spectral_norm: dict[str, float]
    half_lives: dict[str, HalfLives]
    memory_at_start: int
    clip_rate: float | None
    verdict: str
    reason: str
    remedy: str


def gradient_report(
    network: Network, start: Network, prepared: Dataset, loss: str, clip_rate: float | None,
    threads: Threads,
) -> GradientReport:  # fmt: skip
    """Back-propagate through whole series with h_0 = 0, in float64 (see `Lags`).

    `start` is the untrained network of the same seed, or `network` itself; `clip_rate` is None
    for an untrained one. Raises DataError if no series has a day with a known next day.
    """
    trained = network.astype("float64")
    lags = at_start = gradient_by_lag(trained, prepared, loss, threads)
    if start is not network:
        at_start = gradient_by_lag(start.astype("float64"), prepared, loss, threads)
    a = network.architecture
    activation = a.activation if a.cell == "rnn" else "tanh"
    verdict, reason, remedy = judge(lags, at_start.memory, a.cell, activation)
    radius, norm = _spectra(trained)
    lives = half_lives_of(trained)
    for name, of_matrix in lives.items():
        reason += (
            f"; decays in {name} halve in {of_matrix.shortest:.3g} to {of_matrix.longest:.3g} lags"
        )
    if CELLS[a.cell].windowed:
        reason += f"; a layer looks back on {a.window} rows, and on no lag beyond"
    return GradientReport(
        parameters=_by_parameter(trained, prepared, loss, threads),
        lags=lags,
        spectral_radius=radius,
        spectral_norm=norm,
        half_lives=lives,
        memory_at_start=at_start.memory,
        clip_rate=clip_rate,
        verdict=verdict,
        reason=reason,
        remedy=remedy,
    )


def _backpropagated(
    network: Network, group: Group, loss: str, first: IntArray, scale: float, keep_dstates: bool
) -> Iterator[tuple[slice, Workspace]]:
    """Forward and back through whole series, for the days from `first` (L) on."""
    objective = next_row_of(network.architecture, loss)
    counted = replace(group, first=first, last=group.length - 1)

    def seed(start: int, out: FloatArray, dout: FloatArray) -> None:
        objective.add_up(out, counted, start, scale, dout)

    return back_through(network, group.values[:-1], seed, keep_dstates)


def _groups(prepared: Dataset) -> list[Group]:
    """Series with a next day, packed in float64."""
    series, ahead = whole_series(prepared), prepared.ahead
    groups = [g for g in pack(prepared.inputs, series, LANES, "float64", ahead) if g.days]
    if not groups:
        raise DataError("no series has a next day to back-propagate from; longer series are needed")
    return groups


def gradient_by_lag(network: Network, prepared: Dataset, loss: str, threads: Threads) -> Lags:
    """Norm by lag of the loss at the last day whose next day is known, through all days before.

    The total derivative by all state vectors of the top layer, as the backward kernel leaves it.
    """
    if network.architecture.mode in FORMS:
        return path_lags(network, prepared, loss, threads)
    groups = _groups(prepared)
    longest = max(group.days for group in groups)

    def run(group: Group) -> Float64Array:
        first = np.maximum(group.length - 2, 0)
        norms = np.zeros((group.days, LANES))
        for days, work in _backpropagated(network, group, loss, first, 1.0, keep_dstates=True):
            norms[days] = state_norms(work.reached(days.stop - days.start))
        return roots_by_lag(norms, group.length - 1, longest)

    return lags_of(threads.map(run, groups))


def _by_parameter(
    network: Network, prepared: Dataset, loss: str, threads: Threads
) -> tuple[ParameterGradient, ...]:
    """Gradient of the mean loss over all days of all series, or paths, before any clipping."""
    if network.architecture.mode in FORMS:
        return _named(network, path_gradient(network, prepared, loss, threads))
    groups = _groups(prepared)
    days = sum(int(np.sum(np.maximum(group.length - 1, 0))) for group in groups)

    def run(group: Group) -> FloatArray:
        first = np.zeros_like(group.length)
        for _, work in _backpropagated(network, group, loss, first, 1 / days, keep_dstates=False):
            gradient = work.gradient  # added up chunk by chunk; the last one is the sum
        return gradient

    return _named(network, np.sum(threads.map(run, groups), axis=0))


def _named(network: Network, flat: FloatArray) -> tuple[ParameterGradient, ...]:
    """The gradient (P) parameter by parameter."""
    gradient = named_views(network.architecture, flat)
    return tuple(
        _parameter(name, gradient[name], weight) for name, weight in network.parameters.items()
    )


def _parameter(name: str, gradient: FloatArray, weight: FloatArray) -> ParameterGradient:
    norm, weight_norm = norm_of(gradient), norm_of(weight)
    return ParameterGradient(
        name=name,
        shape=gradient.shape,
        norm=norm,
        max_abs=float(np.max(np.abs(gradient))),
        weight_norm=weight_norm,
        ratio=norm / weight_norm if weight_norm else None,
    )


def _spectra(network: Network) -> tuple[dict[str, float], dict[str, float]]:
    """Spectral radius and norm of `weight_hh` by layer, and by gate where there are several."""
    gates = CELLS[network.architecture.cell].gate_names
    blocks: dict[str, FloatArray] = {}
    for name, weight in network.parameters.items():
        if "weight_hh" in name:
            for gate, block in zip(gates, np.split(weight, len(gates)), strict=True):
                blocks[name if len(gates) == 1 else f"{name}[{gate}]"] = block
    return _each(blocks, _radius), _each(blocks, lambda block: float(np.linalg.norm(block, 2)))


def half_lives_of(network: Network) -> dict[str, HalfLives]:
    """Half-lives by layer from the decays alone; none of cells without diagonal weights.

    A gradient that reaches a unit is multiplied by its decay every day back.
    """
    diagonal = CELLS[network.architecture.cell].diagonal
    of_matrices: dict[str, HalfLives] = {}
    for name, weight in network.parameters.items():
        if diagonal is not None and "diagonal_hh" in name:
            factors = np.empty((diagonal.count, weight.shape[1]))
            diagonal.factors(weight, factors)
            with np.errstate(divide="ignore"):  # a decay of 1 never halves
                lives = -np.log(2) / np.log(factors[0])
            of_matrices[name] = HalfLives(*(float(f(lives)) for f in (np.min, np.median, np.max)))
    return of_matrices


def _each(
    blocks: dict[str, FloatArray], measure: Callable[[FloatArray], float]
) -> dict[str, float]:
    return {name: measure(block) for name, block in blocks.items()}


def _radius(block: FloatArray) -> float:
    return float(np.max(np.abs(np.linalg.eigvals(block))))
