"""A small model trained on made prices."""

import numpy as np
from builders import ignore, prices_of, random_walk

from rnncli.settings import (
    NetworkSettings,
    PrepareSettings,
    ReadSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model

ONE = RunSettings(threads=1)
RNG = np.random.default_rng(9)
WALKS = {f"S{k}": random_walk(RNG, 120 - 3 * k, 0.01 + 0.002 * k) for k in range(5)}
PRICES = prices_of(WALKS)


def trained(prices, scale="log-return", **training):
    return fit_model(
        prices, ReadSettings(), PrepareSettings(scale=scale),
        NetworkSettings(hidden_size=3), TrainSettings(epochs=2, **training), ONE,
        ignore, ignore, ignore,
    ).model  # fmt: skip
