"""The functions of a season: fitted to all series, weighted by symbol, the same row by row."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.prices.origins import last_rows
from rnncli.settings import PrepareSettings
from rnncli.transforms.dataset import fit, prepare
from rnncli.transforms.features import columns_of_season
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.season_fit import with_weights_of
from rnncli.transforms.season_functions import LARGEST, SeasonFunctions, season_forecasts
from rnncli.transforms.target_transform import TargetTransform

ROWS, AHEAD = 300, 4
SETTINGS = PrepareSettings(inputs=f"close,level,season-12x{AHEAD}", volatility_decay=0.999)


def repeating(rows=ROWS, seed=3):
    """Prices that repeat every 12 rows, every 3 rows, or never, by the start of their name."""
    rng = np.random.default_rng(seed)
    series = {}
    for i in range(4):
        for name, period in (("long", 12), ("short", 3), ("never", 0)):
            pattern = rng.normal(0, 0.2, period or 1)[np.arange(rows) % (period or 1)]
            walk = np.cumsum(rng.normal(0, 0.01, rows)) + rng.normal(0, 0.01, rows)
            series[f"{name}{i}"] = 50 * np.exp(pattern + walk)
    return prices_of(series)


PRICES = repeating()


@pytest.fixture(scope="module")
def fitted():
    return fit(PRICES, SETTINGS, 0.2)


def errors_of(transform, prices):
    """By symbol, the mean square error of the forecasts of the last 40 rows over no change's."""
    dataset = prepare(prices, transform, 0.0, tuple(range(1, AHEAD + 1)))
    forecasts = dataset.further[:, columns_of_season(transform.inputs)[1]]
    ratios = {}
    for i, symbol in enumerate(dataset.symbols):
        at = slice(dataset.offsets[i + 1] - 40 - AHEAD, dataset.offsets[i + 1] - AHEAD)
        actual = dataset.ahead[at]
        ratios[symbol] = np.mean((forecasts[at] - actual) ** 2) / np.mean(actual**2)
    return ratios


def test_series_of_different_periods_each_have_theirs(fitted):
    ratios = errors_of(fitted, PRICES)
    assert max(ratio for symbol, ratio in ratios.items() if symbol < "n") < 0.15
    assert max(ratio for symbol, ratio in ratios.items() if symbol > "s") < 0.15


def test_a_symbol_without_weights_has_the_common_function(fitted):
    """What all series have in common is worse for each of them."""
    functions = fitted.season_functions
    common = replace(fitted, season_functions=replace(functions, weights={}))
    unknown, known = errors_of(common, PRICES), errors_of(fitted, PRICES)
    assert np.mean(list(unknown.values())) > 1.2 * np.mean(list(known.values()))
    assert np.array_equal(functions.of_symbol("unknown").ravel(), np.array(functions.functions[0]))


def test_the_weights_are_of_training_rows_alone_until_all_are_asked_for(fitted):
    changed = replace(PRICES, values=PRICES.values.copy())
    changed.values[PRICES.offsets[1] - 50 : PRICES.offsets[1]] *= 1.5  # of the validation part
    assert fit(changed, SETTINGS, 0.2) == fitted
    ours, theirs = with_weights_of(fitted, PRICES), with_weights_of(fitted, changed)
    assert ours.season_functions.functions == fitted.season_functions.functions
    assert ours.season_functions.weights != theirs.season_functions.weights
    assert fit(PRICES, SETTINGS, 0.0).season_functions.weights != fitted.season_functions.weights


def test_new_symbols_have_weights_and_the_others_theirs(fitted):
    new = replace(PRICES.subset([0]), symbols=("new",))
    weights = with_weights_of(fitted, new).season_functions.weights
    assert {symbol: weights[symbol] for symbol in PRICES.symbols} == (
        fitted.season_functions.weights
    )
    assert weights["new"] == with_weights_of(fitted, PRICES).season_functions.weights["long0"]


@pytest.mark.parametrize("rows", [6, 14, 30])
def test_young_series_are_close_to_the_common_function(fitted, rows):
    """Of few rows little is learnt, and nothing is not a number."""
    young = repeating(rows, 4).subset([0])
    weights = with_weights_of(fitted, young).season_functions.weights["long0"]
    old = fitted.season_functions.weights["long0"]
    assert np.sum(np.square(weights)) < np.sum(np.square(old))
    of_young = fit(young, SETTINGS, 0.0)
    assert of_young.season_functions.weights == {"long0": ()}
    assert np.isfinite(inverse_transform(of_young, young, last_rows(young)).steps).all()


def test_forecasts_are_the_sum_of_their_terms_and_a_row_alone_has_the_same_bytes():
    rng = np.random.default_rng(0)
    inputs, coefficients = rng.normal(size=(50, 9)), rng.normal(size=(10, 3))
    comp = season_forecasts(inputs, coefficients)
    for row, of_row in zip(inputs, comp, strict=True):
        ref = coefficients[0] + sum(x * c for x, c in zip(row, coefficients[1:], strict=True))
        assert of_row == pytest.approx(np.clip(ref, -LARGEST, LARGEST))
        assert np.array_equal(season_forecasts(row[None], coefficients)[0], of_row)


def test_functions_fit_their_inputs_only(fitted):
    functions = fitted.season_functions
    columns = columns_of_season(fitted.inputs)
    inputs = columns[0].stop - columns[0].start
    assert functions.fit(inputs, AHEAD)
    assert not functions.fit(inputs + 1, AHEAD)
    assert not functions.fit(inputs, AHEAD + 1)
    assert not replace(functions, functions=()).fit(inputs, AHEAD)
    assert not replace(functions, weights={"long0": (1.0,)}).fit(inputs, AHEAD)
    assert SeasonFunctions.from_dict(asdict(functions)) == functions


def test_a_transform_of_functions_comes_back_and_one_of_shares_does_not(fitted):
    plain = fitted.as_dict()
    assert TargetTransform.from_dict(plain) == fitted
    assert "season_functions" not in fit(PRICES, PrepareSettings(), 0.2).as_dict()
    with pytest.raises(ValueError, match="no longer used"):
        TargetTransform.from_dict({**plain, "shares": {}})
