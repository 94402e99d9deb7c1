"""The state file: where a run leaves each series, for the next run to resume from.

A forecast follows from it alone, so that rows that were fed once need not be fed again. It is of
one model, to the byte, and of the kernels that made it, on the kind of processor they ran on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from rnncli import __version__
from rnncli.arrays import Float64Array
from rnncli.errors import MissingInputError, ModelFileError, UsageError
from rnncli.forecasting.incremental.running_stats import RunningStats
from rnncli.inference.range_evidence import MEMORY
from rnncli.inference.rollout import NetworkStates, carried_shapes, reader
from rnncli.kernels import bits_key
from rnncli.models.model import OF_PRIOR, Model
from rnncli.prices.date_history import DateHistory
from rnncli.storage.atomic import write_atomically
from rnncli.storage.reading import read_whole
from rnncli.storage.tensor_file import LARGEST_FILE, begins_as_ours, seal, unseal
from rnncli.transforms.features import memory_size

KIND = "state"
LAYOUT = 4  # of the tensors
LEDGER = b"SQLite format 3\0"  # years of forecasts, which no typing error should cost
SUMS = ("first", "total", "squares", "variance", "span")
PER_SERIES = ("rows", "last", "sums", "memory", "evidence", "number", "trail")
OTHER_MODEL = "is of another model"
OTHER_KERNELS = "was made by another version of rnncli, or on another machine"


@dataclass(frozen=True)
class State:
    """n series: the network after each, running statistics, and what was fed last (n, I).

    `prior`: the same of the prior, where the model is pooled with it.
    """

    symbols: tuple[str, ...]
    after: NetworkStates
    stats: list[RunningStats]
    inputs: Float64Array
    prior: "State | None" = None

    def places(self) -> dict[str, int]:
        """The place of each symbol."""
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    def of(self, symbols: Sequence[str]) -> "State":
        """The state of some of its symbols, in their order."""
        place_of = self.places()
        places = [place_of[symbol] for symbol in symbols]
        return State(
            tuple(symbols), self.after.subset(places), [self.stats[i] for i in places],
            self.inputs[places], self.prior and self.prior.of(symbols),
        )  # fmt: skip


class UntrustedError(Exception):
    """A state file that must not be resumed from, and why."""


def encode(state: State, model: str) -> bytes:
    """The bytes of a state file of the model of this digest."""
    tensors = _tensors(state)
    if state.prior is not None:
        tensors |= {OF_PRIOR + name: tensor for name, tensor in _tensors(state.prior).items()}
    about = {
        "kind": KIND, "layout": LAYOUT, "model": model, "kernels": bits_key(),
        "symbols": list(state.symbols),
    }  # fmt: skip
    return seal(tensors, about)


def _tensors(state: State) -> dict[str, Any]:
    """The numbers of a state, by name."""
    histories = {id(stats.dates): stats.dates for stats in state.stats}
    arrays = {key: dates.as_array() for key, dates in histories.items()}
    distinct = {array.tobytes(): array for array in arrays.values()}
    place = {data: k for k, data in enumerate(distinct)}
    tensors: dict[str, Any] = {
        "rows": np.array([stats.rows for stats in state.stats], np.int64),
        "last": _padded([stats.last for stats in state.stats]),
        "sums": np.array([[getattr(stats, name) for name in SUMS] for stats in state.stats]),
        "memory": np.array([stats.memory for stats in state.stats]),
        "evidence": np.array([stats.evidence for stats in state.stats]),
        "number": np.array([stats.row_hash for stats in state.stats], np.uint64),
        "trail": np.array(
            [place[arrays[id(stats.dates)].tobytes()] for stats in state.stats], np.int64
        ),
        "trail_lengths": np.array([len(array) for array in distinct.values()], np.int64),
        "trails": np.concatenate(list(distinct.values())),
        "inputs": state.inputs,
        "outputs": state.after.outputs,
    }
    for layer, states in enumerate(state.after.states):
        tensors[f"states_l{layer}"] = states
    return tensors


def decode(data: bytes, model: Model, digest: str) -> State:
    """The state in the bytes of a file of the model of this digest.

    Raises UntrustedError where it cannot be resumed from, UsageError for a file of ours that is
    another thing.
    """
    if data.startswith(LEDGER):
        raise UsageError("is a ledger, not a state; name another file")
    if data and not begins_as_ours(data):
        raise UsageError("exists and is not a state file; name another file")
    try:
        content, tensors = unseal(data)
    except ModelFileError as fault:
        raise UntrustedError(f"is damaged ({str(fault).partition(';')[0]})") from fault
    if content.get("kind") != KIND:
        raise UsageError(f"is a {content.get('kind', 'model')}, not a state; name another file")
    made_by = [content.get(name) for name in ("version", "layout", "kernels")]
    if made_by != [__version__, LAYOUT, bits_key()]:
        raise UntrustedError(OTHER_KERNELS)
    if content.get("model") != digest:
        raise UntrustedError(OTHER_MODEL)
    try:
        state = _state(content["symbols"], tensors, model)
        if model.pool is None:
            return state
        of_prior = {
            name.removeprefix(OF_PRIOR): tensor
            for name, tensor in tensors.items()
            if name.startswith(OF_PRIOR)
        }
        return replace(state, prior=_state(content["symbols"], of_prior, model.pool.prior))
    except (LookupError, TypeError, ValueError, AttributeError) as fault:
        raise UntrustedError(f"is damaged ({fault})") from fault


def _state(symbols: list[str], tensors: dict[str, Any], model: Model) -> State:
    """The state of tensors that have the shapes they should have."""
    a, n = reader(model.network).architecture, len(symbols)
    dtype, carried = model.network.flat.dtype, carried_shapes(reader(model.network), n)
    size = model.network.architecture.input_size
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        "rows": ((n,), np.int64), "last": ((n, model.preparation.season), np.float64),
        "sums": ((n, len(SUMS)), np.float64),
        "memory": ((n, memory_size(model.preparation.inputs)), np.float64),
        "evidence": ((n, MEMORY if model.preparation.shrinks_range else 0), np.float64),
        "number": ((n,), np.uint64),
        "trail": ((n,), np.int64), "inputs": ((n, size), np.float64),
        "outputs": ((n, a.output_size), dtype),
        **{f"states_l{k}": (shape, dtype) for k, shape in enumerate(carried)},
    }  # fmt: skip
    for name, (shape, kind) in shapes.items():
        if tensors[name].shape != shape or tensors[name].dtype != kind:
            raise ValueError(f"{name} does not fit")
    ends = np.cumsum(tensors["trail_lengths"])
    histories = [DateHistory.from_array(array) for array in np.split(tensors["trails"], ends[:-1])]
    stats = [
        RunningStats(
            rows,
            last[-rows:],
            *_five(sums),
            memory=memory,
            evidence=evidence,
            row_hash=row_hash,
            dates=histories[k],
        )
        for rows, last, sums, memory, evidence, row_hash, k in zip(
            *(tensors[name].tolist() for name in PER_SERIES), strict=True
        )
    ]
    states = [tensors[f"states_l{k}"] for k in range(a.layers)]
    return State(
        tuple(symbols), NetworkStates(states, tensors["outputs"]), stats, tensors["inputs"]
    )


def _five(sums: list[float]) -> tuple[float, float, float, float, float]:
    first, total, squares, variance, span = sums
    return first, total, squares, variance, span


def _padded(last: list[list[float]]) -> Float64Array:
    """Rows of one length: those of a series shorter than a season begin with NaN."""
    season = max(map(len, last))
    return np.array([[np.nan] * (season - len(prices)) + prices for prices in last])


def load(path: str, model: Model, digest: str) -> State | None:
    """The state in a file; None without a file.

    Raises UntrustedError, UsageError without naming the file, and MissingInputError.
    """
    data = read(path)
    return None if data is None else decode(data, model, digest)


def read(path: str) -> bytes | None:
    """The bytes of a file; None without a file. Raises MissingInputError."""
    try:
        return read_whole(path, LARGEST_FILE)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise MissingInputError(f"{path}: {fault.strerror}") from fault


def save(path: str, state: State, digest: str) -> None:
    """Write a state, whole or not at all, unless the file is that already.

    Raises CannotCreateError, WriteError.
    """
    data = encode(state, digest)
    if read(path) != data:
        write_atomically(path, data)
