"""A long file read in parts: the same series, reports and faults as read as a whole."""

import numpy as np
import pytest

from rnncli.prices.parsing.grid import fast_split
from rnncli.prices.parts import cut
from rnncli.prices.parts.cut import TogetherError
from rnncli.prices.parts.read import long_file, read_in_parts
from rnncli.prices.reader import read_prices
from rnncli.prices.series import Prices
from rnncli.settings import ReadSettings

DAYS = 90
SYMBOLS = 23
HEADER = "date,symbol,open,high,low,close,volume"
FIELDS = ("open", "high", "low", "volume")


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Parts of about two symbols."""
    monkeypatch.setattr(cut, "HEAD", 1 << 13)
    monkeypatch.setattr(cut, "PART", 1 << 14)
    monkeypatch.setattr(cut, "PIECE", 1 << 12)
    monkeypatch.setattr(cut, "FEWEST", 2)
    monkeypatch.setattr(cut, "SHORT", 1 << 13)
    monkeypatch.setattr(fast_split, "SMALL", 1 << 13)


def lines_of(symbols: int = SYMBOLS) -> list[list[str]]:
    """The lines of each symbol, by date."""
    rng = np.random.default_rng(3)
    days = np.busday_offset("2024-01-01", np.arange(DAYS), roll="forward").astype(str)
    lines = []
    for number in range(symbols):
        closes = np.round(50 * np.exp(np.cumsum(0.01 * rng.standard_normal(DAYS))), 2)
        lines.append([
            f"{day},S{number:02},{close},{close + 1:.2f},{close - 1:.2f},{close},{1000 + number}"
            for day, close in zip(days.tolist(), closes.tolist(), strict=True)
        ])  # fmt: skip
    return lines


def with_faults() -> list[list[str]]:
    """Lines with splits, stray prices, pauses, a run, missing prices and repeated rows."""
    lines = lines_of()

    def put(number: int, days: range, close: float | str) -> None:
        for day in days:
            cells = lines[number][day].split(",")
            low = close if isinstance(close, str) else f"{close - 1:.2f}"
            high = close if isinstance(close, str) else f"{close + 1:.2f}"
            lines[number][day] = ",".join([*cells[:2], str(close), high, low, str(close), "7"])

    for number in (3, 4, 15):
        put(number, range(40, 41), 3333)
    for number in (5, 20):
        put(number, range(30, 31), "")
    for number in (6, 21):
        put(number, range(20, 70), 51)
    for number in (8, 22):
        lines[number][30] = lines[number][29]
    lines[9] = [
        line.replace(line.split(",")[5], f"{float(line.split(',')[5]) / 2:.2f}") if i > 50 else line
        for i, line in enumerate(lines[9])
    ]
    lines[11][60:] = [line.replace("2024", "2026") for line in lines[11][60:]]
    return lines


def laid(lines: list[list[str]], order: str) -> list[str]:
    """All lines: by symbol, by day, or in any order."""
    if order == "symbol":
        return [line for of_symbol in lines for line in of_symbol]
    by_day = [of_symbol[day] for day in range(DAYS) for of_symbol in lines]
    return np.random.default_rng(1).permutation(by_day).tolist() if order == "any" else by_day


def written(path, lines: list[str], header: str = HEADER) -> str:
    path.write_text("\n".join([header, *lines, ""]))
    return str(path)


def joined(parts: list[Prices]) -> Prices:
    return Prices.joined(parts)


def compare(path: str, fields: tuple[str, ...] = (), **settings: str) -> None:
    """Read in parts and as a whole."""
    faults: list[str] = []
    others: list[str] = []
    reading = ReadSettings(**settings)  # type: ignore[arg-type]
    parts = list(read_in_parts(path, reading, fields, lambda f: faults.append(str(f)), fields))
    assert len(parts) >= 3
    whole = read_prices([path], reading, None, lambda f: others.append(str(f)), fields, fields)
    one = Prices.joined(parts)
    assert (one.symbols, one.sources, faults) == (whole.symbols, whole.sources, others)
    assert np.array_equal(one.offsets, whole.offsets)
    assert one.values.tobytes() == whole.values.tobytes()
    assert one.dates.tobytes() == whole.dates.tobytes()
    assert {name: one.fields[name].tobytes() for name in one.fields} == {
        name: whole.fields[name].tobytes() for name in whole.fields
    }
    assert parts[-1].files == whole.files
    assert [list(vars(f).items()) for f in parts[-1].files] == [
        list(vars(f).items()) for f in whole.files
    ]
    assert list(parts[-1].details()) == list(whole.details())
    assert parts[-1].warnings() == whole.warnings()
    assert not any(part.files for part in parts[:-1])


@pytest.mark.slow_shapes
@pytest.mark.parametrize("order", ["symbol", "day"])
@pytest.mark.parametrize("fields", [(), FIELDS])
def test_parts_of_plain_lines_are_the_whole(tmp_path, order, fields):
    """Sorted by symbol, and by day."""
    compare(written(tmp_path / "all.csv", laid(lines_of(), order)), fields)


@pytest.mark.parametrize("order", ["symbol", "day"])
def test_reports_of_parts_are_that_of_the_whole(tmp_path, order):
    """The first place of each kind of fault, and the counts of all parts."""
    lines = [line.rsplit(",", 1)[0].split(",") for line in laid(with_faults(), order)]
    path = tmp_path / "all.csv"
    written(path, [",".join([*line[:2], line[5]]) for line in lines], "date,symbol,close")
    compare(str(path))
    assert len(read_prices([str(path)], ReadSettings()).files[0].noticed) >= 3


def test_series_that_contradict_themselves_fail_in_the_same_order(tmp_path):
    """Each alone, with the lines of the file."""
    lines = [[",".join(line.split(",")[:3]) for line in of_symbol] for of_symbol in lines_of()]
    for number in (2, 7, 19):
        lines[number][12] = lines[number][11].rsplit(",", 1)[0] + ",1.5"
    for order in ("symbol", "day"):
        compare(written(tmp_path / f"{order}.csv", laid(lines, order), "date,symbol,close"))


@pytest.mark.slow(each_version=True)
def test_a_few_lines_of_a_last_symbol_are_no_part(tmp_path):
    """They are joined to the part before, in the order of the file."""
    lines = laid(lines_of(), "day")
    lines += [line.replace(",S00,", ",T,") for line in lines if ",S00," in line][-5:]
    compare(written(tmp_path / "all.csv", lines))


@pytest.mark.slow_shapes
@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [f'"{lines[0][:10]}"{lines[0][10:]}', *lines[1:]],
        lambda lines: [*lines, lines[0].replace("2024", "2025")],
        lambda lines: [*lines[:-1], lines[-1].replace(",S22,", ",S\u00e9,")],
        lambda lines: [*lines[:-1], lines[-1] + ",5"],
        lambda lines: [line.replace(",S22,", ",s-00,") for line in lines],
        lambda lines: [*lines[:-1], lines[-1].replace("2024", "24")],
        lambda lines: [*lines[:-1], lines[-1].replace(",S22,", ",Total,")],
        lambda lines: ["", *lines],
        lambda lines: [line.replace(",", ";") for line in lines],
        lambda lines: [line.replace(",S22,", ",,") for line in lines],
        lambda lines: [line.replace(",S", ",") for line in lines],
    ],
)
def test_what_is_not_plain_is_read_together(tmp_path, change):
    """Or gives the same in parts."""
    path = written(tmp_path / "all.csv", change(laid(lines_of(), "symbol")))
    try:
        list(read_in_parts(path, ReadSettings(), (), print))
    except TogetherError:
        return
    compare(path)


def test_an_exchange_for_each_part_is_seen(tmp_path):
    """A column that is the same in all of a part, and not in all of the file."""
    lines = [
        f"{line},{'N' if i < 900 else 'Q'}" for i, line in enumerate(laid(lines_of(), "symbol"))
    ]
    path = written(tmp_path / "all.csv", lines, f"{HEADER},exchange")
    with pytest.raises(TogetherError):
        list(read_in_parts(path, ReadSettings(), (), print))


def test_which_files_are_long(tmp_path, monkeypatch):
    """One regular file, without settings that need all rows at once."""
    monkeypatch.setattr("rnncli.prices.parts.read.LONG", 1000)
    path = written(tmp_path / "all.csv", laid(lines_of(3), "symbol"))
    assert long_file([path], ReadSettings()) == path
    assert long_file([str(tmp_path)], ReadSettings()) == path
    assert long_file([path], ReadSettings(symbols="S01")) is None
    assert long_file([path], ReadSettings(limits=1e-9)) is None
    assert long_file([path, path], ReadSettings()) is None
    assert long_file(["-"], ReadSettings()) is None
    assert long_file([str(tmp_path / "none.csv")], ReadSettings()) is None
    written(tmp_path / "short.csv", ["2024-01-01,A,1,1,1,1,1"])
    assert long_file([str(tmp_path / "short.csv")], ReadSettings()) is None
