"""Plain values of options: converted without Pydantic, to what Typer makes of them."""

import pytest
from in_process import here

from rnncli.cli.app import program
from rnncli.cli.plain_arguments import _Unclear, plain_value

TEXTS = [
    "", " ", "0", "-0", "1", "007", "-5", "+5", "42", " 42", "1_000", "4096", "4097", "100001",
    "9" * 9, "9" * 30, "0.5", "-0.5", "00.50", ".5", "5.", "1e3", "nan", "inf", "0x10", "٣", "¹",
    "true", "no", "rnn", "RNN", "none", "json", "mse,mae", "close,volume", "a b", "ä", "x\ty",
]  # fmt: skip
VALUES = [None, True, False, 0, 1, -1, 5, 0.5, 1.0, 1e300, float("nan"), (), [], (80.0, 95.0), [1]]


def parameters():
    """Every option and argument of every command, with the command."""
    for name, command in program().commands.items():
        for parameter in command.params:
            yield f"{name} {parameter.name}", command, parameter


def by_typer(parameter, command, value):
    """What Typer itself makes of a value, and its type; an exception where it is refused."""
    context = command.context_class(command)
    try:
        converted = type(parameter).process_value(parameter, context, value)
    except Exception as fault:
        return fault
    return repr(converted), type(converted)


def plainly(parameter, value):
    """What is made of it here; None where it is left to Typer."""
    try:
        converted = plain_value(parameter, value)
    except _Unclear:
        return None
    return repr(converted), type(converted)


@pytest.fixture
def distinct(monkeypatch):
    """One option of each kind: type, bounds, choices, number of values; callbacks aside."""
    kinds = {}
    for name, command, parameter in parameters():
        bounds = parameter.type_descriptor.parameter_info
        kind = (
            parameter.type_descriptor.annotation, bounds.min, bounds.max, parameter.multiple,
            parameter.nargs, parameter.required,
        )  # fmt: skip
        kinds.setdefault(kind, (name, command, parameter))
    for _, _, parameter in kinds.values():
        monkeypatch.setattr(parameter, "callback", None)
    return list(kinds.values())


def test_a_plain_value_is_what_typer_makes_of_it(distinct):
    """Of every kind of option, for texts and values of all kinds."""
    assert len(distinct) > 40
    plain = 0
    for name, command, parameter in distinct:
        several = [[], ["1"], ["1", "2"], ("0.5",), ["80", "x"]]
        for value in [*TEXTS, *VALUES, *([text] for text in TEXTS), *several]:
            if (here_made := plainly(parameter, value)) is not None:
                plain += 1
                assert here_made == by_typer(parameter, command, value), f"{name}: {value!r}"
    assert plain > 400


def test_every_default_is_plain():
    """Else a run of the command would load Pydantic for an option that nobody typed."""
    for name, _, parameter in parameters():
        if not parameter.required and parameter.type_descriptor.annotation is not bool:
            assert plainly(parameter, parameter.default) is not None, name


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x", "must be a whole number"),
        ("0", "must be between 1 and 100000"),
        ("100001", "must be between 1 and 100000"),
        ("1.5", "must be a whole number"),
    ],
)
def test_what_is_not_plain_is_refused_as_before(value, said):
    """Faults are those of Typer, in plain words."""
    done = here("predict", "p.csv", "--horizon", value)
    assert done.returncode == 2
    assert said in done.stderr.decode()


def test_a_completion_asks_typer_for_no_value(monkeypatch):
    """Arguments that are required are missing then, and no fault."""
    command, asked = program().commands["train"], []
    for parameter in command.params:
        monkeypatch.setattr(parameter, "get_runtime_param", lambda: asked.append("typer"))
    context = command.make_context("train", ["--epochs", "3"], resilient_parsing=True)
    assert (context.params["prices"], context.params["epochs"], asked) == (None, 3, [])
