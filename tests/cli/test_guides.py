"""`rnncli help`: an index, guides, all details of a command, and a search that finds answers."""

import dataclasses
import shlex
import sys

import pytest
from processes import finished

from rnncli.cli.commands import TOPICS
from rnncli.cli.guides import guide
from rnncli.settings import TrainSettings

QUESTIONS = {  # what a new user types, and where the answer is
    "choose horizon": "questions",
    "cron": "nightly", "systemd": "nightly", "holidays": "forecasts", "split": "prices",
    "decimal": "prices", "adj close": "prices", "vanishing": "gradients", "exit code": "exit-codes",
    "status 75": "ledger", "resume": "models", "seed": "reproducibility", "excel": "questions",
    "missing values": "questions", "notebook": "python", "confidence": "questions",
    "early stopping": "models", "retrain": "nightly", "json": "formats", "parquet": "formats",
    "environment variable": "environment", "pit histogram": "glossary", "monte carlo": "predict",
    "dropout": "models", "stationary": "questions", "proxy": "questions", "duckdb": "questions",
    "update": "upgrading", "stdin": "questions", "docker": "questions", "timezone": "questions",
    "dividend": "questions", "--lr": "train", "how do I forecast bitcoin": "questions",
    "what columns does my csv need": "questions", "two prices for the same day": "prices",
    "coverage too low": "questions", "how long does training take": "questions",
    "run it every night": "nightly", "email when it fails": "questions",
    "which days made the interval wide": "questions", "bonds with negative yield": "questions",
    "value at risk of my portfolio": "risk", "one model per symbol": "models",
    "record forecasts and check them later": "ledger", "transformerx": None,
    "is it better than a random walk": "evaluation", "fake": "prices", "synthetic": "prices",
    "dummy data": "prices", "safe": "security", "model of a stranger": "security",
    "dependencies": "doctor", "license": "doctor", "skip": "operations",
}  # fmt: skip


def test_the_index_lists_guides_and_commands(call):
    """Without a topic: every guide with its title, every command with its sentence."""
    done = call("help")
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    for topic in TOPICS:
        title = guide(topic).partition("\n")[0].removeprefix("# ")
        assert f"  {topic:17}{title}" in lines


@pytest.mark.parametrize("topic", TOPICS)
def test_a_guide_off_a_terminal_is_its_markdown(topic, call):
    """For pipes and for reading; comments, of what makes a table, are left out."""
    done = call("help", topic)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().rstrip() == guide(topic).rstrip()
    assert b"<!--" not in done.stdout


@pytest.mark.parametrize("words", [(), ("cron",), ("seed",)])
def test_an_index_and_a_search_fit_a_narrow_terminal(words, call, monkeypatch):
    """Their last sentences too."""
    monkeypatch.setenv("COLUMNS", "50")
    lines = call("help", *words).stdout.decode().splitlines()
    assert max(map(len, lines)) <= 50


def test_help_has_a_page_too(call):
    """As every other command."""
    done = call("help", "help")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Usage: rnncli help [OPTIONS] [TOPIC]")


def test_an_upgrade_is_explained_by_the_guide_of_it(call):
    """What else has to change is there, not on the help page."""
    assert b"rnncli help upgrading" in call("help", "upgrade").stdout


def test_a_guide_on_a_terminal_is_rendered(terminal):
    """Without marks of Markdown, and as wide as the screen at most; `cat` stands for a pager."""
    shown = terminal(80, "help", "glossary", PAGER="cat", NO_COLOR="1")
    assert "**" not in shown
    assert "prediction interval" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_all_details_of_a_command_add_ranges_and_variables(call):
    """What `--help` shows, and of each option the variable that sets it."""
    long = call("help", "train").stdout.decode()
    text = " ".join(long.split())
    for field in [field.name for field in dataclasses.fields(TrainSettings)]:
        assert f"--{field.replace('_', '-')}" in text
        assert f"RNNCLI_TRAIN_{field.upper()}]" in text
    assert "0 to 0.99; RNNCLI_TRAIN_DROPOUT" in text


@pytest.mark.slow_shapes
@pytest.mark.parametrize(("question", "place"), QUESTIONS.items())
def test_questions_are_answered(question, place, call):
    """A word leads to a guide or a command that explains it."""
    done = call("help", *question.split())
    if place is None:
        assert (done.returncode, done.stdout) == (2, b"")
        return
    assert (done.returncode, done.stderr) == (0, b"")
    named = {line.split()[0] for line in done.stdout.decode().splitlines() if line[:3].strip()}
    assert place in named


def test_a_search_names_the_guides_of_its_best_hits(call):
    """The best first, each once; a command where no guide explains the words."""
    lines = call("help", "missing", "data").stdout.decode().splitlines()
    assert lines[-1] == "Read on with rnncli help operations (also prices)."
    assert call("help", "gpu").stdout.decode().endswith("Read on with rnncli help questions.\n")
    alone = call("help", "plateau", "factor").stdout.decode().splitlines()[-1]
    assert alone == "Read on with rnncli help train."


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("CRPS", "  glossary         CRPS Continuous ranked"),
        ("interval score", "  glossary         interval score Width"),
        ("column", "  train            --column: Column to forecast"),
        ("cutoffs", "  glossary         cutoff The last date"),
        ("as of", "  train            --until: Ignore rows"),
        ("licence", "  questions        License (licence): MIT"),
        ("license", "  questions        License (licence): MIT"),
        ("telemetry", "  questions        Privacy, telemetry: nothing is sent"),
    ],
)
def test_what_defines_the_words_comes_first(call, words, first):
    """The entry of the glossary, or the option of that name; spelled either way."""
    assert call("help", *words.split()).stdout.decode().splitlines()[2].startswith(first)


def test_a_word_that_is_typed_wrong_names_the_near_one(call):
    """It is looked for in all guides, not among their names only."""
    done = call("help", "stationnary")
    assert done.returncode == 2
    assert b"did you mean stationary?" in done.stderr


@pytest.mark.parametrize("arguments", [("train", "--help"), ("help", "predict"), ("--help",)])
def test_pages_fit_80_columns(arguments, rnncli):
    """No line is longer, but for examples, which must be typed whole."""
    done = rnncli(*arguments, COLUMNS="80")
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("  $ ")] == []


def test_a_closed_pipe_ends_quietly():
    """`rnncli help prices | head -1` says nothing on standard error."""
    words = f"{shlex.quote(sys.executable)} -m rnncli help prices | head -1"
    done = finished(["/bin/bash", "-c", words], capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == "# Prices: which files are read, and how\n"
