"""Rows as a Parquet file, where pyarrow is there to write one."""

import io
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from rnncli.errors import UsageError


def encode_rows(parts: Iterable[list[dict[str, Any]]]) -> bytes:
    """The bytes of a file of rows, some at a time: the same rows give the same bytes.

    Raises UsageError without pyarrow.
    """
    try:
        arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as fault:
        raise UsageError(
            "format = \"parquet\" needs an extra; run: pip install 'rnncli[parquet]'"
        ) from fault
    tables = [arrow.Table.from_pylist(part) for part in parts]
    sink = io.BytesIO()
    parquet.write_table(arrow.concat_tables(tables, promote_options="permissive"), sink)
    return sink.getvalue()
