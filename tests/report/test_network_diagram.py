"""What `inspect` draws of the form of a model."""

import pytest

from rnncli.network.modes import FORMS
from rnncli.report.network_diagram import CAPTIONS, form_lines


def drawn(mode, horizon):
    return form_lines({"mode": mode, "horizon": horizon, "cell": "gru", "input_size": 1})


def test_every_form_is_drawn_within_80_columns():
    """Also with a long horizon, and nothing but ASCII, for any terminal."""
    assert set(CAPTIONS) == {"seq2seq", "direct", *FORMS}
    for mode in CAPTIONS:
        for horizon in (1, 2, 3, 5, 1000):
            for line in drawn(mode, horizon):
                assert line.isascii()
                assert len(line) <= 80


def test_a_sequence_has_inputs_and_outputs_all_along():
    """Two days, a gap, the last."""
    assert drawn("seq2seq", 0)[:5] == [
        "  y1       y2              yT",
        "  ^        ^               ^",
        "[gru] -> [gru] -> ... -> [gru]",
        "  ^        ^               ^",
        "  x1       x2              xT",
    ]


def test_the_other_forms_show_where_they_differ():
    """What only the last, or only the first copy has."""
    assert drawn("seq2vec", 5)[0].split() == ["y1..y5"]
    assert drawn("direct", 20)[0].split() == ["y1..20", "y2..20", "yT..20"]
    assert drawn("vec2seq", 5)[4].split() == ["xT"]
    assert drawn("vec2seq", 2)[0].split() == ["y1", "y2"]
    path = drawn("encoder-decoder", 3)
    assert path[2].count("[enc]") == path[2].count("[dec]") == 3
    assert path[0].split() == ["y1", "y2", "y3"]
    assert path[4].split() == ["x1", "x2", "xT", "xT"]


@pytest.mark.parametrize("mode", CAPTIONS)
def test_a_line_says_it_in_words(mode):
    """The name of the form, as --mode takes it."""
    assert drawn(mode, 4)[-1].startswith(f"{mode}: ")
