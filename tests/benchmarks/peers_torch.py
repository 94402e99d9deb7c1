"""PyTorch as a contestant: its own fused recurrent layers, with the data in tensors beforehand."""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from contest import BETA1, BETA2, CLIP_NORM, EPSILON, LEARNING_RATE, Chunk, Float32Array, Lap, Work
from contest import chunks as chunks_of
from torch.nn.functional import mse_loss
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

LAYERS: dict[str, Callable[..., torch.nn.RNNBase]] = {
    "rnn": torch.nn.RNN,
    "gru": torch.nn.GRU,
    "lstm": torch.nn.LSTM,
}
State = Any  # a tensor (1, B, H); two of them in LSTM; None: zeros


@dataclass(frozen=True)
class Form:
    """How the same training is written in PyTorch."""

    threads: int
    batch_first: bool
    packed: bool

    def __str__(self) -> str:
        threads = f"{self.threads} thread{'s' * (self.threads > 1)}"
        layout = "packed" if self.packed else "batch first" if self.batch_first else "time first"
        return f"{threads}, {layout}"


def forms(work: Work, cores: int) -> list[Form]:
    """The sensible forms for this work."""
    layouts = [(False, False), (True, False)] if work.equal else [(False, False), (False, True)]
    return [
        Form(threads, batch_first, packed)
        for threads in sorted({1, cores})
        for batch_first, packed in layouts
    ]


@dataclass(frozen=True)
class _Batch:
    """A chunk in tensors; `mask` where the series of a padded chunk differ in length."""

    x: torch.Tensor | PackedSequence
    target: torch.Tensor
    mask: torch.Tensor | None
    series: int
    days: int


def _tensors(chunk: Chunk, form: Form) -> _Batch:
    x, target, mask = (
        torch.from_numpy(array)[:, :, None] for array in (chunk.x, chunk.target, chunk.mask)
    )
    series, days = len(chunk.days), chunk.total
    if form.packed:
        packed_x, packed_target = (pack_padded_sequence(t, list(chunk.days)) for t in (x, target))
        return _Batch(packed_x, packed_target.data, None, series, days)
    if form.batch_first:
        x, target, mask = (t.transpose(0, 1).contiguous() for t in (x, target, mask))
    return _Batch(x, target, None if mask.all() else mask, series, days)


class Torch:
    """A recurrent layer and a linear head, fused Adam, the state carried from chunk to chunk."""

    party = "torch"

    def __init__(
        self,
        work: Work,
        weights: dict[str, Float32Array],
        orders: list[list[list[int]]],
        form: Form,
    ) -> None:
        self.variant = str(form)
        self._form, self._weights = form, {n: torch.tensor(w) for n, w in weights.items()}
        self._rnn = LAYERS[work.cell](1, work.hidden_size, batch_first=form.batch_first)
        self._head = torch.nn.Linear(work.hidden_size, 1)
        self._parameters = [*self._rnn.parameters(), *self._head.parameters()]
        batches = {tuple(batch) for lap in orders for batch in lap}
        ready = {b: [_tensors(chunk, form) for chunk in chunks_of(work, b)] for b in batches}
        self._laps = [[ready[tuple(batch)] for batch in lap] for lap in orders]

    def laps(self, count: int) -> list[Lap]:
        """Train `count` laps from the start weights."""
        torch.set_num_threads(self._form.threads)
        layer = {n: w for n, w in self._weights.items() if not n.startswith("head.")}
        self._rnn.load_state_dict(layer)
        self._head.load_state_dict({n: self._weights[f"head.{n}"] for n in ("weight", "bias")})
        optimizer = torch.optim.Adam(
            self._parameters, LEARNING_RATE, (BETA1, BETA2), EPSILON, fused=True
        )
        timed = []
        for batches in itertools.islice(itertools.cycle(self._laps), count):
            start = time.perf_counter()
            losses = [(loss, n) for batch in batches for loss, n in self._batch(batch, optimizer)]
            total = sum(float(loss) * n for loss, n in losses)
            seconds = time.perf_counter() - start
            timed.append(Lap(total / sum(n for _, n in losses), seconds))
        return timed

    def _batch(
        self, chunks: list[_Batch], optimizer: torch.optim.Optimizer
    ) -> Iterator[tuple[torch.Tensor, int]]:
        state: State = None
        for chunk in chunks:
            loss, state = self._loss(chunk, state)
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(self._parameters, CLIP_NORM)
            optimizer.step()
            yield loss.detach(), chunk.days

    def _loss(self, chunk: _Batch, state: State) -> tuple[torch.Tensor, State]:
        """Mean loss of a chunk, and the state after it."""
        states, state = self._rnn(chunk.x, _carried(state, chunk.series))
        out = self._head(states.data if self._form.packed else states)
        if chunk.mask is None:
            return mse_loss(out, chunk.target), state
        return ((out - chunk.target).square() * chunk.mask).sum() / chunk.days, state


def _carried(state: State, series: int) -> State:
    """The state of the first `series` series, cut off from what made it."""
    if state is None:
        return None
    if isinstance(state, tuple):
        return tuple(_carried(part, series) for part in state)
    return state.detach()[:, :series].contiguous()
