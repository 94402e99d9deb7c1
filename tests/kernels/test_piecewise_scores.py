"""Compiled scores of quantiles are those of plain formulas, whatever the values are."""

import numpy as np
import pytest

from rnncli.distributions.families import Quantiles

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


def shares_passed(quantiles, y):
    """How much of each piece between two values y has passed, 0 to 1."""
    widths = np.diff(quantiles.values, axis=-1)
    with np.errstate(divide="ignore"):
        share = (y[..., None] - quantiles.values[..., :-1]) / widths
    share = np.where(widths > 0, share, y[..., None] >= quantiles.values[..., :-1])
    return np.clip(share, 0, 1)


def crps(quantiles, y):
    """Of (F(x) - [y <= x])^2 the integral over each piece, F being linear: its mean by thirds."""
    p, values, share = quantiles.probabilities, quantiles.values, shares_passed(quantiles, y)
    cut = p[:-1] + np.diff(p) * share
    before = (p[:-1] ** 2 + p[:-1] * cut + cut**2) / 3
    after = ((1 - cut) ** 2 + (1 - cut) * (1 - p[1:]) + (1 - p[1:]) ** 2) / 3
    pieces = (share * before + (1 - share) * after) * np.diff(values, axis=-1)
    outside = np.maximum(values[..., 0] - y, 0) + np.maximum(y - values[..., -1], 0)
    return pieces.sum(axis=-1) + outside


def below(quantiles, y):
    """P(Y <= y): what is below the lowest value is on it, and what is above the highest too."""
    p, values = quantiles.probabilities, quantiles.values
    within = (np.diff(p) * shares_passed(quantiles, y)).sum(axis=-1)
    share = np.where(values[..., 0] <= y, p[0] + within, 0.0)
    share = np.where(values[..., -1] <= y, 1.0, share)
    return np.where(np.isnan(y), np.nan, share)


@pytest.mark.parametrize("kind", ["ascending", "ties", "descending", "infinite", "unknown"])
def test_scores_are_those_of_plain_formulas(kind):
    """For few quantiles and many."""
    for count in (2, 3, 9, 130, 300):
        quantiles, y = grid(count, kind)
        with np.errstate(invalid="ignore"):
            ref = crps(quantiles, y), below(quantiles, y)
            comp = quantiles.crps(y), quantiles.cdf(y)
        np.testing.assert_allclose(comp, ref, rtol=1e-12, atol=1e-15, err_msg=str(count))


def test_scores_do_not_depend_on_the_layout_in_memory():
    """Nor on how many cells are scored at once."""
    quantiles, y = grid(199, "ascending")
    turned = Quantiles(quantiles.probabilities, np.asfortranarray(quantiles.values))
    for score in ("crps", "cdf"):
        ref = getattr(quantiles, score)(y)
        np.testing.assert_array_equal(getattr(turned, score)(y), ref)
        many = Quantiles(turned.probabilities, np.repeat(turned.values, 5, axis=0))
        np.testing.assert_array_equal(getattr(many, score)(np.repeat(y, 5, axis=0))[::5], ref)
