"""Columns by date, joined to rows of prices: the last known value, and never a later one."""

from dataclasses import replace

import numpy as np
import pytest
from builders import prices_of

from rnncli.errors import DataError, MissingInputError, UsageError
from rnncli.prices.beside.attach import BEFORE, CARRIED, ENDED, Beside
from rnncli.prices.beside.feature_file import last_known, read_feature_files
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings

VIX = (
    "date,vix,note,skew\n2024-01-03,20,a,1\n2024-01-02,10,b,\n2024-01-05,,c,3\n2024-01-08,40,d,4\n"
)


@pytest.fixture
def reading(tmp_path):
    (tmp_path / "vix.csv").write_text(VIX, encoding="ascii")
    return ReadSettings(feature_file=(str(tmp_path / "vix.csv"),))


def moments(*texts):
    return np.array(texts, "datetime64[s]")


def test_all_columns_of_numbers_are_read_in_order_of_date(reading):
    (file,) = read_feature_files(reading)
    assert list(file.columns) == ["vix@vix", "skew@vix"]
    assert file.dates.astype("datetime64[D]").astype(str).tolist() == [
        "2024-01-02", "2024-01-03", "2024-01-05", "2024-01-08",
    ]  # fmt: skip
    assert file.columns["vix@vix"].tolist()[:2] == [10, 20]


def test_the_last_known_value_is_carried_to_days_that_the_file_does_not_have(reading):
    (file,) = read_feature_files(reading)
    days = ("2024-01-01", "2024-01-02", "2024-01-04", "2024-01-05", "2024-01-08", "2024-02-01")
    known, carried = file.known_at(moments(*days))
    assert np.array_equal(known["vix@vix"], [np.nan, 10, 20, 20, 40, 40], equal_nan=True)
    # the vix of the 5th is that of the 3rd
    assert carried.tolist() == [False, False, True, True, False, True]


def test_nothing_later_than_a_row_is_known_at_it(reading):
    (file,) = read_feature_files(reading)
    days = moments(*np.arange("2024-01-01", "2024-01-12", dtype="datetime64[D]").astype(str))
    whole, _ = file.known_at(days)
    for row, day in enumerate(days):
        until = file.dates <= day
        columns = {name: values[until] for name, values in file.columns.items()}
        if until.any():
            cut, _ = replace(file, dates=file.dates[until], columns=columns).known_at(days)
            assert all(
                np.array_equal(cut[name][row], whole[name][row], equal_nan=True) for name in cut
            )


def test_a_close_is_not_known_at_an_hour_of_its_day(reading):
    """A row without a time of day is of the close, beside prices of every hour."""
    (file,) = read_feature_files(reading)
    known, _ = file.known_at(moments("2024-01-03T10:00", "2024-01-03T16:00", "2024-01-04T09:00"))
    assert known["vix@vix"].tolist() == [10, 10, 20]


def test_a_value_of_an_hour_is_not_known_at_the_day_before_it(tmp_path):
    path = tmp_path / "hours.csv"
    path.write_text("date,x\n2024-01-02 16:00,1\n2024-01-03 16:00,2\n", encoding="ascii")
    (file,) = read_feature_files(ReadSettings(feature_file=(str(path),)))
    known, _ = file.known_at(moments("2024-01-02", "2024-01-03", "2024-01-04"))
    assert np.array_equal(known["x@hours"], [np.nan, 1, 2], equal_nan=True)


def test_what_is_carried_and_what_is_missing_is_counted(reading):
    prices = prices_of({"A": np.arange(1.0, 9)}, first="2024-01-01")
    beside = Beside(("vix@vix",), reading)
    report = beside.attached(prices).files[-1]
    assert report.noticed == {CARRIED: 2, ENDED.format(date="2024-01-08"): 2, BEFORE: 1}
    assert (
        "rows of prices without a value on their date, with the last one before: 2"
        in report.warning()
    )


def test_prices_are_read_with_columns_of_their_own_and_of_files(tmp_path, reading):
    path = tmp_path / "p.csv"
    path.write_text(
        "date,close,Mood\n2024-01-02,5,-1\n2024-01-03,6,\n2024-01-04,7,0\n", encoding="ascii"
    )
    prices = read_prices([str(path)], reading, fields=("mood", "skew@vix"))
    assert np.array_equal(prices.fields["mood"], [-1, np.nan, 0], equal_nan=True)
    assert np.array_equal(prices.fields["skew@vix"], [np.nan, 1, 1], equal_nan=True)
    assert any("rows without a mood: 1" in line for line in prices.warnings())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "date,vix\n2024-01-02,1\n2024-01-03,2\n2024-01-02,3\n",
            r"line 4: .*there twice, on line 2",
        ),
        ("vix,skew\n1.5,2.5\n1.6,2.6\n", "has no column of dates; there are vix, skew"),
        ("date,note\n2024-01-02,a\n2024-01-03,b\n", "no column of numbers beside its dates"),
        ("date,vix\n2024-01-02,1\n2024-13-45,2\n", "line 3"),
    ],
)
def test_a_file_that_cannot_be_joined_is_refused(tmp_path, text, fault):
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="ascii")
    with pytest.raises(DataError, match=fault):
        read_feature_files(ReadSettings(feature_file=(str(path),)))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(MissingInputError, match=r"none\.csv"):
        read_feature_files(ReadSettings(feature_file=(str(tmp_path / "none.csv"),)))


def test_two_files_of_one_name_are_refused():
    with pytest.raises(UsageError, match="two files are called vix"):
        read_feature_files(ReadSettings(feature_file=("a/vix.csv", "b/vix.csv")))


def test_a_field_without_its_file_and_a_file_without_its_field_are_refused(reading, tmp_path):
    with pytest.raises(
        UsageError, match=r"fed vix of a file called vix; name that file with .*vix\.csv"
    ):
        Beside(("vix@vix",), ReadSettings())
    with pytest.raises(UsageError, match="fed gold of a file called vix; there are vix@vix"):
        Beside(("gold@vix",), reading)
    with pytest.raises(UsageError, match="leave it out"):
        Beside(("volume",), reading)
    other = tmp_path / "other.csv"
    other.write_text("date,x\n2024-01-02,1\n2024-01-03,2\n", encoding="ascii")
    two = replace(reading, feature_file=(*reading.feature_file, str(other)))
    with pytest.raises(UsageError, match=r"other\.csv: is for a model"):
        Beside(("vix@vix",), two)


def test_series_without_dates_cannot_be_joined(reading):
    prices = prices_of({"A": np.arange(1.0, 9)})
    undated = replace(prices, dates=np.full(8, np.datetime64("NaT", "s")))
    with pytest.raises(DataError, match="A has no dates"):
        Beside(("vix@vix",), reading).attached(undated)


def test_the_last_known_value():
    values = last_known(np.array([np.nan, 1, np.nan, np.nan, 3]))
    assert np.array_equal(values, [np.nan, 1, 1, 1, 3], equal_nan=True)
    assert last_known(np.zeros(0)).tolist() == []
