"""Completion in the shells: commands, options, choices, names, and symbols of a model."""

import os
import pty
import shlex
import shutil
import sys
import time

import pytest
from commands import environment
from in_process import here
from processes import Started, finished

BASH = shutil.which("bash")


@pytest.fixture(scope="module")
def place(tmp_path_factory, prices, hand_made):
    """A folder with `rnncli` as a command, prices, a model, models, and a ledger."""
    folder = tmp_path_factory.mktemp("completion")
    command = folder / "bin" / "rnncli"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m rnncli "$@"\n')
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
        ("rnncli train p.csv --cell ", ["rnn", "gru", "lstm"]),
        ("rnncli predict --format js", ["json", "jsonl"]),
        ("rnncli predict a.model p.csv --symbols ", ["AAA"]),
        ("rnncli predict models p.csv --symbols ", ["BBB", "CC"]),
        ("rnncli predict p.csv --symbols B", ["BBB"]),
        ("rnncli predict p.csv --symbols CC,", ["CC,AAA", "CC,BBB"]),
        ("rnncli score l.db p.csv --symbols ", ["AAA", "BBB"]),
        ("rnncli predict nothing.model --symbols ", []),
        ("rnncli train --inputs close,pre", ["close,presence"]),
        ("rnncli evaluate --baselines naive,naive-", ["naive,naive-conformal"]),
        ("rnncli gradients p.csv --compare rnn,", ["rnn,gru", "rnn,lstm"]),
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
        process.wait(30)
    os.close(master)
    assert b"--symbols AAA" in shown


def until(master, awaited):
    """What comes out of a terminal until a text has come, or 30 seconds have passed."""
    shown, deadline = b"", time.monotonic() + 30
    while awaited not in shown and time.monotonic() < deadline:
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


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh here")
def test_the_script_for_zsh_is_one(place):
    """It is taken without a word."""
    script = 'autoload -Uz compinit; compinit -u; eval "$(rnncli --show-completion zsh)"'
    assert shell(place, ["zsh", "-f", "-c"], script) == [""]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
def test_the_script_for_fish_is_one(place):
    """It is taken without a word, and completes."""
    script = (
        "rnncli --show-completion fish | source; complete -C 'rnncli predict p.csv --symbols B'"
    )
    assert [line for line in shell(place, ["fish", "-N", "-c"], script) if line] == ["BBB"]
