"""What a user waits for, as whole commands, each beside a peer in one run: a table of ratios.

    python -m tests.benchmarks [NAME ...] [--scale 0.2] [--pairs 3] [--results FILE]

Without names, all of them. A command and its peer run in turn, each a process of its own, and the
median of the pairs counts: processor seconds of all threads, for a busy machine changes them
little, and seconds on the clock. `--scale` makes the work smaller. What is measured is kept in
FILE, a line for each processor, work and scale; the table shows all its lines.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER))  # the benchmarks import each other by name

from machine import describe  # noqa: E402
from nightly import NIGHT, lay, simulated  # noqa: E402
from reading import simulate  # noqa: E402
from runs import RNNCLI, Run, run, show, write_prices  # noqa: E402
from startup import one_symbol  # noqa: E402

KEPT = FOLDER / "results.jsonl"
PANDAS = [sys.executable, "-c", "import pandas"]
CSV = "import sys, pandas; pandas.read_csv(sys.argv[1])"
OURS = (
    "import sys; from rnncli.prices.reader import read_prices;"
    " from rnncli.settings import ReadSettings; read_prices([sys.argv[1]], ReadSettings())"
)
BASELINES = "naive,drift,ewma,ewma-t,naive-conformal,constant-t,har-t"
Row = dict[str, Any]


@dataclass(frozen=True)
class Work:
    """A command, its peer, and what is put right before every run of the command."""

    command: Sequence[object]
    peer: Sequence[object]
    before: Callable[[], None] = lambda: None


def start(_folder: Path, _scale: float) -> Work:
    """`--help` beside a bare interpreter."""
    return Work([*RNNCLI, "--help"], [sys.executable, "-c", "pass"])


def predict(folder: Path, _scale: float) -> Work:
    """One symbol by the prior, beside the import of pandas."""
    return Work([*RNNCLI, "predict", one_symbol(folder)], PANDAS)


def reading(folder: Path, scale: float) -> Work:
    """6.3 million rows with all checks, beside `pandas.read_csv` without any."""
    path = folder / "market.csv"
    simulate(path, round(5000 * scale), 1259)
    return Work([sys.executable, "-c", OURS, path], [sys.executable, "-c", CSV, path])


def per_series(folder: Path, scale: float) -> Work:
    """500 models of 16 units for 1,259 days, beside one model of all of them."""
    path = write_prices(folder / "prices.csv", max(round(500 * scale), 1), 1259)
    train = [*RNNCLI, "train", path, "--hidden-size", 16, "-q", "-o"]
    return Work([*train, folder / "models", "--per-series"], [*train, folder / "one.model"])


def night(folder: Path, scale: float) -> Work:
    """5,000 symbols a night later, 5 rows ahead, recorded and scored, beside `predict` of them."""
    market = simulated(round(5000 * scale), 501)
    first, later = folder / "first", folder / "later"
    for place, prices in ((first, market[:, :-1]), (later, market)):
        place.mkdir()
        (place / "job.toml").write_text(NIGHT, encoding="ascii")
        lay(place, prices, "long")
    run([*RNNCLI, "batch", first / "job.toml"])

    def before() -> None:
        for name in ("ledger.db", "forecasts.csv"):
            shutil.copy(first / name, later / name)

    peer = [*RNNCLI, "predict", first / "prices", "--horizon", 5, "--max-age", 100000, "-q"]
    return Work([*RNNCLI, "batch", later / "job.toml"], peer, before)


def evaluate(folder: Path, scale: float) -> Work:
    """350 symbols, 250 cutoffs, 5 rows ahead, beside the same without any baseline but one."""
    path = write_prices(folder / "prices.csv", max(round(350 * scale), 1), 1259)
    command = [*RNNCLI, "evaluate", path, "--folds", 250, "--stride", 1, "--horizon", 5]
    return Work([*command, "--baselines", BASELINES], [*command, "--baselines", "naive"])


WORKS = {
    "start": start, "predict": predict, "reading": reading, "per-series": per_series,
    "night": night, "evaluate": evaluate,
}  # fmt: skip


def measure(name: str, scale: float, pairs: int) -> Row:
    """Medians of a work and its peer; one run of each before is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        work = WORKS[name](Path(folder), scale)
        runs: list[tuple[Run, Run]] = []
        for _ in range(pairs + 1):
            work.before()
            runs.append((run(work.command), run(work.peer)))
    ours, peers = ([pair[k] for pair in runs[1:]] for k in (0, 1))
    return {
        "work": name,
        "scale": scale,
        "pairs": pairs,
        "seconds": statistics.median(one.seconds for one in ours),
        "processor_seconds": statistics.median(one.processor_seconds for one in ours),
        "peer": statistics.median(one.processor_seconds for one in peers),
        "ratio": statistics.median(
            a.processor_seconds / b.processor_seconds for a, b in zip(ours, peers, strict=True)
        ),
        "mebibytes": max(one.memory for one in ours),
    }


def keep(path: Path, row: Row) -> list[Row]:
    """Put a row in place of an older one of the same processor, work and scale; return them all."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    rows = [json.loads(line) for line in text.splitlines()]
    key = ("cpu", "work", "scale")
    rows = [old for old in rows if any(old[k] != row[k] for k in key)] + [row]
    lines = "".join(json.dumps(one) + "\n" for one in rows)
    path.write_text(lines, encoding="utf-8")
    return rows


def main() -> None:
    """Measure what is named, print and keep every row as soon as it is there."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(WORKS))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--results", type=Path, default=KEPT, metavar="FILE")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(WORKS):
        parser.error(f"no work {', '.join(sorted(unknown))}; the works: {', '.join(WORKS)}")
    facts = describe()
    machine = {"cpu": facts["cpu"], "cores": facts["cores"]}
    rows: list[Row] = []
    for name in arguments.names or WORKS:
        row = machine | measure(name, arguments.scale, arguments.pairs)
        print(f"{name}: {row['processor_seconds']:.2f} s, {row['ratio']:.2f} times", flush=True)
        rows = keep(arguments.results, row)
    columns = [*machine, "work", "scale", "seconds", "processor_seconds", "peer", "ratio"]
    show(columns, [[row[column] for column in columns] for row in rows])


if __name__ == "__main__":
    main()
