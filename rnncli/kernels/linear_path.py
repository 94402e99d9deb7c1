"""The linear path from the inputs of a day to its outputs, compiled."""

from collections.abc import Callable
from typing import Any

Array = Any

# weight (O, I), x (T, I, L), out (T, O, L), to which it is added
LINEAR = "void({0}[:,::1],{0}[:,:,::1],{0}[:,:,::1])"


def make_linear(lanes: int) -> Callable[..., None]:
    """Kernel: out += weight x, day by day."""

    def linear(weight: Array, x: Array, out: Array) -> None:
        for t in range(out.shape[0]):
            for o in range(weight.shape[0]):
                outputs = out[t, o]
                for i in range(weight.shape[1]):
                    factor, inputs = weight[o, i], x[t, i]
                    for lane in range(lanes):
                        outputs[lane] += factor * inputs[lane]

    return linear
