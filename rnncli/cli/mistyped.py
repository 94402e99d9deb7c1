"""Words of a command line that would be parsed as something other than what was meant.

They are checked before they are parsed. Otherwise a typographic dash would begin the name of a
file, `-horizon` would be the options -h and -o, and the 95 of `--level 80 95` a file.
"""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rnncli.cli.definitions import example_of, instead_of_several
from rnncli.errors import UsageError

DASHES = "‐‑‒–—―−"  # noqa: RUF001 - what text processors make of - and --
QUOTES = "“”„‟«»‘’‚‛"  # noqa: RUF001
_NUMBER = r"[0-9.]+%?"
_BARE = r"[^-/.][^/.]*"  # a name without folder and ending, such as a symbol
_ANSWERS = {"yes", "no", "true", "false", "on", "off", "0", "1"}
WORDS = "rnncli.words"  # where the context keeps the words of the command line
PRIOR = "prior"  # the word for the shipped model; rnncli.models.prior would load the compiler
MAY_BE_EMPTY = ("baselines",)

Options = Mapping[str, Any]


def refuse_mistyped(command: Any, name: str, words: Sequence[str]) -> None:
    """Raise UsageError for a word that was meant otherwise, with what to type instead.

    `name`: how the command was called, as `rnncli predict`.
    """
    if list(words) == ["help"] and command.name != "help" and not os.path.lexists("help"):
        raise UsageError(f"for the help page of a command write {name} --help")
    options = _options(command)
    files = any("PRICES" in (p.metavar or "") for p in command.params if p.name not in options)
    for number, word in enumerate(words):
        if word == "--":
            _refuse_late(words[number + 1 :], options)
            return
        refuse_signs(word, options)
        option = options.get(word)
        if option is None:
            _refuse_empty(word, options)
        elif option.is_flag:
            _refuse_answer(word, words[number + 1 : number + 2], option)
        else:
            if number + 1 == len(words):
                raise UsageError(f"{word} has no value{_example(option, word)}")
            for value in words[number + 1 : number + 2]:
                _refuse_value(word, value, options)
                for further in words[number + 2 : number + 3] if files else ():
                    _refuse_further(word, value, further, option)


def _options(command: Any) -> Options:
    """The options of a command by each of their names."""
    return {
        name: parameter
        for parameter in command.params
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
    }


def refuse_signs(word: str, options: Options) -> None:
    """Raise UsageError for dashes and quotation marks of a text processor, and for one dash."""
    if os.path.lexists(word):
        return
    name = word.lstrip(f"-{DASHES}")
    before = word.removesuffix(name)
    if name[:1].isalpha() and not before.isascii():
        raise UsageError(f"{word}: begins with a typographic dash; type two hyphens: --{name}")
    if word[:1] and word[0] in QUOTES:
        raise UsageError(
            f"{word}: has typographic quotation marks; type {word.strip(QUOTES)}, or straight"
            " quotes"
        )
    if before == "-" and f"-{word}".partition("=")[0] in {*options, "--help"}:
        raise UsageError(f"{word}: begins with one hyphen; type two: -{word}")


def _refuse_late(words: Sequence[str], options: Options) -> None:
    """Raise UsageError for an option after --."""
    for word in words:
        if word.partition("=")[0] in options and not os.path.lexists(word):
            raise UsageError(
                f"{word}: comes after --, where every word is a file; type options before --"
            )


def _refuse_empty(word: str, options: Options) -> None:
    """Raise UsageError for `--horizon=`, and for `--adaptive=yes`."""
    name, sign, value = word.partition("=")
    if sign and name == "--help":
        raise UsageError(f"{word}: takes no value; type {name}")
    if not sign or name not in options:
        return
    if options[name].is_flag:
        raise UsageError(f"{word}: {_takes_no_value(name, options[name])}")
    if not value and options[name].name not in MAY_BE_EMPTY:
        raise UsageError(f"{name} has no value{_example(options[name], name)}")


def _refuse_answer(word: str, following: Sequence[str], option: Any) -> None:
    """Raise UsageError for `--adaptive yes`."""
    for answer in following:
        if answer.lower() in _ANSWERS and not os.path.lexists(answer):
            raise UsageError(f"{word} {answer}: {_takes_no_value(word, option)}")


def _takes_no_value(word: str, option: Any) -> str:
    """What to type for an option that is on or off."""
    names = " or ".join((word, *(n for n in option.secondary_opts if n != word)))
    return f"takes no value; type {names}"


def _refuse_value(word: str, value: str, options: Options) -> None:
    """Raise UsageError for an empty value, an option in its place, or = between spaces."""
    if value.startswith("="):
        raise UsageError(f"{word} {value}: has a space before =; type {word} VALUE or {word}=VALUE")
    if not value.strip() and options[word].name not in MAY_BE_EMPTY:
        raise UsageError(f"{word} has no value{_example(options[word], word)}")
    if value.partition("=")[0] in options:
        raise UsageError(f"{word} has no value before {value}{_example(options[word], word)}")


def _example(option: Any, name: str) -> str:
    """How the value of an option is typed."""
    choices = option.type_descriptor.choices
    if choices:
        return f"; choose {', '.join(map(str, choices))}"
    return f"; type {name} {example_of(option) or option.metavar}"


def _refuse_further(word: str, value: str, further: str, option: Any) -> None:
    """Raise UsageError for a second value that would be taken for a file."""
    one, other = value.rstrip(", "), further.rstrip(", ")
    if other in (PRIOR, "-", "") or os.path.lexists(further):
        return
    if (option.metavar or "").startswith("LIST") and re.fullmatch(_BARE, other):
        raise UsageError(f"{further}: is not a file; for several values type {word} {one},{other}")
    if not re.fullmatch(_NUMBER, other):
        return
    remedy = f"for several values type {word} {one} {word} {other}"
    if not option.multiple:
        remedy = instead_of_several(option, [one, other]) or f"{word} takes one value"
    raise UsageError(f"{further}: is not a file; {remedy}")
