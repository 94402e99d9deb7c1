"""Kill a process that adds to a ledger at random moments, and look what the ledger holds. By hand.

    python tests/tools/ledger_kills.py [--times 50] [--seed 0]

Each time two processes add runs to one ledger, as fast as they can, and one of them is killed
(SIGKILL) at a random moment. The ledger must then hold whole runs only, and take another one. The
status is 0 where it always did.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from ledgers import forecast_of, record_by, rising

from rnncli.ledger.reader import read_ledger
from rnncli.ledger.writer import Source

SYMBOLS = "".join(map(chr, range(0x4E00, 0x4E00 + 200)))
HORIZON = 5
ROWS = len(SYMBOLS) * HORIZON  # of a run
LONGEST = 0.6  # seconds from the first run to the kill


def main() -> None:
    """Kill and look; a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--write", help="add runs to this ledger instead")
    parser.add_argument("--runs", type=int, default=10**6)
    parser.add_argument("--model", default="x")
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.write, arguments.model, arguments.runs)
        return
    moments = random.Random(arguments.seed)  # noqa: S311 - nothing is kept secret with it
    whole = 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1, arguments.times + 1):
            path, after = str(Path(folder) / f"{number}.db"), moments.uniform(0, LONGEST)
            kill_one_of_two(path, after)
            left = [p.name for p in Path(folder).glob(f"{number}.db-*")]
            runs, same = look(path)
            whole += same
            said = "whole" if same else "TORN"
            print(f"{number:4}  {after:.3f} s  {runs:4} runs  {said}  {' '.join(left)}", flush=True)
    print(f"{whole} of {arguments.times} hold whole runs only")
    sys.exit(whole < arguments.times)


def write(path: str, model: str, runs: int) -> None:
    """Add runs, each a day later."""
    for days in range(3, 3 + runs):
        made = forecast_of(rising(days, SYMBOLS), horizon=HORIZON)
        record_by(path, Source(model * 64, model, None), made)


def kill_one_of_two(path: str, after: float) -> None:
    """Let two processes write; kill one a while after there is a ledger, then stop the other."""
    words = [sys.executable, __file__, "--write", path, "--model"]
    running = [subprocess.Popen([*words, name]) for name in "xy"]
    try:
        while not Path(path).exists():
            time.sleep(0.001)
        time.sleep(after)
    finally:
        for process in running:
            process.kill()
            process.wait()


def look(path: str) -> tuple[int, bool]:
    """How many runs there are, and whether each is whole and another one can be added."""
    record_by(path, Source("z" * 64, "z", None), forecast_of(rising(3, SYMBOLS), horizon=HORIZON))
    found = read_ledger(path)
    rows: dict[int, int] = dict.fromkeys(found.times, 0)
    for run in found.runs.tolist():
        rows[run] += 1
    return len(rows), set(rows.values()) == {ROWS}


if __name__ == "__main__":
    main()
