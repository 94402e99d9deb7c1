"""Small series, prepared values and networks for the tests of the numeric stages."""

from collections.abc import Callable, Sequence
from typing import Any

import naive
import numpy as np

from rnncli.network.network import Architecture, Network
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.target_transform import TargetTransform

Array = Any

OLDER_MODEL = bytes([99, 0, 0, 0, 0, 0, 0, 0]) + b'{"__metadata__":{"rnncli":"'  # as one begins

ALONE = Threads(None)
AS_IS = TargetTransform("none", 1.0, {}, None)
LOG_RETURN = TargetTransform("log-return", 1.0, {}, None)


def weekdays(first: str, count: int) -> Array:
    """Monday to Friday from `first` on, datetime64[s]."""
    return np.busday_offset(first, np.arange(count), roll="forward").astype("datetime64[s]")


def prices_of(
    series: dict[str, Sequence[float]], first: str | None = "2024-01-01", source: str = "prices.csv"
) -> Prices:
    """Prices of named series, all from `first` on; None: without dates."""
    lengths = [len(values) for values in series.values()]
    unknown = np.datetime64("NaT", "s")
    dates = [
        np.full(length, unknown) if first is None else weekdays(first, length) for length in lengths
    ]
    return Prices(
        symbols=tuple(series),
        values=np.concatenate([np.asarray(values, float) for values in series.values()]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        dates=np.concatenate(dates),
        sources=(source,) * len(series),
        files=(),
    )


def random_walk(rng: np.random.Generator, days: int, deviation: float = 0.01) -> Array:
    """Prices (days,) whose log returns are independent and normal."""
    return 100 * np.exp(np.cumsum(deviation * rng.standard_normal(days)))


def prepared_of(
    series: Sequence[Sequence[float]], validation: float = 0.0, preparation: TargetTransform = AS_IS
) -> Dataset:
    """Values as the network sees them, the last floor(validation x days) validation days."""
    lengths = np.array([len(values) for values in series], dtype=np.int64)
    held = [int(validation * max(length - 1, 0)) for length in lengths.tolist()]
    return Dataset(
        symbols=tuple(f"s{i}" for i in range(len(series))),
        values=np.concatenate([np.asarray(values, float) for values in series]),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        first_rows=np.zeros_like(lengths),
        training=lengths - held,
        preparation=preparation,
    )


def network_of(
    hidden_size: int = 3, layers: int = 1, activation: str = "tanh", seed: int = 0,
    dtype: str = "float64",
) -> Network:  # fmt: skip
    """A network with random weights and biases."""
    a = Architecture(hidden_size=hidden_size, layers=layers, activation=activation)
    weights = np.random.default_rng(seed).standard_normal(a.size) * 0.5
    return Network(a, weights.astype(dtype))


def one_unit(
    w1: float, w2: float, w3: float, b1: float = 0.0, b2: float = 0.0, activation: str = "relu"
) -> Network:
    """The network of one input, one recurrent unit and one output, in float64."""
    flat = np.array([w1, w2, b1, 0.0, w3, b2])
    return Network(Architecture(hidden_size=1, activation=activation), flat)


def outputs_by_hand(network: Network, values: Sequence[float]) -> Array:
    """Outputs (T,) of one series in float64, day by day from h_0 = 0."""
    a, p = network.architecture, network.astype("float64").parameters
    x = np.asarray(values, float)[:, None, None]
    return naive.outputs(x, p, a.cell, a.layers, a.activation)[:, 0, 0]


def states_by_hand(network: Network, values: Sequence[float]) -> list[Array]:
    """States (T, H) of every layer of one series in float64, day by day from h_0 = 0."""
    a, p = network.architecture, network.astype("float64").parameters
    x, states = np.asarray(values, float)[:, None, None], []
    for layer in range(a.layers):
        x = naive.STATES[a.cell](x, p, layer, a.activation)
        states.append(x[:, :, 0])
    return states


def rolled_out_by_hand(network: Network, values: Sequence[float], horizon: int) -> Array:
    """Outputs (horizon,) after a series, each fed back in as the next day's value."""
    fed = list(values)
    for _ in range(horizon):
        fed.append(outputs_by_hand(network, fed)[-1])
    return np.array(fed[len(values) :])


def central_differences(function: Callable[[Array], float], at: Array, step: float = 1e-6) -> Array:
    """Derivative of `function` by each element of `at`."""
    derivative = np.zeros(np.shape(at))
    for index in np.ndindex(*np.shape(at)):
        higher, lower = np.array(at, float), np.array(at, float)
        higher[index] += step
        lower[index] -= step
        derivative[index] = (function(higher) - function(lower)) / (2 * step)
    return derivative


def ignore(*_: object) -> None:
    """Take a warning or an epoch, and do nothing."""
