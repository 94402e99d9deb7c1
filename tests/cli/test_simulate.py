"""`rnncli simulate`: prices as CSV and in other forms, and the comparison with price files."""

import csv
import io
import json
import sys

import pytest
from processes import finished

from rnncli.report.output import Report, write_parts


def test_a_tiny_market(call, golden):
    """The same file in every run."""
    done = call("simulate", "--series", 3, "--length", 6)
    assert (done.returncode, done.stderr) == (0, b"")
    golden("simulate.csv", done.stdout.decode())


def test_every_form_has_the_same_rows(call):
    """CSV, JSON and JSON lines; close alone on request; an empty cell is null."""
    options = ("simulate", "--series", 12, "--length", 3)
    rows = list(csv.DictReader(io.StringIO(call(*options).stdout.decode())))
    document = json.loads(call(*options, "--format", "json").stdout)["rows"]
    lines = call(*options, "--format", "jsonl").stdout.splitlines()
    assert document == [json.loads(line) for line in lines]
    cells = [{k: "" if v is None else str(v) for k, v in row.items()} for row in document]
    assert [{k: float(v) if k == "close" else v for k, v in row.items()} for row in cells] == [
        {k: float(v) if k == "close" else v for k, v in row.items()} for row in rows
    ]
    assert any(row["high"] is None for row in document)
    closes = call(*options, "--columns", "close").stdout.decode()
    assert closes.splitlines()[0] == "symbol,date,close"


def test_a_table_on_a_terminal(screen):
    """On a terminal a table is shown."""
    shown = screen(80, "simulate", "--series", 1, "--length", 3, TERM="dumb")
    assert shown.splitlines()[0] == "Simulated market"
    assert "S00001  2024-12-31" in shown


@pytest.mark.slow(each_version=True)
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_comparison_with_a_file_of_our_own(form, call, golden, tmp_path):
    """Statistics of real and simulated series in one table, and how many are inside."""
    path = tmp_path / "real.csv"
    made = call("simulate", "--series", 8, "--length", 260, "--seed", 9, "--no-faults")
    path.write_bytes(made.stdout)
    options = ("--series", 60, "--length", 260, "--seed", 1, "--format", form)
    done = call("simulate", "--compare", path, *options)
    assert (done.returncode, done.stderr) == (0, b"")
    if form == "table":
        golden("simulate_compare.txt", done.stdout.decode())
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode())))
        assert list(rows[0])[:3] == ["statistic", "series", "real_mean"]
        assert {row["statistic"] for row in rows} > {"z sd", "range lag 1", "volume, next |z|"}
        assert all(0 <= float(row["inside"]) <= 1 for row in rows)
    else:
        assert len(json.loads(done.stdout)["rows"]) == 28


@pytest.mark.slow(each_version=True)
def test_comparison_with_closes_alone(call, tmp_path, prices):
    """A file without high, low and volume has no statistics of them; a short one is refused."""
    path = tmp_path / "closes.csv"
    options = ("simulate", "--series", 8, "--length", 260, "--columns", "close")
    path.write_bytes(call(*options).stdout)
    options = ("--series", 50, "--length", 260, "--format", "json")
    rows = json.loads(call("simulate", "--compare", path, *options).stdout)["rows"]
    assert [row["real_mean"] for row in rows if row["statistic"].startswith("range")] == [None] * 9
    done = call("simulate", "--compare", prices, *options)
    assert done.returncode == 65
    assert b"no series has 200 rows" in done.stderr
    both = call("simulate", "--compare", path, "--compare", prices, *options)
    assert json.loads(both.stdout)["rows"] == rows


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--compare", "-"), 2, b"name a file"),
        (("--compare", "no-such-file"), 66, b"no-such-file"),
        (("--last-date", "tomorrow"), 2, b"is not a date"),
        (("--series", "0"), 2, b"--series"),
        (("--bars", "hours"), 2, b"--bars"),
    ],
)
def test_faults_of_usage(options, status, message, call):
    """Each has its status, one line, and no output."""
    done = call("simulate", *options)
    assert (done.returncode, done.stdout) == (status, b"")
    assert message in done.stderr


@pytest.mark.slow(each_version=True)
def test_simulating_loads_no_compiler_and_no_tables():
    """Markets are NumPy alone: nothing is compiled, and no table library is waited for."""
    code = "import sys; from rnncli import cli; cli._run(['simulate', '--series', '1']);"
    code += "print(*sys.modules, file=sys.stderr)"
    done = finished([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert {"numba", "pandas", "rich"} & set(done.stderr.split()) == set()


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "table"])
def test_parts_are_written_as_one_result(form, capsys):
    """A result in parts reads like a whole one: one header, one list."""
    parts = [
        Report("numbers", None, ("a",), lambda n=n: [{"a": n}], lambda n=n: [f"part {n}"])
        for n in (1, 2)
    ]
    write_parts(iter(parts), form)
    expected = {
        "csv": "a\n1\n2\n",
        "json": '{"schema": "rnncli/numbers/1", "rows": [{"a": 1}, {"a": 2}]}\n',
        "jsonl": '{"a": 1}\n{"a": 2}\n',
        "table": "part 1\npart 2\n",
    }  # fmt: skip
    assert capsys.readouterr().out == expected[form]
