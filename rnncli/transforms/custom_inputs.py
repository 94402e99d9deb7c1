"""The user's columns and events as inputs: the options that name them, and their full names.

An option names a column, COLUMN or COLUMN@FILE, and may add a transform: `vix:log-change`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rnncli.errors import UsageError, setting
from rnncli.prices.beside.dated_file import stem_of
from rnncli.prices.beside.events import EVENT, read_events
from rnncli.prices.beside.feature_file import AT, read_feature_files
from rnncli.prices.parsing.columns.ohlcv import FIELDS
from rnncli.prices.series import Prices
from rnncli.settings import PrepareSettings, ReadSettings
from rnncli.transforms.inputs.custom import TRANSFORMS
from rnncli.transforms.inputs.table import LAG

LEVEL = "level"


def custom_inputs(preparing: PrepareSettings) -> tuple[str, ...]:
    """The inputs that settings add of the user's columns and events, by their full names.

    Raises UsageError for a transform that there is not, and for what is named twice.
    """
    names = [full_name(text, preparing.feature_lag) for text in preparing.feature]
    for number, name in enumerate(names):
        if name in names[:number]:
            raise UsageError("is named twice", option="feature", value=preparing.feature[number])
    return tuple(names)


def full_name(text: str, lag: int) -> str:
    """The full name of the input of an option; events are not published late."""
    column, transform = _parsed(text)
    late = f"{LAG}{lag}" if lag and transform != EVENT else ""
    return f"{column}:{transform}{late}"


def _parsed(text: str) -> tuple[str, str]:
    """Column and transform, a column of open, high, low and volume as it is called here."""
    column, colon, transform = text.strip().rpartition(":")
    if not colon:
        column, transform = transform, LEVEL
    if not text.strip():
        raise UsageError("names no column; leave it out", option="feature")
    if AT in transform and column:
        transform, _, file = transform.partition(AT)
        raise UsageError(
            f"the file comes first; write {column}{AT}{file}:{transform}", option="feature",
            value=text,
        )  # fmt: skip
    if transform not in (*TRANSFORMS, EVENT) or not column:
        raise UsageError(
            f"no {transform!r} of a column", option="feature", value=text,
            remedy=f"there are {', '.join(TRANSFORMS)}",
        )  # fmt: skip
    return (column.lower() if column.lower() in FIELDS else column), transform


def with_files(preparing: PrepareSettings, reading: ReadSettings) -> PrepareSettings:
    """Settings whose features name the files they are from, with all columns of other files.

    And with every kind of event of the file of events. Raises UsageError for a column that a file
    does not have, MissingInputError and DataError for the files.
    """
    files = read_feature_files(reading)
    columns = [name for file in files for name in file.columns]
    features = [_of_columns(text, columns) for text in preparing.feature]
    used = {_parsed(text)[0].rpartition(AT)[2] for text in features}
    for file in files:
        if stem_of(file.name) not in used:
            features += [f"{column}:{LEVEL}" for column in file.columns]
    events = read_events(reading)
    if events is not None:
        kinds = [f"{kind}:{EVENT}" for kind in events.days]
        features += [kind for kind in kinds if kind not in features]
    return _checked(preparing, features)


def with_fields_of(preparing: PrepareSettings, prices: Prices) -> PrepareSettings:
    """Settings whose features name the columns of files that came with the prices."""
    columns = [name for name in prices.fields if AT in name]
    return _checked(preparing, [_of_columns(text, columns) for text in preparing.feature])


def _checked(preparing: PrepareSettings, features: Sequence[str]) -> PrepareSettings:
    if preparing.feature_lag and not features:
        raise UsageError(
            "needs a column", option="feature_lag", value=preparing.feature_lag,
            remedy=f"add {setting('feature')}",
        )  # fmt: skip
    return replace(preparing, feature=tuple(features))


def _of_columns(text: str, columns: Iterable[str]) -> str:
    """A feature by the full name of its column, where it is one of files."""
    column, transform = _parsed(text)
    name, at, file = column.rpartition(AT)
    wanted = f"{name}{AT}{stem_of(file)}" if at else column
    there = [one for one in columns if wanted in (one, one.rpartition(AT)[0])]
    if len(there) > 1:
        raise UsageError(
            f"is in several files: {', '.join(there)}", option="feature", value=text,
            remedy="name one of these",
        )  # fmt: skip
    if at and not there:
        listed = ", ".join(columns)
        raise UsageError(
            f"no such column; there are {listed}" if listed else "its file is not named",
            option="feature", value=text,
            remedy=None if listed else f"add {setting('feature_file', file)}",
        )  # fmt: skip
    return f"{there[0] if there else column}:{transform}"
