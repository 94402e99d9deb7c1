"""What one would write in PyTorch for `rnncli train`: prices in, weights out, fast but plain.

    python tests/benchmarks/whole_torch.py PRICES OUTPUT [--columns Name,date,close]

Log returns over one deviation, the last validation days, batches of similar lengths, truncated
back-propagation with the state carried, clipping, Adam, a validation pass each epoch, the best
weights saved. Reads one table with a row a symbol and day. Prints the losses as JSON.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch

POOL = 8  # batches drawn together and sorted by length, so that neighbours waste little


@dataclass(frozen=True)
class Series:
    """All series in one array, padded: values (D, N); days to train on, and days in all (N)."""

    values: torch.Tensor
    training: torch.Tensor
    days: torch.Tensor


def main() -> None:
    """Read, train, save, print."""
    arguments = parsed()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    series = read(arguments.prices, arguments.columns.split(","), arguments.validation)
    model = Network(arguments.hidden_size)
    optimizer = torch.optim.Adam(model.parameters(), arguments.learning_rate, fused=True)
    best, losses = np.inf, []
    for _ in range(arguments.epochs):
        trained = epoch(model, optimizer, series, arguments)
        validated = validation_loss(model, series)
        losses.append({"train_loss": trained, "validation_loss": validated})
        if validated < best:
            best = validated
            weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    torch.save(weights, arguments.output)
    print(json.dumps({"epochs": losses}))


def parsed() -> argparse.Namespace:
    """Names and defaults as in `rnncli train`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("prices", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--columns", default="symbol,date,close", help="symbol, date, price")
    parser.add_argument("--hidden-size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--bptt", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--learning-rate", type=float, default=0.02)
    parser.add_argument("--clip-norm", type=float, default=1.0)
    parser.add_argument("--validation", type=float, default=0.2)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


class Network(torch.nn.Module):
    """A vanilla recurrent layer and a linear head."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.rnn = torch.nn.RNN(1, hidden_size)
        self.head = torch.nn.Linear(hidden_size, 1)

    def forward(
        self, x: torch.Tensor, state: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Outputs (T, B) for x (T, B), and the state after it."""
        states, state = self.rnn(x[:, :, None], state)
        return self.head(states)[:, :, 0], state


def read(path: Path, columns: list[str], validation: float) -> Series:
    """Log returns of every symbol over the deviation of the training part."""
    symbol, date, price = columns
    table = pd.read_csv(path, usecols=columns).sort_values([symbol, date])
    prices = [group.to_numpy(np.float64) for _, group in table.groupby(symbol)[price]]
    returns = [100 * np.diff(np.log(p)) for p in prices if len(p) > 2]
    returns.sort(key=len, reverse=True)
    lengths = np.array([len(r) for r in returns])
    training = lengths - np.floor(validation * (lengths - 1)).astype(np.int64)
    fitted = np.concatenate([r[:count] for r, count in zip(returns, training, strict=True)])
    values = np.zeros((lengths.max(), len(returns)), np.float32)
    for i, r in enumerate(returns):
        values[: len(r), i] = r / fitted.std()
    return Series(
        torch.from_numpy(values), torch.from_numpy(training - 1), torch.from_numpy(lengths - 1)
    )


def batches(days: torch.Tensor, size: int) -> Iterator[torch.Tensor]:
    """Series of similar lengths, longest first, in random order."""
    drawn = [
        pool[torch.argsort(days[pool], descending=True)]
        for pool in torch.split(torch.randperm(len(days)), POOL * size)
    ]
    dealt = [batch for pool in drawn for batch in torch.split(pool, size)]
    for number in torch.randperm(len(dealt)).tolist():
        yield dealt[number]


def epoch(
    model: Network, optimizer: torch.optim.Optimizer, series: Series, arguments: argparse.Namespace
) -> float:
    """Train on every series once, chunk by chunk; the mean loss."""
    total, count = 0.0, 0
    for batch in batches(series.training, arguments.batch_size):
        days, values = series.training[batch], series.values[:, batch]
        state: torch.Tensor | None = None
        for start in range(0, int(days.max()), arguments.bptt):
            stop = min(start + arguments.bptt, int(days.max()))
            active = int((days > start).sum())  # longest first: those that go on
            carried = None if state is None else state.detach()[:, :active].contiguous()
            out, state = model(values[start:stop, :active], carried)
            mask = torch.arange(start, stop)[:, None] < days[:active]
            error = (out - values[start + 1 : stop + 1, :active]) * mask
            here = int(mask.sum())
            loss = error.square().sum() / here
            optimizer.zero_grad(set_to_none=True)
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(model.parameters(), arguments.clip_norm)
            optimizer.step()
            total, count = total + float(loss.detach()) * here, count + here
    return total / count


@torch.inference_mode()
def validation_loss(model: Network, series: Series) -> float:
    """Mean loss over the validation days."""
    out, _ = model(series.values[:-1], None)
    t = torch.arange(len(out))[:, None]
    mask = (t >= series.training) & (t < series.days)
    return float(((out - series.values[1:]).square() * mask).sum() / mask.sum())


if __name__ == "__main__":
    main()
