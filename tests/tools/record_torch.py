"""Record what PyTorch 2.13.0 makes of small networks, for `test_torch.py`.

Run once, where PyTorch is; the tests need the file only:

    python -m venv torchv && torchv/bin/pip install torch==2.13.0 numpy
    torchv/bin/python tests/tools/record_torch.py

Cells that it lacks are written here from its functions, for its derivatives. What is recorded
already stays.

Keys are `<cell>-<activation>-<layers>-<hidden_size>/<array>`; arrays are days first, lanes last:
x (T, I, L), target and output (T, O, L), state (S, layers, H, L), `weight/` and `gradient/` by
the names of the state dict, and d<array> the derivative of `loss`, the mean squared error.
dstates (S, T, H, L) is the whole derivative by the top layer's states after each day.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch

DAYS, LANES, OUTPUTS = 20, 3, 2
# cell, activation, layers, hidden_size, input_size
CASES = [
    (cell, activation, layers, hidden_size, input_size)
    for cell, activation in (
        ("rnn", "tanh"),
        ("rnn", "relu"),
        ("gru", "tanh"),
        ("lstm", "tanh"),
        ("slstm", "tanh"),
    )
    for layers in (1, 2)
    for hidden_size, input_size in ((1, 1), (5, 2), (16, 1))
    if hidden_size < 16 or cell != "slstm"
]
STATES = {"rnn": 1, "gru": 1, "lstm": 2, "slstm": 4}


def lanes_last(tensor: torch.Tensor) -> np.ndarray:
    """From PyTorch's (T, L, features) to (T, features, L)."""
    return np.ascontiguousarray(tensor.detach().numpy().swapaxes(-1, -2))


class SLSTM(torch.nn.Module):
    """The sLSTM of Beck et al. 2024, arXiv:2405.04517, equations 8 to 17, gates i, f, z, o."""

    def __init__(self, input_size: int, hidden_size: int, layers: int) -> None:
        super().__init__()
        self.layers, bound = layers, 1 / hidden_size**0.5
        for layer in range(layers):
            columns = hidden_size if layer else input_size
            rows = 4 * hidden_size
            for name, shape in (
                ("weight_ih", (rows, columns)), ("weight_hh", (rows, hidden_size)),
                ("bias_ih", (rows,)), ("bias_hh", (rows,)),
            ):  # fmt: skip
                drawn = torch.empty(shape).uniform_(-bound, bound)
                self.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(drawn))

    def forward(self, x: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:
        """Top states (T, L, H), and all states after the last day, each (layers, L, H)."""
        now, tops = [list(kind.unbind()) for kind in state], []
        for day in x:
            below = day
            for layer in range(self.layers):
                after = self.step(below, [kind[layer] for kind in now], layer)
                for kind, value in zip(now, after, strict=True):
                    kind[layer] = value
                below = after[0]
            tops.append(below)
        return torch.stack(tops), tuple(torch.stack(kind) for kind in now)

    def step(self, x: torch.Tensor, state: Any, layer: int) -> tuple[torch.Tensor, ...]:
        """States h, c, n, m (L, H) after a day."""
        h, c, n, m = state
        p = {name: self.get_parameter(f"{name}_l{layer}") for name in
             ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}  # fmt: skip
        sums = x @ p["weight_ih"].T + p["bias_ih"] + h @ p["weight_hh"].T + p["bias_hh"]
        i, f, z, o = sums.chunk(4, dim=-1)
        log_f = torch.nn.functional.logsigmoid(f) + m
        m = torch.maximum(log_f, i)
        c = torch.exp(log_f - m) * c + torch.exp(i - m) * torch.tanh(z)
        n = torch.exp(log_f - m) * n + torch.exp(i - m)
        return torch.sigmoid(o) * c / n, c, n, m


def module(cell: str, activation: str, input_size: int, hidden_size: int, layers: int) -> Any:
    """PyTorch's network of a cell, in double precision."""
    if cell == "rnn":
        return torch.nn.RNN(input_size, hidden_size, layers, nonlinearity=activation).double()
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM, "slstm": SLSTM}[cell]
    return kind(input_size, hidden_size, layers).double()


def given(state: torch.Tensor) -> Any:
    """States (S, layers, L, H) as PyTorch's networks take them."""
    return state[0] if len(state) == 1 else tuple(state)


def record(
    cell: str, activation: str, layers: int, hidden_size: int, input_size: int
) -> dict[str, np.ndarray]:
    torch.manual_seed(hidden_size + 100 * layers)
    rnn = module(cell, activation, input_size, hidden_size, layers)
    head = torch.nn.Linear(hidden_size, OUTPUTS).double()
    x = torch.randn(DAYS, LANES, input_size, dtype=torch.float64, requires_grad=True)
    shape = (STATES[cell], layers, LANES, hidden_size)
    state = torch.randn(shape, dtype=torch.float64)
    if cell == "slstm":
        state[2] = state[2].exp()  # n, a sum of exponentials
    state.requires_grad_()
    target = torch.randn(DAYS, LANES, OUTPUTS, dtype=torch.float64)

    output = head(rnn(x, given(state))[0])
    loss = torch.nn.functional.mse_loss(output, target)
    loss.backward()
    weights = dict(rnn.named_parameters())
    weights |= {f"head.{name}": weight for name, weight in head.named_parameters()}
    arrays = {
        "x": lanes_last(x),
        "state": lanes_last(state),
        "target": lanes_last(target),
        "output": lanes_last(output),
        "loss": loss.detach().numpy(),
        "dx": lanes_last(x.grad),
        "dstate": lanes_last(state.grad),
        "dstates": lanes_last(by_day(rnn, head, x, state, target)),
    }
    for name, weight in weights.items():
        arrays[f"weight/{name}"] = weight.detach().numpy().copy()
        arrays[f"gradient/{name}"] = weight.grad.numpy().copy()
    return arrays


def by_day(
    rnn: Any, head: torch.nn.Linear, x: torch.Tensor, state: torch.Tensor, target: torch.Tensor
) -> torch.Tensor:
    """Derivative (S, T, L, H) by the top states: day by day, since a run in one go hides them."""
    states = [state.unbind()]
    for day in x:
        after = rnn(day[None], given(states[-1]))[1]
        states.append(after if isinstance(after, tuple) else (after,))
    output = torch.stack([head(after[0][-1]) for after in states[1:]])
    loss = torch.nn.functional.mse_loss(output, target)
    flat = [kind for after in states[1:] for kind in after]
    found = torch.autograd.grad(loss, flat, allow_unused=True, materialize_grads=True)
    top = torch.stack([by[-1] for by in found])
    return top.reshape(len(x), len(state), *top.shape[1:]).swapaxes(0, 1)


def attention_layer(x: torch.Tensor, p: dict[str, torch.Tensor], layer: int) -> torch.Tensor:
    """States (L, T, H) of a layer: attention over the last N days, the days before as zeros."""
    bias = p[f"bias_lag_l{layer}"]
    (heads, window), (lanes, days, _) = bias.shape, x.shape
    sums = x @ p[f"weight_ih_l{layer}"].T + p[f"bias_ih_l{layer}"]
    q, k, v, u = sums.chunk(4, dim=-1)
    before = torch.zeros(lanes, window - 1, q.shape[-1], dtype=x.dtype)
    q, k, v = (
        one.reshape(lanes, one.shape[1], heads, -1).transpose(1, 2)
        for one in (q, torch.cat([before, k], 1), torch.cat([before, v], 1))
    )
    lag = torch.arange(days)[:, None] + window - 1 - torch.arange(days + window - 1)
    mask = torch.where((lag >= 0) & (lag < window), bias[:, lag.clamp(0, window - 1)], -torch.inf)
    attended = torch.nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return torch.tanh(u + attended.transpose(1, 2).reshape(lanes, days, -1))


def record_attention() -> dict[str, np.ndarray]:
    """Two layers of two heads, over more days than the window."""
    torch.manual_seed(1)
    inputs, hidden, window = 2, 16, 5
    p = {}
    for layer in range(2):
        p[f"weight_ih_l{layer}"] = torch.randn(4 * hidden, hidden if layer else inputs) / 4
        p[f"bias_lag_l{layer}"] = torch.randn(2, window)
        p[f"bias_ih_l{layer}"] = torch.randn(4 * hidden) / 4
    p["head.weight"], p["head.bias"] = torch.randn(2, hidden) / 4, torch.randn(2)
    p = {name: weight.double().requires_grad_() for name, weight in p.items()}
    x = torch.randn(LANES, 12, inputs, dtype=torch.float64)
    below = x
    for layer in range(2):
        below = attention_layer(below, p, layer)
    output = below @ p["head.weight"].T + p["head.bias"]
    dout = torch.randn(output.shape, dtype=torch.float64)
    (output * dout).sum().backward()
    arrays = {
        name: lanes_last(array.swapaxes(0, 1))
        for name, array in (("x", x), ("output", output), ("dout", dout))
    }
    for name, weight in p.items():
        arrays[f"weight/{name}"] = weight.detach().numpy()
        arrays[f"gradient/{name}"] = weight.grad.numpy()
    return arrays


def main() -> None:
    path = Path(__file__).parents[1] / "golden" / "torch_cells.npz"
    arrays = {} if not path.exists() else dict(np.load(path))
    done = {name.partition("/")[0] for name in arrays}
    arrays |= {
        f"{cell}-{activation}-{layers}-{hidden_size}/{name}": array
        for cell, activation, layers, hidden_size, input_size in CASES
        if f"{cell}-{activation}-{layers}-{hidden_size}" not in done
        for name, array in record(cell, activation, layers, hidden_size, input_size).items()
    }
    np.savez_compressed(path, **arrays)
    np.savez_compressed(path.with_name("torch_attention.npz"), **record_attention())


if __name__ == "__main__":
    main()
