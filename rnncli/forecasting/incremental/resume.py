"""Go on from where series were left by an earlier run, where their rows are still the same."""

import hashlib
from dataclasses import dataclass, field

import numpy as np

from rnncli.arrays import BoolArray, IntArray
from rnncli.forecasting.incremental.row_hash import RowHashes
from rnncli.forecasting.incremental.running_stats import Tallying, running_stats_of
from rnncli.forecasting.incremental.state_file import State
from rnncli.forecasting.raw_forecast import SeriesState, run_through
from rnncli.inference.rollout import NetworkStates, at_start, reader, reads, resume
from rnncli.models.model import Model
from rnncli.prices.date_history import DateHistory, trail
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare


@dataclass
class ResumableState:
    """An earlier state of a model's series, and after a forecast the one to keep.

    `rewritten`: symbols some of whose rows are not those that were fed; `shorter`: those that
    have fewer rows than that; `resumed`: how many went on from where they were.
    """

    model: Model
    before: State | None
    after: State | None = None
    rewritten: list[str] = field(default_factory=list)
    shorter: list[str] = field(default_factory=list)
    resumed: int = 0

    def stand(self, prices: Prices, threads: Threads) -> SeriesState:
        """Where series stand, those that are known having been fed their new rows alone."""
        prints = RowHashes(prices)
        old, same = self._known(prices, prints)
        self.resumed = int(np.count_nonzero(same))
        cold, warm = np.flatnonzero(~same).tolist(), np.flatnonzero(same).tolist()
        numbers = prints.at(prices.lengths).tolist()
        own = merge_states(
            self._from_start(prices, cold, numbers, threads) if cold else empty_state(self.model),
            self._going_on(prices, warm, old, threads) if warm else empty_state(self.model),
        )
        self.after = merge_states(self.before or empty_state(self.model), own)
        own = own.of(prices.symbols)
        tallying, preparation = Tallying(self.model), self.model.preparation
        pairs = {
            symbol: preparation.shift_and_size(symbol, prices.series(i))
            for i, symbol in enumerate(own.symbols)
            if not tallying.takes(symbol)
        }
        return tallying.stand(own.symbols, own.tallies, own.reached, own.inputs, pairs)

    def _known(self, prices: Prices, prints: RowHashes) -> tuple[IntArray, BoolArray]:
        """Place of each series in the state before, -1 for none; whether it goes on from there."""
        old, known = np.full(len(prices.symbols), -1), np.zeros(len(prices.symbols), np.bool_)
        if self.before is not None and self.before.symbols:
            places = self.before.places()
            old = np.array([places.get(symbol, -1) for symbol in prices.symbols], np.int64)
            known = old >= 0
        if self.before is None or not known.any():
            return old, known
        tallies = [self.before.tallies[i] for i in old.tolist()]
        rows = np.array([tally.rows for tally in tallies], np.int64)
        numbers = np.array([tally.number for tally in tallies], np.uint64)
        shorter = known & (rows > prices.lengths)
        same = prints.at(np.where(known & ~shorter, rows, 0)) == numbers
        rewritten = known & ~shorter & ~same
        self.rewritten = [prices.symbols[i] for i in np.flatnonzero(rewritten).tolist()]
        self.shorter = [prices.symbols[i] for i in np.flatnonzero(shorter).tolist()]
        # a lone price is fed as a return of zero, which the first true return takes the place of
        least = self.model.preparation.season if self.model.preparation.scale == "log-return" else 0
        tallying = Tallying(self.model)
        takes = [tallying.takes(symbol) for symbol in prices.symbols]
        same = known & ~rewritten & ~shorter & ((rows > least) | (rows == prices.lengths))
        return old, same & np.array(takes)

    def _from_start(
        self, prices: Prices, cold: list[int], numbers: list[int], threads: Threads
    ) -> State:
        """Some series, gone through as a whole."""
        some = prices.subset(cold)
        prepared, trails = prepare(some, self.model.preparation, 0.0), _trails(some)
        tallies = [
            running_stats_of(self.model, some, k, numbers[i], trails[k]) for k, i in enumerate(cold)
        ]
        last = prepared.inputs[prepared.offsets[1:] - 1]
        return State(some.symbols, run_through(self.model, prepared, threads), tallies, last)

    def _going_on(self, prices: Prices, warm: list[int], old: IntArray, threads: Threads) -> State:
        """Some series, gone on with from where they were."""
        assert self.before is not None
        tallying, fed, inputs = Tallying(self.model), [], list[list[float]]()
        places = old[warm]
        last = self.before.inputs[places]
        tallies = [self.before.tallies[place] for place in places.tolist()]
        fields = [prices.fields[name] for name in tallying.fields]
        grown = _Grown()
        for k, (i, tally) in enumerate(zip(warm, tallies, strict=True)):
            fed.append(int(prices.lengths[i]) - tally.rows)
            stop = int(prices.offsets[i + 1])
            seconds = prices.dates[stop - fed[k] : stop].astype(np.int64).tolist()
            for row, second in zip(range(stop - fed[k], stop), seconds, strict=True):
                price, beside = float(prices.values[row]), [float(own[row]) for own in fields]
                inputs.append(tallying.push(tally, prices.symbols[i], second, price, beside))
                last[k] = inputs[-1]
            if prices.has_dates(i):
                tally.trail = grown.after(tally.trail, seconds)
        symbols = tuple(prices.symbols[i] for i in warm)
        left = self.before.reached.subset(places.tolist())
        if reads(self.model.network) and inputs:
            rows = np.array(inputs)
            new = Dataset(
                symbols, rows[:, 0], np.concatenate([[0], np.cumsum(fed)]), np.array(fed),
                self.model.preparation, rows[:, 1:],
            )  # fmt: skip
            begin = np.zeros(len(warm), np.int64)
            left = resume(reader(self.model.network), new, begin, left, threads)
        return State(symbols, left, tallies, last)


def merge_states(before: State, own: State) -> State:
    """A state of all series of two, in order of symbols; where both know one, the second counts."""
    new = set(own.symbols)
    kept = [i for i, symbol in enumerate(before.symbols) if symbol not in new]
    symbols = [before.symbols[i] for i in kept] + list(own.symbols)
    order = sorted(range(len(symbols)), key=symbols.__getitem__)
    tallies = [before.tallies[i] for i in kept] + own.tallies
    states = [
        np.ascontiguousarray(np.concatenate([old[:, :, kept], new], axis=2)[:, :, order])
        for old, new in zip(before.reached.states, own.reached.states, strict=True)
    ]
    outputs = np.concatenate([before.reached.outputs[kept], own.reached.outputs])[order]
    inputs = np.concatenate([before.inputs[kept], own.inputs])[order]
    return State(
        tuple(symbols[i] for i in order), NetworkStates(states, outputs),
        [tallies[i] for i in order], inputs,
    )  # fmt: skip


def empty_state(model: Model) -> State:
    """The state of no series."""
    size = model.network.architecture.input_size
    return State((), at_start(reader(model.network), 0), [], np.zeros((0, size)))


class _Grown:
    """Trails a few dates on, one for all series that had the same before and traded since."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, tuple[int, ...]], tuple[DateHistory, DateHistory]] = {}

    def after(self, before: DateHistory, seconds: list[int]) -> DateHistory:
        """The trail after more dates."""
        key = (id(before), tuple(seconds))
        if key not in self._known:
            found = before.copy()
            for second in seconds:
                found.push(second)
            self._known[key] = (before, found)  # the first kept, so that no other has its number
        return self._known[key][1]


def _trails(prices: Prices) -> list[DateHistory]:
    """The trail of each series, one for all that traded on the same days."""
    found: dict[bytes, DateHistory] = {}
    trails = []
    for i in range(len(prices.symbols)):
        dates = prices.dates_of(i)
        days = hashlib.sha256(dates.tobytes()).digest()
        if days not in found:
            found[days] = trail(dates) if prices.has_dates(i) else DateHistory()
        trails.append(found[days])
    return trails
