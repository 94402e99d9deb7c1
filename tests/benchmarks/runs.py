"""What the benchmarks share: commands measured from outside, simulated prices, a table, a file."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

RNNCLI = [sys.executable, "-m", "rnncli"]
STAGE = re.compile(r"^ (\S.*?)\s+(\d+\.\d{3})\s+\d+\.\d%$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """One process: seconds on the clock, its peak memory in MiB, what --profile said of it.

    processor_seconds: of all its threads, in the program and in the system.
    """

    seconds: float
    memory: float
    stages: dict[str, float]
    processor_seconds: float = 0.0

    @property
    def work(self) -> float:
        """Seconds beside starting up and making kernels ready."""
        fixed = self.stages["start and import"] + self.stages.get("compile or load", 0.0)
        return self.stages["whole"] - fixed


def run(command: Sequence[object], stdin: Path | None = None, **environment: str) -> Run:
    """Run a command to its end; raises RuntimeError if it fails."""
    with open(stdin or os.devnull, "rb") as source:
        began = perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env=os.environ | environment,
        )  # fmt: skip
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}: status {process.returncode}: {said}")
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    stages = {name: float(taken) for name, taken in STAGE.findall(said)}
    return Run(seconds, usage.ru_maxrss / unit, stages, usage.ru_utime + usage.ru_stime)


def write_prices(path: Path, symbols: int, days: int) -> Path:
    """A long file of random walks, every symbol on the same weekdays until the end of 2024."""
    rng = np.random.default_rng(0)
    dates = np.busday_offset("2024-12-31", np.arange(1 - days, 1)).astype(str).tolist()
    with open(path, "w", encoding="ascii") as file:
        file.write("date,symbol,close\n")
        for i in range(symbols):
            walk = np.exp(4 + np.cumsum(0.02 * rng.standard_normal(days))).tolist()
            lines = [f"{day},S{i:05d},{p:.4f}\n" for day, p in zip(dates, walk, strict=True)]
            file.write("".join(lines))
    return path


def show(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print a table, the first column on the left, numbers on the right."""
    cells = [[f"{v:.3f}" if isinstance(v, float) else str(v) for v in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(columns, *cells, strict=True)]
    for row in [list(columns), *cells]:
        first, *rest = (cell for cell in row)
        padded = [cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True)]
        print("  ".join([first.ljust(widths[0]), *padded]))


def save(path: str | None, document: Any) -> None:
    """Write the figures as JSON, if a file is named."""
    if path is not None:
        Path(path).write_text(json.dumps(document, indent=1) + "\n", encoding="ascii")
