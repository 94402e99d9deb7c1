"""Dropout between layers: the same units of a layer are left out on all days of a step.

Gal & Ghahramani 2016, arXiv:1512.05287, for the inputs of upper layers: a mask of the columns of
their weights leaves the kernels as they are.
"""

import numpy as np

from rnncli.arrays import FloatArray
from rnncli.network.network import Architecture, Network, named_views


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
