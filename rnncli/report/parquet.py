"""Forecasts as a Parquet file, where pyarrow is there to write one."""

import io
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from rnncli.errors import UsageError

TEXT = ("symbol", "cutoff", "date", "label")  # dates too: those of series without are row numbers


def check_parquet() -> None:
    """Raise UsageError without pyarrow."""
    _pyarrow()


def _pyarrow() -> tuple[Any, Any]:
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as fault:
        raise UsageError(
            "format = \"parquet\" needs an extra; run: pip install 'rnncli[parquet]'"
        ) from fault


def encode_rows(columns: Iterable[str], parts: Iterable[list[dict[str, Any]]]) -> bytes:
    """The bytes of a file of rows, some at a time: the same rows give the same bytes.

    A column has one type, whatever is in it. Raises UsageError without pyarrow.
    """
    arrow, parquet = _pyarrow()
    kinds = dict.fromkeys(TEXT, arrow.string()) | {"ahead": arrow.int64()}
    schema = arrow.schema([(name, kinds.get(name, arrow.float64())) for name in columns])
    sink = io.BytesIO()
    with parquet.ParquetWriter(sink, schema) as writer:
        for part in parts:
            rows = [{n: str(v) if n in TEXT else v for n, v in row.items()} for row in part]
            writer.write_table(arrow.Table.from_pylist(rows, schema=schema))
    return sink.getvalue()
