"""Days to and since events: counted as a series is traded, the next one known in advance."""

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError, UsageError
from rnncli.prices.beside.attach import NONE_TO_COME, STRANGERS, Beside
from rnncli.prices.beside.events import read_events
from rnncli.settings import ReadSettings

MONDAY = np.datetime64("2024-01-01")
WEEK = MONDAY + np.array([0, 1, 2, 3, 4, 7, 8])


def events_of(tmp_path, text):
    (tmp_path / "events.csv").write_text(text, encoding="ascii")
    return ReadSettings(events=str(tmp_path / "events.csv"))


def distances(reading, days, kind="event", symbol="AAPL"):
    to, since = read_events(reading).distances(kind, symbol, days.astype("datetime64[s]"))
    return to.tolist(), since.tolist()


def test_days_to_the_next_and_since_the_last(tmp_path):
    reading = events_of(tmp_path, "date\n2024-01-03\n2024-01-08\n")
    to, since = distances(reading, WEEK)
    assert to[:5] == [2, 1, 3, 2, 1]
    assert np.isnan(to[5:]).all()
    assert np.isnan(since[:2]).all()
    assert since[2:] == [0, 1, 2, 0, 1]


def test_weekends_count_where_a_series_is_traded_then(tmp_path):
    reading = events_of(tmp_path, "date\n2024-01-08\n")
    every_day = MONDAY + np.arange(14)
    assert distances(reading, every_day)[0][:7] == [7, 6, 5, 4, 3, 2, 1]
    assert distances(reading, WEEK)[0][:5] == [5, 4, 3, 2, 1]


def test_an_event_of_a_weekend_moves_the_next_day_of_trade(tmp_path):
    reading = events_of(tmp_path, "date\n2024-01-06\n")
    to, since = distances(reading, WEEK)
    assert to[4] == 1
    assert since[5:] == [0, 1]


def test_events_are_of_a_symbol_and_a_kind_or_of_all(tmp_path):
    reading = events_of(
        tmp_path,
        "symbol,date,kind\nAAPL,2024-01-03,earnings\n,2024-01-04,fed\nMSFT,2024-01-05,earnings\n",
    )
    assert distances(reading, WEEK, "earnings")[0][0] == 2
    assert distances(reading, WEEK, "earnings", "MSFT")[0][0] == 4
    assert distances(reading, WEEK, "fed", "MSFT")[0][0] == 3
    assert np.isnan(distances(reading, WEEK, "earnings", "IBM")[0]).all()


def test_prices_that_follow_change_nothing(tmp_path):
    """Whether a series is shorter or longer, what is known of a day is the same."""
    reading = events_of(tmp_path, "date\n2024-01-03\n2024-03-08\n2024-06-20\n")
    days = np.busday_offset("2024-01-01", np.arange(100))
    to, since = distances(reading, days)
    for rows in (1, 7, 50):
        cut = distances(reading, days[:rows])
        assert np.array_equal(cut[0], to[:rows])
        assert np.array_equal(cut[1], since[:rows], equal_nan=True)


def test_symbols_without_an_event_and_without_one_to_come_are_counted(tmp_path):
    """A file that nobody has kept up to date would leave the range of the next event narrow."""
    reading = events_of(tmp_path, "symbol,date\nAAA,2024-01-03\nAAA,2024-03-01\nBBB,2024-01-03\n")
    prices = prices_of({name: np.arange(1.0, 9) for name in ("AAA", "BBB", "CCC")})
    fields = ("event:event:to", "event:event:since")
    attached = Beside(fields, reading).attached(prices)
    assert attached.files[-1].noticed == {STRANGERS: 1, NONE_TO_COME: 1}
    assert attached.fields["event:event:to"][:3].tolist() == [2, 1, 42]
    assert np.isnan(attached.fields["event:event:since"][-8:]).all()


def test_a_kind_that_the_file_does_not_have_is_refused(tmp_path):
    reading = events_of(tmp_path, "date,kind\n2024-01-03,split\n")
    with pytest.raises(DataError, match=r"no event of the kind earnings.*there are split"):
        Beside(("earnings:event:to", "earnings:event:since"), reading)


def test_a_file_that_is_not_named_and_one_that_is_named_in_vain_are_refused(tmp_path):
    with pytest.raises(UsageError, match="fed the days of earnings; name their file"):
        Beside(("earnings:event:to", "earnings:event:since"), ReadSettings())
    with pytest.raises(UsageError, match="leave it out"):
        Beside((), events_of(tmp_path, "date\n2024-01-03\n"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("symbol,kind\nA,x\nB,y\n", "has no column of dates"),
        ("symbol,date\nA,2024-01-03\nB,soon\n", "line 3"),
    ],
)
def test_a_file_without_days_is_refused(tmp_path, text, fault):
    with pytest.raises(DataError, match=fault):
        read_events(events_of(tmp_path, text))
