"""Symbols held back: is the range of tomorrow's price better than GARCH's and EWMA's? By hand.

    python tests/benchmarks/held_back.py PRICES [--until 2016-12-31] [--fill FILE]

PRICES are daily bars of many symbols. Symbols whose md5 leaves 56 or more over 100 are held back;
the others train one model up to a date, with the default options. From then on every day is a
cutoff, and the held-back symbols are forecast 1 and 5 rows ahead, beside baselines fitted on their
own past (a GARCH for each symbol and updated daily, for the next row: extra `baselines`). All
through the installed command; once with the close alone, once with all columns of the file.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from rnncli import read_prices

START = "<!-- held back: made by tests/benchmarks/held_back.py -->"
END = "<!-- /held back -->"
HELD = 56  # of 100
COLUMNS = ("close", "all")
HORIZONS = (1, 5)
NEAR = {1: 0.05, 5: 0.08}  # that a symbol's own coverage may be off
BASELINES = {"close": "naive,ewma-t,har-t", "all": "naive,ewma-t,har-t,harx-t"}
OF_THE_NEXT_ROW = "garch-t,aparch-t,figarch-t"
Scores = dict[str, Any]


def rnncli(*arguments: str) -> Any:
    """What a command prints as JSON."""
    command = [sys.executable, "-m", "rnncli", *arguments, "--format", "json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def is_held(symbol: str) -> bool:
    """Whether a symbol is kept from training."""
    return int(hashlib.md5(symbol.encode()).hexdigest(), 16) % 100 >= HELD  # noqa: S324 - no secret


def close_alone(prices: str, folder: str) -> str:
    """A file of the closes of others."""
    known, path = read_prices(prices), Path(folder, "close.csv")
    days = np.datetime_as_string(known.dates, unit="D").tolist()
    symbols = np.repeat(known.symbols, known.lengths).tolist()
    with path.open("w", encoding="ascii") as file:
        file.write("symbol,date,close\n")
        rows = zip(symbols, days, known.values.tolist(), strict=True)
        file.writelines(f"{symbol},{day},{close!r}\n" for symbol, day, close in rows)
    return str(path)


def measure(prices: str, until: str, columns: str) -> Iterator[tuple[int, Any]]:
    """Evaluations by rows ahead of a model trained on the other symbols."""
    symbols = [series["symbol"] for series in rnncli("inspect", prices)["series"]]
    trained_on = ",".join(symbol for symbol in symbols if not is_held(symbol))
    held = ",".join(symbol for symbol in symbols if is_held(symbol))
    with tempfile.TemporaryDirectory() as folder:
        model, source = str(Path(folder, "model")), prices
        if columns == "close":
            source = close_alone(prices, folder)
        rnncli("train", source, "-o", model, "--symbols", trained_on, "--until", until)
        for horizon in HORIZONS:
            baselines = BASELINES[columns] + (f",{OF_THE_NEXT_ROW}" if horizon == 1 else "")
            yield horizon, rnncli(
                "evaluate", model, source, "--symbols", held, "--horizon", str(horizon),
                "--folds", "0", "--stride", "1", "--refit", "none", "--baselines", baselines,
            )  # fmt: skip


def row(columns: str, horizon: int, evaluation: Any) -> Scores:
    """What the table shows of an evaluation, at the last row ahead."""
    by = {one["method"]: one for one in evaluation["scores"] if one["ahead"] == horizon}
    of_symbols = [one for one in evaluation["by_symbol"] if one["ahead"] == horizon]
    near = {
        level: sum(
            abs(one[f"coverage_{level}"] - level / 100) <= NEAR[horizon] for one in of_symbols
        )
        for level in (80, 95)
    }
    return {
        "columns": columns, "ahead": horizon, "cutoffs": len(evaluation["cutoffs"]),
        "symbols": len(of_symbols), "methods": by,
        "near": {level: count / len(of_symbols) for level, count in near.items()},
        "verdict": evaluation["verdict"],
    }  # fmt: skip


def lines(rows: list[Scores], seconds: float) -> Iterator[str]:
    """The table in Markdown, and what it does not win."""
    head = (
        "columns", "horizon", "method", "log score", "CRPS %", "coverage 80 %", "coverage 95 %",
        "interval score 95 %", "p",
    )  # fmt: skip
    yield f"| {' | '.join(head)} |"
    yield "|---|--:|---|--:|--:|--:|--:|--:|--:|"
    for one in rows:
        for method, scores in one["methods"].items():
            if scores["crps"] is None:
                continue
            cells = (
                one["columns"], one["ahead"], method, _number(scores["log_score"], 4),
                _number(scores["crps"], 4), _share(scores["coverage_80"]),
                _share(scores["coverage_95"]), _number(scores["interval_score_95"], 3),
                _number(scores["p_crps"], 4),
            )  # fmt: skip
            yield f"| {' | '.join(map(str, cells))} |"
    yield ""
    for one in rows:
        near, points = one["near"], round(100 * NEAR[one["ahead"]])
        mae = {method: scores["mae"] for method, scores in one["methods"].items()}
        yield (
            f"- {one['columns']}, {one['ahead']} ahead: {one['symbols']} symbols, {one['cutoffs']}"
            f" cutoffs; MAE {mae['model']:.4f} beside naive's {mae['naive']:.4f}; own coverage"
            f" within {points} points for {near[80]:.0%} (80 %) and {near[95]:.0%} (95 %) of the"
            f" symbols. {one['verdict']}"
        )
    yield f"- {seconds:.0f} s in all. p: of the CRPS against the model's, two-sided."


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def fill(path: Path, section: list[str]) -> None:
    """Put the section between the markers of a file."""
    before, start, rest = path.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        sys.exit(f"{path} lacks the markers; put these where it belongs:\n{START}\n{END}")
    text = "\n".join(["", "", *section, "", ""])
    path.write_text(before + START + text + END + after, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prices")
    parser.add_argument("--until", default="2016-12-31")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--fill", type=Path)
    arguments = parser.parse_args()
    started = time.monotonic()
    rows = [
        row(columns, horizon, evaluation)
        for columns in COLUMNS
        for horizon, evaluation in measure(arguments.prices, arguments.until, columns)
    ]
    section = list(lines(rows, time.monotonic() - started))
    print("\n".join(section))
    if arguments.json:
        arguments.json.write_text(json.dumps(rows), encoding="utf-8")
    if arguments.fill:
        fill(arguments.fill, section)


if __name__ == "__main__":
    main()
