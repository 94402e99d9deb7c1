"""Read a CSV file of stress scenarios: a name, a symbol and its change in each row."""

from rnncli.errors import DataError, UsageError
from rnncli.prices.parsing.columns.profile import GridProfile
from rnncli.prices.parsing.columns.roles import Columns
from rnncli.prices.parsing.grid.fast_split import read_grid
from rnncli.prices.parsing.source.limits import Limits
from rnncli.prices.parsing.source.text import read_text
from rnncli.prices.parsing.table.cell_reader import CellReader
from rnncli.prices.parsing.vocabulary.column_names import SYMBOLS
from rnncli.risk.marks import Mark, parse_marks
from rnncli.settings import ReadSettings

NAMES = ("scenario", "case")
CHANGES = ("change", "shock", "move", "changepercent")


def read_scenarios(path: str, settings: ReadSettings) -> dict[str, list[Mark]]:
    """The moves of each scenario by its name; one without names is called after the file.

    Raises UsageError for standard input, MissingInputError, DataError where a column is missing or
    a cell is no change.
    """
    if path == "-":
        raise UsageError("cannot be standard input; name a file", option="scenarios", value=path)
    limits = Limits.times(settings.limits)
    grid = read_grid(read_text(path, path, None, settings.encoding, limits), None, limits)
    if grid.header is None:
        raise DataError("has no header row", place=path, remedy="name its columns symbol, change")
    profile = GridProfile(grid, grid.header)
    matches = [list(profile.named(list(names))) for names in (NAMES, SYMBOLS, CHANGES)]
    if not matches[1] or not matches[2]:
        raise DataError(
            f"needs the columns symbol and change; there are {profile.list_names()}", place=path
        )
    name, symbol, change = (columns[0] if columns else None for columns in matches)
    assert symbol is not None
    assert change is not None
    others = tuple(i for i in (name, change) if i is not None)
    reader = CellReader(grid, Columns("long", (), (), symbol=symbol, beside=others), None)
    cells = {}
    for i in (symbol, *others):
        column = reader.text(i)
        cells[i] = [column.cells[code] for code in column.codes.tolist()]
    in_percent = profile[change].bare_name == CHANGES[-1]
    scenarios: dict[str, list[Mark]] = {}
    for row, line in enumerate(grid.lines.tolist()):
        named = cells[name][row] if name is not None else path
        text = cells[change][row] + ("%" if in_percent else "")
        try:
            marks = parse_marks("scenarios", [f"{cells[symbol][row]}={text}"])
        except UsageError:
            raise DataError(
                f"{text!r} is not a change", place=f"{path}, line {line}", remedy="write -10%"
            ) from None
        scenarios.setdefault(named, []).extend(marks)
    return scenarios
