"""Kill a nightly job at random moments, run it again, compare all it leaves. By hand.

    python tests/tools/batch_kills.py [--times 50] [--seed 0] [--per-series JOBS] [--symbols 12]

Each time a folder holds a model, a ledger and the forecasts of two earlier nights, and prices of a
day on which the model is a week old; with --per-series a model for each symbol, trained by JOBS
processes. `rnncli batch` is killed (SIGKILL) at a moment drawn evenly over the time a whole night
takes, then run again to its end. The status is 0 where every folder is then that of a night that
was not killed: the same files, and the same ledger but for the times.
"""

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kills import kill_after

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from nights import left_in

MARKET = Path(__file__).parents[2] / "data" / "market.csv"
ALONE, EACH = "checkpoint-every = 2", "per-series = true\njobs = {}"
BEFORE = ("2024-12-02", "2024-12-03")
TONIGHT = "2024-12-09"
MANY = 5  # files, too many to be named
JOB = """
[prices]
paths = ["prices.csv"]
[model]
file = "models"
[train]
every = "7d"
hidden-size = 8
epochs = {epochs}
{how}
[output]
file = "forecasts-{{date}}.csv"
[ledger]
file = "ledger.db"
"""


def main() -> None:
    """Kill, run again, compare; a row each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--per-series", type=int, default=0, help="a model each, by JOBS")
    parser.add_argument("--symbols", type=int, default=12, help="that many of the market")
    arguments = parser.parse_args()
    how = EACH.format(arguments.per_series) if arguments.per_series else ALONE
    told = JOB.format(epochs=arguments.epochs, how=how)
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder) / "before"
        begin(before, told, arguments.symbols)
        straight, seconds = straight_night(before, Path(folder) / "straight")
        print(f"straight night: {seconds:.2f} s, {len(straight)} files")
        moments = random.Random(arguments.seed)  # noqa: S311 - nothing is kept secret with it
        equal = 0
        for number in range(1, arguments.times + 1):
            place, after = Path(folder) / f"k{number}", moments.uniform(0, seconds)
            left, same = killed_night(before, place, after, straight)
            equal += same
            end = "same" if same else "DIFFERENT"
            print(f"{number:4}  {after:6.3f} s  {left:60}  {end}", flush=True)
            shutil.rmtree(place)
    print(f"{equal} of {arguments.times} end as the straight night")
    sys.exit(equal < arguments.times)


def begin(place: Path, told: str, symbols: int) -> None:
    """A folder with the nights before, and the prices of tonight."""
    place.mkdir()
    (place / "nightly.toml").write_text(told, encoding="ascii")
    for day in BEFORE:
        write_prices(place, day, symbols)
        subprocess.run(night(), check=True, cwd=place, capture_output=True)
    write_prices(place, TONIGHT, symbols)


def write_prices(place: Path, until: str, symbols: int) -> None:
    """The first symbols of the market as they were known on a day."""
    header, *lines = MARKET.read_text(encoding="ascii").splitlines()
    some = sorted({line.split(",")[0] for line in lines})[:symbols]
    rows = [line.split(",")[:2] for line in lines]
    kept = [
        line
        for line, (symbol, day) in zip(lines, rows, strict=True)
        if symbol in some and day <= until
    ]
    (place / "prices.csv").write_text("\n".join([header, *kept]) + "\n", encoding="ascii")


def night() -> list[str]:
    """The command of a night."""
    return [sys.executable, "-m", "rnncli", "batch", "nightly.toml", "-q"]


def straight_night(before: Path, place: Path) -> tuple[dict[str, object], float]:
    """What a night leaves that nothing befalls, and how long it takes."""
    shutil.copytree(before, place)
    started = time.monotonic()
    subprocess.run(night(), check=True, cwd=place, capture_output=True)
    return left_in(place), time.monotonic() - started


def killed_night(
    before: Path, place: Path, after: float, straight: dict[str, object]
) -> tuple[str, bool]:
    """What a kill left that was not there before, and whether the next run ends as straight."""
    shutil.copytree(before, place)
    kill_after(after, night(), place)
    new = changed(before, place)
    done = subprocess.run(night(), check=False, cwd=place, capture_output=True)
    if done.returncode or done.stderr or done.stdout:
        print(done.returncode, done.stderr.decode(), file=sys.stderr)
        return new, False
    return new, left_in(place) == straight


def changed(before: Path, place: Path) -> str:
    """What a kill left that was not there before."""
    old, new = bytes_in(before), bytes_in(place)
    names = sorted(name for name in new if new[name] != old.get(name))
    shown = ["a temporary file" if name.endswith(".tmp") else name for name in names]
    return ", ".join(shown) if len(shown) < MANY else f"{len(shown)} files"


def bytes_in(place: Path) -> dict[str, bytes]:
    """Every file as it lies there: a ledger that is opened would be mended."""
    return {path.name: path.read_bytes() for path in place.rglob("*") if path.is_file()}


if __name__ == "__main__":
    main()
