"""Random numbers: every generator of the program is made here, from a seed and what is drawn.

The same seed and the same stream give the same draws, whatever else is drawn, in whatever order and
on however many threads (NumPy's SeedSequence, PCG64). A stream is what the draws are for, one of
the numbers below or those of what is drawn: a symbol, a row, a number of paths.

    generator(seed, EPOCHS)            the order of the series in training
    generator(seed, SYMBOLS, i)        symbol i of a simulated market
    generator(seed, paths, horizon)    the strata of sampled paths
"""

import numpy as np

START_WEIGHTS = 0  # of a network
EPOCHS = 1  # of training: the order of series, dropout, where windows begin
PRIOR = 2  # its training: the order of series, their hidden columns
POOL = 3  # which of two models a path is of
SYMBOLS, MARKETS = 0, 1  # of simulations, before the number of each
RISK_PATHS, STRESS = 19, 23  # joint draws of many symbols, after their numbers


def generator(seed: int, *stream: int) -> "np.random.Generator":
    """The generator of a stream of a seed; all numbers at least 0."""
    return np.random.default_rng([seed, *stream])
