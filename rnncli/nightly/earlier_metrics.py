"""The file of metrics that earlier runs left: what may be replaced, and the last success in it."""

import contextlib
import re

from rnncli.errors import CannotCreateError
from rnncli.storage.atomic import check_creatable
from rnncli.storage.reading import read_whole

LARGEST = 1 << 20  # bytes of a file
FIRST = b"# HELP rnncli_"  # bytes of every file
LAST_SUCCESS = "rnncli_last_success_timestamp_seconds"


def check_metrics(path: str) -> None:
    """Refuse a file that cannot be written, or that is not of metrics. Raises CannotCreateError."""
    check_creatable(path)
    last_success(path)


def last_success(path: str) -> float | None:
    """When a run last succeeded, as an earlier file of metrics has it.

    Raises CannotCreateError for a file of something else, which is not to be replaced.
    """
    try:
        content = read_whole(path, LARGEST)
    except OSError:
        return None
    if content.strip() and not content.startswith(FIRST):
        raise CannotCreateError(f"{path}: exists and is not a file of metrics; name another file")
    line = rf"^{LAST_SUCCESS}\{{[^\n]*\}} ([0-9.e+]+)$"
    match = re.search(line, content.decode("utf-8", "replace"), re.MULTILINE)
    with contextlib.suppress(ValueError):
        return float(match[1]) if match else None
    return None
