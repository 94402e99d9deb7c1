"""Symbols judged among many: no more are named than chance leaves unexplained."""

import numpy as np
import pytest

from rnncli.evaluation.coverage import band, coverage_p
from rnncli.evaluation.many_symbols import SymbolScores, benjamini_hochberg


def test_the_tests_with_the_smallest_p_are_rejected_together():
    """The example of Benjamini & Hochberg (1995), table 1: four of fifteen, at 5 %."""
    p = np.array([
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0000,
    ])  # fmt: skip
    order = np.random.default_rng(1).permutation(15)
    assert set(p[order][benjamini_hochberg(p[order])]) == set(p[:4])


def test_chance_alone_names_nobody_however_many_there_are():
    """Evenly spread p-values, of which one in a hundred is below 1 %; NaN is no test."""
    p = (np.arange(350) + 0.5) / 350
    assert (p < 0.01).sum() > 2
    assert not benjamini_hochberg(p).any()
    p[7] = np.nan
    assert not benjamini_hochberg(p).any()
    assert not benjamini_hochberg(np.array([])).any()


@pytest.mark.parametrize("count", [12, 40, 260])
@pytest.mark.parametrize("share", [0.8, 0.95])
def test_p_is_below_a_level_where_the_band_of_that_level_ends(count, share):
    """Whole successes and those between."""
    low, high = band(count, share, 0.01)
    for successes in np.arange(0, count + 0.1, 0.5):
        is_outside = not low <= successes <= high
        assert (coverage_p(successes / count, count, share) <= 0.01) == is_outside
    assert np.isnan(coverage_p(0.5, 0, share))


def row_of(coverage, drifted, count=200):
    """What `score_groups` says of a symbol."""
    return {"coverage_80": coverage, "independent_80": count, "drift_80": drifted}


def test_a_symbol_is_named_only_if_so_many_do_not_explain_it():
    """Beside three others 70 % of 80 % is a finding, beside 499 it is not; 60 % always is."""
    odd = {"A": row_of(0.7, True), "B": row_of(0.6, True)}
    few = SymbolScores(odd | {"C": row_of(0.8, False), "D": row_of(np.nan, False, 0)}, (80.0,))
    assert (few.named[80.0], few.tested[80.0]) == ({"A", "B"}, 3)
    crowd = {f"S{k}": row_of(0.8, False) for k in range(498)}
    many = SymbolScores(odd | crowd, (80.0,))
    assert (many.outside[80.0], many.named[80.0]) == ({"A", "B"}, {"B"})
