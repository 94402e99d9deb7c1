"""Charts in characters: as wide as there is room, legible without colour and without Unicode."""

import dataclasses
import io

import numpy as np
import pytest
from rich.console import Console

from rnncli.report.charts import coverage_chart, forecast_charts
from rnncli.report.fan_chart import Fan

DAY = np.datetime64("2024-02-01", "s")


def drawn(things, width=80, encoding="utf-8", terminal=True, colour=False):
    """What charts look like in a terminal of a width, line ends trimmed."""
    out = io.TextIOWrapper(io.BytesIO(), encoding)
    console = Console(
        file=out, width=width, height=25, force_terminal=terminal, highlight=False, _environ={},
        color_system="standard" if colour else None,
    )  # fmt: skip
    for thing in things:
        console.print(thing)
    out.flush()
    return [line.rstrip() for line in out.buffer.getvalue().decode(encoding).splitlines()]


def fan(past=tuple(range(1, 41)), forecast=(40.0, 40.5), spread=(5.0, 3.0), dates=True, **changes):
    """A fan of a rising price."""
    past, forecast = np.array(past, np.float64), np.array(forecast, np.float64)
    days = np.timedelta64(1, "D") * np.arange(len(past) + len(forecast))
    made = Fan(
        "AAA", past, forecast, float(past[-1]),
        tuple((95.0 - 15 * n, forecast - s, forecast + s) for n, s in enumerate(spread)),
        DAY + days if dates else np.full(len(days), np.datetime64("NaT", "s")), len(past),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def chart(made, **options):
    """One chart, drawn."""
    return drawn(forecast_charts([made], 1), **options)


@pytest.mark.parametrize(("width", "widest"), [(40, 40), (80, 80), (120, 120), (300, 120)])
def test_a_chart_fits_its_terminal(width, widest):
    """The axis ends near the edge of the terminal, and a very wide one is not filled."""
    longest = max(map(len, chart(fan(), width=width)))
    assert widest - 8 < longest <= widest


def test_off_a_terminal_a_chart_is_as_wide_as_most_are():
    """No width bounds a pipe, and a chart of ten thousand columns helps nobody."""
    assert max(map(len, chart(fan(), width=10_000, terminal=False))) <= 80


def test_price_fan_and_naive_are_distinguished_without_colour():
    """Each has a character of its own, and the key names it."""
    lines = chart(fan())
    picture = "\n".join(lines[1:-4])
    assert all(sign in picture for sign in "⠁●░▒╌")
    assert lines[-2] == "⠒⠤ price  ● forecast  ░ 95 %  ▒ 80 %  ╌ naive"
    assert lines[0] == "AAA: 2 rows ahead of 2024-03-11"


@pytest.mark.parametrize("why", ["encoding", "LC_ALL", "TERM"])
def test_without_unicode_a_chart_is_ascii(why, monkeypatch):
    """Where braille cannot be shown, or is not sure to be, stars are points and dots are shades."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("TERM", "linux" if why == "TERM" else "xterm")
    if why == "LC_ALL":
        monkeypatch.setenv("LC_ALL", "C")
    lines = chart(fan(), encoding="ascii" if why == "encoding" else "utf-8", colour=True)
    assert "\n".join(lines[1:]).replace("\x1b[1m", "").replace("\x1b[0m", "").isascii()
    assert lines[-2] == "* price  o forecast  . 95 %  : 80 %  - naive"
    assert all(sign in "\n".join(lines[1:-4]) for sign in "*o.:-")


def test_colours_keep_off_black_and_white():
    """Nothing is set in a colour that a dark or a light background would swallow."""
    shown = "\n".join(chart(fan(), colour=True))
    assert {part.split("m")[0] for part in shown.split("\x1b[")[1:]} == {"0", "1", "35", "36"}
    assert "\x1b" not in "\n".join(chart(fan()))


def test_the_fan_spans_its_bounds():
    """The highest and the lowest shade of a level stand on the lines of its bounds."""
    lines = chart(fan(past=[10.0] * 40, forecast=[10.0] * 5, spread=(5.0, 2.5)))[3:15]
    line, low = 11 / 12, 4.5  # a twentieth of 5 … 15 is added above and below
    for shade, lower, upper in (("░", 5.0, 15.0), ("▒", 7.5, 12.5)):
        shaded = [11 - n for n, text in enumerate(lines) if shade in text]
        assert (shaded[-1], shaded[0]) == (int((lower - low) / line), int((upper - low) / line))


def test_bounds_that_are_not_known_are_left_out():
    """A level without a number is not drawn and not named; one known for some rows is."""
    nothing, some = np.full(2, np.nan), np.array([41.0, np.nan])
    made = fan(bounds=((95.0, nothing, nothing), (80.0, some - 3, some)))
    lines = chart(made)
    assert lines[-2] == "⠒⠤ price  ● forecast  ▒ 80 %  ╌ naive"
    assert "░" not in "".join(lines)
    assert "▒" in "".join(lines[1:-3])


@pytest.mark.parametrize(
    ("step", "ticks"),
    [("1 D", ["02-", "03-"]), ("30 D", ["2024-", "2027-"]), ("1 h", [":00"]), (None, ["40"])],
)
def test_ticks_are_dates_as_long_as_they_need_to_be(step, ticks):
    """Month and day, year and month of a long past, the time of a short one, or row numbers."""
    made = fan(dates=step is not None)
    if step:
        count, unit = step.split()
        days = np.arange(42) * np.timedelta64(int(count), unit)
        made = dataclasses.replace(made, dates=(DAY + days).astype("datetime64[s]"))
    axis = chart(made)[-3]
    assert all(tick in axis for tick in ticks)
    assert chart(made)[-4].endswith("> (date)" if step else "> (row)")


@pytest.mark.parametrize(
    "past", [[5.0], [5.0] * 40, [1e300, 2e300], [3e-320, 1e-310], [-2.0, 0.0, -1e-9], [0.0, 0.0],
             [-1.7e308, 1.7e308]],
)  # fmt: skip
def test_any_prices_can_be_drawn(past):
    """Constant, single, huge, tiny and negative ones."""
    lines = chart(fan(past=past, forecast=[past[-1]] * 3, spread=(0.0,)))
    assert max(map(len, lines)) <= 80
    assert "●" in "".join(lines[1:-3])


@pytest.mark.parametrize("horizon", [1, 60, 1000])
def test_any_horizon_can_be_drawn(horizon):
    """One row ahead or many more than there are columns."""
    lines = chart(fan(forecast=[40.0] * horizon))
    assert max(map(len, lines)) <= 80
    assert "●" in "".join(lines[1:-3])


def test_a_foreign_symbol_is_harmless_over_its_chart():
    """Escape sequences are made visible, and markup is read by nobody."""
    title = chart(fan(symbol="A\x1b[31m[red]\u202e"))[0]
    assert title == "A\\x1b[31m[red]\\u202e: 2 rows ahead of 2024-03-11"


def test_symbols_without_a_chart_are_counted():
    """Of many symbols the first are drawn, and how to choose others is said."""
    lines = drawn(forecast_charts([fan()], 3))
    assert lines[-1] == "2 more symbols without a chart; --symbols chooses which are shown"


def test_coverage_stands_beside_its_nominal_level():
    """A point for each row ahead where it was measured, on the line of what it should be."""
    shares = np.array([[80.0, 80.0, np.nan], [95.0, 60.0, 95.0]])
    lines = drawn([coverage_chart([80.0, 95.0], shares)])
    assert lines[0] == "Coverage by horizon"
    assert lines[-2] == "● inside 80 %  ◆ inside 95 %  ╌ nominal"
    picture = lines[3:15]
    on_level = next(line for line in picture if "●" in line)
    assert on_level.count("●") == 2
    assert "╌" in on_level
    assert sum(line.count("◆") for line in picture) == 3
    assert "◆" in picture[-1]
    assert lines[-3].split()[:4] == ["|", "1", "2", "3"]


@pytest.mark.parametrize("horizon", [1, 5, 13, 48, 1000])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_ahead_has_room(horizon, width):
    """First and last row ahead are inside, and the ticks are whole numbers."""
    lines = drawn([coverage_chart([80.0], np.full((1, horizon), 75.0))], width=width)
    assert max(map(len, lines)) <= width
    ticks = lines[-3].split()[1:]
    assert ticks == [str(int(tick)) for tick in ticks]
    row = next(line for line in lines[3:15] if "●" in line)
    assert row.count("●") == horizon or horizon > width // 4
    assert row.rindex("●") > width // 3 or horizon == 1
