"""Where the time of a night goes, as a picture: what --profile says of a job, a bar a stage.

    python tests/benchmarks/night_profile.py [--symbols 5000] [--rows 501]

The night before has been run: its forecasts are scored, and its states gone on from.
"""

import argparse
import tempfile
from pathlib import Path

from machine import describe
from nightly import NIGHT, lay, simulated
from runs import RNNCLI, run

WIDTH = 50  # characters of the longest bar


def bars(stages: dict[str, float]) -> list[str]:
    """A line a stage, the longest bar WIDTH characters."""
    parts = {name: seconds for name, seconds in stages.items() if name != "whole"}
    longest, letters = max(parts.values()), max(map(len, parts))
    return [
        f"{name:{letters}} {seconds:7.2f} s  {'#' * max(round(WIDTH * seconds / longest), 1)}"
        for name, seconds in parts.items()
        if seconds >= longest / WIDTH / 2
    ]


def main() -> None:
    """Run a night, and the next with its profile."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--symbols", type=int, default=5000)
    parser.add_argument("--rows", type=int, default=501)
    a = parser.parse_args()
    market = simulated(a.symbols, a.rows)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "job.toml").write_text(NIGHT, encoding="ascii")
        command = [*RNNCLI, "batch", folder / "job.toml", "--profile"]
        for prices in (market[:, :-1], market):
            lay(folder, prices, "long")
            night = run(command)
    print(f"{describe()['cpu']}: {a.symbols} symbols, {a.rows} rows, {night.seconds:.1f} s")
    print("\n".join(bars(night.stages)))


if __name__ == "__main__":
    main()
