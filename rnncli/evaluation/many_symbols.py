"""Whose coverage chance does not explain, of many symbols: of each alone, and among all of them.

Of symbols that are tested one by one at the 1 % level, one in a hundred fails by chance alone. The
rule of Benjamini & Hochberg (1995, JRSS B 57(1)) names few enough symbols that only a small share
of them is expected to be named by chance. It holds for independent tests and for tests that depend
on each other positively (Benjamini & Yekutieli 2001, Annals of Statistics 29(4)).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.distributions.conformal import level_name
from rnncli.evaluation.coverage import coverage_p
from rnncli.evaluation.group_scores import Row

BY_CHANCE = 0.05  # of the symbols that are named, the share that may be named by chance


def benjamini_hochberg(p: Float64Array, share: float = BY_CHANCE) -> BoolArray:
    """Which of some tests (n) are rejected; at most `share` of these, in the mean, by chance.

    The tests with the k smallest p-values, for the largest k whose p-value is at most
    share * k / n. NaN is no test.
    """
    known = np.isfinite(p)
    ordered = np.sort(p[known])
    ranks = np.arange(1, len(ordered) + 1)
    passed = np.flatnonzero(ordered <= share * ranks / max(len(ordered), 1))
    limit = ordered[passed[-1]] if len(passed) else -1.0
    rejected: BoolArray = known & (p <= limit)
    return rejected


@dataclass(frozen=True)
class SymbolScores:
    """Symbol -> its row of `score_groups`, judged at some levels (percent) among all symbols."""

    rows: Mapping[str, Row]
    levels: Sequence[float]

    @cached_property
    def tested(self) -> dict[float, int]:
        """Level -> how many symbols have outcomes enough for a band."""
        return {
            level: sum(row[f"independent_{level_name(level)}"] > 0 for row in self.rows.values())
            for level in self.levels
        }

    @cached_property
    def outside(self) -> dict[float, frozenset[str]]:
        """Level -> the symbols whose coverage is outside the band of each alone."""
        return {
            level: frozenset(s for s, row in self.rows.items() if row[f"drift_{level_name(level)}"])
            for level in self.levels
        }

    @cached_property
    def named(self) -> dict[float, frozenset[str]]:
        """Level -> those outside that chance does not explain among all symbols.

        The tests of all symbols and levels are taken together.
        """
        return {
            level: self.outside[level] & {s for s, is_in in zip(self.rows, mask, strict=True)
                                          if is_in}
            for level, mask in zip(self.levels, self._rejected, strict=True)
        }  # fmt: skip

    @cached_property
    def _rejected(self) -> BoolArray:
        """The tests (levels, symbols) that are rejected together."""
        p = [
            coverage_p(row[f"coverage_{name}"], row[f"independent_{name}"], level / 100)
            for level, name in zip(self.levels, map(level_name, self.levels), strict=True)
            for row in self.rows.values()
        ]
        return benjamini_hochberg(np.array(p)).reshape(len(self.levels), len(self.rows))
