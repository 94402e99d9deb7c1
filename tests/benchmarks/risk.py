"""Are the values at risk right? One index, random portfolios, and the time of joint paths. By hand.

    python tests/benchmarks/risk.py INDEX STOCKS [--first 2000-01-01] [--year 2017]

INDEX is a file of one index: its values at risk one row ahead are tested from a date on, beside
past returns and GARCH (extra `baselines`) fitted on what is before. STOCKS are daily prices of many
symbols: of those held back (see held_back.py) 20 are drawn, and 200 portfolios of them, half long,
half long and short; how many does Kupiec's test reject in a year, tied by the copula, as if
independent, and by historical simulation? At last, joint paths of 500 simulated symbols are timed.
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
from rnncli.models.prior import fed, load_prior
from rnncli.prices.series import Prices
from rnncli.risk import kupiec
from rnncli.risk.history import moves_by_day
from rnncli.risk.joint_paths import sample_together
from rnncli.risk.rolling import Cutoff, cutoffs_of
from rnncli.runtime.threads import threads
from rnncli.settings import PredictSettings

RIVALS = "history-125,history-250,history-500,garch-n,garch-edf"
HELD, PORTFOLIOS, DRAWS = 20, 200, 5000
TAILS = (0.05, 0.01)
METHODS = ("joint", "independence", "historical simulation")


def index(path: str, first: str, inputs: str) -> Iterator[str]:
    """The tests of an index from a date on, as a table of Markdown."""
    days = rnncli.read_prices(path, since="1990-01-01").dates.astype("datetime64[D]")
    folds = int(np.sum(days >= np.datetime64(first)))
    command = [
        sys.executable, "-m", "rnncli", "risk", path, "--since", "1990-01-01", "--inputs", inputs,
        "--backtest", "--folds", str(folds), "--against", RIVALS, "--format", "json",
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


def stocks(path: str, year: int) -> Iterator[str]:
    """How many of random portfolios Kupiec's test rejects, by method and tail."""
    model = load_prior()
    prices = fed(rnncli.read_prices(path, inputs="close,high-low,volume"), model, None)
    days = calendar(prices)
    start, end = (np.datetime64(f"{y}-01-01", "s").astype(np.int64) for y in (year, year + 1))
    chosen = days.days[(days.days >= start) & (days.days < end)]
    symbols = _drawn(prices, days, chosen)
    held = prices.subset(symbols)
    weights = _weights(np.random.default_rng(2))
    hits = np.zeros((len(METHODS), len(TAILS), PORTFOLIOS, len(chosen)), bool)
    used = 0
    with threads(0) as pool:
        for cutoff in cutoffs_of(model, held, days, chosen, 1, (95.0, 99.0), pool):
            if len(cutoff.series) == HELD:
                hits[..., used] = _hits(held, days, cutoff, weights)
                used += 1
    yield f"{used} days of {year}, {PORTFOLIOS} portfolios of {HELD} stocks held back:"
    for m, method in enumerate(METHODS):
        for t, tail in enumerate(TAILS):
            some = hits[m, t, :, :used]
            rejected = np.mean([kupiec(one, tail).rejects() for one in some])
            yield f"- {method}, {1 - tail:.0%}: {some.mean():.2%} beyond, {rejected:.1%} rejected"


def _drawn(prices: Prices, days: Calendar, chosen: np.ndarray) -> list[int]:
    """Symbols that are held back and have a row on every day, drawn at random."""
    whole = [
        i for i, symbol in enumerate(prices.symbols)
        if is_held(symbol)
        and np.isin(chosen, days.rows[prices.offsets[i] : prices.offsets[i + 1]]).all()
    ]  # fmt: skip
    return sorted(np.random.default_rng(1).choice(whole, HELD, replace=False).tolist())


def _weights(rng: np.random.Generator) -> np.ndarray:
    """Weights (portfolios, symbols): half long, half long and short."""
    long = rng.dirichlet(np.ones(HELD), PORTFOLIOS // 2)
    both = rng.standard_normal((PORTFOLIOS // 2, HELD))
    return np.vstack([long, both / np.abs(both).sum(axis=1, keepdims=True)])


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
    parser.add_argument("index")
    parser.add_argument("stocks")
    parser.add_argument("--first", default="2000-01-01")
    parser.add_argument("--year", type=int, default=2017)
    arguments = parser.parse_args()
    print(speed(), flush=True)
    for inputs in ("close", "close,high-low,volume"):
        print(f"\n{arguments.index} from {arguments.first} on, fed {inputs}:\n", flush=True)
        print("\n".join(index(arguments.index, arguments.first, inputs)), flush=True)
    print("\n" + "\n".join(stocks(arguments.stocks, arguments.year)))


if __name__ == "__main__":
    main()
