"""`Model.risk`: the numbers of the command, from quantities or a file."""

import numpy as np
import pytest
from builders import prices_of, random_walk

import rnncli
from rnncli import DataError, UsageError


@pytest.fixture(scope="module")
def prices():
    """Two symbols."""
    rng = np.random.default_rng(5)
    return prices_of({"A": random_walk(rng, 150), "B": random_walk(rng, 150, 0.02)})


def test_risk_of_symbols_and_of_holdings(prices, tmp_path):
    """A frame of a row a line, row ahead and level; a file is the same as quantities."""
    model = rnncli.prior()
    frame = model.risk(prices, confidence=95, horizons="1,2").to_frame()
    assert list(frame["symbol"]) == ["A", "A", "B", "B"]
    assert (frame["es"] > frame["var"]).all()
    held = {"A": 3, "B": -1.5, "cash": 10}
    risk = model.risk(prices, held, draws=1000)
    assert repr(risk) == "<Risk of 3 lines, 1, 5, 10 rows ahead>"
    path = tmp_path / "h.csv"
    path.write_text("symbol,quantity\nA,3\nB,-1.5\ncash,10\n")
    other = model.risk(prices, path, draws=1000).to_frame()
    assert other.equals(risk.to_frame())
    parts = other[other["symbol"] != "portfolio"].groupby(["ahead", "confidence"])
    whole = other[other["symbol"] == "portfolio"].set_index(["ahead", "confidence"])
    sums = parts["es_contribution"].sum()
    assert sums.to_numpy() == pytest.approx(whole.loc[sums.index, "es"].to_numpy(), rel=1e-9)


def test_holdings_that_cannot_be(prices):
    """By symbol."""
    with pytest.raises(DataError, match="no symbol X in the prices"):
        rnncli.prior().risk(prices, {"X": 1})
    with pytest.raises(UsageError, match="A nan is not a finite number"):
        rnncli.prior().risk(prices, {"A": float("nan")})
