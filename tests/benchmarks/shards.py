"""A night of very many symbols in shards on a simulated cluster, and what messages of Dask allow.

    python tests/benchmarks/shards.py [--symbols 50000] [--shards 100] [--rows 500]

A shard is a job of its own for its share of the symbols. Its ledger is added to one of all at the
end: no message passes between machines. All shards are run here, one after another: a cluster of as
many machines takes as long as the slowest of them, and the adding. A message is a task of nothing,
sent with the prices of a symbol to workers of a Dask cluster: the process that sends them and the
scheduler have one thread each for them, so that the busier one bounds all workers together.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from fleet import cluster
from machine import describe
from nightly import NIGHT, lay, simulated
from runs import RNNCLI, run, show, write_prices

WORKERS = (10, 100, 1_000, 10_000)
MESSAGES, CROWD = 2000, 12  # tasks, and workers that always have some
TRAINED = 40  # symbols, to know what the training of one costs


def night(folder: Path, market: np.ndarray, first: int) -> float:
    """Seconds of the job of some symbols, the number of the first of them given."""
    folder.mkdir()
    (folder / "job.toml").write_text(NIGHT, encoding="ascii")
    lay(folder, market, "long", first)
    return run([*RNNCLI, "batch", folder / "job.toml"]).seconds


def merge(folder: Path, shards: int) -> float:
    """Seconds of adding the ledgers of all shards to that of the first."""
    began = time.perf_counter()
    for number in range(1, shards):
        ledgers = [folder / str(n) / "ledger.db" for n in (0, number)]
        run([*RNNCLI, "ledger", ledgers[0], "import", ledgers[1]])
    return time.perf_counter() - began


def message(folder: Path) -> tuple[float, float]:
    """Processor seconds here and of the scheduler, of a task of nothing with a symbol's prices."""
    from rnncli.runtime import dask_cluster  # noqa: PLC0415 - needs an extra

    item = np.zeros((1259, 5))
    with cluster(folder, CROWD) as address, dask_cluster.cluster(address) as workers:
        for count in (4 * CROWD, MESSAGES):  # the first ones start the workers
            before = time.process_time(), _of_scheduler()
            for _ in workers.results(len, [item] * count):
                pass
            here, there = time.process_time() - before[0], _of_scheduler() - before[1]
    return here / MESSAGES, there / MESSAGES


def _of_scheduler() -> float:
    """Processor seconds that the scheduler, a child of this process, has taken."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_bytes()
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == os.getpid() and b"scheduler\0" in command:
            return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    raise ProcessLookupError("no scheduler among the children")


def training(folder: Path) -> float:
    """Seconds that a symbol more takes to train, by one process."""
    seconds = []
    for symbols in (TRAINED // 4, TRAINED):
        prices = write_prices(folder / "prices.csv", symbols, 1259)
        command = [*RNNCLI, "train", prices, "-o", folder / f"models-{symbols}", "--per-series"]
        seconds.append(run([*command, "--jobs", 1, "-q"]).seconds)
    return (seconds[1] - seconds[0]) / (TRAINED - TRAINED // 4)


def plan(symbols: int, per_symbol: float, per_message: float) -> list[list[object]]:
    """How long training takes by how many workers, and what of it is messages."""
    rows: list[list[object]] = []
    for workers in WORKERS:
        by_workers, by_messages = symbols * per_symbol / workers, symbols * per_message
        seconds = max(by_workers, by_messages)
        rows.append([workers, by_workers, by_messages, symbols * per_symbol / seconds])
    return rows


def main() -> None:
    """Run the shards, merge, measure messages, print the plan."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--symbols", type=int, default=50_000)
    parser.add_argument("--shards", type=int, default=100)
    parser.add_argument("--rows", type=int, default=500)
    a = parser.parse_args()
    print(describe()["cpu"])
    each = a.symbols // a.shards
    with tempfile.TemporaryDirectory() as name:
        folder, market = Path(name), simulated(a.symbols, a.rows)
        seconds = [
            night(folder / str(number), market[number * each :][:each], number * each)
            for number in range(a.shards)
        ]
        whole = night(folder / "whole", market, 0)
        merging = merge(folder, a.shards)
        per_symbol, of_message = training(folder), message(folder)
    show(
        ["night", "seconds"],
        [
            ["all symbols, one machine", whole],
            [f"slowest of {a.shards} shards", max(seconds)],
            ["shard, median", statistics.median(seconds)],
            ["adding a ledger to the first", merging / max(a.shards - 1, 1)],
        ],
    )
    here, scheduler = (1000 * part for part in of_message)
    print(f"a message: {here:.2f} ms here, {scheduler:.2f} ms of the scheduler")
    print(f"the training of a symbol: {per_symbol:.3f} s")
    columns = ["workers", "training, s", "messages, s", "times one worker"]
    show(columns, plan(a.symbols, per_symbol, max(of_message)))


if __name__ == "__main__":
    main()
