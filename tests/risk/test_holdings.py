"""Files of holdings, and portfolios made of them."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError, MissingInputError, UsageError
from rnncli.risk.holdings import portfolio_of, values_at
from rnncli.risk.holdings_file import read_holdings
from rnncli.settings import ReadSettings

PRICES = prices_of({"A": [9.0, 10.0], "B": [19.0, 20.0], "EURUSD": [1.1, 1.25], "GC=F": [1.0, 2.0]})
LAST = {"A": np.array(10.0), "B": np.array(20.0), "EURUSD": np.array(1.25), "GC=F": np.array(2.0)}


@pytest.fixture
def portfolio(tmp_path):
    """The portfolio of the text of a file."""

    def read(text):
        path = tmp_path / "h.csv"
        path.write_text(text, encoding="utf-8")
        return portfolio_of(read_holdings(str(path), ReadSettings()), PRICES)

    return read


@pytest.mark.parametrize(
    ("text", "values", "cash"),
    [
        ("symbol,quantity\nA,3\nB,-2\n", [30, -40], 0),
        ("ticker;shares\nA;3\nCash;100\n", [30], 100),
        ("symbol,value\nA,55.5\nB,-10\nCASH,7\n", [55.5, -10], 7),
        ("symbol,quantity,value\nA,3,\nB,,8\ncash,,-50\n", [30, 8], -50),
        ("symbol,quantity,rate\nA,3,1.5\nB,1,\ncash,100,0.5\n", [45, 20], 50),
        ("symbol,quantity,rate\nA,3,EURUSD\nB,1,1\ncash,8,EURUSD\n", [37.5, 20], 10),
        ("symbol,quantity\nA,3\nB,1\nA,-1\n", [20, 20], 0),
        ("symbol,quantity\nGC=F,3\n", [6], 0),
        ("symbol,quantity\nA,3\nA,-3\n", [0], 0),
    ],
)
def test_values_now(portfolio, text, values, cash):
    """Quantities, values, both, rates as numbers or symbols, several rows of one symbol, cash."""
    made = portfolio(text)
    assert values_at(made, LAST) == pytest.approx(np.array(values, float), rel=1e-12)
    assert made.cash == pytest.approx(cash)


def test_a_rate_that_is_a_symbol_is_a_risk(portfolio):
    """The value follows both prices."""
    made = portfolio("symbol,quantity,rate\nA,2,EURUSD\n")
    assert made.symbols == ["A", "EURUSD"]
    moved = values_at(made, {"A": np.array([10.0, 11]), "EURUSD": np.array([1.25, 1.0])})
    assert moved == pytest.approx(np.array([[25.0, 22.0]]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("symbol,price\nA,3\n", "has no column quantity or value"),
        ("firm,quantity\nA,3\n", "has no column symbol"),
        ("symbol,quantity\nX,3\n", "line 2: no symbol X in the prices; there are A, B"),
        ("symbol,quantity,rate\nA,3,USD\n", "line 2: no symbol USD in the prices"),
        ("symbol,quantity,value\nA,3,4\n", "line 2: A has both a quantity and a value"),
        ("symbol,quantity\nA,1\nB,\n", "line 3: B has no quantity or value"),
        ("symbol,quantity,rate\nA,3,-1\n", "line 2: A has the rate -1, which is not above zero"),
        ("symbol,quantity,rate\nA,3,1\nA,3,2\n", "line 3: A has the rate 2.0 here and 1.0 before"),
        ("symbol,quantity\ncash,3\n", "holds no symbol"),
        ("symbol,quantity\nA,many\n", "many"),
    ],
)
def test_what_cannot_be_meant_is_refused(portfolio, text, message):
    """By file and line."""
    with pytest.raises(DataError, match=message) as fault:
        portfolio(text)
    assert "h.csv" in str(fault.value)


def test_a_file_that_is_not_there():
    """Nor is standard input a file."""
    with pytest.raises(MissingInputError):
        read_holdings("nowhere.csv", ReadSettings())
    with pytest.raises(UsageError, match="name a file"):
        read_holdings("-", ReadSettings())
