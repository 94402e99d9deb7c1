"""Which cell, start and clipping keeps a memory, beside PyTorch on the same steps. Run by hand.

    python tests/benchmarks/memory.py [--tasks adding] [--days 50,100] [--networks gru,lstm]
        [--seeds 0,1,2] [--torch PYTHON] [--json results.json]

The tasks are in memory_tasks.py. A run ends when it is solved (mean squared error on sequences held
back below 0.01) or its steps are used up. `memory` is that of the gradient report on sequences of
400 days: at the start weights, and where the run ended. PyTorch, in any Python named by --torch,
gets the same start weights, batches, optimiser, clipping and number of steps; it lacks some cells.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import machine
import memory_ours
import numpy as np
from memory_table import name_of
from memory_tasks import INPUTS, LEARNING_RATES, SOLVED, Run

from rnncli.gradients.lags import judge
from rnncli.network.network import Network

LENGTHS = (50, 100, 200, 400)
PEER = Path(__file__).with_name("memory_torch.py")
Row = dict[str, Any]


@dataclass(frozen=True)
class Contestant:
    """A cell, how it starts, and what its gradients are clipped to."""

    cell: str
    activation: str = "tanh"
    init: str = "orthogonal"
    forget_bias: float = 1.0
    clip_norm: float = 1.0
    layers: int = 1


CONTESTANTS = (
    Contestant("rnn"),
    Contestant("rnn", activation="relu", init="identity"),
    Contestant("rnn", activation="relu", init="identity", clip_norm=0.0),
    Contestant("gru"),
    Contestant("lstm"),
    Contestant("lstm", forget_bias=3.0),
    Contestant("mingru"),
    Contestant("mingru", layers=2),
    Contestant("lru"),
    Contestant("lru", layers=2),
    Contestant("slstm"),
    Contestant("attention"),
)
IN_TORCH = ("rnn", "gru", "lstm")


def main() -> None:
    """Run all, print each row as it comes, and keep them."""
    arguments = make_parser().parse_args()
    rows: list[Row] = []
    print(HEAD)
    for run in runs(arguments):
        rows.append(measure(run, arguments.torch))
        print(line(rows[-1]), flush=True)
        if arguments.json:  # after every row: what was measured is kept whatever comes
            text = json.dumps({"machine": machine.describe(), "rows": rows}, indent=1)
            arguments.json.write_text(text + "\n", encoding="utf-8")


def make_parser() -> argparse.ArgumentParser:
    """The options; the defaults take the better part of an hour."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", default=",".join(INPUTS), help="adding,copy")
    parser.add_argument(
        "--days", default=",".join(map(str, LENGTHS)), help="50,100,200,400,800,1600"
    )
    parser.add_argument("--steps", type=int, default=2000, help="at most")
    parser.add_argument("--hidden-size", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, help="0.003 for adding, 0.001 for copy")
    parser.add_argument("--networks", default="", help="those whose names hold one of these words")
    parser.add_argument("--seeds", default="0", help="0,1,2: of the start and of the batches")
    parser.add_argument("--torch", metavar="PYTHON", help="a Python that has PyTorch")
    parser.add_argument("--json", type=Path, help="file for all numbers")
    return parser


def runs(arguments: argparse.Namespace) -> Iterator[Run]:
    """Every contestant on every task and length, from every seed."""
    same = {name: vars(arguments)[name] for name in ("steps", "hidden_size")}
    words = arguments.networks.split(",")
    chosen = [one for one in CONTESTANTS if any(word in name_of(asdict(one)) for word in words)]
    for task in arguments.tasks.split(","):
        rate = arguments.learning_rate or LEARNING_RATES[task]
        for days in map(int, arguments.days.split(",")):
            for one, seed in product(chosen, map(int, arguments.seeds.split(","))):
                yield Run(task, days, **asdict(one), **same, learning_rate=rate, seed=seed)


def measure(run: Run, torch: str | None) -> Row:
    """One run of rnncli, with its memory before and after, and of PyTorch."""
    network = memory_ours.start_of(run)
    peer = by_torch(run, network, torch) if torch and run.cell in IN_TORCH else None
    before = memory_ours.lags(run, network, LENGTHS[-1])
    for steps, error in memory_ours.train(run, network):  # noqa: B007 - the last ones count
        if error < SOLVED or not math.isfinite(error):
            break
    after = memory_ours.lags(run, network, LENGTHS[-1])
    return {
        **asdict(run),
        "ours": {"steps": steps, "error": error},
        "torch": peer,
        "memory_at_start": before.memory,
        "memory": after.memory,
        "verdict": judge(after, before.memory, run.cell)[0],
    }


def by_torch(run: Run, network: Network, python: str) -> Row:
    """The same run by PyTorch, in a process of its own."""
    with tempfile.NamedTemporaryFile(suffix=".npz") as weights:
        np.savez(weights, **network.parameters)  # type: ignore[arg-type] # no name is an option
        weights.flush()
        command = [python, str(PEER), json.dumps(asdict(run)), weights.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    row: Row = json.loads(done.stdout)
    return row


HEAD = (
    "task    days  cell                        clip  seed  rnncli              PyTorch"
    "             memory: start, end"
)


def line(row: Row) -> str:
    """A row of the table."""
    clip = f"{row['clip_norm']:g}" if row["clip_norm"] else "none"
    return (
        f"{row['task']:7}{row['days']:5}  {name_of(row):28}{clip:6}{row['seed']:4}  "
        f"{ended(row['ours']):20}{ended(row['torch']):20}"
        f"{row['memory_at_start']:4}, {row['memory']} {row['verdict']}"
    )


def ended(result: Row | None) -> str:
    """After how many steps it was solved, or how wrong it still was."""
    if result is None:
        return "-"
    if result["error"] < SOLVED:
        return f"{result['steps']} steps"
    return f"no ({result['error']:.2g})"


if __name__ == "__main__":
    main()
