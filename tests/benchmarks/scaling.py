"""How time and memory grow with days, series, hidden size and symbols. Run by hand.

    python tests/benchmarks/scaling.py [--repetitions 3] [--json FILE] [--without-market]

Prices are simulated into a temporary folder. Every point is a process of its own, of which the
best repetition counts: seconds without starting up and making kernels ready, and peak memory
above that of the smallest run there is. The slope is that of the logarithms over the largest
three values, where fixed costs weigh little: 1 is linear. Then 5,000 symbols x 1,259 days,
horizon 5, in one command, with its profile.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from runs import RNNCLI, Run, run, save, show, write_prices

SYMBOLS, DAYS = 5000, 1259
LAST = 3  # values that the slope is fitted to
WIDTH = 40  # columns of the longest bar
Point = Callable[[int], list[object]]


class Bench:
    """Simulated prices and a model in one folder, each file made once."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.model = folder, folder / "market.model"
        run([*RNNCLI, "warmup"])
        run([*RNNCLI, "train", self.prices(64, 250), "-o", self.model, "--epochs", 1])

    def prices(self, symbols: int, days: int) -> Path:
        path = self.folder / f"{symbols}x{days}.csv"
        return path if path.exists() else write_prices(path, symbols, days)

    def train(self, series: int, days: int, hidden_size: int = 32) -> list[object]:
        options = ["--epochs", 3, "--hidden-size", hidden_size, "--profile"]
        return [*RNNCLI, "train", self.prices(series, days), "-o", self.folder / "m", *options]

    def predict(self, symbols: int, days: int) -> list[object]:
        return [*RNNCLI, "predict", self.model, self.prices(symbols, days), "--profile"]


def axes(bench: Bench) -> dict[str, tuple[Point, Sequence[int]]]:
    """What grows -> the command of a value, and the values."""
    return {
        "train: days (64 series)": (lambda n: bench.train(64, n), (500, 1000, 2000, 4000, 8000)),
        "train: series (500 days)": (lambda n: bench.train(n, 500), (128, 256, 512, 1024, 2048)),
        "train: hidden size (64 series, 500 days)": (
            lambda n: bench.train(64, 500, n), (16, 32, 64, 128, 256),
        ),
        "predict: days (200 symbols)": (
            lambda n: bench.predict(200, n), (250, 500, 1000, 2000, 4000),
        ),
        "predict: symbols (500 days)": (
            lambda n: bench.predict(n, 500), (125, 250, 500, 1000, 2000),
        ),
    }  # fmt: skip


def best(command: list[object], repetitions: int) -> Run:
    return min((run(command) for _ in range(repetitions)), key=lambda done: done.work)


def slope(values: Sequence[int], measured: Sequence[float]) -> float:
    """Exponent of the growth: that of the straight line through the last logarithms."""
    known = np.log(np.maximum(measured[-LAST:], 1e-3))
    return float(np.polyfit(np.log(values[-LAST:]), known, 1)[0])


def picture(name: str, values: Sequence[int], measured: Sequence[float], unit: str) -> float:
    """Print a bar for each value, and the slope."""
    exponent = slope(values, measured)
    print(f"\n{name}, {unit}: slope {exponent:.2f}")
    for value, amount in zip(values, measured, strict=True):
        print(f"{value:>6} {amount:>9.3f} {'█' * round(WIDTH * amount / max(measured))}")
    return exponent


def grown(bench: Bench, repetitions: int) -> dict[str, Any]:
    """Measure and draw every axis."""
    least = min(run(bench.predict(1, 2)).memory for _ in range(repetitions))
    axes_measured: dict[str, Any] = {}
    for name, (command, values) in axes(bench).items():
        runs = [best(command(value), repetitions) for value in values]
        seconds = [done.work for done in runs]
        memory = [max(done.memory - least, 0.0) for done in runs]
        axes_measured[name] = {
            "values": list(values),
            "seconds": seconds,
            "mebibytes": memory,
            "slope_seconds": picture(name, values, seconds, "seconds"),
            "slope_mebibytes": picture(name, values, memory, "MiB"),
        }
    return axes_measured


def market(bench: Bench) -> dict[str, Any]:
    """All symbols of a large market in one command."""
    done = run([*bench.predict(SYMBOLS, DAYS), "--horizon", 5])
    whole = done.stages["whole"]
    print(f"\npredict: {SYMBOLS} symbols x {DAYS} days, horizon 5; {done.memory:.0f} MiB")
    show(["stage", "seconds", "share"], [[n, s, s / whole] for n, s in done.stages.items()])
    return {"symbols": SYMBOLS, "days": DAYS, "mebibytes": done.memory, "stages": done.stages}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--without-market", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name))
        document = {"growth": grown(bench, arguments.repetitions)}
        if not arguments.without_market:
            document["market"] = market(bench)
        save(arguments.json, document)


if __name__ == "__main__":
    main()
