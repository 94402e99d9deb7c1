"""What prices ahead are built on, found once for any rows, gives what each series gives alone."""

import numpy as np
import pytest
from states import KINDS, grown, model_of

from rnncli.transforms.inverse import inverse_context

PRICES = grown()


@pytest.mark.parametrize("kind", ["point", "student-t", "minmax", "none", "bins", "season"])
def test_prices_of_many_rows_are_those_of_each(kind):
    """Of several series in any order, some rows twice; each may stand for several outputs."""
    preparation = model_of(kind, PRICES).preparation
    assert kind in KINDS
    series, rows = np.array([1, 0, 3, 0, 1]), np.array([80, 9, 11, 300, 80])
    outputs = np.random.default_rng(0).standard_normal((10, 7))
    under = inverse_context(preparation, PRICES, series, rows)
    comp = under.priced(preparation, outputs, 2)
    for k, (i, row) in enumerate(zip(series.tolist(), rows.tolist(), strict=True)):
        own, cutoffs = outputs[2 * k : 2 * k + 2], np.array([row, row])
        ref = preparation.forecasts(PRICES.symbols[i], PRICES.series(i), cutoffs, own)
        np.testing.assert_array_equal(comp[2 * k : 2 * k + 2], ref)
        np.testing.assert_array_equal(
            under.subset(slice(k, k + 1)).priced(preparation, own[:1]), ref[:1]
        )


def test_of_no_rows_there_is_none():
    """A young series has no cutoff to go from."""
    preparation = model_of("student-t", PRICES).preparation
    none = np.zeros(0, np.int64)
    assert (
        inverse_context(preparation, PRICES, none, none).priced(preparation, np.zeros((0, 3))).size
        == 0
    )
