"""Variational dropout between layers: one mask a step, the same for all its days and series.

Gal & Ghahramani 2016, arXiv:1512.05287. Hiding a unit from the layer above is the same as zeroing
its column of that layer's weight_ih, so the kernels need not know: they run with scaled weights.
"""

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.network import Architecture, Network, named_views


def draw_scale(architecture: Architecture, share: float, rng: np.random.Generator) -> FloatArray:
    """Factors (P) of a step: 0 or 1/(1 - share) by column of each upper weight_ih, 1 elsewhere."""
    scale = np.ones(architecture.size)
    for name, view in named_views(architecture, scale).items():
        if "weight_ih" in name and not name.endswith("weight_ih_l0"):
            seen = rng.random(architecture.hidden_size) >= share
            view[:] = seen / (1 - share)
    return scale


def thinned(network: Network, scale: FloatArray) -> Network:
    """The network that the factors (P) leave; its gradient times them is that of the whole one."""
    return Network(network.architecture, network.flat * scale.astype(network.flat.dtype))
