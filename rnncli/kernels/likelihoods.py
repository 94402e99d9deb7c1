"""Losses over several outputs of one target, compiled: a day of all lanes at a time.

gaussian       location m, log scale s: minus the log density of the normal distribution
student-t      m, s, and r of the degrees of freedom d = 2 + 4 exp(r): the same of Student's t
cross-entropy  one number per class, softmax over them: minus the log probability of the target's
quantile       the median, gaps upwards, gaps downwards (softplus, so that they do not cross): twice
               the mean pinball loss (Koenker & Bassett 1978), which is the CRPS of many levels

Each takes the outputs of a day (O*L), the targets (L) and the levels (K), and leaves the cost of
every lane in the first L of `cost` (2*L), and the derivative by every output in `back` (O*L).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnncli.kernels._inline import inline
from rnncli.kernels._log_gamma import ratio, slope
from rnncli.kernels._math import exp, log1p, sigmoid
from rnncli.kernels.losses import stretch

Array = Any

# out (T, O, L), target (T, 1, L), first and last (B+1, L), begins (B), start, levels (K), scale,
# dout as out or (0, O, L)
LIKELIHOOD = (
    "float64({0}[:,:,::1],{0}[:,:,::1],int64[:,::1],int64[:,::1],int64[::1],int64,{0}[::1],{0},"
    "{0}[:,:,::1])"
)
HALF_LOG_TAU = 0.91893853320467274  # ½ log 2π
FLOOR = -10.0  # of a log scale: values that never move would send it down for ever
LEAST = -3e38  # in float32; an output below is not finite, which a floor is not to hide
FEWEST, SPREAD = 2.0, 4.0  # degrees of freedom: above 2 there is a variance, 6 where r is 0


@inline
def gaussian(out: Array, target: Array, _levels: Array, cost: Array, back: Array, n: int) -> None:
    """With z = (y - m) exp(-s): s + z²/2 + ½ log 2π."""
    real = out.dtype.type
    zero, half, one, least = real(0), real(0.5), real(1), real(LEAST)
    rest, floor, infinite = real(HALF_LOG_TAU), real(FLOOR), real(np.inf)
    for k in range(n):
        low = out[n + k] < floor
        s = floor if low else out[n + k]
        w = exp(-s)
        z = (target[k] - out[k]) * w
        cost[k] = s + half * z * z + rest if out[n + k] > least else infinite
        back[k] = -z * w
        back[n + k] = zero if low else one - z * z


@inline
def student_t(out: Array, target: Array, _levels: Array, cost: Array, back: Array, n: int) -> None:
    """With z as of Gauss: s + (d+1)/2 log(1 + z²/d) + ½ log 2π - ratio(2/d); see `_log_gamma`."""
    real = out.dtype.type
    zero, half, one, two = real(0), real(0.5), real(1), real(2)
    rest, floor, least = real(HALF_LOG_TAU), real(FLOOR), real(LEAST)
    fewest, spread, infinite = real(FEWEST), real(SPREAD), real(np.inf)
    for k in range(n):
        r, low = out[2 * n + k], out[n + k] < floor
        s = floor if low else out[n + k]
        w, above = exp(-s), spread * exp(r)
        dof = fewest + above
        u = two / dof
        z = (target[k] - out[k]) * w
        square = z * z
        log = log1p(half * u * square)
        weight = (dof + one) / (dof + square)
        loss = s + half * (dof + one) * log + rest - ratio(u)
        cost[k] = loss if min(r, out[n + k]) > least else infinite
        back[k] = -z * w * weight
        back[n + k] = zero if low else one - square * weight
        by_dof = half * (u * u * slope(u) + log) - half * half * u * square * weight
        back[2 * n + k] = above * by_dof


@inline
def cross_entropy(
    out: Array, target: Array, _levels: Array, cost: Array, back: Array, n: int
) -> None:
    """Log of the sum of exp(out), minus the output of the class k whose code k/(N-1) is met."""
    real = out.dtype.type
    zero, half, one = real(0), real(0.5), real(1)
    classes = len(out) // n
    top, costs, total = real(classes - 1), cost[:n], cost[n:]
    for k in range(n):
        costs[k], total[k] = out[k], zero
    for o in range(1, classes):
        score = out[o * n : (o + 1) * n]
        for k in range(n):
            costs[k] = max(costs[k], score[k])
    for o in range(classes):
        score, here = out[o * n : (o + 1) * n], back[o * n : (o + 1) * n]
        for k in range(n):
            here[k] = exp(score[k] - costs[k])
            total[k] += here[k]
    for k in range(n):  # the largest adds 1 to the total
        costs[k] += log1p(total[k] - one)
        total[k] = one / total[k]
    for o in range(classes):
        code, score, here = real(o), out[o * n : (o + 1) * n], back[o * n : (o + 1) * n]
        for k in range(n):
            met = abs(target[k] * top - code) < half
            costs[k] -= score[k] if met else zero
            here[k] = here[k] * total[k] - (one if met else zero)


@inline
def softplus(x: Any) -> Any:
    """log(1 + exp(x)), which is above 0."""
    return max(x, x - x) + log1p(exp(-abs(x)))


@inline
def pinball(at: Array, target: Array, p: Any, share: Any, cost: Array, back: Array, n: int) -> None:
    """Add the loss of the quantiles `at` (L) of level p to `cost`; leave its derivative."""
    zero, rest = p - p, share * (type(p)(1) - p)
    for k in range(n):
        error = target[k] - at[k]
        slope_up = -share * p if error > zero else error
        slope_down = rest if error < zero else slope_up
        back[k] = slope_down
        cost[k] += max(share * p * error, -rest * error)


@inline
def quantile(out: Array, target: Array, levels: Array, cost: Array, back: Array, n: int) -> None:
    """Mean over the levels p of 2 max(p (y - q), (p - 1) (y - q))."""
    real = out.dtype.type
    zero, one, share = real(0), real(1), real(2) / real(len(levels))
    half = len(levels) // 2  # gaps either way
    costs, reached, middle = cost[:n], cost[n:], back[:n]
    for k in range(n):
        costs[k] = zero
    pinball(out[:n], target, levels[half], share, costs, middle, n)
    for side in range(2):
        sign = -one if side else one
        for k in range(n):
            reached[k] = out[k]
        for step in range(1, half + 1):
            at = (side * half + step) * n
            gap, here = out[at : at + n], back[at : at + n]
            for k in range(n):
                reached[k] += sign * softplus(gap[k])
            level = levels[half - step] if side else levels[half + step]
            pinball(reached, target, level, share, costs, here, n)
        for k in range(n):
            reached[k] = zero
        for step in range(half, 0, -1):
            at = (side * half + step) * n
            gap, here = out[at : at + n], back[at : at + n]
            for k in range(n):
                reached[k] += here[k]
                here[k] = reached[k] * sign * sigmoid(gap[k])
        for k in range(n):
            middle[k] += reached[k]


LIKELIHOODS: dict[str, Callable[..., None]] = {
    "gaussian": gaussian,
    "student-t": student_t,
    "cross-entropy": cross_entropy,
    "quantile": quantile,
}


def make_likelihood(name: str, lanes: int) -> Callable[..., float]:
    """Kernel: the sum of the losses over the days that count, and `scale` times its derivative.

    The days first <= start + t < last of a lane in their stretch count; the others cost nothing
    and send 0 back.
    """
    day = LIKELIHOODS[name]

    def likelihood(
        out: Array, target: Array, firsts: Array, lasts: Array, begins: Array, start: int,
        levels: Array, scale: Any, dout: Array,
    ) -> float:  # fmt: skip
        total, zero, count = 0.0, scale - scale, out.shape[1] * lanes
        outs, targets, backs = out.reshape(-1), target.reshape(-1), dout.reshape(-1)
        cost, spare = np.empty(2 * lanes, out.dtype), np.empty(count, out.dtype)
        for n in range(len(firsts)):
            first, last = firsts[n], lasts[n]
            begin, end = first.max(), last.min()  # the days that count in every lane
            since, until = stretch(begins, n, start, out.shape[0])
            for t in range(since, until):
                back = backs[t * count : (t + 1) * count] if dout.shape[0] > 0 else spare
                theirs = targets[t * lanes : (t + 1) * lanes]
                day(outs[t * count : (t + 1) * count], theirs, levels, cost, back, lanes)
                summed = zero
                if begin <= start + t < end:
                    for lane in range(lanes):
                        summed += cost[lane]
                    for k in range(count):
                        back[k] *= scale
                else:
                    for lane in range(lanes):
                        counts = first[lane] <= start + t < last[lane]
                        summed += cost[lane] if counts else zero
                        for k in range(lane, count, lanes):
                            back[k] = scale * back[k] if counts else zero
                total += summed
        return total

    return likelihood
