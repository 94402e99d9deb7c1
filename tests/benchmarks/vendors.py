"""Every file of a folder of real price files beside what is known of it. Run by hand.

    python tests/benchmarks/vendors.py FOLDER [--all]

FOLDER holds price files and a figures.csv with a row for each: file, rows, series, len_min,
len_max, first, last, nan, dup_dates, order, first_close, last_close. A file is equal, refused
(with the reason), or differs; one that differs without a word of warning is a silent error, and
the script ends in status 1 if there is any.
"""

import argparse
import csv
import math
import sys
from pathlib import Path

import numpy as np

from rnncli.errors import RnncliError
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings


def number(text: str) -> float | None:
    return float(text) if text else None


def minute(date: np.datetime64) -> str:
    return str(date)[:16].replace("T", " ")


def differences(prices: Prices, figures: dict[str, str]) -> list[str]:
    """What was read otherwise than the figures say."""
    report = prices.files[0]
    dropped = sum(n for why, n in report.dropped.items() if why == "rows without a price")
    read = {
        "series": float(len(prices.symbols)),
        "rows": float(prices.values.size + report.duplicates + dropped),
        "nan": float(dropped),
        "dup_dates": float(report.duplicates),
    }
    wide = report.layout == "wide"
    if wide:  # figures count the rows of the file, and the empty cells
        read["rows"] = float(np.unique(prices.dates).size)
        read["nan"] = read["rows"] * len(prices.symbols) - prices.values.size
    if len(prices.symbols) > 1:
        read |= {"len_min": float(prices.lengths.min()), "len_max": float(prices.lengths.max())}
        if wide:
            del read["nan"]
    else:
        read |= {"first_close": prices.values[0], "last_close": prices.values[-1]}
    expected = {name: number(figures[name]) for name in read}
    differing = [
        f"{name} {read[name]:.10g}, not {value:.10g}"
        for name, value in expected.items()
        if value is not None and not math.isclose(read[name], value, rel_tol=1e-9)
    ]
    if figures["first"] and not np.isnat(prices.dates).any():
        ends = {"first": minute(prices.dates.min()), "last": minute(prices.dates.max())}
        differing += [f"{n} {d}, not {figures[n]}" for n, d in ends.items() if d != figures[n]]
    elif bool(figures["first"]) == bool(np.isnat(prices.dates).any()):
        differing.append("dates in one and not in the other")
    order = {"asc": "oldest first", "desc": "newest first"}.get(figures["order"])
    if order not in {None, report.order} and "mixed" not in report.order:
        differing.append(f"{report.order}, not {order}")
    return differing


def verdict(path: Path, figures: dict[str, str]) -> tuple[str, str]:
    """Return equal, refused, differs or silent, and why."""
    try:
        prices = read_prices([str(path)], ReadSettings())
    except RnncliError as error:
        return "refused", str(error).replace(f"{path}", "").lstrip(":, ")
    warned = "; ".join(prices.warnings()).replace(f"{path}: ", "")
    if not (differing := differences(prices, figures)):
        return "equal", warned
    what = "; ".join(differing)
    return ("differs", f"{what} ({warned})") if warned else ("silent", what)


def main() -> int:
    parser = argparse.ArgumentParser(description="Read real files and compare them with figures.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="show the equal files too")
    arguments = parser.parse_args()
    with (arguments.folder / "figures.csv").open(encoding="utf-8") as file:
        figures = {row["file"]: row for row in csv.DictReader(file)}
    counts: dict[str, int] = {}
    for name, row in figures.items():
        what, why = verdict(arguments.folder / name, row)
        counts[what] = counts.get(what, 0) + 1
        if what != "equal" or arguments.all:
            print(f"{what:8} {name}: {why}")
    print(", ".join(f"{what} {n}" for what, n in sorted(counts.items())), f"of {len(figures)}")
    return 1 if counts.get("silent") else 0


if __name__ == "__main__":
    sys.exit(main())
