"""An unrolled network in words: every step forward, then every step of the gradient back."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rnncli.report.output import Report
from rnncli.report.tables import lines, number

if TYPE_CHECKING:
    from rich.console import RenderableType

    from rnncli.gradients.unroll import Unrolled
    from rnncli.simulation.statland import OneUnit


Step = tuple[str, ...]  # lines


def steps_of(unrolled: "Unrolled", unit: "OneUnit | None") -> list[Step]:
    """The lines of each step: the days forward, the days back, prediction and verdict."""
    forward = _forward_of_unit(unrolled, unit) if unit else _forward(unrolled)
    back = _back_of_unit(unrolled, unit) if unit else _back(unrolled)
    end = (
        f"Prediction: {number(unrolled.prediction)}",
        f"Verdict: {unrolled.verdict}: {unrolled.reason}.",
    )
    return [*forward, *back, end]


def steps_report(unrolled: "Unrolled", unit: "OneUnit | None") -> Report:
    """All steps one below the other."""

    def tables() -> Iterable["RenderableType"]:
        for number_of, step in enumerate(steps_of(unrolled, unit)):
            yield lines(*([" "] if number_of else []), *step)

    return Report("unrolled", None, (), lambda: (), tables)


def _step(direction: str, day: int, days: int, *sentences: str) -> Step:
    return (f"{direction}, day {day} of {days}", *(f"  {line}" for line in sentences))


def _columns(unrolled: "Unrolled") -> Iterator[dict[str, str]]:
    """The values of each day by the name of their column, as text."""
    names = list(unrolled.columns)
    for values in zip(*unrolled.columns.values(), strict=True):
        yield {name: number(float(value)) for name, value in zip(names, values, strict=True)}


def _forward_of_unit(unrolled: "Unrolled", unit: "OneUnit") -> Iterator[Step]:
    days = len(unrolled.columns["input"])
    w1, w2, w3, b1, b2 = map(number, (unit.w1, unit.w2, unit.w3, unit.b1, unit.b2))
    before = "0"
    for day, of_day in enumerate(_columns(unrolled), start=1):
        x, total, y = of_day["input"], of_day["sum"], of_day["activation"]
        yield _step(
            "Forward", day, days,
            f"sum = W1·x + W2·y({day - 1}) + b1 = {w1} · {x} + {w2} · {before} + {b1} = {total}",
            f"y = {unit.activation}(sum) = {y}",
            f"out = W3·y + b2 = {w3} · {y} + {b2} = {of_day['output']}",
        )  # fmt: skip
        before = y


def _back_of_unit(unrolled: "Unrolled", unit: "OneUnit") -> Iterator[Step]:
    from rnncli.gradients.unroll import slopes  # which loads the compiler: not with the module

    columns = unrolled.columns
    slope = slopes(columns["sum"], columns["activation"], unit.activation)
    days = len(slope)
    w1, w2, w3 = map(number, (unit.w1, unit.w2, unit.w3))
    of_days = list(_columns(unrolled))
    for t in range(days - 1, -1, -1):
        factor, slope_here = of_days[t]["loop_factor"], number(float(slope[t]))
        if t == days - 1:
            loop = "loop factor = 1: the gradient of the last output starts here"
        else:
            later = number(float(slope[t + 1])), of_days[t + 1]["loop_factor"]
            loop = (
                f"loop factor = W2 · slope · loop factor, both of day {t + 2}"
                f" = {w2} · {later[0]} · {later[1]} = {factor}"
            )
        yield _step(
            "Back", t + 1, days, loop,
            f"gradient = W3 · loop factor · slope · W1 = {w3} · {factor} · {slope_here} · {w1}"
            f" = {of_days[t]['gradient']}",
        )  # fmt: skip


def _forward(unrolled: "Unrolled") -> Iterator[Step]:
    days = len(unrolled.columns["input"])
    for day, of_day in enumerate(_columns(unrolled), start=1):
        yield _step(
            "Forward", day, days,
            f"x = {of_day['input']}, with the states of day {day - 1}",
            f"norm of the states = {of_day['state_norm']}",
            f"out = {of_day['output']}",
        )  # fmt: skip


def _back(unrolled: "Unrolled") -> Iterator[Step]:
    of_days = list(_columns(unrolled))
    for day in range(len(of_days), 0, -1):
        of_day = of_days[day - 1]
        yield _step(
            "Back", day, len(of_days),
            f"norm of the gradient by the states = {of_day['gradient']}",
            f"loop factor = {of_day['loop_factor']}, the same over that of day {len(of_days)}",
        )  # fmt: skip
