"""Charts on a terminal: drawn by plotille in characters, coloured by Rich if the terminal can."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from plotille import Figure
from rich.console import Console, ConsoleOptions
from rich.text import Text

from rnncli.arrays import Float64Array
from rnncli.dates import format_date
from rnncli.distributions.conformal import level_name
from rnncli.report.fan_chart import Bound, Fan
from rnncli.report.tables import counted, price
from rnncli.report.text import ascii_wanted, safe

MOST = 4  # symbols with a chart: one or two screens
WIDEST, USUAL = 120, 80  # columns of a chart on a terminal at most, and off one
HEIGHT = 12  # lines of the picture
AXIS, ARROW = 13, 11  # columns that plotille needs on the left, and for "-> (ahead)" on the right
TICK = 10  # columns between its ticks
MARGIN = 2.5  # columns after the last row ahead, with naive only
FARTHEST = 8e307  # half of the largest float, so that limits have a distance
EMPTY = "\u2800"  # the braille pattern of no dots


class Ink(NamedTuple):
    """What a line or mark is drawn with: a character, its substitute in ASCII, a style.

    The styles are legible on black and on white. Without a character a line of braille dots.
    """

    character: str
    plain: str
    style: str = ""


PRICE = Ink("", "*")
NAIVE = Ink("╌", "-", "magenta")
FORECAST = Ink("●", "o", "bold")
SHADES = (Ink("░", ".", "cyan"), Ink("▒", ":", "cyan"), Ink("▓", "%", "cyan"))
POINTS = (Ink("●", "o", "bold"), Ink("◆", "x", "cyan"), Ink("■", "+", "magenta"))


class Sheet:
    """A picture of some columns and its limits; things drawn later cover earlier ones."""

    def __init__(
        self, columns: int, across: tuple[float, float], values: Iterable[float], ascii_only: bool
    ) -> None:
        self._figure = Figure()
        self._ascii = ascii_only
        self._figure.width, self._figure.height = columns, HEIGHT
        self._figure.with_colors = self._figure.origin = False
        self._figure.linesep = "\n"
        self.left, self.right = across
        self.low, self.high = _limits(values)
        self.column = (self.right - self.left) / columns
        self.line = (self.high - self.low) / HEIGHT

    def points(self, ink: Ink, x: Sequence[float], y: Sequence[float]) -> None:
        """Draw a character at each point."""
        self._figure.scatter(x, self._inside(y), marker=ink.plain if self._ascii else ink.character)

    def path(self, ink: Ink, x: Sequence[float], y: Sequence[float]) -> None:
        """Draw a line of dots through all points; in ASCII, a character at each."""
        if self._ascii:
            self.points(ink, x, y)
        else:
            self._figure.plot(x, self._inside(y))

    def _inside(self, y: Sequence[float]) -> list[float]:
        """Values clipped to the limits, which are closer than the range of floats."""
        return [min(max(value, self.low), self.high - self.line / 4) for value in y]

    def columns_from(self, first: float, last: float) -> list[float]:
        """A place inside every column from that of `first` to that of `last`."""
        ends = [math.floor((x - self.left) / self.column + 0.25) for x in (first, last)]
        return [self.left + (n + 0.25) * self.column for n in range(ends[0], ends[1] + 1)]

    def lines_from(self, low: float, high: float) -> list[float]:
        """A value inside every line from that of `low` to that of `high`."""
        ends = [math.floor((y - self.low) / self.line) for y in self._inside((low, high))]
        return [self.low + (n + 0.4) * self.line for n in range(ends[0], ends[1] + 1)]

    def drawn(
        self, names: tuple[str, str], across: Callable[[float], str], up: Callable[[float], str]
    ) -> str:
        """The picture with its axes: their names, and the text of a tick at a value."""

        def label(value: float, _: float) -> str:
            return up(value) if round((value - self.low) / self.line) % 3 == 0 else ""

        figure = self._figure
        figure.set_x_limits(self.left, self.right)
        figure.set_y_limits(self.low, self.high)
        figure.x_label, figure.y_label = names
        figure.x_ticks_fkt, figure.y_ticks_fkt = lambda value, _: across(value), label
        return str(figure.show()).replace(EMPTY, " ")


@dataclass(frozen=True)
class Chart:
    """A picture with its title above and its inks explained below, as wide as there is room."""

    title: str
    inks: Sequence[tuple[Ink, str]]
    draw: Callable[[int, bool], str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield title, picture and key."""
        plain = options.ascii_only or ascii_wanted()
        room = min(options.max_width, WIDEST) if console.is_terminal else USUAL
        picture = Text(self.draw(room - AXIS - ARROW, plain), no_wrap=True, overflow="crop")
        key = Text("  ".join(f"{_sample(ink, plain)} {name}" for ink, name in self.inks))
        for ink, _ in self.inks if not plain else ():
            for text in (picture, key):
                if ink.character and ink.style:
                    text.highlight_regex(re.escape(ink.character), ink.style)
        yield Text(safe(self.title), style="bold")
        yield picture
        yield key
        yield Text()


def forecast_charts(fans: Sequence[Fan], symbols: int) -> Iterator[Chart | Text]:
    """A chart of each forecast, and how many of all `symbols` are not shown."""
    for fan in fans:
        yield _forecast_chart(fan)
    if symbols > len(fans):
        yield Text(
            f"{counted(symbols - len(fans), 'more symbol')} without a chart;"
            " --symbols chooses which are shown",
            style="dim",
        )


def coverage_chart(levels: Sequence[float], coverage: Float64Array) -> Chart:
    """Chart of measured coverage (levels, horizon), in percent, by ahead; nominal as a level line.

    NaN where nothing was measured.
    """
    horizon = coverage.shape[1]
    inks = [POINTS[i % len(POINTS)] for i in range(len(levels))]

    def draw(columns: int, ascii_only: bool) -> str:
        each = ahead_step(horizon, columns)
        right = 1 + columns * each / TICK
        sheet = Sheet(columns, (1, right), [*levels, *coverage.ravel().tolist()], ascii_only)
        for level in levels:
            cells = sheet.columns_from(1.0, float(horizon))
            sheet.points(NAIVE, cells, [level] * len(cells))
        for ink, shares in zip(inks, coverage, strict=True):
            known = np.flatnonzero(np.isfinite(shares))
            sheet.points(ink, (known + 1).tolist(), shares[known].tolist())
        return sheet.drawn(("ahead", "%"), whole, lambda value: f"{value:.1f}")

    named = [
        (ink, f"inside {level_name(level)} %") for ink, level in zip(inks, levels, strict=True)
    ]
    return Chart("Coverage by horizon", [*named, (NAIVE, "nominal")], draw)


def lag_chart(title: str, by_lag: Float64Array) -> Chart:
    """Chart of effects in percent (lags), of lag 0 first: a bar for each, the latest on the right.

    Where lags share a column, the largest of either sign is what is seen of them.
    """
    last = len(by_lag) - 1

    def draw(columns: int, ascii_only: bool) -> str:
        right = columns * max(last, 1) / (columns - MARGIN) - last
        sheet = Sheet(columns, (-float(last), right), [0.0, *by_lag.tolist()], ascii_only)
        across = sheet.columns_from(sheet.left, sheet.right)[:columns]
        sheet.points(NAIVE, across, [0.0] * len(across))
        for lag, effect in enumerate(by_lag.tolist()):
            ups = [y for y in sheet.lines_from(*sorted((0.0, effect))) if abs(y) > sheet.line / 2]
            sheet.points(SHADES[-1], [-lag + sheet.column / 4] * len(ups), ups)
        return sheet.drawn(("back", "%"), lambda x: whole(round(-x)), lambda y: f"{y:.3g}")

    return Chart(title, [(SHADES[-1], "effect"), (NAIVE, "nothing")], draw)


def _forecast_chart(fan: Fan) -> Chart:
    shades = [
        (SHADES[min(i, len(SHADES) - 1)], f"{level_name(bound[0])} %")
        for i, bound in enumerate(fan.bounds)
        if np.isfinite(bound[1]).any()
    ]
    return Chart(
        f"{fan.symbol}: {counted(len(fan.forecast), 'row')} ahead of {_named(fan, 0)}",
        [(PRICE, "price"), (FORECAST, "forecast"), *shades, (NAIVE, "naive")],
        lambda columns, ascii_only: _drawn_fan(fan, columns, ascii_only),
    )


def _drawn_fan(fan: Fan, columns: int, ascii_only: bool) -> str:
    horizon = len(fan.forecast)
    shown = fan.last(max(columns * 2 // 3, 3 * horizon))
    past = len(shown.past)
    each = (past + horizon) / (columns - MARGIN)  # rows a column
    values = [shown.past, shown.forecast, *(side for bound in shown.bounds for side in bound[1:])]
    sheet = Sheet(
        columns, (1 - past, horizon + MARGIN * each), np.concatenate(values).tolist(), ascii_only
    )
    for shade, bound in zip(SHADES + SHADES[-1:] * len(shown.bounds), shown.bounds, strict=False):
        sheet.points(shade, *_shaded(sheet, bound, shown.naive))
    ahead = sheet.columns_from(0.0, sheet.right)
    sheet.points(NAIVE, ahead, [shown.naive] * len(ahead))
    sheet.path(PRICE, list(range(1 - past, 1)), shown.past.tolist())
    sheet.points(FORECAST, list(range(1, horizon + 1)), shown.forecast.tolist())
    name = "row" if np.isnat(shown.dates[0]) else "date"
    return sheet.drawn((name, "price"), lambda x: _day(shown, x), _short_price)


def _shaded(sheet: Sheet, bound: Bound, start: float) -> tuple[list[float], list[float]]:
    """A point in every cell between the bounds, which begin at the last price."""
    _, lower, upper = bound
    known = np.concatenate([[True], np.isfinite(lower) & np.isfinite(upper)])
    rows = np.flatnonzero(known)
    across = sheet.columns_from(0.0, float(rows[-1]))
    lows, highs = (
        np.interp(across, rows, np.concatenate([[start], side])[rows]) for side in (lower, upper)
    )
    cells = [
        (at, value)
        for at, low, high in zip(across, lows.tolist(), highs.tolist(), strict=True)
        for value in sheet.lines_from(low, high)
    ]
    return [at for at, _ in cells], [value for _, value in cells]


def _limits(values: Iterable[float]) -> tuple[float, float]:
    """Limits a little beyond all finite values, and never equal."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite), max(finite)
    room = max((high / 2 - low / 2) / 10, 1e-6 * max(abs(low), abs(high)), 1e-300)
    return max(low - room, -FARTHEST), min(high + room, FARTHEST)


def _day(fan: Fan, x: float) -> str:
    """The date of a row, in the nine columns of a tick; its number without dates."""
    return _named(fan, min(round(x), len(fan.forecast)), short=True)


def _named(fan: Fan, x: int, short: bool = False) -> str:
    dates = fan.dates
    if np.isnat(dates[0]):
        return str(fan.rows + x) if short else f"row {fan.rows + x}"
    text = format_date(dates[len(fan.past) - 1 + x])
    if not short:
        return text
    days = (dates[-1] - dates[0]) / np.timedelta64(1, "D")
    if days < 3 and "T" in text:
        return text[11:16]
    return text[5:10] if days < 300 else text[:7]


def _short_price(value: float) -> str:
    text = price(value)
    return text if len(text) <= TICK else f"{value:.2e}"


def whole(value: float) -> str:
    """A whole number as text; empty for any other number."""
    return f"{value:.0f}" if abs(value - round(value)) < 1e-6 else ""


def ahead_step(horizon: int, columns: int) -> float:
    """Rows ahead from one tick to the next: the fewest at which the ticks do not overlap."""
    steps = [0.25, 0.5, *(base * 10.0**power for power in range(5) for base in (1, 2, 5))]
    fitting = [step for step in steps if (horizon - 1) * TICK / step < columns - 1]
    return fitting[0] if fitting else float(horizon)


def _sample(ink: Ink, plain: bool) -> str:
    return ink.plain if plain else ink.character or "⠒⠤"
