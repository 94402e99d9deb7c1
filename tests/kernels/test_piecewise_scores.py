"""Compiled scores of quantiles have the bits of those in NumPy, whatever the values are."""

import numpy as np
import pytest

from rnncli.distributions.families import Quantiles
from rnncli.kernels.pairwise_sum import ADD, order_of_sum

CELLS = 40


def grid(count, kind):
    """Quantiles (cells, 2, count) with outcomes in, below, between and above them."""
    rng = np.random.default_rng(count)
    values = np.sort(rng.normal(size=(CELLS, 2, count)), axis=-1)
    y = rng.normal(size=(CELLS, 2)) * 1.5
    y[0], y[1] = values[0, :, 0], values[1, :, -1]
    if kind == "ties":
        values, y = np.round(values, 1), np.round(y, 1)
    if kind == "descending":
        values[7] = values[7, :, ::-1].copy()
    if kind == "infinite":
        values[3, 0, -1], values[4, 1, 0] = np.inf, -np.inf
    if kind == "unknown":
        values[5], y[6] = np.nan, np.nan
    return Quantiles(np.sort(rng.random(count)), values), y


@pytest.mark.parametrize("kind", ["ascending", "ties", "descending", "infinite", "unknown"])
def test_compiled_is_as_in_numpy(kind):
    """For few quantiles and many: NumPy adds up other numbers of terms in another order."""
    for count in (2, 3, 9, 10, 129, 130, 138, 205, 300):
        quantiles, y = grid(count, kind)
        with np.errstate(invalid="ignore"):
            ref = quantiles._crps(y), quantiles._cdf(y)
        comp = quantiles._compiled(y, crps=True), quantiles._compiled(y, crps=False)
        np.testing.assert_array_equal(comp, ref, err_msg=str(count))


def test_scores_do_not_depend_on_the_layout_in_memory():
    """Few, which NumPy scores, and many: a sum follows the memory, unless it is put in order."""
    quantiles, y = grid(199, "ascending")
    turned = Quantiles(quantiles.probabilities, np.asfortranarray(quantiles.values))
    for score in ("crps", "cdf"):
        ref = getattr(quantiles, score)(y)
        np.testing.assert_array_equal(getattr(turned, score)(y), ref)
        many = Quantiles(turned.probabilities, np.repeat(turned.values, 5, axis=0))
        np.testing.assert_array_equal(getattr(many, score)(np.repeat(y, 5, axis=0))[::5], ref)


def test_an_order_of_sums_takes_every_term_once():
    """Its runs are as long as the terms, and all sums end in one."""
    for count in (1, 7, 128, 129, 1000):
        order = order_of_sum(count)
        assert order[order != ADD].sum() == count
        assert np.count_nonzero(order == ADD) == np.count_nonzero(order != ADD) - 1
