"""The network: layers and a head over one flat parameter vector.

Inputs of a group of series go in; outputs come out, and gradients on the way back.

    network   architecture, parameters, initial weights
    from_settings  the architecture of some settings, and its start by the seed
    dilation  layers that continue from the states of some days before
    dropout   units of lower layers left out, the same on all days of a step
    heads     what outputs mean: a value, a distribution, classes; its loss
    spread    location and width of the predicted interval, from the outputs
    objectives  what it is trained to predict: the next value, the returns of many rows
    passes    a group of series forward and backward
    backprop  the same through whole series, chunk by chunk
    gradient_norms     the global norm, and clipping by it; norms of states by day
    modes     sequence to vector, vector to sequence, encoder-decoder
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.network.from_settings import start_network
    from rnncli.network.heads import Head
    from rnncli.network.network import Architecture, Network

__all__ = ["Architecture", "Head", "Network", "start_network"]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "network": ("Architecture", "Network"), "from_settings": ("start_network",),
        "heads": ("Head",),
    },
)  # fmt: skip
