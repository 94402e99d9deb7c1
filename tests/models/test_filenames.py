"""Every symbol has a file of its own, in its folder, and can be told from its name."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnncli.models.model_folder import file_name, symbol_of

ODD = [
    *("../x", "a/b", "CON", "con.txt", "NUL", "LPT1", "^GSPC", "BRK.B", "AAPL", "aapl", "Aapl", ""),
    *(
        ".",
        "..",
        ".hidden",
        "x.",
        "x ",
        " ",
        "a\\b",
        "C:",
        "a\nb",
        "\x00",
        "%41",
        "A%",
        "~1",
        "A~1",
    ),
    *("日経", "é", "e\u0301", "😀", "\ud800", "x" * 300, "y" * 179 + "..", "*?", "-rf", "a" * 255),
]


@pytest.mark.parametrize("symbol", ODD)
def test_a_symbol_comes_back_from_its_file_name(symbol):
    """Whatever the symbol, its name leads back to it."""
    assert symbol_of(file_name(symbol)) == symbol


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        *(("AAPL", "AAPL"), ("^GSPC", "^GSPC"), ("BRK.B", "BRK.B"), ("0700.HK", "0700.HK")),
        *(("aapl", "aapl~F"), ("a/b", "a%2Fb~3"), ("../x", "%2E.%2Fx~1"), ("CON", "%43ON")),
    ],
)
def test_usual_symbols_are_readable_names(symbol, name):
    """What is harmless stays as it is."""
    assert file_name(symbol) == name


def test_odd_symbols_have_different_names_whatever_the_case():
    """No two share a file, also where AAPL and aapl would be one."""
    names = [file_name(symbol).casefold() for symbol in ODD]
    assert len(set(names)) == len(names)


@pytest.mark.slow
@given(st.text(max_size=400), st.text(max_size=400))
def test_names_are_safe_parts_of_a_path(one, other):
    """No part is too long, hidden, reserved or a step out of the folder."""
    path = PurePosixPath(file_name(one))
    assert not path.is_absolute()
    for part in path.parts:
        assert 0 < len(part) <= 181
        assert part.isascii()
        assert part[0] != "."
        assert part[-1] not in ". "
        assert not set(part) & set('<>:"\\|?*\0\n')
    assert symbol_of(file_name(one)) == one
    assert (file_name(one).casefold() == file_name(other).casefold()) == (one == other)
