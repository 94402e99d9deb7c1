"""The configuration of a nightly job: a TOML file, its values checked as on the command line."""

import inspect
import os
import re
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any

import typer
import typer.main

from rnncli.cli.config import decoded, words_of
from rnncli.cli.options import gather, options_of
from rnncli.cli.per_symbol import ALONE
from rnncli.cli.usage_faults import reason_of
from rnncli.errors import MissingInputError, UsageError
from rnncli.models.prior import NAME as PRIOR
from rnncli.nightly.config import DEFAULTS, FORMS, LEFT_OUT, NEEDED, TABLES, Job
from rnncli.settings import FeedSettings, ReadSettings

PLACEHOLDERS = ("date", "today")
PATHS = ("paths", "file")  # options that name files


def read_job(path: str) -> Job:
    """The job that a file describes. Raises MissingInputError, UsageError."""
    text, tables = _parsed(path)
    for name, table in tables.items():
        if name not in TABLES or not isinstance(table, dict):
            raise UsageError(f"{line_of(path, text, '', name)}: {_no_table(name, table)}")
    settings = {name: _settings(path, text, name, tables.get(name, {})) for name in TABLES}
    for name in ("prices", "model") if "train" in tables else ("prices",):
        if name not in tables:
            raise UsageError(f"{path}: no table [{name}]; write it with {NEEDED[name]} = …")
    if "output" not in tables and "ledger" not in tables:
        raise UsageError(f"{path}: neither [output] nor [ledger], so forecasts would go nowhere")
    return _job(path, text, tables, settings)


def _no_table(name: str, table: Any) -> str:
    """Why a name at the top level of the file is not a table of a job."""
    if name in TABLES and isinstance(table, list):
        return f"[[{name}]] begins a list of tables; write [{name}], once"
    if name in TABLES:
        return f"{name} is a table; write [{name}] and its options below"
    shown = f"[{name}]" if isinstance(table, dict) else f"{name} outside any table"
    remedy = _did_you_mean(name, TABLES) or f"; the tables are {', '.join(TABLES)}"
    return f"no table {shown}{remedy}"


def _parsed(path: str) -> tuple[str, dict[str, Any]]:
    """The text of a file and its tables."""
    import tomllib

    try:
        with open(path, "rb") as file:
            text = decoded(file.read())
        return text, tomllib.loads(text)
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None)
        if reason:
            raise MissingInputError(
                f"{path}: {reason}; rnncli batch --init > nightly.toml writes one to begin with"
            ) from fault
        raise UsageError(f"{path}: {fault}") from fault


def _settings(path: str, text: str, name: str, table: dict[str, Any]) -> list[Any]:
    """The settings of one table, a dataclass each."""
    command = _command(name)
    options = {p.name: p for p in command.params if p.name not in LEFT_OUT.get(name, ())}
    values: dict[str, Any] = dict(DEFAULTS.get(name, {}))
    for key, value in table.items():
        where = f"{line_of(path, text, name, key)}: [{name}]"
        option = key.replace("-", "_")
        if option not in options:
            raise UsageError(f"{where} has no option {key}{_suggestion(name, option, options)}")
        try:
            if option in PATHS:
                _check_paths(value)
            values[option] = words_of(options[option], value)
        except ValueError as fault:
            raise UsageError(f"{where} {key}: {fault}") from fault
    try:
        context = command.make_context(name, [], default_map=values)
    except typer.BadParameter as fault:
        key = getattr(fault.param, "name", "").replace("_", "-")
        where = f"{line_of(path, text, name, key)}: [{name}] {key}"
        raise UsageError(f"{where} = {_shown(table.get(key))}: {reason_of(fault)}") from fault
    parameters = dict(context.params)
    try:
        return [gather(stage, parameters) for stage in TABLES[name]]
    except UsageError as fault:
        where = line_of(path, text, name, (fault.option or "").replace("_", "-"))
        raise UsageError(f"{where}: [{name}] {fault}") from fault


def _check_paths(value: Any) -> None:
    """Raise ValueError for a value that is not text, which an option for text would accept."""
    for path in value if isinstance(value, list) else [value]:
        if not isinstance(path, str):
            raise ValueError(f"{_shown(path)} is not a file name; write it in quotes")


def _shown(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _command(name: str) -> Any:
    """A command with the options of a table, used only to check their values."""

    def take(**values: Any) -> None:
        """Stand in for a command."""

    parameters = [option for stage in TABLES[name] for option in options_of(stage)]
    take.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by Typer
    take.__annotations__ = {option.name: option.annotation for option in parameters}
    app = typer.Typer(add_completion=False)
    app.command(name)(take)
    return typer.main.get_command(app)


def _suggestion(name: str, option: str, options: dict[str, Any]) -> str:
    """The table that has an option which this one does not have, or an option of a similar name."""
    for other, stages in TABLES.items():
        others = {field.name for stage in stages for field in fields(stage)}
        if other != name and option in others - set(LEFT_OUT.get(other, ())):
            return f"; it is one of [{other}]"
    return _did_you_mean(option.replace("_", "-"), [key.replace("_", "-") for key in options])


def _did_you_mean(name: str, names: Any) -> str:
    close = get_close_matches(name, list(names), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _refuse_idle(path: str, text: str, table: dict[str, Any], per_series: bool) -> None:
    """Refuse options of training per series without it, and with it those of one network."""
    idle = dict.fromkeys(ALONE, "is of one training; leave it out, or per-series")
    del idle["checkpoint_every"]  # in the example, and harmless: each model is a checkpoint
    if not per_series:
        reason = "does nothing without per-series = true: one network trains in one place"
        idle = dict.fromkeys(("jobs", "cluster"), reason)
    for key in table:
        if why := idle.get(key.replace("-", "_")):
            raise UsageError(f"{line_of(path, text, 'train', key)}: [train] {key}: {why}")


def _job(path: str, text: str, tables: dict[str, Any], settings: dict[str, list[Any]]) -> Job:
    """Put the settings of all tables together."""
    for name, key in NEEDED.items():
        if name in tables and not getattr(settings[name][0], key):
            raise UsageError(f"{path}: [{name}] names no {key}")
    feed: FeedSettings = settings["prices"][0]
    reading: ReadSettings = settings["prices"][1]
    retrain, preparing, shape, training, keeping, fleet, working = settings["train"]
    _refuse_idle(path, text, tables.get("train", {}), fleet.per_series)
    if fleet.per_series:
        keeping = replace(keeping, checkpoint_every=0)
    model = settings["model"][0].file or PRIOR
    if model != PRIOR:
        model = _complete(path, "model", model)
    elif "train" in tables:
        raise UsageError(
            f"{path}: [model] {PRIOR}: is not trained; name a file, or leave out [train]"
        )
    output, form = settings["output"][0].file, settings["output"][0].format
    return Job(
        file=path,
        paths=tuple(_complete(path, "prices", price_path) for price_path in feed.paths),
        reading=reading,
        model=model,
        retrain=retrain if "train" in tables else None,
        preparing=preparing, shape=shape, training=training, keeping=keeping,
        per_series=fleet.per_series or ("train" not in tables and os.path.isdir(model)),
        working=working,
        predicting=settings["forecast"][0],
        output=output and _template(path, _complete(path, "output", output)),
        form=form or _form(path, output),
        ledger=_optional(path, "ledger", settings),
        window=settings["score"][0],
        scoring=settings["score"][1],
        log=_optional(path, "log", settings),
    )  # fmt: skip


def _optional(path: str, name: str, settings: dict[str, list[Any]]) -> str | None:
    file = settings[name][0].file
    return None if file is None else _complete(path, name, file)


def _complete(config: str, name: str, path: str) -> str:
    """A path relative to the folder of the configuration; `~` is the user's home folder."""
    if path == "-":
        raise UsageError(f"{config}: [{name}] -: a nightly job reads and writes files; name one")
    expanded = os.path.expanduser(path)
    if expanded.startswith("~"):
        raise UsageError(f"{config}: [{name}] {path}: no such home folder; write the whole path")
    return os.path.join(os.path.dirname(config), expanded)


def _template(config: str, path: str) -> str:
    for name in re.findall(r"\{(.*?)\}", path):
        if name not in PLACEHOLDERS:
            raise UsageError(
                f"{config}: [output] {path}: no placeholder {{{name}}}; there are {{date}}, the"
                " newest date of the prices, and {today}, the date of the run"
            )
    return path


def _form(config: str, path: str | None) -> str:
    """The format that the ending of a file name stands for."""
    ending = os.path.splitext(path or "forecasts.csv")[1][1:].lower()
    if ending not in FORMS:
        raise UsageError(
            f'{config}: [output] {path}: the ending names no form; write format = "csv", or one of'
            f" {', '.join(FORMS[1:])}"
        )
    return ending


def line_of(path: str, text: str, table: str, key: str) -> str:
    """The file, and the line of a key if it can be found; without a table, of the table `key`."""
    for number, inside, name, _ in _keys(text):
        if (inside, name) == (table, key) or (not table and name is None and inside == key):
            return f"{path}, line {number}"
    return path


def located(path: str, fault: UsageError) -> UsageError:
    """A fault of an option, as one of the line of the configuration that sets it.

    Where several tables have such an option, it is the one with the value in the message.
    """
    named = re.match(r"--([\w-]+)(?: ([^:]*))?", str(fault))
    if named is None:
        return fault
    with open(path, encoding="utf-8-sig") as file:
        lines = [line for line in _keys(file.read()) if line[1] in TABLES and line[2] == named[1]]
    number, inside, *_ = max(lines, key=lambda line: _holds(line[3], named[2]), default=(0, ""))
    return UsageError(f"{path}, line {number}: [{inside}] {fault}") if number else fault


def _holds(line: str, value: str | None) -> bool:
    """Whether a line seems to set a value."""
    return value is not None and value.removesuffix(".0") in line


def _keys(text: str) -> list[tuple[int, str, str | None, str]]:
    """Lines that set a key or begin a table: number, table, key (None for a table), the line."""
    lines: list[tuple[int, str, str | None, str]] = []
    inside = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*[\"']?([^\]\"']*?)[\"']?\s*\]", line):
            inside = header[1]
            lines.append((number, inside, None, line))
        elif key := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line):
            lines.append((number, inside, key[1], line))
    return lines
