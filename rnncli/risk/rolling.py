"""Joint scenarios from past cutoffs, computed from nothing after the cutoff."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.evaluation.cutoffs import Calendar
from rnncli.models.model import Model
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.risk.copula import Copula, fit_copula, independent
from rnncli.risk.joint_paths import deal, walk_of
from rnncli.risk.margins import Bands, bands_at
from rnncli.risk.past_places import WINDOW, past_places
from rnncli.runtime.threads import Threads

BLOCK = 4096  # forecasts made at once
REFIT = 5  # days between two fits of the copula


@dataclass(frozen=True)
class Cutoff:
    """A day of the past: the n symbols that have a row on it and `horizon` rows after it.

    `series`, `rows` (n): their numbers and rows; `bands`: their forecasts; `copula`: fitted on the
    days up to the cutoff.
    """

    day: int
    series: IntArray
    rows: IntArray
    bands: Bands
    copula: Copula

    @cached_property
    def alone(self) -> Copula:
        """The copula of independence."""
        return independent(len(self.series))

    def scenarios(
        self, copula: Copula, horizon: int, draws: int, seed: int
    ) -> Iterator[Float64Array]:
        """Joint prices (n, draws) on each row ahead."""
        walks = walk_of(copula, self.bands.growth()[:, :horizon], draws, seed)
        for ahead, walk in enumerate(walks, start=1):
            ordered = self.bands.scenarios(ahead, draws)
            tied = np.empty_like(ordered)
            deal(ordered, walk, tied)
            yield tied


def cutoffs_of(
    model: Model, prices: Prices, calendar: Calendar, days: IntArray, horizon: int,
    confidences: tuple[float, ...], threads: Threads,
) -> Iterator[Cutoff]:  # fmt: skip
    """The cutoffs on some days of the calendar, ascending, that any symbol can be forecast from."""
    rows = calendar.last_rows(prices, days)
    places, place_days = past_places(model, prices, threads, _window(prices, rows))
    at = np.searchsorted(place_days, days, side="right")
    per_block = max(1, BLOCK // max(1, len(prices.symbols)))
    copula, fitted = independent(len(prices.symbols)), -REFIT
    for start in range(0, len(days), per_block):
        block = slice(start, start + per_block)
        usable = [_usable(prices, calendar, rows[f], int(days[f]), horizon)
                  for f in range(*block.indices(len(days)))]  # fmt: skip
        bands = iter(_bands(model, prices, rows[block], usable, horizon, confidences, threads))
        for fold, series in enumerate(usable, start=start):
            if not len(series):
                continue
            if at[fold] - fitted >= REFIT:
                copula = fit_copula(places[max(0, at[fold] - WINDOW) : at[fold]])
                fitted = int(at[fold])
            yield Cutoff(
                int(days[fold]), series, rows[fold, series], next(bands), copula.subset(series)
            )


def _window(prices: Prices, rows: IntArray) -> int:
    """Rows that are gone back so that places reach to WINDOW rows before the first cutoff."""
    after = prices.lengths - 1 - np.min(rows, axis=0)
    return int(np.max(after)) + WINDOW


def _usable(prices: Prices, calendar: Calendar, rows: IntArray, day: int, horizon: int) -> IntArray:
    """The series that have a row on the day, one before it and `horizon` after it."""
    inside = (rows >= 1) & (rows + horizon < prices.lengths)
    on_day = calendar.rows[prices.offsets[:-1] + np.maximum(rows, 0)] == day
    usable: IntArray = np.flatnonzero(inside & on_day)
    return usable


def _bands(
    model: Model, prices: Prices, rows: IntArray, usable: list[IntArray], horizon: int,
    confidences: tuple[float, ...], threads: Threads,
) -> Iterator[Bands]:  # fmt: skip
    """What was forecast from each cutoff with symbols, all of them at once."""
    series = np.concatenate(usable)
    if not len(series):
        return
    fold = np.repeat(np.arange(len(usable)), [len(of_cutoff) for of_cutoff in usable])
    order = np.lexsort((fold, series))  # the origins of a series must follow one another
    origins = Origins(series[order], rows[fold[order], series[order]])
    bands = bands_at(model, prices, origins, horizon, confidences, threads)
    back = np.argsort(order, kind="stable")
    for of_cutoff in np.split(back, np.cumsum([len(one) for one in usable])[:-1]):
        if len(of_cutoff):
            yield bands.subset(of_cutoff)
