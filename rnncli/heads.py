"""What the last layer means, and what a miss costs: the point losses and their derivatives."""

from rnncli.arrays import FloatArray, IntArray
from rnncli.cells import loss_kernel
from rnncli.cells.losses import LOSSES

__all__ = ["LOSSES", "add_up"]

PRECISIONS = {"f": "float32", "d": "float64"}  # NumPy's own `name` takes longer than the sum


def add_up(
    loss: str, out: FloatArray, target: FloatArray, first: IntArray, last: IntArray,
    start: int = 0, scale: float = 1.0, dout: FloatArray | None = None,
) -> float:  # fmt: skip
    """Sum of the losses of outputs (T, O, L) over the days that count, the chunk's first `start`.

    The days first <= start + t < last of a lane count (both (L)). `dout` (T, O, L) is filled with
    `scale` times the derivative by `out`: zero on days that do not count.
    """
    kernel = loss_kernel(loss, out.shape[2], PRECISIONS[out.dtype.char])
    back = out[:0] if dout is None else dout
    return float(kernel(out, target, first, last, start, out.dtype.type(scale), back))
