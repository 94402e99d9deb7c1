"""Values of options and arguments that are converted without Pydantic.

Typer converts every value by Pydantic, defaults too, whose import takes longer than a short
command. What can only mean one thing is converted here: a default of its type, a text, digits, a
choice spelled as it is listed. Anything else goes the way of Typer, with its faults.
"""

import re
from collections.abc import Callable
from typing import Any, get_args

_DIGITS = r"-?[0-9]{1,9}"
_DECIMAL = r"-?[0-9]{1,9}(\.[0-9]{1,9})?"


class _Unclear(Exception):  # noqa: N818 - no fault: Typer decides
    """A value that is not plain."""


class ConvertsPlainValues:
    """Mixin of a command: plain values of its parameters are converted here, others as before."""

    def get_params(self, ctx: Any) -> list[Any]:
        """All parameters, the help option too."""
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc] # of the command
        for parameter in parameters:
            if "process_value" not in vars(parameter):
                parameter.process_value = _process(parameter, parameter.process_value)
        return parameters


def _process(parameter: Any, by_typer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """`process_value` of a parameter."""

    def process(context: Any, value: Any) -> Any:
        try:
            converted = plain_value(parameter, value)
        except _Unclear:
            if value is None and context.resilient_parsing:
                return None  # of a completion, where a value that is required may be missing
            return by_typer(context, value)
        if parameter.callback is None:
            return converted
        return parameter.callback(context, parameter, converted)

    return process


def plain_value(parameter: Any, value: Any) -> Any:
    """The value that Typer makes of one that is plain. Raises _Unclear for any other."""
    several = parameter.multiple or parameter.nargs == -1
    described = parameter.type_descriptor
    if several != described.is_list or (parameter.required and not value):
        raise _Unclear
    if value is None:
        return () if several else None
    if not several:
        return _converted(described.annotation, parameter, value)
    if not isinstance(value, list | tuple):
        raise _Unclear
    (kind,) = get_args(described.annotation)
    return [_converted(kind, parameter, one) for one in value]


def _converted(kind: Any, parameter: Any, value: Any) -> Any:
    """One value of a type. Raises _Unclear."""
    choices = parameter.type_descriptor.choices
    if choices is not None:
        if type(value) is str and value in choices:
            return value
    elif kind is str or kind is bool:
        if type(value) is kind:
            return value
    elif kind is int and (type(value) is int or _matches(_DIGITS, value)):
        return _within(parameter, int(value))
    elif kind is float and (type(value) in (int, float) or _matches(_DECIMAL, value)):
        return _within(parameter, float(value))
    raise _Unclear


def _matches(pattern: str, value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _within(parameter: Any, number: float) -> float:
    """A number in the range of its option. Raises _Unclear for another."""
    bounds = parameter.type_descriptor.parameter_info
    low, high = bounds.min, bounds.max
    if (low is None or number >= low) and (high is None or number <= high):
        return number
    raise _Unclear
