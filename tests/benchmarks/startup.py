"""How long whole commands take, beside importing a framework. Run by hand.

    python tests/benchmarks/startup.py [--torch PYTHON] [--repetitions 10] [--json FILE]

Every command is a process of its own, all of them in turn, so that a busy machine slows each
alike; minimum, median, and the ratio of the minima to `import torch` (PYTHON is an interpreter
that has it). Then what a default training needs of compiled code: cold, and from the cache.
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from runs import RNNCLI, Run, run, save, show

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
SYMBOL = "S00009"
TORCH = "import torch"
Command = tuple[list[object], Path | None]


def one_symbol(folder: Path) -> Path:
    """A file of one symbol's prices."""
    lines = MARKET.read_text(encoding="ascii").splitlines(keepends=True)
    path = folder / "one.csv"
    path.write_text("".join([lines[0], *(line for line in lines if SYMBOL in line)]), "ascii")
    return path


def commands(folder: Path, torch: str | None) -> dict[str, Command]:
    """Name -> command and what it reads from standard input."""
    one, model = one_symbol(folder), folder / "market.model"
    run([*RNNCLI, "train", MARKET, "-o", model])
    python: dict[str, Command] = {
        "python -c pass": ([sys.executable, "-c", "pass"], None),
        "python -c 'import rnncli'": ([sys.executable, "-c", "import rnncli"], None),
        "python -c 'import pandas'": ([sys.executable, "-c", "import pandas"], None),
    }
    if torch is not None:
        python[TORCH] = ([torch, "-c", TORCH], None)
    return python | {
        "rnncli --help": ([*RNNCLI, "--help"], None),
        "rnncli inspect, one symbol": ([*RNNCLI, "inspect", one], None),
        "rnncli predict, one symbol": ([*RNNCLI, "predict", model, "-"], one),
    }


def measure(chosen: dict[str, Command], repetitions: int) -> dict[str, list[float]]:
    """Seconds of every repetition of every command, in turn; the first round is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in chosen}
    for repetition in range(repetitions + 1):
        for name, (command, stdin) in chosen.items():
            seconds = run(command, stdin).seconds
            if repetition:
                taken[name].append(seconds)
    return taken


def summary(taken: dict[str, list[float]]) -> list[dict[str, Any]]:
    base = min(taken[TORCH]) if TORCH in taken else None
    return [
        {
            "command": name,
            "min": min(seconds),
            "median": statistics.median(seconds),
            "over_torch": min(seconds) / base if base else None,
        }
        for name, seconds in taken.items()
    ]


def kernels(folder: Path, repetitions: int) -> dict[str, float]:
    """Seconds that a default training spends on compiling its kernels, and on loading them."""
    training = [*RNNCLI, "train", MARKET, "-o", folder / "m", "--epochs", 1, "--profile"]

    def least(runs: Sequence[Run]) -> float:
        return min(done.stages["compile or load"] for done in runs)

    cold = [run(training, XDG_CACHE_HOME=str(folder / str(k))) for k in range(repetitions)]
    warm = [run(training, XDG_CACHE_HOME=str(folder / "0")) for _ in range(repetitions)]
    return {"compiled": least(cold), "loaded": least(warm)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", metavar="PYTHON", help="an interpreter that has torch")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        chosen = commands(folder, arguments.torch)
        rows = summary(measure(chosen, arguments.repetitions))
        columns = ["command", "min", "median", "over_torch"]
        show(columns, [["-" if row[c] is None else row[c] for c in columns] for row in rows])
        made = kernels(folder, 3)
        print(f"\nkernels of a default training: {made['compiled']:.2f} seconds compiled,", end=" ")
        print(f"{made['loaded']:.3f} from the cache")
        save(arguments.json, {"commands": rows, "kernels": made})


if __name__ == "__main__":
    main()
