"""The table of commands: what lists show of a command that is not built, and what a run loads."""

import sys

import pytest
from processes import finished

from rnncli.cli.app import options_by_command, program
from rnncli.cli.commands import COMMANDS

RUN = """
import sys
from rnncli import cli
cli._run(sys.argv[1:])
print("\\n", *sys.modules)
"""


def loaded_by(*arguments):
    """Modules of rnncli.cli that a process has loaded after a command."""
    words = [sys.executable, "-c", RUN, *arguments]
    done = finished(words, capture_output=True, text=True, check=True)
    names = done.stdout.splitlines()[-1].split()
    return {name.removeprefix("rnncli.cli.") for name in names if name.startswith("rnncli.cli.")}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name):
    """Lists show the line of the table, the page the help of the command."""
    assert program().commands[name].help == COMMANDS[name].summary
    assert program().commands[name].name == name


def test_no_command_is_left_out_of_the_table():
    """What a module registers is in the table under that module."""
    made = {name: name for name, command in program().commands.items() if command is not None}
    assert list(made) == list(COMMANDS)
    assert [*options_by_command(), "help"] == list(COMMANDS)


@pytest.mark.slow(each_version=True)
def test_the_program_loads_no_command():
    """The list of commands loads no command, nor does the version."""
    modules = {command.module for command in COMMANDS.values()}
    assert loaded_by("--help") & modules == set()
    assert loaded_by("--version") & modules == set()
    assert loaded_by("nope") & modules == set()


def test_a_command_loads_no_other():
    """Those of the command that is named, and what it shares with others."""
    assert loaded_by("statland", "--help") & {"train", "predict", "batch", "risk"} == set()
