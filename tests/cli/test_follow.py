"""`predict --follow`: a line out for every row in, at once, until the end or a signal."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time

import pytest
from commands import environment
from processes import Started, finished

ROWS = ["2024-01-01,AAA,8.5", "2024-01-01,BBB,9", "2024-01-02,AAA,8.75", "2024-01-03,AAA,8"]


def started(model, *options, **streams):
    """A run that follows a pipe."""
    return Started(
        [sys.executable, "-m", "rnncli", "predict", "--follow", str(model), "-",
         *map(str, options)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(),
        **streams,
    )  # fmt: skip


def send(process, *rows):
    """Send lines."""
    process.stdin.write("".join(f"{row}\n" for row in rows).encode())
    process.stdin.flush()


@pytest.mark.slow(each_version=True)
def test_every_row_is_answered_at_once(call, model, tmp_path):
    """Before the next one is sent, and as predict answers the rows so far."""
    sent = []
    with started(model) as process:
        send(process, "date,symbol,close")
        for row in ROWS:
            send(process, row)
            comp = process.stdout.readline()
            sent.append(row)
            own = [other for other in sent if other[11:14] == row[11:14]]
            path = tmp_path / "prices.csv"
            path.write_text("\n".join(["date,symbol,close", *own]) + "\n")
            ref = call("predict", model, path, "--horizon", 1, "--format", "jsonl")
            assert comp == ref.stdout
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("head", "row", "options"),
    [
        ([], "{},AAA,8.5", []),
        ([], "AAA,{},8.5", []),
        (["Ticker;Day;Open;Last"], "AAA;{};9;8.5", ["--column", "Last"]),
        (["date,symbol,close"], '"{}","AAA","8.5"', []),
        (["", "Datum\tSymbol\tSchluss"], "{}\tAAA\t8,5", ["--decimal", ","]),
    ],
)
def test_columns_are_found_by_the_reader_of_files(head, row, options, call, model):
    """With a header in any language, or without one; whatever stands between cells."""
    rows = [*head, row.format("2024-01-01"), row.format("2024-01-02")]
    done = call("predict", "--follow", model, "-", *options, stdin="\n".join(rows).encode() + b"\n")
    assert (done.returncode, done.stderr) == (0, b"")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["symbol"], one["cutoff"], one["naive"]) for one in found] == [
        ("AAA", "2024-01-01", 8.5), ("AAA", "2024-01-02", 8.5),
    ]  # fmt: skip


def test_bad_rows_are_reported_and_the_others_go_on(call, model):
    """One line each, with its number in the stream; status 1; the good rows as without them."""
    bad = {
        3: ("2024-01-02,AAA", "2 cells where there should be 3"),
        4: ("2024-01-02,AAA,8,9", "4 cells where there should be 3"),
        5: ("2024-01-02,AAA,dear", "price 'dear' is not a number"),
        6: ("2024-01-02,AAA,8,75".replace(",75", ".7x5"), "price '8.7x5' is not a number"),
        7: ("02/01/2024,AAA,8", "say which with --date-format"),
        8: ("2024-02-31,AAA,8", "'2024-02-31' is not a date"),
        9: ("2023-12-29,AAA,8", "AAA: 2023-12-29 is before 2024-01-01"),
        10: ("2024-01-01,AAA,8", "AAA: 2024-01-01 is there already"),
        11: ("2024-01-02,,8", "no symbol"),
        12: ("2024-01-02,AAA,", "AAA: no price"),
        13: ('2024-01-02,"AAA,8', "a quote that is not closed"),
        14: ("2024-01-02,AAA,-1", "log returns need positive prices"),
        15: ("2024-01-02,AAA,1e999", "is not a number"),
        16: ("2024-01-02,\x1b[31m,x", "price 'x' is not a number"),
        17: ("2567-01-02,AAA,8", "'2567-01-02' is in the year 2567"),
    }
    good = [ROWS[0], ROWS[2]]
    rows = ["date,symbol,close", good[0], *(row for row, _ in bad.values()), good[1]]
    done = call("predict", "--follow", model, "-", stdin="\n".join(rows).encode() + b"\n")
    ref = call("predict", "--follow", model, "-", stdin="\n".join(good).encode() + b"\n")
    assert (done.returncode, done.stdout) == (1, ref.stdout)
    told = done.stderr.decode().splitlines()
    assert len(told) == len(bad)
    for line, (number, (_, said)) in zip(told, bad.items(), strict=True):
        assert line.startswith(f"error: stdin, line {number}: ")
        assert said in line
        assert "\x1b" not in line


def test_a_stream_without_a_good_row_is_bad_data(call, model):
    """And one that is empty, or no table of prices; a header alone is none yet."""
    for stdin, status, out in (
        (b"", 65, "error: stdin: is empty"),
        (b"date,symbol,close\n", 0, ""),
        (b"date,symbol,close\n2024-01-01,AAA,x\n2024-01-01,AAA,8,1\n", 65, "error: stdin, line 2"),
        (b"<html>\n<body>\n", 65, "error: stdin"),
        (b"date,AAA,BBB\n2024-01-01,1,2\n", 2, "error: stdin: a column per symbol"),
    ):
        done = call("predict", "--follow", model, "-", stdin=stdin)
        assert (done.returncode, done.stdout) == (status, b"")
        assert done.stderr.decode().startswith(out)


@pytest.mark.parametrize(
    "wrong",
    [
        ["prices.csv"], ["-", "-"], ["-", "--format", "csv"], ["-", "--paths", 2],
        ["-", "--ledger", "l"], ["-", "--adaptive"], ["-", "--max-age", 3], ["-", "--chart"],
        ["-", "--calendar", "XNYS"], ["-", "--since", "2024-01-01"], ["-", "--adjust-splits"],
    ],
)  # fmt: skip
def test_what_needs_whole_files_is_wrong_usage(wrong, call, model):
    """One line, before anything is read."""
    done = call("predict", "--follow", model, *wrong)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"error: --")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.slow
def test_a_stream_goes_on_where_files_ended(call, model, prices, tmp_path):
    """And leaves the state that predict over all rows leaves."""
    header, *rows = prices.read_text().splitlines()
    rows.sort()
    before, after = rows[:50], rows[50:]
    for name, own in (("before.csv", before), ("all.csv", rows)):
        (tmp_path / name).write_text("\n".join([header, *own]) + "\n")
    state, other = tmp_path / "s", tmp_path / "all"
    call("predict", model, tmp_path / "before.csv", "--state", state)
    stdin = "\n".join([header, *after]).encode() + b"\n"
    done = call("predict", "--follow", model, "-", "--state", state, stdin=stdin)
    assert (done.returncode, done.stderr) == (0, b"")
    ref = call("predict", model, tmp_path / "all.csv", "--state", other, "--horizon", 1,
               "--format", "jsonl").stdout.splitlines()  # fmt: skip
    last = {json.loads(line)["symbol"]: line for line in done.stdout.splitlines()}
    assert [last[symbol] for symbol in ("AAA", "BBB", "CC")] == ref
    assert state.read_bytes() == other.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_its_state_whole(number, call, model, tmp_path):
    """The process dies of it, and has kept every row that it answered."""
    state, ref = tmp_path / "s", tmp_path / "ref"
    stdin = "\n".join(["date,symbol,close", *ROWS]).encode() + b"\n"
    call("predict", "--follow", model, "-", "--state", ref, stdin=stdin)
    with started(model, "--state", state) as process:
        send(process, "date,symbol,close", *ROWS)
        for _ in ROWS:
            process.stdout.readline()
        os.kill(process.pid, number)
        process.wait()
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert process.returncode == -number
    assert state.read_bytes() == ref.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ref", "s"]


@pytest.mark.slow
def test_a_signal_ends_it_while_nobody_takes_its_lines(call, model, tmp_path):
    """It waits in a write; what it has kept by then is whole all the same."""
    state = tmp_path / "s"
    days = [f"{2000 + n // 300}-{n // 25 % 12 + 1:02}-{n % 25 + 1:02}" for n in range(1000)]
    rows = tmp_path / "rows.csv"
    rows.write_text("\n".join(["date,symbol,close", *(f"{day},AAA,8" for day in days)]) + "\n")
    with rows.open("rb") as stdin:
        process = Started(
            [sys.executable, "-m", "rnncli", "predict", "--follow", str(model), "-",
             "--state", str(state)],
            stdin=stdin, stdout=subprocess.PIPE, env=environment(),
        )  # fmt: skip
    _until_its_pipe_is_full(process.stdout)
    process.terminate()
    assert process.wait() == -signal.SIGTERM
    process.stdout.close()
    others = b"date,symbol,close\n2024-01-30,B,1\n2024-01-31,B,2\n"
    done = call("predict", model, "-", "--state", state, stdin=others)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"AAA" in state.read_bytes()


def _until_its_pipe_is_full(pipe):
    """Wait until nothing more comes into a pipe, and something has."""
    waiting = 0
    while True:
        before, waiting = waiting, _bytes_in(pipe)
        if before == waiting > 60_000:
            return
        time.sleep(0.1)


def _bytes_in(pipe):
    found = fcntl.ioctl(pipe, termios.FIONREAD, bytes(4))
    return int.from_bytes(found, sys.byteorder)


@pytest.mark.slow
def test_a_closed_pipe_ends_it_quietly(model):
    """`rnncli predict --follow … | head -1` dies of SIGPIPE."""
    rows = "\n".join(["date,symbol,close", *(f"2024-01-{d:02},AAA,8" for d in range(1, 32))])
    script = """printf '%s\\n' "$2" | "$0" -m rnncli predict --follow "$1" - | head -1
    echo "${PIPESTATUS[@]}\""""
    done = finished(
        ["/bin/bash", "-c", script, sys.executable, model, rows], capture_output=True, check=False,
        env=environment(),
    )  # fmt: skip
    first, statuses = done.stdout.decode().splitlines()
    assert json.loads(first)["cutoff"] == "2024-01-01"
    assert statuses.split()[1:] == ["141", "0"]
    assert done.stderr == b""
