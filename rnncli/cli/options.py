"""From settings dataclasses to Typer options: the signature, the environment, the TOML keys."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer

from rnncli.settings import Option

Function = Callable[..., int | None]


def command(
    app: typer.Typer, name: str, configurable: bool = True
) -> Callable[[Function], Function]:
    """Register a function as a command; parameters that are settings become their fields' options.

    Unless told otherwise, it takes `--config FILE`, whose table of its name gives defaults.
    """

    def register(function: Function) -> Function:
        hints = get_type_hints(function, include_extras=True)
        stages = {key: hint for key, hint in hints.items() if dataclasses.is_dataclass(hint)}
        own = [
            parameter.replace(annotation=hints[parameter.name])
            for parameter in inspect.signature(function).parameters.values()
            if parameter.name not in stages
        ]
        options = [option for stage in stages.values() for option in _options(stage)]

        def run(config: str | None = None, **values: Any) -> int | None:  # noqa: ARG001 - read eagerly
            settings = {key: _gather(stage, values) for key, stage in stages.items()}
            return function(**values, **settings)

        parameters = [*own, *options, *([_CONFIG] if configurable else [])]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # read by Typer
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        app.command(name, context_settings={"auto_envvar_prefix": f"RNNCLI_{name.upper()}"})(run)
        return function

    return register


def _options(stage: Any) -> list[inspect.Parameter]:
    """One keyword parameter a field: its type, its default, its help and bounds."""
    hints = get_type_hints(stage, include_extras=True)
    return [_option(field, hints[field.name]) for field in dataclasses.fields(stage)]


def _option(field: Any, hint: Any) -> inspect.Parameter:
    kind, option = get_args(hint)
    assert isinstance(option, Option)
    default, names = field.default, [f"--{field.name.replace('_', '-')}"]
    if get_origin(kind) is tuple:
        kind, default = list[float], list(default)
    if kind is bool:
        names[0] += f"/--no-{names[0][2:]}"
    if option.letter:
        names.append(f"-{option.letter}")
    whole = kind is int or int in get_args(kind)
    bounds = [
        int(bound) if whole and bound is not None else bound
        for bound in (option.minimum, option.maximum)
    ]
    shown = typer.Option(*names, help=option.help, min=bounds[0], max=bounds[1], show_envvar=False)
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, shown],
    )


def _gather(stage: Any, values: dict[str, Any]) -> Any:
    """Take a stage's fields out of the parsed values and make its settings of them."""
    taken = {field.name: values.pop(field.name) for field in dataclasses.fields(stage)}
    return stage(**{key: tuple(v) if isinstance(v, list) else v for key, v in taken.items()})


def _read_config(context: typer.Context, path: str | None) -> str | None:
    """Make the command's table of a TOML file its defaults; unknown keys are refused."""
    if path is None or context.resilient_parsing:
        return path
    import tomllib

    try:
        with open(path, "rb") as file:
            content = tomllib.load(file)
    except OSError as fault:
        raise typer.BadParameter(f"{path}: {fault.strerror}") from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise typer.BadParameter(f"{path}: {fault}") from fault
    commands = getattr(context.parent and context.parent.command, "commands", {})
    for name, table in content.items():
        if name not in commands or not isinstance(table, dict):
            raise typer.BadParameter(f"{path}: {name!r} is no table of a command")
    table = content.get(context.info_name or "", {})
    known = {parameter.name for parameter in context.command.params} - {"config"}
    defaults = {key.replace("-", "_"): value for key, value in table.items()}
    for key in defaults:
        if key not in known:
            raise typer.BadParameter(f"{path}: [{context.info_name}] has no option {key!r}")
    context.default_map = {**(context.default_map or {}), **defaults}
    return path


_CONFIG = inspect.Parameter(
    "config",
    inspect.Parameter.KEYWORD_ONLY,
    default=None,
    annotation=Annotated[
        str | None,
        typer.Option(
            "--config",
            help="TOML file with defaults: a table for each command.",
            envvar="RNNCLI_CONFIG",
            metavar="FILE",
            is_eager=True,
            callback=_read_config,
        ),
    ],
)
