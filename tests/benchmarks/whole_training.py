"""The whole of `rnncli train` beside a PyTorch program doing the same epochs. Run by hand.

    python tests/benchmarks/whole_training.py PRICES [--columns Name,date,close] [--json FILE]

Both are processes of their own, from start to saved weights: interpreter, imports, reading,
training with the same sizes, chunks, optimiser, clipping and a validation pass each epoch. They
take turns, PyTorch with one thread and with all; the best time of each counts. rnncli runs once
before, so that its kernels are compiled. Their random numbers differ, so the losses of the last
epoch are only printed beside each other, and must be within 5 % of each other.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import machine

APART = 0.05
NEVER = 100_000  # epochs of patience: neither may stop early
VALIDATION = "validation_loss"
Losses = list[dict[str, float]]


def main() -> None:
    """Time both, compare the losses, print the ratio."""
    arguments = parsed()
    with tempfile.TemporaryDirectory() as folder:
        programs = commands(arguments, Path(folder))
        run(programs["rnncli"])  # compiles
        times: dict[str, list[float]] = {name: [] for name in programs}
        losses: dict[str, dict[str, float]] = {}
        for _ in range(arguments.turns):
            for name, command in programs.items():
                seconds, epochs = run(command)
                assert len(epochs) == arguments.epochs, f"{name} stopped after {len(epochs)} epochs"
                times[name].append(seconds)
                losses[name] = epochs[-1]
    best = {name: min(seconds) for name, seconds in times.items()}
    for name, seconds in best.items():
        last = ", ".join(f"{key} {losses[name][key]:.5f}" for key in ("train_loss", VALIDATION))
        print(f"{name:20} {seconds:7.2f} s   last epoch: {last}")
    ratio = min(seconds for name, seconds in best.items() if name != "rnncli") / best["rnncli"]
    print(f"rnncli is {ratio:.2f} x as fast")
    check(losses)
    if arguments.json:
        result = {"machine": machine.describe(), "seconds": best, "over": ratio, "losses": losses}
        arguments.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def parsed() -> argparse.Namespace:
    """What is trained on, and how much."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("prices", type=Path, help="one table, a row a symbol and day")
    parser.add_argument("--columns", default="symbol,date,close", help="symbol, date, price")
    parser.add_argument("--hidden-size", type=int, default=32)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--bptt", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--json", type=Path, help="file for all numbers")
    return parser.parse_args()


def commands(arguments: argparse.Namespace, folder: Path) -> dict[str, list[str]]:
    """Name -> command of every program."""
    prices, price = str(arguments.prices), arguments.columns.split(",")[2]
    same = [
        f"--{name}={getattr(arguments, name.replace('-', '_'))}"
        for name in ("hidden-size", "batch-size", "bptt", "epochs")
    ]
    ours = [
        sys.executable,
        "-m",
        "rnncli",
        "train",
        prices,
        "--loss",
        "mse",
        "-o",
        str(folder / "ours.model"),
    ]
    ours += ["--column", price, "--init=uniform", "--average=0", f"--patience={NEVER}"]
    ours += ["--format=jsonl", *same]
    script = str(Path(__file__).with_name("whole_torch.py"))
    theirs = [sys.executable, script, prices, str(folder / "torch.pt"), *same]
    theirs += ["--columns", arguments.columns]
    counts = sorted({1, machine.cores()})
    return {"rnncli": ours} | {f"torch, {n} threads": [*theirs, f"--threads={n}"] for n in counts}


def run(command: list[str]) -> tuple[float, Losses]:
    """Seconds from start to end of a process, and the losses it printed."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    seconds = time.perf_counter() - start
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return seconds, lines[0].get("epochs", lines)


def check(losses: dict[str, dict[str, float]]) -> None:
    """Stop if the programs did not learn alike."""
    for key in ("train_loss", VALIDATION):
        values = [last[key] for last in losses.values()]
        if max(values) > (1 + APART) * min(values):
            sys.exit(f"the programs differ in {key}: {values}")


if __name__ == "__main__":
    main()
