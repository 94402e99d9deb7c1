"""What a picture shows of a forecast."""

from hand_made import hand_made_model

from rnncli.forecasting.predict import predict
from rnncli.prices.reader import read_prices
from rnncli.report.fan_chart import fans
from rnncli.runtime.threads import threads
from rnncli.settings import PredictSettings, ReadSettings


def forecast(prices, **settings):
    """A forecast of the hand-made model."""
    with threads(1) as pool:
        known = read_prices([str(prices)], ReadSettings())
        return predict(hand_made_model(), known, PredictSettings(**settings), pool)


def test_a_fan_holds_the_past_and_what_is_ahead_of_one_symbol(prices):
    """Prices and dates up to the cutoff, then those ahead; the widest bounds come first."""
    made = forecast(prices, horizon=2, level=(50.0, 95.0, 80.0))
    fan = fans(made, 9)[1]
    assert (fan.symbol, len(fan.past), len(fan.dates), fan.rows) == ("BBB", 30, 32, 30)
    assert fan.past[-1] == fan.naive == made.naive[1]
    assert [str(date)[:10] for date in fan.dates[-3:]] == ["2024-02-23", "2024-02-26", "2024-02-27"]
    assert [bound[0] for bound in fan.bounds] == [95.0, 80.0, 50.0]
    assert fan.forecast.tolist() == made.forecasts[1].tolist()


def test_fewer_rows_of_the_past_are_the_last_ones(prices):
    """Dates stay beside their rows, and more rows than there are is all of them."""
    fan = fans(forecast(prices), 1)[0]
    short = fan.last(3)
    assert short.past.tolist() == fan.past[-3:].tolist()
    assert short.dates.tolist() == fan.dates[-8:].tolist()
    assert fan.last(1000).past.tolist() == fan.past.tolist()


def test_only_so_many_symbols_get_a_fan(prices):
    """The first ones, in the order of the forecast."""
    assert [fan.symbol for fan in fans(forecast(prices), 2)] == ["AAA", "BBB"]
