"""What `--chart` and `--plot` ask for: refused early where it cannot be had, then drawn."""

import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rnncli.cli.results import is_table
from rnncli.errors import UsageError
from rnncli.settings import PictureSettings, ResultSettings
from rnncli.storage.atomic import check_creatable, write_atomically

SUFFIXES = ("png", "svg")


def check_pictures(
    wanted: PictureSettings, showing: ResultSettings, inputs: Sequence[str], typed: frozenset[str]
) -> None:
    """Refuse, before reading, charts with a machine format and files that cannot be written.

    Charts that the environment or a file asks for are drawn with tables only.
    Raises UsageError, CannotCreateError.
    """
    if wanted.chart and "chart" in typed and not is_table(showing):
        form = f"--format {showing.format}" if showing.format else "a pipe without --format"
        raise UsageError(f"--chart: is drawn below a table, not in {form}; add --format table")
    if wanted.plot is None:
        return
    if _suffix(wanted.plot) not in SUFFIXES:
        raise UsageError(f"--plot {wanted.plot}: name a file that ends in .png or .svg")
    if os.path.realpath(wanted.plot) in {os.path.realpath(path) for path in inputs if path != "-"}:
        raise UsageError(f"--plot {wanted.plot}: is one of the inputs; name another file")
    if importlib.util.find_spec("matplotlib") is None:
        raise UsageError(f"--plot {wanted.plot} needs an extra; run: pip install 'rnncli[plot]'")
    check_creatable(wanted.plot)


def _suffix(path: str) -> str:
    return Path(path).suffix[1:].lower()


def write_figure(path: str, draw: Callable[[str], bytes]) -> None:
    """Write what `draw` makes for the suffix of `path`. Raises CannotCreateError, WriteError."""
    with _quiet_matplotlib():
        content = draw(_suffix(path))
    write_atomically(path, content)


@contextmanager
def _quiet_matplotlib() -> Iterator[None]:
    """Let Matplotlib keep its list of fonts in our cache or nowhere, without warnings.

    It would otherwise use its folder in HOME, warn on stderr without one, and leave a temporary
    folder behind, since this process ends without clean-up.
    """
    import logging

    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    os.environ["MPLBACKEND"] = "agg"
    cache = _folder_of_fonts()
    if cache is not None:
        os.environ["MPLCONFIGDIR"] = cache
        yield
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="rnncli-") as folder:
        os.environ["MPLCONFIGDIR"] = folder
        yield


def _folder_of_fonts() -> str | None:
    """A folder next to the compiled kernels; None without a cache."""
    from rnncli.diagnostics.cache_state import folder_beside

    return folder_beside("matplotlib")
