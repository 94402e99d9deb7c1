"""What a day is known by beside its price: by its definition, from the past only, scaled alone."""

from dataclasses import replace

import numpy as np
import pytest
from builders import ALONE, prices_of, random_walk

from rnncli.errors import DataError, UsageError
from rnncli.inference.forecast import Request, forecast_at
from rnncli.prices.origins import Origins
from rnncli.settings import NetworkSettings, PrepareSettings, TrainSettings
from rnncli.training.trainer import train
from rnncli.transforms.dataset import faults, fit, prepare, unfit
from rnncli.transforms.features import (
    features,
    fields_of,
    input_size,
    parse_inputs,
    spread_of,
    standardised,
)
from rnncli.transforms.inputs.bar import LIMIT, days_of_week
from rnncli.transforms.inputs.days import DECAY

ALL = ("volume", "high-low", "weekday")
INPUTS = PrepareSettings(inputs="close,volume,high-low,weekday")


def bars(days=(60, 40), seed=0):
    """Prices with a day's high and low and its volume."""
    rng = np.random.default_rng(seed)
    prices = prices_of({f"s{i}": random_walk(rng, n) for i, n in enumerate(days)})
    total = sum(days)
    high = prices.values * np.exp(rng.uniform(0.001, 0.02, total))
    low = prices.values * np.exp(-rng.uniform(0.001, 0.02, total))
    volume = np.round(np.exp(rng.normal(12, 1, total)))
    return replace(prices, fields={"high": high, "low": low, "volume": volume})


def cut(prices, days):
    """The first days of the first series alone."""
    fields = {name: values[:days] for name, values in prices.fields.items()}
    alone = prices.subset([0])
    return replace(
        alone, values=alone.values[:days], dates=alone.dates[:days], fields=fields,
        offsets=np.array([0, days]),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("close,open-interest", "no 'open-interest'; there are close, volume"),
        ("volume", "close is missing"),
        ("close,volume,volume", "twice"),
        ("", "no ''; there are"),
    ],
)
def test_what_is_not_a_list_of_inputs_is_refused(text, why):
    with pytest.raises(UsageError, match=why):
        parse_inputs(text)


def test_inputs_name_the_columns_they_need():
    inputs = parse_inputs(" volume, close,weekday,high-low")
    assert inputs == ("volume", "weekday", "high-low")
    assert fields_of(inputs) == ("volume", "high", "low")
    assert input_size(inputs) == 5
    assert (parse_inputs("close"), fields_of(()), input_size(())) == ((), (), 1)


def test_a_volume_stands_over_its_own_running_mean():
    prices = bars()
    volume = prices.fields["volume"]
    volume[[0, 7]] = np.nan
    found = features(prices, 0, ("volume",), 1.0)[:, 0]
    mean = np.log1p(volume[1])
    assert np.isnan(found[[0, 7]]).all()
    for day in (1, 2, 3, 4, 5, 6, 8, 9):
        log = np.log1p(volume[day])
        assert found[day] == pytest.approx(log - mean)
        mean = mean if day == 1 else DECAY * mean + (1 - DECAY) * log


def test_a_range_stands_over_the_deviation_before_its_day():
    """Which no return of that day or after has a part in."""
    prices = bars()
    divisor = 1.3
    found = features(prices, 0, ("high-low",), divisor)[:, 0]
    span = np.log(prices.fields["high"] / prices.fields["low"])[:60]
    returns = 100 * np.diff(np.log(prices.series(0))) / divisor
    variance, deviations = 1.0, [1.0]
    for count, change in enumerate(returns, start=1):
        variance += (change**2 - variance) * max(1 - DECAY, 1 / (count + 1))
        deviations.append(variance**0.5)
    before = np.array([1.0, *deviations[:-1]])
    assert found == pytest.approx(np.log(100 * span / divisor / before))


def test_a_day_that_does_not_move_or_trade_stays_a_number():
    prices = bars()
    prices.fields["high"][3] = prices.fields["low"][3]
    prices.fields["volume"][4] = 0
    found = features(prices, 0, ALL, 1.0)
    assert (found[3, 1], found[4, 0]) == (-LIMIT, -LIMIT)


def test_weekdays_turn_round():
    dates = np.array(["2024-01-01", "2024-01-06", "2024-01-07", "1969-12-29"], "datetime64[s]")
    assert days_of_week(dates).tolist() == [0, 5, 6, 0]
    found = features(bars(), 0, ("weekday",), 1.0)
    assert found[0].tolist() == pytest.approx([0, 1])
    assert np.hypot(*found.T) == pytest.approx(1)


def test_a_series_without_dates_has_no_weekday():
    prices = replace(prices_of({"x": [1.0, 2, 3, 4]}, first=None), fields={})
    settings = PrepareSettings(inputs="close,weekday")
    ((i, fault),) = unfit(prices, settings, 0.2)
    assert (i, "no weekday" in fault) == (0, True)
    known = fit(prices_of({"y": [1.0, 2, 3, 4]}), settings, 0.0)
    assert [i for i, _ in faults(prices, known)] == [0]


def test_a_range_needs_positive_prices():
    prices = bars()
    prices.values[5] = -1
    with pytest.raises(DataError, match="positive"):
        features(prices, 0, ("high-low",), 1.0)


@pytest.mark.parametrize("days", [1, 2, 17, 40])
def test_nothing_after_a_day_changes_it(days):
    prices = bars()
    whole = features(prices, 0, ALL, 1.0)[:days]
    assert np.array_equal(features(cut(prices, days), 0, ALL, 1.0), whole)


def test_each_is_scaled_by_the_training_part_alone():
    prices = bars()
    preparation = fit(prices, INPUTS, 0.5)
    later = replace(prices, fields={name: v.copy() for name, v in prices.fields.items()})
    for i in range(2):
        held = slice(prices.offsets[i] + 35, prices.offsets[i + 1])
        later.fields["volume"][held] *= 5
        later.fields["high"][held] *= 1.1
    assert fit(later, INPUTS, 0.5) == preparation
    prepared = prepare(prices, preparation, 0.0)
    assert prepared.inputs.shape == (98, 5)
    training = np.concatenate([prepared.inputs[:30], prepared.inputs[59:79]])
    assert np.abs(training[:, 1:3].mean(axis=0)).max() < 0.2
    assert np.abs(training[:, 1:3].std(axis=0) - 1).max() < 0.2


def test_what_is_missing_is_the_mean():
    parts = [np.array([[1.0, 2.0], [3.0, np.nan]]), np.array([[5.0, 2.0]])]
    spread = spread_of(parts)
    assert spread == ((3.0, pytest.approx(np.sqrt(8 / 3))), (2.0, 1.0))
    assert standardised(parts[0], spread, ("x:level", "y:level"))[1].tolist() == [0, 0]
    assert spread_of([np.full((2, 1), np.nan)]) == ((0.0, 1.0),)


@pytest.mark.parametrize("mode", ["seq2seq", "seq2vec", "vec2seq", "encoder-decoder"])
def test_every_form_learns_from_several_inputs(mode):
    """The price moves as the volume of the day before said: with it the loss is lower."""
    rng = np.random.default_rng(5)
    volume = rng.integers(0, 2, 400) * 1000.0 + 10
    moves = 0.01 * np.sign(np.concatenate([[0], volume[:-1] - 500]))
    prices = replace(prices_of({"x": 100 * np.exp(np.cumsum(moves))}), fields={"volume": volume})
    horizon = None if mode == "seq2seq" else 1
    shape = NetworkSettings(hidden_size=8, mode=mode, horizon=horizon)
    losses = []
    for inputs in ("close", "close,volume"):
        settings = PrepareSettings(inputs=inputs)
        prepared = prepare(prices, fit(prices, settings, 0.2), 0.2)
        run = train(prepared, shape, TrainSettings(epochs=12, batch_size=32), ALONE, lambda _: None)
        losses.append(run.epochs[-1].validation_loss)
        assert run.network.architecture.input_size == prepared.inputs.shape[1]
        origins, request = Origins(np.array([0]), np.array([301])), Request(1, "log")
        forecast = forecast_at(run.network, prices, prepared, origins, request, ALONE)
        assert forecast.median.shape == (1, 1)
    assert losses[1] < 0.3 * losses[0]


def test_an_input_that_no_row_has_is_refused():
    prices = bars()
    prices.fields["volume"][:] = np.nan
    with pytest.raises(DataError, match="no row has a volume; leave it out of inputs"):
        fit(prices, INPUTS, 0.2)


def test_presence_says_what_is_known():
    """A day without a range, a volume, or both; missing columns are then no fault."""
    prices = bars()
    fields = {name: values.copy() for name, values in prices.fields.items()}
    fields["high"][3], fields["volume"][4] = np.nan, np.nan
    inputs = ("high-low", "volume", "presence")
    found = features(replace(prices, fields=fields), 0, inputs, 1.0)
    ranged, traded = np.ones(60), np.ones(60)
    ranged[3], traded[4] = 0, 0
    np.testing.assert_array_equal(found[:, 2:], np.stack([ranged, traded], axis=1))
    assert np.isnan(found[3, 0])
    assert np.isnan(found[4, 1])
    empty = replace(prices, fields={}).with_fields(fields_of(inputs))
    np.testing.assert_array_equal(features(empty, 0, inputs, 1.0)[:, 2:], np.zeros((60, 2)))
    settings = PrepareSettings(inputs="close,high-low,volume,presence")
    assert fit(empty, settings, 0.2).inputs == inputs


def test_returns_ahead_by_their_definition():
    """The sum of the returns of the rows that follow, over the deviation then and their root."""
    prices = bars((30, 6))
    transform = fit(prices, PrepareSettings(volatility_decay=0.94), 0.0)
    dataset = prepare(prices, transform, 0.0, (1, 4, 9))
    for i in range(2):
        values = np.log(prices.series(i))
        part = dataset.ahead[dataset.offsets[i] : dataset.offsets[i + 1]]
        for day in range(len(values) - 1):
            row = day + 1
            step = transform.steps(prices.symbols[i], prices.series(i), np.array([row]))[0]
            for k, ahead in enumerate((1, 4, 9)):
                known = row + ahead < len(values)
                moved = values[row + ahead] - values[row] if known else np.nan
                ref = moved / step / np.sqrt(ahead)
                assert part[day, k] == pytest.approx(ref, nan_ok=True)


def test_inputs_are_limited_and_targets_are_not():
    """What is fed is within the limit; what is to be predicted is the value itself."""
    prices = bars()
    transform = replace(fit(prices, PrepareSettings(volatility_decay=0.94), 0.0), input_limit=0.5)
    dataset = prepare(prices, transform, 0.0, (1,))
    assert np.abs(dataset.inputs).max() == 0.5
    assert np.abs(dataset.values).max() > 0.5
    np.testing.assert_allclose(dataset.ahead[:58, 0], dataset.values[1:59])
