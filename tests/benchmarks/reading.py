"""How fast prices are read and checked, beside a bare pandas.read_csv. Run by hand.

    python tests/benchmarks/reading.py [FILE] [--symbols 5000] [--days 1259] [--rounds 3]

Without FILE, a long file of simulated symbols is written to a temporary folder first.
Each reading is a process of its own: the seconds leave the imports out, the peak is all of it.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

BARE = "import pandas as reader\nread = lambda path: reader.read_csv(path)"
OURS = """
import pandas
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings
read = lambda path: read_prices([path], ReadSettings())
"""
TIMED = """
import resource, sys, time
start = time.perf_counter()
read(sys.argv[1])
seconds = time.perf_counter() - start
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def simulate(path: Path, symbols: int, days: int) -> None:
    """Write open, high, low, close and volume of every symbol, one after the other."""
    rng = np.random.default_rng(0)
    dates = np.busday_offset("2019-01-01", np.arange(days), roll="forward").astype(str)
    with path.open("w", encoding="ascii") as file:
        file.write("date,open,high,low,close,volume,Name\n")
        for number in range(symbols):
            close = 50 * np.exp(np.cumsum(rng.normal(0, 0.02, days)))
            volume = rng.integers(10_000, 10_000_000, days)
            file.writelines(
                f"{date},{p:.2f},{p * 1.01:.2f},{p * 0.99:.2f},{p:.2f},{v},S{number:04d}\n"
                for date, p, v in zip(dates, close.tolist(), volume.tolist(), strict=True)
            )


def measure(code: str, path: Path) -> tuple[float, float]:
    """Seconds and megabytes of one reading."""
    command = [sys.executable, "-c", code + TIMED, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the reading of prices.")
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--symbols", type=int, default=5000)
    parser.add_argument("--days", type=int, default=1259)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.file
        if path is None:
            path = Path(folder) / "market.csv"
            simulate(path, arguments.symbols, arguments.days)
        runs = [[measure(code, path) for code in (BARE, OURS)] for _ in range(arguments.rounds)]
    bare, ours = (min(run[reader] for run in runs) for reader in (0, 1))
    print(f"{'':8} seconds   peak MB")
    print(f"{'pandas':8} {bare[0]:7.2f} {bare[1]:9.0f}")
    print(f"{'rnncli':8} {ours[0]:7.2f} {ours[1]:9.0f}   {ours[0] / bare[0]:.2f} times the seconds")


if __name__ == "__main__":
    main()
