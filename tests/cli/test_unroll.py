"""`rnncli unroll`: one step at a time, and as a page."""

import sys
from io import StringIO

import pytest
from pages import data_of

from rnncli.cli import unroll

TWO_DAYS = [
    "Forward, day 1 of 2", "Forward, day 2 of 2", "Back, day 2 of 2", "Back, day 1 of 2",
    "Prediction: 0.99",
]  # fmt: skip


def heads_of(text):
    """The first line of each step that was shown."""
    return [line for line in text.splitlines() if line.startswith(("Forward", "Back", "Pred"))]


def test_steps_are_shown_with_their_numbers(call):
    """Off a terminal all of them, where the table would be."""
    done = call("unroll", "--step", "--format", "table")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert heads_of(text) == TWO_DAYS
    assert "  out = W3·y + b2 = 1.1 · 0.9 + 0 = 0.99\n" in text
    assert "both of day 2 = -0.5 · 1 · 1 = -0.5\n" in text
    assert text.endswith("Verdict: healthy: the loop factor of the first day is -0.5,"
                         " between 0.01 and 100.\n")  # fmt: skip


def test_the_steps_of_a_model_have_its_norms(call, hand_made):
    """A larger network has no single sum, and says so by its norms."""
    text = call("unroll", hand_made, "--step", "--format", "table").stdout.decode()
    assert "norm of the states = " in text
    assert text.count("Back, day") == 2


def test_steps_are_not_for_programs(call):
    """Typed they are refused with what to add; in the environment they do nothing in a pipe."""
    done = call("unroll", "--step")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--step: shows text, which is not for programs; add --format table" in done.stderr
    assert call("unroll").stdout.startswith(b"t,input")


class Keyboard(StringIO):
    """A terminal on which lines are typed."""

    def isatty(self):
        """As a terminal says."""
        return True


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\n\n\n\n", TWO_DAYS),
        ("\na\n", TWO_DAYS),
        ("\nb\n\nq\n", [*TWO_DAYS[:2], TWO_DAYS[0], TWO_DAYS[1]]),
        ("b\nq\n", [TWO_DAYS[0]] * 2),
        ("q\n", TWO_DAYS[:1]),
        ("", TWO_DAYS[:1]),
    ],
)
@pytest.mark.each_shape
def test_keys_choose_the_next_step(typed, shown, monkeypatch, capsys):
    """Enter the next, b the one before, a all, q none; the end of input ends it."""
    monkeypatch.setattr(sys, "stdin", Keyboard(typed))
    steps = [(head, "  numbers") for head in TWO_DAYS]
    unroll._play(steps)
    assert heads_of(capsys.readouterr().out.replace(unroll.KEYS, "")) == shown


def test_the_page_is_written_beside_the_result(call, tmp_path):
    """The result is what it would be without; the page has the values that were asked for."""
    path = tmp_path / "u.html"
    ref = call("unroll", "--w2", 2, "--values", 1, "--days", 5)
    comp = call("unroll", "--w2", 2, "--values", 1, "--days", 5, "--html", path)
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")
    data = data_of(path.read_bytes())["unrolled"]
    assert data["unit"]["w2"] == 2.0
    assert data["columns"]["loop_factor"] == [16.0, 8.0, 4.0, 2.0, 1.0]


def test_a_page_of_a_model_plays_it_as_it_is(call, hand_made, tmp_path):
    """Its weights are its own."""
    path = tmp_path / "u.html"
    assert call("unroll", hand_made, "--html", path).returncode == 0
    assert data_of(path.read_bytes())["unrolled"]["unit"] is None


def test_more_days_than_a_page_shows_are_refused(call, tmp_path):
    """With the number that it shows."""
    done = call("unroll", "--days", 501, "--html", tmp_path / "u.html")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a page shows 500 days at most; use --days 500 or fewer" in done.stderr
