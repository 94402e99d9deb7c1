"""Faults of the command line in plain words: what is wrong, and what to type instead."""

import math
import os
import re
import shlex
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rnncli.cli.definitions import (
    example_of,
    instead_of_several,
    is_in_rows,
    source_of,
    variable_of,
)
from rnncli.cli.mistyped import WORDS

NUMBERS = {"int": "a whole number", "float": "a number"}


def worded(fault: Any) -> str:
    """A fault of the command line, as one line."""
    kind = type(fault).__name__
    if kind == "NoSuchOption":
        from rnncli.cli.unknown_options import unknown_option

        return unknown_option(fault)
    if kind == "MissingParameter" and fault.param is not None:
        return _missing(fault)
    parameter = getattr(fault, "param", None)
    if kind == "BadParameter" and parameter is not None:
        return _refused(fault, parameter)
    return " ".join(fault.format_message().split())


def reason_of(fault: Any) -> str:
    """Why a value is refused, and what is accepted."""
    parameter = fault.param
    if getattr(fault, "__cause__", None) is None or not hasattr(fault.__cause__, "errors"):
        return str(fault.message).rstrip(".")
    choices = parameter.type_descriptor.choices
    if choices:
        return f"choose {_either([str(choice) for choice in choices])}"
    problem = fault.__cause__.errors()[0]
    kind, value = str(problem["type"]).partition("_")[0], problem["input"]
    if kind in NUMBERS:
        remedy = _one(value, parameter) or _meant(value, parameter) or _such_as(parameter)
        return f"must be {NUMBERS[kind]}{remedy}"
    return _range(parameter, value) or str(fault.message).rstrip(".")


def _one(value: Any, parameter: Any) -> str:
    """What to type in place of several whole numbers; empty where the option does not say."""
    parts = re.split(r"[,;\s]+", str(value).strip("[](){},; "))
    if len(parts) < 2 or not all(map(str.isdecimal, parts)):
        return ""
    instead = instead_of_several(parameter, parts)
    return f"; {instead}" if instead else ""


def _meant(value: Any, parameter: Any) -> str:
    """The number that was meant by 80%, 0,05, 1e3 or 5d; empty for other values."""
    text = str(value).strip()
    if parameter.multiple and "," in text:
        return ""
    if text.endswith("%") and (number := _number(text[:-1])) is not None:
        return _typed(number / 100 if _is_fraction(parameter) else number, parameter)
    if parameter.type_descriptor.annotation is not int and _number(text.replace(",", ".")):
        return f"; type {text.replace(',', '.')}"
    if (number := _number(re.sub(r"(\d),(?=\d{3}\b)", r"\1", text))) and number.is_integer():
        return _typed(int(number), parameter)
    weeks = re.fullmatch(r"([0-9]+) ?(w|wks?|weeks?)", text)
    if weeks and is_in_rows(parameter):
        return _typed(5 * int(weeks[1]), parameter, f"; rows are trading days: for {text}")
    days = re.fullmatch(r"([0-9]+) ?(d|days?|rows?|steps?)", text)
    return _typed(int(days[1]), parameter) if days else ""


def _typed(number: float, parameter: Any, why: str = ";") -> str:
    """The number to type, or the range that it is not in."""
    least, most = (-math.inf if parameter.min is None else parameter.min,
                   math.inf if parameter.max is None else parameter.max)  # fmt: skip
    if least <= number <= most:
        return f"{why} type {_plain(number)}"
    return f" {_range(parameter, number).removeprefix('must be ')}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _is_fraction(parameter: Any) -> bool:
    """Whether an option is a fraction of one, and no percentage."""
    default, most = parameter.default, parameter.max
    return (most is not None and most <= 1) or (isinstance(default, float) and default < 1)


def _range(parameter: Any, value: Any) -> str:
    """The numbers that an option accepts; nothing for what is not a number."""
    if parameter.max is not None and parameter.min is not None:
        said = f"must be between {_plain(parameter.min)} and {_plain(parameter.max)}"
        number = _number(str(value))
        if parameter.max > 1 or number is None or not 1 <= number <= 100:
            return said
        fraction = number / 100
        fits = parameter.min <= fraction <= parameter.max
        return f"{said}; for {_plain(number)} % type {_plain(fraction)}" if fits else said
    if parameter.min is not None:
        return f"must be {_plain(parameter.min)} or more"
    return ""


def _plain(value: float) -> str:
    """A bound without a zero fraction."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _refused(fault: Any, parameter: Any) -> str:
    """An option, the value it was given, and what it accepts."""
    if not hasattr(fault.__cause__, "errors"):
        return str(fault.message) if parameter.name == "config" else fault.format_message()
    value, variable = fault.__cause__.errors()[0]["input"], _variable(fault.ctx, parameter)
    where = f"{variable}: " if variable else ""
    text = f"{where}{_longest(parameter)} {value}: {reason_of(fault)}"
    if parameter.param_type_name == "argument" and os.path.exists(str(value)):
        return f"{text}; {_exchanged(fault.ctx, str(value))}"
    if not parameter.multiple or not isinstance(value, str):
        return text
    name, parts = _longest(parameter), re.split(r"[,;\s]+", value.strip(",; "))
    if len(parts) == 1:
        return text
    typed = " ".join(f"{name} {part}" for part in parts)
    remedy = f'set {variable}="{" ".join(parts)}"' if variable else f"type {typed}"
    return f"{text}; for several values {remedy}"


def _variable(context: Any, parameter: Any) -> str | None:
    """The variable of the environment that a value is from; None for one that was typed."""
    if source_of(context, parameter.name) != "ENVIRONMENT":
        return None
    return variable_of(context.info_name, parameter.name)


def _exchanged(context: Any, path: str) -> str:
    """The command as it was typed, with a file moved before the word in front of it."""
    words = list(context.meta.get(WORDS, ()))
    place = words.index(path) if path in words else 0
    if not place:
        return "files come before it"
    words[place - 1 : place + 1] = words[place], words[place - 1]
    return f"did you mean: {context.command_path} {shlex.join(words)}?"


def _such_as(parameter: Any) -> str:
    """An example of a value that is accepted, if one is known."""
    default = parameter.default
    if isinstance(default, list):
        default = default[0] if default else None
    if (known := example_of(parameter)) is not None:
        return f", such as {known}"
    example = default if default is not None else parameter.min
    return f", such as {example:g}" if isinstance(example, int | float) else ""


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _longest(parameter: Any) -> str:
    return str(max(parameter.opts, key=len))


def _missing(fault: Any) -> str:
    """An argument or option that is required, and an example of the command."""
    from rnncli.cli.pages import PAGES

    parameter, command = fault.param, fault.ctx.command
    name = parameter.metavar if parameter.param_type_name == "argument" else None
    if name is not None and "PRICES..." in name:
        name = "PRICES"
    shown = name or " ".join((*sorted(parameter.opts, key=len)[:1], parameter.metavar or ""))
    shown = shown.strip("[]")
    words = fault.ctx.meta.get(WORDS, ())
    if command.name == "train" and (typed := _continuing(words)):
        return f"{shown.strip()} is missing; to continue from a model: {typed}"
    if name == "PRICES" and "--follow" in words:
        return "PRICES is missing; rows come from standard input: name - before --follow"
    page = PAGES.get(command.name)
    example = f"; example: {page.examples[0][1]}" if page else ""
    return f"{shown.strip()} is missing{_why_missing(command, words)}{example}"


def _continuing(words: Sequence[str]) -> str:
    """The command that continues to train the model among the words, into a new file.

    Empty where there is no model.
    """
    from rnncli.storage.tensor_file import is_model

    model = next((word for word in words if os.path.isfile(word) and is_model(word)), None)
    if model is None:
        return ""
    others = [word for word in words if word not in (model, "--init")] or ["prices"]
    return shlex.join(["rnncli", "train", *others, "--init", model, "-o", "new.model"])


def _why_missing(command: Any, words: Sequence[str]) -> str:
    """The word in the wrong place because of which an argument is missing; empty without one."""
    from rnncli.cli.mistaken_paths import is_ledger

    options = {o: p for p in command.params for o in p.opts if p.param_type_name == "option"}
    for name, value in pairwise(words):
        option = options.get(name)
        if option is None or option.is_flag or "FILE" in (option.metavar or ""):
            continue
        if option.name != "output" and os.path.exists(value):
            return f": {value} was taken as the value of {name}"
    files = [word for word in words if os.path.isfile(word) or os.path.isdir(word)]
    if command.name == "score" and files and not is_ledger(files[0]):
        return f": {files[0]} is not a ledger, which comes first"
    return ""
