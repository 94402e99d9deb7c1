"""What moved a range: it adds up to what `predict` shows, and names the day that did it."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of, random_walk

import rnncli
from rnncli.errors import DataError, UsageError
from rnncli.models.pool import Pool

TRAIN = {"hidden_size": 4, "epochs": 3, "pool": "none"}
ROWS = 20


@pytest.fixture(scope="module")
def market():
    """Two symbols with ranges and volumes; A falls by a tenth on its third last day."""
    rng = np.random.default_rng(5)
    series = {name: random_walk(rng, 90) for name in "AB"}
    series["A"][-3:] *= 0.9
    prices = prices_of(series)
    spans = np.exp(0.005 + 0.01 * rng.random(len(prices.values)))
    volume = rng.integers(100, 900, len(spans)).astype(float)
    high, low = prices.values * spans, prices.values
    fields = {"open": np.sqrt(high * low), "high": high, "low": low, "volume": volume}
    return replace(prices, fields=fields)


@pytest.fixture(scope="module")
def prior():
    return rnncli.prior()


def of(explanation, symbol="A"):
    return next(one for one in explanation.symbols if one.symbol == symbol)


@pytest.mark.slow_shapes
@pytest.mark.parametrize("ahead", [1, 4, 20])
def test_the_width_is_that_of_the_forecast(prior, market, ahead):
    """Of each symbol, in the log of the price; forecasts round the degrees of freedom."""
    explanation = prior.explain(market, ahead=ahead, range_level=80)
    forecast = prior.predict(market, horizon=ahead, level=80)
    for i, one in enumerate(explanation.symbols):
        width = np.log(forecast.upper[80][i, -1] / forecast.lower[80][i, -1])
        assert one.width.value == pytest.approx(np.log(width), abs=3e-3)


@pytest.mark.slow
def test_the_middle_is_that_of_the_forecast(market):
    """Of points, of a distribution, of levels of a price; in the log of the price, or in price."""
    for settings in ({"loss": "mse"}, {"loss": "gaussian"}, {"scale": "standard", "loss": "mse"}):
        model = rnncli.train(market, **TRAIN, **settings)
        one, forecast = of(model.explain(market)), model.predict(market, horizon=1, max_jump=0)
        ends = forecast.forecasts[0, 0], market.series(0)[-1]
        if one.unit == "log":
            assert one.location.value == pytest.approx(np.log(ends[0] / ends[1]), abs=1e-6)
        else:
            shift = model.preparation.fitted["A"][0]
            assert one.location.value + shift == pytest.approx(ends[0], rel=1e-6)


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "settings",
    [
        {"inputs": "close,high-low,volume,weekday"},
        {"inputs": "close,high-low", "volatility_decay": 0.94, "cell": "gru", "layers": 2},
        {"inputs": "close,level,range-level,gap-level,leverage,rhythm,volume-rhythm,gap-rhythm"},
        {"inputs": "close,gap", "volatility_decay": 0.94},
        {"cell": "lstm", "loss": "quantile"},
        {"loss": "gaussian", "scale": "standard"},
        {"scale": "difference"},
        {"loss": "mse", "mode": "seq2vec", "horizon": 3},
        {"mode": "direct", "horizon": 5, "inputs": "close,volume"},
    ],
)
def test_effects_add_up(market, settings):
    """Over rows and inputs, to the quantity less that after usual rows, within what is said."""
    model = rnncli.train(market, **TRAIN, **settings)
    for one in model.explain(market, rows=ROWS).symbols:
        assert one.location.by_row.shape == (ROWS, len(one.inputs))
        for effects in (one.width, one.location):
            assert effects is None or abs(effects.gap) < 1e-4
        assert (one.width is None) == (settings.get("loss") == "mse")
        assert one.inputs == tuple(settings.get("inputs", "close").split(","))


@pytest.mark.slow
def test_usual_rows_moved_nothing(prior):
    """The last ones moved by the deviation, up and down in turn; a wild one moved much."""
    rng = np.random.default_rng(0)
    logs = np.cumsum(0.01 * rng.standard_normal(80))
    for _ in range(30):
        logs = np.append(logs, logs[-1] + 0.01 * (1 if len(logs) % 2 else -1))
    turning = of(prior.explain(prices_of({"A": 100 * np.exp(logs)}), rows=25))
    wild = logs.copy()
    wild[-1] += 0.08
    moved = of(prior.explain(prices_of({"A": 100 * np.exp(wild)}), rows=25))
    assert abs(turning.width.total) < 0.1
    assert moved.width.total > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [1, 3, 20])
def test_a_last_price_that_may_be_wrong_is_an_effect_of_its_own(prior, ahead):
    """What it widens the range by is of the last row; usual rows before do not have it."""
    walk = 100 * np.exp(np.cumsum(np.random.default_rng(3).normal(0, 0.01, 120)))
    walk[-1] *= 6
    before, after = (
        prices_of({"A": values}) for values in (walk, np.append(walk, walk[-1] * 1.01))
    )
    one = of(prior.explain(before, ahead=ahead))
    forecast = prior.predict(before, horizon=ahead, level=95)
    width = np.log(forecast.upper[95][0, -1] / forecast.lower[95][0, -1])
    assert one.width.value == pytest.approx(np.log(width), abs=5e-3)
    assert one.inputs == ("close", "wild move")
    assert np.flatnonzero(one.width.by_row[:, 1]).tolist() == [len(one.dates) - 1]
    assert one.width.by_row[-1, 1] > 1
    assert abs(one.width.gap) < 1e-4
    assert np.exp(one.width.before) < 0.1 * np.sqrt(ahead)
    assert of(prior.explain(after, ahead=ahead)).inputs == ("close",)


@pytest.mark.slow
def test_the_day_that_did_it_is_named(prior, market):
    """The fall of A three rows ago; B, beside it, has nothing of it."""
    one = of(prior.explain(market, rows=ROWS, inputs="close"))
    by_row = one.width.by_row.sum(axis=1)
    assert int(np.argmax(by_row)) == ROWS - 3
    assert one.changes[-3] < -0.07
    assert one.dates[-3] == market.dates_of(0)[-3]
    alone = prior.explain(market, symbols="B", rows=ROWS).symbols[0]
    beside = of(prior.explain(market, rows=ROWS), "B")
    assert np.array_equal(alone.width.by_row, beside.width.by_row)


def test_rows_before_the_window_are_as_they_were(prior, market):
    """A window that holds the fall explains it, one that begins after it does not."""
    inside, after = (of(prior.explain(market, rows=rows, inputs="close")) for rows in (3, 2))
    assert inside.width.value == pytest.approx(after.width.value)
    assert inside.width.by_row[0].sum() > 0.2
    assert after.width.total < 0


def test_a_series_shorter_than_the_rows_is_explained_whole(prior):
    """From a network at rest, down to a single change."""
    for days in (2, 3, 30):
        prices = prices_of({"A": random_walk(np.random.default_rng(1), days)}, None)
        one = of(prior.explain(prices))
        assert len(one.dates) == days - 1
        assert one.row_numbers.tolist() == list(range(2, days + 1))
        assert abs(one.width.gap) < 1e-4


@pytest.mark.slow
def test_a_constant_series_adds_up_too(prior):
    """Its moves over their deviation leap where that meets its floor, which is looked at."""
    one = of(prior.explain(prices_of({"A": np.full(30, 10.0)})))
    assert abs(one.width.gap) < 1e-4
    assert one.width.value < -10  # hardly any range
    assert one.width.before > -4  # that of a usual stock


def test_what_sums_up_the_past_stays_as_before(market):
    """The level of a series that always moves alike has no effect, however far from the mean."""
    model = rnncli.train(market, **TRAIN, inputs="close,level", volatility_decay=0.94)
    signs = np.where(np.arange(400) % 2, -1.0, 1.0)
    even = prices_of({"E": 100 * np.exp(0.05 * np.cumsum(signs))})
    one = of(model.explain(even, rows=ROWS), "E")
    assert one.inputs == ("close", "level")
    assert abs(one.fed[:, 0]).min() > 0.9
    assert np.abs(one.width.by_row[:, 1]).max() < 1e-4
    wild = replace(even, values=even.values * np.append(np.ones(395), np.full(5, 1.5)))
    assert np.abs(of(model.explain(wild, rows=ROWS), "E").width.by_row[:, 1]).max() > 1e-3


@pytest.mark.slow
def test_columns_that_a_series_lacks_are_not_listed(prior, market):
    """Nor is whether they are there, which did not move anything."""
    assert of(prior.explain(market)).inputs == ("close", "high-low", "volume")
    closes = replace(market, fields={})
    assert of(prior.explain(closes)).inputs == ("close",)
    assert of(prior.explain(market, inputs="close")).inputs == ("close",)


@pytest.mark.slow
def test_of_a_pool_the_networks_part_is_explained(prior, market):
    """And the prior's, where it has all the weight."""
    model = rnncli.train(market, **TRAIN)
    pooled = replace(model, pool=Pool(prior, 0.5))
    explanation = pooled.explain(market)
    assert explanation.weight == 0.5
    assert of(explanation).width.value == of(model.explain(market)).width.value
    left = replace(model, pool=Pool(prior, 1.0)).explain(market)
    assert left.weight == 1
    assert of(left).width.value == of(prior.explain(market)).width.value


@pytest.mark.slow
def test_threads_change_nothing(prior, market):
    one, other = (prior.explain(market, threads=threads).to_frame() for threads in (1, 2))
    assert one.equals(other)


def test_a_planted_input_that_widens_is_shown(market):
    """A network by hand, whose range follows the volume alone: all of the share is its own."""
    model = rnncli.train(market, **TRAIN, inputs="close,volume", scale="standard", loss="gaussian")
    network = model.network.astype("float32")
    network.parameters["weight_ih_l0"][:] = [0, 1]
    by_hand = replace(model, network=network)
    frame = by_hand.explain(market, symbols=["A"]).to_frame(by="input").set_index("input")
    assert frame.loc["volume", "range_share"] == pytest.approx(1)
    assert frame.loc["close", "range"] == 0


def test_what_cannot_be_explained_is_refused(market):
    """Modes without an effect for each row, classes, unknown symbols and groupings."""
    for mode in ("vec2seq", "encoder-decoder"):
        model = rnncli.train(market, **TRAIN, mode=mode, loss="mse")
        with pytest.raises(UsageError, match=f'mode {mode} .*train one with mode="direct"'):
            model.explain(market)
    classes = rnncli.train(market, **TRAIN, bins=3, loss="cross-entropy")
    with pytest.raises(UsageError, match="forecasts classes"):
        classes.explain(market)
    points = rnncli.train(market, **TRAIN, loss="mse")
    with pytest.raises(DataError, match="no symbol Z in the prices; there are A, B"):
        points.explain(market, symbols=["A", "Z"])
    with pytest.raises(UsageError, match="symbols: names none"):
        points.explain(market, symbols=[])
    with pytest.raises(UsageError, match="rows 0: is out of range; use one from 1 to 1000"):
        points.explain(market, rows=0)
    with pytest.raises(UsageError, match="by week: is not a choice; use row, input"):
        points.explain(market).to_frame(by="week")
