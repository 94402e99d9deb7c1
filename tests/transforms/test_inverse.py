"""Prices that outputs stand for are those of the formula of each scale, output by output."""

import numpy as np
import pytest
from states import KINDS, grown, model_of

from rnncli.prices.origins import Origins
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.volatility import running_deviations

PRICES = grown()
EACH = 2  # outputs after each row


def naive_prices(transform, symbol, known, outputs):
    """Prices after the last of the `known` ones, one row after the other."""
    history = known.tolist()
    shift, size = transform.fitted.get(symbol, (0.0, 1.0))
    changes = 100 * np.log(known[transform.season :] / known[: -transform.season])
    changes = changes / transform.divisor
    if transform.scale == "difference":
        changes = np.diff(known) / size
    late = running_deviations(changes, transform.decay)[-1] if transform.decay else 1
    for output in outputs.tolist():
        bins = transform.bins
        value = output if bins is None else float(bins.decode(np.array(output)))
        if transform.scale == "log-return":
            value = history[-transform.season] * np.exp(value * late * transform.divisor / 100)
        elif transform.scale == "difference":
            value = history[-1] + value * late * size
        else:
            value = value * size + shift
        history.append(value)
    return np.array(history[len(known) :])


@pytest.mark.parametrize(
    "kind", ["point", "student-t", "difference", "even", "minmax", "none", "bins", "season"]
)
def test_prices_after_many_rows_are_those_of_a_plain_loop(kind):
    """Of several series in any order, some rows twice; each row may have several outputs."""
    transform = model_of(kind, PRICES).preparation
    assert kind in KINDS
    series, rows = np.array([1, 0, 3, 0, 1]), np.array([80, 9, 11, 300, 80])
    outputs = np.random.default_rng(0).standard_normal((EACH * len(rows), 7))
    inverse = inverse_transform(transform, PRICES, Origins(series, rows))
    comp = inverse.prices(outputs, EACH)
    for k, (i, row) in enumerate(zip(series.tolist(), rows.tolist(), strict=True)):
        known, symbol = PRICES.series(i)[: row + 1], PRICES.symbols[i]
        for j in range(EACH * k, EACH * k + EACH):
            ref = naive_prices(transform, symbol, known, outputs[j])
            np.testing.assert_allclose(comp[j], ref, rtol=1e-12)
            alone = inverse.subset(slice(k, k + 1)).prices(outputs[j : j + 1])
            np.testing.assert_array_equal(alone[0], comp[j])


@pytest.mark.parametrize("kind", ["point", "even", "minmax", "none", "bins"])
def test_a_walk_of_the_same_values_comes_to_the_same_prices(kind):
    """Where nothing that was drawn changes what later values are multiplied by."""
    transform = model_of(kind, PRICES).preparation
    values = np.random.default_rng(1).standard_normal((3, 5))
    inverse = inverse_transform(transform, PRICES, Origins(np.array([0]), np.array([50])))
    walk = inverse.walk(paths=3)
    comp = np.stack([walk.step(column) for column in values.T], axis=1)
    np.testing.assert_allclose(comp, inverse.prices(values, 3), rtol=1e-12)


@pytest.mark.parametrize("kind", ["point", "student-t", "difference", "minmax", "none", "season"])
def test_a_walk_tells_the_value_that_leads_to_a_price(kind):
    transform = model_of(kind, PRICES).preparation
    origins = Origins(np.array([0, 1]), np.array([50, 60]))
    walk = inverse_transform(transform, PRICES, origins).walk(paths=1)
    values, _ = walk.values_of(np.array([90.0, 110.0]))
    np.testing.assert_allclose(walk.step(values), [90.0, 110.0], rtol=1e-12)


def test_without_origins_there_are_no_prices():
    """A young series has no row to forecast from."""
    transform = model_of("student-t", PRICES).preparation
    none = np.zeros(0, np.int64)
    inverse = inverse_transform(transform, PRICES, Origins(none, none))
    assert inverse.prices(np.zeros((0, 3))).size == 0
