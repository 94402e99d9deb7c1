"""A model whose weights and bounds are short binary fractions."""

import numpy as np

from rnncli.distributions.conformal import Bounds
from rnncli.models.model import Model
from rnncli.network.network import Architecture, Network
from rnncli.transforms.target_transform import TargetTransform


def hand_made_model(hidden_size: int = 2, points: int = 199, aheads: int = 20) -> Model:
    """Hand-made model of a size; `points` of the grid and `aheads` of bounds."""
    architecture = Architecture(activation="relu", hidden_size=hidden_size)
    network = Network(architecture, np.zeros(architecture.size, np.float32))
    for name, value in network.parameters.items():
        if name == "weight_hh_l0":
            value[:] = np.diag([0.5, 0.25][:hidden_size])
        elif name == "head.weight":
            value[0] = [0.25, 0.5][:hidden_size]
        elif name == "weight_ih_l0":
            value[:, 0] = [0.5, 1.0][:hidden_size]
        else:
            value[:] = 0.0625
    rows = tuple(tuple((np.arange(points) - points // 2) / 64) for _ in range(aheads))
    return Model(
        network=network,
        preparation=TargetTransform("none", 1.0, {}, None),
        bounds=Bounds(
            "absolute",
            tuple(tuple(map(float, row)) for row in rows),
            (640,) * aheads,
            "2024-01-02",
            "2024-02-01",
        ),
        settings={
            "read": {"column": None},
            "prepare": {"scale": "none"},
            "network": {
                "cell": "rnn", "activation": "relu", "hidden_size": hidden_size, "layers": 1,
                "init": "orthogonal",
            },
            "train": {"loss": "mse", "seed": 0},
        },
        record={
            "symbols": ["AAA"], "rows": 40, "first_date": "2024-01-01", "last_date": "2024-02-23",
            "steps": 8, "clip_rate": 0.25, "best_epoch": 1, "stopped_early": False,
            "validation": {"unit": "log", "model": 0.25, "naive": 0.5, "days": 8}, "epochs": [],
        },
    )  # fmt: skip
