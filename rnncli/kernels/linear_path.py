"""The linear path from the inputs of a day to its outputs, compiled."""

from collections.abc import Callable
from typing import Any

from rnncli.kernels.time_loop import products_module, transposed

Array = Any

# weight (O, I), x (T, I, L), out (T, O, L), to which it is added on the days asked (T) for
LINEAR = "void({0}[:,::1],{0}[:,:,::1],{0}[:,:,::1],uint8[::1])"


def make_linear(lanes: int) -> Callable[..., None]:
    """Kernel: out += weight x, day by day."""
    tiled, alone = products_module(), lanes == 1

    def linear(weight: Array, x: Array, out: Array, asked: Array) -> None:
        day, outputs = x.shape[1] * lanes, out.shape[1] * lanes
        xs, outs = x.reshape(-1), out.reshape(-1)
        of_x = transposed(weight) if alone else weight
        for t in range(out.shape[0]):
            if asked[t] != 0:
                tiled.add_product(outs, t * outputs, of_x, xs, t * day, lanes)

    return linear
