"""How good a network is on the validation days, beside naive, and the bounds that follow."""

import numpy as np
import pytest
from builders import (
    ALONE,
    LOG_RETURN,
    network_of,
    outputs_by_hand,
    prepared_of,
    prices_of,
    random_walk,
    rolled_out_by_hand,
)

from rnncli.distributions.conformal import LONGEST
from rnncli.inference.forecast import Request, forecast_at
from rnncli.network.network import Architecture, Network
from rnncli.prices.origins import Origins
from rnncli.settings import PrepareSettings
from rnncli.training import validation
from rnncli.training.validation import validation_bounds, validation_error, validation_origins
from rnncli.transforms.dataset import fit, prepare

SILENT = Network(Architecture(hidden_size=2), np.zeros(Architecture(hidden_size=2).size))


def three_series():
    rng = np.random.default_rng(11)
    return {"A": random_walk(rng, 42), "B": random_walk(rng, 4), "C": random_walk(rng, 23, 0.05)}


def prepared_for(series, scale: str = "log-return", first: str | None = "2024-01-01"):
    prices = prices_of(series, first)
    return prices, prepare(prices, fit(prices, PrepareSettings(scale=scale), 0.2), 0.2)


def one_ahead(network, prices, prepared, i, row):
    """Forecast for the row after `row`, from all that is known up to it."""
    preparation = prepared.preparation
    known = prices.series(i)[: row + 1]
    if preparation.scale == "log-return":
        fed = 100 * np.log(known[1:] / known[:-1]) / preparation.divisor
        output = outputs_by_hand(network, fed)[-1]
        return known[-1] * np.exp(output * preparation.divisor / 100)
    shift, size = preparation.fitted[prices.symbols[i]]
    return outputs_by_hand(network, (known - shift) / size)[-1] * size + shift


def held_back_rows(series, scale):
    """Rows whose next price is held back, of each series, by a plain loop."""
    rows = []
    for prices in series.values():
        lost = 1 if scale == "log-return" else 0
        held = int(0.2 * (len(prices) - lost - 1))
        rows.append(list(range(len(prices) - 1 - held, len(prices) - 1)))
    return rows


def test_origins_are_the_days_whose_target_is_held_back():
    """The last floor(0.2 x days) days with a target of each series, each once, in order."""
    prepared = prepared_of([range(11), range(3), range(1), range(6)], 0.2)
    origins = validation_origins(prepared)
    pairs = list(zip(origins.series.tolist(), origins.row.tolist(), strict=True))
    assert pairs == [(0, 8), (0, 9), (3, 4)]


def test_origins_can_be_thinned():
    """Every second one, over all series."""
    prepared = prepared_of([range(31), range(11), range(16)], 0.2)
    everyone, second = validation_origins(prepared), validation_origins(prepared, stride=2)
    assert second.series.tolist() == everyone.series.tolist()[::2]
    assert second.row.tolist() == everyone.row.tolist()[::2]


@pytest.mark.parametrize("scale", ["log-return", "standard"])
def test_the_error_is_the_mean_log_error_one_day_ahead(scale):
    """Mean |log(forecast / price)| over all held-back days of all series; naive's beside it."""
    series, network = three_series(), network_of(2)
    prices, prepared = prepared_for(series, scale)
    errors, naive = [], []
    for i, rows in enumerate(held_back_rows(series, scale)):
        own = prices.series(i)
        for row in rows:
            forecast = one_ahead(network, prices, prepared, i, row)
            errors.append(abs(np.log(forecast / own[row + 1])))
            naive.append(abs(np.log(own[row] / own[row + 1])))
    found = validation_error(network, prices, prepared, ALONE)
    assert found.unit == "log"
    assert found.days == len(errors)
    assert found.model == pytest.approx(sum(errors) / len(errors), rel=1e-9)
    assert found.naive == pytest.approx(sum(naive) / len(naive), rel=1e-9)


def test_prices_of_zero_or_less_are_measured_by_their_own_steps():
    """Absolute error over the mean absolute change up to the cutoff, in units of MASE."""
    rng = np.random.default_rng(12)
    series = {"A": rng.normal(0, 1, 30), "B": rng.normal(0, 50, 21)}
    network = network_of(2)
    prices, prepared = prepared_for(series, "standard")
    errors, naive = [], []
    for i, rows in enumerate(held_back_rows(series, "standard")):
        own = prices.series(i)
        for row in rows:
            divisor = sum(abs(own[t] - own[t - 1]) for t in range(1, row + 1)) / row
            errors.append(
                abs(one_ahead(network, prices, prepared, i, row) - own[row + 1]) / divisor
            )
            naive.append(abs(own[row] - own[row + 1]) / divisor)
    found = validation_error(network, prices, prepared, ALONE)
    assert (found.unit, found.days) == ("mase", 9)
    assert found.model == pytest.approx(sum(errors) / 9, rel=1e-9)
    assert found.naive == pytest.approx(sum(naive) / 9, rel=1e-9)


def test_days_before_a_series_ever_moved_have_no_mase():
    """Where the mean change so far is zero the day is left out, not divided by zero."""
    series = {"A": [0.0] * 12 + [1.0, -1.0, 1.0, 2.0]}
    prices = prices_of(series)
    prepared = prepared_of([series["A"]], 0.4)  # cutoffs at rows 9 to 14
    found = validation_error(network_of(2), prices, prepared, ALONE)
    assert found.days == 3


def test_a_network_that_forecasts_no_return_is_as_good_as_naive():
    """With weights of zero the log-return forecast is the last price."""
    prices, prepared = prepared_for(three_series())
    found = validation_error(SILENT, prices, prepared, ALONE)
    assert found.model == pytest.approx(found.naive, rel=1e-12)


@pytest.mark.parametrize("validation", [0.0, 0.2])
def test_without_validation_days_there_is_no_error(validation):
    """Too short series, or --validation 0: none, and bounds that know nothing."""
    series = {"A": [1.0, 2.0, 3.0]}
    prices = prices_of(series)
    prepared = prepare(prices, LOG_RETURN, validation)
    assert validation_error(network_of(2), prices, prepared, ALONE) is None
    bounds = validation_bounds(network_of(2), prices, prepared, ALONE)
    assert (bounds.counts, bounds.first, bounds.last) == ((), None, None)


@pytest.mark.slow
@pytest.mark.parametrize("scale", ["log-return", "standard"])
def test_bounds_are_quantiles_of_scaled_errors(scale):
    """Errors 1 to 20 rows ahead over the deviation up to the cutoff, by a plain loop."""
    rng = np.random.default_rng(13)
    if scale == "log-return":
        series = {"A": random_walk(rng, 122), "B": random_walk(rng, 62)}
    else:
        series = {"A": rng.normal(0, 1, 122), "B": rng.normal(0, 9, 62)}
    network = network_of(2)
    prices, prepared = prepared_for(series, scale)
    scaled = [[] for _ in range(LONGEST)]
    for i, rows in enumerate(held_back_rows(series, scale)):
        own, values = prices.series(i), prepared.series(i)
        for row in rows:
            if scale == "log-return":
                path = rolled_out_by_hand(network, values[:row], LONGEST)
                divisor = prepared.preparation.divisor
                forecasts = own[row] * np.exp(np.cumsum(path) * divisor / 100)
                deviation = np.std(np.diff(np.log(own[: row + 1])))
            else:
                path = rolled_out_by_hand(network, values[: row + 1], LONGEST)
                shift, size = prepared.preparation.fitted[prices.symbols[i]]
                forecasts = path * size + shift
                deviation = np.std(np.diff(own[: row + 1]))
            for ahead in range(min(LONGEST, len(own) - 1 - row)):
                actual = own[row + 1 + ahead]
                error = actual - forecasts[ahead]
                if scale == "log-return":
                    error = np.log(actual / forecasts[ahead])
                scaled[ahead].append(error / deviation)
    bounds = validation_bounds(network, prices, prepared, ALONE)
    assert bounds.unit == ("log" if scale == "log-return" else "absolute")
    assert bounds.counts == tuple(len(column) for column in scaled)
    for probability in (0.1, 0.5, 0.9):
        expected = [np.quantile(column, probability, method="weibull") for column in scaled]
        found = [row[round(200 * probability) - 1] for row in bounds.quantiles]
        np.testing.assert_allclose(found, expected, rtol=5e-6)  # six digits


def test_bounds_name_the_dates_of_their_cutoffs():
    """The first and the last cutoff over all series; without dates none."""
    series = three_series()
    prices, prepared = prepared_for(series)
    rows = held_back_rows(series, "log-return")
    cutoffs = [prices.dates_of(i)[row] for i in range(3) for row in rows[i]]
    bounds = validation_bounds(SILENT, prices, prepared, ALONE)
    assert bounds.first == str(min(cutoffs))[:10]
    assert bounds.last == str(max(cutoffs))[:10]
    undated = validation_bounds(SILENT, *prepared_for(series, first=None), ALONE)
    assert (undated.first, undated.last) == (None, None)
    assert undated.quantiles == bounds.quantiles


def test_many_cutoffs_are_thinned(monkeypatch):
    """Bounds are fitted on a bounded number of cutoffs."""
    monkeypatch.setattr(validation, "MOST_ORIGINS", 5)
    prices, prepared = prepared_for({"A": random_walk(np.random.default_rng(1), 102)})
    assert validation_bounds(SILENT, prices, prepared, ALONE).counts[0] == 5  # 20 days, every 4th


def test_bounds_come_from_the_validation_part_only():
    """Errors on training days do not count: a shock among them moves no error, only deviations."""
    series = three_series()
    shocked = {**series, "A": series["A"].copy()}
    shocked["A"][:20] *= 3
    errors = []
    for each in (series, shocked):
        prices = prices_of(each)
        prepared = prepare(prices, LOG_RETURN, 0.2)
        found = validation_error(SILENT, prices, prepared, ALONE)
        bounds = validation_bounds(SILENT, prices, prepared, ALONE)
        errors.append((found, bounds.counts, bounds.first, bounds.last))
    assert errors[0] == errors[1]


def test_a_cutoff_knows_nothing_of_what_comes_after():
    """Changing the prices after a cutoff changes no forecast made there."""
    series = three_series()
    network = network_of(2)
    rows = held_back_rows(series, "log-return")[0]
    changed = {**series, "A": series["A"].copy()}
    changed["A"][rows[0] + 2 :] *= 1.5
    both = prepared_for(series), prepared_for(changed)
    first = validation_origins(both[0][1])
    kept = Origins(first.series[:1], first.row[:1])
    assert both[0][1].preparation == both[1][1].preparation
    medians = [
        forecast_at(network, *each, kept, Request(5, "log"), ALONE).median.tobytes()
        for each in both
    ]
    assert medians[0] == medians[1]


@pytest.mark.parametrize("level", [80, 95])
def test_bounds_cover_what_they_say_on_random_walks(level):
    """Of fresh data from the same market the stated share lies inside, near and far ahead."""
    rng = np.random.default_rng(14)
    deviations = rng.uniform(0.005, 0.03, 250)
    prices, prepared = prepared_for(
        {f"s{i}": random_walk(rng, 252, deviation) for i, deviation in enumerate(deviations)}
    )
    bounds = validation_bounds(SILENT, prices, prepared, ALONE)
    count, horizon = 4000, 45
    fresh = rng.uniform(0.005, 0.03, count)
    forecasts = np.full((count, horizon), 100.0)
    steps = fresh[:, None] * rng.standard_normal((count, horizon))
    actual = 100 * np.exp(np.cumsum(steps, axis=1))
    tail = (1 - level / 100) / 2
    lower = bounds.apply(forecasts, fresh, tail)
    upper = bounds.apply(forecasts, fresh, 1 - tail)
    covered = np.mean((lower <= actual) & (actual <= upper), axis=0)
    assert np.all(np.abs(covered - level / 100) < 0.04)
