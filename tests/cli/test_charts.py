"""`--chart` and `--plot`: drawn for people, refused early where they cannot be."""

import errno
import importlib.util
import os
import re

import pytest

from rnncli.storage import atomic

CHART = "AAA: 5 rows ahead of 2024-02-23"


def test_a_chart_is_drawn_when_asked_for(call, hand_made, prices):
    """Below a table, also in a pipe, and then without colour; the table is as it was."""
    ref = call("predict", hand_made, prices, "--format", "table")
    comp = call("predict", hand_made, prices, "--format", "table", "--chart")
    assert (comp.returncode, comp.stderr) == (0, b"")
    assert comp.stdout.startswith(ref.stdout)
    added = comp.stdout[len(ref.stdout) :].decode()
    assert added.startswith(CHART)
    assert max(map(len, added.splitlines())) <= 80
    assert "\x1b" not in added


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", None])
def test_a_chart_in_a_form_for_programs_is_refused(form, call, hand_made):
    """In one line that names the remedy, before anything is read."""
    options = ("--format", form) if form else ()
    named = f"--format {form}" if form else "a pipe without --format"
    done = call("predict", hand_made, "no such file", "--chart", *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines() == [
        f"error: --chart: is drawn below a table, not in {named}; add --format table"
    ]


@pytest.mark.slow
def test_a_chart_wished_for_everywhere_leaves_pipes_alone(rnncli, screen, hand_made, prices):
    """From the environment it goes with tables: a script that parses CSV is not broken by it."""
    done = rnncli("predict", hand_made, prices, RNNCLI_PREDICT_CHART="1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"symbol,cutoff")
    assert CHART in screen(80, "predict", hand_made, prices, RNNCLI_PREDICT_CHART="1")


@pytest.mark.slow
def test_a_chart_has_colour_where_that_is_wanted(screen, hand_made, prices):
    """On a terminal, unless NO_COLOR is set."""
    command = ("predict", hand_made, prices, "-q", "--chart")
    coloured = screen(80, *command, TERM="xterm")
    plain = screen(80, *command, TERM="xterm", NO_COLOR="1")
    assert "\x1b[36m" in coloured
    assert not re.search("\x1b\\[[0-9;]*3[0-9]m", plain)
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == re.sub("\x1b\\[[0-9;]*m", "", plain)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("SVG", b"<?xml")])
def test_a_figure_is_written_beside_the_result(suffix, start, call, hand_made, prices, tmp_path):
    """The file is whole, stdout is what it would be without, and nothing else is said or left."""
    path = tmp_path / f"f.{suffix}"
    ref = call("predict", hand_made, prices)
    comp = call("predict", hand_made, prices, "--plot", path)
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")
    assert path.read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["f.pdf", "f", "png", ".png/f.csv", "f.svgz"])
def test_another_suffix_is_refused(name, call, hand_made, tmp_path):
    """Before anything is read, and with the two that there are."""
    done = call("predict", hand_made, "no such file", "--plot", tmp_path / name)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        f"error: --plot {tmp_path / name}: name a file that ends in .png or .svg\n"
    )


def test_a_figure_of_sampled_paths_is_refused(call, hand_made, tmp_path):
    """Nothing that was typed is left undone in silence."""
    options = ("--paths", 9, "--format", "csv", "--plot", tmp_path / "f.png")
    done = call("predict", hand_made, "no such file", *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"draws no --paths" in done.stderr


def test_without_the_extra_the_command_that_adds_it_is_named(
    call, hand_made, tmp_path, monkeypatch
):
    """In one line, before anything is read or written."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    done = call("predict", hand_made, "no such file", "--plot", tmp_path / "f.png")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        f"error: --plot {tmp_path / 'f.png'} needs an extra; run: pip install 'rnncli[plot]'\n"
    )
    assert os.listdir(tmp_path) == []


def test_a_figure_that_cannot_be_created_is_reported_early(call, hand_made, tmp_path):
    """A missing folder is status 73, and an input is not drawn over."""
    done = call("predict", hand_made, "no such file", "--plot", tmp_path / "no" / "f.png")
    assert done.returncode == 73
    done = call("predict", hand_made, tmp_path / "p.png", "--plot", tmp_path / "p.png")
    assert done.returncode == 2
    assert b"is one of the inputs" in done.stderr


@pytest.mark.slow(each_version=True)
def test_a_failed_write_leaves_the_older_figure(call, hand_made, prices, tmp_path, monkeypatch):
    """Status 74, no result on stdout, and the old file as it was."""
    path = tmp_path / "f.svg"
    path.write_bytes(b"older")

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    done = call("predict", hand_made, prices, "--plot", path)
    assert (done.returncode, done.stdout, path.read_bytes()) == (74, b"", b"older")
    assert os.listdir(tmp_path) == [path.name]


@pytest.mark.slow
@pytest.mark.parametrize("home", ["/nonexistent", None])
def test_a_figure_needs_no_home_and_no_display(home, rnncli, hand_made, prices, tmp_path):
    """Without a folder for its lists matplotlib warns of nothing, and leaves nothing behind."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "matplotlibrc").write_text("nonsense: 1\nbackend: tkagg\naxes.grid: maybe\n")
    away = {
        "HOME": home, "XDG_CACHE_HOME": "/nonexistent", "MPLCONFIGDIR": "/nonexistent",
        "MPLBACKEND": "tkagg", "DISPLAY": None, "TMPDIR": str(tmp_path / "tmp"),
    }  # fmt: skip
    done = rnncli("predict", hand_made, prices, "--plot", "f.svg", cwd=tmp_path, **away)
    assert (done.returncode, done.stderr) == (0, b"")
    assert os.listdir(tmp_path / "tmp") == []
    ref = rnncli("predict", hand_made, prices, "--plot", "g.svg", cwd=tmp_path)
    assert (ref.returncode, ref.stderr) == (0, b"")
    assert (tmp_path / "f.svg").read_bytes() == (tmp_path / "g.svg").read_bytes()


@pytest.mark.thorough
def test_gradients_are_drawn_into_a_figure(call, hand_made, prices, tmp_path):
    """The result is what it would be without, and the figure names the model."""
    path = tmp_path / "g.svg"
    ref = call("gradients", hand_made, prices)
    comp = call("gradients", hand_made, prices, "--plot", path)
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")
    assert b": vanishing -->" in path.read_bytes()


def test_a_figure_of_gradients_needs_its_suffix(call, hand_made, tmp_path):
    """Before anything is read."""
    done = call("gradients", hand_made, "no such file", "--plot", tmp_path / "g.pdf")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"name a file that ends in .png or .svg" in done.stderr


@pytest.mark.slow_shapes
@pytest.mark.parametrize("values", ["0,0.5", "0", "1,1,1"])
def test_the_unrolled_network_is_drawn_into_a_figure(values, call, tmp_path):
    """Also where nothing flows back, and for one day; the result is what it would be without."""
    path = tmp_path / "u.svg"
    ref = call("unroll", "--values", values)
    comp = call("unroll", "--values", values, "--plot", path)
    assert (comp.returncode, comp.stdout, comp.stderr) == (0, ref.stdout, b"")
    assert b"loop factor -->" in path.read_bytes()


def test_the_companies_of_statland_are_drawn(call, screen):
    """On a terminal in place of the market; in a pipe only with a table."""
    shown = screen(80, "statland", "--noise", 0, "--chart", TERM="dumb", LC_ALL=None)
    assert "blue: 9 days" in shown
    assert "2000 more companies without a chart" in shown
    assert max(map(len, shown.splitlines())) <= 80
    done = call("statland", "--chart")
    assert (done.returncode, b"add --format table" in done.stderr) == (2, True)
