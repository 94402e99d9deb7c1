"""Figures of forecasts, coverage and gradients as PNG or SVG, by matplotlib: always the same bytes.

Matplotlib is an extra, and looks at its environment when it is imported: see cli/charts.py.
"""

import io
import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.gradients.lags import EXPLODING, REMEMBERED, Lags
from rnncli.report.copies_picture import draw_copies
from rnncli.report.fan_chart import Fan
from rnncli.report.heat_map import heat_map
from rnncli.report.tables import counted
from rnncli.report.text import safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from rnncli.gradients.unroll import Unrolled
    from rnncli.simulation.statland import OneUnit

MOST = 12  # panels of a figure
PAST = 60  # rows before the cutoff, or three times the rows ahead
WIDTH, HEIGHT, TITLE = 4.5, 2.7, 0.9  # inches of a panel, and of the space above and below
DECADES = (1e-3, 1e3)  # least range of an axis of gradients
FAINTEST = 1e-16  # gradients below it are off the axis
FAR = np.datetime64("9000-01-01")  # dates of matplotlib end with the year 9999
SHADE, INK, NAIVE = "#2a7fb8", "#222222", "#b8336a"
OTHERS = ("#888888", "#d08a2c", "#5b8c4a", "#7d5ba6", "#2b9c9c", "#a0522d")  # other methods
DARKEST = 0.55  # opacity of the narrowest bounds
STYLE: Any = {
    "text.parse_math": False,  # a symbol such as $SPX$ is not a formula
    "svg.hashsalt": "rnncli",  # names of parts are random without
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "grid.alpha": 0.25, "font.size": 8, "axes.titlesize": 9, "axes.titlelocation": "left",
}  # fmt: skip


def forecast_figure(fans: Sequence[Fan], symbols: int, suffix: str) -> bytes:
    """A panel for each fan of all `symbols`; `suffix`: png or svg."""
    return _in_our_style(lambda: _panels(fans, symbols), suffix)


def coverage_figure(
    levels: Sequence[float], methods: Mapping[str, Float64Array], suffix: str
) -> bytes:
    """A panel for each level: coverage (levels, horizon) in percent, by row ahead, of methods."""
    return _in_our_style(lambda: _levels(levels, methods), suffix)


def lag_figure(title: str, symbols: Mapping[str, Mapping[str, Float64Array]], suffix: str) -> bytes:
    """A panel for each symbol: effects (lags), of lag 0 first, of each input, stacked."""
    return _in_our_style(lambda: _stacked(title, symbols), suffix)


def gradient_figure(networks: Mapping[str, tuple[Lags, str]], suffix: str) -> bytes:
    """A panel for each network: its gradient by lag, on one log axis, and its verdict."""
    return _in_our_style(lambda: _by_lag(networks), suffix)


def epochs_figure(title: str, epochs: Mapping[int, Lags], suffix: str) -> bytes:
    """A map of the gradient by lag (across) and epoch (up), its colours on a log scale."""
    return _in_our_style(lambda: _by_epoch(title, epochs), suffix)


def unrolled_figure(unrolled: "Unrolled", unit: "OneUnit | None", suffix: str) -> bytes:
    """The copies of the network, its numbers day by day, and what flows back on a log axis.

    `unit`: the weights of a network of one unit, which the picture shows.
    """
    return _in_our_style(lambda: _by_day(unrolled, unit), suffix)


def _in_our_style(draw: Callable[[], "Figure"], suffix: str) -> bytes:
    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # regardless of a file in the working folder
        mpl.rcParams.update(STYLE)
        warnings.simplefilter("ignore")  # a font without some letter draws a box, and warns
        return _encoded(draw(), suffix)


def _encoded(figure: "Figure", suffix: str) -> bytes:
    """The bytes of a figure, without date and version."""
    content = io.BytesIO()
    metadata = {"Date": None, "Creator": "rnncli"} if suffix == "svg" else {"Software": "rnncli"}
    figure.savefig(content, format=suffix, dpi=150, metadata=metadata)
    return content.getvalue()


def _panels(fans: Sequence[Fan], symbols: int) -> "Figure":
    figure, panels = _laid_out(len(fans))
    for axes, fan in zip(panels, fans, strict=True):
        _draw(axes, fan)
    return _explained(figure, panels[0], _title(fans, symbols))


def _laid_out(count: int) -> tuple["Figure", list["Axes"]]:
    """A figure with room for a number of panels, three per row."""
    from matplotlib.figure import Figure

    across = min(count, 3)
    down = math.ceil(count / across)
    width = WIDTH * max(across, 1.5)
    figure = Figure(figsize=(width, HEIGHT * down + TITLE), layout="constrained")
    panels = figure.subplots(down, across, squeeze=False).ravel().tolist()
    for axes in panels[count:]:
        axes.set_axis_off()
    return figure, panels[:count]


def _explained(figure: "Figure", panel: "Axes", title: str) -> "Figure":
    """The figure with its title, and one key for all panels."""
    figure.suptitle(title, fontsize=11)
    handles, names = panel.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=len(names), frameon=False)
    return figure


def _levels(levels: Sequence[float], methods: Mapping[str, Float64Array]) -> "Figure":
    from matplotlib.ticker import MaxNLocator

    figure, panels = _laid_out(len(levels))
    for axes, level, shares in zip(
        panels, levels, zip(*methods.values(), strict=True), strict=True
    ):
        inks = (SHADE, *itertools.islice(itertools.cycle(OTHERS), len(methods) - 1))
        for n, (name, ink, share) in enumerate(zip(methods, inks, shares, strict=True)):
            ahead, width = np.arange(1, len(share) + 1), 1.0 if n else 1.8
            axes.plot(
                ahead, share, color=ink, linewidth=width, marker="o", markersize=3, label=name
            )
        axes.axhline(level, color=NAIVE, linewidth=1, linestyle="--", label="nominal")
        axes.set_title(f"{level_name(level)} % bounds")
        axes.set_xlabel("rows ahead")
        axes.set_ylabel("% inside")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return _explained(figure, panels[0], "Coverage by horizon")


def _stacked(title: str, symbols: Mapping[str, Mapping[str, Float64Array]]) -> "Figure":
    figure, panels = _laid_out(len(symbols))
    for axes, (symbol, inputs) in zip(panels, symbols.items(), strict=True):
        inks = itertools.cycle((SHADE, NAIVE, *OTHERS[1:]))
        ends = np.zeros((2, len(next(iter(inputs.values())))))  # of the bars below and above 0
        for (name, effects), ink in zip(inputs.items(), inks, strict=False):
            side = (effects > 0).astype(int)
            lags = np.arange(len(effects))
            axes.bar(-lags, effects, bottom=ends[side, lags], color=ink, width=0.9, label=name)
            ends[side, lags] += effects
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_title(safe(symbol)[:60])
        axes.set_xlabel("rows back")
        axes.xaxis.set_major_formatter(lambda x, _: f"{abs(x):.0f}")
    return _explained(figure, panels[0], title)


def _by_lag(networks: Mapping[str, tuple[Lags, str]]) -> "Figure":
    figure, panels = _laid_out(len(networks))
    drawn = np.concatenate([lags.relative for lags, _ in networks.values()])
    drawn = drawn[np.isfinite(drawn) & (drawn >= FAINTEST)]
    ends = min(drawn.min() / 2, DECADES[0]), max(drawn.max() * 2, DECADES[1])
    longest = max(len(lags.relative) for lags, _ in networks.values()) - 1
    for axes, (name, (lags, verdict)) in zip(panels, networks.items(), strict=True):
        relative = np.where(lags.relative > 0, lags.relative, np.nan)
        axes.semilogy(relative, color=SHADE, linewidth=1.4, marker=".", markersize=3,
                      label="gradient, relative to lag 0")  # fmt: skip
        axes.axhline(EXPLODING, color=NAIVE, linewidth=1, linestyle=":", label="exploding: 100")
        axes.axhline(REMEMBERED, color=NAIVE, linewidth=1, linestyle="--", label="memory: 0.01")
        axes.set_ylim(*ends)
        axes.set_xlim(-0.02 * max(longest, 1), 1.02 * max(longest, 1))
        axes.yaxis.set_major_formatter(lambda y, _: f"{y:g}")
        axes.yaxis.set_minor_formatter(lambda *_: "")
        axes.set_title(f"{safe(name)[:40]}: {verdict}")
        axes.set_xlabel("lag (rows back)")
    return _explained(figure, panels[0], "Gradient of the last day's loss by lag")


def _by_epoch(title: str, epochs: Mapping[int, Lags]) -> "Figure":
    from matplotlib.colors import LogNorm
    from matplotlib.ticker import MaxNLocator

    figure, (axes,) = _laid_out(1)
    drawn = heat_map(epochs)
    numbers = np.array([0, *epochs], float)
    rows = np.append(numbers[:-1], numbers[-1]) + 0.5  # an epoch reaches down to the one before
    across = np.arange(drawn.values.shape[1] + 1) - 0.5
    colours = axes.pcolormesh(
        across, rows, drawn.values, norm=LogNorm(drawn.low, drawn.high), cmap="viridis"
    )
    axes.grid(visible=False)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("lag (rows back)")
    axes.set_ylabel("epoch")
    figure.colorbar(colours, label="gradient, relative to lag 0", format=lambda y, _: f"{y:g}")
    figure.suptitle(safe(title), fontsize=11)
    return figure


def _by_day(unrolled: "Unrolled", unit: "OneUnit | None") -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2 * WIDTH, 2 * HEIGHT + TITLE), layout="constrained")
    parts = figure.subplot_mosaic([["copies", "copies"], ["forward", "back"]])
    forward, back = parts["forward"], parts["back"]
    draw_copies(parts["copies"], unrolled, unit, SHADE, NAIVE)
    days = np.arange(1, len(unrolled.columns["input"]) + 1)
    state = "activation" if "activation" in unrolled.columns else "state_norm"
    lines = ((forward, "input", OTHERS[0]), (forward, state, OTHERS[1]),
             (forward, "output", SHADE), (back, "loop_factor", NAIVE))  # fmt: skip
    for axes, name, ink in lines:
        values = unrolled.columns[name]
        y = np.where(np.isfinite(values), values, np.nan)
        if axes is back:
            y = np.where(y == 0, np.nan, np.abs(y))
        axes.plot(days, y, color=ink, linewidth=1.2, marker=".", label=name.replace("_", " "))
    forward.set_title("forward")
    back.set_title(f"back from the last day, absolute: {unrolled.verdict}")
    back.set_yscale("log")
    back.yaxis.set_major_formatter(lambda y, _: f"{y:g}")
    back.yaxis.set_minor_formatter(lambda *_: "")
    for axes in (forward, back):
        axes.set_xlabel("day")
        axes.legend(frameon=False)
    figure.suptitle("The network unrolled", fontsize=11)
    return figure


def _title(fans: Sequence[Fan], symbols: int) -> str:
    first = "" if symbols == len(fans) else f", the first {len(fans)}"
    ahead = counted(len(fans[0].forecast), "row")
    return f"Forecast of {counted(symbols, 'symbol')}{first}, {ahead} ahead"


def _draw(axes: "Axes", fan: Fan) -> None:
    """One symbol: bounds as shades from the last price on, the price, the forecast, naive."""
    fan = fan.last(max(PAST, 3 * len(fan.forecast)))
    x = _across(axes, fan)
    past = len(fan.past)
    ahead = x[past - 1 :]
    for n, (level, lower, upper) in enumerate(fan.bounds):
        low, high = (np.concatenate([[fan.naive], side]) for side in (lower, upper))
        opacity = DARKEST * (n + 1) / len(fan.bounds)
        axes.fill_between(
            ahead,
            low,
            high,
            color=SHADE,
            alpha=opacity,
            linewidth=0,
            label=f"{level_name(level)} %",
        )
    axes.plot(x[:past], fan.past, color=INK, linewidth=1, label="price")
    line = np.concatenate([[fan.naive], fan.forecast])
    axes.plot(ahead, line, color=SHADE, linewidth=1.4, marker="o", markersize=2, label="forecast")
    level_line: Float64Array = np.full(len(ahead), fan.naive)
    axes.plot(ahead, level_line, color=NAIVE, linewidth=1, linestyle="--", label="naive")
    axes.set_title(safe(fan.symbol)[:60])


def _across(axes: "Axes", fan: Fan) -> Any:
    """Dates (rows + horizon), or row numbers without dates or beyond the range of an axis."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    if np.isnat(fan.dates).any() or fan.dates[-1] >= FAR:
        return np.arange(len(fan.dates)) + fan.rows - len(fan.past) + 1
    locator = AutoDateLocator(maxticks=6)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    return fan.dates
