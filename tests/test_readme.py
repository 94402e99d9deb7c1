"""The README shows what the commands print; `pytest --update-golden` prints it anew."""

import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from processes import finished

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Output of a README command, run in `folder` as a shell would."""
    rnncli = f"{shlex.quote(sys.executable)} -m rnncli"
    line = re.sub(r"\brnncli (?=[a-z-])", lambda _: f"{rnncli} ", command)
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = finished(
        ["/bin/bash", "-c", line],
        cwd=folder,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def rendered(block: str, folder: Path) -> str:
    """A block with every command's output replaced by what it prints now."""
    commands = [line[2:] for line in block.splitlines() if line.startswith("$ ")]
    parts = [f"$ {command}\n{strip_ends(run(command, folder))}" for command in commands]
    return "\n".join(parts)


def strip_ends(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n") + "\n" if any(lines) else ""


def without_numbers(text: str) -> str:
    """What must agree on any processor: everything but trained numbers, bars and their spacing."""
    text = re.sub(r"\b(better|worse)\b", "#", text)  # by a hair, and the hair is rounding
    masked = re.sub(r"[\d.,e!+▁▂▃▄▅▆▇▏▎▍▌▋▊▉█…─⠁-⣿░▒▓●╌|-]+", "#", text)
    return re.sub(r"#[#\s]+", "# ", re.sub(r"\s+", " ", masked))


@pytest.mark.slow
def test_readme_shows_what_the_commands_print(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every `$ rnncli …` of the README runs, in order, and prints what stands below it."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    text = README.read_text(encoding="utf-8")
    fresh = BLOCK.sub(lambda match: f"```console\n{rendered(match[1], tmp_path)}```", text)
    if request.config.getoption("--update-golden"):
        README.write_text(fresh, encoding="utf-8")
        text = fresh
    trained = {"train", "predict", "batch", "evaluate", "gradients", "inspect", "score"}
    for shown, now in zip(BLOCK.findall(text), BLOCK.findall(fresh), strict=True):
        if trained & set(shown.split()):
            assert without_numbers(shown) == without_numbers(now)
        else:
            assert shown == now


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    """Each block in a process of its own, without a word on standard error."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    blocks = PYTHON.findall(README.read_text(encoding="utf-8"))
    assert len(blocks) == 1
    for block in blocks:
        code = f"{block}\nassert len(forecast) == 60 and set(scores['ahead']) == {{1}}"
        finished([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "notebook.model").exists()


def test_every_command_is_in_the_readme() -> None:
    """A command that the README does not show is a command that nobody finds."""
    from rnncli.cli.app import app  # noqa: PLC0415 - only this test needs it

    text = README.read_text(encoding="utf-8")
    for command in app.registered_commands:
        assert f"rnncli {command.name}" in text
