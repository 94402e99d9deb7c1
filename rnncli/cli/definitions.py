"""What messages say of the values of an option, and where a value is from."""

from typing import Any

from rnncli.settings import Option

EXAMPLES = {"DATE": "2024-01-31", "TIME": "60s"}  # of a metavar
PREFIX = "RNNCLI_"  # of variables of the environment
_DEFINITIONS: dict[str, Option] = {}  # of each option with something to say, by name


def define(name: str, option: Option) -> None:
    """Keep what the definition of an option says of its values."""
    if option.example or option.several or option.is_in_rows:
        _DEFINITIONS[name] = option


def example_of(parameter: Any) -> str | None:
    """A value that fits an option, None if its definition names none."""
    option = _DEFINITIONS.get(parameter.name)
    return (option and option.example) or EXAMPLES.get(parameter.metavar)


def instead_of_several(parameter: Any, values: list[str]) -> str | None:
    """What to type instead of several values; None if the definition does not say."""
    option = _DEFINITIONS.get(parameter.name)
    if option is None or option.several is None:
        return None
    name = max(parameter.opts, key=len)
    return option.several.format(option=name, value=values[0], count=len(values))


def is_in_rows(parameter: Any) -> bool:
    """Whether the option is a number of rows, five of which are a week."""
    option = _DEFINITIONS.get(parameter.name)
    return option is not None and option.is_in_rows


def variable_of(command: str | None, option: str) -> str:
    """The variable of the environment that sets an option of a command."""
    return f"{PREFIX}{command}_{option}".upper().replace("-", "_")


def source_of(context: Any, option: str) -> str | None:
    """Where the value of an option is from: COMMANDLINE, ENVIRONMENT, DEFAULT_MAP (the file)."""
    source = context.get_parameter_source(option.replace("-", "_"))
    return source and str(source.name)
