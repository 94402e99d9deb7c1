"""The gradient of a recurrent weight, as a product whose vectors run over the columns.

The states of some days are turned: a panel holds 16 columns of them, day by day and lane by lane.
So a tile runs along its left side number by number and along panels vector by vector. A panel of as
many days as are taken at once fits the nearest cache, whatever the number of units. Sums are added
up in the order of days and lanes, which no processor changes.
"""

from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from rnncli.kernels._llvm_emitter import Emitter, Value
from rnncli.kernels._turn_llvm import turned
from rnncli.kernels.block_sizes import DEPTH, PANEL


@dataclass(frozen=True)
class Side:
    """One side of an outer product: days of features, a day beginning at at + day * size."""

    array: Any
    start: Value
    size: Value

    def day(self, e: Emitter, day: Value) -> Value:
        """Where a day begins."""
        return e.at(self.start, day, self.size)

    def features(self, e: Emitter, at: Value, count: int) -> list[Value]:
        """A vector of each of some features that follow one another."""
        return [
            e.load(self.array.data, e.builder.add(at, e.index(n * e.lanes))) for n in range(count)
        ]


@dataclass(frozen=True)
class Panels:
    """Room for `count` panels of DEPTH rows, and after them for sums (rows, count * PANEL)."""

    e: Emitter
    data: Value
    count: Value

    def at(self, panel: Value, row: Value, vector: int) -> Value:
        """Where a vector of a row of a panel is, or of one of those after it."""
        e, of_panel = self.e, PANEL // self.e.shape.width
        beyond = (vector // of_panel * DEPTH * PANEL) + vector % of_panel * e.shape.width
        return e.at(e.index(beyond), e.at(row, panel, DEPTH), PANEL)

    def sums_at(self, row: Value, panel: Value) -> Value:
        """Where the sums of a row begin that belong to a panel."""
        e = self.e
        rows = e.builder.add(row, e.index(DEPTH))
        return e.at(e.builder.mul(rows, e.builder.mul(self.count, e.index(PANEL))), panel, PANEL)


def emit_panels(e: Emitter, out: Any, room: Any, left: Side, right: Side, days: Value) -> None:
    """Code of `add_outer` with several lanes."""
    rows, columns = e.dimension(out, 0), e.dimension(out, 1)
    count = e.builder.sdiv(e.builder.add(columns, e.index(PANEL - 1)), e.index(PANEL))
    panels, at_once = Panels(e, room.data, count), DEPTH // e.lanes
    _clear_sums(panels, rows)
    with e.counted(e.index(0), days, at_once) as since:
        until = e.smaller(e.builder.add(since, e.index(at_once)), days)
        _turn(panels, right, since, until, columns)
        _add_days(panels, left, since, until, rows)
    with e.counted(e.index(0), rows, 1) as i, e.counted(e.index(0), columns, 1) as j:
        total = e.scalar(room.data, e.builder.add(panels.sums_at(i, e.index(0)), j))
        e.add_number(total, out.data, e.at(j, i, columns))


def _clear_sums(panels: Panels, rows: Value) -> None:
    e, width = panels.e, panels.e.shape.width
    begin, end = (panels.sums_at(row, panels.e.index(0)) for row in (e.index(0), rows))
    with e.counted(begin, end, width) as place:
        e.store(ir.Constant(e.vector, None), panels.data, place)


def _turn(panels: Panels, right: Side, since: Value, until: Value, columns: Value) -> None:
    """Code that lays out days in panels; a last panel of fewer columns repeats the last of them."""
    e, last = panels.e, panels.e.builder.sub(columns, panels.e.index(1))
    whole = e.builder.sdiv(columns, e.index(PANEL))
    for begin, end, full in ((e.index(0), whole, True), (whole, panels.count, False)):
        with e.counted(begin, end, 1) as panel:
            first = e.builder.mul(panel, e.index(PANEL))
            columns_of = [e.builder.add(first, e.index(n)) for n in range(PANEL)]
            if not full:
                columns_of = [e.smaller(column, last) for column in columns_of]
            _turn_panel(panels, right, since, until, panel, columns_of)


def _turn_panel(
    panels: Panels, right: Side, since: Value, until: Value, panel: Value, columns: list[Value]
) -> None:
    e, width = panels.e, panels.e.shape.width
    with (
        e.counted(since, until, 1) as day,
        e.counted(e.index(0), e.index(e.lanes), width) as lane,
    ):
        begin = e.builder.add(right.day(e, day), lane)
        row = e.at(lane, e.builder.sub(day, since), e.lanes)
        for vector in range(PANEL // width):
            few = columns[vector * width : (vector + 1) * width]
            features = [e.load(right.array.data, e.at(begin, one, e.lanes)) for one in few]
            for n, turned_column in enumerate(turned(e, features)):
                place = panels.at(panel, e.builder.add(row, e.index(n)), vector)
                e.store(turned_column, panels.data, place)


def _add_days(panels: Panels, left: Side, since: Value, until: Value, rows: Value) -> None:
    """Code that adds the products of some days to the sums."""
    e = panels.e
    at_once = max(e.shape.sums // 4 // (PANEL // e.shape.width), 1)  # panels, beside four rows

    def panels_from(panel: Value, count: int) -> None:
        def rows_from(i: Value, height: int) -> None:
            _tile(panels, left, since, until, i, height, panel, count)

        height = e.shape.sums // (count * PANEL // e.shape.width)
        e.tiled(rows, (max(min(height, 8), 1), 1), rows_from)

    e.tiled(panels.count, tuple(n for n in (4, 2, 1) if n <= at_once), panels_from)


def _tile(
    panels: Panels, left: Side, since: Value, until: Value, i: Value, height: int,
    panel: Value, count: int,
) -> None:  # fmt: skip
    """`height` rows from `i` and `count` panels of the products of some days."""
    e, width = panels.e, panels.e.shape.width
    vectors = range(count * PANEL // width)
    totals = [[e.variable(ir.Constant(e.vector, None)) for _ in vectors] for _ in range(height)]
    with e.counted(since, until, 1) as day:
        left_at = e.at(left.day(e, day), i, e.lanes)
        with e.counted(e.index(0), e.index(e.lanes), 1) as lane:
            row = e.at(lane, e.builder.sub(day, since), e.lanes)
            xs = [e.load(panels.data, panels.at(panel, row, v)) for v in vectors]
            for r, totals_of_row in enumerate(totals):
                place = e.builder.add(e.builder.add(left_at, lane), e.index(r * e.lanes))
                w = e.spread(e.scalar(left.array.data, place))
                for x, total in zip(xs, totals_of_row, strict=True):
                    e.add_product(w, x, total)
    for r, totals_of_row in enumerate(totals):
        begin = panels.sums_at(e.builder.add(i, e.index(r)), panel)
        for v, total in enumerate(totals_of_row):
            place = e.builder.add(begin, e.index(v * width))
            after = e.builder.fadd(e.load(panels.data, place), e.builder.load(total))
            e.store(after, panels.data, place)
