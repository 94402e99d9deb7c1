"""Models trained by default on each market's own past, beside the prior alone. By hand.

    python tests/benchmarks/prior_trained.py NAME=PRICES:CUTOFFS…

Each market is a file or a folder of daily bars. A model is trained with the default options on all
but its last CUTOFFS days, which are then the cutoffs of it and of the prior, one row ahead; every
fifth of them five rows ahead. Below zero, the difference of log scores (nats) is in favour of the
trained model.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rnncli

ROW = "| {} | {:.4f} | {:.4f} | {:+.4f} | {} | {:+.2f} | {:+.2f} | {:+.4f} |"
FIVE = 5  # rows ahead


def run(*arguments: str) -> Any:
    """What a command prints as JSON; `evaluate` ends with 1 where an interval fails its test."""
    command = [sys.executable, "-m", "rnncli", *arguments, "--format", "json"]
    done = subprocess.run(command, check=False, capture_output=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    return json.loads(done.stdout)


def last_day_of_training(prices: str, cutoffs: int) -> str:
    """The date before the first of the last `cutoffs` that have a next row."""
    dates = np.unique(rnncli.read_prices(prices, duplicates="last").dates)
    return str(dates[-cutoffs - 2].astype("datetime64[D]"))


def scores(model: str, prices: str, cutoffs: int, horizon: int = 1) -> dict[str, Any]:
    """Scores of a model and of naive, `horizon` rows ahead."""
    document = run(
        "evaluate", model, prices, "--folds", str(cutoffs // horizon), "--horizon", str(horizon),
        "--baselines", "naive", "--duplicates", "last",
        *(() if model == "prior" else ("--refit", "none")),
    )  # fmt: skip
    return {one["method"]: one for one in document["scores"] if one["ahead"] == horizon}


def row(name: str, prices: str, cutoffs: int, folder: str) -> str:
    """A line of the table."""
    model = str(Path(folder, name))
    until = last_day_of_training(prices, cutoffs)
    run("train", prices, "-o", model, "--until", until, "--duplicates", "last")
    weight = run("inspect", model)["training"]["pool"]["weight"]
    trained, prior = scores(model, prices, cutoffs), scores("prior", prices, cutoffs)
    naive = prior["naive"]["mae"]
    five = [scores(one, prices, cutoffs, FIVE)["model"]["log_score"] for one in (model, "prior")]
    return ROW.format(
        name, prior["model"]["log_score"], trained["model"]["log_score"],
        trained["model"]["log_score"] - prior["model"]["log_score"],
        weight,
        100 * (trained["model"]["interval_score_95"] / prior["model"]["interval_score_95"] - 1),
        100 * (trained["model"]["mae"] / naive - 1),
        five[0] - five[1],
    )  # fmt: skip


def lines(markets: list[str]) -> Iterator[str]:
    """The table in Markdown."""
    yield "| market | prior | trained | difference | weight | score 95 % | MAE % | five rows |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    with tempfile.TemporaryDirectory() as folder:
        for market in markets:
            name, _, place = market.partition("=")
            prices, _, cutoffs = place.rpartition(":")
            yield row(name, prices, int(cutoffs), folder)


def main() -> None:
    if not sys.argv[1:]:
        sys.exit(__doc__)
    for line in lines(sys.argv[1:]):
        print(line, flush=True)


if __name__ == "__main__":
    main()
