"""Made prices hold nothing to find, and what is claimed of them is counted."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ignore, prices_of, random_walk
from trained import PRICES, trained

from rnncli.evaluation.cutoffs import past
from rnncli.evaluation.placebo import MAKERS, permuted, placebo, remade, walk
from rnncli.settings import EvaluateSettings, RunSettings
from rnncli.transforms.market_medians import with_market

ONE = RunSettings(threads=1)


def test_permuted_returns_are_the_same_in_another_order():
    """Around a median of zero, each symbol by itself, dates and lengths as they were."""
    made = remade(PRICES, "log", permuted, 1)
    before, after = (np.diff(np.log(p.series(2))) for p in (PRICES, made))
    np.testing.assert_allclose(np.sort(after), np.sort(before - np.median(before)))
    assert not np.allclose(after, before - np.median(before))
    assert made.series(2)[0] == PRICES.series(2)[0]
    assert made.dates is PRICES.dates
    orders = [np.argsort(np.diff(np.log(made.series(i)[:100]))) for i in (0, 1)]
    assert orders[0].tolist() != orders[1].tolist()


def test_random_walks_are_as_rough():
    """Normal changes of the same deviation."""
    prices = prices_of({"A": random_walk(np.random.default_rng(1), 5000, 0.02)})
    steps = np.diff(np.log(remade(prices, "log", walk, 1).values))
    assert np.std(steps) == pytest.approx(0.02, rel=0.05)
    assert np.mean(steps**4) / np.mean(steps**2) ** 2 == pytest.approx(3, abs=0.3)


def test_the_market_of_the_prices_before_is_taken_away():
    assert remade(with_market(PRICES), "log", permuted, 1).fields.keys() == PRICES.fields.keys()


def test_prices_below_zero_change_by_differences():
    """They have no logs."""
    prices = replace(PRICES, values=PRICES.values - 100)
    made = remade(prices, "absolute", permuted, 1)
    before, after = (np.diff(p.series(0)) for p in (prices, made))
    np.testing.assert_allclose(np.sort(after), np.sort(before - np.median(before)), atol=1e-12)


@pytest.mark.parametrize("make", MAKERS.values())
def test_what_is_known_beside_a_price_goes_with_its_change(make):
    """A range stays in its ratio to the price, a volume is that of some day."""
    beside = {"high": PRICES.values * 1.01, "volume": np.arange(len(PRICES.values), dtype=float)}
    made = remade(replace(PRICES, fields=beside), "log", make, 1)
    np.testing.assert_allclose(made.fields["high"], made.values * 1.01)
    volumes = made.fields["volume"][: PRICES.lengths[0]]
    assert sorted(volumes.tolist()) == list(range(PRICES.lengths[0]))
    if make is permuted:
        steps = np.diff(np.log(PRICES.series(0)))
        at = volumes[1:].astype(int) - 1
        again = np.diff(np.log(made.series(0))) + np.median(steps)
        np.testing.assert_allclose(again, steps[at])


@pytest.mark.parametrize("make", MAKERS.values())
def test_seeds_make_other_prices_and_the_same_again(make):
    """Reproducible, and never twice the same trial."""
    made = [remade(PRICES, "log", make, seed).values.tobytes() for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


@pytest.mark.slow
@pytest.mark.thorough
def test_every_claim_of_every_kind_is_counted():
    """Two kinds of prices, two claims, a trial a seed; progress is reported."""
    model = trained(past(PRICES, np.full(5, 79)))
    settings = EvaluateSettings(horizon=2, folds=12, stride=2, placebo=2)
    done = []
    found = placebo(model, PRICES, settings, ONE, done.append)
    assert [(tally.made, tally.claim.split()[0], tally.trials) for tally in found] == [
        ("permuted returns", "point", 2),
        ("permuted returns", "range", 2),
        ("random walks", "point", 2),
        ("random walks", "range", 2),
    ]
    assert done == [1, 2]
    always = placebo(model, PRICES, replace(settings, alpha=1.1), ONE, ignore)
    assert [tally.false_claims for tally in always] == [2, 2, 2, 2]
    few = placebo(model, PRICES, replace(settings, folds=5), ONE, ignore)
    assert [(tally.false_claims, tally.trials) for tally in few] == [(0, 0)] * 4
