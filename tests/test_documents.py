"""README and guides show what the commands print; `pytest --update-golden` prints it anew."""

import json
import math
import os
import re
import shlex
import sys
from collections import defaultdict
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path

import forked
import pytest
from llvmlite.binding import get_host_cpu_name
from paths import GOLDEN
from processes import finished

from rnncli import __version__
from rnncli.cli.app import program
from rnncli.cli.commands import TOPICS
from rnncli.cli.pages import PAGES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
GUIDES = ROOT / "rnncli" / "guides"
DOCUMENTS = [
    README,
    *(GUIDES / f"{topic}.md" for topic in TOPICS),
]  # in this order: one uses files of another
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run(command: str, folder: Path) -> str:
    """Output of a README command, run in `folder` as a shell would."""
    rnncli = shlex.join(forked.command())
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
NEAR, STEPS = 0.15, 5  # of a trained number: relative, or in units of its last digit
PERCENTAGES = range(20, 101)  # whole numbers that may be rounded percentages


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
    """Whether two numbers differ by rounding on the way; whole ones are counts, and do not.

    But a percentage is rounded too, and may fall to the other side.
    """
    if shown == now:
        return True
    if shown.isdecimal() and now.isdecimal() and abs(int(shown) - int(now)) == 1:
        return int(shown) in PERCENTAGES
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
    early_stopped = " epochs" in words  # whose counts rounding reaches
    return [
        pair
        for pair in pairs
        if not near(*pair) and not (early_stopped and all(map(str.isdecimal, pair)))
    ]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_documents_show_what_the_commands_print(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Every `$ rnncli …` of README and guides runs, in order, and prints what stands below it.

    To the last sign on a machine like the one it was made on; elsewhere every word, verdicts as
    well, every count, and every other number nearly.
    """
    (tmp_path / "data").symlink_to(ROOT / "data")
    update = request.config.getoption("--update-golden")
    if update:
        MADE_ON.write_text(json.dumps(machine(), indent=2) + "\n", encoding="ascii")
    exactly = json.loads(MADE_ON.read_bytes()) == machine()
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        fresh = BLOCK.sub(lambda match: f"```console\n{rendered(match[1], tmp_path)}```", text)
        if update and fresh != text:
            document.write_text(fresh, encoding="utf-8")
            text = fresh
        for shown, now in zip(BLOCK.findall(text), BLOCK.findall(fresh), strict=True):
            assert differences(shown, now, exactly) == [], document.name


LINES = """Validation: network 0.0120863, naive 0.0120887 (0.02% better) on 2024-12-31.
 16      0.86 ██████  47
"""


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("0.0120863", "0.0120864", (True, False)),
        ("0.0120863", "0.0150863", (True, True)),
        ("0.02%", "0.05%", (True, False)),
        ("0.02%", "-0.07%", (True, True)),
        ("better", "worse", (True, True)),
        ("2024", "2025", (True, True)),
        ("16", "17", (True, True)),
        ("47", "48", (True, False)),
        ("47", "49", (True, True)),
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


def test_what_passes_is_not_a_difference() -> None:
    """Times and numbers of processes are others at every run."""
    lines = [f'{{"time": "2026-11-{n}T15", "process": {n}, "seconds": 0.{n}}}' for n in (11, 12)]
    assert differences(*lines, exactly=True) == []


@pytest.mark.slow
def test_the_python_of_the_guides_runs(tmp_path: Path) -> None:
    """Each block in a process of its own, without a word on standard error."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    blocks = [block for text in texts().values() for block in PYTHON.findall(text)]
    assert len(blocks) == 1
    for block in blocks:
        code = f"{block}\nassert len(forecast) == 60 and set(scores['ahead']) == {{1}}"
        finished([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True)
    assert (tmp_path / "notebook.model").exists()


def texts() -> dict[str, str]:
    """Every document by its name."""
    return {path.name: path.read_text(encoding="utf-8") for path in DOCUMENTS}


def test_every_command_is_in_a_document() -> None:
    """A command that no document shows is a command that nobody finds."""
    together = "".join(texts().values())
    for name in program().commands:
        assert f"rnncli {name}" in together


def test_documents_are_short() -> None:
    """A page for a stranger, and guides that are read in one go; each begins with its title."""
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 200
    for topic in TOPICS:
        lines = (GUIDES / f"{topic}.md").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 150 or topic in ("attacks", "reference"), topic  # looked up, not read
        assert lines[0].startswith("# "), topic
        assert len(lines[0]) <= 2 + 61, topic  # fits the list of `rnncli help` on 80 columns


def test_every_guide_has_a_topic_and_a_link() -> None:
    """No guide is lost: `rnncli help` and the README list all."""
    assert {path.stem for path in GUIDES.glob("*.md")} == set(TOPICS)
    linked = re.findall(r"\]\(rnncli/guides/([a-z-]+)\.md\)", texts()["README.md"])
    assert set(linked) == set(TOPICS)


def test_figures_of_the_readme_are_those_of_the_guides() -> None:
    """The short table of speed holds rows of the whole one; so do scores on real stocks."""
    scores = re.search(
        r"covered (\S+ %) .*?CRPS was (\S+), against (\S+) of EWMA-t and\s(\S+) of",
        texts()["README.md"], re.DOTALL,
    )  # fmt: skip
    assert scores is not None
    coverage, ours, ewma, garch = scores.groups()
    table = [line.split(" | ") for line in texts()["evaluation.md"].splitlines()]
    shown = {row[2]: (row[4], row[5]) for row in table if row[:2] == ["| all", "1"]}
    assert (shown["model"], shown["ewma-t"][0]) == ((ours, coverage), ewma)
    assert shown["garch-t"][0] == garch
    rows = re.findall(r"^\| (?:rnn|gru|lstm) \|.*$", texts()["README.md"], re.MULTILINE)
    assert len(rows) == 5
    assert set(rows) <= set(texts()["performance.md"].splitlines())


def test_the_changelog_has_each_section_and_entry_once() -> None:
    """A merge that joins both sides brings back sections that were reorganised."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        headings = re.findall(r"^####? .*$", section, re.MULTILINE)
        assert sorted(headings) == sorted(set(headings))
    entries = re.findall(r"^- .*$", text, re.MULTILINE)
    assert sorted(entries) == sorted(set(entries))
    assert f"## [{__version__}]" in text


def examples() -> list[str]:
    """Commands that are shown and not run: of help pages, and of shell blocks in documents."""
    shown = [example for page in PAGES.values() for _, example in page.examples]
    for text in texts().values():
        lines = "".join(SHELL.findall(text)).splitlines()
        shown += [line for line in lines if re.match(r"(RNNCLI_\w+=\S+ )?rnncli ", line)]
    return shown


@pytest.mark.parametrize("example", examples())
def test_examples_can_be_typed(example: str) -> None:
    """Each names a command and options that exist, with values that they accept."""
    command = re.split(r" [>|&]+ |\|\|", example)[0]
    words = shlex.split(command[command.index("rnncli ") :])
    group = program()
    name, arguments = words[1], words[2:]
    if "--config" in arguments:
        place = arguments.index("--config")
        del arguments[place : place + 2]  # of a file that is not there
    context = group.commands[name].make_context(name, arguments)
    assert context.params


def test_pages_name_guides_that_exist() -> None:
    """Every command has a page, and every page leads to guides."""
    assert set(PAGES) == set(program().commands)
    for page in PAGES.values():
        assert page.guides
        assert set(page.guides) <= set(TOPICS)
        assert 2 <= len(page.examples) <= 4


def shown_by(name: str, tests: dict[str, list[str]]) -> list[str]:
    """Scripts of `tests/tools` of that name, or tests: `FILE` and a part of the function."""
    if name.startswith("tools/"):
        return [name] if (ROOT / "tests" / f"{name}.py").is_file() else []
    stem, part = name.split()
    return [test for test in tests[stem] if part in test]


def test_every_attack_names_what_shows_it() -> None:
    """A row of the guide is shown by one test or script that is there, and there are many rows."""
    lines = (GUIDES / "attacks.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")][1:]
    tests = defaultdict(list)
    for path in (ROOT / "tests").rglob("test_*.py"):
        defined = re.findall(r"^def test_(\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        tests[path.stem.removeprefix("test_")] += defined
    assert len(rows) >= 120
    assert len({row[0] for row in rows}) == len(rows)
    assert max(map(len, lines)) <= 100
    assert [row for row in rows if len(shown_by(row[-1], tests)) != 1] == []
    assert shown_by("model every_nothing", tests) == shown_by("tools/nothing", tests) == []
