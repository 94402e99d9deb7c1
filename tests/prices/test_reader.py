"""Files, folders and standard input become series, each in order of date."""

import gzip
import io
import random

import numpy as np
import pytest
from each import assert_each
from ways_to_cut import cut_by

from rnncli.errors import DataError, MissingInputError, UsageError
from rnncli.prices.parsing.source.paths import default_symbol
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.prices.summary import summarise
from rnncli.settings import ReadSettings

LONG = """symbol,date,close
B,2024-01-03,20
A,2024-01-02,1
B,2024-01-02,10
A,2024-01-03,2
A,2024-01-04,3
"""


def read(*paths, stdin: str | None = None, **settings) -> Prices:
    stream = None if stdin is None else io.BytesIO(stdin.encode())
    return read_prices([str(path) for path in paths], ReadSettings(**settings), stream)


def as_dict(prices: Prices) -> dict[str, list[float]]:
    return {symbol: prices.series(i).tolist() for i, symbol in enumerate(prices.symbols)}


def test_series_are_flat_sorted_and_of_their_own_length():
    """Series stand end to end, oldest first, in order of first appearance."""
    prices = read("-", stdin=LONG)
    assert as_dict(prices) == {"B": [10, 20], "A": [1, 2, 3]}
    assert prices.offsets.tolist() == [0, 2, 5]
    assert prices.lengths.tolist() == [2, 3]
    assert prices.values.dtype == np.float64
    assert prices.offsets.dtype == np.int64
    assert prices.dates.dtype == np.dtype("datetime64[s]")
    assert str(prices.dates_of(1)[2]) == "2024-01-04T00:00:00"
    assert prices.sources == ("stdin", "stdin")
    assert prices.warnings() == []


def test_long_wide_and_one_file_each_are_the_same_prices(tmp_path):
    """The layout of the files does not matter."""
    (tmp_path / "B.csv").write_text("date,close\n2024-01-03,20\n2024-01-02,10\n")
    (tmp_path / "a.CSV.gz").write_bytes(gzip.compress(b"date,close\n2024-01-02,1\n2024-01-03,2\n"))
    wide = read("-", stdin="date,B,a\n2024-01-03,20,2\n2024-01-02,10,1\n")
    files = read(tmp_path)
    assert as_dict(wide) == as_dict(files) == {"B": [10, 20], "a": [1, 2]}
    assert np.array_equal(wide.dates, files.dates)


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("AAPL.csv", "AAPL"),
        ("a/b/aapl.us.txt", "aapl.us"),
        ("x.csv.gz", "x"),
        ("BRK.B.csv", "BRK.B"),
        ("^GSPC.TXT.GZ", "^GSPC"),
        ("stdin", "stdin"),
        (".csv", ".csv"),
        ("a\udcff.csv", r"a\xff"),
    ],
)
def test_a_series_without_a_name_is_named_after_its_file(name, symbol):
    """Folder and endings are no part of the symbol."""
    assert default_symbol(name) == symbol


def test_a_folder_is_every_price_file_in_it(tmp_path):
    """Files are taken by name; hidden files, folders and other endings are passed over."""
    for name in ("b.csv", "a.txt", "c.csv.gz", ".hidden.csv", "notes.md"):
        (tmp_path / name).write_text("date,close\n2024-01-02,1\n")
    (tmp_path / "d.csv").mkdir()
    assert read(tmp_path).symbols == ("a", "b", "c")


def test_missing_inputs_are_status_66(tmp_path):
    """A missing file and a folder without price files are missing inputs."""
    for path in (tmp_path, tmp_path / "no.csv"):
        with pytest.raises(MissingInputError, match=str(tmp_path)):
            read(path)


def test_series_without_dates_keep_the_order_of_the_file():
    """Rows without dates are never sorted, and their dates are NaT."""
    prices = read("-", stdin="symbol,price\nA,3\nB,9\nA,1\nA,1\n")
    assert as_dict(prices) == {"A": [3, 1, 1], "B": [9]}
    assert np.isnat(prices.dates).all()
    assert not prices.has_dates(0)
    assert read("-", stdin="3\n1\n2\n").series(0).tolist() == [3, 1, 2]


def test_rows_of_one_symbol_are_joined_across_files(tmp_path):
    """A symbol in two files is one series, and both files are its sources."""
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("symbol,date,close\nA,2024-01-03,2\nB,2024-01-03,5\n")
    two.write_text("symbol,date,close\nA,2024-01-02,1\nA,2024-01-03,2\n")
    prices = read(one, two)
    assert as_dict(prices) == {"A": [1, 2], "B": [5]}
    assert prices.sources == (f"{one}, {two}", str(one))
    assert prices.warnings() == [f"{two}: left out repeated rows: 1"]


def test_two_prices_for_one_day_are_refused(tmp_path):
    """A contradiction names both lines, or both files."""
    text = "date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-02,9\n"
    with pytest.raises(
        DataError, match=r"stdin, lines 2 and 4: stdin has two prices on 2024-01-02"
    ):
        read("-", stdin=text)
    (tmp_path / "x").mkdir()
    for path, price in ((tmp_path / "A.csv", 1), (tmp_path / "x" / "A.csv", 2)):
        path.write_text(f"date,close\n2024-01-02,{price}\n")
    with pytest.raises(DataError, match=r"A.csv, line 2, and .*x/A.csv, line 2: A has two prices"):
        read(tmp_path / "A.csv", tmp_path / "x" / "A.csv")


def test_a_symbol_dated_in_one_file_only_is_refused(tmp_path):
    """Rows without dates cannot be joined to any others."""
    dated, undated, twin = (tmp_path / name / "A.csv" for name in "xyz")
    for path, text in ((dated, "date,close\n2024-01-02,1\n"), (undated, "1\n"), (twin, "2\n")):
        path.parent.mkdir()
        path.write_text(text)
    for pair in ((dated, undated), (undated, twin)):
        with pytest.raises(DataError, match="cannot be joined"):
            read(*pair)


def test_only_the_symbols_asked_for():
    """--symbols keeps the order of the input and refuses what is not there."""
    assert as_dict(read("-", stdin=LONG, symbols="A, B")) == as_dict(read("-", stdin=LONG))
    assert as_dict(read("-", stdin=LONG, symbols="A")) == {"A": [1, 2, 3]}
    with pytest.raises(DataError, match="no symbol C, a in the input; there are B, A"):
        read("-", stdin=LONG, symbols="a,A,C")


def test_a_symbol_with_a_comma_is_asked_for_by_its_whole_name():
    """Where there is one of that name; else the text is a list."""
    text = 'date,symbol,close\n2024-01-01,"A,B",1\n2024-01-01,A,2\n2024-01-01,C,3\n'
    assert as_dict(read("-", stdin=text, symbols="A,B")) == {"A,B": [1]}
    assert as_dict(read("-", stdin=text, symbols="A,C")) == {"A": [2], "C": [3]}


def test_only_the_days_asked_for():
    """--since and --until include their day, and a series without rows is left out."""
    assert as_dict(read("-", stdin=LONG, since="2024-01-03")) == {"B": [20], "A": [2, 3]}
    assert as_dict(read("-", stdin=LONG, since="2024-01-04")) == {"A": [3]}
    assert as_dict(read("-", stdin=LONG, until="2024-01-02")) == {"B": [10], "A": [1]}
    intraday = "date,close\n2024-01-02 10:00,1\n2024-01-02 23:59,2\n2024-01-03 00:00,3\n"
    assert read("-", stdin=intraday, until="2024-01-02").series(0).tolist() == [1, 2]


def test_filters_that_leave_nothing_are_refused():
    """No rows left is an error, and so is a day that is none."""
    with pytest.raises(DataError, match="no rows are left"):
        read("-", stdin=LONG, since="2030-01-01")
    with pytest.raises(UsageError, match="write it as 2024-01-31"):
        read("-", stdin=LONG, until="31.01.2024")
    with pytest.raises(UsageError, match="February 2024 has 29 days"):
        read("-", stdin=LONG, since="2024-02-30")
    with pytest.raises(UsageError, match="need dates"):
        read("-", stdin="1\n2\n", since="2024-01-01")


def test_column_and_date_format_are_passed_on():
    """--column and --date-format decide what the file leaves open."""
    text = "date,close,Adj Close\n01/02/2024,1,7\n"
    prices = read("-", stdin=text, column="adj close", date_format="%d/%m/%Y")
    assert (prices.values.tolist(), str(prices.dates[0])[:10]) == ([7.0], "2024-02-01")
    assert prices.files[0].price_column == "Adj Close"


def test_a_report_says_what_the_file_was_taken_for():
    """The format found is reported with its evidence."""
    text = "Symbol;Date;Time;Close\nA;02.01.2024;10:00;1,5\nA;31.12.2023;10:00;\n"
    report = read("-", stdin=text, date_format="%d.%m.%Y").files[0]
    assert (report.name, report.layout, report.delimiter) == ("stdin", "long", ";")
    assert (report.encoding, report.order, report.rows) == ("ascii", "oldest first", 1)
    assert (report.date_column, report.time_column) == ("Date", "Time")
    assert (report.symbol_column, report.price_column) == ("Symbol", "Close")
    assert report.dropped == {"rows without a price": 1}
    assert read("-", stdin="1\n2\n").files[0].order == "as in the file"
    newest = read("-", stdin="date,close\n2024-01-03,1\n2024-01-02,1\n").files[0]
    assert (newest.order, newest.date_format) == ("newest first", "%Y-%m-%d")
    assert read("-", stdin=LONG).files[0].order == "mixed"
    assert read("-", stdin=LONG.replace("B,2024-01-03", "B,2024-01-01")).files[0].order == (
        "oldest first"
    )


@pytest.mark.parametrize("codes", ["000001,000002", "600000,600001", "7,8"])
@pytest.mark.parametrize("apart", [True, False])
def test_symbols_that_are_numbers_in_turn_are_symbols(codes, apart):
    """Going back and forth is no counting."""
    days = [f"2024-01-{day}" for day in range(10, 30)]
    rows = [(day, code) for day in days for code in codes.split(",")]
    if apart:
        rows = [row for k, row in enumerate(rows) if k % 4 in {0, 3}]
    text = "date,symbol,close\n" + "".join(f"{day},{code},10.5\n" for day, code in rows)
    prices = read("-", stdin=text)
    assert sorted(prices.symbols) == codes.split(",")
    assert prices.lengths.tolist() == [10, 10] if apart else [20, 20]


SEEDS = [
    LONG,
    "date,open,high,low,close\n2024-01-02,1,2,0.5,1.5\n2024-01-03,2,3,1.5,2.5\n",
    '"Date","Price","Vol."\n"Feb 23, 2018","2,747.30","1M"\n"Feb 22, 2018","2,703.96","2M"\n',
    "date;A;B\n31.01.2024;1,5;\n30.01.2024;;2,5\n",
    "Price,Close,Open\nTicker,A,A\nDate,,\n2024-01-02,1,2\n2024-01-03,3,4\n",
    "1.5\n2.5\n3.5\n",
]
PIECES = [b",", b";", b"\n", b"\r", b'"', b"\0", b"\xff", b"\t", b"1e400", b"nan", b"-", b"close"]
PIECES += [b"31/12/99", b"0000-00-00", b"date", b"'=", b"\xef\xbb\xbf", b"#", b"9" * 400, b"\n\n"]


def mutate(rng: random.Random, data: bytes) -> bytes:
    """Flip, insert, remove or cut a few times."""
    for _ in range(rng.choice([1, 1, 2, 5])):
        i = rng.randrange(len(data) + 1)
        change = rng.randrange(4)
        if change == 0:
            data = data[:i] + bytes([rng.randrange(256)]) + data[i + 1 :]
        elif change == 1:
            data = data[:i] + rng.choice(PIECES) + data[i:]
        elif change == 2:
            data = data[:i] + data[i + rng.choice([1, 5, 40]) :]
        else:
            data = data[: max(i, 1)]
    return data


def is_read_or_refused_in_one_line(seed):
    """Whether there are finite prices of a damaged file, or one line of refusal."""
    rng = random.Random(seed)  # noqa: S311 - the mutations have no secret
    packed = rng.random() < 0.1
    data = rng.choice(SEEDS).encode()
    data = mutate(rng, gzip.compress(data) if packed else data)
    try:
        prices = read_prices(["-"], ReadSettings(), io.BytesIO(data))
    except (DataError, UsageError) as error:
        refusal = str(error)
    else:
        refusal = ""
        assert np.isfinite(prices.values).all()
        assert prices.offsets[-1] == prices.values.size == prices.dates.size
        assert len(summarise(prices)) == len(prices.symbols)
    assert "\n" not in refusal


def test_damaged_files_are_read_or_refused_in_one_line():
    """Whatever the bytes."""
    assert_each(is_read_or_refused_in_one_line, range(300))


def test_which_of_two_prices_is_used():
    """--duplicates chooses, and counts what another price contradicts."""
    text = "date,close\n2024-01-02,1\n2024-01-03,2\n2024-01-02,9\n2024-01-03,2\n"
    first, last = (read("-", stdin=text, duplicates=which) for which in ("first", "last"))
    assert first.series(0).tolist() == [1, 2]
    assert last.series(0).tolist() == [9, 2]
    for prices in (first, last):
        assert prices.warnings() == [
            "stdin: left out prices that another contradicts: 1, repeated rows: 1"
        ]


def test_strict_refuses_what_would_be_warned_of():
    """--strict is for jobs that must not go on with less than the whole file."""
    with pytest.raises(DataError, match="rows without a price: 1; mend the file, or leave out"):
        read("-", stdin="date,close\n2024-01-02,1\n2024-01-03,\n", strict=True)
    assert read("-", stdin=LONG, strict=True).warnings() == []


def test_a_price_that_never_changes_is_noticed():
    """A feed that hangs repeats its last price."""
    rows = "".join(f"2024-01-{day:02d},5\n" for day in range(1, 32))
    assert read("-", stdin=f"date,close\n{rows}").warnings() == [
        "stdin: noticed symbols whose price never changes: 1"
    ]


def test_details_tell_every_decision_and_every_count():
    """Each line has the evidence; counts go down to the symbol."""
    text = "symbol;date;close\nA;15.01.2024;1,5\nA;16.01.2024;\nA;15.01.2024;1,5\n"
    lines = list(read("-", stdin=text).details())
    for line in (
        "stdin: delimiter ';': 4 of the first 4 lines have 3 cells",
        "stdin: decimal ',': '1,5' can be read in one way only",
        "stdin: date format %d.%m.%Y: the only format that fits",
        "stdin: left out rows without a price: 1, repeated rows: 1",
        "stdin: A: rows without a price: 1",
        "stdin: A: repeated rows: 1",
    ):
        assert line in lines


@pytest.mark.parametrize("way", ["pandas", "kernel"])
def test_small_and_large_files_are_read_alike(way, monkeypatch):
    """The evidence may differ in words, what is read may not."""
    text = LONG + "A,2024-01-05,\nNA,2024-01-05,1e3\n"
    small = read("-", stdin=text)
    cut_by(way, monkeypatch)
    large = read("-", stdin=text)
    assert as_dict(small) == as_dict(large)
    assert np.array_equal(small.dates, large.dates)
    assert small.warnings() == large.warnings()
