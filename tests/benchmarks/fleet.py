"""How much faster workers train a fleet than one of them: processes, and a Dask cluster. By hand.

    python tests/benchmarks/fleet.py [--symbols 200] [--days 500] [--rounds 5] [--workers 1,2]
        [-- OPTIONS OF TRAIN]

Every worker has one thread. Each round trains its share of the symbols in all ways in turn, so
that a busy machine slows each alike. Dask workers have done a few symbols before, as those of a
cluster that stands have; processes pay for their start each time. A time is of the whole command.
The folders that come of it must be the same, byte by byte.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from runs import RNNCLI, run, save, show, write_prices

WARM = 4  # symbols, and runs, before anything is measured
PROCESSES, DASK = "processes", "Dask workers"
Seconds = dict[str, list[float]]


@contextlib.contextmanager
def dask(*words: object) -> Iterator[None]:
    """A process of a cluster."""
    quiet = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    command = [sys.executable, "-m", "dask", *map(str, words), "--no-dashboard"]
    with subprocess.Popen(command, **quiet) as process:  # type: ignore[call-overload] # its keywords
        try:
            yield
        finally:
            process.kill()


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Address of a scheduler on loopback with `workers` workers of one thread."""
    place = folder / f"scheduler-{workers}.json"
    with contextlib.ExitStack() as stack:
        stack.enter_context(
            dask("scheduler", "--host", "127.0.0.1", "--port", 0, "--scheduler-file", place)
        )
        while not place.exists() or not place.stat().st_size:
            time.sleep(0.05)
        address = json.loads(place.read_bytes())["address"]
        for _ in range(workers):
            stack.enter_context(dask("worker", address, "--nthreads", 1, "--no-nanny"))
        yield address


def name_of(kind: str, count: int) -> str:
    """A way to train by a number of workers."""
    return f"{count} {kind}"


def train(prices: Path, folder: Path, *options: object) -> float:
    """Seconds of a training per series."""
    return run([*RNNCLI, "train", prices, "-o", folder, "--per-series", *options]).seconds


def same(folder: Path, ways: Iterable[str]) -> bool:
    """Whether all ways made the same files."""
    files_by_way = [
        {path.name: path.read_bytes() for path in sorted((folder / way).rglob("*.model"))}
        for way in ways
    ]
    return all(one == files_by_way[0] for one in files_by_way)


def measure(
    folder: Path, symbols: int, days: int, rounds: int, workers: list[int], options: list[str]
) -> Seconds:
    """Seconds of every round, by way."""
    taken: Seconds = {}
    with contextlib.ExitStack() as stack:
        clusters = {count: stack.enter_context(cluster(folder, count)) for count in workers}
        ways: dict[str, tuple[object, ...]] = {
            name_of(PROCESSES, count): ("--jobs", count) for count in workers
        }
        for count, address in clusters.items():
            ways[name_of(DASK, count)] = "--cluster", address
        few = write_prices(folder / "few.csv", WARM, days)
        for number, address in enumerate(list(clusters.values()) * max(WARM // len(clusters), 1)):
            train(few, folder / f"warm-{number}", *options, "--cluster", address)
        for number in range(rounds):
            prices = write_prices(folder / "prices.csv", symbols // rounds, days)
            for way, who in ways.items():
                where = folder / way / str(number)
                where.parent.mkdir(exist_ok=True)
                taken.setdefault(way, []).append(train(prices, where, *options, *who))
    if not same(folder, ways):
        sys.exit("the models differ")
    return taken


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--symbols", type=int, default=200)
    parser.add_argument("--days", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", default="1,2", help="how many, the first beside the others")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("options", nargs="*", help="of train")
    a = parser.parse_args()
    workers = [int(count) for count in a.workers.split(",")]
    with tempfile.TemporaryDirectory() as name:
        taken = measure(Path(name), a.symbols, a.days, a.rounds, workers, a.options)
    show(
        ["seconds", *(f"round {i + 1}" for i in range(a.rounds)), "all"],
        [[way, *seconds, sum(seconds)] for way, seconds in taken.items()],
    )
    ratios = {
        name_of(kind, count): sum(taken[name_of(kind, workers[0])])
        / sum(taken[name_of(kind, count)])
        for kind in (PROCESSES, DASK)
        for count in workers[1:]
    }
    for way, ratio in ratios.items():
        print(f"{way} over {workers[0]}: {ratio:.2f} x; load {os.getloadavg()[0]:.1f}")
    save(a.json, {"seconds": taken, "ratios": ratios})


if __name__ == "__main__":
    main()
