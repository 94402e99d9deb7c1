"""Faults of the command line in plain words: what is wrong, and what to type instead."""

from difflib import get_close_matches
from typing import Any

MEANT = {  # options of other tools, and the one that does the same here
    "lr": "learning-rate", "rate": "learning-rate", "hidden": "hidden-size", "units": "hidden-size",
    "hidden-units": "hidden-size", "num-layers": "layers", "days": "horizon", "steps": "horizon",
    "ahead": "horizon", "periods": "horizon", "ticker": "symbols", "tickers": "symbols",
    "symbol": "symbols", "from": "since", "start-date": "since", "to": "until", "end": "until",
    "end-date": "until", "confidence": "level", "interval": "level", "intervals": "level",
    "quantiles": "level", "batch": "batch-size", "early-stopping": "patience", "lookback": "bptt",
    "seq-len": "bptt", "window": "bptt", "features": "inputs", "price": "column",
    "price-column": "column", "sep": "delimiter", "separator": "delimiter", "n-jobs": "jobs",
    "workers": "jobs", "silent": "quiet", "json": "format json", "csv": "format csv",
    "table": "format table", "seeds": "seed", "random-state": "seed", "model": "output",
    "out": "output", "o": "output", "weights": "init", "clip": "clip-norm",
    "grad-clip": "clip-norm",
    "weight-averaging": "average", "transform": "scale", "device": "threads",
}  # fmt: skip
NUMBERS = {"int": "a whole number", "float": "a number"}
SIMILAR = 0.7  # of names, for one to be suggested for the other


def worded(fault: Any) -> str:
    """A fault of the command line, as one line."""
    kind = type(fault).__name__
    if kind == "NoSuchOption":
        return _unknown(fault)
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
    kind = str(fault.__cause__.errors()[0]["type"]).partition("_")[0]
    if kind in NUMBERS:
        return f"must be {NUMBERS[kind]}{_such_as(parameter)}"
    return _range(parameter) or str(fault.message).rstrip(".")


def _range(parameter: Any) -> str:
    """The numbers that an option accepts; nothing for what is not a number."""
    if parameter.max is not None and parameter.min is not None:
        return f"must be between {_plain(parameter.min)} and {_plain(parameter.max)}"
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
    value = fault.__cause__.errors()[0]["input"]
    text = f"{_longest(parameter)} {value}: {reason_of(fault)}"
    many = parameter.multiple and isinstance(value, str) and "," in value
    if not many:
        return text
    name = _longest(parameter)
    typed = " ".join(f"{name} {part.strip()}" for part in value.split(","))
    return f"{text}; give several as {typed}"


def _such_as(parameter: Any) -> str:
    """An example, where there is a value that fits."""
    default = parameter.default
    if isinstance(default, list):
        default = default[0] if default else None
    example = default if default is not None else parameter.min
    return f", such as {example:g}" if isinstance(example, int | float) else ""


def _all_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _longest(parameter: Any) -> str:
    return str(max(parameter.opts, key=len))


def _unknown(fault: Any) -> str:
    """An option that does not exist, and the one that was probably meant."""
    known = [o[2:] for p in fault.ctx.command.params for o in p.opts if o.startswith("--")]
    name = str(fault.option_name)
    bare = name.lstrip("-").replace("_", "-").lower()
    meant = MEANT.get(bare)
    if meant is None or meant.split()[0] not in known:
        meant = next(iter(get_close_matches(bare, known, 1, SIMILAR)), None)
    where = fault.ctx.command_path
    if meant is not None:
        return f"{where} has no option {name}; did you mean --{meant}?"
    return f"{where} has no option {name}; {_elsewhere(fault.ctx, bare)}"


def _elsewhere(context: Any, option: str) -> str:
    """The commands that have an option, or how to list the options of this one."""
    commands = context.parent.command.commands if context.parent else {}
    with_it = [
        name
        for name, command in commands.items()
        if any(f"--{option}" in parameter.opts for parameter in command.params)
    ]
    if with_it:
        return f"it is an option of {_all_of(with_it)}"
    return f"{context.command_path} --help lists the options"


def _missing(fault: Any) -> str:
    """An argument or option that is required, and an example of the command."""
    from rnncli.cli.pages import PAGES

    parameter, command = fault.param, fault.ctx.command
    name = parameter.metavar if parameter.param_type_name == "argument" else None
    if name == "[MODEL] PRICES...":
        name = "PRICES"
    shown = name or " ".join((*sorted(parameter.opts, key=len)[:1], parameter.metavar or ""))
    page = PAGES.get(command.name)
    example = f"; example: {page.examples[0][1]}" if page else ""
    return f"{shown.strip()} is missing{example}"
