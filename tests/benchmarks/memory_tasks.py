"""Two tasks that only memory solves, for rnncli and PyTorch alike; knows neither of them.

adding  two inputs a day, a number and a marker; the sum of the two marked numbers is asked for
        after the last day (Hochreiter & Schmidhuber 1997; Le et al. 2015, arXiv:1504.00941)
copy    one number a day; after the last day the very first is asked for
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float32Array = npt.NDArray[np.float32]

INPUTS = {"adding": 2, "copy": 1}
LEARNING_RATES = {"adding": 0.003, "copy": 0.001}
SOLVED = 0.01  # mean squared error; always saying the mean has 0.167 and 0.083
SEQUENCES = 64  # in a step
HELD_BACK = 512
CHECKED_EVERY = 50  # steps
TEST = 2**32  # where other batches have their number of step


@dataclass(frozen=True)
class Run:
    """One network on one task; the same batches for everyone, by seed and step."""

    task: str
    days: int
    cell: str
    activation: str
    init: str
    forget_bias: float
    clip_norm: float
    hidden_size: int
    learning_rate: float
    steps: int
    seed: int
    layers: int = 1


def batch(run: Run, step: int, count: int = SEQUENCES) -> tuple[Float32Array, Float32Array]:
    """Inputs x (T, I, count) and targets (count) of a step."""
    rng = np.random.default_rng([run.seed, step])
    numbers = rng.uniform(0, 1, (run.days, count))
    if run.task == "copy":
        return numbers[:, None].astype(np.float32), numbers[0].astype(np.float32)
    half, lanes = run.days // 2, np.arange(count)
    first, second = rng.integers(0, half, count), rng.integers(half, run.days, count)
    markers = np.zeros_like(numbers)
    markers[first, lanes] = markers[second, lanes] = 1
    x = np.stack([numbers, markers], axis=1)
    return x.astype(np.float32), np.sum(numbers * markers, axis=0, dtype=np.float32)


def test_batch(run: Run) -> tuple[Float32Array, Float32Array]:
    """Sequences that no step sees."""
    return batch(run, TEST, HELD_BACK)
