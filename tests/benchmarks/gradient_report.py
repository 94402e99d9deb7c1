"""The gradient report of a model beside one computed with PyTorch from the saved weights.

    rnncli train PRICES -o MODEL
    python tests/benchmarks/gradient_report.py MODEL PRICES...

Needs torch (the extra `bench`). The tensors are loaded into torch.nn.RNN by name; the gradient by
lag follows its definition with autograd in float64, series of equal length in one batch. Prints
the largest relative difference over the lags where relative >= 1e-6.
"""

import argparse
import json
import subprocess
import sys
from collections import defaultdict

import numpy as np
import torch

from rnncli.kernels.likelihoods import FEWEST, FLOOR, SPREAD
from rnncli.models.model import Model, load_model
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings
from rnncli.transforms.dataset import prepare


def student_t(outputs: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Minus the log density, by PyTorch's own distribution, of location, log scale and raw dof."""
    location, log_scale, raw = outputs.unbind(1)
    scale = torch.exp(torch.clamp(log_scale, min=FLOOR))
    distribution = torch.distributions.StudentT(FEWEST + SPREAD * torch.exp(raw), location, scale)
    return -distribution.log_prob(target[:, 0]).sum()


LOSSES = {  # summed: every series has a loss of its own
    "mse": torch.nn.MSELoss(reduction="sum"),
    "mae": torch.nn.L1Loss(reduction="sum"),
    "huber": torch.nn.HuberLoss(reduction="sum"),
    "student-t": student_t,
}


def torch_network(model: Model) -> tuple[torch.nn.RNN, torch.nn.Linear]:
    a = model.network.architecture
    rnn = torch.nn.RNN(a.input_size, a.hidden_size, a.layers, nonlinearity=a.activation).double()
    head = torch.nn.Linear(a.hidden_size, a.output_size).double()
    tensors = {n: torch.from_numpy(t).double() for n, t in model.network.parameters.items()}
    rnn.load_state_dict({n: t for n, t in tensors.items() if not n.startswith("head.")})
    head.load_state_dict({n[5:]: t for n, t in tensors.items() if n.startswith("head.")})
    return rnn, head


def squared_norms(model: Model, series: np.ndarray) -> np.ndarray:
    """Squared norm of dL_T/dh_{T-k} of series (n, values), by lag: (lags, n)."""
    rnn, head = torch_network(model)
    x = torch.from_numpy(series)[:, :, None]
    h = torch.zeros(rnn.num_layers, len(series), rnn.hidden_size, dtype=torch.float64)
    tops = []
    for t in range(x.shape[1] - 1):
        _, h = rnn(x[None, :, t], h)
        top = h[-1].clone()
        top.retain_grad()
        tops.append(top)
        h = torch.cat([h[:-1], top[None]])
    loss = LOSSES[model.settings["train"]["loss"]]
    loss(head(tops[-1]), x[:, -1]).backward()
    return np.array([top.grad.square().sum(1).numpy() for top in reversed(tops)])


def report(model: Model, values: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Norm and relative norm by lag, as the definitions say."""
    by_length: dict[int, list[np.ndarray]] = defaultdict(list)
    for series in values:
        by_length[len(series)].append(series)
    longest = max(by_length) - 1
    squares, at_0, count = np.zeros(longest), np.zeros(longest), np.zeros(longest)
    for group in by_length.values():
        of_group = squared_norms(model, np.array(group))
        lags = len(of_group)
        squares[:lags] += of_group.sum(1)
        at_0[:lags] += of_group[0].sum()
        count[:lags] += len(group)
    frequent = count >= min(10, len(values))
    return np.sqrt(squares / count)[frequent], np.sqrt(squares / at_0)[frequent]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("prices", nargs="+")
    arguments = parser.parse_args()
    model = load_model(arguments.model)
    prices = read_prices(arguments.prices, ReadSettings())
    prepared = prepare(prices, model.preparation, 0.0)
    values = [prepared.series(i) for i in range(len(prepared.symbols))]
    norm, relative = report(model, [series for series in values if len(series) > 1])
    command = [sys.executable, "-m", "rnncli", "gradients", arguments.model, *arguments.prices]
    ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["lags"]
    assert len(ours) == len(norm), (len(ours), len(norm))
    shown = relative >= 1e-6
    for name, theirs in (("norm", norm), ("relative", relative)):
        mine = np.array([row[name] for row in ours])
        difference = np.max(np.abs(mine[shown] / theirs[shown] - 1))
        print(f"{name}: {shown.sum()} of {len(norm)} lags, largest difference {difference:.2g}")


if __name__ == "__main__":
    main()
