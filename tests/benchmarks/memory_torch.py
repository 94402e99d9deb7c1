"""PyTorch on the memory tasks, from the same weights and batches: RUN and WEIGHTS in, JSON out.

Run by memory.py, with any Python that has PyTorch; it knows nothing of rnncli.
"""

import json
import sys
from collections.abc import Iterator

import numpy as np
import torch
from memory_tasks import CHECKED_EVERY, INPUTS, SOLVED, Float32Array, Run, batch, test_batch

LAYERS: dict[str, type[torch.nn.RNNBase]] = {
    "rnn": torch.nn.RNN,
    "gru": torch.nn.GRU,
    "lstm": torch.nn.LSTM,
}


class LastDay(torch.nn.Module):
    """A recurrent layer, and a head on its state after the last day."""

    def __init__(self, run: Run, weights: dict[str, Float32Array]) -> None:
        super().__init__()
        chosen = {"nonlinearity": run.activation} if run.cell == "rnn" else {}
        self.layer = LAYERS[run.cell](INPUTS[run.task], run.hidden_size, **chosen)
        self.head = torch.nn.Linear(run.hidden_size, 1)
        tensors = {name: torch.from_numpy(weight) for name, weight in weights.items()}
        self.head.load_state_dict({n: tensors.pop(f"head.{n}") for n in ("weight", "bias")})
        self.layer.load_state_dict(tensors)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Outputs (n) after the last day of x (T, n, I)."""
        last: torch.Tensor = self.head(self.layer(x)[0][-1])
        return last[:, 0]


def tensors(x: Float32Array, target: Float32Array) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs in PyTorch's order (T, n, I), and targets."""
    return torch.from_numpy(x.transpose(0, 2, 1).copy()), torch.from_numpy(target)


def train(run: Run, network: LastDay) -> Iterator[tuple[int, float]]:
    """Train; yields steps done and the mean squared error on the test sequences."""
    adam = torch.optim.Adam(network.parameters(), run.learning_rate)
    x_test, target_test = tensors(*test_batch(run))
    for step in range(1, run.steps + 1):
        x, target = tensors(*batch(run, step))
        adam.zero_grad()
        torch.nn.functional.mse_loss(network(x), target).backward()
        if run.clip_norm:
            torch.nn.utils.clip_grad_norm_(network.parameters(), run.clip_norm)
        adam.step()
        if step % CHECKED_EVERY == 0:
            with torch.no_grad():
                yield step, float(torch.nn.functional.mse_loss(network(x_test), target_test))


def main() -> None:
    """Train one run and print where it ended."""
    torch.set_num_threads(1)
    run = Run(**json.loads(sys.argv[1]))
    with np.load(sys.argv[2]) as weights:
        network = LastDay(run, dict(weights))
    for step, error in train(run, network):  # noqa: B007 - the last ones count
        if error < SOLVED:
            break
    print(json.dumps({"steps": step, "error": error, "version": torch.__version__}))


if __name__ == "__main__":
    main()
