"""Every symbol is forecast from its last row; what cannot be forecast is said and left out."""

import naive
import numpy as np
import pytest
from builders import (
    ALONE,
    network_of,
    outputs_by_hand,
    prices_of,
    random_walk,
    rolled_out_by_hand,
)

from rnncli.distributions.conformal import Bounds, fit_bounds
from rnncli.errors import DataError, UsageError
from rnncli.forecasting.forecast import NoForecastError
from rnncli.forecasting.predict import predict
from rnncli.models.model import Model
from rnncli.network.network import Architecture, Network
from rnncli.prices.future_dates import dates_ahead
from rnncli.prices.series import Prices
from rnncli.prices.summary import fresh
from rnncli.runtime.threads import threads
from rnncli.settings import PredictSettings, PrepareSettings
from rnncli.transforms.binning import Bins
from rnncli.transforms.dataset import fit
from rnncli.transforms.target_transform import TargetTransform

NO_BOUNDS = Bounds("log", (), (), None, None)
THREE = Bins((0.25, 0.75), ("low", "medium", "high"), (0.0, 0.5, 1.0))


def some_bounds(unit: str = "log") -> Bounds:
    errors = np.random.default_rng(1).standard_normal((500, 20))
    return fit_bounds(unit, errors, np.ones(500), (None, None))


def model_of(
    preparation: TargetTransform, bounds: Bounds = NO_BOUNDS, dtype: str = "float32"
) -> Model:
    return Model(network_of(3, dtype=dtype), preparation, bounds, {}, {})


def series(count: int = 3):
    rng = np.random.default_rng(2)
    return {f"S{i}": random_walk(rng, 30 + 7 * i) for i in range(count)}


def fitted(prices: Prices, scale: str, **settings) -> TargetTransform:
    return fit(prices, PrepareSettings(scale=scale, **settings), 0.2)


LOG = TargetTransform("log-return", 1.5, {}, None)


def test_forecasts_have_a_row_a_symbol_and_a_column_a_day():
    """symbols x horizon: forecasts, dates and bounds; one cutoff and one naive price a symbol."""
    prices = prices_of(series())
    settings = PredictSettings(horizon=7, level=(80.0, 95.0))
    found = predict(model_of(LOG, some_bounds()), prices, settings, ALONE)
    assert found.symbols == ("S0", "S1", "S2")
    assert found.forecasts.shape == found.dates.shape == (3, 7)
    assert set(found.lower) == set(found.upper) == {80.0, 95.0}
    assert found.lower[80.0].shape == found.upper[95.0].shape == (3, 7)
    assert found.rows == (30, 37, 44)
    assert found.naive.tolist() == [prices.series(i)[-1] for i in range(3)]
    assert found.cutoffs.tolist() == [prices.dates_of(i)[-1] for i in range(3)]
    assert (found.labels, found.failed) == (None, {})


def test_the_output_is_fed_back():
    """The forecast of each later day is that of a history that ends with the forecast before."""
    prices = prices_of(series())
    model = model_of(LOG, dtype="float64")
    found = predict(model, prices, PredictSettings(horizon=6), ALONE)
    for i in range(3):
        own = prices.series(i)
        returns = 100 * np.log(own[1:] / own[:-1]) / 1.5
        price, expected = own[-1], []
        for output in rolled_out_by_hand(model.network, returns, 6):
            price *= np.exp(output * 1.5 / 100)
            expected.append(price)
        np.testing.assert_allclose(found.forecasts[i], expected, rtol=1e-12)


@pytest.mark.parametrize("scale", ["minmax", "standard", "none"])
def test_scaled_forecasts_are_prices_in_the_files_unit(scale):
    """What the network says is scaled back by the symbol's own pair."""
    prices = prices_of(series())
    preparation = fitted(prices, scale)
    model = model_of(preparation, dtype="float64")
    found = predict(model, prices, PredictSettings(horizon=1, max_jump=0), ALONE)
    for i, symbol in enumerate(prices.symbols):
        shift, size = preparation.fitted.get(symbol, (0.0, 1.0))
        output = outputs_by_hand(model.network, (prices.series(i) - shift) / size)[-1]
        assert found.forecasts[i, 0] == pytest.approx(output * size + shift, rel=1e-12)


def test_bounds_are_quantiles_around_the_forecast():
    """lower_80 is the 10 % quantile, upper_80 the 90 %, in units of the symbol's deviation."""
    prices = prices_of(series())
    bounds = some_bounds()
    found = predict(model_of(LOG, bounds), prices, PredictSettings(level=(80.0,)), ALONE)
    errors = np.random.default_rng(1).standard_normal((500, 20))
    for i in range(3):
        deviation = np.std(np.diff(np.log(prices.series(i))))
        for ahead in range(5):
            low, high = np.quantile(errors[:, ahead], [0.1, 0.9], method="weibull")
            forecast = found.forecasts[i, ahead]
            assert found.lower[80.0][i, ahead] == pytest.approx(forecast * np.exp(low * deviation))
            assert found.upper[80.0][i, ahead] == pytest.approx(forecast * np.exp(high * deviation))


def test_wider_levels_have_wider_bounds():
    """95 % contains 80 %, and both contain the forecast."""
    found = predict(model_of(LOG, some_bounds()), prices_of(series()), PredictSettings(), ALONE)
    assert np.all(found.lower[95.0] < found.lower[80.0])
    assert np.all(found.lower[80.0] <= found.forecasts)
    assert np.all(found.forecasts <= found.upper[80.0])
    assert np.all(found.upper[80.0] < found.upper[95.0])


def test_dates_follow_the_last_row():
    """30 weekdays from Monday 1 January 2024 end on Friday 9 February."""
    found = predict(
        model_of(LOG), prices_of({"A": series()["S0"]}), PredictSettings(horizon=2), ALONE
    )
    assert found.cutoffs.astype("datetime64[D]").astype(str).tolist() == ["2024-02-09"]
    assert found.dates[0].astype("datetime64[D]").astype(str).tolist() == [
        "2024-02-12", "2024-02-13",
    ]  # fmt: skip


def test_series_without_dates_have_none_ahead():
    """They are forecast all the same, and their rows are counted."""
    dated = predict(model_of(LOG), prices_of(series()), PredictSettings(), ALONE)
    found = predict(model_of(LOG), prices_of(series(), first=None), PredictSettings(), ALONE)
    assert np.all(np.isnat(found.dates))
    assert np.all(np.isnat(found.cutoffs))
    assert found.rows == (30, 37, 44)
    assert found.forecasts.tobytes() == dated.forecasts.tobytes()


def test_one_single_price_is_forecast_without_bounds():
    """A symbol listed yesterday: one zero return is fed, and its deviation is not known."""
    model = model_of(LOG, some_bounds(), dtype="float64")
    found = predict(model, prices_of({"new": [50.0]}), PredictSettings(horizon=3), ALONE)
    path = np.cumsum(rolled_out_by_hand(model.network, [0.0], 3)) * 1.5 / 100
    np.testing.assert_allclose(found.forecasts[0], 50 * np.exp(path), rtol=1e-12)
    assert found.naive.tolist() == [50.0]
    assert all(np.all(np.isnan(bound)) for bound in [*found.lower.values(), *found.upper.values()])


def test_two_prices_are_forecast_without_bounds():
    """One change is no deviation."""
    model = model_of(LOG, some_bounds())
    found = predict(model, prices_of({"new": [50.0, 51.0]}), PredictSettings(), ALONE)
    assert np.all(np.isfinite(found.forecasts))
    assert np.all(np.isnan(found.lower[80.0]))


@pytest.mark.parametrize("scale", ["minmax", "standard"])
def test_an_unseen_symbol_is_scaled_by_its_own_rows(scale):
    """A symbol the model has never seen is forecast in its own unit."""
    preparation = fitted(prices_of(series()), scale)
    own = random_walk(np.random.default_rng(8), 25) * 1000
    model = model_of(preparation, dtype="float64")
    found = predict(model, prices_of({"new": own}), PredictSettings(horizon=1, max_jump=0), ALONE)
    shift, size = (own.min(), np.ptp(own)) if scale == "minmax" else (own.mean(), own.std())
    output = outputs_by_hand(model.network, (own - shift) / size)[-1]
    assert found.forecasts[0, 0] == pytest.approx(output * size + shift, rel=1e-12)


def test_symbols_that_do_not_fit_are_listed_and_the_others_forecast():
    """Some failed: each with its reason, the rest as if the failed ones were not there."""
    good = series(2)
    both = {"S0": good["S0"], "bad": [1.0, -1.0, 2.0], "S1": good["S1"], "zero": [0.0, 1.0]}
    found = predict(model_of(LOG), prices_of(both), PredictSettings(), ALONE)
    alone = predict(model_of(LOG), prices_of(good), PredictSettings(), ALONE)
    assert found.symbols == ("S0", "S1")
    assert found.forecasts.tobytes() == alone.forecasts.tobytes()
    assert list(found.failed) == ["bad", "zero"]
    assert found.failed["bad"].startswith("prices.csv: bad has 1 value <= 0")


def test_outputs_that_are_not_finite_fail_alone():
    """A symbol whose scaled prices leave the network's numbers fails; the others are forecast."""
    preparation = TargetTransform("standard", 1.0, {"S0": (0.0, 1.0), "far": (0.0, 1e-38)}, None)
    network = network_of(3, activation="relu", dtype="float32")
    network.flat[:] = 1
    model = Model(network, preparation, NO_BOUNDS, {}, {})
    with np.errstate(over="ignore", invalid="ignore"):  # kernels that are not compiled warn
        prices = prices_of({"far": [1.0] * 9, "S0": [1.0] * 9})
        found = predict(model, prices, PredictSettings(), ALONE)
    assert found.symbols == ("S0",)
    assert found.failed == {"far": "prices.csv: far: the forecast is not finite"}


@pytest.mark.parametrize(
    "preparation",
    [
        TargetTransform("log-return", 1e5, {}, None),
        TargetTransform("minmax", 1.0, {"far": (1e308, 1e308), "S0": (0.0, 1.0)}, None),
    ],
    ids=lambda preparation: preparation.scale,
)
def test_forecasts_that_leave_the_floats_fail_alone(preparation):
    """Finite outputs may stand for prices beyond all numbers: an error too, never an empty cell."""
    network = network_of(3, activation="relu")
    network.flat[:] = 0
    network.parameters["weight_ih_l0"][:] = network.parameters["head.weight"][:] = 1.0
    model = Model(network, preparation, NO_BOUNDS, {}, {})
    grown = [1.0, 1e300] if preparation.scale == "log-return" else [1e308, 1.7e308]
    found = predict(model, prices_of({"far": grown, "S0": [1.0, 1.0]}), PredictSettings(), ALONE)
    assert found.symbols == ("S0",)
    assert found.failed == {"far": "prices.csv: far: the forecast is not finite"}
    assert np.all(np.isfinite(found.forecasts))


def test_nothing_to_forecast_is_an_error():
    """Where every symbol fails the first fault is the error, with the file it is in."""
    prices = prices_of({"bad": [1.0, -1.0], "worse": [0.0, 0.0]}, source="bad.csv")
    with pytest.raises(NoForecastError, match=r"^bad\.csv: bad has 1 value <= 0") as raised:
        predict(model_of(LOG), prices, PredictSettings(), ALONE)
    assert list(raised.value.failed) == ["bad", "worse"]
    assert isinstance(raised.value, DataError)


@pytest.mark.parametrize("level", [0.0, 100.0, -5.0, 101.0, float("nan")])
def test_levels_are_percentages(level):
    """A level lies between 0 and 100, both left out."""
    with pytest.raises(UsageError, match="a level is a percentage above 0 and below 100"):
        predict(model_of(LOG), prices_of(series()), PredictSettings(level=(80.0, level)), ALONE)


def test_a_level_is_not_a_share():
    """What nobody means by 0.8 is bounds that 99 of 100 prices are outside of."""
    with pytest.raises(
        UsageError, match=r"^level 0\.8: a level is a percentage; for 80 % write 80"
    ):
        predict(model_of(LOG), prices_of(series()), PredictSettings(level=(0.8,)), ALONE)


def test_a_level_is_asked_for_once():
    """The same level twice would be two columns of one name."""
    with pytest.raises(UsageError, match="the same level twice"):
        predict(model_of(LOG), prices_of(series()), PredictSettings(level=(80.0, 80.0)), ALONE)


def test_with_bins_the_label_is_the_nearest_class():
    """Each forecast day carries the name of the class its output is nearest to."""
    preparation = TargetTransform("none", 1.0, {}, THREE)
    model = model_of(preparation, dtype="float64")
    known = [0.0, 0.5, 1.0, 0.5, 0.0]
    found = predict(model, prices_of({"blue": known}), PredictSettings(horizon=4), ALONE)
    outputs = rolled_out_by_hand(model.network, known, 4)
    names = ["low" if o < 0.25 else "medium" if o < 0.75 else "high" for o in outputs]
    assert found.labels == [names]
    np.testing.assert_allclose(found.forecasts[0], np.clip(outputs, 0, 1), rtol=1e-12)


def cross_entropy_model(preparation):
    a = Architecture(hidden_size=3, output_size=3, head="cross-entropy")
    weights = np.random.default_rng(7).standard_normal(a.size)
    return Model(Network(a, weights), preparation, NO_BOUNDS, {}, {})


def test_cross_entropy_forecasts_the_probability_of_each_class():
    """They add up to 1, the label is the largest, the forecast the median, which is fed back."""
    model = cross_entropy_model(TargetTransform("none", 1.0, {}, THREE))
    known, p = [0.0, 0.5, 1.0, 0.5, 0.0], model.network.parameters
    found = predict(model, prices_of({"blue": known}), PredictSettings(horizon=4), ALONE)
    fed = list(known)
    for k in range(4):
        out = naive.outputs(np.array(fed)[:, None, None], p, "rnn", 1, "tanh")[-1, :, 0]
        share = np.exp(out) / np.exp(out).sum()
        for name, own in zip(("low", "medium", "high"), share, strict=True):
            assert found.shares[name][0, k] == pytest.approx(own, rel=1e-9)
        assert found.labels[0][k] == ("low", "medium", "high")[int(np.argmax(share))]
        fed.append(0.5 * int(np.argmax(np.cumsum(share) >= 0.5)))
        assert found.forecasts[0, k] == fed[-1]


def test_probabilities_that_are_not_number_fail_the_symbol():
    """A score of NaN is no class, whatever a median makes of it."""
    model = cross_entropy_model(TargetTransform("none", 1.0, {}, THREE))
    model.network.parameters["head.bias"][1] = np.nan
    with pytest.raises(DataError, match="not finite"):
        predict(model, prices_of({"blue": [0.0, 1.0]}), PredictSettings(), ALONE)


@pytest.mark.parametrize("head", ["gaussian", "student-t", "quantile"])
def test_the_median_of_a_distribution_is_the_forecast(head):
    """Its first output, as if it were the only one; further ahead that of sampled paths."""
    levels = (0.1, 0.5, 0.9) if head == "quantile" else ()
    a = Architecture(hidden_size=3, output_size=3, head=head, levels=levels)
    network = Network(a, np.random.default_rng(8).standard_normal(a.size) * 0.5)
    alone = Network(Architecture(hidden_size=3), network_of(3, dtype="float64").flat.copy())
    for name, weight in alone.parameters.items():
        weight[:] = network.parameters[name][: len(weight)]
    comp, ref = (
        predict(Model(one, LOG, NO_BOUNDS, {}, {}), prices_of(series()), PredictSettings(), ALONE)
        for one in (network, alone)
    )
    np.testing.assert_allclose(comp.forecasts[:, 0], ref.forecasts[:, 0], rtol=1e-12)


def test_absolute_bounds_serve_prices_of_any_sign():
    """A model trained on prices below zero gives bounds that add."""
    rng = np.random.default_rng(3)
    prices = prices_of({"A": rng.normal(0, 3, 40)})
    bounds = some_bounds("absolute")
    model = model_of(fitted(prices, "standard"), bounds)
    found = predict(model, prices, PredictSettings(level=(80.0,)), ALONE)
    errors = np.random.default_rng(1).standard_normal((500, 20))
    deviation = np.std(np.diff(prices.values))
    quantile = np.quantile(errors[:, 0], 0.1, method="weibull")
    expected = found.forecasts[0, 0] + quantile * deviation
    assert found.lower[80.0][0, 0] == pytest.approx(expected, rel=1e-9)


def test_a_symbols_forecast_does_not_depend_on_the_others():
    """The same bytes alone, among others, in another order, and for any number of threads."""
    many = series(40)
    model, settings = model_of(LOG, some_bounds()), PredictSettings()

    def row(symbols, count=1):
        with threads(count) as pool:
            found = predict(model, prices_of({s: many[s] for s in symbols}), settings, pool)
        i = found.symbols.index("S7")
        return [a[i].tobytes() for a in (found.forecasts, found.lower[80.0], found.upper[95.0])]

    alone = row(["S7"])
    assert row(list(many)) == row(list(many)[::-1]) == row(["S7", "S39"]) == alone
    assert row(list(many), 2) == row(list(many), 4) == alone


def ending(**last: str) -> Prices:
    """Two rows a symbol, the later one on the date named."""
    dates = [np.datetime64(date, "s") + np.array([-1, 0]) * 86_400 for date in last.values()]
    count = len(last)
    return Prices(
        symbols=tuple(last),
        values=np.ones(2 * count),
        offsets=2 * np.arange(count + 1),
        dates=np.concatenate(dates),
        sources=tuple("b.csv" if symbol.startswith("B") else "a.csv" for symbol in last),
        files=(),
    )


def freshened(prices: Prices, max_age: int | None = None):
    said: list[str] = []
    return fresh(prices, max_age, said.append), said


def test_symbols_that_end_long_before_the_newest_are_warned_of():
    """More than seven days: one line a file, naming them, and all are still forecast."""
    dates = {"A": "2024-03-20", "A1": "2024-03-13", "A2": "2024-03-12", "A3": "2023-01-01"}
    prices = ending(**dates, B="2024-03-01")
    kept, said = freshened(prices)
    assert kept is prices
    assert said == [
        "a.csv: 2 of its symbols end more than 7 days before 2024-03-20:"
        " A2 (2024-03-12), A3 (2023-01-01); max_age leaves such out",
        "b.csv: 1 of its symbols end more than 7 days before 2024-03-20:"
        " B (2024-03-01); max_age leaves such out",
    ]


def test_fresh_symbols_are_not_warned_of():
    """A week is fresh: a clean run says nothing."""
    assert freshened(ending(A="2024-03-20", B="2024-03-13"))[1] == []


def test_many_stale_symbols_are_one_line():
    """Five are named, the others counted."""
    prices = ending(A="2024-03-20", **{f"A{i}": "2024-01-01" for i in range(8)})
    [line] = freshened(prices)[1]
    assert "A4 (2024-01-01) and 3 more; max_age" in line
    assert "A5" not in line


def test_max_age_leaves_old_symbols_out():
    """With --max-age N those older than N days are gone, without a warning."""
    prices = ending(A="2024-03-20", B="2024-03-18", C="2024-03-17")
    kept, said = freshened(prices, 2)
    assert (kept.symbols, said) == (("A", "B"), [])
    assert freshened(prices, 3)[0] is prices
    assert freshened(prices, 0)[0].symbols == ("A",)


def test_series_without_dates_have_no_age():
    """They are neither warned of nor left out."""
    prices = prices_of({"A": [1.0, 2.0], "B": [1.0]}, first=None)
    assert freshened(prices) == (prices, [])
    assert freshened(prices, 0) == (prices, [])


def test_series_of_the_same_days_and_of_others_have_their_own_dates():
    """Dates ahead are shared by the series that traded on the same days, and by no others."""
    both = {"long": [50.0 + i % 7 for i in range(40)], "short": [50.0 + i % 5 for i in range(30)]}
    prices = prices_of(both | {"twin": both["long"]})
    found = predict(model_of(LOG), prices, PredictSettings(), ALONE)
    assert found.dates[0].tolist() == found.dates[2].tolist()
    for i in range(3):
        assert found.dates[i].tolist() == dates_ahead(prices.dates_of(i), 5).tolist()


def test_a_jump_that_nothing_in_the_past_is_like_is_refused():
    """Compared with the changes of the series: a wild change of a calm one is usual in another."""
    rng = np.random.default_rng(2)
    prices = prices_of({"calm": random_walk(rng, 60, 1e-4), "wild": random_walk(rng, 60, 0.1)})
    network = network_of(2)
    network.flat[:] = 0
    network.parameters["head.bias"][:] = 1.0
    model = Model(network, LOG, NO_BOUNDS, {}, {})
    found = predict(model, prices, PredictSettings(horizon=4), ALONE)
    assert found.symbols == ("wild",)
    assert list(found.failed) == ["calm"]
    steps = np.std(np.diff(np.log(prices.series(0))))
    said = found.failed["calm"]
    assert f"jumps {LOG.divisor / 100 * 2 / steps:.1f} deviations" in said
    assert "max_jump 8; look at its last rows" in said
    whatever = predict(model, prices, PredictSettings(horizon=4, max_jump=0), ALONE)
    assert whatever.symbols == ("calm", "wild")


def test_a_young_series_is_not_held_to_two_changes():
    """Three prices that hardly moved: a usual move is no jump; eight pooled deviations are."""
    prices = prices_of({"young": [100.0, 100.001, 100.002]})
    network = network_of(2)
    network.flat[:] = 0
    for moved, refused in ((1.0, False), (9.0, True)):
        network.parameters["head.bias"][:] = moved
        model = Model(network, LOG, NO_BOUNDS, {}, {})
        if refused:
            with pytest.raises(DataError, match=r"the forecast jumps 9\.0 deviations"):
                predict(model, prices, PredictSettings(horizon=1), ALONE)
        else:
            assert predict(model, prices, PredictSettings(horizon=1), ALONE).symbols == ("young",)


def test_no_bound_is_inside_that_of_a_lower_level():
    """Where one has errors enough behind it and the other is the model's own."""
    a = Architecture(hidden_size=3, output_size=3, head="student-t")
    network = Network(a, np.random.default_rng(8).standard_normal(a.size) * 0.3)
    errors = 3 * np.random.default_rng(1).standard_normal((40, 5))
    bounds = fit_bounds("log", errors, np.ones((40, 5)), (None, None), "model")
    model = Model(network, LOG, bounds, {}, {})
    settings = PredictSettings(level=(99.0, 80.0, 96.0, 99.9), max_jump=0)
    found = predict(model, prices_of(series()), settings, ALONE)
    assert list(found.lower) == [99.0, 80.0, 96.0, 99.9]
    for narrow, wide in ((80.0, 96.0), (96.0, 99.0), (99.0, 99.9)):
        assert np.all(found.lower[wide] <= found.lower[narrow])
        assert np.all(found.upper[wide] >= found.upper[narrow])


def test_a_constant_series_may_not_jump_either():
    """However often it repeated its price: the forecast of another one is refused."""
    prices = prices_of({"still": [50.0] * 60, "few": [50.0] * 5})
    network = network_of(2)
    network.flat[:] = 0
    model = Model(network, TargetTransform("none", 1.0, {}, None), some_bounds("absolute"), {}, {})
    found = predict(model, prices, PredictSettings(horizon=1), ALONE)
    assert found.symbols == ("few",)
    assert "still: the forecast jumps" in found.failed["still"]
