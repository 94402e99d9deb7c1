"""What each series holds."""

import io

import numpy as np

from rnncli.prices.reader import read_prices
from rnncli.prices.summary import SeriesSummary, count_gaps, summarise
from rnncli.settings import ReadSettings


def of(text: str) -> list[SeriesSummary]:
    return summarise(read_prices(["-"], ReadSettings(), io.BytesIO(text.encode())))


def test_a_summary_of_every_series():
    """Rows, dates, closes, gaps, repeated and dropped rows are reported per symbol."""
    text = (
        "symbol,date,close\nA,2024-01-02,1\nA,2024-01-03,2\nA,2024-01-03,2\nA,2024-01-04,\n"
        "A,2024-01-05,3\nA,2024-02-05,4\nB,2024-01-02 09:30,7\n"
    )
    one, two = of(text)
    assert (one.symbol, one.rows, one.gaps, one.duplicates, one.dropped) == ("A", 4, 1, 1, 1)
    assert (one.first_date, one.last_date) == ("2024-01-02", "2024-02-05")
    assert (one.first_close, one.last_close) == (1.0, 4.0)
    assert (two.first_date, two.gaps) == ("2024-01-02T09:30:00", 0)
    (bare,) = of("5\n6\n")
    assert (bare.first_date, bare.last_date, bare.gaps) == (None, None, 0)


def test_gaps_are_steps_longer_than_four_medians():
    """Weekends are no gaps in daily data, a month is."""
    days = np.array(["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10"])
    assert count_gaps(days.astype("datetime64[s]")) == 0
    longer = np.append(days, ["2024-01-11", "2024-01-20"]).astype("datetime64[s]")
    assert count_gaps(longer) == 1
