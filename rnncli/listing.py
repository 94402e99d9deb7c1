"""Names of a list with commas, as some options take them."""

from collections.abc import Iterable

from rnncli.errors import UsageError


def listed(option: str, text: str, known: Iterable[str]) -> list[str]:
    """Names of `text` in their order. Raises UsageError for one that is not `known`, or twice."""
    names, all_known = [name.strip() for name in text.split(",")], list(known)
    for number, name in enumerate(names):
        if name not in all_known:
            raise UsageError(f"{option}: no {name!r}; there are {', '.join(all_known)}")
        if name in names[:number]:
            raise UsageError(f"{option}: {name} is named twice")
    return names
