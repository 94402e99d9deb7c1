"""Shrinkage of a learnt location to what the validation days support.

Daily prices are close to a random walk, and a location that was learnt of noise makes the forecast
worse than no change. A day's support is the product of locations and actual values, over all
series; the slope over all days is shrunk towards zero by the positive part of James & Stein (1961),
max(0, 1 - 1/F), F being its square over that of its standard error, days being independent.
"""

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.inference.rollout import run_until
from rnncli.network.heads import OUTPUTS
from rnncli.network.modes import FORMS
from rnncli.network.network import DIRECT, LINEAR, Network
from rnncli.prices.origins import Origins, days_of
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset

Shares = tuple[float, ...]  # at each horizon with a separate location


def shrink_location(
    network: Network, prices: Prices, dataset: Dataset, origins: Origins, threads: Threads
) -> tuple[Network, Shares]:
    """The network with its location shrunk, and the factors.

    `origins`: validation days; without any the factor is 0. Only for changes over one row is a
    location of zero no change; () for other networks, which are unchanged.
    """
    if not dataset.preparation.no_change_is_zero or network.architecture.mode in FORMS:
        return network, ()
    direct = network.architecture.mode == DIRECT
    rows = network.architecture.rows_ahead if direct else (1,)
    outputs = run_until(network, dataset, origins, threads, stride=0).outputs.astype(np.float64)
    each = OUTPUTS["student-t"] if direct else network.architecture.output_size
    locations = outputs[:, ::each]
    targets = _targets(dataset, origins)
    days = days_of(prices, origins)
    shares = tuple(
        share_supported(locations[:, k], targets[:, k], days, row) for k, row in enumerate(rows)
    )
    shrunk = Network(network.architecture, network.flat.copy())
    factors = np.array(shares, shrunk.flat.dtype)
    shrunk.parameters["head.weight"][::each] *= factors[:, None]
    shrunk.parameters["head.bias"][::each] *= factors
    if LINEAR in shrunk.parameters:
        shrunk.parameters[LINEAR][::each] *= factors[:, None]
    return shrunk, shares


def _targets(dataset: Dataset, origins: Origins) -> Float64Array:
    """Actual values after each origin (n, K), scaled like the outputs."""
    places = dataset.places_of(origins)
    if dataset.ahead is not None:
        return dataset.ahead[places]
    following: Float64Array = dataset.values[places + 1][:, None]
    return following


def share_supported(
    locations: Float64Array, targets: Float64Array, days: IntArray, rows: int
) -> float:
    """Share, from 0 to 1, of locations (n) that targets (n) of some `rows` ahead support.

    NaN targets do not count; that many days which a target spans are counted as one.
    """
    known = np.isfinite(targets) & np.isfinite(locations)
    if not known.any():
        return 0.0
    _, day = np.unique(days[known], return_inverse=True)
    met = np.bincount(day, locations[known] * targets[known])
    size = np.bincount(day, locations[known] ** 2)
    if not size.sum() > 0:
        return 0.0
    slope = met.sum() / size.sum()
    error = np.sqrt(rows * np.sum((met - slope * size) ** 2)) / size.sum()
    if slope <= error:
        return 0.0
    return float(min(slope, 1.0) * (1 - (error / slope) ** 2))
