"""Foreign text, in symbols, headers and file names, reaches nobody's terminal or spreadsheet."""

import csv
import io
import json
import os
import re

import pytest

from rnncli.report.output import rendered
from rnncli.report.tables import pairs, table

SYMBOLS = {
    "escape": "A\x1b[31mB",
    "clipboard": "A\x1b]52;c;QQ==\x07B",
    "c1": "A\x9b31mB",
    "bidi": "A\u202egpj.B",
    "zero width": "A\u200bB",
    "newline": "A\nB",
    "markup": "[red]x[/]",
    "broken markup": "[/nope]",
    "link": "[link=http://x]y[/link]",
    "emoji": ":smile:",
    "formula": "=cmd|' /C calc'!A0",
    "at": "@SUM(1)",
    "plus": "+1",
    "minus": "-2+3",
    "comma": "A,B",
    "quote": 'A"B',
    "null": "NULL",
    "number": "0700",
}
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
WRITTEN_AS_IS = [name for name, symbol in SYMBOLS.items() if not HIDDEN.search(symbol + "")]


@pytest.fixture
def foreign(tmp_path):
    """A price file of one foreign symbol."""

    def write(symbol, prices=(1, 2, 3)):
        path = tmp_path / "foreign.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["date", "symbol", "close"])
            writer.writerows([f"2024-01-{d + 1:02d}", symbol, p] for d, p in enumerate(prices))
        return path

    return write


@pytest.mark.slow_shapes
@pytest.mark.parametrize("name", SYMBOLS)
def test_a_foreign_symbol_is_harmless_in_every_form(name, call, foreign, hand_made):
    """No control, escape or bidirectional character comes out; JSON escapes and keeps them."""
    symbol = SYMBOLS[name]
    for form in ("table", "csv", "json", "jsonl"):
        for command in (("predict", hand_made), ("inspect",)):
            done = call(*command, foreign(symbol), "--format", form)
            assert (done.returncode, done.stderr) == (0, b"")
            assert not HIDDEN.search(done.stdout.decode())
    drawn = call("predict", hand_made, foreign(symbol), "--format", "table", "--chart").stdout
    assert not HIDDEN.search(drawn.decode())
    rows = json.loads(call("predict", hand_made, foreign(symbol), "--format", "json").stdout)
    assert rows["rows"][0]["symbol"] == symbol


@pytest.mark.parametrize("name", ["markup", "broken markup", "link", "emoji"])
def test_markup_is_shown_as_it_stands(name, call, foreign, hand_made):
    """A table shows square brackets and colons as they are in the file."""
    done = call("predict", hand_made, foreign(SYMBOLS[name]), "--format", "table")
    assert SYMBOLS[name] in done.stdout.decode()


@pytest.mark.parametrize("name", ["formula", "at", "plus", "minus"])
def test_no_text_cell_is_a_formula(name, call, foreign, hand_made):
    """A spreadsheet that opens the CSV sees a text, not a formula."""
    done = call("predict", hand_made, foreign(SYMBOLS[name]))
    cells = [row["symbol"] for row in csv.DictReader(io.StringIO(done.stdout.decode()))]
    assert set(cells) == {f"'{SYMBOLS[name]}"}


@pytest.mark.parametrize("name", [n for n in WRITTEN_AS_IS if n != "newline"])
def test_our_csv_read_back_has_the_same_symbol(name, call, foreign, hand_made, tmp_path):
    """The CSV of predict is a price file whose symbols are the ones it was made from."""
    back = tmp_path / "back.csv"
    back.write_bytes(call("predict", hand_made, foreign(SYMBOLS[name])).stdout)
    done = call("inspect", back, "--column", "forecast")
    assert [series["symbol"] for series in json.loads(done.stdout)["series"]] == [SYMBOLS[name]]


@pytest.mark.parametrize("name", ["escape", "c1", "bidi", "newline", "markup"])
def test_errors_and_warnings_show_foreign_text_harmlessly(name, call, foreign, model):
    """A fault that names a foreign symbol is one line without control characters."""
    done = call("predict", model, foreign(SYMBOLS[name], (1, -2)))
    text = done.stderr.decode()
    assert done.returncode == 65
    assert text.count("\n") == 2  # the price below zero is warned of before
    assert not HIDDEN.search(text)


def test_foreign_file_names_are_shown_harmlessly(call, hand_made, tmp_path):
    """A file name with an escape, a line end or bytes that are not text is named in one line."""
    for name in ("a\x1b[2Jb.csv", "a\nb.csv", b"a\xffb.csv".decode("utf-8", "surrogateescape")):
        done = call("predict", hand_made, tmp_path / name)
        text = done.stderr.decode()
        assert (done.returncode, text.count("\n")) == (66, 1)
        assert not HIDDEN.search(text)


def test_a_file_without_symbols_may_be_called_anything(call, hand_made, tmp_path):
    """A symbol made of a file name is as harmless as one of a column."""
    path = tmp_path / "=x\x1b[2J\u202e.csv"
    path.write_text("date,close\n2024-01-01,1\n2024-01-02,2\n", encoding="ascii")
    done = call("predict", hand_made, path)
    assert done.returncode == 0
    assert done.stdout.decode().splitlines()[1].startswith("'=x\\x1b[2J\\u202e,")


def test_foreign_options_are_shown_harmlessly(call):
    """What the user pasted comes back in an error without its control characters."""
    done = call("unroll", "--values", "1,\x1b[31m\n2")
    assert (done.returncode, done.stderr.count(b"\n"), b"\x1b" in done.stderr) == (2, 1, False)
    done = call("predict", "--\x1b[31m", "m", "p")
    assert (done.returncode, done.stderr.count(b"\n"), b"\x1b" in done.stderr) == (2, 1, False)


def test_a_file_name_that_is_not_text_is_a_symbol_all_the_same(call, foreign, hand_made, tmp_path):
    """Bytes that are not UTF-8 are spelled out in the symbol, and its path is opened as it is."""
    name = os.fsdecode(b"x\xff.csv")
    lines = foreign("A").read_text().splitlines()
    (tmp_path / name).write_text("\n".join(line.replace(",A", "").replace(",symbol", "")
                                           for line in lines))  # fmt: skip
    done = call("predict", hand_made, tmp_path / name)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[1].startswith(rb"x\xff,")


def test_names_of_columns_are_harmless_in_a_table():
    """A class of a model may be called anything."""
    out = rendered([table("t", ["p_\x1b[31mlow"], [[1.0]]), pairs("t", [("a\x9b", "\u202e")])],
                   io.StringIO())  # fmt: skip
    assert not HIDDEN.search(out)
