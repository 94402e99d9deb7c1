"""The prior on real markets, beside EWMA-t, har-t and naive: log score, ranges, coverage. By hand.

    python tests/benchmarks/prior.py NAME=PRICES:CUTOFFS… [--bars] [--garch] [--model MODEL]
        [--json FILE]

Each market is a file or a folder of daily bars, evaluated by the installed command from its last
CUTOFFS days, one row ahead from each and up to 20 from every fifth, with all that its files have
and with the close alone.
With --bars, all of them have range or volume: har-t is then harx-t, where the prior is fed them.
Differences are the prior's less the baseline's: below zero is better, in nats (log score) or
percent.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

AHEAD = (1, 5, 20)
STRIDE = 5  # rows between cutoffs of more than one row ahead: 20 would leave few of one symbol
Row = dict[str, Any]


def evaluated(prices: str, cutoffs: int, horizon: int, inputs: str, given: Any) -> Any:
    """What `rnncli evaluate` says of a market."""
    stride = min(STRIDE, horizon)
    baselines = "naive,ewma-t,har-t" + (",garch-t" if given.garch and horizon == 1 else "")
    baselines += ",harx-t" if inputs == "all" and given.bars else ""
    command = [
        sys.executable, "-m", "rnncli", "evaluate", given.model, prices,
        *(("--inputs", inputs) if inputs != "all" else ()), "--horizon", str(horizon),
        "--folds", str(cutoffs // stride), "--stride", str(stride), "--baselines", baselines,
        "--duplicates", "last", "--format", "json",
    ]  # fmt: skip
    run = subprocess.run(command, check=False, capture_output=True)
    if run.returncode not in (0, 1):
        sys.exit(run.stderr.decode())
    return json.loads(run.stdout)


def rows_of(name: str, prices: str, cutoffs: int, given: Any) -> Iterator[Row]:
    """A row for each set of inputs and number of rows ahead."""
    for inputs in ("all", "close"):
        for horizon in (1, 20):
            document = evaluated(prices, cutoffs, horizon, inputs, given)
            scores = {(one["method"], one["ahead"]): one for one in document["scores"]}
            for ahead in AHEAD if horizon > 1 else (1,):
                if (ahead == 1) == (horizon == 1):
                    yield {"market": name, "inputs": inputs, "ahead": ahead} | row(scores, ahead)


def row(scores: dict[tuple[str, int], Row], ahead: int) -> Row:
    """The prior beside the baselines."""
    model, ewma, naive = (scores[method, ahead] for method in ("model", "ewma-t", "naive"))
    garch = scores.get(("garch-t", ahead))
    har = scores.get(("harx-t", ahead)) or scores["har-t", ahead]
    return {
        "log": model["log_score"] - ewma["log_score"],
        "har": model["log_score"] - har["log_score"],
        "har95": 100 * (model["interval_score_95"] / har["interval_score_95"] - 1),
        "garch": model["log_score"] - garch["log_score"] if garch else None,
        "crps": 100 * (model["crps"] / ewma["crps"] - 1),
        "is95": 100 * (model["interval_score_95"] / ewma["interval_score_95"] - 1),
        "in80": 100 * model["coverage_80"], "in95": 100 * model["coverage_95"],
        "mae": 100 * (model["mae"] / naive["mae"] - 1), "p": ewma["p_crps"],
    }  # fmt: skip


def lines(rows: list[Row]) -> Iterator[str]:
    """The table in Markdown, with the mean of each inputs and ahead below."""
    columns = ("log", "har", "har95", "garch", "crps", "is95", "in80", "in95", "mae", "p")
    titles = (
        "log score", "over har-t", "score 95 % over har-t", "over garch-t", "CRPS %", "score 95 %",
        "in 80", "in 95", "MAE %", "p",
    )  # fmt: skip
    yield f"| market | inputs | ahead | {' | '.join(titles)} |"
    yield f"|---|---|{'--:|' * (1 + len(columns))}"
    digits = {"log": 4, "har": 4, "garch": 4, "p": 4}
    for one in rows:
        cells = [
            "" if one[name] is None else f"{one[name]:.{digits.get(name, 1)}f}" for name in columns
        ]
        yield f"| {one['market']} | {one['inputs']} | {one['ahead']} | {' | '.join(cells)} |"
    for inputs in ("all", "close"):
        for ahead in AHEAD:
            some = [one for one in rows if (one["inputs"], one["ahead"]) == (inputs, ahead)]
            log, crps, is95 = (
                sum(one[name] for one in some) / len(some) for name in ("log", "crps", "is95")
            )
            means = f"log score {log:+.4f}, CRPS {crps:+.1f} %, score 95 {is95:+.1f} %"
            yield f"mean, {inputs}, {ahead} ahead: {means}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("markets", nargs="+")
    parser.add_argument("--bars", action="store_true")
    parser.add_argument("--garch", action="store_true")
    parser.add_argument("--model", default="prior")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows, began = list[Row](), time.monotonic()
    for market in given.markets:
        name, _, place = market.partition("=")
        prices, _, cutoffs = place.rpartition(":")
        rows += rows_of(name, prices, int(cutoffs), given)
    print("\n".join(lines(rows)))
    print(f"{time.monotonic() - began:.0f} s")
    if given.json:
        given.json.write_text(json.dumps(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
