"""Resume series from where an earlier run left them, where their rows are still the same."""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, FloatArray, IntArray
from rnncli.forecasting.incremental.row_hash import RowHashes
from rnncli.forecasting.incremental.running_stats import (
    RunningStats,
    StatsUpdater,
    learn_of_ranges,
    running_stats_of,
)
from rnncli.forecasting.incremental.state_file import State
from rnncli.inference.forecast import OriginStates, days_to_score
from rnncli.inference.range_evidence import NEXT_ROW, ScoredRows, evidence_at
from rnncli.inference.rollout import (
    NetworkStates,
    at_start,
    reader,
    reads,
    resume,
    states_after,
)
from rnncli.models.model import Model
from rnncli.models.prior import fed
from rnncli.prices.date_history import DateHistory, trail
from rnncli.prices.origins import last_rows
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.transforms.dataset import Dataset, prepare
from rnncli.transforms.features import fields_of


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

    def states_of(self, prices: Prices, threads: Threads) -> OriginStates:
        """The states after the last rows; series of the earlier state are fed new rows alone."""
        with_inputs = prices.with_fields(fields_of(self.model.preparation.inputs))
        states = self._states_of(with_inputs, threads)
        if self.model.pool is None:
            return states
        prior = self.model.pool.prior
        of_prior = ResumableState(prior, self.before and self.before.prior)
        states = replace(states, prior=of_prior.states_of(fed(prices, prior, None), threads))
        assert self.after is not None
        self.after = replace(self.after, prior=of_prior.after)
        return states

    def _states_of(self, prices: Prices, threads: Threads) -> OriginStates:
        """Those of its network, from prices with the columns that it is fed."""
        hashes = RowHashes(prices)
        places, same = self._resumable(prices, hashes)
        self.resumed = int(np.count_nonzero(same))
        cold, warm = np.flatnonzero(~same).tolist(), np.flatnonzero(same).tolist()
        row_hashes = hashes.at(prices.lengths).tolist()
        nothing = replace(empty_state(self.model), prior=None)
        state = merge_states(
            self._from_start(prices, cold, row_hashes, threads) if cold else nothing,
            self._resumed(prices, warm, places, threads) if warm else nothing,
        )
        before = replace(self.before, prior=None) if self.before is not None else nothing
        self.after = merge_states(before, state)
        state = state.of(prices.symbols)
        updater, transform = StatsUpdater(self.model), self.model.preparation
        pairs = {
            symbol: transform.shift_and_size(symbol, prices.series(i))
            for i, symbol in enumerate(state.symbols)
            if not updater.knows_scale(symbol)
        }
        return updater.states(state.symbols, state.stats, state.after, state.inputs, pairs)

    def _resumable(self, prices: Prices, hashes: RowHashes) -> tuple[IntArray, BoolArray]:
        """Place of each series in the previous state, -1 if absent; whether it is resumed there."""
        places, there = np.full(len(prices.symbols), -1), np.zeros(len(prices.symbols), np.bool_)
        if self.before is not None and self.before.symbols:
            place_of = self.before.places()
            places = np.array([place_of.get(symbol, -1) for symbol in prices.symbols], np.int64)
            there = places >= 0
        if self.before is None or not there.any():
            return places, there
        stats = [self.before.stats[i] for i in places.tolist()]
        rows = np.array([one.rows for one in stats], np.int64)
        row_hashes = np.array([one.row_hash for one in stats], np.uint64)
        shorter = there & (rows > prices.lengths)
        same = hashes.at(np.where(there & ~shorter, rows, 0)) == row_hashes
        rewritten = there & ~shorter & ~same
        self.rewritten = [prices.symbols[i] for i in np.flatnonzero(rewritten).tolist()]
        self.shorter = [prices.symbols[i] for i in np.flatnonzero(shorter).tolist()]
        # a lone price is fed as a change of zero, which the first true one takes the place of
        transform = self.model.preparation
        least = transform.season if transform.is_of_changes else 0
        updater = StatsUpdater(self.model)
        scaled = np.array([updater.knows_scale(symbol) for symbol in prices.symbols])
        whole = (rows > least) | (rows == prices.lengths)
        return places, there & ~rewritten & ~shorter & whole & scaled

    def _from_start(
        self, prices: Prices, cold: list[int], row_hashes: list[int], threads: Threads
    ) -> State:
        """Some series, gone through as a whole."""
        some, model = prices.subset(cold), self.model
        dataset, histories = prepare(some, model.preparation, 0.0), _date_histories(some)
        stats = [
            running_stats_of(model, some, k, row_hashes[i], histories[k])
            for k, i in enumerate(cold)
        ]
        last = last_rows(some)
        shrinks = model.preparation.shrinks_range
        daily = days_to_score(model.network, dataset) if shrinks else None
        after = states_after(model.network, dataset, last, threads, daily=daily)
        if daily is not None:
            evidence = evidence_at(daily, dataset, some, last).tolist()
            for of_series, known in zip(stats, evidence, strict=True):
                of_series.evidence = known
        return State(some.symbols, after, stats, dataset.inputs[dataset.places_of(last)])

    def _resumed(
        self, prices: Prices, warm: list[int], places: IntArray, threads: Threads
    ) -> State:
        """Some series, resumed from where they were."""
        assert self.before is not None
        updater, fed, inputs = StatsUpdater(self.model), [], list[list[float]]()
        steps = list[float]()
        before = places[warm]
        last = self.before.inputs[before]
        of_series = [self.before.stats[place] for place in before.tolist()]
        fields = [prices.fields[name] for name in updater.fields]
        histories = _GrownHistories()
        for k, (i, stats) in enumerate(zip(warm, of_series, strict=True)):
            fed.append(int(prices.lengths[i]) - stats.rows)
            stop = int(prices.offsets[i + 1])
            seconds = prices.dates[stop - fed[k] : stop].astype(np.int64).tolist()
            for row, second in zip(range(stop - fed[k], stop), seconds, strict=True):
                price, values = float(prices.values[row]), [float(field[row]) for field in fields]
                steps.append(updater.step(stats))
                inputs.append(updater.add_row(stats, prices.symbols[i], second, price, values))
                last[k] = inputs[-1]
            if prices.has_dates(i):
                stats.dates = histories.after(stats.dates, seconds)
        symbols = tuple(prices.symbols[i] for i in warm)
        after = self.before.after.subset(before.tolist())
        if reads(self.model.network) and inputs:
            rows = np.array(inputs)
            new = Dataset(
                symbols=symbols,
                values=rows[:, 0],
                offsets=np.concatenate([[0], np.cumsum(fed)]),
                first_rows=prices.lengths[warm] - fed,
                training=np.array(fed),
                preparation=self.model.preparation,
                further=rows[:, 1:],
            )
            begin, network = np.zeros(len(warm), np.int64), reader(self.model.network)
            if updater.shrinks:
                daily = days_to_score(network, new)
                outputs = after.outputs
                after = resume(network, new, begin, after, threads, daily)
                some = prices.subset(warm)
                _learn_of_ranges(of_series, some, outputs, daily, np.array(steps), new.offsets)
            else:
                after = resume(network, new, begin, after, threads)
        return State(symbols, after, of_series, last)


def _learn_of_ranges(
    of_series: list[RunningStats], prices: Prices, before: FloatArray, daily: FloatArray,
    steps: Float64Array, offsets: IntArray,
) -> None:  # fmt: skip
    """Add new rows to the evidence of n series.

    `before` (n, O): outputs on the row before the new ones; `daily` (rows, 3): on the new rows;
    `steps` (rows): before each of them; `offsets` (n + 1): of the new rows.
    """
    fed = np.diff(offsets)
    rows = ScoredRows.empty(int(fed.max()), len(fed))
    for k, count in enumerate(fed.tolist()):
        at = slice(offsets[k], offsets[k + 1])
        outputs = np.concatenate([before[k : k + 1, :NEXT_ROW], daily[at]])[:count]
        changes = np.diff(np.log(prices.series(k)[-count - 1 :])) if count else np.zeros(0)
        rows.put(k, outputs, steps[at], changes)
    counts = [max(stats.rows - count - 2, 0) for stats, count in zip(of_series, fed, strict=True)]
    learn_of_ranges(of_series, rows, counts)


def merge_states(before: State, new: State) -> State:
    """All series of two states, in order of symbols; where both have one, the new one's."""
    symbols_of_new = set(new.symbols)
    remaining = [i for i, symbol in enumerate(before.symbols) if symbol not in symbols_of_new]
    symbols = [before.symbols[i] for i in remaining] + list(new.symbols)
    order = sorted(range(len(symbols)), key=symbols.__getitem__)
    stats = [before.stats[i] for i in remaining] + new.stats
    states = [
        np.ascontiguousarray(np.concatenate([first[:, :, remaining], second], axis=2)[:, :, order])
        for first, second in zip(before.after.states, new.after.states, strict=True)
    ]
    outputs = np.concatenate([before.after.outputs[remaining], new.after.outputs])[order]
    inputs = np.concatenate([before.inputs[remaining], new.inputs])[order]
    prior = new.prior
    if before.prior is not None and new.prior is not None:
        prior = merge_states(before.prior, new.prior)
    return State(
        tuple(symbols[i] for i in order), NetworkStates(states, outputs),
        [stats[i] for i in order], inputs, prior,
    )  # fmt: skip


def empty_state(model: Model) -> State:
    """The state of no series."""
    size = model.network.architecture.input_size
    prior = None if model.pool is None else empty_state(model.pool.prior)
    return State((), at_start(reader(model.network), 0), [], np.zeros((0, size)), prior)


class _GrownHistories:
    """Date histories a few rows on, one for all series that had the same before and since."""

    def __init__(self) -> None:
        self._grown: dict[tuple[int, tuple[int, ...]], tuple[DateHistory, DateHistory]] = {}

    def after(self, before: DateHistory, seconds: list[int]) -> DateHistory:
        """The history after more dates."""
        key = (id(before), tuple(seconds))
        if key not in self._grown:
            grown = before.copy()
            for second in seconds:
                grown.push(second)
            self._grown[key] = (before, grown)  # the first stays, so that no other has its id
        return self._grown[key][1]


def _date_histories(prices: Prices) -> list[DateHistory]:
    """The date history of each series, one for all that traded on the same days."""
    distinct: dict[bytes, DateHistory] = {}
    histories = []
    for i in range(len(prices.symbols)):
        dates = prices.dates_of(i)
        days = hashlib.sha256(dates.tobytes()).digest()
        if days not in distinct:
            distinct[days] = trail(dates) if prices.has_dates(i) else DateHistory()
        histories.append(distinct[days])
    return histories
