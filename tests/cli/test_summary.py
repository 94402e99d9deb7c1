"""`predict --summary`: a row a symbol on a terminal, and nothing new in a pipe."""

import numpy as np
import pytest

NAMES = ("AAA", "BBB", "CCC", "DDD")


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """Four symbols, 30 weekdays, whose prices have different ranges; one is huge."""
    days = np.busday_offset("2024-01-01", np.arange(30), roll="forward")
    lines = ["date,symbol,close"]
    for number, (symbol, factor) in enumerate(zip(NAMES, (1, 1e8, 1e15, 2), strict=True)):
        for k, day in enumerate(days):
            lines.append(f"{day},{symbol},{(20 + (k * (number + 3)) % 7 * 0.25) * factor}")
    path = tmp_path_factory.mktemp("four") / "four.csv"
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def symbols_in(text):
    """Symbols of the rows of a table, in order."""
    words = [line.split() for line in text.splitlines() if line.split()]
    return [row[0] for row in words if row[0] in NAMES]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_shows_a_row_a_symbol_that_fits(width, screen, golden, hand_made, four):
    """Whatever the prices are; columns that have no room are named."""
    shown = screen(width, "predict", hand_made, four, "-q", "--spark", TERM="dumb", LC_ALL=None)
    assert max(map(len, shown.splitlines())) <= width
    assert symbols_in(shown) == list(NAMES)
    golden(f"summary_{width}.txt", shown)


def test_every_row_ahead_is_shown_when_asked_for(screen, hand_made, four):
    """And of a few symbols, unless a summary or its order is asked for."""
    command = ("predict", hand_made, four, "-q", "--horizon", 2)
    assert len(symbols_in(screen(200, *command, "--no-summary"))) == 2 * len(NAMES)
    few = (*command, "--symbols", "AAA,BBB")
    assert len(symbols_in(screen(200, *few))) == 4
    assert len(symbols_in(screen(200, *few, "--summary"))) == 2
    assert len(symbols_in(screen(200, *few, "--sort", "fall"))) == 2


def test_the_first_symbols_of_an_order(screen, hand_made, four):
    """The others are only counted."""
    shown = screen(100, "predict", hand_made, four, "-q", "--sort", "symbol", "--top", 3)
    assert symbols_in(shown) == list(NAMES[:3])
    assert "Forecast of 4 symbols" in shown


def test_pipes_and_files_are_as_they_were(call, hand_made, four, monkeypatch):
    """A summary that the environment asks for is for tables only."""
    plain = call("predict", hand_made, four).stdout
    table = call("predict", hand_made, four, "--format", "table").stdout
    assert len(symbols_in(table.decode())) == 5 * len(NAMES)
    for name, value in {"SUMMARY": "1", "TOP": "2", "SPARK": "1", "SORT": "fall"}.items():
        monkeypatch.setenv(f"RNNCLI_PREDICT_{name}", value)
    assert call("predict", hand_made, four).stdout == plain
    summary = call("predict", hand_made, four, "--format", "table").stdout.decode()
    assert len(symbols_in(summary)) == 2


def test_the_ledger_has_the_levels_asked_for(screen, call, hand_made, four, tmp_path):
    """However the forecast is shown."""
    ledger = tmp_path / "ledger.db"
    shown = screen(120, "predict", hand_made, four, "-q", "--ledger", ledger, TERM="dumb")
    assert symbols_in(shown) == list(NAMES)
    header = call("score", ledger, four, "--export", "csv").stdout.decode().splitlines()[0]
    assert [name for name in header.split(",") if name.startswith("lower")] == [
        "lower_80", "lower_95",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--summary",),
            "summary: is of a table, not of a result for programs; add --format table",
        ),
        (
            ("--top", "2", "--format", "csv"),
            "top: is of a table, not of --format csv; add --format table",
        ),
        (
            ("--spark", "--no-summary", "--format", "table"),
            "spark: is of the summary; leave out --no-summary",
        ),
        (("--sort", "fall", "--paths", "3"), "sort: is of a table of forecasts; leave out --paths"),
        (("--summary", "--follow"), "summary: is of a table of forecasts; leave out --follow"),
    ],
)
def test_options_without_effect_are_refused(options, said, call, hand_made):
    """Before anything is read, in one line that names the remedy."""
    done = call("predict", hand_made, "no such file", *options)
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", f"error: --{said}\n")
