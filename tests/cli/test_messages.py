"""Messages of one command: many faults of one cause do not bury the others."""

import pytest

from rnncli.cli.messages import Messages, error
from rnncli.errors import DataError, MissingInputError
from rnncli.settings import OutputSettings

SHORT = "{}: has 1 price; a forecast needs 2"


def fail_often(messages, count):
    for number in range(count):
        messages.fail(DataError(SHORT.format(f"S{number}")))


def test_five_faults_of_one_cause_are_shown_and_the_others_counted(capsys):
    """The rest of 1,600 symbols without a price is one line, and the status is that of all."""
    messages = Messages(OutputSettings())
    fail_often(messages, 1600)
    assert messages.end() == 1
    shown = [f"error: {SHORT.format(f'S{number}')}" for number in range(5)]
    more = "error: and 1595 more of the same cause (all with -v)"
    assert capsys.readouterr().err.splitlines() == [*shown, more]


def test_five_faults_are_all_shown(capsys):
    """Where nothing is kept back there is no word of it."""
    messages = Messages(OutputSettings())
    fail_often(messages, 5)
    messages.end()
    assert len(capsys.readouterr().err.splitlines()) == 5


@pytest.mark.parametrize("quiet", [False, True])
def test_verbose_shows_every_fault(capsys, quiet):
    """-v gives in full what was counted."""
    messages = Messages(OutputSettings(verbose=True, quiet=quiet))
    fail_often(messages, 20)
    messages.end()
    assert len(capsys.readouterr().err.splitlines()) == 20


def test_another_cause_is_shown_among_many_of_one(capsys):
    """Neither names, numbers nor places make a cause, but other words and other faults do."""
    messages = Messages(OutputSettings())
    fail_often(messages, 10)
    messages.fail(DataError("x.csv, line 3, column close: 'abc' is not a price; mend that line"))
    messages.fail(MissingInputError("S11: has 1 price; a forecast needs 2"))
    for name in ("a.us", "B", "'c d'", "0700"):
        messages.fail(DataError(f"{name}.csv, lines 2 and 3: {name} has two prices on 2024-01-02"))
        messages.fail(DataError(f"{name}.csv, lines 2 and 3: {name} has two prices on 2024-01-03"))
    messages.end()
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 5 + 1 + 1 + 5 + 1
    assert told[-1] == "error: and 8 more of the same causes (all with -v)"


def test_a_fault_that_ends_the_command_comes_after_the_count(capsys):
    """What was kept back is reported, however the command ends."""
    messages = Messages(OutputSettings())
    fail_often(messages, 6)
    error("the disk is full")
    told = capsys.readouterr().err.splitlines()
    assert told[-2:] == [
        "error: and 1 more of the same cause (all with -v)",
        "error: the disk is full",
    ]
