"""The check of gradients by central differences."""

import numpy as np
import pytest

from rnncli.kernels import CELLS

STEP = 1e-5
CLEAR = 1e-4  # from every kink: more than a step of STEP can move a unit
CHOICES = [(cell, activation) for cell in CELLS for activation in CELLS[cell].activations]
each_choice = pytest.mark.parametrize(("cell", "activation"), CHOICES)


def disagreement(name, analytic, numeric):
    """A line for the worst number that central differences do not confirm; empty for none."""
    excess = np.abs(analytic - numeric) - (1e-8 + 1e-6 * np.abs(numeric))
    worst = np.unravel_index(np.argmax(excess), excess.shape)
    if excess[worst] <= 0:
        return ""
    place = f"{name}[{', '.join(map(str, worst))}]"
    return f"{place}: backward {analytic[worst]!r}, central difference {numeric[worst]!r}"
