"""The tables of `explain`: by input, the rows with the largest effects, and a summary."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import RenderableType
from rich.text import Text

from rnncli.distributions.conformal import level_name
from rnncli.gradients.explanation import WILD_MOVE
from rnncli.report.explanation_rows import FLAT, by_lag_of, dates_of, shares
from rnncli.report.tables import bar, counted, lines, number, table

if TYPE_CHECKING:
    from rnncli.gradients.explanation import Explanation, SymbolExplanation

MOST = 4  # symbols with tables: one or two screens
MOST_ROWS = 8  # of rows with the largest effects
LARGEST_GAP = 0.01  # relative gap of the sum of effects that is not mentioned
BAR = 12  # columns


def explanation_tables(explanation: "Explanation", charts: bool) -> Iterator[RenderableType]:
    """The tables of the first symbols, with `charts` a chart by lag below those of each."""
    for symbol in explanation.symbols[:MOST]:
        yield from _tables(explanation, symbol)
        if charts:
            yield from _chart(symbol)
    more = len(explanation.symbols) - MOST
    if more > 0:
        yield lines(
            f"{counted(more, 'more symbol')} not shown; --symbols chooses which are,"
            " --format csv has all"
        )


def _tables(explanation: "Explanation", one: "SymbolExplanation") -> Iterable[RenderableType]:
    """By input, then the rows with the largest effects, then a summary."""
    last, ahead = dates_of(one)[-1], explanation.ahead
    of_row = f"the row {'after' if ahead == 1 else f'{ahead} after'} {last}"
    what = "forecast" if one.width is None else f"{level_name(explanation.level or 0)} % range"
    moves_middle = one.width is None or np.abs(one.location.by_row).sum() > FLAT
    headings = ["input", *([] if one.width is None else ["range", "share", ""])]
    headings += ["forecast", *(["share", ""] if one.width is None else [])] if moves_middle else []
    yield table(
        f"{one.symbol}: what moved the {what} of {of_row}, over {counted(len(one.dates), 'row')}",
        headings,
        [*_input_rows(one, moves_middle)],
    )
    yield table(
        "The rows that moved it most",
        ("date", "rows back", "change", "forecast" if one.width is None else "range", "most by"),
        [*_row_rows(one)],
    )
    yield lines(*_sentences(explanation, one, moves_middle))
    yield Text()


def _input_rows(one: "SymbolExplanation", moves_middle: bool) -> Iterator[list[Any]]:
    """A row of the table an input, of the close its two ways too, and of all together."""
    main = one.width or one.location
    of_shares = shares(main)
    for j, name in enumerate(one.inputs):
        share = [Text(f"{of_shares[j]:.0%}"), bar(float(of_shares[j]), BAR)]
        yield _input_row(one, name, main.by_row[:, j].sum(), share, j, moves_middle)
    yield _input_row(one, "together", main.total, [Text(), Text()], None, moves_middle)


def _input_row(
    one: "SymbolExplanation", name: str, effect: float, share: list[Text], j: int | None,
    moves_middle: bool,
) -> list[Any]:  # fmt: skip
    if one.width is None:
        return [name, _moved(effect, one.unit), *share]
    row: list[Any] = [name, percent(effect), *share]
    if moves_middle:
        by_row = one.location.by_row
        middle = by_row.sum() if name == "together" else None if j is None else by_row[:, j].sum()
        row.append(Text() if middle is None else _moved(float(middle), one.unit))
    return row


def _row_rows(one: "SymbolExplanation") -> Iterator[list[Any]]:
    """The rows of prices that moved it most, the latest first."""
    main, dates = one.width or one.location, dates_of(one)
    totals = main.by_row.sum(axis=1)
    most = np.argsort(-np.abs(totals), kind="stable")[:MOST_ROWS]
    for t in sorted(most.tolist(), reverse=True):
        if abs(totals[t]) <= FLAT:
            continue
        change = one.changes[t]
        yield [
            str(dates[t]),
            len(dates) - 1 - t,
            Text("-" if np.isnan(change) else f"{100 * change:+z.2f} %"),
            percent(totals[t]) if one.width is not None else _moved(totals[t], one.unit),
            one.inputs[int(np.argmax(np.abs(main.by_row[t])))],
        ]


def _sentences(
    explanation: "Explanation", one: "SymbolExplanation", moves_middle: bool
) -> Iterator[str]:
    """The sum of effects, the baseline, and the part of the network."""
    rows = counted(len(one.dates), "usual row")
    inputs = [name for name in one.inputs[1:] if name != WILD_MOVE]
    if one.width is not None:
        before = _wide(one.width.before, one.unit)
        yield f"The range is {_wide(one.width.value, one.unit)} wide; after {rows}, {before}."
    if moves_middle:
        before = _at(one.location.before, one.unit)
        yield f"The forecast is {_at(one.location.value, one.unit)}; after {rows}, {before}."
    else:
        yield "The forecast does not depend on these rows."
    close = "moves by its deviation, up and down in turn" if one.of_changes else "does not move"
    others = f"; {', '.join(inputs)} {'are' if inputs[1:] else 'is'} as usual" if inputs else ""
    yield f"Usual rows: the close {close}{others}."
    if WILD_MOVE in one.inputs:
        yield (
            f"{WILD_MOVE.capitalize()}: the last price moved so far that it may be wrong; the range"
            " reaches about as far as the price before. A row later the move counts as real."
        )
    main = one.width or one.location
    if abs(main.gap) > LARGEST_GAP * max(abs(main.total), 1e-3):
        yield "The effects do not add up: the way between these rows and usual ones is too rough."
    if explanation.weight == 1:
        yield "The model leaves its forecasts to the prior: explained is the prior."
    elif explanation.weight is not None:
        yield (
            f"Explained is the network's part: forecasts are pooled with the prior, which has"
            f" {explanation.weight:.0%} of the weight (rnncli explain prior shows its part)."
        )


def percent(effect: float) -> Text:
    """By how much an effect on a logarithm widens, in percent."""
    return Text(f"{100 * np.expm1(effect):+z.1f} %")


def _moved(effect: float, unit: str) -> Text:
    """An effect on the middle: in percent of the price, or in its unit."""
    return Text(f"{100 * effect:+z.3f} %" if unit == "log" else f"{effect:+z.4g}")


def _wide(log_width: float, unit: str) -> str:
    """A width from its logarithm: of a range of log prices, in percent of the middle."""
    width = float(np.exp(log_width))
    return f"{200 * np.sinh(width / 2):.3g} % of the price" if unit == "log" else number(width)


def _at(value: float, unit: str) -> str:
    return f"{100 * value:+z.3f} % from the last price" if unit == "log" else f"at {value:.5g}"


def _chart(one: "SymbolExplanation") -> Iterable[RenderableType]:
    """A chart by lag; the drawing library is loaded here, when it is needed."""
    from rnncli.report.charts import lag_chart

    by_lag = np.sum(list(by_lag_of(one).values()), axis=0)
    if one.width is not None:
        by_lag = 100 * np.expm1(by_lag / 100)
    if np.abs(by_lag).max() <= 100 * FLAT:
        return ()
    what = "range" if one.width is not None else "forecast"
    return (lag_chart(f"{one.symbol}: effect on the {what} by row back", by_lag),)
