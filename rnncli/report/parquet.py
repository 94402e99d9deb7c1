"""Results as a Parquet file, where pyarrow is there to write one."""

import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from typing import Any

from rnncli.errors import UsageError

TEXT = ("symbol", "unique_id", "label")  # columns that are text, should a file have no value
DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")


def check_parquet() -> None:
    """Raise UsageError without pyarrow."""
    _pyarrow()


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as fault:
        raise UsageError(
            "a Parquet file needs an extra; run: pip install 'rnncli[parquet]'"
        ) from fault


def encode_rows(columns: Sequence[str], parts: Iterable[Iterable[dict[str, Any]]]) -> bytes:
    """The bytes of a file of rows in plain types: the same rows give the same bytes.

    A column of days has type date, one of times timestamp; of series without dates it is row
    numbers, and of a mixture text. Raises UsageError without pyarrow.
    """
    arrow, parquet = _pyarrow()
    cells: dict[str, list[Any]] = {name: [] for name in columns}
    for part in parts:
        for row in part:
            for name, values in cells.items():
                values.append(row.get(name))
    arrays = [_array(arrow, name, values) for name, values in cells.items()]
    sink = io.BytesIO()
    parquet.write_table(arrow.table(arrays, names=list(columns)), sink)
    return sink.getvalue()


def _array(arrow: Any, name: str, values: list[Any]) -> Any:
    """A column in the one type that all of its values have."""
    present = [value for value in values if value is not None]
    kinds = {type(value) for value in present}
    if name in TEXT or not kinds <= {bool, int, float, str} or len(kinds | {int, float}) > 2:
        return _times(arrow, name, values, present) or arrow.array(
            [None if value is None else _text(value) for value in values], arrow.string()
        )
    exact = {frozenset({bool}): arrow.bool_(), frozenset({int}): arrow.int64()}
    return arrow.array(values, exact.get(frozenset(kinds), arrow.float64()))


def _times(arrow: Any, name: str, values: list[Any], present: list[Any]) -> Any:
    """A column of days or of times, None if it has anything else."""
    if name in TEXT or not all(isinstance(value, str) for value in present):
        return None
    if all(map(DAY.fullmatch, present)):
        return arrow.array([v and date.fromisoformat(v) for v in values], arrow.date32())
    if all(DAY.fullmatch(value) or TIME.fullmatch(value) for value in present):
        times = [v and datetime.fromisoformat(v) for v in values]
        return arrow.array(times, arrow.timestamp("ms"))
    return None


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "backslashreplace").decode()  # bytes of a name may not be text
