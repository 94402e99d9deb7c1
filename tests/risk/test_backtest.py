"""Backtests of values at risk: what is forecast when, and what the verdict says."""

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk

from rnncli.errors import DataError, UsageError
from rnncli.forecasting.predict import predict
from rnncli.models.prior import fed, load_prior
from rnncli.risk.backtest import MODEL, Line, backtest_lines
from rnncli.risk.backtest_tests import check_required, outcomes_of, risk_checks, risk_verdict
from rnncli.risk.holdings import Portfolio, Position
from rnncli.risk.rivals import TailForecast
from rnncli.settings import PredictSettings, RiskSettings, RiskTestSettings

MEASURING = RiskSettings(confidence=(95.0, 99.0), draws=2000)
TESTING = RiskTestSettings(backtest=True, folds=30, against="history-50")


@pytest.fixture(scope="module")
def prices():
    """Two symbols with the prior's columns."""
    rng = np.random.default_rng(4)
    made = prices_of({"A": random_walk(rng, 200), "B": random_walk(rng, 200, 0.02)})
    return fed(made, load_prior(), None)


def lines_of(prices, portfolio=None, testing=TESTING):
    """The lines of a backtest by name."""
    made = backtest_lines(load_prior(), prices, portfolio, MEASURING, testing, ALONE)
    return {line.name: line for line in made}


def test_value_at_risk_of_a_day_is_what_predict_gave_on_it(prices):
    """From the prices up to the cutoff alone: the lower bound of the 90 % interval."""
    line = lines_of(prices)["A"]
    assert len(line.returns) == 30
    cutoff = 200 - 1 - 30  # of the first, the last row being the last actual
    early = prices.later(np.zeros(2, int)).subset([0])
    kept = np.arange(cutoff + 1)
    early = type(early)(
        ("A",), early.values[kept], np.array([0, cutoff + 1]), early.dates[kept],
        fields={name: values[kept] for name, values in early.fields.items()},
    )  # fmt: skip
    forecast = predict(load_prior(), early, PredictSettings(horizon=1, level=(90.0, 98.0)), ALONE)
    for c, level in enumerate((90.0, 98.0)):
        expected = 100 * (forecast.lower[level][0, 0] / early.values[-1] - 1)
        assert line.methods[MODEL].quantiles[0, c] == pytest.approx(expected, rel=1e-6)
    series = prices.series(0)
    assert line.returns == pytest.approx(100 * (series[-30:] / series[-31:-1] - 1))
    assert np.all(line.methods[MODEL].shortfalls < line.methods[MODEL].quantiles)


def test_a_portfolio_of_one_symbol_is_the_symbol(prices):
    """Its returns and, nearly, its quantiles; twice as much is the same in percent."""
    alone = lines_of(prices)["B"]
    held = prices.subset([1])
    for quantity in (1.0, 2.0):
        line = lines_of(held, Portfolio((Position("B", quantity, 1.0),)))["portfolio"]
        assert line.returns == pytest.approx(alone.returns)
        found, expected = (one.methods[MODEL].quantiles for one in (line, alone))
        assert found == pytest.approx(expected, rel=0.01)
        rivals = [one.methods["history-50"].quantiles for one in (line, alone)]
        assert rivals[0] == pytest.approx(rivals[1])


def test_a_short_portfolio_loses_where_prices_rise(prices):
    """Returns have the other sign."""
    line = lines_of(prices.subset([0]), Portfolio((Position("A", -1.0, 1.0),)))["portfolio"]
    assert line.returns == pytest.approx(-lines_of(prices)["A"].returns)


def test_prices_below_zero_have_no_returns():
    """Refused."""
    with pytest.raises(DataError, match="above zero"):
        lines_of(prices_of({"A": [1.0, -1.0, 2.0] * 30}))


def made_line(hits, rows=1000, seed=1):
    """A line whose model has this many losses beyond 95 %, and a rival with a wider quantile."""
    rng = np.random.default_rng(seed)
    returns = np.abs(rng.standard_normal(rows))
    returns[rng.choice(rows, hits, replace=False)] = -2.0
    quantiles, shortfalls = np.full((rows, 1), -1.9), np.full((rows, 1), -2.0)
    model = TailForecast(quantiles, shortfalls, (np.full((rows, 4), -2.0),))
    rival = TailForecast(3 * quantiles, 3 * shortfalls)
    return Line("A", tuple(range(rows)), returns, {MODEL: model, "wide": rival})


def test_verdict_says_what_holds():
    """As many hits as expected, at random: no test rejects, and the wider rival loses."""
    results = list(outcomes_of(made_line(50), (95.0,)))
    model, rival = results
    assert (model.hits, model.expected, model.zone) == (50, pytest.approx(50), "green")
    assert model.fz0 < rival.fz0
    said = " ".join(risk_verdict(results, 0.05))
    assert "50 of 1000 losses beyond the value at risk, 50.0 expected (green): no test" in said
    assert "The FZ0 loss is lower than that of wide" in said
    checks = risk_checks(results, ("kupiec", "green"), ("wide",), 0.05)
    assert [check.met for check in checks] == [True, True, True]


def test_verdict_says_what_does_not_hold():
    """Twice as many: Kupiec and the traffic light, in words."""
    results = list(outcomes_of(made_line(100), (95.0,)))
    said = " ".join(risk_verdict(results, 0.05))
    assert "100 of 1000 losses" in said
    assert "(red): that is too many (Kupiec, p = " in said
    checks = risk_checks(results, ("kupiec", "green"), (), 0.05)
    assert [check.met for check in checks] == [False, False]


def test_several_symbols_are_counted_and_nothing_is_required_of_them():
    """The verdict says how many are rejected."""
    lines = [made_line(50, seed=seed) for seed in (1, 2)] + [made_line(100, seed=3)]
    named = [Line(f"S{i}", *list(vars(line).values())[1:]) for i, line in enumerate(lines)]
    results = [one for line in named for one in outcomes_of(line, (95.0,))]
    said = " ".join(risk_verdict(results, 0.05))
    assert "Kupiec rejects 1 of 3 symbols at 5%" in said
    with pytest.raises(UsageError, match="is of one symbol or a portfolio"):
        risk_checks(results, ("kupiec",), (), 0.05)


@pytest.mark.parametrize(
    ("tests", "rivals", "message"),
    [(("cupiec",), (), "no such test"), ((), ("garch-n",), "is not among the rivals")],
)
def test_what_cannot_be_required(tests, rivals, message):
    """By name."""
    with pytest.raises(UsageError, match=message):
        check_required(tests, rivals, ["history-250"])
