"""From settings dataclasses to Typer options: the signature, the environment, the checks."""

import contextlib
import dataclasses
import fcntl
import inspect
import os
import sys
from collections.abc import Callable, Collection
from functools import cache
from math import isfinite
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

from rnncli.cli.completion import COMPLETIONS
from rnncli.cli.config import CONFIG, idle_variables, sourced
from rnncli.cli.definitions import define
from rnncli.cli.help_page import PageCommand
from rnncli.cli.messages import Messages
from rnncli.cli.results import check_result
from rnncli.errors import RnncliError, UsageError, WriteError
from rnncli.runtime.event_log import RunLog
from rnncli.settings import LogSettings, Option, OutputSettings, ResultSettings

Function = Callable[..., int | None]
OPTIONS: dict[str, list[inspect.Parameter]] = {}  # of each command that is registered
_CONTEXT = inspect.Parameter(
    "context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context
)


def command(
    app: typer.Typer,
    name: str,
    configurable: bool = True,
    silent: Callable[[dict[str, Any]], bool] = lambda _: False,
    form: str | None = None,
    without: Collection[str] = (),
) -> Callable[[Function], Function]:
    """Register a function as a command; the fields of its parameters of settings become options.

    By default it takes `--config FILE`, whose table of its name gives defaults. A parameter
    `typed` gets the names of the options on the command line, and a parameter
    `log` the run's log, which comes with its option. A closed standard output is refused unless
    the options make it `silent` or name a file for the result, whose default is the `form`. It does
    not take the options `without`, which would have no effect.
    """

    def register(function: Function) -> Function:
        hints = get_type_hints(function, include_extras=True)
        stages = {key: hint for key, hint in hints.items() if dataclasses.is_dataclass(hint)}
        logged = (LogSettings,) if "log" in hints else ()
        options = [o for stage in (*stages.values(), *logged) for o in options_of(stage)]
        options = [option for option in options if option.name not in without]
        if configurable:
            options.append(CONFIG)
        OPTIONS[name] = [*_arguments_of(function, hints, stages), *options]
        effects = {name: only for stage in stages.values() for name, only in _effects(stage)}
        has_file = ResultSettings in stages.values()

        def run(context: typer.Context, **values: Any) -> int | None:
            values.pop("config", None)  # read eagerly
            if values["debug"]:
                context.obj.add("debug")  # for the caller of the command, which handles its faults
            _warn_of_idle_variables(context, values["quiet"])
            output, typed = values["output"] if has_file else None, _typed(context)
            if output is None and not silent(values):
                _check_stdout()
            try:
                _refuse_idle(effects, values, typed)
                if has_file:
                    check_result(values, typed, output, form)
                return start(values, typed)
            except RnncliError as fault:
                raise sourced(context, fault) from fault

        def start(values: dict[str, Any], typed: frozenset[str]) -> int | None:
            settings = {key: gather(stage, values) for key, stage in stages.items()}
            if "typed" in hints:
                values["typed"] = typed
            if not logged:
                return function(**values, **settings)
            log = RunLog(name, gather(LogSettings, values).log_file)
            return logged_run(log, lambda: function(**values, **settings, log=log))

        _give_signature(run, [_CONTEXT, *OPTIONS[name]], function.__doc__)
        variables = {"auto_envvar_prefix": f"RNNCLI_{name.upper()}"}
        app.command(name, cls=PageCommand, context_settings=variables)(run)
        return function

    return register


def _warn_of_idle_variables(context: typer.Context, quiet: bool) -> None:
    """Warn of variables of the environment that set no option."""
    for line in idle_variables(context):
        Messages(OutputSettings(quiet=quiet)).warn(line)


def _arguments_of(
    function: Function, hints: dict[str, Any], stages: Collection[str]
) -> list[inspect.Parameter]:
    """The parameters of a command that are on its command line as they are."""
    return [
        parameter.replace(annotation=hints[parameter.name])
        for parameter in inspect.signature(function).parameters.values()
        if parameter.name not in stages and parameter.name not in ("typed", "log")
    ]


def _give_signature(
    run: Callable[..., Any], parameters: list[inspect.Parameter], doc: str | None
) -> None:
    """Give a function the signature and the help that Typer reads."""
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by Typer
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = doc


def logged_run(log: RunLog, function: Callable[[], int | None]) -> int | None:
    """Run a command, its end or its fault the last event of its log."""
    try:
        status = function()
    except Exception as fault:
        known = int(fault.status) if isinstance(fault, RnncliError) else None
        with contextlib.suppress(WriteError):  # the fault itself is reported, even if the log fails
            log.event("failed", error=str(fault), status=known)
        raise
    log.event("ended", status=int(status or 0))
    return status


def _check_stdout() -> None:
    """Refuse a standard output that nobody may write to, before anything is done for it."""
    with contextlib.suppress(OSError, ValueError):  # it is not a file
        flags = fcntl.fcntl(sys.stdout.fileno(), fcntl.F_GETFL)
        if flags & os.O_ACCMODE == os.O_RDONLY:
            raise WriteError("standard output is closed; nothing could be printed")


def _typed(context: typer.Context) -> frozenset[str]:
    """Options on the command line, not those from the environment, a file or defaults."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    return frozenset(n for n, source in sources.items() if source and source.name == "COMMANDLINE")


def _effects(stage: Any) -> list[tuple[str, tuple[str, str]]]:
    """Fields that have an effect only if another setting has a value; the setting and the value."""
    hints = _hints_of(stage)
    options = {field.name: get_args(hints[field.name])[1] for field in dataclasses.fields(stage)}
    return [(name, option.only) for name, option in options.items() if option.only]


def _refuse_idle(
    effects: dict[str, tuple[str, str]], values: dict[str, Any], typed: frozenset[str]
) -> None:
    """Refuse options that were typed and would have no effect."""
    for name, (other, needed) in effects.items():
        if name not in typed or values[other] == needed:
            continue
        option = f"--{name.replace('_', '-')}"
        if values.get("start") == "prior" and other in ("cell", "mode"):
            raise UsageError(
                f"{option}: does nothing with --start prior, whose network has no {needed};"
                " leave it out"
            )
        chosen = f"with --{other} {values[other]}" if values[other] else f"without --{other}"
        raise UsageError(
            f"{option}: does nothing {chosen}; leave it out, or add --{other} {needed}"
        )


@cache
def _hints_of(stage: Any) -> dict[str, Any]:
    """The types of a stage's fields, with their options; evaluated once, for it takes long."""
    return get_type_hints(stage, include_extras=True)


def options_of(stage: Any) -> list[inspect.Parameter]:
    """One keyword parameter a field: its type, its default, its help and bounds."""
    hints = _hints_of(stage)
    panel = getattr(stage, "PANEL", None)
    return [_option(field, hints[field.name], panel) for field in dataclasses.fields(stage)]


def _option(field: Any, hint: Any, panel: str | None) -> inspect.Parameter:
    kind, option = get_args(hint)
    assert isinstance(option, Option)
    define(field.name, option)
    default, names = field.default, [f"--{field.name.replace('_', '-')}"]
    if get_origin(kind) is tuple:
        kind, default = list[get_args(kind)[0]], list(default)  # type: ignore[misc] # made at run time
    flag = bool in {kind, *get_args(kind)}
    if flag:
        names[0] += f"/--no-{names[0][2:]}"
    if option.letter:
        names.append(f"-{option.letter}")
    whole = kind is int or int in get_args(kind)
    bounds = [
        int(bound) if whole and bound is not None else bound
        for bound in (option.minimum, option.maximum)
    ]
    shown = typer.Option(
        *names, help=option.help, min=bounds[0], max=bounds[1], show_envvar=False,
        metavar=None if flag else option.metavar or _metavar(field.name, kind),
        rich_help_panel=option.panel or panel,
        autocompletion=COMPLETIONS.get(field.name),
    )  # fmt: skip
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, shown],
    )


def _metavar(name: str, kind: Any) -> str:
    """The name of a value in the help: N, X, or for a choice the last word of the option."""
    parts = {kind, *get_args(kind)}
    if int in parts:
        return "N"
    return "X" if float in parts else name.rpartition("_")[2].upper()


def gather(stage: Any, values: dict[str, Any]) -> Any:
    """Take a stage's fields out of the parsed values and make its settings of them."""
    names = [field.name for field in dataclasses.fields(stage) if field.name in values]
    taken = {name: values.pop(name) for name in names}
    for name, value in taken.items():
        _refuse_infinite(name, value if isinstance(value, list) else [value])
    return stage(**{key: tuple(v) if isinstance(v, list) else v for key, v in taken.items()})


def _refuse_infinite(name: str, values: list[Any]) -> None:
    """Refuse infinite and NaN values of any setting."""
    for value in values:
        if isinstance(value, float) and not isfinite(value):
            raise UsageError("is not a finite number", option=name, value=value)
