"""Fit one network to many series: truncated back-propagation through time, clipped."""

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import NamedTuple

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.errors import DataError, DivergedError, UsageError, setting
from rnncli.network.dropout import draw_scale, thinned
from rnncli.network.from_settings import dilations_of, start_network
from rnncli.network.heads import head_of
from rnncli.network.modes import FORMS
from rnncli.network.network import Network
from rnncli.runtime.random_numbers import EPOCHS, generator
from rnncli.runtime.threads import Threads
from rnncli.settings import NetworkSettings, TrainSettings
from rnncli.training.linear_path import fit_linear_path, weights_at_zero
from rnncli.training.optimizers import AveragedWeights, make_optimizer, update
from rnncli.training.schedule import Schedule
from rnncli.training.state import (
    UNBROKEN,
    UNFIT,
    Epoch,
    Interruption,
    Snapshot,
    TrainingRun,
    restore,
    restore_array,
    take_snapshot,
)
from rnncli.training.task import NOTHING, Step, Task, ValidationPass
from rnncli.training.truncated_bptt import Chunks
from rnncli.training.windows import Windows
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.inputs.table import season_of


def train(
    prepared: Dataset,
    shape: NetworkSettings,
    settings: TrainSettings,
    threads: Threads,
    on_epoch: Callable[[Epoch], None],
    breaks: Interruption = UNBROKEN,
    start: Network | None = None,
) -> TrainingRun:
    """Train from random weights, or from those of `start`; return those with the best loss.

    Without validation days, the last weights. A training resumed from a snapshot ends with
    the same bytes as one that was never interrupted; the first epoch is finished in any case.
    Raises DivergedError when a loss or a gradient norm is no longer finite, UsageError for
    dropout with a single layer.
    """
    if settings.dropout and max(shape.layers, len(dilations_of(shape))) < 2:
        needed = f"it needs {setting('layers', 2)} or more"
        raise UsageError("hides units from the layer above", option="dropout", remedy=needed)
    training = _Training(prepared, shape, settings, threads, start)
    if breaks.start is not None:
        try:
            training.resume(breaks.start)
        except DataError:
            breaks.unfit()
            training = _Training(prepared, shape, settings, threads, start)
    return training.run(on_epoch, breaks)


class _Step(NamedTuple):
    """One update: loss summed over its days, norm before clipping, move over weight norm."""

    loss: float
    days: int
    norm: float
    move: float


def _sum(gradients: Iterable[FloatArray]) -> FloatArray:
    """Their sum, added in their order; a single one is not copied, since its run clears it."""
    first, *others = gradients
    total = first.copy() if others else first
    for gradient in others:
        total += gradient
    return total


class _Training:
    """The state of one training: its task, weights, their moving average, and schedule."""

    def __init__(
        self, prepared: Dataset, shape: NetworkSettings, settings: TrainSettings, threads: Threads,
        start: Network | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.threads = settings, threads
        self.rng = generator(settings.seed, EPOCHS)
        bins = prepared.preparation.bins
        classes = len(bins.labels) if bins else None
        head = head_of(settings.cost, settings.level, classes)
        self.network = start_network(
            shape, settings.seed, prepared.inputs.shape[1], head,
            each_row=bool(season_of(prepared.preparation.inputs)),
        )  # fmt: skip
        if start is None:
            fit_linear_path(self.network, prepared)
        else:
            self.network.flat[:] = start.flat
        self._at_zero = weights_at_zero(self.network, prepared.preparation.inputs)
        self.network.flat[self._at_zero] = 0
        architecture, flat = self.network.architecture, self.network.flat
        self.optimizer = make_optimizer(settings.optimizer, len(flat), settings.momentum)
        self.average = AveragedWeights(flat.astype(np.float64), 1)
        self.schedule = Schedule(settings)
        self._parts = {
            "optimizer": self.optimizer,
            "average": self.average,
            "schedule": self.schedule,
        }
        self.epochs: list[Epoch] = []
        self._smoothed = Network(architecture, flat.copy())
        self.best = self.latest = self._averaged().flat.copy()
        self.best_epoch = 0
        self.task: Task = (
            Windows(prepared, architecture, settings, flat.dtype.name)
            if architecture.mode in FORMS
            else Chunks(prepared, architecture, settings, flat.dtype.name, in_turn=True)
        )

    def run(
        self, on_epoch: Callable[[Epoch], None], breaks: Interruption = UNBROKEN
    ) -> TrainingRun:
        out_of_time = False
        while len(self.epochs) < self.settings.epochs and not self.schedule.stop:
            epoch = self._epoch(len(self.epochs) + 1, breaks.out_of_time)
            if epoch is None:
                out_of_time = True
                break
            on_epoch(epoch)
            self._judge(epoch)
            if breaks.every and epoch.epoch % breaks.every == 0:
                breaks.save(self._snapshot())
        epochs, best = tuple(self.epochs), Network(self.network.architecture, self.best)
        return TrainingRun(best, epochs, self.best_epoch, self.schedule.stop, out_of_time)

    def _judge(self, epoch: Epoch) -> None:
        """Keep the weights of an epoch if its loss is the lowest; else the rate may fall."""
        self.epochs.append(epoch)
        self.latest = self._averaged().flat.copy()
        watched = epoch.validation_loss if self.task.validation else epoch.train_loss
        improved = self.schedule.see(watched or 0.0, epoch.steps)
        if improved or not self.task.validation:
            self.best, self.best_epoch = self.latest, epoch.epoch
        elif self.schedule.due():
            self.network.flat[:] = self.average.weights[:] = self.best

    def _snapshot(self) -> Snapshot:
        """Return all that later epochs depend on, and the averaged weights of the last one."""
        parts = take_snapshot(self._parts)
        return Snapshot(
            arrays=parts.arrays
            | {"weights": self.network.flat, "best": self.best, "latest": self.latest},
            values=parts.values
            | {
                "epochs": [asdict(epoch) for epoch in self.epochs],
                "best_epoch": self.best_epoch,
                "rng": self.rng.bit_generator.state,
            },
        )

    def resume(self, start: Snapshot) -> None:
        """Continue from a snapshot. Raises DataError for that of another training."""
        restore(start, self._parts)
        for name, array in (("weights", self.network.flat), ("best", self.best)):
            restore_array(array, start, name)
        try:
            self.epochs = [Epoch(**epoch) for epoch in start.values["epochs"]]
            self.best_epoch = start.values["best_epoch"]
            self.rng.bit_generator.state = start.values["rng"]
        except (LookupError, TypeError, ValueError) as fault:
            raise DataError(UNFIT) from fault

    def _averaged(self) -> Network:
        """The network of the averaged weights, until it is asked for again."""
        self._smoothed.flat[:] = self.average.weights
        return self._smoothed

    def _epoch(self, number: int, out_of_time: Callable[[], bool]) -> Epoch | None:
        """Run one epoch; None if the time limit interrupts it, except the first."""
        steps: list[_Step] = []
        for step in self.task.steps(number, self.rng):
            if self.epochs and out_of_time():
                return None
            taken = self._step(step, f"epoch {number}, step {len(steps) + 1}")
            steps += [taken] if taken else []
        losses, days, norms, moves = zip(*steps, strict=True)
        limit = self.settings.clip_norm or np.inf
        self.average.window = max(self.settings.average * len(steps), 1)
        validation = self._validate(number)
        return Epoch(
            epoch=number,
            train_loss=sum(losses) / sum(days),
            validation_loss=validation.loss,
            gradient_norm=sum(norms) / len(norms),
            largest_norm=max(norms),
            clip_rate=sum(norm > limit for norm in norms) / len(norms),
            steps=len(steps),
            learning_rate=self.schedule.rate,
            update_ratio=sum(moves) / len(moves),
            dead_units=validation.dead_units,
            saturated_units=validation.saturated_units,
        )

    def _step(self, step: Step, where: str) -> _Step | None:
        """One update; None in a warm-up, where no day counts."""
        network, scale = self.network, None
        if self.settings.dropout:
            scale = draw_scale(network.architecture, self.settings.dropout, self.rng)
            network = thinned(network, scale)

        loss = sum(self.threads.map(lambda piece: piece.run(network, step.days), step.pieces))
        if not step.days:
            return None
        gradient = _sum(piece.gradient for piece in step.pieces)
        gradient[self._at_zero] = 0
        if scale is not None:
            gradient *= scale.astype(gradient.dtype)
        norm, move = update(
            self.optimizer, self.network.flat, gradient, self.schedule.rate,
            self.settings.clip_norm, self.average,
        )  # fmt: skip
        self._check(loss / step.days, norm, where)
        return _Step(loss, step.days, norm, move)

    def _validate(self, number: int) -> ValidationPass:
        """Run the averaged weights over the validation days."""
        if not self.task.validation:
            return NOTHING
        validation = self.task.held_back(self._averaged(), self.threads)
        self._check(validation.loss or 0.0, None, f"the validation of epoch {number}")
        return validation

    def _check(self, loss: float, norm: float | None, where: str) -> None:
        if math.isfinite(loss) and (norm is None or math.isfinite(norm)):
            return
        before = "" if norm is None else f", gradient norm before clipping {norm:g}"
        raise DivergedError(
            f"training diverged at {where}: loss {loss:g}{before}",
            remedy=f"try a lower {setting('learning_rate')}, a {setting('clip_norm')}, or"
            f" {setting('scale', 'log-return')}",
        )
