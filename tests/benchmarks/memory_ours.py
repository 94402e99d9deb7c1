"""rnncli on the memory tasks: its own network, loss, optimiser, clipping and gradient report."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from memory_tasks import CHECKED_EVERY, INPUTS, SEQUENCES, Float32Array, Run, batch, test_batch

from rnncli.gradients.lags import Lags, lags_of, roots_by_lag
from rnncli.gradients.report import LANES
from rnncli.network.gradient_norms import clip_by_global_norm, state_norms
from rnncli.network.heads import add_up
from rnncli.network.network import Architecture, Network, initial_network
from rnncli.network.passes import Workspace, backward, forward
from rnncli.training.optimizers import Adam


def start_of(run: Run) -> Network:
    """The untrained network of a run."""
    a = Architecture(
        run.cell, run.activation, INPUTS[run.task], run.hidden_size, run.layers, window=run.days
    )
    rng = np.random.default_rng([run.seed, 0])
    return initial_network(a, run.init, rng, forget_bias=run.forget_bias)


def train(run: Run, network: Network) -> Iterator[tuple[int, float]]:
    """Train in place; yields steps done and the mean squared error on the test sequences."""
    work = Workspace(network.architecture, run.days, SEQUENCES, "float32")
    adam = Adam(len(network.flat))
    held_back = test_batch(run)
    for step in range(1, run.steps + 1):
        x, target = batch(run, step)
        work.reset()
        work.gradient[:] = 0
        last_day_loss(network, x, target, work, 1 / SEQUENCES)
        backward(network, x, work.dout, work)
        clip_by_global_norm(work.gradient, run.clip_norm)
        adam.step(network.flat, work.gradient, run.learning_rate)
        if step % CHECKED_EVERY == 0:
            yield step, error(network, *held_back, work)


def last_day_loss(
    network: Network, x: Float32Array, target: Float32Array, work: Workspace, scale: float
) -> float:
    """Sum of the squared errors after the last day; fills work.dout."""
    targets = np.zeros(work.out.shape, x.dtype)
    targets[-1, 0] = target
    days = np.full(x.shape[2], len(x), np.int64)
    out = forward(network, x, work)
    return add_up("mse", out, targets, days - 1, days, scale=scale, dout=work.dout)


def error(network: Network, x: Float32Array, target: Float32Array, work: Workspace) -> float:
    """Mean squared error over sequences x (T, I, n), a group of lanes at a time."""
    total = 0.0
    for start in range(0, len(target), SEQUENCES):
        work.reset()
        lanes = slice(start, start + SEQUENCES)
        part = np.ascontiguousarray(x[:, :, lanes])
        total += last_day_loss(network, part, target[lanes], work, 0.0)
    return total / len(target)


def lags(run: Run, network: Network, days: int) -> Lags:
    """Gradient by lag on sequences of a length in days, as `rnncli gradients` reports it."""
    x, target = batch(replace(run, days=days), 0, LANES)
    exact = network.astype("float64")
    work = Workspace(exact.architecture, days, LANES, "float64", keep_dstates=True)
    last_day_loss(exact, x.astype("float64"), target, work, 1.0)
    backward(exact, x.astype("float64"), work.dout, work)
    norms = state_norms(work.reached(days))
    return lags_of([roots_by_lag(norms, np.full(LANES, days), days)])
