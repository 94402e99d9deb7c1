"""The copies of an unrolled network as a picture: boxes in a row, what flows forward and back."""

from typing import TYPE_CHECKING

from rnncli.gradients.unroll import Unrolled, slopes
from rnncli.simulation.statland import OneUnit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COPIES = 6  # the last days
TIMES = "\N{MULTIPLICATION SIGN}"
LOW, HIGH, HALF = 0.36, 0.64, 0.3  # bottom, top and half the width of a box


def draw_copies(
    axes: "Axes", unrolled: Unrolled, unit: OneUnit | None, forward: str, back: str
) -> None:
    """A box for each of the last days; `forward`, `back`: colours of the arrows of the loop.

    `unit`: the weights of a network of one unit, which are written beside the arrows.
    """
    days = len(unrolled.columns["input"])
    first = max(0, days - MOST_COPIES)
    for t in range(first, days):
        _draw_copy(axes, unrolled, unit, t)
        if t + 1 < days:
            _draw_loop(axes, unrolled, unit, t, (forward, back))
    if first:
        axes.text(first + 0.5, 0.5, f"days 1 to {first}  …", ha="right", va="center")
    axes.set_xlim(first + (0.0 if first else 0.5), days + 0.5)
    axes.set_ylim(-0.12, 1.08)
    axes.set_axis_off()


def _draw_copy(axes: "Axes", unrolled: Unrolled, unit: OneUnit | None, t: int) -> None:
    """The copy of day t, counted from 0: input below, output above, its numbers inside."""
    from matplotlib.patches import FancyBboxPatch

    x, column = t + 1, {name: float(values[t]) for name, values in unrolled.columns.items()}
    shape = "round,pad=0,rounding_size=0.04"
    box = FancyBboxPatch((x - HALF, LOW), 2 * HALF, HIGH - LOW, boxstyle=shape)
    box.set(facecolor="#f3f4f6", edgecolor="#555555")
    axes.add_patch(box)
    inside = (
        f"sum {column['sum']:.3g}\ny {column['activation']:.3g}" if unit
        else f"state norm\n{column['state_norm']:.3g}"
    )  # fmt: skip
    axes.text(x, (LOW + HIGH) / 2, f"day {x}\n{inside}", ha="center", va="center")
    _arrow(axes, (x, 0.12), (x, LOW), "#333333")
    _arrow(axes, (x, HIGH), (x, 0.88), "#333333")
    axes.text(x, 0.06, f"x = {column['input']:.3g}", ha="center", va="center")
    axes.text(x, 0.94, f"out = {column['output']:.3g}", ha="center", va="center")
    axes.text(x, -0.06, f"loop factor {column['loop_factor']:.3g}", ha="center", va="center")
    if unit:
        axes.text(x + 0.03, 0.24, f"{TIMES}W1 {unit.w1:g}", va="center")
        axes.text(x + 0.03, 0.76, f"{TIMES}W3 {unit.w3:g}", va="center")


def _draw_loop(
    axes: "Axes", unrolled: Unrolled, unit: OneUnit | None, t: int, inks: tuple[str, str]
) -> None:
    """From day t to the next: the state forward, the gradient back, each with its factor."""
    left, right, middle = t + 1 + HALF, t + 2 - HALF, t + 1.5
    _arrow(axes, (left, 0.56), (right, 0.56), inks[0])
    _arrow(axes, (right, 0.44), (left, 0.44), inks[1])
    if unit:
        axes.text(middle, 0.61, f"{TIMES}W2 {unit.w2:g}", ha="center", color=inks[0])
        columns = unrolled.columns
        slope = slopes(columns["sum"], columns["activation"], unit.activation)[t + 1]
        axes.text(middle, 0.34, f"{TIMES}{unit.w2 * slope:.3g}", ha="center", color=inks[1])


def _arrow(axes: "Axes", start: tuple[float, float], end: tuple[float, float], ink: str) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": ink, "linewidth": 1.2})
