"""rnncli as a contestant: everything the benchmarks know of its inside is in this file.

Timed is `rnncli.training.trainer.train`, what `rnncli train` calls, from one epoch to the next:
batching, the running mean of the weights and the progress of an epoch are all in it.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from contest import BETA1, BETA2, CLIP_NORM, EPSILON, LEARNING_RATE, Float32Array, Lap, Work

from rnncli import kernels
from rnncli.arrays import ByteArray
from rnncli.kernels.lanes import Group
from rnncli.network.from_settings import start_network
from rnncli.runtime.threads import threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.batching import PIECES, make_batches
from rnncli.training.optimizers import Adam
from rnncli.training.state import Epoch
from rnncli.training.trainer import train
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.target_transform import TargetTransform

FEWEST_SERIES = PIECES  # fewer long series are cut into pieces: no longer the same work


def known(cell: str) -> bool:
    """Whether rnncli has this cell."""
    return cell in kernels.CELLS


def gates(cell: str) -> int:
    """Rows of weight_ih per hidden unit."""
    rows: int = kernels.CELLS[cell].gates
    return rows


def start_weights(work: Work) -> dict[str, Float32Array]:
    """The weights that everyone starts from, by PyTorch's names."""
    network = start_network(_shape(work), _settings(work, 1).seed)
    return {name: view.astype(np.float32) for name, view in network.parameters.items()}


def orders(work: Work, laps: int) -> list[list[list[int]]]:
    """The series of each batch of each lap; rnncli draws them anew for every epoch."""
    if work.batch_size >= len(work.series):
        return [[list(range(len(work.series)))]]
    prepared, settings = _prepared(work), _settings(work, laps)
    batching = make_batches(prepared, work.bptt, work.batch_size, "float32")
    by_value = {float(values[0]): i for i, values in enumerate(work.series)}
    rng = np.random.default_rng([settings.seed, 1])
    return [
        [
            [
                by_value[float(group.values[day, 0, lane])]
                for group in batch
                for day, new in _beginnings(group)
                for lane in np.flatnonzero(new)
            ]
            for batch in batching.epoch(rng)
        ]
        for _ in range(laps)
    ]


def _beginnings(group: Group) -> Iterator[tuple[int, ByteArray]]:
    """Days on which sequences begin, and in which lanes (L)."""
    yield 0, np.atleast_2d(group.length)[0] > 0
    yield from zip(*group.begins, strict=True)


def _shape(work: Work) -> NetworkSettings:
    return NetworkSettings(cell=cast(Any, work.cell), hidden_size=work.hidden_size)


def _settings(work: Work, epochs: int) -> TrainSettings:
    """A constant learning rate: without validation days it never falls."""
    defaults = Adam(1)
    assert (defaults.beta1, defaults.beta2, defaults.epsilon) == (BETA1, BETA2, EPSILON)
    return TrainSettings(
        loss="mse",
        bptt=work.bptt,
        clip_norm=CLIP_NORM,
        optimizer="adam",
        learning_rate=LEARNING_RATE,
        epochs=epochs,
        batch_size=work.batch_size,
        validation=0.0,
    )


def _prepared(work: Work) -> Dataset:
    lengths = np.array([len(values) for values in work.series], dtype=np.int64)
    return Dataset(
        symbols=tuple(f"s{i}" for i in range(len(lengths))),
        values=np.concatenate(work.series).astype(np.float64),
        offsets=np.concatenate([[0], np.cumsum(lengths)]),
        first_rows=np.zeros_like(lengths),
        training=lengths,
        preparation=TargetTransform("none", 1.0, {}, None),
    )


class Ours:
    """rnncli with a number of threads."""

    party = "ours"

    def __init__(self, work: Work, count: int) -> None:
        self.variant = f"{count} thread{'s' * (count > 1)}"
        self._work, self._threads, self._prepared = work, count, _prepared(work)

    def laps(self, count: int) -> list[Lap]:
        """Train `count` epochs from the start weights; the first one also sets everything up."""
        timed: list[Lap] = []
        since = time.perf_counter()

        def on_epoch(epoch: Epoch) -> None:
            nonlocal since
            now = time.perf_counter()
            timed.append(Lap(epoch.train_loss, now - since))
            since = now

        shape, settings = _shape(self._work), _settings(self._work, count)
        with threads(self._threads) as pool:
            train(self._prepared, shape, settings, pool, on_epoch)
        return timed


@dataclass
class _Span:
    start: float
    stop: float


def share_outside_kernels(work: Work, count: int, laps: int) -> float:
    """Share of the time of an epoch in which no kernel runs on any thread: the median of `laps`."""
    shares: list[float] = []
    spans: list[_Span] = []
    since = time.perf_counter()

    def on_epoch(_: Epoch) -> None:
        nonlocal since
        now = time.perf_counter()
        shares.append(1 - _covered(spans) / (now - since))
        spans.clear()
        since = time.perf_counter()

    with _watched_kernels(spans), threads(count) as pool:
        train(_prepared(work), _shape(work), _settings(work, laps + 1), pool, on_epoch)
    return float(np.median(shares[1:]))


def _covered(spans: list[_Span]) -> float:
    """Length of the union of the spans."""
    total, end = 0.0, 0.0
    for span in sorted(spans, key=lambda span: span.start):
        total += max(span.stop - max(span.start, end), 0.0)
        end = max(end, span.stop)
    return total


@contextmanager
def _watched_kernels(spans: list[_Span]) -> Iterator[None]:
    """Note when kernels run: in each module that has a `…_kernel` of `cells`, a watched one."""
    factories = [
        (module, name, getattr(module, name))
        for module_name, module in list(sys.modules.items())
        if module_name.startswith("rnncli.") and not module_name.startswith("rnncli.kernels")
        for name in vars(module)
        if name.endswith("_kernel") and getattr(kernels, name, None) is getattr(module, name)
    ]
    assert factories, "rnncli no longer gets its kernels from factories named …_kernel"
    for module, name, factory in factories:
        setattr(module, name, _watched(factory, spans))
    try:
        yield
    finally:
        for module, name, factory in factories:
            setattr(module, name, factory)


def _watched(
    factory: Callable[..., Callable[..., Any]], spans: list[_Span]
) -> Callable[..., Callable[..., Any]]:
    def make(*shape: Any) -> Callable[..., Any]:
        kernel = factory(*shape)

        def run(*arrays: Any) -> Any:
            start = time.perf_counter()
            result = kernel(*arrays)
            spans.append(_Span(start, time.perf_counter()))
            return result

        return run

    return make
