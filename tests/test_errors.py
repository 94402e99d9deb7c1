"""A fault carries its subject; its message is worded for the interface that shows it."""

import copy

import pytest

from rnncli.cli import as_option
from rnncli.errors import DataError, UsageError, as_keyword, name_some, setting, worded


def test_a_message_is_put_together_of_its_parts():
    """Place, setting and value, reason, remedy; what is not known is left out."""
    assert str(UsageError("closed")) == "closed"
    fault = DataError("is empty", place="p.csv", remedy="give another")
    assert str(fault) == "p.csv: is empty; give another"
    assert (fault.place, fault.remedy, fault.option, fault.value) == (
        "p.csv",
        "give another",
        None,
        None,
    )
    assert str(UsageError("is none", option="level", value=0.8)) == "level 0.8: is none"
    assert str(UsageError("is none", option="level")) == "level: is none"


def test_settings_are_worded_for_the_reader():
    """As keywords, unless the command line asks for its options."""
    assert [setting("layers", 2), setting("loss", "mse"), setting("bins")] == [
        "layers=2", 'loss="mse"', "bins",
    ]  # fmt: skip
    with worded(as_option):
        assert [setting("layers", 2), setting("clip_norm")] == ["--layers 2", "--clip-norm"]
        assert str(UsageError("is", option="clip_norm", value=1)) == "--clip-norm 1: is"
    with pytest.raises(ZeroDivisionError), worded(as_option):
        raise ZeroDivisionError
    assert setting("layers") == as_keyword("layers", None) == "layers"


def test_faults_come_whole_from_another_process():
    """As they do from a worker."""
    fault = copy.copy(UsageError("is none", option="level", value=0.8, remedy="say 80"))
    assert str(fault) == "level 0.8: is none; say 80"
    assert (fault.option, fault.value, fault.remedy) == ("level", 0.8, "say 80")


"""Parts of messages."""


@pytest.mark.parametrize(
    ("names", "text"),
    [("ABC", "A, B, C"), ("ABCD", "A, B, C and 1 more"), ("ABCDE", "A, B, C and 2 more")],
)  # fmt: skip
def test_the_first_names_are_listed_and_the_others_counted(names, text):
    """As many as the limit says."""
    assert name_some(list(names), 3) == text
