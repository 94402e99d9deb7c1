"""StatLand: does the network learn the rules from the data alone? Run by hand.

    python tests/benchmarks/statland.py [--seeds 10]

Without noise: the worst distance from the rule over every history of two, three and nine days
that the market can produce and that ends in a rule pair. With noise: the mean squared error on a
fresh market, beside the least that any forecast can have, which follows from the definition.
"""

import argparse
import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from rnncli.simulation.statland import PRICES, RULES, expected_next, market

DATA = Path(__file__).parents[2] / "data" / "statland.csv"
TRAIN = ["--scale", "none", "--bins", "3", "--labels", "low,medium,high", "--hidden-size", "16"]


def rnncli(*arguments: str, stdin: str = "") -> str:
    command = [sys.executable, "-m", "rnncli", *arguments]
    return subprocess.run(command, input=stdin, text=True, check=True, capture_output=True).stdout


def histories(days: int) -> list[tuple[float, ...]]:
    """Every noise-free history of a number of days that ends in a pair with a rule."""
    all_histories = [(first, second) for first in PRICES for second in PRICES]
    for _ in range(days - 2):
        all_histories = [
            (*history, price)
            for history in all_histories
            for price in ([RULES[history[-2:]]] if history[-2:] in RULES else PRICES)
        ]
    return [history for history in all_histories if history[-2:] in RULES]


def long_csv(series: list[tuple[float, ...]]) -> str:
    rows = [f"h{i},{price:g}" for i, history in enumerate(series) for price in history]
    return "\n".join(["symbol,price", *rows, ""])


def forecasts(model: str, series: list[tuple[float, ...]]) -> np.ndarray:
    out = rnncli("predict", model, "-", "--horizon", "1", stdin=long_csv(series))
    return np.array([float(row["forecast"]) for row in csv.DictReader(io.StringIO(out))])


def noise_free(folder: Path, seed: int) -> list[float]:
    model = str(folder / "statland.model")
    rnncli("train", str(DATA), "-o", model, *TRAIN, "--seed", str(seed))
    worst = []
    for days in (2, 3, 9):
        series = histories(days)
        rules = np.array([RULES[history[-2:]] for history in series])
        worst.append(float(np.max(np.abs(forecasts(model, series) - rules))))
    return worst


def noisy(folder: Path, seed: int) -> tuple[float, float]:
    """Mean squared error of the network, and of the best possible forecast, on a fresh market."""
    prices, model = folder / "noisy.csv", str(folder / "noisy.model")
    prices.write_text(rnncli("statland", "--noise", "0.2"))
    rnncli("train", str(prices), "-o", model, *TRAIN, "--seed", str(seed))
    fresh = [tuple(p.tolist()) for _, p in market(20_000, 2, 12, 0.2, 999)]
    known = [history[:-1] for history in fresh]
    came = np.array([history[-1] for history in fresh])
    ours = forecasts(model, known)
    best = np.array([expected_next(0.2, h[-2:] if len(h) > 1 else None) for h in known])
    return float(np.mean((ours - came) ** 2)), float(np.mean((best - came) ** 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    seeds = parser.parse_args().seeds
    with tempfile.TemporaryDirectory() as name:
        passed = 0
        for seed in range(seeds):
            worst = noise_free(Path(name), seed)
            passed += max(worst) <= 0.05
            print(f"seed {seed}: worst after 2, 3, 9 days", *(f"{w:.3f}" for w in worst))
        print(f"within 0.05 of the rule: {passed} of {seeds} seeds")
        for seed in range(seeds):
            ours, best = noisy(Path(name), seed)
            print(f"seed {seed}: noisy market, squared error {ours:.5f}, ratio {ours / best:.4f}")


if __name__ == "__main__":
    main()
