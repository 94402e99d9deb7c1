"""Linear regression with errors of Student's t, by reweighted least squares.

    minimise   sum of w_i (y_i - x_i b)²,   w_i = weight_i (DOF + 1)/(DOF + (r_i/s)²)

r_i are the residuals before, s their median size: a leap counts little (Lange, Little & Taylor
1989, doi:10.1080/01621459.1989.10478852). A ridge draws b to zero.
"""

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.runtime.blas import one_blas_thread

DOF = 3.0
ROUNDS = 4  # reweightings: more change little
NORMAL = 1.4826  # deviation of a normal variable over the median of its size
TINY = 1e-9


def robust_weights(residuals: Float64Array) -> Float64Array:
    """How much each of the residuals (n) counts."""
    size = NORMAL * float(np.median(np.abs(residuals))) + TINY
    weights: Float64Array = (DOF + 1) / (DOF + (residuals / size) ** 2)
    return weights


def robust_regression(
    x: Float64Array, y: Float64Array, weights: Float64Array, ridge: float,
    start: Float64Array | None = None,
) -> Float64Array:  # fmt: skip
    """Weights b (k) of x (n, k) for y (n); `weights` (n) of the rows; `ridge`: in mean rows.

    `start` (k): weights nearby, from which half of the rounds are enough.
    """
    counted, first = weights / np.mean(weights), 0 if start is None else ROUNDS // 2 + 1
    b: Float64Array = np.zeros(x.shape[1]) if start is None else start
    penalty = ridge * np.eye(len(b))
    with one_blas_thread():
        for number in range(first, ROUNDS + 1):
            w = counted * robust_weights(y - x @ b) if number else counted
            weighted = x * w[:, None]
            b = np.asarray(np.linalg.solve(weighted.T @ x + penalty, weighted.T @ y), np.float64)
    return b
