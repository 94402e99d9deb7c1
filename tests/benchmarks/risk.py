"""Are the values at risk right? Indices, random portfolios, joint scores, time of joint paths.

    python tests/benchmarks/risk.py STOCKS [INDEX=2000-01-01:2016-12-31 ...] [--years 2014,2015]

Run by hand. Joint paths of 500 simulated symbols are timed. INDEX is a file of one index: its
values at risk one row ahead are tested between two days, beside past returns and GARCH (extra
`baselines`) fitted on the rows before. STOCKS are daily prices of many symbols: of those held back
(see held_back.py) 200 portfolios are drawn, each of 20 stocks of its own, half long, half long and
short. How many does Kupiec's test reject in a year, tied by the copula, as if independent, and by
historical simulation? The same three are scored as joint forecasts.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from held_back import is_held

import rnncli
from rnncli.evaluation.cutoffs import Calendar, calendar
from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.models.prior import fed, load_prior
from rnncli.prices.series import Prices
from rnncli.risk import kupiec
from rnncli.risk.history import moves_by_day
from rnncli.risk.joint_evaluation import evaluate_joint
from rnncli.risk.joint_paths import sample_together
from rnncli.risk.rolling import Cutoff, cutoffs_of
from rnncli.runtime.threads import threads
from rnncli.settings import EvaluateSettings, PredictSettings

RIVALS = "history-125,history-250,history-500,garch-n,garch-edf"
HELD, PORTFOLIOS, DRAWS = 20, 200, 5000
TAILS = (0.05, 0.01)
METHODS = ("joint", "independence", "historical simulation")


def index(path: str, first: str, last: str, inputs: str) -> Iterator[str]:
    """The tests of an index between two days, as a table of Markdown."""
    days = rnncli.read_prices(path, since="1990-01-01", until=last).dates.astype("datetime64[D]")
    folds = int(np.sum(days >= np.datetime64(first)))
    command = [
        sys.executable, "-m", "rnncli", "risk", path, "--since", "1990-01-01", "--until", last,
        "--inputs", inputs, "--backtest", "--folds", str(folds), "--against", RIVALS,
        "--format", "json",
    ]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    names = ("method", "confidence", "hits", "rows", "kupiec_p", "conditional_p", "fz0", "fz0_p")
    yield f"| {' | '.join(names)} |"
    yield "|---" * len(names) + "|"
    for row in json.loads(done.stdout)["tests"]:
        cells = [row[name] for name in names]
        yield f"| {' | '.join(_shown(cell) for cell in cells)} |"


def _shown(cell: Any) -> str:
    return f"{cell:.4f}" if isinstance(cell, float) else str(cell)


def held_back(path: str) -> Prices:
    """Daily prices of the stocks that are held back, as the prior is fed them."""
    prices = rnncli.read_prices(path, inputs="close,high-low,volume")
    held = prices.subset([i for i, symbol in enumerate(prices.symbols) if is_held(symbol)])
    return fed(held, load_prior(), None)


def portfolios(prices: Prices, year: int) -> Iterator[str]:
    """Rows of a table: how many of random portfolios Kupiec's test rejects, by method."""
    days = calendar(prices)
    start, end = (np.datetime64(f"{y}-01-01", "s").astype(np.int64) for y in (year, year + 1))
    chosen = days.days[(days.days >= start) & (days.days < end)]
    whole = prices.subset(_traded_on(prices, days, chosen))
    days = calendar(whole)  # its rows are numbered within the stocks that are left
    weights = _weights(np.random.default_rng(2), len(whole.symbols))
    hits = np.zeros((len(METHODS), len(TAILS), PORTFOLIOS, len(chosen)), bool)
    used = 0
    with threads(0) as pool:
        for cutoff in cutoffs_of(load_prior(), whole, days, chosen, 1, (95.0, 99.0), pool):
            if len(cutoff.series) == len(whole.symbols):
                hits[..., used] = _hits(whole, days, cutoff, weights)
                used += 1
    for m, method in enumerate(METHODS):
        cells = []
        for t, tail in enumerate(TAILS):
            rejected = [kupiec(one, tail).rejects() for one in hits[m, t, :, :used]]
            half = PORTFOLIOS // 2
            for kind in (slice(0, half), slice(half, None)):
                beyond = hits[m, t, kind, :used].mean()
                cells.append(f"{beyond:.1%}, {np.mean(rejected[kind]):.0%}")
            cells.append(f"{np.mean(rejected):.1%}")
        yield f"| {year} | {method} | {' | '.join(cells)} |"


def _traded_on(prices: Prices, days: Calendar, chosen: np.ndarray) -> list[int]:
    """Numbers of the symbols that have a row on every day."""
    return [
        i for i in range(len(prices.symbols))
        if np.isin(chosen, days.rows[prices.offsets[i] : prices.offsets[i + 1]]).all()
    ]  # fmt: skip


def _weights(rng: np.random.Generator, count: int) -> np.ndarray:
    """Weights (portfolios, count) of random stocks each: half long, half long and short."""
    weights = np.zeros((PORTFOLIOS, count))
    for number, of_portfolio in enumerate(weights):
        stocks = rng.choice(count, HELD, replace=False)
        if number < PORTFOLIOS // 2:
            of_portfolio[stocks] = rng.dirichlet(np.ones(HELD))
        else:
            drawn = rng.standard_normal(HELD)
            of_portfolio[stocks] = drawn / np.abs(drawn).sum()
    return weights


def _hits(prices: Prices, days: Calendar, cutoff: Cutoff, weights: np.ndarray) -> np.ndarray:
    """Whether the loss of the next day was beyond: (methods, tails, portfolios)."""
    ends = prices.offsets[cutoff.series] + cutoff.rows
    last, then = prices.values[ends], prices.values[ends + 1]
    seed = cutoff.day % 2**31
    joint, alone = (
        next(cutoff.scenarios(copula, 1, DRAWS, seed)) / last[:, None] - 1
        for copula in (cutoff.copula, cutoff.alone)
    )
    past, _ = moves_by_day(prices, days, cutoff.series, cutoff.day)
    returns = weights @ (then / last - 1)
    hits = [
        [returns <= np.quantile(weights @ moves, tail, axis=1) for tail in TAILS]
        for moves in (joint, alone, np.nan_to_num(past).T)
    ]
    return np.array(hits)


def joint_scores(prices: Prices, years: list[int]) -> Iterator[str]:
    """Scores of joint forecasts, and p of the test beside each other method, by year and in all."""
    model = load_prior()
    days = calendar(prices).days.astype("datetime64[s]")
    folds = int(np.sum(days >= np.datetime64(f"{min(years)}-01-01"))) - 1
    with threads(0) as pool:
        evaluation = evaluate_joint(model, prices, EvaluateSettings(horizon=1, folds=folds), pool)
    of_cutoff = np.array([int(str(day)[:4]) for day in evaluation.cutoffs])
    for label, some in [
        *((str(year), of_cutoff == year) for year in years),
        (f"{years[0]} to {years[-1]}", np.isin(of_cutoff, years)),
    ]:
        for name, values in evaluation.scores.items():
            of_methods = values[:, some, 0]
            p = [diebold_mariano(of_methods[0] - other).p for other in of_methods[1:]]
            cells = [
                *(f"{one:.4f}" for one in of_methods.mean(axis=1)),
                *(f"{one:.2g}" for one in p),
            ]
            yield f"| {label} | {some.sum()} | {name} | {' | '.join(cells)} |"


def speed() -> str:
    """Seconds and memory of 2,000 joint paths of 500 symbols over 10 rows."""
    rng = np.random.default_rng(1)
    closes = 50 * np.exp(np.cumsum(0.01 * rng.standard_normal((500, 1250)), axis=1))
    days = np.busday_offset("2020-01-01", np.arange(1250), roll="forward").astype("datetime64[s]")
    prices = Prices(
        tuple(f"S{i}" for i in range(500)), closes.ravel(), np.arange(501) * 1250,
        np.tile(days, 500),
    )  # fmt: skip
    model = load_prior()
    known = fed(prices, model, None)
    settings = PredictSettings(horizon=10, paths=2000)
    with threads(0) as pool:
        sample_together(model, known.subset([0, 1]), settings, pool)  # kernels are loaded
        started, busy = time.monotonic(), time.process_time()
        sample_together(model, known, settings, pool)
    seconds, of_cpu = time.monotonic() - started, time.process_time() - busy
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"500 symbols, 2,000 joint paths, 10 rows: {seconds:.1f} s ({of_cpu:.1f} s of CPU),"
        f" {memory:.2f} GiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stocks")
    parser.add_argument("indices", nargs="*", help="FILE=FIRST:LAST")
    parser.add_argument("--years", default="2014,2015,2016,2017")
    arguments = parser.parse_args()
    print(speed(), flush=True)
    for asked in arguments.indices:
        path, _, span = asked.rpartition("=")
        first, _, last = span.partition(":")
        for inputs in ("close", "close,high-low,volume"):
            print(f"\n{path} from {first} to {last}, fed {inputs}:\n", flush=True)
            print("\n".join(index(path, first, last, inputs)), flush=True)
    prices, years = held_back(arguments.stocks), [int(year) for year in arguments.years.split(",")]
    print(f"\n{PORTFOLIOS} portfolios of {HELD} stocks held back: beyond, rejected\n")
    print("| year | method | 95 % long | long, short | all | 99 % long | long, short | all |")
    print("|---" * 8 + "|")
    for year in years:
        print("\n".join(portfolios(prices, year)), flush=True)
    print(f"\nJoint scores of {len(prices.symbols)} stocks held back, next row\n")
    print(
        f"| year | days | score | {' | '.join(METHODS)} | p beside independence | beside history |"
    )
    print("|---" * 8 + "|")
    print("\n".join(joint_scores(prices, years)))


if __name__ == "__main__":
    main()
