"""Which shapes of a test are run: few in which every two parameters have all pairs of values."""

from collections.abc import Collection, Iterable
from itertools import chain, combinations

import pytest

Choice = tuple[object, ...]  # names of parameters that are set together, and their values


def covering(shapes: Iterable[Collection[Choice]]) -> list[int]:
    """Positions of few shapes that have, together, every pair of choices; each adds the most."""
    pairs = [set(combinations(shape, min(2, len(shape)))) for shape in shapes]
    missing = set(chain.from_iterable(pairs))
    chosen = []
    while missing:
        best = max(range(len(pairs)), key=lambda position: len(pairs[position] & missing))
        chosen.append(best)
        missing -= pairs[best]
    return sorted(chosen)


def beyond_covering(items: Iterable[pytest.Item]) -> set[pytest.Item]:
    """The tests without which each function is still run with every pair of choices."""
    functions: dict[str, list[pytest.Item]] = {}
    for item in items:
        if hasattr(item, "callspec"):
            functions.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {
        item
        for shaped in functions.values()
        for item in set(shaped) - {shaped[k] for k in covering(choices(one) for one in shaped)}
    }


def choices(item: pytest.Item) -> list[Choice]:
    """What each `parametrize` of a test, or each of its fixtures, has chosen."""
    values = {name: id(value) for name, value in item.callspec.params.items()}  # type: ignore[attr-defined]
    together = [
        [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        for mark in item.iter_markers("parametrize")
        for names in mark.args[:1]
    ]
    fixtures = [[name] for name in values if name not in chain.from_iterable(together)]
    return [
        (*names, *(values[name] for name in names if name in values))
        for names in (*together, *fixtures)
    ]
