"""Completion in the shells: commands, options, choices, names, and symbols of a model."""

import os
import pty
import shlex
import shutil
import time
from pathlib import Path
from typing import get_args

import forked
import pytest
import typer.completion
from commands import environment
from in_process import here
from processes import LIMIT, Started, finished

from rnncli.settings.option import Cell

BASH = shutil.which("bash")
AT_PROMPT = b"\x1b[?2004h"  # what zsh writes when it begins to read a line
CELLS = list(get_args(Cell))
SCRIPT = """#!/bin/sh
exec {forked} "$@"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory, prices, hand_made):
    """A folder with `rnncli` as a command, prices, a model, models, and a ledger."""
    folder = tmp_path_factory.mktemp("completion")
    command = folder / "bin" / "rnncli"
    command.parent.mkdir()
    command.write_text(SCRIPT.format(forked=shlex.join(forked.command())))
    command.chmod(0o755)
    shutil.copy(prices, folder / "p.csv")
    shutil.copy(hand_made, folder / "a.model")
    tiny = ("--per-series", "--jobs", 1, "--hidden-size", 2, "--epochs", 1, "--symbols", "BBB,CC")
    assert here("train", prices, "-o", folder / "models", *tiny).returncode == 0
    ledger = ("--ledger", folder / "l.db", "--symbols", "AAA,BBB", "-q")
    assert here("predict", hand_made, prices, *ledger).returncode == 0
    return folder


def shell(place, program, script, **variables):
    """What a shell prints of a script in the folder."""
    path = f"{place / 'bin'}:{os.environ['PATH']}"
    done = finished(
        [*program, script], cwd=place, env=environment(PATH=path, **variables),
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split("\n")


def in_bash(place, line):
    """What bash's own completion function offers for the last word of a line."""
    words = line.split(" ")
    listed = " ".join(map(shlex.quote, words))
    script = (
        'eval "$(rnncli --show-completion bash)"\n'
        f"COMP_WORDS=({listed}); COMP_CWORD={len(words) - 1}\n"
        "_rnncli_completion rnncli\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    return [word for word in shell(place, ["bash", "--norc", "-c"], script) if word]


@pytest.mark.slow
@pytest.mark.skipif(BASH is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("rnncli pre", ["predict"]),
        ("rnncli s", ["score", "statland", "simulate", "schema"]),
        ("rnncli train --hid", ["--hidden-size"]),
        ("rnncli train p.csv --cell ", CELLS),
        ("rnncli predict --format js", ["json", "jsonl"]),
        ("rnncli predict a.model p.csv --symbols ", ["AAA"]),
        ("rnncli predict models p.csv --symbols ", ["BBB", "CC"]),
        ("rnncli predict p.csv --symbols B", ["BBB"]),
        ("rnncli predict p.csv --symbols CC,", ["CC,AAA", "CC,BBB"]),
        ("rnncli score l.db p.csv --symbols ", ["AAA", "BBB"]),
        ("rnncli predict nothing.model --symbols ", []),
        ("rnncli train --inputs close,pre", ["close,presence"]),
        ("rnncli evaluate --baselines naive,naive-", ["naive,naive-conformal"]),
        ("rnncli gradients p.csv --compare rnn,", [f"rnn,{cell}" for cell in CELLS[1:]]),
        ("rnncli score --by mo", ["month", "model"]),
        ("rnncli schema forecast-", ["forecast-nixtla"]),
    ],
)
def test_bash(line, offered, place):
    """The function that `--show-completion` prints, run by bash; it says nothing besides."""
    assert in_bash(place, line) == offered


@pytest.mark.slow
@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_a_tab_in_bash(place):
    """Typed at a terminal, the word is completed."""
    master, slave = pty.openpty()
    variables = environment(PATH=f"{place / 'bin'}:{os.environ['PATH']}", PS1="> ", TERM="dumb")
    with Started(
        ["bash", "--norc", "--noprofile", "-i"],
        stdin=slave, stdout=slave, stderr=slave, cwd=place, env=variables,
    ) as process:  # fmt: skip
        os.close(slave)
        os.write(master, b'eval "$(rnncli --show-completion bash)"; echo re""ady\n')
        shown = until(master, b"ready")
        os.write(master, b"rnncli predict a.model p.csv --symbols A\t")
        shown = until(master, b"--symbols AAA")
        os.write(master, b"\x15exit\n")
        process.wait()
    os.close(master)
    assert b"--symbols AAA" in shown


def until(master, awaited, then=b""):
    """The output of a terminal until it has a text and `then` another, or until the limit."""
    shown, deadline = b"", time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        _, mark, rest = shown.partition(awaited)
        if mark and then in rest:
            break
        shown += os.read(master, 4096)
    return shown


@pytest.mark.slow
@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_zsh_and_fish_are_answered(name, place):
    """What their functions ask for, and the answers in their own form."""
    variables = {
        "_RNNCLI_COMPLETE": f"complete_{name}",
        "_TYPER_COMPLETE_ARGS": "rnncli predict p.csv --symbols ",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    lines = shell(place, ["/bin/sh", "-c"], "rnncli", **variables)
    assert [symbol for symbol in ("AAA", "BBB", "CC") if symbol in "\n".join(lines)] == [
        "AAA", "BBB", "CC",
    ]  # fmt: skip


FISH = shutil.which("fish")
IN_FISH = {  # lines, and what is offered for the last word
    "rnncli pre": ["predict"],
    "rnncli train --hid": ["--hidden-size"],
    "rnncli predict --format js": ["json", "jsonl"],
    "rnncli predict a.model p.csv --symbols ": ["AAA"],
    "rnncli predict p.csv --symbols CC,": ["CC,AAA", "CC,BBB"],
    "rnncli help glo": ["glossary"],
}


@pytest.mark.slow
@pytest.mark.skipif(FISH is None, reason="there is no fish here")
def test_fish(place):
    """Commands, options, choices, symbols of a model and topics, by its own engine."""
    asked = "; ".join(f"complete -C {shlex.quote(line)}; echo =" for line in IN_FISH)
    script = f"rnncli --show-completion fish | source; {asked}"
    printed = "\n".join(shell(place, ["fish", "-N", "-c"], script))
    offered = [
        [word.split("\t")[0] for word in part.split("\n") if word]
        for part in printed.split("=\n")[:-1]
    ]
    assert dict(zip(IN_FISH, offered, strict=True)) == IN_FISH


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
def test_a_tab_in_zsh(place):
    """Typed at its prompt, symbols of a model, an option and a command are completed."""
    master, slave = pty.openpty()
    variables = environment(PATH=f"{place / 'bin'}:{os.environ['PATH']}", PS1="> ", TERM="xterm")
    with Started(
        ["zsh", "-f", "-i"],
        stdin=slave, stdout=slave, stderr=slave, cwd=place, env=variables,
    ) as process:  # fmt: skip
        os.close(slave)
        start = b'autoload -Uz compinit; compinit -u -D; eval "$(rnncli --show-completion zsh)"'
        os.write(master, start + b'; echo re""ady\n')
        until(master, b"ready\r", AT_PROMPT)
        for typed, completed in (
            (b"rnncli predict a.model p.csv --symbols A", b"--symbols AAA"),
            (b"rnncli train --hid", b"--hidden-size"),
            (b"rnncli pred", b"rnncli predict"),
        ):
            os.write(master, typed + b"\t")
            shown = until(master, completed)
            assert completed in shown
            os.write(master, b"\x15")
        os.write(master, b"exit\n")
        process.wait(30)
    os.close(master)


SCRIPTS = {  # of each other shell: its words, a script, and what that prints
    "zsh": (
        ["zsh", "-f", "-c"],
        'autoload -Uz compinit; compinit -u; eval "$(rnncli --show-completion zsh)"', "",
    ),
    "fish": (
        ["fish", "-N", "-c"],
        "rnncli --show-completion fish | source; complete -C 'rnncli predict p.csv --symbols B'",
        "BBB",
    ),
}  # fmt: skip


@pytest.mark.slow
def test_the_scripts_for_zsh_and_fish_are_taken(place):
    """Without a word, by those of the two that are on this machine; fish completes by it."""
    for name, (words, script, printed) in SCRIPTS.items():
        if shutil.which(name):
            assert "\n".join(shell(place, words, script)).strip() == printed


SIGNS = {"bash": "complete -o", "zsh": "#compdef", "fish": "complete --command",
         "powershell": "Register-ArgumentCompleter", "/bin/zsh": "#compdef"}  # fmt: skip


@pytest.mark.parametrize("name", SIGNS)
def test_the_script_is_of_the_shell_that_is_named(name, call):
    """Whatever shell runs the command; joined by = too, and as $SHELL has it."""
    for words in (["--show-completion", name], [f"--show-completion={name}"]):
        done = call(*words)
        assert (done.returncode, done.stderr) == (0, b"")
        assert SIGNS[name] in done.stdout.decode()


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
def test_a_shell_without_completion_is_named_with_those_that_have_it(option, call, monkeypatch):
    """Whether it is typed, or runs the command, or is not known."""
    choice = "name bash, zsh, fish or powershell\n"
    said = f"error: {option} ksh: no completion for this shell; {choice}"
    done = call(option, "ksh")
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)
    monkeypatch.setattr(typer.completion, "_get_shell_name", lambda: "sh")
    said = f"error: {option}: no completion for sh, which runs this; {choice}"
    assert call(option).stderr.decode() == said
    done = call(option, "bash", "zsh")
    assert (done.returncode, done.stderr.decode()) == (
        2, f"error: {option}: takes one shell; leave out zsh\n",
    )  # fmt: skip


def test_a_shell_that_is_not_known_is_asked_for(call, monkeypatch):
    """As in a container without /proc."""
    monkeypatch.setattr(typer.completion, "_get_shell_name", lambda: None)
    done = call("--show-completion")
    assert done.returncode == 2
    assert b"cannot tell the shell; name it: --show-completion bash" in done.stderr


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_completion_is_installed_for_the_shell_that_is_named(name, call, tmp_path, monkeypatch):
    """Into files of the home folder, the shell that runs the command aside."""
    monkeypatch.setenv("HOME", str(tmp_path))
    done = call("--install-completion", name)
    assert (done.returncode, done.stderr) == (0, b"")
    path = done.stdout.decode().partition(" is in ")[2].partition(";")[0]
    assert path.startswith(str(tmp_path))
    assert SIGNS[name] in Path(path).read_text(encoding="utf-8")


def test_a_home_folder_that_takes_no_files_is_73(call, tmp_path, monkeypatch):
    """The line says how to get the script otherwise."""
    (tmp_path / "home").write_text("no folder", encoding="ascii")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    done = call("--install-completion", "fish")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (73, b"", 1)
    assert b"rnncli --show-completion fish prints the script" in done.stderr
