"""What `warmup` and `doctor` print: the kernels made ready, and what this machine has."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from rnncli.report.output import Report, Row
from rnncli.report.tables import Grid, table

WHOLE = "whole"

if TYPE_CHECKING:
    from rich.console import RenderableType

KERNEL_COLUMNS = ("kernel", "precision", "lanes", "source", "seconds")
LIBRARY_COLUMNS = ("library", "version", "licence", "extra", "why")
FACT_COLUMNS = ("section", "fact", "value")


def warmup_report(kernels: Sequence[Row]) -> Report:
    """Report of the kernels that are ready, a row each."""
    return Report("kernels", None, KERNEL_COLUMNS, lambda: kernels, lambda: _kernel_tables(kernels))


def _kernel_tables(kernels: Sequence[Row]) -> Iterable["RenderableType"]:
    from rich.text import Text

    from rnncli.report.tables import counted, table

    compiled = sum(row["source"] == "compiled" for row in kernels)
    seconds = sum(row["seconds"] for row in kernels)
    shown = [{**row, "seconds": Text(f"{row['seconds']:.3f}")} for row in kernels]
    yield table(
        f"{counted(len(kernels), 'kernel')} ready",
        KERNEL_COLUMNS,
        [[row[name] for name in KERNEL_COLUMNS] for row in shown],
        caption=f"{compiled} compiled, {len(kernels) - compiled} loaded, in {seconds:.1f} seconds",
    )


def doctor_report(sections: Mapping[str, Mapping[str, Any]]) -> Report:
    """Report of the installation; CSV and JSON lines have one row per fact."""
    rows = [
        {"section": section, "fact": fact, "value": value}
        for section, facts in sections.items()
        for fact, value in facts.items()
    ]
    return Report(
        "installation", sections, FACT_COLUMNS, lambda: rows, lambda: _fact_tables(sections)
    )


def _fact_tables(sections: Mapping[str, Mapping[str, Any]]) -> Iterable["RenderableType"]:
    from rnncli.report.tables import pairs, shown

    for section, facts in sections.items():
        yield pairs(section.capitalize(), [(fact, shown(value)) for fact, value in facts.items()])


def licences_report(libraries: Sequence[Row]) -> Report:
    """Report of the libraries, a row each."""

    def tables() -> Iterable["RenderableType"]:
        rows = [[row[name] or "-" for name in LIBRARY_COLUMNS] for row in libraries]
        yield table("Libraries", LIBRARY_COLUMNS, rows)

    return Report("licences", None, LIBRARY_COLUMNS, lambda: libraries, tables)


def schemas_report(schemas: Mapping[str, str]) -> Report:
    """Report of the names of schemas, and what each is of."""
    rows = [{"name": name, "of": what} for name, what in schemas.items()]

    def tables() -> Iterable["RenderableType"]:
        from rnncli.report.tables import table

        yield table("JSON Schemas", ("name", "of"), [tuple(row.values()) for row in rows])

    return Report("schemas", None, ("name", "of"), lambda: rows, tables)


def profile_table(seconds: Mapping[str, float]) -> Grid:
    """Table of the seconds by stage, and of all of them since the process began."""
    whole = sum(seconds.values())
    return table(
        "Where the time went",
        ("stage", "seconds", "share"),
        [
            (stage, Text(f"{taken:.3f}"), Text(f"{taken / whole:.1%}" if whole else "-"))
            for stage, taken in [*seconds.items(), (WHOLE, whole)]
        ],
    )
