"""Slow, obvious twins of everything fast, in NumPy, written from the definitions."""

from typing import Any

import numpy as np

Array = Any


def add_product(weight: Array, x: Array) -> Array:
    """sum over j of weight[i, j] * x[j, lane]."""
    return weight @ x


def rnn_states(x: Array, p: dict[str, Array], layer: int, activation: str) -> Array:
    """States (T, H, L) of one layer of the vanilla RNN for inputs x (T, I, L), h_0 = 0."""
    weight_ih, weight_hh = p[f"weight_ih_l{layer}"], p[f"weight_hh_l{layer}"]
    bias = (p[f"bias_ih_l{layer}"] + p[f"bias_hh_l{layer}"])[:, None]
    h = np.zeros((weight_hh.shape[1], x.shape[2]))
    states = []
    for x_t in x:
        total = weight_ih @ x_t + weight_hh @ h + bias
        h = np.tanh(total) if activation == "tanh" else np.maximum(total, 0)
        states.append(h)
    return np.array(states)


STATES = {"rnn": rnn_states}


def outputs(x: Array, p: dict[str, Array], cell: str, layers: int, activation: str) -> Array:
    """Outputs (T, O, L) of the whole network."""
    for layer in range(layers):
        x = STATES[cell](x, p, layer, activation)
    return np.einsum("oh,thl->tol", p["head.weight"], x) + p["head.bias"][None, :, None]
