"""Every message of the reader says where, what, and what to do."""

import re

import pytest
from reader_messages import messages

WHERE = re.compile(
    r"^\d+  (stdin|x|A\.csv|no\.csv|pipe|A|--[a-z-]+ |no symbol|no rows|dates|prices)"
)
REMEDY = re.compile(
    r"--[a-z-]+|mend|remove|rename|fetch|save|split|unpack|choose|add a header|join|give|check|run"
    r"|write it|look|export|run:|there are|end in|widen|call one"
    r"|write (the|dates)|keep the rows|take it out"
)


@pytest.mark.parametrize("message", messages())
def test_a_message_names_the_place_and_the_remedy(message):
    """One line: the file, the line where there is one, the fault, and what mends it."""
    assert WHERE.search(message)
    assert REMEDY.search(message)
    assert "\n" not in message
    assert len(message) < 260
