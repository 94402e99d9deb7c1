"""The configuration of a nightly job: a TOML file, its values checked as on the command line."""

import inspect
import os
import re
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_args

import typer
import typer.main

from rnncli.cli.options import gather, options_of
from rnncli.cli.per_symbol import ALONE
from rnncli.cli.results import form_of
from rnncli.cli.toml_file import (
    TomlFile,
    as_toml,
    did_you_mean,
    option_of,
    read_toml,
    spelled,
    table_fault,
    with_keys,
    words_of,
)
from rnncli.cli.usage_faults import reason_of
from rnncli.errors import UsageError, worded
from rnncli.models.prior import NAME as PRIOR
from rnncli.nightly.config import DEFAULTS, FORMS, LEFT_OUT, NEEDED, REMEDIES, TABLES, Job
from rnncli.prices.exclude import LIST
from rnncli.settings import (
    DeliverySettings,
    FeedSettings,
    KeepSettings,
    MonitorSettings,
    PortfolioSettings,
    ReadSettings,
)
from rnncli.settings.option import Init

PLACEHOLDERS = ("date", "today")
PATHS = ("paths", "file", "report", "holdings")  # options that name files


def read_job(path: str) -> Job:
    """The job that a file describes. Raises MissingInputError, UsageError."""
    file = read_toml(path, "rnncli batch --init > nightly.toml writes one to begin with")
    tables = file.content
    for name, table in tables.items():
        if name not in TABLES or not isinstance(table, dict):
            raise UsageError(f"{file.place(name)}: {table_fault(name, table, TABLES, 'prices')}")
    settings = {name: _settings(file, name, tables.get(name, {})) for name in TABLES}
    for name in ("prices", "model") if "train" in tables else ("prices",):
        if name not in tables:
            raise UsageError(f"{path}: no table [{name}]; {REMEDIES[name]}")
    if "output" not in tables and "ledger" not in tables:
        raise UsageError(
            f"{path}: has neither [output] nor [ledger], so forecasts would be"
            ' lost; add [ledger] with file = "ledger.db"'
        )
    return _job(file, settings)


def _settings(file: TomlFile, name: str, table: dict[str, Any]) -> list[Any]:
    """The settings of one table, a dataclass each."""
    command = _command(name)
    options = {p.name: p for p in command.params if p.name not in LEFT_OUT.get(name, ())}
    values: dict[str, Any] = dict(DEFAULTS.get(name, {}))
    for key, value in table.items():
        where = f"{file.place(name, key)}: [{name}]"
        option = key.replace("-", "_")
        if option not in options:
            raise UsageError(f"{where} has no option {key}{_suggestion(name, key, options)}")
        try:
            if option in PATHS:
                _check_paths(value)
            values[option] = words_of(options[option], value)
        except ValueError as fault:
            raise UsageError(f"{where} {key}: {fault}") from fault
    try:
        context = command.make_context(name, [], default_map=values)
    except typer.BadParameter as fault:
        option = getattr(fault.param, "name", "")
        key = next((key for key in table if key.replace("-", "_") == option), option)
        shown = as_toml(table.get(key))
        where = f"{file.place(name, key)}: [{name}] {key}"
        reason = with_keys(reason_of(fault), lambda option, _: option)
        raise UsageError(f"{where} = {shown}: {reason}") from fault
    parameters = dict(context.params)
    try:
        with worded(lambda option, _: spelled(option)):
            return [gather(stage, parameters) for stage in TABLES[name]]
    except UsageError as fault:
        raise UsageError(f"{file.place(name, option_of(fault) or '')}: [{name}] {fault}") from fault


def _check_paths(value: Any) -> None:
    """Raise ValueError for a value that is not text, which an option for text would accept."""
    for path in value if isinstance(value, list) else [value]:
        if not isinstance(path, str):
            raise ValueError(f"{as_toml(path)} is not a file name; write it in quotes")


@cache
def _command(name: str) -> Any:
    """A command with the options of a table, used only to check their values."""

    def take(**values: Any) -> None:
        """A placeholder for a command."""

    parameters = [option for stage in TABLES[name] for option in options_of(stage)]
    take.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by Typer
    take.__annotations__ = {option.name: option.annotation for option in parameters}
    app = typer.Typer(add_completion=False)
    app.command(name)(take)
    return typer.main.get_command(app)


def _suggestion(name: str, key: str, options: dict[str, Any]) -> str:
    """The table that has an option which this one does not have, or an option of a similar name."""
    for other, stages in TABLES.items():
        others = {field.name for stage in stages for field in fields(stage)}
        if other != name and key.replace("-", "_") in others - set(LEFT_OUT.get(other, ())):
            return f"; it is one of [{other}]"
    return did_you_mean(key, options)


def _refuse_idle(file: TomlFile, per_series: bool) -> None:
    """Refuse options that only apply with --per-series, or only without it."""
    idle = dict.fromkeys(ALONE, "is of one training; leave it out, or per-series")
    del idle["checkpoint_every"]  # in the example, and harmless: each model is a checkpoint
    if not per_series:
        reason = "does nothing without per-series = true: one network trains in one place"
        idle = dict.fromkeys(("jobs", "cluster"), reason)
    for key in file.content.get("train", {}):
        if why := idle.get(key.replace("-", "_")):
            raise UsageError(f"{file.place('train', key)}: [train] {key}: {why}")


def _job(file: TomlFile, settings: dict[str, list[Any]]) -> Job:
    """Put the settings of all tables together."""
    tables = file.content
    for name, key in NEEDED.items():
        page = name == "output" and settings[name][0].report
        if name in tables and not getattr(settings[name][0], key) and not page:
            raise UsageError(f"{file.place(name)}: [{name}] names no {key}")
    feed: FeedSettings = settings["prices"][0]
    reading = _with_paths(file, settings["prices"][1])
    retrain, preparing, shape, training, keeping, fleet, working = settings["train"]
    _refuse_idle(file, fleet.per_series)
    if shape.init not in get_args(Init):
        raise UsageError(
            f"{file.place('train', 'init')}: [train] init: a job trains from the start; continue a"
            " model with rnncli train --init"
        )
    if fleet.per_series:
        keeping = replace(keeping, checkpoint_every=0)
    model = settings["model"][0].file or PRIOR
    if model != PRIOR:
        model = _complete(file, "model", model)
    elif "train" in tables:
        raise UsageError(
            f"{file.place('model', 'file')}: [model] {PRIOR}: is not trained; name a file, or leave"
            " out [train]"
        )
    delivery: DeliverySettings = settings["output"][0]
    output = delivery.file
    return Job(
        file=file.path,
        feed=replace(feed, paths=tuple(_complete(file, "prices", path) for path in feed.paths)),
        reading=reading,
        model=model,
        retrain=retrain if "train" in tables else None,
        preparing=preparing, shape=shape, training=training, keeping=keeping,
        per_series=fleet.per_series or ("train" not in tables and os.path.isdir(model)),
        working=working,
        predicting=settings["forecast"][0],
        output=output and _template(file, _complete(file, "output", output)),
        form=delivery.format or _form(file, output),
        digits=delivery.digits,
        names=delivery.names,
        report=_page(file, delivery),
        ledger=_optional(file, "ledger", settings),
        risk=_risk(file, settings["risk"][0], fleet.per_series),
        window=settings["score"][0],
        scoring=settings["score"][1],
        log=_optional(file, "log", settings),
        tidying=_tidying(file, settings["keep"][0], output),
        monitor=_monitor(file, settings["monitor"][0]),
    )  # fmt: skip


def _tidying(file: TomlFile, tidying: KeepSettings, output: str | None) -> KeepSettings:
    """What is removed; forecast files only where their name has a date. Raises UsageError."""
    if tidying.limits_outputs and "{" not in os.path.basename(output or ""):
        raise UsageError(
            f"{file.place('keep')}: [keep]: the name of the [output] file has no {{date}}, so it is"
            " written over; leave out outputs and output-age"
        )
    return tidying


def _risk(file: TomlFile, risk: PortfolioSettings, per_series: bool) -> PortfolioSettings | None:
    """The portfolios with complete paths, None without the table. Raises UsageError."""
    if "risk" not in file.content:
        return None
    where = f"{file.place('risk')}: [risk]"
    if per_series:
        raise UsageError(f"{where}: needs a model of all symbols; leave out per-series")
    if "ledger" not in file.content:
        raise UsageError(f"{where}: is recorded in a ledger; add [ledger] with its file")
    holdings = tuple(_complete(file, "risk", path) for path in risk.holdings)
    return replace(risk, holdings=holdings)


def _monitor(file: TomlFile, monitor: MonitorSettings) -> MonitorSettings:
    """The monitoring, with the complete path of the metrics."""
    metrics = monitor.metrics and _complete(file, "monitor", monitor.metrics, "metrics")
    return replace(monitor, metrics=metrics)


def _with_paths(file: TomlFile, reading: ReadSettings) -> ReadSettings:
    """The settings with complete paths of the files other than prices."""
    return replace(
        reading,
        feature_file=tuple(_complete(file, "prices", path) for path in reading.feature_file),
        events=reading.events and _complete(file, "prices", reading.events),
        exclude=_complete_list(file, reading.exclude),
        tickers=reading.tickers and _complete(file, "prices", reading.tickers),
    )


def _complete_list(file: TomlFile, exclude: str | None) -> str | None:
    """The symbols to exclude, with the complete path of the file that lists them."""
    if exclude is None or not exclude.startswith(LIST):
        return exclude
    return LIST + _complete(file, "prices", exclude.removeprefix(LIST))


def _optional(file: TomlFile, name: str, settings: dict[str, list[Any]]) -> str | None:
    path = settings[name][0].file
    return None if path is None else _complete(file, name, path)


def _complete(file: TomlFile, name: str, path: str, key: str | None = None) -> str:
    """A path relative to the folder of the configuration; `~` is the user's home folder."""
    where = f"{file.place(name, key or NEEDED[name])}: [{name}]"
    if path == "-":
        raise UsageError(f"{where} -: a nightly job reads and writes files; name one")
    expanded = os.path.expanduser(path)
    if expanded.startswith("~"):
        raise UsageError(f"{where} {path}: no such home folder; write the whole path")
    return os.path.join(os.path.dirname(file.path), expanded)


def _template(file: TomlFile, path: str) -> str:
    for name in re.findall(r"\{(.*?)\}", path):
        if name not in PLACEHOLDERS:
            raise UsageError(
                f"{file.place('output', 'file')}: [output] {path}: no placeholder {{{name}}};"
                " there are {date}, the newest date of the prices, and {today}, the date of the run"
            )
    return path


def _page(file: TomlFile, delivery: DeliverySettings) -> str | None:
    """The path of the page, which is not that of the forecasts."""
    if delivery.report is None:
        return None
    if delivery.report == delivery.file:
        where = file.place("output", "report")
        raise UsageError(f"{where}: [output] report: is the file of the forecasts; name another")
    return _template(file, _complete(file, "output", delivery.report))


def _form(file: TomlFile, path: str | None) -> str:
    """The format for the ending of a file name."""
    form = form_of(path or "forecasts.csv")
    if form not in FORMS:
        raise UsageError(
            f"{file.place('output', 'file')}: [output] {path}: the ending names no form; write"
            f' format = "csv", or one of {", ".join(FORMS[1:])}'
        )
    return form
