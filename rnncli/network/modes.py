"""The forms of network that forecast a path at once: run over a window, and back.

    seq2vec           the last day outputs all days ahead (direct multi-step)
    vec2seq           one input, the last value; a path of outputs
    encoder-decoder   the window encoded in the last states, from which a second network, the
                      decoder, rolls out (Cho et al. 2014, Sutskever et al. 2014)

seq2seq, an output each day for the next, is elsewhere: see `truncated_bptt` and `rollout`.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from rnncli.arrays import BoolArray, FloatArray
from rnncli.network.network import Architecture, Network
from rnncli.network.passes import Workspace, backward, by_inputs, forward


@dataclass(frozen=True)
class Window:
    """Lanes of windows of one length: x (W, I, L) up to the cutoffs, y (horizon, 1, L) after.

    used (L): 1 for a lane with a window, 0 for an empty one.
    """

    x: FloatArray
    y: FloatArray
    used: np.ndarray


class Form(Protocol):
    """A form at work on windows of up to `days` days; `gradient` (P) is added to by `backward`.

    With `keep` the gradient by states is stored for `dstates`.
    """

    gradient: FloatArray

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str, keep: bool = False
    ) -> None: ...

    def forward(self, network: Network, window: Window, forced: BoolArray) -> FloatArray:
        """Outputs (horizon, 1, L); `forced` (horizon): which true values a decoder is fed."""

    def backward(self, network: Network, dout: FloatArray) -> None:
        """Back from the gradient by those outputs."""

    def dstates(self) -> FloatArray:
        """Gradient by the top layer's states (S, T, H, L), first day first."""


class SeqToVec(Form):
    """The outputs of the last day are the path."""

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str, keep: bool = False
    ) -> None:
        self._work = Workspace(architecture, days, lanes, dtype, keep_dstates=keep)
        self.gradient = self._work.gradient

    def forward(self, network: Network, window: Window, _forced: BoolArray) -> FloatArray:
        """Outputs (horizon, 1, L) after the window."""
        self._x = window.x
        self._work.reset()
        out: FloatArray = forward(network, window.x, self._work)[-1][:, None]
        return out

    def backward(self, network: Network, dout: FloatArray) -> None:
        """Back from the gradient by those outputs."""
        days = len(self._x)
        self._work.dout[: days - 1] = 0
        self._work.dout[days - 1] = dout[:, 0]
        backward(network, self._x, self._work.dout[:days], self._work)

    def dstates(self) -> FloatArray:
        """Gradient by the top layer's states after each day."""
        return self._work.reached(len(self._x))


class VecToSeq(Form):
    """The last value on the first day, then nothing; every day's output is a step of the path."""

    def __init__(
        self, architecture: Architecture, _days: int, lanes: int, dtype: str, keep: bool = False
    ) -> None:
        days = architecture.horizon
        self._work = Workspace(architecture, days, lanes, dtype, keep_dstates=keep)
        self._x = np.zeros((days, architecture.input_size, lanes), dtype)
        self.gradient = self._work.gradient

    def forward(self, network: Network, window: Window, _forced: BoolArray) -> FloatArray:
        """Outputs (horizon, 1, L) after the window."""
        self._x[0] = window.x[-1]
        self._work.reset()
        return forward(network, self._x, self._work)

    def backward(self, network: Network, dout: FloatArray) -> None:
        """Back from the gradient by those outputs."""
        backward(network, self._x, dout, self._work)

    def dstates(self) -> FloatArray:
        """Gradient by the top layer's states after each day of the path."""
        return self._work.reached(len(self._x))


class EncoderDecoder(Form):
    """One network reads the window; another continues from its states, fed the previous value."""

    def __init__(
        self, architecture: Architecture, days: int, lanes: int, dtype: str, keep: bool = False
    ) -> None:
        encoder, decoder = architecture.parts.values()
        self.gradient = np.zeros(architecture.size, dtype)
        parts = self.gradient[: encoder.size], self.gradient[encoder.size :]
        self._encoder = Workspace(encoder, days, lanes, dtype, keep_dstates=keep)
        self._share(self._encoder, parts[0])
        self._days = [
            Workspace(decoder, 1, lanes, dtype, keep_dstates=keep)
            for _ in range(architecture.horizon)
        ]
        for day in self._days:
            self._share(day, parts[1])

    @staticmethod
    def _share(work: Workspace, gradient: FloatArray) -> None:
        work.gradient, work.gradients = gradient, Network(work.architecture, gradient)

    def forward(self, network: Network, window: Window, forced: BoolArray) -> FloatArray:
        """Outputs (horizon, 1, L) after the window."""
        encoder, decoder = network.parts
        self._x, self._forced = window.x, forced
        self._encoder.reset()
        forward(encoder, window.x, self._encoder)
        self._fed, x = [], np.ascontiguousarray(window.x[-1:, :1])
        before = self._encoder.after(len(window.x))
        for ahead, day in enumerate(self._days):
            day.carry_in(before)
            self._fed.append(x)
            out = forward(decoder, x, day)
            x = window.y[ahead : ahead + 1] if forced[ahead] else out
            before = day.after(1)
        return np.concatenate([day.out for day in self._days])

    def backward(self, network: Network, dout: FloatArray) -> None:
        """Back from the gradient by those outputs, through every value that was fed back in."""
        encoder, decoder = network.parts
        beyond, fed_back = None, np.zeros_like(dout[:1])
        for ahead in range(len(dout) - 1, -1, -1):
            day = self._days[ahead]
            reaching = dout[ahead : ahead + 1] + (0 if self._forced[ahead] else fed_back)
            reaching = reaching.astype(dout.dtype)
            backward(decoder, self._fed[ahead], reaching, day, beyond)
            beyond, fed_back = day.dbeyond, by_inputs(decoder, reaching, day)
        nothing = np.zeros((len(self._x), 0, dout.shape[2]), dout.dtype)
        backward(encoder, self._x, nothing, self._encoder, beyond)

    def dstates(self) -> FloatArray:
        """Gradient by the top layer's states: of the encoder's days, then of the decoder's."""
        read = self._encoder.reached(len(self._x))
        return np.concatenate([read, *(day.reached(1) for day in self._days)], axis=1)


FORMS: dict[str, type[Form]] = {
    "seq2vec": SeqToVec,
    "vec2seq": VecToSeq,
    "encoder-decoder": EncoderDecoder,
}
