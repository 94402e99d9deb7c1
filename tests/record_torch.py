"""Record what PyTorch 2.13.0 makes of small networks, for `test_cells_torch.py`.

Run once, where PyTorch is; the tests need the file only:

    python -m venv torchv && torchv/bin/pip install torch==2.13.0 numpy
    torchv/bin/python tests/record_torch.py

Keys are `<activation>-<layers>-<hidden_size>/<array>`; arrays are days first, lanes last:
x (T, I, L), target and output (T, O, L), state (layers, H, L), `weight/` and `gradient/` by the
names of the state dict, and d<array> the derivative of `loss`, the mean squared error.
dstates (T, H, L) is the whole derivative by the top layer's state after each day.
"""

from pathlib import Path

import numpy as np
import torch

DAYS, LANES, OUTPUTS = 20, 3, 2
# activation, layers, hidden_size, input_size
CASES = [
    (activation, layers, hidden_size, input_size)
    for activation in ("tanh", "relu")
    for layers in (1, 2)
    for hidden_size, input_size in ((1, 1), (5, 2), (16, 1))
]


def lanes_last(tensor: torch.Tensor) -> np.ndarray:
    """From PyTorch's (T, L, features) to (T, features, L)."""
    return np.ascontiguousarray(tensor.detach().numpy().swapaxes(-1, -2))


def record(
    activation: str, layers: int, hidden_size: int, input_size: int
) -> dict[str, np.ndarray]:
    torch.manual_seed(hidden_size + 100 * layers)
    rnn = torch.nn.RNN(input_size, hidden_size, layers, nonlinearity=activation).double()
    head = torch.nn.Linear(hidden_size, OUTPUTS).double()
    x = torch.randn(DAYS, LANES, input_size, dtype=torch.float64, requires_grad=True)
    state = torch.randn(layers, LANES, hidden_size, dtype=torch.float64, requires_grad=True)
    target = torch.randn(DAYS, LANES, OUTPUTS, dtype=torch.float64)

    output = head(rnn(x, state)[0])
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
    rnn: torch.nn.RNN, head: torch.nn.Linear, x: torch.Tensor, state: torch.Tensor,
    target: torch.Tensor,
) -> torch.Tensor:  # fmt: skip
    """Derivative (T, L, H) by the top states: a run day by day, since one in one go hides them."""
    states = [state]
    for day in x:
        states.append(rnn(day[None], states[-1])[1])
    output = torch.stack([head(after[-1]) for after in states[1:]])
    loss = torch.nn.functional.mse_loss(output, target)
    return torch.stack([by[-1] for by in torch.autograd.grad(loss, states[1:])])


def main() -> None:
    path = Path(__file__).parent / "golden" / "torch_rnn.npz"
    arrays = {
        f"{activation}-{layers}-{hidden_size}/{name}": array
        for activation, layers, hidden_size, input_size in CASES
        for name, array in record(activation, layers, hidden_size, input_size).items()
    }
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main()
