"""What is printed without Typer: the page of the program, and names of commands in bash."""

import contextlib

import pytest
import typer

from rnncli.cli import root_page
from rnncli.cli.app import program
from rnncli.cli.help_page import row_of


def test_the_page_has_the_options_of_typer():
    """Each as it is typed, with its text, in their order; but for the shell that may be named."""
    group = program()
    context = typer.Context(group, info_name="rnncli", **group.context_settings)
    rows = [row_of(option, context, False) for option in group.get_params(context)]
    assert len(rows) == len(root_page.OPTIONS)
    for (name, text), (of_typer, text_of_typer) in zip(root_page.OPTIONS, rows, strict=True):
        assert set(name.removesuffix(" [SHELL]").split(", ")) == set(of_typer.split(", "))
        assert text == text_of_typer or name.endswith("[SHELL]")  # which Typer does not take


@pytest.mark.parametrize("arguments", [["--help"], ["-h"]])
def test_the_page_is_made_without_typer(arguments):
    """Where nothing else is asked."""
    page = root_page.page_without_typer(arguments)
    assert page == root_page.root_page()
    assert page.startswith("Usage: rnncli COMMAND")


@pytest.mark.parametrize(
    "arguments", [[], ["--help", "predict"], ["predict", "--help"], ["--version"], ["predict", "x"]]
)
def test_anything_else_is_for_typer(arguments):
    """Other words, and other orders of them."""
    assert root_page.page_without_typer(arguments) is None


def ask(monkeypatch, line, place, shell="bash"):
    """Set the variables by which the script of a shell asks for completions of a line."""
    for name, value in (
        ("_RNNCLI_COMPLETE", f"complete_{shell}"), ("COMP_WORDS", line), ("COMP_CWORD", place),
        ("_TYPER_COMPLETE_ARGS", line), ("_TYPER_COMPLETE_FISH_ACTION", "get-args"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    "line",
    [
        "rnncli\n",
        "rnncli\npre",
        "./bin/rnncli s",
        "~/x.y/rnncli predict",
        "rnncli zzz",
        "rnncli h\n",
    ],
)
def test_names_of_commands_are_those_of_typer(line, monkeypatch, capsys):
    """All of them, some, one or none."""
    ask(monkeypatch, line, "1")
    with contextlib.suppress(SystemExit):
        program().main([], prog_name="rnncli", standalone_mode=False)
    assert f"{root_page.page_without_typer([])}\n" == capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "place", "shell"),
    [
        ("rnncli predict --hor", "2", "bash"), ("rnncli --v", "1", "bash"),
        ("rnncli 'pre", "1", "bash"), ("rnncli pre x.csv", "1", "bash"),
        ("rnncli Pre", "1", "bash"), ("rnncli pre", "1", "zsh"), ("rnncli pre", "1", "fish"),
    ],
)  # fmt: skip
def test_other_completions_are_for_typer(line, place, shell, monkeypatch):
    """Options, words in quotation marks, and shells that also want the text of each name."""
    ask(monkeypatch, line, place, shell)
    assert root_page.page_without_typer(["--help"]) is None


@pytest.mark.parametrize(("word", "status"), [("pre", 0), ("prex", 1)])
def test_completion_leaves_with_the_status_of_typer(word, status, monkeypatch, call):
    """fish asks by it whether there are any names."""
    ask(monkeypatch, f"rnncli {word}", "1", "fish")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "is-args")
    done = call()
    assert (done.returncode, done.stdout, done.stderr) == (status, b"", b"")
