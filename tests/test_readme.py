"""The README shows what the commands print; `pytest --update-golden` prints it anew."""

import json
import math
import os
import re
import shlex
import sys
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

import pytest
from llvmlite.binding import get_host_cpu_name
from paths import GOLDEN
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
        timeout=900,
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


MADE_ON = GOLDEN / "readme.json"  # the processor and the versions that its numbers are of
PASSING = {  # what is another at every run, by name; all else is compared
    "time": r'(?<="time": ")[^"]*',
    "process": r'(?<="process": )\d+',
    "seconds": r'(?<="seconds": )[\d.]+',
}
PICTURE = re.compile("[▀-▟●╌⠁-⣿]+")  # bars and curves, as wide and high as their numbers
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
NEAR, STEPS = 0.02, 5  # of a trained number: relative, or in units of its last digit


def machine() -> dict[str, str]:
    """What the last digits of a trained number hang on."""
    return {"processor": get_host_cpu_name(), "numpy": version("numpy"), "numba": version("numba")}


def without_passing(text: str) -> str:
    for name, pattern in PASSING.items():
        text = re.sub(pattern, name, text)
    return text


def words_and_numbers(text: str) -> tuple[str, list[str]]:
    """What stands between the numbers, spaces and pictures apart; and the numbers."""
    plain = PICTURE.sub("", text)
    return " ".join(NUMBER.sub(" # ", plain).split()), NUMBER.findall(plain)


def near(shown: str, now: str) -> bool:
    """Whether two numbers differ by rounding on the way; whole ones are counts, and do not."""
    if shown == now:
        return True
    places = shown.partition(".")[2]
    if not places or "e" in shown + now:
        return bool(places) and math.isclose(float(shown), float(now), rel_tol=NEAR)
    unit = 10.0 ** -len(places)
    return math.isclose(float(shown), float(now), rel_tol=NEAR, abs_tol=STEPS * unit)


def differences(shown: str, now: str, exactly: bool) -> list[tuple[str, str]]:
    """Where two outputs differ: in any sign, or else in words and in numbers that are not near."""
    shown, now = without_passing(shown), without_passing(now)
    if shown == now:
        return []
    if exactly:
        pairs = zip_longest(shown.splitlines(), now.splitlines(), fillvalue="")
        return [pair for pair in pairs if pair[0] != pair[1]]
    (words, numbers), (words_now, numbers_now) = map(words_and_numbers, (shown, now))
    if words != words_now:
        return [(words, words_now)]
    pairs = zip(numbers, numbers_now, strict=True)
    return [pair for pair in pairs if not near(*pair)]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_readme_shows_what_the_commands_print(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every `$ rnncli …` of the README runs, in order, and prints what stands below it.

    To the last sign on a machine like the one it was made on; elsewhere every word, verdicts as
    well, every count, and every other number nearly.
    """
    (tmp_path / "data").symlink_to(ROOT / "data")
    text = README.read_text(encoding="utf-8")
    fresh = BLOCK.sub(lambda match: f"```console\n{rendered(match[1], tmp_path)}```", text)
    if request.config.getoption("--update-golden"):
        README.write_text(fresh, encoding="utf-8")
        MADE_ON.write_text(json.dumps(machine(), indent=2) + "\n", encoding="ascii")
        text = fresh
    exactly = json.loads(MADE_ON.read_bytes()) == machine()
    for shown, now in zip(BLOCK.findall(text), BLOCK.findall(fresh), strict=True):
        assert differences(shown, now, exactly) == []


LINES = """Validation: network 0.0120863, naive 0.0120887 (0.02% better) on 2024-12-31.
 16      0.86 ██████
"""


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("0.0120863", "0.0120864", (True, False)),
        ("0.0120863", "0.0125863", (True, True)),
        ("0.02%", "0.05%", (True, False)),
        ("0.02%", "-0.07%", (True, True)),
        ("better", "worse", (True, True)),
        ("2024", "2025", (True, True)),
        ("16", "17", (True, True)),
        ("██████", "█████▌", (True, False)),
        ("naive", "drift", (True, True)),
        (".\n", '.\n{"time": "2024", "seconds": 0.1}\n', (True, True)),
        ("", "", (False, False)),
    ],
)
def test_what_counts_as_a_difference(was: str, now: str, told: tuple[bool, bool]) -> None:
    """Of one machine any sign; of two, a number that is far off, a count, a word, a verdict."""
    changed = LINES.replace(was, now) if was else LINES
    found = tuple(bool(differences(LINES, changed, exactly)) for exactly in (True, False))
    assert found == told


def test_what_passes_is_no_difference() -> None:
    """Times and numbers of processes are others at every run."""
    lines = [f'{{"time": "2026-11-{n}T15", "process": {n}, "seconds": 0.{n}}}' for n in (11, 12)]
    assert differences(*lines, exactly=True) == []


@pytest.mark.slow
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
