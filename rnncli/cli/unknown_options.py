"""Options that a command does not have: the option that was meant, or the commands that have it."""

import re
import shlex
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from rnncli.cli.mistyped import WORDS

MEANT = {  # options of other tools, and the one that does the same here
    "lr": "learning-rate", "rate": "learning-rate", "hidden": "hidden-size", "units": "hidden-size",
    "hidden-units": "hidden-size", "num-layers": "layers", "days": "horizon", "steps": "horizon",
    "ahead": "horizon", "periods": "horizon", "h": "horizon", "ticker": "symbols",
    "tickers": "symbols", "symbol": "symbols", "s": "symbols", "from": "since",
    "start": "since", "start-date": "since", "to": "until", "end": "until",
    "end-date": "until", "level": "confidence", "levels": "level", "confidence": "level",
    "alpha": "level", "interval": "level", "intervals": "level", "quantile": "level",
    "quantiles": "level", "batch": "batch-size", "early-stopping": "patience", "lookback": "bptt",
    "seq-len": "bptt", "window": "bptt", "features": "inputs", "price": "column",
    "price-column": "column", "sep": "delimiter", "separator": "delimiter", "n-jobs": "jobs",
    "j": "jobs", "workers": "jobs", "silent": "quiet", "json": "format json",
    "csv": "format csv", "table": "format table", "f": "format", "seeds": "seed",
    "random-state": "seed", "e": "epochs", "iterations": "epochs", "save": "output",
    "model": "output", "out": "output", "o": "output", "weights": "init", "clip": "clip-norm",
    "grad-clip": "clip-norm", "graph": "chart", "draw": "plot", "figure": "plot",
    "predict": "forecast", "data": "prices", "fit": "train", "training": "train",
    "evaluate": "score", "path": "file", "filename": "file", "output": "file",
    "weight-averaging": "average", "transform": "scale", "device": "threads", "cutoffs": "folds",
    "n": "horizon", "weekly": "resample W", "monthly": "resample M",
}  # fmt: skip
ARGUMENTS = {  # arguments that are named without an option, and what they are called elsewhere
    "PRICES": ("prices", "price", "file", "files", "input", "inputs", "data", "dataset", "path",
               "in", "i", "p", "folder", "dir"),
    "MODEL": ("model", "m", "models", "checkpoint"),
    "LEDGER": ("ledger", "db", "database", "file"),
    "CONFIG": ("config", "c", "job", "file"),
    "FILE": ("file", "ledger"),
}  # fmt: skip
TYPED = {
    "PRICES": "prices", "MODEL": "my.model", "LEDGER": "ledger.db", "CONFIG": "nightly.toml",
    "FILE": "ledger.db",
}  # fmt: skip # an argument as an example types it
NUMBER = r"([0-9]+(\.[0-9]+)?|\.[0-9]+)%?"
PROGRAM = {"version": "rnncli --version", "v": "rnncli -V"}  # of the program, not of a command
CONFIDENCE = "did you mean --confidence, such as 95?"
COLOUR = ("color", "colour", "colors", "colours", "no-color", "no-colour")
BESIDE = {  # command and an option that only others have -> what to type instead
    ("gradients", "chart"): "its table has bars; for a figure type --plot FILE, for a page --html"
    " FILE",
}
SIMILAR = 0.7  # least similarity of a name that is suggested


def unknown_option(fault: Any) -> str:
    """An option that does not exist, and the one that was probably meant."""
    name = str(fault.option_name)
    bare = name.lstrip("-").replace("_", "-").lower()
    return f"{fault.ctx.command_path} has no option {name}; {_instead(fault.ctx, bare)}"


def _instead(context: Any, bare: str) -> str:
    """What to type in place of an option that does not exist."""
    if without := _argument(context, bare):
        return without
    if beside := _beside(context, bare):
        return beside
    known = [o[2:] for p in context.command.params for o in p.opts if o.startswith("--")]
    meant = meant_option(bare, known)
    if meant is not None:
        return _with_value(meant, bare, _value_of(context, bare))
    if context.parent and bare in PROGRAM:
        return f"versions are shown by {PROGRAM[bare]}"
    if context.parent and get_close_matches(bare, ["help", "help-all"], 1, SIMILAR):
        return f"did you mean --help? All details: rnncli help {context.info_name}"
    return _elsewhere(context, bare)


def _value_of(context: Any, bare: str) -> str:
    """The number typed after an option; empty for any other word, or without one."""
    words = [part for word in context.meta.get(WORDS, ()) for part in word.split("=", 1)]
    names = (f"-{bare}", f"--{bare}")
    if len(bare) == 1:  # as -n5
        words += [
            part for word in words if word.startswith(names[0]) for part in (names[0], word[2:])
        ]
    after = next((value for name, value in pairwise(words) if name in names), "")
    return after.rstrip("%") if re.fullmatch(NUMBER, after) else ""


def _with_value(meant: str, bare: str, value: str) -> str:
    """The option that was meant; with its value if typed as a letter, or if it must change."""
    if meant == "confidence" and value:
        percent = float(value) * (100 if float(value) < 1 else 1)
        percent = max(percent, 100 - percent)  # 5 is what lies beyond 95
        return f"type --confidence {percent:g}" if 50 < percent < 100 else CONFIDENCE
    shown = f" {value}" if value and len(bare) == 1 else ""
    return f"did you mean --{meant}{shown}?"


def _beside(context: Any, bare: str) -> str:
    """What to type for an option that this command replaces by something else; empty for others."""
    if bare in COLOUR:
        return "set NO_COLOR=1 for text without colours"
    return BESIDE.get((context.info_name, bare), "")


def meant_option(bare: str, known: Sequence[str]) -> str | None:
    """The option among the known ones that a name of another tool, or a misspelt one, stands for.

    Without hyphens before it; a value may follow, as in `format json`.
    """
    meant = MEANT.get(bare)
    for _ in range(2):  # a confidence is a level in one command, and a level it in another
        if meant is None or meant.split()[0] in known:
            break
        meant = MEANT.get(meant)
    if meant is not None and meant.split()[0] in known:
        return meant
    return next(iter(get_close_matches(bare, known, 1, SIMILAR)), None)


def _argument(context: Any, bare: str) -> str:
    """How to give without an option what was given by one; empty if it is not an argument."""
    named = list(_arguments(context.command))
    for word in named:
        if bare in ARGUMENTS.get(word, ()):
            shown = " ".join(
                TYPED[w] for w in named if w in TYPED and w in (word, "PRICES", "LEDGER")
            )
            return f"{word} is named without an option: {context.command_path} {shown}"
    return ""


def _arguments(command: Any) -> Iterator[str]:
    """The names of the arguments of a command, as its usage writes them: MODEL, PRICES."""
    for argument in command.params:
        if argument.param_type_name == "argument":
            yield from re.findall(r"[A-Z]+", argument.metavar or "")


def _elsewhere(context: Any, option: str) -> str:
    """The commands that have an option, or how to list the options of this one."""
    group = (context.parent or context).command
    with_it = [
        name
        for name, command in group.commands.items()
        if any(f"-{option}" in (o, o[1:]) for parameter in command.params for o in parameter.opts)
    ]
    if with_it and context.parent:
        return f"it is an option of {_all_of(with_it)}"
    if with_it:
        words = list(context.meta.get(WORDS, ()))
        place = next((n for n, word in enumerate(words) if word in with_it), None)
        if place is not None:
            moved = shlex.join([*words[place:], *words[:place]])
            return f"it follows the name of a command: rnncli {moved}"
        dashes = "-" * (1 + (len(option) > 1))
        first = next(iter({"predict"} & {*with_it} or with_it))
        versions = "; for versions: rnncli -V" if option == "v" else ""
        return f"it follows the name of a command: rnncli {first} {dashes}{option}{versions}"
    return f"{context.command_path} --help lists the options"


def _all_of(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
