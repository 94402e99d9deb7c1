"""With which half-lives does the copula forecast the next days' places best?

    python tests/benchmarks/half_lives.py STOCKS [--stocks 55] [--since 2014-01-01] [--every 5]

Run by hand. Of the symbols that are not held back (see held_back.py) some are evenly chosen. From
every fifth day on the copula is fitted on the 750 days before, for each pair of half-lives: of the
differences between pairs of symbols, and of the mean of all pairs. Its log density at the places
of the next five days is scored; a table has the mean a day less that of the chosen half-lives, and
the p of the Diebold-Mariano test between them.

55 stocks of the S&P 500, 1,030 days from 2014 on, fitted every 10 days; chosen: 13.099 a day.

| pairs | mean 15 | mean 30 | mean 60 | mean 125 | mean 250 |
|---|---|---|---|---|---|
| 60 | -0.641 | -0.598 | -0.592 | -0.577 | -0.585 |
| 125 | -0.222 | -0.162 | -0.138 | -0.161 | -0.165 |
| 250 | -0.111 | -0.038 | +0.000 | -0.003 (p = 0.69) | -0.037 |
| 500 | -0.153 | -0.070 | -0.024 (p = 0.02) | -0.017 (p = 0.17) | -0.043 |
| 1000 | -0.211 | -0.122 | -0.072 | -0.060 | -0.084 |

The others have p < 0.003.
"""

import argparse
import math
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from held_back import is_held

import rnncli
from rnncli.distributions import student_t
from rnncli.evaluation.cutoffs import calendar
from rnncli.evaluation.diebold_mariano import diebold_mariano
from rnncli.models.prior import fed, load_prior
from rnncli.risk import copula
from rnncli.risk.past_places import WINDOW, past_places
from rnncli.runtime.threads import Threads, threads

PAIRS = (60.0, 125.0, 250.0, 500.0, 1000.0)
MEANS = (15.0, 30.0, 60.0, 125.0, 250.0)
CHOSEN = copula.HALF_LIFE_OF_PAIRS, copula.HALF_LIFE_OF_MEAN
Array = np.ndarray


def places_of_stocks(path: str, count: int, pool: Threads) -> tuple[Array, Array]:
    """Places (days, n) of some symbols that are not held back, and the days as dates."""
    prices, model = rnncli.read_prices(path, inputs="close,high-low,volume"), load_prior()
    usable = [i for i, symbol in enumerate(prices.symbols) if not is_held(symbol)]
    some = prices.subset(usable[:: max(1, len(usable) // count)][:count])
    places, days = past_places(model, fed(some, model, None), pool, len(some.dates))
    shown = calendar(some)
    return places, np.array([shown.shown(day) for day in days.tolist()], "datetime64[D]")


def log_density(fitted: copula.Copula, places: Array) -> float:
    """Log density of the copula at the places (n) of a day, of those that are there."""
    there = np.isfinite(places)
    scores = copula.normal_scores(places[there])
    probabilities = tuple(NormalDist().cdf(score) for score in copula.SCORES.tolist())
    dof = np.array(fitted.dof)
    x = np.interp(scores, copula.SCORES, student_t.quantiles(probabilities, dof))
    root = np.linalg.cholesky(fitted.correlation[np.ix_(there, there)])
    square, n = float(np.sum(np.linalg.solve(root, x) ** 2)), len(x)
    gamma = math.lgamma
    joint = gamma((fitted.dof + n) / 2) - gamma(fitted.dof / 2) - n / 2 * np.log(fitted.dof * np.pi)
    joint -= np.log(np.diag(root)).sum() + (fitted.dof + n) / 2 * np.log1p(square / fitted.dof)
    return float(joint - student_t.log_density(x, np.full(n, fitted.dof)).sum())


def densities(places: Array, first: int, every: int) -> Array:
    """Log densities (days) from `first` on, of copulas fitted anew after each `every` days."""
    scored = []
    for day in range(first, len(places) - every, every):
        fitted = copula.fit_copula(places[max(day - WINDOW, 0) : day])
        scored += [log_density(fitted, places[k]) for k in range(day, day + every)]
    return np.array(scored)


def table(places: Array, first: int, every: int) -> Iterator[str]:
    """A row for each half-life of the pairs, a column for each of the mean."""
    densities_by_pair = {}
    for pair in PAIRS:
        for mean in MEANS:
            copula.HALF_LIFE_OF_PAIRS, copula.HALF_LIFE_OF_MEAN = pair, mean
            densities_by_pair[pair, mean] = densities(places, first, every)
    best = densities_by_pair[CHOSEN]
    yield f"{len(best)} days, {places.shape[1]} stocks; chosen {CHOSEN}: {best.mean():.3f} a day"
    yield "| pairs | " + " | ".join(f"mean {mean:g}" for mean in MEANS) + " |"
    yield "|---" * (len(MEANS) + 1) + "|"
    for pair in PAIRS:
        cells = []
        for mean in MEANS:
            p = diebold_mariano(densities_by_pair[pair, mean] - best).p
            less = (densities_by_pair[pair, mean] - best).mean()
            cells.append(f"{less:+.3f}" + ("" if p is None else f" (p = {p:.2g})"))
        yield f"| {pair:g} | {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stocks")
    parser.add_argument("--stocks", dest="count", type=int, default=55)
    parser.add_argument("--since", default="2014-01-01")
    parser.add_argument("--every", type=int, default=5)
    options = parser.parse_args()
    with threads(None) as pool:
        places, days = places_of_stocks(options.stocks, options.count, pool)
    first = max(int(np.searchsorted(days, np.datetime64(options.since, "D"))), 100)
    for line in table(places, first, options.every):
        print(line, flush=True)


if __name__ == "__main__":
    main()
