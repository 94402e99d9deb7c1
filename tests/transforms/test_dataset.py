"""What the network sees of a price is fitted on the past only, and inverts to the price."""

import json

import numpy as np
import pytest
from builders import prices_of, random_walk
from hypothesis import given
from hypothesis import strategies as st

from rnncli.dates import format_date
from rnncli.errors import DataError, UsageError
from rnncli.prices.origins import Origins, last_rows
from rnncli.settings import PrepareSettings
from rnncli.transforms.binning import Bins
from rnncli.transforms.dataset import faults, fit, prepare, training_prices, unfit
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.target_transform import TargetTransform

SCALES = ["log-return", "difference", "minmax", "standard", "none"]
CHANGES = ("log-return", "difference")
POSITIVE = st.floats(1e-6, 1e9, allow_nan=False, allow_infinity=False)


def settings(scale: str, bins: int | None = None) -> PrepareSettings:
    return PrepareSettings(scale=scale, bins=bins)


def two_series():
    rng = np.random.default_rng(4)
    return {"A": random_walk(rng, 50), "B": random_walk(rng, 33, 0.03)}


def inverted(transform, symbol, prices, rows, outputs):
    """Prices that outputs (n, horizon) stand for after rows (n) of one series."""
    origins = Origins(np.zeros(len(rows), np.int64), rows)
    return inverse_transform(transform, prices_of({symbol: prices}), origins).prices(outputs)


def first_prices(series, scale, validation):
    """The prices of the training part, counted by hand: (symbol, prices)."""
    parts = {}
    for symbol, prices in series.items():
        values = len(prices) - 1 if scale in CHANGES else len(prices)
        parts[symbol] = prices[: len(prices) - int(validation * (values - 1))]
    return parts


def test_the_split_is_the_last_fifth_of_the_days_with_a_target():
    """Held back are floor(0.2 x days with a target): of 12 prices 2, of 11 log returns 2."""
    assert training_prices(12, settings("none"), 0.2) == 10  # 11 days have a next one
    assert training_prices(12, settings("log-return"), 0.2) == 10  # 11 returns, 10 days
    assert training_prices(11, settings("none"), 0.2) == 9  # 10 days
    assert training_prices(11, settings("log-return"), 0.2) == 10  # 10 returns, 9 days: floor(1.8)


@pytest.mark.parametrize("scale", SCALES)
def test_short_series_hold_nothing_back(scale):
    """A fifth of fewer than five days is none; without validation none is held back at all."""
    for rows in range(1, 6):
        assert training_prices(rows, settings(scale), 0.2) == rows
    assert training_prices(1000, settings(scale), 0.0) == 1000


@pytest.mark.parametrize("scale", SCALES)
def test_prepared_days_are_split_as_the_prices_were(scale):
    """The first value that the fit did not see is the first held-back target."""
    series = two_series() | {"short": np.array([1.0, 2.0, 3.0])}
    prices = prices_of(series)
    prepared = prepare(prices, fit(prices, settings(scale), 0.2), 0.2)
    lost = 1 if scale in CHANGES else 0
    expected = [len(part) - lost for part in first_prices(series, scale, 0.2).values()]
    assert prepared.training.tolist() == expected
    assert prepared.lengths.tolist() == [50 - lost, 33 - lost, 3 - lost]
    assert prepared.days.tolist() == [49 - lost, 32 - lost, 2 - lost]
    assert prepared.validation_days.tolist() == [
        int(0.2 * (49 - lost)), int(0.2 * (32 - lost)), 0,
    ]  # fmt: skip
    assert prepared.symbols == ("A", "B", "short")


def test_log_returns_are_divided_by_one_deviation_of_the_training_part():
    """Each value is 100 log(p_t / p_{t-1}) over the pooled deviation of all training returns."""
    series = two_series()
    prices = prices_of(series)
    preparation = fit(prices, settings("log-return"), 0.2)
    pooled = [
        100 * np.log(part[t] / part[t - 1])
        for part in first_prices(series, "log-return", 0.2).values()
        for t in range(1, len(part))
    ]
    mean = sum(pooled) / len(pooled)
    deviation = (sum((r - mean) ** 2 for r in pooled) / len(pooled)) ** 0.5
    assert preparation.divisor == pytest.approx(deviation, rel=1e-12)
    prepared = prepare(prices, preparation, 0.2)
    expected = 100 * np.log(series["B"][1:] / series["B"][:-1]) / deviation
    np.testing.assert_allclose(prepared.series(1), expected, rtol=1e-9)


def test_log_returns_fit_any_symbol():
    """A symbol the fit never saw has the same transform as the others."""
    preparation = fit(prices_of(two_series()), settings("log-return"), 0.2)
    seen = preparation.fed("A", np.array([1.0, 2.0, 1.0]))
    new = preparation.fed("new", np.array([10.0, 20.0, 10.0]))
    np.testing.assert_allclose(new, seen, rtol=1e-12)


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_each_series_has_its_own_scale(scale):
    """minmax: (p - min)/(max - min); standard: (p - mean)/deviation; of its training part."""
    series = two_series()
    prices = prices_of(series)
    prepared = prepare(prices, fit(prices, settings(scale), 0.2), 0.2)
    for i, (symbol, part) in enumerate(first_prices(series, scale, 0.2).items()):
        if scale == "minmax":
            shift, size = min(part), max(part) - min(part)
        else:
            shift = sum(part) / len(part)
            size = (sum((p - shift) ** 2 for p in part) / len(part)) ** 0.5
        np.testing.assert_allclose(prepared.series(i), (series[symbol] - shift) / size, rtol=1e-9)


def test_scale_none_is_the_price():
    """The network sees the price itself, and its output is a price."""
    prices = prices_of({"A": [3.0, -1.0, 2.0]})
    preparation = fit(prices, settings("none"), 0.0)
    assert prepare(prices, preparation, 0.0).values.tolist() == [3.0, -1.0, 2.0]
    out = inverted(preparation, "A", prices.values, np.array([2]), np.array([[7.0, 8.0]]))
    assert out.tolist() == [[7.0, 8.0]]


@pytest.mark.parametrize(
    ("scale", "shift", "size"), [("minmax", 10.0, 30.0), ("standard", 25.0, 125.0**0.5)]
)
def test_an_unseen_symbol_is_fitted_on_its_own_rows(scale, shift, size):
    """All rows given are used, and the fitted ones of the others stay."""
    preparation = fit(prices_of(two_series()), settings(scale), 0.2)
    new = np.array([10.0, 20.0, 30.0, 40.0])
    np.testing.assert_allclose(preparation.fed("new", new), (new - shift) / size)
    out = inverted(preparation, "new", new, np.array([3]), np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(out, [[shift, shift + size]])
    assert set(preparation.fitted) == {"A", "B"}


@pytest.mark.parametrize("scale", ["minmax", "standard", "difference"])
def test_a_constant_unseen_symbol_fails_alone(scale):
    """Without two distinct values that symbol is at fault, in one line, and no other."""
    preparation = fit(prices_of(two_series()), settings(scale), 0.2)
    given = prices_of({"A": [5.0, 5.0], "new": [1.0, 2.0], "flat": [7.0, 7.0], "one": [3.0]})
    found = dict(faults(given, preparation))
    assert list(found) == [2, 3]  # A has its scale from training
    assert found[2] == (
        f'prices.csv: flat: scale="{scale}" needs two distinct prices, and there is only 7'
    )
    with pytest.raises(DataError, match=f'^S: scale="{scale}" needs two distinct prices'):
        fit(prices_of({"A": [1.0, 2.0], "S": [3.0, 3.0]}), settings(scale), 0.2)


@pytest.mark.parametrize("scale", ["log-return", "none"])
def test_a_constant_symbol_is_not_a_fault_where_the_scale_needs_none(scale):
    """Log returns and plain prices of a constant exist."""
    preparation = fit(prices_of(two_series()), settings(scale), 0.2)
    assert list(faults(prices_of({"flat": [7.0, 7.0]}), preparation)) == []


def test_one_known_price_feeds_one_zero_return():
    """A symbol listed yesterday is forecast from one zero return after its price."""
    preparation = TargetTransform("log-return", 2.0, {}, None)
    price = np.array([50.0])
    assert preparation.fed("new", price).tolist() == [0.0]
    out = inverted(preparation, "new", price, np.array([0]), np.array([[1.0, 1.0]]))
    np.testing.assert_allclose(out, [[50 * np.exp(0.02), 50 * np.exp(0.04)]])


@pytest.mark.slow_shapes
@pytest.mark.parametrize("scale", SCALES)
@given(series=st.lists(POSITIVE, min_size=2, max_size=30))
def test_transforms_invert(scale, series):
    """What a price becomes turns back into that price, to the last digits."""
    prices = np.array(series)
    if scale in ("minmax", "standard", "difference") and np.ptp(prices) < 1e-6 * prices.max():
        return
    preparation = fit(prices_of({"A": series}), settings(scale), 0.0)
    inputs = preparation.fed("A", prices)
    found = inverted(preparation, "A", prices, np.array([0]), inputs[None, :])[0]
    expected = prices[1:] if scale in CHANGES else prices
    # a scaler's rounding is in proportion to the range it maps, not to the smallest price in it
    absolute = 0.0 if scale in ("log-return", "none") else 1e-12 * prices.max()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=absolute)


@pytest.mark.parametrize("scale", SCALES)
def test_forecasts_start_from_their_own_cutoffs(scale):
    """Outputs that repeat the targets restore the prices, from any row on."""
    prices = two_series()["A"]
    preparation = fit(prices_of({"A": prices}), settings(scale), 0.2)
    inputs = preparation.fed("A", prices)
    lost = 1 if scale in CHANGES else 0
    cutoffs = np.array([4, 30])
    outputs = np.array([inputs[c + 1 - lost : c + 4 - lost] for c in cutoffs])
    found = inverted(preparation, "A", prices, cutoffs, outputs)
    np.testing.assert_allclose(found, [prices[c + 1 : c + 4] for c in cutoffs], rtol=1e-12)


@pytest.mark.parametrize("bins", [None, 3])
@pytest.mark.parametrize("scale", SCALES)
def test_nothing_is_fitted_on_the_validation_part(scale, bins):
    """Changing every price after the training part changes nothing that was fitted."""
    series = two_series()
    changed = {}
    for symbol, part in first_prices(series, scale, 0.2).items():
        later = np.random.default_rng(9).uniform(1, 1000, len(series[symbol]) - len(part))
        changed[symbol] = np.concatenate([part, later])
    before = fit(prices_of(series), settings(scale, bins), 0.2)
    after = fit(prices_of(changed), settings(scale, bins), 0.2)
    assert before == after


@pytest.mark.parametrize("scale", ["log-return", "minmax", "standard"])
def test_the_last_training_price_is_fitted_on(scale):
    """The training part is used to its end: its last price counts."""
    series = two_series()
    part = first_prices(series, scale, 0.2)["A"]
    changed = {**series, "A": series["A"].copy()}
    changed["A"][len(part) - 1] = 1e4
    before, after = (fit(prices_of(s), settings(scale), 0.2) for s in (series, changed))
    assert before != after


def test_bins_cut_what_the_scale_yields():
    """With the default scale the classes are of the pooled training returns, in thirds."""
    series = two_series()
    prices = prices_of(series)
    preparation = fit(prices, settings("log-return", 3), 0.2)
    pooled = np.concatenate(
        [
            100 * np.diff(np.log(part)) / preparation.divisor
            for part in first_prices(series, "log-return", 0.2).values()
        ]
    )
    np.testing.assert_allclose(preparation.bins.edges, np.quantile(pooled, [1 / 3, 2 / 3]))
    assert set(prepare(prices, preparation, 0.2).values.tolist()) == {0.0, 0.5, 1.0}
    code = inverted(preparation, "A", series["A"], np.array([3]), np.array([[1.0]]))
    top = pooled[pooled >= preparation.bins.edges[1]].mean()
    expected = series["A"][3] * np.exp(top * preparation.divisor / 100)
    np.testing.assert_allclose(code, [[expected]])


def test_statland_prices_are_their_own_codes():
    """--scale none --bins 3 are classes of price."""
    prices = prices_of({"blue": [0, 0.5, 1, 0.5, 0, 0, 1, 1, 1]})
    preparation = fit(prices, settings("none", 3), 0.2)
    assert prepare(prices, preparation, 0.2).values.tolist() == prices.values.tolist()


def test_prices_that_never_move_are_not_divided_by_zero():
    """Where all training returns are zero the divisor is 1."""
    preparation = fit(prices_of({"A": [3.0] * 9}), settings("log-return"), 0.2)
    assert preparation.divisor == 1.0
    assert preparation.fed("A", np.full(9, 3.0)).tolist() == [0.0] * 8


@pytest.mark.parametrize("digits", [12, 17])
def test_growth_by_a_constant_factor_is_not_divided_by_its_rounding(digits):
    """Returns that differ in their last digits only have no deviation: the divisor is 1."""
    grown = [float(f"{0.001 * 1.08**day:.{digits}g}") for day in range(120)]
    assert 0 < np.std(np.diff(np.log(grown))) < 1e-10
    assert fit(prices_of({"A": grown}), settings("log-return"), 0.2).divisor == 1.0


DIFFERENCE = 'train a model with scale="difference"'


@pytest.mark.parametrize(
    ("series", "said", "first", "remedy"),
    [
        ([1.0, 0.0, 2.0], "1 value", "0", "leave that row out"),
        ([1.0, 0.0, 2.0, 0.0], "2 values", "first 0", "leave those rows out"),
        ([1.0, 0.0, 0.0, 0.0], "3 values", "first 0", "name another column"),
        ([2.0, -1.0, 3.0], "1 value", "-1", f"leave that row out, or {DIFFERENCE}"),
        ([2.0, -1.0, 0.0, 3.0], "2 values", "first -1", DIFFERENCE),
    ],
)
def test_log_returns_refuse_prices_that_have_none(series, said, first, remedy):
    """The fault names how many values are not positive, the first with its date, and a remedy."""
    head, tail = f"A has {said} <= 0", f", and log returns need positive prices; {remedy}"
    with pytest.raises(DataError) as fault:
        fit(prices_of({"A": series}), settings("log-return"), 0.2)
    assert str(fault.value) == head + tail
    preparation = TargetTransform("log-return", 1.0, {}, None)
    both = prices_of({"ok": [1.0, 2.0], "A": series})
    date = format_date(both.dates_of(1)[[value <= 0 for value in series].index(True)])
    expected = f"prices.csv: {head} ({first} on {date}){tail}"
    assert list(faults(both, preparation)) == [(1, expected)]


@pytest.mark.parametrize(
    ("scale", "series"),
    [
        ("standard", [1e300, 2e300, 3e300]),  # squares beyond all numbers
        ("standard", [1.5e308, 1.6e308, 1.7e308]),  # a sum beyond them
        ("standard", [1e-200, 2e-200, 3e-200]),  # squares that are all 0
        ("minmax", [-1.7e308, 1.7e308]),
        ("difference", [1.0, 1e200, -1e200]),
    ],
)
def test_a_scale_that_leaves_the_numbers_is_refused(scale, series):
    """Nothing infinite is ever learnt from: the series fails, and the others are scaled."""
    prices = prices_of({"ok": [1.0, 2.0, 3.0], "far": series})
    [(at, fault)] = unfit(prices, settings(scale), 0.0)
    assert at == 1
    assert fault.startswith(f'prices.csv: far: scale="{scale}" leaves the floating-point numbers')
    with pytest.raises(DataError, match="give prices in another unit"):
        TargetTransform(scale, 1.0, {}, None).fed("far", np.array(series))


@pytest.mark.parametrize("bins", [None, 3])
@pytest.mark.parametrize("scale", SCALES)
def test_a_preparation_survives_json(scale, bins):
    """What the model file keeps is the whole of it."""
    preparation = fit(prices_of(two_series()), settings(scale, bins), 0.2)
    plain = json.loads(json.dumps(preparation.as_dict()))
    assert TargetTransform.from_dict(plain) == preparation


def test_inputs_never_share_memory_with_the_prices():
    """Preparing prices leaves them as they are, even where the transform is none."""
    prices = np.array([1.0, 2.0])
    preparation = TargetTransform("none", 1.0, {}, Bins((1.5,), ("a", "b"), (1.0, 2.0)))
    assert not np.shares_memory(preparation.scaled("A", prices), prices)


def test_returns_over_the_deviation_of_late_invert():
    """A value of the next day, forecast at each row, is the price that came."""
    rng = np.random.default_rng(3)
    prices = prices_of({"calm": random_walk(rng, 300, 0.002), "wild": random_walk(rng, 200, 0.05)})
    settings = PrepareSettings(volatility_decay=0.94)
    preparation = fit(prices, settings, 0.2)
    assert TargetTransform.from_dict(json.loads(json.dumps(preparation.as_dict()))) == preparation
    for i, symbol in enumerate(prices.symbols):
        series = prices.series(i)
        values = preparation.scaled(symbol, series)
        rows = np.arange(len(series) - 1)
        forecasts = inverted(preparation, symbol, series, rows, values[rows][:, None])
        assert forecasts[:, 0] == pytest.approx(series[1:], rel=1e-12)
        assert 0.8 < np.std(values[100:]) < 1.3
    inverse = inverse_transform(preparation, prices, last_rows(prices))
    moved = np.log(inverse.prices(np.ones((2, 1))) / inverse.last)[:, 0]
    assert moved[1] > 5 * moved[0] > 0


def test_seasonal_returns_invert_over_many_seasons():
    """The values that came, given as outputs, are the prices that came: across seasons too."""
    rng = np.random.default_rng(4)
    hours = np.arange(96)
    series = 50 + 20 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 1, 96)
    prices = prices_of({"load": series})
    preparation = fit(prices, PrepareSettings(season=24), 0.0)
    values = preparation.scaled("load", series)
    assert len(values) == 72
    assert values[0] == pytest.approx(100 * np.log(series[24] / series[0]) / preparation.divisor)
    rows = np.array([23, 30])
    outputs = np.stack([values[row - 23 : row - 23 + 60] for row in rows])
    found = inverted(preparation, "load", series, rows, outputs)
    assert found == pytest.approx(np.stack([series[row + 1 : row + 61] for row in rows]))


def test_a_series_shorter_than_a_season_fails_alone():
    prices = prices_of(
        {"long": random_walk(np.random.default_rng(0), 40), "short": [1.0, 2.0, 3.0]}
    )
    seasonal = PrepareSettings(season=12)
    ((i, fault),) = unfit(prices, seasonal, 0.2)
    assert (i, "short has 3 rows, and season=12 needs 13" in fault) == (1, True)
    assert [i for i, _ in faults(prices, fit(prices.subset([0]), seasonal, 0.2))] == [1]
    assert training_prices(40, seasonal, 0.2) == 40 - 5  # 28 values, 27 days
    with pytest.raises(UsageError, match=r"^season 12: is of log returns"):
        PrepareSettings(season=12, scale="standard")
