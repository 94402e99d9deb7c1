"""Where a result goes, and in which form: refused early where it cannot be had, then written."""

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rnncli.errors import UsageError
from rnncli.settings import OutputSettings, ResultSettings
from rnncli.storage.atomic import check_creatable, write_pieces

if TYPE_CHECKING:
    from rnncli.report.output import Report

FORMS = {"csv": "csv", "json": "json", "jsonl": "jsonl", "parquet": "parquet", "txt": "table"}
FOR_PROGRAMS = ("digits", "names")  # options that a table does not follow


def show_result(report: "Report", showing: OutputSettings, form: str | None = None) -> None:
    """Write a result to its file or to standard output.

    `form`: the default, or the only possible form. Raises CannotCreateError, WriteError.
    """
    show_parts([report], showing, form)


def show_parts(parts: "Iterable[Report]", showing: OutputSettings, form: str | None = None) -> None:
    """Write the parts of a result one by one; at least one, all of the same columns."""
    from rnncli.report.output import pieces, write_parts

    path = output_of(showing)
    if path is None:
        write_parts(parts, showing.format or form, showing.digits)
        return
    asked = showing.format or form_of(path)
    assert asked is not None  # an unknown ending was refused before
    write_pieces(path, pieces(parts, asked, showing.digits))


def output_of(showing: OutputSettings) -> str | None:
    """The file that a result is written to, None for standard output."""
    return showing.output if isinstance(showing, ResultSettings) else None


def form_of(path: str) -> str | None:
    """The form for the ending of a file, None for an unknown ending."""
    return FORMS.get(Path(path).suffix[1:].lower())


def is_silent(values: Mapping[str, Any]) -> bool:
    """Whether a command whose work is not what it prints prints nothing: -q, and no --format."""
    return bool(values["quiet"]) and values["format"] is None


def is_table(showing: OutputSettings) -> bool:
    """Whether a result will be a table."""
    return _form(vars(showing), output_of(showing)) == "table"


def _form(values: Mapping[str, Any], output: str | None, default: str | None = None) -> str | None:
    """The form that options ask for; None off a terminal, where each result has its default."""
    asked = "jsonl" if values.get("follow") else values.get("export") or values["format"]
    if asked or output is not None:
        return asked or form_of(output or "")
    return default or ("table" if sys.stdout.isatty() else None)


def check_result(
    values: Mapping[str, Any], typed: frozenset[str], output: str | None, default: str | None
) -> None:
    """Refuse, before anything is read, a file that cannot be written and options without effect.

    `values`: of all options; `output`: the file of the result, `default`: the form of a result
    that is not a table on a terminal. Raises UsageError, CannotCreateError.
    """
    form = _form(values, output, default)
    if output is not None:
        _check_output(output, form, values)
    if form == "table":
        for name in sorted(typed.intersection(FOR_PROGRAMS)):
            raise UsageError(f"--{name}: does nothing in a table; add --format csv, json or jsonl")


def _check_output(output: str, form: str | None, values: Mapping[str, Any]) -> None:
    if values.get("follow"):
        raise UsageError("--output: a result without end has no file; leave out --follow, or use >")
    if output == "-":
        raise UsageError(
            "--output -: a result goes to standard output without it; leave it out, or name the"
            " file ./-"
        )
    if form is None:
        endings = ", ".join(f".{ending}" for ending in FORMS)
        if os.path.isdir(output):
            raise UsageError(f"--output {output}: is a folder; name a file, such as result.csv")
        raise UsageError(f"--output {output}: has no known ending; use {endings}, or add --format")
    if os.path.realpath(output) in set(_inputs(values)):
        raise UsageError(f"--output {output}: is one of the inputs; name another file")
    check_creatable(output)
    if form == "parquet":
        from rnncli.report.parquet import check_parquet

        check_parquet()


def _inputs(values: Mapping[str, Any]) -> Iterable[str]:
    """The files that a command reads or keeps, as far as its options name them."""
    for name in ("files", "prices", "model", "job", "compare", "ledger", "state", "plot", "html"):
        value = values.get(name) or []
        for path in [value] if isinstance(value, str) else value:
            if path != "-":
                yield os.path.realpath(path)
