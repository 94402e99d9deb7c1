"""Norms of gradients: the global norm and clipping by it, and those of states by day."""

import math

import numpy as np

from rnncli.arrays import Float64Array, FloatArray


def global_norm(gradient: FloatArray) -> float:
    """L2 norm of a flat gradient (P), summed in float64."""
    return math.sqrt(np.add.reduce(np.square(gradient, dtype=np.float64), axis=None))


def clip_by_global_norm(gradient: FloatArray, clip_norm: float) -> float:
    """Scale `gradient` in place so that its L2 norm is at most `clip_norm`; return the norm before.

    A limit of 0 clips nothing. Adam clips in its kernel, see `kernels.adam`. Pascanu et al. 2013,
    "On the difficulty of training recurrent neural networks", arXiv:1211.5063.
    """
    norm = global_norm(gradient)
    if clip_norm and norm > clip_norm:
        gradient *= gradient.dtype.type(clip_norm / norm)
    return norm


def norm_of(values: FloatArray) -> float:
    """L2 norm of an array of any shape; nothing is squared, so that nothing overflows before it."""
    return float(np.hypot.reduce(values, axis=None))


def state_norms(dstates: FloatArray) -> Float64Array:
    """L2 norms (T, L) over all states of a day, of dstates (S, T, H, L), which are scaled in place.

    Each is scaled by its largest first, so that no square leaves the numbers before the norm does.
    """
    largest = np.maximum(dstates.max(axis=(0, 2)), -dstates.min(axis=(0, 2)))
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    dstates /= scale[:, None, :]
    with np.errstate(over="ignore"):
        norms: Float64Array = scale * np.sqrt(np.einsum("sthl,sthl->tl", dstates, dstates))
    return norms
