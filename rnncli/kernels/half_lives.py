"""Half-lives that units with decays start with: a scale for each, as in a HAR (Corsi 2009).

So there is long memory from the first step on (Tallec & Ollivier 2018, arXiv:1804.11188).
"""

import numpy as np

from rnncli.arrays import Float64Array

SHORTEST, LONGEST = 1.0, 250.0  # days: up to a year of trading


def start_half_lives(hidden_size: int) -> Float64Array:
    """Days until half of a state is left (H), on a log grid from SHORTEST to LONGEST."""
    if hidden_size == 1:
        return np.array([np.sqrt(SHORTEST * LONGEST)])
    return np.geomspace(SHORTEST, LONGEST, hidden_size)
