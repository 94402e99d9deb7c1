"""The man page and the reference: equal to the code; `pytest --update-golden` writes them anew."""

import re
import shutil
from typing import get_args

import pytest
from paths import ROOT
from processes import finished

from rnncli.cli import reference
from rnncli.cli.app import program
from rnncli.errors import ExitStatus
from rnncli.settings.option import Cell

PAGES = {
    "rnncli/guides/rnncli.1": reference.man_page,
    "rnncli/guides/reference.md": reference.markdown,
}


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_equal_to_the_code(path, request):
    """Each option with its help and default."""
    if request.config.getoption("--update-golden"):
        (ROOT / path).write_text(PAGES[path](), encoding="utf-8")
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path]()


@pytest.mark.parametrize("path", PAGES)
def test_every_name_of_the_parser_is_on_the_pages(path):
    """What can be typed, of every command, both ways of a flag."""
    text = re.sub(r"\\f[BIR]", "", PAGES[path]()).replace("\\-", "-")
    for name, command in program().commands.items():
        assert f"rnncli {name}" in text
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                if option.startswith("-"):
                    assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), f"{name} {option}"


def test_defaults_are_reported():
    """As they are typed; none where there is none."""
    found = {command.name: command for command in reference.commands()}
    train = found["train"]
    entries = {entry.names[0]: entry for entry in (*train.options, *train.shared)}
    defaults = {name: entry.default for name, entry in entries.items()}
    assert (defaults["--dropout"], defaults["--level"], defaults["--cell"]) == (
        "0",
        "80, 95",
        "rnn",
    )
    assert (defaults["--bins"], defaults["--strict"], defaults["--epochs"]) == ("", "", "200")
    assert entries["--quiet"].names == ("--quiet", "-q", "--no-quiet")
    assert entries["--cell"].value == "|".join(get_args(Cell))


def test_every_status_is_reported():
    """None is missing."""
    assert set(reference.STATUSES) == set(ExitStatus)


@pytest.mark.skipif(shutil.which("groff") is None, reason="there is no groff here")
def test_the_man_page_is_set_without_a_warning(tmp_path):
    """As `man` sets it, on 80 columns; a hyphen can be copied."""
    page = tmp_path / "rnncli.1"
    page.write_text(reference.man_page(), encoding="utf-8")
    command = ["groff", "-man", "-ww", "-K", "utf-8", "-T", "utf8", "-P", "-cbou", str(page)]
    done = finished(command, capture_output=True, check=True)
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "RNNCLI(1)" in text
    assert "rnncli train [OPTIONS] PRICES" in text
    assert "--hidden-size N" in text
