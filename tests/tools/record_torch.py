"""Record what PyTorch 2.13.0 makes of small networks, for `test_cells_torch.py`.

Run once, where PyTorch is; the tests need the file only:

    python -m venv torchv && torchv/bin/pip install torch==2.13.0 numpy
    torchv/bin/python tests/tools/record_torch.py

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
    for cell, activation in (("rnn", "tanh"), ("rnn", "relu"), ("gru", "tanh"), ("lstm", "tanh"))
    for layers in (1, 2)
    for hidden_size, input_size in ((1, 1), (5, 2), (16, 1))
]
STATES = {"rnn": 1, "gru": 1, "lstm": 2}


def lanes_last(tensor: torch.Tensor) -> np.ndarray:
    """From PyTorch's (T, L, features) to (T, features, L)."""
    return np.ascontiguousarray(tensor.detach().numpy().swapaxes(-1, -2))


def module(cell: str, activation: str, input_size: int, hidden_size: int, layers: int) -> Any:
    """PyTorch's network of a cell, in double precision."""
    if cell == "rnn":
        return torch.nn.RNN(input_size, hidden_size, layers, nonlinearity=activation).double()
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
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
    state = torch.randn(shape, dtype=torch.float64, requires_grad=True)
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


def main() -> None:
    path = Path(__file__).parents[1] / "golden" / "torch_cells.npz"
    arrays = {
        f"{cell}-{activation}-{layers}-{hidden_size}/{name}": array
        for cell, activation, layers, hidden_size, input_size in CASES
        for name, array in record(cell, activation, layers, hidden_size, input_size).items()
    }
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main()
