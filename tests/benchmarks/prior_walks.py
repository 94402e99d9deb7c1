"""The prior on random walks and on prices without structure, where the truth is known. By hand.

    python tests/benchmarks/prior_walks.py [PRICES…] [--model MODEL]

Coverage of the next row of short walks, the width of the 95 % interval 500 rows ahead over the true
one, and, for price files, the same width over that of a constant volatility, and the 95 % interval
score on permuted returns and random walks (`evaluate --placebo`) beside a t of constant scale.
"""

import argparse
import warnings

import numpy as np

import rnncli
from rnncli.evaluation.placebo import MAKERS, remade

WALKS = 2000
ROWS = (5, 8, 12, 20, 40)
DEVIATIONS = (0.003, 0.01, 0.03)
LEVELS = (80, 95)
FAR = 500  # rows
NORMAL_95 = 1.96
CUTOFFS = 250


def walks(rows: int, deviation: float, count: int, seed: int = 4) -> rnncli.Prices:
    """Random walks of normal steps."""
    rng = np.random.default_rng(seed)
    closes = 50 * np.exp(np.cumsum(rng.normal(0, deviation, (count, rows)), axis=1))
    dates = np.busday_offset("2015-01-01", np.arange(rows), roll="forward")
    return rnncli.Prices(
        tuple(f"W{i}" for i in range(count)), closes.ravel(),
        rows * np.arange(count + 1), np.tile(dates.astype("datetime64[s]"), count),
    )  # fmt: skip


def coverages(model: rnncli.Model, rows: int, deviation: float) -> list[float]:
    """Percent of walks whose next row is within the intervals, by level."""
    prices = walks(rows + 1, deviation, WALKS)
    closes = prices.values.reshape(WALKS, rows + 1)
    known = rnncli.Prices(
        prices.symbols, closes[:, :-1].ravel(), rows * np.arange(WALKS + 1),
        prices.dates.reshape(WALKS, rows + 1)[:, :-1].ravel(),
    )  # fmt: skip
    forecast = model.predict(known, horizon=1, level=LEVELS)
    return [
        100 * float(np.mean(
            (closes[:, -1] >= forecast.lower[level][:, 0])
            & (closes[:, -1] <= forecast.upper[level][:, 0])
        ))
        for level in LEVELS
    ]  # fmt: skip


def width_far_ahead(model: rnncli.Model, prices: rnncli.Prices) -> float:
    """Median width of the 95 % interval FAR rows ahead over that of a constant volatility."""
    forecast = model.predict(prices, horizon=FAR, level=(95,), max_jump=0)
    width = np.log(forecast.upper[95][:, -1] / forecast.lower[95][:, -1])
    deviations = np.array([np.std(np.diff(np.log(prices.series(i)))) for i in range(len(width))])
    return float(np.median(width / (2 * NORMAL_95 * deviations * np.sqrt(FAR))))


def print_walks(model: rnncli.Model) -> None:
    print(f"| rows | deviation % | {' | '.join(f'coverage {one} %' for one in LEVELS)} |")
    print("|--:|--:|--:|--:|")
    for rows in ROWS:
        for deviation in DEVIATIONS:
            cells = " | ".join(f"{one:.1f}" for one in coverages(model, rows, deviation))
            print(f"| {rows} | {100 * deviation:g} | {cells} |")
    for deviation in DEVIATIONS:
        ratio = width_far_ahead(model, walks(1000, deviation, 40))
        print(f"{FAR} rows ahead of walks of {100 * deviation:g} %: width {ratio:.2f} x the true")


def print_placebo(model: rnncli.Model, path: str) -> None:
    prices = rnncli.read_prices(path, duplicates="last")
    long = [i for i, rows in enumerate(prices.lengths.tolist()) if rows > FAR]
    if long:
        ratio = width_far_ahead(model, prices.subset(long))
        print(f"{path}, {FAR} rows ahead: width {ratio:.2f} x that of a constant volatility")
    cases = [(name, inputs) for name in MAKERS for inputs in (None, "close")]
    for name, inputs in cases:
        made = remade(prices, "log", MAKERS[name], 0)
        scores = model.evaluate(
            made, folds=CUTOFFS, horizon=1, baselines="naive,constant-t", inputs=inputs
        ).to_frame()
        of_model, constant, naive = (
            scores[scores.method == method].iloc[0] for method in ("model", "constant-t", "naive")
        )
        ratio = 100 * (of_model.interval_score_95 / constant.interval_score_95 - 1)
        log = of_model.log_score - constant.log_score
        mae = 100 * (of_model.mae / naive.mae - 1)
        print(
            f"{path}, {name}, {inputs or 'all columns'}: over constant-t interval score 95 %"
            f" {ratio:+.1f} %, log score {log:+.4f}; MAE over naive {mae:+.2f} %"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("prices", nargs="*")
    parser.add_argument("--model")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    model = rnncli.prior() if given.model is None else rnncli.load(given.model)
    print_walks(model)
    for path in given.prices:
        print_placebo(model, path)


if __name__ == "__main__":
    main()
