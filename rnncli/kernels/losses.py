"""The point losses and their derivatives, compiled."""

from collections.abc import Callable
from typing import Any

from rnncli.kernels._inline import inline

Array = Any

MSE, MAE, HUBER = 0, 1, 2
LOSSES = {"mse": MSE, "mae": MAE, "huber": HUBER}
# out (T, O, L), target (T, O, L), first and last (B+1, L), begins (B), start, scale, dout (T, O, L)
# or (0, O, L)
LOSS = (
    "float64({0}[:,:,::1],{0}[:,:,::1],int64[:,::1],int64[:,::1],int64[::1],int64,{0},{0}[:,:,::1])"
)


@inline
def stretch(begins: Array, number: int, start: int, days: int) -> Any:
    """Days of a chunk of `days` from `start` on that are in a stretch: the first, and its end.

    Stretches are what the days `begins` (B), on which lanes begin another sequence, divide.
    """
    since = max(begins[number - 1] - start, 0) if number > 0 else 0
    until = min(begins[number] - start, days) if number < len(begins) else days
    return since, until


@inline
def cost(error: Any, kind: int) -> Any:
    """Squared error, absolute error, or Huber's (1964) with delta 1, which is both."""
    half, one = type(error)(0.5), type(error)(1)
    size = abs(error)
    if kind == MSE:
        return error * error
    if kind == MAE:
        return size
    return half * error * error if size < one else size - half


@inline
def slope(error: Any, kind: int) -> Any:
    """Derivative of `cost`; 0 at the kink of the absolute error."""
    zero, one = type(error)(0), type(error)(1)
    if kind == MSE:
        return error + error
    if kind == MAE:
        return one if error > zero else (-one if error < zero else error)
    return min(max(error, -one), one)


def make_loss(kind: int) -> Callable[..., float]:
    """Kernel: the sum of the losses over the days that count, and `scale` times its derivative.

    For any number of lanes: loops over as few as a constant names are unrolled, not made vectors.

    The days first <= start + t < last of a lane in their stretch count; the others cost nothing
    and send 0 back.
    """

    def loss(
        out: Array, target: Array, firsts: Array, lasts: Array, begins: Array, start: int,
        scale: Any, dout: Array,
    ) -> float:  # fmt: skip
        total, zero, lanes = 0.0, scale - scale, out.shape[2]
        for n in range(len(firsts)):
            first, last = firsts[n], lasts[n]
            begin, end = first.max(), last.min()  # the days that count in every lane
            since, until = stretch(begins, n, start, out.shape[0])
            for t in range(since, until):
                day = start + t
                every = begin <= day < end
                for o in range(out.shape[1]):
                    ours, theirs, summed = out[t, o], target[t, o], zero
                    if every:
                        for lane in range(lanes):
                            summed += cost(ours[lane] - theirs[lane], kind)
                    else:
                        for lane in range(lanes):
                            counts = first[lane] <= day < last[lane]
                            summed += cost(ours[lane] - theirs[lane], kind) if counts else zero
                    total += summed
                    if dout.shape[0] > 0:
                        back = dout[t, o]
                        for lane in range(lanes):
                            counts = every or first[lane] <= day < last[lane]
                            error = ours[lane] - theirs[lane]
                            back[lane] = scale * slope(error, kind) if counts else zero
        return total

    return loss
