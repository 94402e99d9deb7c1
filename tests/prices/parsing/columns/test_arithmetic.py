"""Which columns are arithmetic on others: found by their numbers, and no price is taken for one."""

import numpy as np
import pytest

from rnncli.prices.parsing.columns.arithmetic import relations
from rnncli.prices.parsing.columns.relation import Relation


def walks(columns: int, rows: int, seed: int = 0, step: float = 0.015) -> np.ndarray:
    """Random walks of prices with two decimals, (columns, rows)."""
    rng = np.random.default_rng(seed)
    paths = np.exp(np.cumsum(rng.normal(0, step, (columns, rows)), axis=1))
    return np.round(rng.uniform(20, 400, columns)[:, None] * paths, 2)


def made(values: np.ndarray, *decimals: int) -> dict[int, set[int]]:
    """The columns that are made of others, and of which; two decimals where none are said."""
    places = [2] * (len(values) - len(decimals)) + list(decimals)
    found = relations(values, places, lambda relation: relation)
    return {relation.made: set(relation.sources) for relation in found}


@pytest.mark.slow_shapes
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("columns", "rows"), [(2, 12), (3, 40), (8, 60), (40, 60), (60, 240)])
def test_random_walks_are_not_made_of_each_other(columns, rows, seed):
    """Prices that only happen to be alike are kept, be their steps large or small."""
    step = 0.001 if seed % 2 else 0.02
    assert made(walks(columns, rows, seed, step)) == {}


def test_near_copies_and_pegged_rates_are_kept():
    """Two share classes and two rates that hardly move are prices of their own."""
    prices = walks(2, 60)
    rng = np.random.default_rng(1)
    classes = np.vstack([prices, np.round(prices[0] + rng.normal(0, 0.05, 60), 2)])
    assert made(classes) == {}
    pegged = np.round(1 + rng.normal(0, 0.0004, (4, 60)), 3)
    assert made(pegged, 3, 3, 3, 3) == {}
    assert made(np.arange(40.0)[None] * np.array([[1.0], [2.0], [0.5]])) == {}


@pytest.mark.parametrize("missing", [False, True])
def test_sums_ratios_and_portfolios_are_found(missing):
    """Each with what it is made of, also with empty cells."""
    prices = walks(6, 120)
    a, b, c, *_ = prices
    returns = 0.3 * np.diff(a) / a[:-1] + 0.7 * np.diff(b) / b[:-1]
    total, gap, ratio = a + b + c, np.round(b - a, 2), np.round(a / b, 4)
    blend = np.round(100 * np.cumprod(np.append(1, 1 + returns)), 4)
    values = np.vstack([prices, total, gap, ratio, blend, np.round(25 * c, 1)])
    if missing:
        values[np.arange(11), np.arange(11) * 7] = np.nan
    expected = {6: {0, 1, 2}, 7: {0, 1}, 8: {0, 1}, 9: {0, 1}, 10: {2}}
    assert made(values, 2, 2, 4, 4, 1) == expected


def test_coarse_ratios_and_bounds_of_two_columns_are_found():
    """Numbers of two digits prove a formula without free weights, over all rows."""
    a, b, c = walks(3, 120)
    assert made(np.vstack([a, b, c, np.round(a / b, 2)])) == {3: {0, 1}}
    assert made(np.vstack([a, b, c, np.round(100 * (a / b - 1), 1)]), 1) == {3: {0, 1}}
    near = b * np.median(a) / np.median(b)
    assert made(np.vstack([a, np.round(near, 2), c, np.maximum(a, np.round(near, 2))])) == {
        3: {0, 1}
    }


def test_a_strategy_in_and_out_of_the_market_is_found():
    """Its returns are those of the price, or none."""
    (price,) = walks(1, 120)
    inside = np.random.default_rng(2).random(119) < 0.6
    worth = 1000 * np.cumprod(np.append(1, 1 + inside * np.diff(price) / price[:-1]))
    assert made(np.vstack([price, np.round(worth, 2)])) == {1: {0}}


def test_totals_of_many_columns_are_found_in_few_rows():
    """Sums and means of all need no fit: ten rows of thousands of columns will do."""
    prices = walks(5000, 10)
    table = np.vstack([prices, prices.sum(axis=0), prices.mean(axis=0)])
    assert made(table, 2, 6) == {5000: set(range(5000)), 5001: set(range(5000))}
    front = np.vstack([prices.mean(axis=0), prices])
    assert set(relations(front, [6] + [2] * 5000, lambda each: each)[0].sources) == set(
        range(1, 5001)
    )


def test_a_relation_can_be_turned_around():
    """Of a sum each part is the total without the others."""
    total = Relation(2, (0, 1), (1.0, 0.5), "sum")
    turned = total.turned(0)
    assert (turned.made, turned.sources, turned.weights) == (0, (1, 2), (-0.5, 1.0))
    assert total.turned(2) is total
