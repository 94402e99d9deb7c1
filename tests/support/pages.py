"""Pages of made results, and what they are read by."""

import json
import re
from dataclasses import replace

import numpy as np
from builders import prices_of, random_walk
from evaluations import FOLDS, evaluation
from ledgers import SOURCE, forecast_of, night_of

from rnncli.forecasting.outlook import rise_probability
from rnncli.ledger.portfolio_score import score_portfolios
from rnncli.ledger.reader import read_portfolios
from rnncli.ledger.writer import record
from rnncli.report.page.content import Backtest, PageContent, Portfolios, SymbolForecasts

HOSTILE = (
    "<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"'`&amp;{{7*7}}",
    "\u202egnp.exe\u2066", "=1+1", "x" * 300,
)  # fmt: skip
DATA = re.compile(r'<script type="application/json" id="data">(.*?)</script>', re.DOTALL)


def forecasts_of(symbols, rows=80, horizon=2):
    """Made forecasts of random walks by these names."""
    rng = np.random.default_rng(11)
    prices = prices_of({symbol: random_walk(rng, rows) for symbol in symbols})
    forecast = forecast_of(prices, 0.2, 4.0, horizon, (80.0, 95.0))
    wider = {95.0: forecast.forecasts + 7}
    forecast = replace(forecast, upper=forecast.upper | wider)
    return SymbolForecasts(forecast, (80.0, 95.0), rise_probability(forecast))


def backtest_of(symbols=("A", "B")):
    """A made evaluation of two symbols in two months, and the prices that it is of."""
    rng = np.random.default_rng(5)
    prices = prices_of({symbol: random_walk(rng, 30) for symbol in symbols})
    made = evaluation()
    cutoffs = tuple(f"2024-0{1 + k % 2}-{10 + k}" for k in range(FOLDS))
    scores = {
        name: {key: values.copy() for key, values in of_method.items()}
        for name, of_method in made.scores.items()
    }
    inside = (rng.random((2 * FOLDS, 2)) < 0.8).astype(float)
    scores["model"] |= {"coverage_80": inside, "pit": rng.random((2 * FOLDS, 2))}
    scores["model"]["interval_score_80"] += 3 * (1 - inside)
    return Backtest(replace(made, symbols=symbols, cutoffs=cutoffs, scores=scores), prices)


def whole_page(symbols=("A", "B"), **more):
    """The content of a page of forecasts and a back-test."""
    return PageContent(
        title=f"Forecast of {len(symbols)} symbols",
        sources=("prices.csv",),
        warnings=("prices.csv: left out no price: 1",),
        forecasts=forecasts_of(symbols),
        backtest=backtest_of(tuple(symbols[:2])),
        **more,
    )


def portfolios_of(path, days=60):
    """Scores of two recorded portfolios, one of which loses more than it says; in `path` a ledger.

    One is called as a script that must not run, and has two rows ahead.
    """
    rng = np.random.default_rng(3)
    walks = {symbol: random_walk(rng, days) for symbol in "AB"}
    seen = [prices_of({s: walk[:rows] for s, walk in walks.items()}, "2024-01-01")
            for rows in range(10, days + 1)]  # fmt: skip
    nights = [
        (SOURCE, night_of(prices, {"A": 2.0, "B": -1.0}, name, loss, aheads=aheads))
        for prices in seen
        for name, loss, aheads in (("calm", 1e4, (1,)), (HOSTILE[0], 0.01, (1, 2)))
    ]
    record(str(path), [], nights)
    score = score_portfolios(read_portfolios(str(path)), seen[-1], lambda _: None)
    return Portfolios("ledger.db", score, 0.05)


def data_of(page):
    """What the script of a page draws from."""
    (text,) = DATA.findall(page.decode())
    return json.loads(text)
