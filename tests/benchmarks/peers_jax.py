"""JAX as a contestant: the whole step in one compiled function, a scan over the days."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
from contest import (
    BETA1,
    BETA2,
    CLIP_NORM,
    EPSILON,
    LEARNING_RATE,
    Chunk,
    Float32Array,
    Lap,
    Work,
)
from contest import chunks as chunks_of

Weights = dict[str, jax.Array]
State = tuple[jax.Array, ...]  # (B, H) each: h, and c in LSTM
Moments = tuple[jax.Array, Weights, Weights]  # Adam: steps, mean, mean square
STATES = {"rnn": 1, "gru": 1, "lstm": 2}


@dataclass(frozen=True)
class Form:
    """How the same training is written in JAX: the head day by day, or over all states at once."""

    unroll: int
    head_in_scan: bool

    def __str__(self) -> str:
        return f"unroll {self.unroll}, head {'in' if self.head_in_scan else 'after'} the scan"


# Of no use when tried: units before series, the input's product before the scan, one core only.
FORMS = [Form(unroll, inside) for unroll in (1, 4, 8) for inside in (True, False)]


def _next(cell: str, w: Weights, state: State, x: jax.Array) -> State:
    """The state after a day, in PyTorch's equations and gate order."""
    given = x @ w["weight_ih_l0"].T + w["bias_ih_l0"]
    known = state[0] @ w["weight_hh_l0"].T + w["bias_hh_l0"]
    if cell == "rnn":
        return (jnp.tanh(given + known),)
    if cell == "gru":
        (r, z, n), (hr, hz, hn) = (jnp.split(sums, 3, 1) for sums in (given, known))
        z = jax.nn.sigmoid(z + hz)
        n = jnp.tanh(n + jax.nn.sigmoid(r + hr) * hn)
        return ((1 - z) * n + z * state[0],)
    i, f, g, o = jnp.split(given + known, 4, 1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return (jax.nn.sigmoid(o) * jnp.tanh(c), c)


@dataclass(frozen=True)
class _Batch:
    """A chunk on the device: x and target (T, B, 1); `mask` where lengths differ."""

    x: jax.Array
    target: jax.Array
    mask: jax.Array | None
    series: int
    days: int


def _on_device(chunk: Chunk) -> _Batch:
    x, target, mask = (
        jnp.asarray(array)[:, :, None] for array in (chunk.x, chunk.target, chunk.mask)
    )
    return _Batch(x, target, None if chunk.mask.all() else mask, len(chunk.days), chunk.total)


@partial(jax.jit, static_argnames=("cell", "form"), donate_argnames=("w", "moments"))
def _step(
    w: Weights, moments: Moments, state: State, x: jax.Array, target: jax.Array,
    mask: jax.Array | None, cell: str, form: Form,
) -> tuple[Weights, Moments, State, jax.Array]:  # fmt: skip
    """One update from one chunk: weights, moments, the state after it, the mean loss before."""

    def mean_loss(weights: Weights) -> tuple[jax.Array, State]:
        def cost_of(h: jax.Array, target: jax.Array) -> jax.Array:
            return jnp.square(h @ weights["head.weight"].T + weights["head.bias"] - target)

        def day(before: State, pair: tuple[jax.Array, jax.Array]) -> tuple[State, jax.Array]:
            after = _next(cell, weights, before, pair[0])
            return after, cost_of(after[0], pair[1]) if form.head_in_scan else after[0]

        after, outputs = jax.lax.scan(day, state, (x, target), unroll=form.unroll)
        cost = outputs if form.head_in_scan else cost_of(outputs, target)
        return (jnp.mean(cost) if mask is None else jnp.sum(cost * mask) / jnp.sum(mask)), after

    (loss, after), gradient = jax.value_and_grad(mean_loss, has_aux=True)(w)
    w, moments = _adam(w, moments, _clipped(gradient))
    return w, moments, after, loss


def _clipped(gradient: Weights) -> Weights:
    norm = jnp.sqrt(sum(jnp.sum(jnp.square(part)) for part in gradient.values()))
    scale = jnp.minimum(1.0, CLIP_NORM / norm)
    return {name: part * scale for name, part in gradient.items()}


def _adam(w: Weights, moments: Moments, gradient: Weights) -> tuple[Weights, Moments]:
    count, mean, square = moments
    count = count + 1
    mean = {n: BETA1 * mean[n] + (1 - BETA1) * g for n, g in gradient.items()}
    square = {n: BETA2 * square[n] + (1 - BETA2) * g * g for n, g in gradient.items()}
    rate, correction = LEARNING_RATE / (1 - BETA1**count), 1 - BETA2**count
    moved = {
        n: w[n] - rate * mean[n] / (jnp.sqrt(square[n] / correction) + EPSILON) for n in gradient
    }
    return moved, (count, mean, square)


class Jax:
    """A scan, its derivative, clipping and Adam compiled together, buffers donated."""

    party = "jax"

    def __init__(
        self,
        work: Work,
        weights: dict[str, Float32Array],
        orders: list[list[list[int]]],
        form: Form,
    ) -> None:
        self.variant = str(form)
        self._work, self._form, self._start = work, form, weights
        batches = {tuple(batch) for lap in orders for batch in lap}
        ready = {b: [_on_device(chunk) for chunk in chunks_of(work, b)] for b in batches}
        self._laps = [[ready[tuple(batch)] for batch in lap] for lap in orders]

    def laps(self, count: int) -> list[Lap]:
        """Train `count` laps from the start weights."""
        self._weights = {name: jnp.array(weight) for name, weight in self._start.items()}
        mean, square = ({n: jnp.zeros_like(w) for n, w in self._weights.items()} for _ in range(2))
        self._moments: Moments = (jnp.zeros((), jnp.float32), mean, square)
        timed = []
        for batches in itertools.islice(itertools.cycle(self._laps), count):
            start = time.perf_counter()
            losses = [(loss, n) for batch in batches for loss, n in self._batch(batch)]
            total = sum(float(loss) * n for loss, n in losses)
            self._weights["head.bias"].block_until_ready()
            seconds = time.perf_counter() - start
            timed.append(Lap(total / sum(n for _, n in losses), seconds))
        return timed

    def _batch(self, chunks: list[_Batch]) -> Iterator[tuple[jax.Array, int]]:
        shape = (chunks[0].series, self._work.hidden_size)
        state: State = (jnp.zeros(shape, jnp.float32),) * STATES[self._work.cell]
        for chunk in chunks:
            state = tuple(part[: chunk.series] for part in state)
            self._weights, self._moments, state, loss = _step(
                self._weights, self._moments, state, chunk.x, chunk.target, chunk.mask,
                self._work.cell, self._form,
            )  # fmt: skip
            yield loss, chunk.days
