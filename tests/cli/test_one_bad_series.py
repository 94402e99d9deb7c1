"""What is wrong with one file or symbol stops that alone: a line, status 1, the rest is done."""

import csv
import gzip
import io
import json
from pathlib import Path

import numpy as np
import pytest
from in_process import here
from nights import job

DAYS = np.busday_offset("2024-01-01", np.arange(40), roll="forward").astype(str).tolist()
TWICE = "has two prices on"


def rows(seed: int = 0) -> list[str]:
    """Forty lines of a date and a price."""
    walk = 50 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, len(DAYS))))
    return [f"{day},{price:.2f}" for day, price in zip(DAYS, walk.tolist(), strict=True)]


def table(lines: list[str], head: str = "date,close") -> str:
    return "\n".join([head, *lines, ""])


def with_line(line: str, place: int = 20) -> str:
    """A file with one line put in."""
    lines = rows()
    return table([*lines[:place], line, *lines[place:]])


def with_price(price: str) -> str:
    """A file in which one price is written so."""
    lines = rows()
    return table([*lines[:20], f"{DAYS[20]},{price}", *lines[21:]])


def turned(day: str) -> str:
    """A date as a spreadsheet of another country leaves it."""
    year, month, number = day.split("-")
    return f"{number}/{month}/{year}" if int(number) > 12 else f"{month}/{number}/{year}"


BAD: dict[str, str | bytes] = {
    "two_prices": with_line(f"{DAYS[19]},99.5"),
    "empty": "",
    "header_only": "date,close\n",
    "nul": b"date,close\n" + bytes(100),
    "binary": bytes(range(256)) * 4,
    "html": "<!DOCTYPE html><html><body>404</body></html>\n",
    "json": '{"error": "rate limit"}\n',
    "damaged_utf16": b"\xff\xfe" + table(rows()).encode("utf-16-le")[:-1],
    "volume_only": table([f"{day},100" for day in DAYS], "date,volume"),
    "dates_only": table(DAYS, "date"),
    "word": with_price("abc"),
    "infinite": with_price("inf"),
    "too_large": with_price("1e999"),
    "zero": with_price("0"),
    "negative": with_price("-5"),
    "no_such_day": with_line("2024-02-31,50"),
    "year_9999": with_line("9999-12-31,50"),
    "more_cells": with_price("50,1,2,3"),
    "open_quote": with_price('"50'),
    "bid_and_ask": table([f"{line},51" for line in rows()], "date,Bid,Ask"),
    "close_twice": table([f"{line},51" for line in rows()], "date,close,close"),
    "cut_off": table(rows()).rstrip()[:-2],
    "all_missing": table([f"{day}," for day in DAYS]),
    "no_header": "a,b\nc,d\n",
    "two_currencies": table(
        [f"{day},{'USD' if day < DAYS[20] else 'EUR'},50" for day in DAYS], "date,currency,close"
    ),
    "day_and_month": table([f"{turned(day)},50.{k}" for k, day in enumerate(DAYS)]),
    "thousands": "date;close\n" + "".join(f"{day};1.{234 + k}\n" for k, day in enumerate(DAYS)),
    "no_dates_last_row": table([*rows(), ",50"]),
    "half_days": "date,close\n"
    + "".join(f"2024-01-0{d} {h:02}:00,50\n" for d in (2, 3) for h in (10, 11, 12, 1, 2, 3)),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Ten files that are right, and one of each kind that is not."""
    place = tmp_path_factory.mktemp("prices")
    for number in range(10):
        (place / f"good{number}.csv").write_text(table(rows(number)), encoding="ascii")
    for name, content in BAD.items():
        data = content if isinstance(content, bytes) else content.encode()
        (place / f"bad_{name}.csv").write_bytes(data)
    (place / "bad_packed.csv.gz").write_bytes(gzip.compress(table(rows()).encode())[:60])
    return place


def test_thirty_ways_to_be_bad_leave_the_others_forecast(folder):
    """Each bad file has one line that names it; every other is forecast as it is alone."""
    done = here("predict", folder, "--horizon", 1)
    errors = [line for line in done.stderr.decode().splitlines() if line.startswith("error: ")]
    named = {Path(line.split()[1].rstrip(":,")).name.partition(".")[0] for line in errors}
    assert done.returncode == 1
    assert named == {f"bad_{name}" for name in (*BAD, "packed")}
    assert len(errors) == len(BAD) + 1 == 30
    forecast = [row["symbol"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))]
    assert forecast == [f"good{number}" for number in range(10)]
    alone = here("predict", folder / "good3.csv", "--horizon", 1).stdout.splitlines()
    assert alone[1] in done.stdout.splitlines()


@pytest.fixture
def repeated(tmp_path) -> Path:
    """A folder of two good files, one with two prices for a day, and two that disagree."""
    place = tmp_path / "prices"
    (place / "more").mkdir(parents=True)
    (place / "a.csv").write_text(table(rows(1)), encoding="ascii")
    (place / "b.csv").write_text(table(rows(2)), encoding="ascii")
    (place / "bad.csv").write_text(with_line(f"{DAYS[19]},99.5"), encoding="ascii")
    for number, name in enumerate(("x.csv", "y.csv")):
        lines = [f"{line},X" for line in rows(number)]
        (place / name).write_text(table(lines, "date,close,symbol"), encoding="ascii")
    return place


def faults(done) -> list[str]:
    return [line for line in done.stderr.decode().splitlines() if line.startswith("error: ")]


@pytest.mark.parametrize("command", ["predict", "inspect"])
def test_contradictions_fail_alone(repeated, command):
    """One file with two prices for a day, two files that disagree: a line each."""
    done = here(command, repeated)
    assert (done.returncode, len(faults(done))) == (1, 2)
    assert all(TWICE in line for line in faults(done))
    assert b"bad," not in done.stdout


def test_inspect_lists_the_series_that_can_be_used(repeated):
    """Those that cannot are no part of the report, nor are files with nothing else."""
    report = json.loads(here("inspect", repeated, "--format", "json").stdout)
    assert [series["symbol"] for series in report["series"]] == ["a", "b"]
    assert [Path(file["name"]).name for file in report["files"]] == ["a.csv", "b.csv"]


SMALL = ("--epochs", 1, "--hidden-size", 2, "--pool", "none")


@pytest.mark.slow
def test_train_learns_from_the_others(repeated, tmp_path):
    """One model over all, and one for each."""
    done = here("train", repeated, "-o", tmp_path / "a.model", *SMALL)
    assert (done.returncode, len(faults(done))) == (1, 2)
    report = json.loads(here("inspect", tmp_path / "a.model", "--format", "json").stdout)
    assert report["training"]["symbols"] == ["a", "b"]
    done = here("train", repeated, "-o", tmp_path / "models", "--per-series", *SMALL)
    assert (done.returncode, len(faults(done))) == (1, 2)
    assert json.loads(done.stdout)["models"] == 2


def test_evaluate_scores_the_others(repeated):
    """The status is 1, and the scores are those of two series."""
    done = here("evaluate", "prior", repeated, "--folds", 2, "--horizon", 1, "--format", "json")
    assert (done.returncode, len(faults(done))) == (1, 2)
    assert json.loads(done.stdout)["symbols"] == 2


@pytest.mark.slow_shapes
@pytest.mark.parametrize(("model", "more"), [("a.model", ""), ("models", "\nper-series = true")])
def test_a_night_forecasts_the_others(repeated, tmp_path, model, more):
    """And its summary names the symbols that failed."""
    train = f'every = "7d"\nhidden-size = 2\nepochs = 1\npool = "none"{more}'
    path = job(tmp_path, prices=f'paths = ["{repeated}"]', model=f'file = "{model}"', train=train)
    done = here("batch", path, "--format", "json")
    summary = json.loads(done.stdout)
    assert (done.returncode, len(faults(done))) == (1, 2)
    assert (summary["symbols"], sorted(summary["failed"])) == (2, ["X", "bad"])


def test_files_read_in_groups_fail_alone_too(repeated, tmp_path, monkeypatch):
    """Two files of a group that disagree, and nothing else in it: the other groups go on."""
    monkeypatch.setattr("rnncli.prices.batches.FILES", 2)
    for old, new in (("x.csv", "aa1.csv"), ("y.csv", "aa2.csv"), ("a.csv", "0.csv")):
        (repeated / old).rename(repeated / new)
    (repeated / "1.csv").write_text(table(rows(3)), encoding="ascii")
    settings = 'every = "7d"\nhidden-size = 2\nepochs = 1\npool = "none"'
    path = job(tmp_path, prices=f'paths = ["{repeated}"]', train=settings)
    for _ in range(2):  # all at once to train, then in groups
        done = here("batch", path, "--format", "json")
        assert (done.returncode, len(faults(done))) == (1, 2)
        for file in (repeated / "0.csv", repeated / "1.csv", repeated / "b.csv"):
            file.write_text(f"{file.read_text()}2024-02-26,50\n", encoding="ascii")
    assert json.loads(done.stdout)["symbols"] == 3


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--column", "settle"], "bad.csv, line 1: no column 'settle'"),
        (["--strict"], "bad.csv: left out rows without a price: 1"),
        (["--since", "2024-01-02"], "bad.csv: bad has no dates, which --since and --until need"),
        (["--symbols", "good,gone"], "no symbol gone in the input"),
    ],
)
def test_an_option_that_does_not_fit_one_file(tmp_path, options, line):
    """That file fails, and the one that the option fits is read."""
    name = "settle" if "--column" in options else "close"
    (tmp_path / "good.csv").write_text(table(rows(), f"date,{name}"), encoding="ascii")
    bad = table([str(k) for k in range(1, 9)], "close") if "--since" in options else with_price("")
    (tmp_path / "bad.csv").write_text(bad, encoding="ascii")
    done = here("inspect", tmp_path, *options, "--format", "json")
    assert (done.returncode, len(faults(done))) == (1, 1), done.stderr
    assert line in faults(done)[0]
    assert [series["symbol"] for series in json.loads(done.stdout)["series"]] == ["good"]


def test_a_folder_that_is_not_there_fails_alone(folder, tmp_path):
    """And one without price files."""
    (tmp_path / "empty").mkdir()
    done = here("inspect", folder / "good1.csv", tmp_path / "gone", tmp_path / "empty")
    assert (done.returncode, len(faults(done))) == (1, 2)


def test_a_series_of_a_long_file_fails_alone(tmp_path):
    """One symbol of a file has two prices for a day; the message names both lines."""
    lines = [f"{line},{symbol}" for symbol in "ABC" for line in rows()]
    path = tmp_path / "long.csv"
    path.write_text(table([*lines, f"{DAYS[3]},7,B"], "date,close,symbol"), encoding="ascii")
    done = here("inspect", path, "--format", "json")
    assert done.returncode == 1
    assert faults(done)[0].startswith(f"error: {path}, lines 45 and 122: B {TWICE} {DAYS[3]}")
    assert [series["symbol"] for series in json.loads(done.stdout)["series"]] == ["A", "C"]


def test_where_all_fail_the_status_is_that_of_the_first(tmp_path):
    """Nothing on stdout, as where the only file is bad."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(with_line(f"{DAYS[19]},99.5"), encoding="ascii")
    done = here("predict", tmp_path)
    assert (done.returncode, done.stdout, len(faults(done))) == (65, b"", 2)


def test_many_stale_files_are_one_warning(tmp_path):
    """One file that ends later does not bring a line for each of the others."""
    for number in range(9):
        lines = rows() if number else [*rows(), "2024-06-03,50"]
        (tmp_path / f"s{number}.csv").write_text(table(lines), encoding="ascii")
    said = here("predict", tmp_path, "--horizon", 1).stderr.decode()
    assert said.startswith("warning: 8 files: 8 of their symbols end more than 7 days before 2024-")
    assert said.count("\n") == 1


def test_the_remedy_of_a_dead_column_works(tmp_path):
    """Another column is named, and the file is read as meant."""
    lines = [f"{line},{0 if k > 9 else 50}" for k, line in enumerate(rows())]
    path = tmp_path / "dead.csv"
    path.write_text(table(lines, "Date,Last,Close"), encoding="ascii")
    done = here("predict", path, "--horizon", 1)
    assert done.returncode == 65
    assert faults(done)[0].endswith("name another --column")
    done = here("predict", path, "--horizon", 1, "--column", "Last")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[1].endswith(rows()[-1].split(",")[1])
