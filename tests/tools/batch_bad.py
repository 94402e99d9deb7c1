"""A nightly job of thousands of symbols some of which are bad: counts, statuses, bytes. By hand.

    python tests/tools/batch_bad.py [--symbols 5000] [--layout files]

1, 10 and all of the symbols have a price below zero on some day (in files: every other one of them
is no price file at all). The good ones must have the bytes of a night without the bad ones, and
every bad one must be in the list. The status is 0 where all of that holds.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from nights import HEAD, dates, job, lay, market

DAYS = 60
COMMAND = [sys.executable, "-m", "rnncli", "batch", "nightly.toml"]


def main() -> None:
    """A row a number of bad symbols."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--symbols", type=int, default=5000)
    parser.add_argument("--layout", choices=["files", "long"], default="long")
    arguments = parser.parse_args()
    count, right = arguments.symbols, True
    prices = market(symbols=count, days=DAYS)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        few = dict(list(prices.items())[:50])
        lay(place, few)
        job(place)
        subprocess.run([*COMMAND, "-q"], cwd=place, check=True)
        job(place, prices='paths = ["many"]', train="-")
        for bad in (0, 1, 10, count):
            spoilt = {f"S{k * count // max(bad, 1)}" for k in range(bad)}
            write(place / "many", prices, spoilt, arguments.layout)
            started = time.monotonic()
            done = subprocess.run(
                [*COMMAND, "-q", "--format", "json"], cwd=place, capture_output=True, check=False
            )
            took = time.monotonic() - started
            found = json.loads(done.stdout or b"{}")
            rows = (place / "forecasts.csv").read_text(encoding="ascii").splitlines()
            if not bad:
                clean = rows
            good = [r for r in csv.reader(clean) if r[0] not in spoilt] if bad < count else []
            same = bad == count or list(csv.reader(rows)) == good
            told = len(found.get("failed", [])) + found.get("unread", 0)
            status = 0 if not bad else 1 if bad < count else 65
            held = same and done.returncode == status and (told == bad or not found)
            right &= held
            print(
                f"{bad:5} of {count} bad: status {done.returncode}, {told} told of,"
                f" {len(done.stderr.splitlines())} lines on stderr, {took:.1f} s,"
                f" {'good ones as without' if same else 'DIFFERENT'}{'' if held else '  WRONG'}",
                flush=True,
            )
    sys.exit(not right)


def write(place: Path, prices: dict[str, object], spoilt: set[str], layout: str) -> None:
    """The prices of all, some of them spoilt, as one file or a file each."""
    place.mkdir(exist_ok=True)
    rows = {
        symbol: [(day, f"{price / 100:.2f}") for day, price in zip(dates(DAYS), own, strict=True)]
        for symbol, own in prices.items()
    }
    for symbol in spoilt:
        rows[symbol][7] = (rows[symbol][7][0], "-1.00")
    if layout == "long":
        lines = [f"{day},{symbol},{price}" for symbol, own in rows.items() for day, price in own]
        (place / "all.csv").write_text("\n".join([HEAD, *lines, ""]), encoding="ascii")
        return
    for number, (symbol, own) in enumerate(rows.items()):
        text = "date,close\n" + "".join(f"{day},{price}\n" for day, price in own)
        if symbol in spoilt and number % 2:
            text = "<html>no such symbol</html>\n"
        (place / f"{symbol}.csv").write_text(text, encoding="ascii")


if __name__ == "__main__":
    main()
