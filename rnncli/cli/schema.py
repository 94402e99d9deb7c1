"""`rnncli schema`: JSON Schemas of every result, of `--config` files and of nightly jobs."""

import inspect
import json
import sys
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import typer
from typer.models import OptionInfo

from rnncli.cli.app import options_by_command
from rnncli.cli.completion import listed
from rnncli.cli.config import CONFIG
from rnncli.cli.options import command, options_of
from rnncli.cli.results import output_of, show_result
from rnncli.cli.toml_file import did_you_mean
from rnncli.errors import UsageError
from rnncli.settings import ResultSettings
from rnncli.storage.atomic import write_atomically

if TYPE_CHECKING:
    from rnncli.report.schemas.build import Schema

CONFIGS = {
    "config": "A file of `--config`: a table for each command.",
    "nightly": "The configuration of a nightly job, for `rnncli batch`.",
}
TEXTS = ["string", "number"]  # a date, a level or a list of symbols may have TOML's types


def _names(_: typer.Context) -> list[str]:
    from rnncli.report.schemas import RESULTS

    return [*RESULTS, *CONFIGS]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    command(app, "schema")(schema)


def schema(
    showing: ResultSettings,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME]",
            help="forecast, training, …; without it, the list.",
            autocompletion=listed(_names),
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a result or a configuration."""
    from rnncli.report.diagnostics import schemas_report
    from rnncli.report.schemas import RESULTS

    if name is None:
        listed = {name: what for name, (what, *_) in RESULTS.items()} | CONFIGS
        show_result(schemas_report(listed), showing)
        return
    known = [*RESULTS, *CONFIGS]
    if name not in known:
        remedy = f"; there are {', '.join(known)}"
        raise UsageError(f"no schema {name}{did_you_mean(name, known) or remedy}")
    if showing.format not in (None, "json"):
        raise UsageError(f"--format {showing.format}: a schema is JSON; leave it out")
    text = json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"
    path = output_of(showing)
    if path is None:
        sys.stdout.write(text)
    else:
        write_atomically(path, text.encode())


def schema_of(name: str) -> "Schema":
    """The schema of a name."""
    from rnncli.report.output import schema_id
    from rnncli.report.schemas import result_schema
    from rnncli.report.schemas.build import DRAFT

    if name not in CONFIGS:
        return result_schema(name)
    tables, needed = _config_tables() if name == "config" else _job_tables()
    return {
        "$schema": DRAFT, "$id": schema_id(name), "title": CONFIGS[name], "type": "object",
        "properties": tables, "required": needed, "additionalProperties": False,
    }  # fmt: skip


def _config_tables() -> "tuple[dict[str, Schema], list[str]]":
    """A table for each command, of all its options but the file itself."""
    tables = {}
    for name, parameters in options_by_command().items():
        options = [one for one in parameters if _info(one) is not None and one is not CONFIG]
        tables[name] = _table(name, f"Defaults of rnncli {name}.", options, {})
    return tables, []


def _job_tables() -> "tuple[dict[str, Schema], list[str]]":
    """The tables of a nightly job."""
    from rnncli.nightly.config import DEFAULTS, LEFT_OUT, NEEDED, TABLES

    tables = {}
    for name, stages in TABLES.items():
        left_out = LEFT_OUT.get(name, ())
        options = [o for stage in stages for o in options_of(stage) if o.name not in left_out]
        table = _table(name, f"[{name}] of a nightly job.", options, DEFAULTS.get(name, {}))
        tables[name] = table | ({"required": [NEEDED[name]]} if name in NEEDED else {})
    return tables, ["prices"]


def _table(
    table: str,
    description: str,
    options: Iterable[inspect.Parameter],
    defaults: Mapping[str, Any],
) -> "Schema":
    """Options by their names with -, which may be written with _ too."""
    properties = {
        option.name.replace("_", "-"): _value(option, defaults.get(option.name, option.default))
        for option in options
    }
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "patternProperties": {
            f"^{name.replace('-', '_')}$": {"$ref": f"#/properties/{table}/properties/{name}"}
            for name in properties
            if "-" in name
        },
        "additionalProperties": False,
    }


def _info(parameter: inspect.Parameter) -> OptionInfo | None:
    """Typer's information on an option, None for another parameter."""
    arguments = get_args(parameter.annotation)
    return next((one for one in arguments if isinstance(one, OptionInfo)), None)


def _value(option: inspect.Parameter, default: Any) -> "Schema":
    """What an option may be in a file."""
    info, kind = _info(option), get_args(option.annotation)[0]
    assert info is not None
    bounds = {"minimum": info.min, "maximum": info.max}
    values = _kind(kind) | {name: bound for name, bound in bounds.items() if bound is not None}
    given = {} if default in (None, inspect.Parameter.empty) else {"default": _typed(default, kind)}
    return {"description": info.help or "", **values, **given}


def _typed(default: Any, kind: Any) -> Any:
    """A default, which may be in the words of the command line, in its type."""
    number = int in (kind, *get_args(kind)) and isinstance(default, str)
    return int(default) if number else default


def _kind(kind: Any) -> "Schema":
    """The schema of a type of Python."""
    if get_origin(kind) in (Union, UnionType):
        return _kind(next(part for part in get_args(kind) if part is not type(None)))
    if get_origin(kind) is Literal:
        return {"enum": list(get_args(kind))}
    if get_origin(kind) is list:
        one = {"type": TEXTS} if get_args(kind)[0] is str else _kind(get_args(kind)[0])
        return {"anyOf": [one, {"type": "array", "items": one}]}
    if kind is str:  # with commas between, a list is one text
        return {"type": [*TEXTS, "array"], "items": {"type": TEXTS}}
    return {"type": {bool: "boolean", int: "integer", float: "number"}[kind]}
