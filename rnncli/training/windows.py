"""Train on windows: the days up to a cutoff, and the path of the days after it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import BoolArray, FloatArray, IntArray
from rnncli.errors import DataError, setting
from rnncli.kernels.lanes import lanes_for
from rnncli.network.heads import add_up
from rnncli.network.modes import FORMS, Form, Window
from rnncli.network.network import Architecture, Network
from rnncli.runtime.threads import Threads
from rnncli.settings import TrainSettings
from rnncli.training.batching import POOL
from rnncli.training.task import Step, ValidationPass
from rnncli.transforms.dataset import Dataset

BATCH = 64  # windows a step, unless `batch_size` says otherwise
EPOCH = 4096  # most windows per epoch; of more cutoffs every n-th is used
FORCED_EPOCHS = 20  # over which teacher forcing falls from its start to its end


@dataclass(frozen=True)
class Paths:
    """The paths after a group of windows, and the form that runs them."""

    window: Window
    form: Form
    forced: BoolArray
    loss: str

    @property
    def gradient(self) -> FloatArray:
        """What the run left for the weights (P)."""
        return self.form.gradient

    def run(self, network: Network, days: int) -> float:
        """Their loss; adds their part of the gradient of the mean over `days` to the form."""
        form, window = self.form, self.window
        form.gradient[:] = 0
        out = form.forward(network, window, self.forced)
        dout = np.empty_like(out)
        loss = _add_up(self.loss, out, window, 1 / days, dout)
        form.backward(network, dout)
        return loss


@dataclass(frozen=True)
class Cuts:
    """Where windows end: `at` (n), rows of the flat values, and `known` (n) rows up to there."""

    at: IntArray
    known: IntArray

    def subset(self, members: IntArray) -> "Cuts":
        """Some of them, in the order named."""
        return Cuts(self.at[members], self.known[members])


class Windows:
    """The cutoffs of all series as steps; see `train` for what a form of network brings."""

    def __init__(self, prepared: Dataset, architecture: Architecture, settings: TrainSettings,
                 dtype: str) -> None:  # fmt: skip
        self._settings, self._architecture, self._dtype = settings, architecture, dtype
        self._inputs = prepared.inputs.astype(dtype)
        horizon, lengths = architecture.horizon, prepared.lengths
        self._cuts = _cuts(prepared, np.zeros_like(lengths), prepared.training - horizon)
        held = _cuts(prepared, np.maximum(prepared.training - 1, 0), lengths - horizon)
        if len(self._cuts.at) == 0:
            raise DataError(
                f"no series has {horizon} days after a first one to train on",
                remedy=f"use a shorter {setting('horizon')} or longer series",
            )
        size = min(settings.batch_size or BATCH, len(self._cuts.at))
        self._size, self._lanes = size, lanes_for(np.ones(size, np.int64), size)
        self._longest = min(settings.bptt or int(lengths.max()), int(lengths.max()))
        self._stride = max(1, len(self._cuts.at) // EPOCH)
        groups = -(-size // self._lanes)
        self._forms = [self._form() for _ in range(groups)]
        self.validation = list(self._windows(_thinned(held, 0, max(1, len(held.at) // EPOCH))))
        self.validation_days = horizon * sum(int(w.used.sum()) for w in self.validation)

    def _form(self) -> Form:
        form: type[Form] = FORMS[self._architecture.mode]
        return form(self._architecture, self._longest, self._lanes, self._dtype)

    def steps(self, epoch: int, rng: np.random.Generator) -> Iterator[Step]:
        """The steps of an epoch: every n-th cutoff, in random order."""
        cuts = _thinned(self._cuts, int(rng.integers(self._stride)), self._stride)
        cuts = cuts.subset(rng.permutation(len(cuts.at)))
        batches: list[Cuts] = []
        for start in range(0, len(cuts.at), POOL * self._size):
            drawn = cuts.subset(np.arange(start, min(start + POOL * self._size, len(cuts.at))))
            drawn = drawn.subset(np.argsort(-drawn.known, kind="stable"))
            batches += [
                drawn.subset(np.arange(i, min(i + self._size, len(drawn.at))))
                for i in range(0, len(drawn.at), self._size)
            ]
        share = _forced_share(self._settings, epoch)
        for number in rng.permutation(len(batches)):
            forced = rng.random(self._architecture.horizon) < share
            windows = self._windows(batches[number])
            pieces = [
                Paths(window, form, forced, self._settings.cost)
                for window, form in zip(windows, self._forms, strict=False)
            ]
            yield Step(pieces, self._architecture.horizon * len(batches[number].at))

    def _windows(self, cuts: Cuts) -> Iterator[Window]:
        """Groups of lanes of windows, each as long as the shortest history in it allows."""
        order = np.argsort(-cuts.known, kind="stable")
        for start in range(0, len(order), self._lanes):
            group = cuts.subset(order[start : start + self._lanes])
            days = min(int(group.known.min()), self._longest)
            yield window_of(self._inputs, group.at, days, self._architecture.horizon, self._lanes)

    def held_back(self, network: Network, threads: Threads) -> ValidationPass:
        """Mean loss of the validation windows; a decoder is fed back its outputs."""
        free = np.zeros(self._architecture.horizon, bool)

        def run(window: Window) -> float:
            return _add_up(self._settings.cost, self._form().forward(network, window, free), window)

        total = sum(threads.map(run, self.validation))
        return ValidationPass(total / self.validation_days, None, None)


def _cuts(prepared: Dataset, first: IntArray, stop: IntArray) -> Cuts:
    """Cutoffs from value `first` up to before `stop` of each series."""
    counts = np.maximum(stop - first, 0)
    before = np.cumsum(counts) - counts
    days_known = np.arange(counts.sum()) - np.repeat(before - first, counts) + 1
    return Cuts(days_known - 1 + np.repeat(prepared.offsets[:-1], counts), days_known)


def _thinned(cuts: Cuts, start: int, stride: int) -> Cuts:
    return Cuts(cuts.at[start::stride], cuts.known[start::stride])


def _forced_share(settings: TrainSettings, epoch: int) -> float:
    """Teacher-forcing ratio of an epoch."""
    passed = min((epoch - 1) / FORCED_EPOCHS, 1.0)
    return settings.teacher_forcing * (1 - passed) + settings.teacher_forcing_end * passed


def window_of(inputs: FloatArray, at: IntArray, days: int, horizon: int, lanes: int) -> Window:
    """Windows of `days` days up to the rows `at` (n) of inputs (rows, I), the path after them."""
    rows = np.zeros((lanes, days + horizon, inputs.shape[1]), inputs.dtype)
    rows[: len(at)] = inputs[at[:, None] + np.arange(1 - days, horizon + 1)]
    turned = np.ascontiguousarray(rows.transpose(1, 2, 0))
    used = (np.arange(lanes) < len(at)).astype(np.int64)
    return Window(turned[:days], np.ascontiguousarray(turned[days:, :1]), used)


def _add_up(
    loss: str, out: FloatArray, window: Window, scale: float = 1.0, dout: FloatArray | None = None
) -> float:
    """Loss summed over the paths of the lanes in use."""
    horizon = len(out)
    first, last = np.zeros_like(window.used), horizon * window.used
    return add_up(loss, out, window.y, first, last, 0, scale, dout)
