"""Time and memory of a nightly job of very many symbols, simulated, by a model that is there.

    python tests/benchmarks/nightly.py [--symbols 10000] [--rows 500] [--layout files]

A row a run: with the first 1,000 symbols, with all of them, all of them again, and a night later,
when forecasts have come true. Growth is the peak of memory over that of 1,000 symbols.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

FEW = 1000
JOB = """
[prices]
paths = ["prices"]
[model]
file = "a.model"
[train]
every = "7d"
epochs = 5
[output]
file = "forecasts.csv"
[ledger]
file = "ledger.db"
"""
# of forecasts by the prior, for any prices
NIGHT = """
[prices]
paths = ["prices"]
[forecast]
horizon = 5
max-age = 100000
[output]
file = "forecasts.csv"
[ledger]
file = "ledger.db"
"""


def main() -> None:
    """Simulate, train on a hundred symbols, run the nights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--symbols", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=500)
    parser.add_argument("--layout", choices=["files", "long"], default="files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nightly.toml").write_text(JOB, encoding="ascii")
        market = simulated(arguments.symbols, arguments.rows + 1)
        lay(folder, market[:100, :-1], "files")
        run(folder, "100 symbols, trained")
        few = 0.0
        nights = (
            (f"{FEW} symbols", market[:FEW, :-1]),
            (f"{arguments.symbols} symbols", market[:, :-1]),
            ("the same again", None),
            ("a night later", market),
        )
        for about, prices in nights:
            if prices is not None:
                lay(folder, prices, arguments.layout)
            peak = run(folder, about, few)
            few = few or peak


def simulated(symbols: int, rows: int) -> np.ndarray:
    """Prices (symbols, rows) in cents: random walks."""
    rng = np.random.default_rng(0)
    steps = 0.01 * rng.standard_normal((symbols, rows)).astype(np.float32)
    return np.maximum(np.rint(5000 * np.exp(np.cumsum(steps, axis=1))), 1).astype(np.int32)


def lay(folder: Path, market: np.ndarray, layout: str, first: int = 0) -> None:
    """Write prices as a file a symbol, or one long one; the first symbol has the number `first`."""
    place = folder / "prices"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    days = np.busday_offset("2020-01-01", np.arange(market.shape[1]), roll="forward").astype(str)
    if layout == "long":
        with open(place / "all.csv", "w", encoding="ascii") as file:
            file.write("date,symbol,close\n")
            for number, prices in enumerate(market, first):
                rows = zip(days, prices.tolist(), strict=True)
                file.writelines(f"{d},S{number:05},{p / 100:.2f}\n" for d, p in rows)
        return
    for number, prices in enumerate(market, first):
        rows = zip(days, prices.tolist(), strict=True)
        text = "".join(f"{d},{p / 100:.2f}\n" for d, p in rows)
        (place / f"S{number:05}.csv").write_text(f"date,close\n{text}", encoding="ascii")


def run(folder: Path, about: str, few: float = 0.0) -> float:
    """Run a night; tell and return its peak of memory, in MB."""
    started = time.monotonic()
    command = [sys.executable, "-m", "rnncli", "batch", "nightly.toml"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE) as process:
        said = process.stdout.read().decode() if process.stdout else ""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss / 1024
    grown = f"  growth {peak - few:6.0f} MB" if few else ""
    print(f"{about:22}  {time.monotonic() - started:6.1f} s  {peak:6.0f} MB{grown}  {said.strip()}")
    return peak


if __name__ == "__main__":
    main()
