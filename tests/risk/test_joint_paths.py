"""Paths tied together: each symbol's own prices stay, the ranks are the copula's."""

import numpy as np
import pytest

from rnncli.risk.copula import Copula
from rnncli.risk.joint_paths import tie

CORRELATION = np.array([[1, 0.8], [0.8, 1]])


@pytest.fixture(scope="module")
def paths():
    """Independent paths of two symbols over four rows."""
    rng = np.random.default_rng(1)
    steps = np.array([0.01, 0.03])[:, None, None] * rng.standard_normal((2, 4, 4000))
    return 50 * np.exp(np.cumsum(steps, axis=1))


def test_prices_of_each_symbol_and_row_stay_the_same(paths):
    """To the last bit, in another order."""
    tied = tie(paths, Copula(CORRELATION, 8.0, 100), 0)
    assert np.array_equal(np.sort(tied, axis=2), np.sort(paths, axis=2))
    assert not np.array_equal(tied, paths)


def test_symbols_move_together_on_every_row_and_from_row_to_row(paths):
    """The correlation of prices and of their changes is the copula's, which it was not before."""
    tied = np.log(tie(paths, Copula(CORRELATION, 8.0, 100), 0))
    for row in range(4):
        assert np.corrcoef(np.log(paths)[:, row])[0, 1] == pytest.approx(0, abs=0.05)
        assert np.corrcoef(tied[:, row])[0, 1] == pytest.approx(0.8, abs=0.04)
    for row in range(1, 4):
        change = tied[:, row] - tied[:, row - 1]
        assert np.corrcoef(change)[0, 1] == pytest.approx(0.8, abs=0.05)
        assert change[0].std() == pytest.approx(0.01, rel=0.1)


def test_prices_below_zero_are_tied_as_they_are():
    """Their spread is measured in prices where there are no logarithms."""
    rng = np.random.default_rng(2)
    paths = rng.standard_normal((2, 3, 1000)).cumsum(axis=1)
    tied = tie(paths, Copula(CORRELATION, 8.0, 100), 0)
    assert np.array_equal(np.sort(tied, axis=2), np.sort(paths, axis=2))
    assert np.corrcoef(tied[:, 2])[0, 1] > 0.7
