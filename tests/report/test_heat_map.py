"""The map of gradients by lag and epoch: what is drawn of it, and the ends of its scale."""

import numpy as np
from gradient_reports import report_of

from rnncli.report.heat_map import FAINTEST, heat_map


def test_lags_that_nothing_reaches_are_left_out():
    """Of a hundred lags those that some epoch reaches, and a few more."""
    reached = {2: np.where(np.arange(100) <= 10, 0.5, 0.0), 4: np.where(np.arange(100) < 3, 1, 0.0)}
    drawn = heat_map({epoch: report_of(values).lags for epoch, values in reached.items()})
    assert drawn.epochs == (2, 4)
    assert drawn.values.shape == (2, 14)
    assert (drawn.values[0, :11] == 0.5).all()
    assert (drawn.values[1, 3:] == FAINTEST).all()


def test_the_scale_ends_with_the_largest_finite_gradient():
    """And with 1 where nothing grows; what is beyond all numbers has the colour of the largest."""
    calm = heat_map({1: report_of([1.0, 0.5]).lags})
    assert (calm.low, calm.high) == (FAINTEST, 1.0)
    wild = heat_map({1: report_of([1.0, 50.0, np.inf]).lags})
    assert wild.high == 50.0
    assert wild.values[0].tolist() == [1.0, 50.0, 50.0]
