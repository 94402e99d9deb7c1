"""Run very many nights with faults, and compare all they leave with a straight run. By hand.

    python tests/tools/many_nights.py [--nights 1000] [--seed 0]

The days are moved by the prices. Both runs see what vendors do: last prices that are provisional,
and now and then a past price that is rewritten. Faults befall one of them: a process that is killed
(SIGKILL) at a random moment, a disk that is full (a limit on the size of files) after some bytes,
and in the middle the ledger becomes one of version 2, which the next night upgrades. After a fault
the night is run again. The status is 0 if both folders have the same files and ledgers in the end;
every hundredth night shows the memory and the open files of the process that runs the nights.
"""

import argparse
import io
import os
import random
import resource
import signal
import sys
import tempfile
import time
from contextlib import redirect_stderr
from pathlib import Path

import numpy as np
from kills import kill_after

from rnncli import cli

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from ledgers import make_older
from nights import rows_of

SYMBOLS, BEFORE = 3, 60  # series, and days before the first night
KILLED, FULL = 0.1, 0.2  # probabilities: of a kill; of a kill or a full disk
REWRITTEN, PROVISIONAL = 40, 5  # nights between two rewritten prices, and two provisional ones
SECONDS = 12.0  # within which the first process is killed; then within the time of a night
JOB = """
[prices]
paths = ["prices.csv"]
[model]
file = "a.model"
[train]
every = "14d"
hidden-size = 3
epochs = 3
pool = "none"
checkpoint-every = 1
[forecast]
horizon = 2
[output]
file = "forecasts-{date}.csv"
[ledger]
file = "ledger.db"
[log]
file = "log.jsonl"
[keep]
outputs = 5
log-size = 1
logs = 2
[monitor]
metrics = "m.prom"
"""


def main() -> None:
    """Run the nights twice, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="of the faults")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        straight, faulty = Path(folder) / "straight", Path(folder) / "faulty"
        began = time.monotonic()
        nights = arguments.nights
        for place in (straight, faulty):
            place.mkdir()
            (place / "nightly.toml").write_text(JOB, encoding="ascii")
        faults = Faults(faulty, random.Random(arguments.seed))  # noqa: S311 - no secret
        for night in range(nights):
            for place in (straight, faulty):
                write_prices(place, night)
            run(straight)
            if night == nights // 2:
                make_older(faulty / "ledger.db", 2)
                faults.counts["upgraded"] = 1
            faults.befall()
            run(faulty)
            if (night + 1) % 100 == 0 or night + 1 == nights:
                memory = int(Path("/proc/self/statm").read_text().split()[1]) * 4 // 1024
                files = len(os.listdir("/proc/self/fd"))
                print(f"{night + 1:5} nights  {time.monotonic() - began:6.0f} s  {memory} MiB"
                      f"  {files} open files  {faults.counts}", flush=True)  # fmt: skip
        (faulty / "ledger.db.v2").unlink()
        same = left_in(straight) == left_in(faulty)
        names = sorted(path.name for path in faulty.iterdir())
        print(f"{'same' if same else 'DIFFERENT'}: {names}")
        sys.exit(not same)


def write_prices(place: Path, night: int) -> None:
    """What the vendor delivers that night."""
    days = BEFORE + night
    rng = np.random.default_rng(1)
    walks = 50 * np.exp(np.cumsum(0.01 * rng.standard_normal((days + 1, SYMBOLS)), axis=0))[:days]
    for rewritten in range(REWRITTEN, night + 1, REWRITTEN):
        walks[rewritten, rewritten // REWRITTEN % SYMBOLS] *= 1.2
    if night % PROVISIONAL == 0:
        walks[-1] *= 1.0005
    dates = np.busday_offset("2015-01-01", np.arange(days), roll="forward").astype(str)
    lines = [
        f"{day},S{k},{price:.2f}"
        for day, prices in zip(dates, walks, strict=True)
        for k, price in enumerate(prices)
    ]
    text = "\n".join(["date,symbol,close", *lines]) + "\n"
    (place / "prices.csv").write_text(text, encoding="ascii")


def words(place: Path) -> list[str]:
    """The command of a night."""
    return ["batch", str(place / "nightly.toml"), "-q"]


def run(place: Path) -> None:
    """Run a night in this process; it must succeed."""
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stderr(said):
        status = cli._run(words(place))
    if status:
        print(f"status {status}: {said.buffer.getvalue().decode()}")
        sys.exit(2)


class Faults:
    """What befalls the nights of a folder, and how often it did."""

    def __init__(self, place: Path, draws: random.Random) -> None:
        self.counts = {"killed": 0, "full": 0, "upgraded": 0}
        self._place = place
        self._draws = draws
        self._seconds = SECONDS

    def befall(self) -> None:
        """Kill a night, fill the disk in it, or do nothing."""
        drawn = self._draws.random()
        if drawn < KILLED:
            command = [sys.executable, "-m", "rnncli", *words(self._place)]
            began = time.monotonic()
            if kill_after(self._draws.uniform(0, self._seconds), command, self._place):
                self.counts["killed"] += 1
            else:
                self._seconds = time.monotonic() - began
        elif drawn < FULL:
            self._fill_disk(int(10 ** self._draws.uniform(2, 6)))

    def _fill_disk(self, bytes_left: int) -> None:
        """Run a night in which no file may grow beyond a number of bytes."""
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, limits[1]))
        try:
            with redirect_stderr(
                io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
            ):
                self.counts["full"] += bool(cli._run(words(self._place)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def left_in(place: Path) -> dict[str, object]:
    """The names of all files, the bytes of models and forecasts, and the rows of the ledger."""
    found: dict[str, object] = {}
    for path in sorted(place.iterdir()):
        whole = path.suffix in (".model", ".csv", ".traces")
        ledger = path.suffix == ".db"
        found[path.name] = rows_of(path) if ledger else path.read_bytes() if whole else None
    return found


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    main()
