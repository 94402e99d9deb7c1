"""Every message of the reader says where, what, and what to do."""

import dataclasses
import io
import re

import numpy as np
import pytest
from corpus import CASES
from each import assert_each
from reader_messages import messages
from remedies import REMEDIES, Remedy

from rnncli.dates import format_date
from rnncli.errors import DataError
from rnncli.prices.reader import read_prices
from rnncli.settings import ReadSettings

WHERE = re.compile(
    r"^\d+  (stdin|x|A\.csv|no\.csv|pipe|A|--[a-z-]+ |no symbol|no rows|dates|prices)"
)
REMEDY = re.compile(
    r"--[a-z-]+|mend|remove|rename|fetch|save|split|unpack|choose|add (a|the) header|join|give"
    r"|check|run|name price files|write it|look|export|run:|there are|end in|widen|call one"
    r"|write (the|a row|dates|numbers)|keep the rows|take it out"
)


def names_the_place_and_the_remedy(message: str) -> None:
    """One line: the file, the line where there is one, the fault, and what mends it."""
    assert WHERE.search(message)
    assert REMEDY.search(message)
    assert "\n" not in message
    assert len(message) < 260


def test_messages_name_the_place_and_the_remedy():
    """Every message that the reader has."""
    every = messages()
    assert len(every) > 200
    assert_each(names_the_place_and_the_remedy, every)


def helps(remedy: Remedy) -> None:
    """The option named is typed, or the file is mended as told: it is read as meant."""
    case = next(case for case in CASES if case.name == remedy.case)
    data, settings = case.data, ReadSettings(**case.settings)
    with pytest.raises(DataError) as caught:
        read_prices(["-"], settings, io.BytesIO(data))
    assert remedy.words in str(caught.value)
    for old, new in remedy.edits:
        assert old in data.decode()
        data = data.decode().replace(old, new).encode()
    settings = dataclasses.replace(settings, **remedy.settings)
    prices = read_prices(["-"], settings, io.BytesIO(data))
    read = {
        symbol.replace("stdin", "x"): [
            (format_date(date), float(value))
            for date, value in zip(prices.dates_of(i), prices.series(i), strict=True)
            if not np.isnat(date)
        ]
        for i, symbol in enumerate(prices.symbols)
    }
    assert read == remedy.meant


@pytest.mark.slow(each_version=True)
def test_what_a_message_tells_to_do_helps():
    """Every remedy that a refusal of the corpus names."""
    assert_each(helps, REMEDIES, lambda remedy: remedy.case)
