"""Record what this version writes, for `tests/storage/test_earlier_versions.py` of later ones.

    python tests/tools/record_earlier.py tests/storage/earlier/0.2

To be run once for each release, by the program as it is released.
"""

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

DAYS, SYMBOLS = 40, "AB"
TRAIN = ("--hidden-size", "2", "--pool", "none", "-q")


def main() -> None:
    """Train, forecast twice into a ledger, and stop a training at a checkpoint."""
    place = Path(sys.argv[1])
    place.mkdir(parents=True)
    prices = place / "prices.csv"
    write_prices(prices)
    model, ledger = place / "a.model", place / "ledger.db"
    run("train", prices, "-o", model, "--until", "2024-02-09", "--epochs", "2", *TRAIN)
    for until, options in (("16", ("--state", place / "a.state")), ("20", ())):
        words = ("predict", model, prices, "--until", f"2024-02-{until}", "--horizon", "2")
        run(*words, "--ledger", ledger, "-o", place / "forecast.csv", *options)
    record_checkpoint(place, prices)
    print(*sorted(path.name for path in place.iterdir()))


def write_prices(path: Path) -> None:
    """Two random walks of 40 days."""
    rng = np.random.default_rng(5)
    days = np.busday_offset("2024-01-01", np.arange(DAYS), roll="forward").astype(str)
    walks = 50 * np.exp(np.cumsum(0.01 * rng.standard_normal((len(SYMBOLS), DAYS)), axis=1))
    rows = [
        f"{day},{symbol},{price:.2f}"
        for symbol, walk in zip(SYMBOLS, walks, strict=True)
        for day, price in zip(days, walk, strict=True)
    ]
    path.write_text("\n".join(["date,symbol,close", *rows]) + "\n", encoding="ascii")


def record_checkpoint(place: Path, prices: Path) -> None:
    """Kill a training once its checkpoint is there."""
    words = ("train", prices, "-o", place / "b.model", "--epochs", "100000", *TRAIN)
    checkpoint = place / "b.model.checkpoint"
    with subprocess.Popen(command(*words, "--checkpoint-every", "1")) as process:
        while not checkpoint.exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    for left in place.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            left.unlink()


def command(*words: object) -> list[str]:
    """The command of this program."""
    return [sys.executable, "-m", "rnncli", *map(str, words)]


def run(*words: object) -> None:
    """Run it; it must succeed."""
    subprocess.run(command(*words), check=True)


if __name__ == "__main__":
    main()
