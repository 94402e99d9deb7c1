"""Shocks by conditional distributions, and worst days replayed."""

from types import SimpleNamespace

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError, UsageError
from rnncli.evaluation.cutoffs import calendar
from rnncli.risk.copula import Copula
from rnncli.risk.holdings import Portfolio, Position
from rnncli.risk.margins import Bands
from rnncli.risk.marks import parse_marks
from rnncli.risk.scenario_file import read_scenarios
from rnncli.risk.stress import replayed, shocked
from rnncli.settings import ReadSettings

SCORES = np.linspace(-4.5, 4.5, 181)


def market_of(correlation, dof=1e4, deviation=0.01):
    """A market of symbols at 100 whose log returns are normal."""
    count = len(correlation)
    prices = 100 * np.exp(deviation * np.tile(SCORES, (count, 1, 1)))
    return SimpleNamespace(
        symbols=tuple("ABCD"[:count]), last=np.full(count, 100.0), aheads=(1,),
        bands=Bands(SCORES, prices), copula=Copula(np.array(correlation), dof, 500),
        draws=5000, seed=0,
    )  # fmt: skip


def shock(market, *texts, portfolio=None):
    """Lines of one scenario by name."""
    found = shocked(market, portfolio, {"s": parse_marks("shock", texts)})
    return {one.line: one for one in found}


def test_others_follow_by_their_correlation():
    """Of normals: the mean is the correlation times the shock, the deviation what is left."""
    found = shock(market_of([[1, 0.6, 0], [0.6, 1, 0], [0, 0, 1.0]]), "A=-2%")
    log = np.log(0.98)
    assert (found["A"].given, found["A"].change) == (True, pytest.approx(-2))
    assert np.log1p(found["B"].change / 100) == pytest.approx(0.6 * log, rel=0.03)
    left = 1.6449 * 0.01 * np.sqrt(1 - 0.6**2)
    assert np.log1p(found["B"].lower / 100) == pytest.approx(0.6 * log - left, rel=0.03)
    assert np.log1p(found["B"].upper / 100) == pytest.approx(0.6 * log + left, abs=0.001)
    assert found["C"].change == pytest.approx(0, abs=0.05)
    assert not found["B"].given


def test_several_shocks_are_one_scenario():
    """The others follow both, by the inverse of their correlation."""
    found = shock(market_of([[1, 0.5, 0.8], [0.5, 1, 0.7], [0.8, 0.7, 1]]), "A=98", "B=-1%")
    r, known = np.array([[1, 0.5], [0.5, 1]]), np.log([0.98, 0.99])
    expected = np.array([0.8, 0.7]) @ np.linalg.solve(r, known)
    assert np.log1p(found["C"].change / 100) == pytest.approx(expected, rel=0.03)


def test_heavy_tails_widen_what_is_left_after_a_large_shock():
    """Of Student's t a large move of one tells that the others are restless too."""
    ranges = []
    for dof in (4.0, 1e4):
        one = shock(market_of([[1, 0.3], [0.3, 1]], dof), "A=-3%")["B"]
        ranges.append(one.upper - one.lower)
    assert ranges[0] > 1.3 * ranges[1]


def test_portfolio_gains_what_its_positions_do():
    """A short position gains in a fall; all symbols given, nothing is left to chance."""
    portfolio = Portfolio((Position("A", 2.0, 1.0), Position("B", -1.0, 1.0)), 50.0)
    found = shock(market_of([[1, 0.5], [0.5, 1]]), "A=-10%", "B=-5%", portfolio=portfolio)
    assert (found["A"].gain, found["B"].gain) == (pytest.approx(-20), pytest.approx(5))
    whole = found["portfolio"]
    assert (whole.gain, whole.lower_gain) == (pytest.approx(-15), pytest.approx(-15))
    assert whole.change == pytest.approx(-10)


def test_unknown_symbols_are_refused():
    """With those that there are."""
    with pytest.raises(UsageError, match="no symbol X; there are A, B"):
        shock(market_of([[1, 0.5], [0.5, 1]]), "X=-10%")
    with pytest.raises(UsageError, match="names no symbol"):
        shock(market_of([[1, 0.5], [0.5, 1]]), "-10%")


def test_a_price_that_is_likely_a_change_is_refused():
    """Less than half of the last price or more than double; as a percentage any move is allowed."""
    market = market_of([[1, 0.5], [0.5, 1]])
    message = (
        r"A=10: 10 is a price, -90\.0 % from 100; for a change write A=10%, for that price A=-90%$"
    )
    with pytest.raises(UsageError, match=message):
        shock(market, "A=10")
    with pytest.raises(UsageError, match=r"for a change write A=-10%$"):  # no price is below 0
        shock(market, "A=-10")
    with pytest.raises(UsageError, match=r"\+101\.0 % from 100"):
        shock(market, "A=201")
    assert shock(market, "A=-90%")["A"].change == pytest.approx(-90)
    for text, change in (("A=50", -50), ("A=200", 100)):
        assert shock(market, text)["A"].change == pytest.approx(change)


def test_the_worst_days_are_replayed_with_the_volatility_of_today():
    """A day at the 2.3 % place is a fall of two of today's deviations; a missing one no move."""
    prices = prices_of({"A": [1.0, 1, 1, 1], "B": [1.0, 1, 1, 1]})
    of_days = calendar(prices)
    places = np.array([[0.5, 0.5], [0.0227501, np.nan], [0.9, 0.9], [0.158655, 0.158655]])
    found = list(replayed(market_of(np.eye(2)), None, places, of_days.days, of_days, 2))
    assert [one.scenario for one in found] == ["2024-01-02"] * 2 + ["2024-01-04"] * 2 or [
        one.scenario for one in found
    ] == ["2024-01-04"] * 2 + ["2024-01-02"] * 2
    by = {(one.scenario, one.line): one for one in found}
    assert by["2024-01-02", "A"].change == pytest.approx(100 * np.expm1(-0.02), rel=1e-3)
    assert by["2024-01-02", "B"].change == 0
    assert not by["2024-01-02", "B"].given
    assert by["2024-01-04", "B"].change == pytest.approx(100 * np.expm1(-0.01), rel=1e-3)


def test_files_of_scenarios(tmp_path):
    """Named or not, with percent signs or in a column of percents."""
    path = tmp_path / "s.csv"
    path.write_text("scenario,symbol,change\ncrash,SPY,-10%\ncrash,TLT,2%\nup,SPY,5%\n")
    found = read_scenarios(str(path), ReadSettings())
    assert {name: [(m.symbol, m.number) for m in marks] for name, marks in found.items()} == {
        "crash": [("SPY", -10), ("TLT", 2)], "up": [("SPY", 5)]
    }  # fmt: skip
    path.write_text("symbol,change percent\nSPY,-10\n")
    ((mark,),) = read_scenarios(str(path), ReadSettings()).values()
    assert (mark.number, mark.percent) == (-10, True)
    for text, message in (
        ("symbol,change\nSPY,much\n", "line 2: 'much' is not a change; write -10%"),
        ("symbol,price\nSPY,3\n", "needs the columns symbol and change"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=message):
            read_scenarios(str(path), ReadSettings())
