"""What moved the interval of a row ahead, and its middle: by input, and by row.

The baseline is a series that continues as before the last rows. The close moves by its deviation on
each row, up and down in turn (the mean of both orders), so that its volatility and its price stay
the same; values other than returns stay constant. Further inputs are at their training means, those
that sum up the past at their values before these rows; the columns that are present, and the states
of the network before, are unchanged.

If returns and forecasts are scaled by the recent deviation, a move of the close includes its effect
on that deviation, and so on the scaled later returns and ranges.

By how much the range is wider because the last price may be wrong (`inference.range_shrinkage`) is
an effect of its own, of the last row.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import Float64Array, FloatArray
from rnncli.forecasting.forecast import NoForecastError
from rnncli.forecasting.predict import fitting_series
from rnncli.gradients.attribution import Quantity, attribute, outputs_at
from rnncli.gradients.explanation import WILD_MOVE, Effects, Explanation, SymbolExplanation
from rnncli.inference.direct import distributions_ahead
from rnncli.inference.forecast import days_to_score
from rnncli.inference.range_evidence import evidence_at
from rnncli.inference.range_shrinkage import pulled_back, shrunk, without_wild_changes
from rnncli.inference.rollout import NetworkStates, initial_states, run_until
from rnncli.models.model import Model
from rnncli.models.prior import fed
from rnncli.network.spread import OutputFunction, RangeFunctions, range_functions
from rnncli.prices.origins import Origins, last_rows
from rnncli.prices.series import Prices
from rnncli.runtime.threads import Threads
from rnncli.settings import ExplainSettings
from rnncli.transforms.dataset import Dataset, prepare
from rnncli.transforms.features import names_of_columns, usual_of_columns
from rnncli.transforms.inputs.table import CLOSE, PRESENCE
from rnncli.transforms.inverse import inverse_transform
from rnncli.transforms.scaled_path import ScaledPath, scaled_path

Say = Callable[[str], None]


def explain(
    model: Model, prices: Prices, settings: ExplainSettings, threads: Threads, fail: Say
) -> Explanation:
    """Explain the forecasts after the last row of every symbol; see the module for against what.

    The prices have the columns that the model is fed. Raises UsageError for a model or a setting
    that there is nothing to explain of, DataError where no symbol can be forecast.
    """
    weight = None if model.pool is None else float(model.pool.weights(settings.ahead)[-1])
    if model.pool is not None and weight == 1:
        model = model.pool.prior
        prices = fed(prices, model, None)
    functions = range_functions(model.network, settings.ahead, settings.range_level)
    prices = _with_moves(model, prices, fail)
    windows = _Windows(model, prices, settings.rows, threads)
    symbols = threads.map(
        lambda i: _explained(windows, i, functions, settings.ahead),
        list(range(len(prices.symbols))),
    )
    return Explanation(tuple(symbols), settings.ahead, functions.level, weight)


def _with_moves(model: Model, prices: Prices, fail: Say) -> Prices:
    """The series that can be forecast and have moved; the faults of others are reported.

    Raises NoForecastError if there is none.
    """
    fitting, failed = fitting_series(model, prices)
    moved = np.flatnonzero(fitting.lengths > 1).tolist()
    for i in np.flatnonzero(fitting.lengths == 1).tolist():
        symbol = fitting.symbols[i]
        failed[symbol] = (
            f"{fitting.sources[i]}: {symbol} has one row, which nothing led to; read earlier rows"
            " too"
        )
    if not moved:
        raise NoForecastError(failed)
    for fault in failed.values():
        fail(fault)
    return fitting.subset(moved) if len(moved) < len(fitting.symbols) else fitting


class _Windows:
    """The last rows of every series, and the states of the network before them."""

    def __init__(self, model: Model, prices: Prices, rows: int, threads: Threads) -> None:
        self.network = model.network.astype("float64")
        self.preparation, self.prices = model.preparation, prices
        self.dataset: Dataset = prepare(prices, model.preparation, 0.0)
        self.counts = np.minimum(self.dataset.lengths, rows)
        self.inverse = inverse_transform(model.preparation, prices, last_rows(prices))
        self._before = self.dataset.lengths - self.counts
        self._older = np.flatnonzero(self._before > 0)
        row = self.dataset.first_rows[self._older] + self._before[self._older] - 1
        origins = Origins(self._older, row)
        self._states: NetworkStates = run_until(self.network, self.dataset, origins, threads)
        self._evidence = self._of_the_past(threads) if model.preparation.shrinks_range else None

    def _of_the_past(self, threads: Threads) -> Float64Array:
        """What the past of each series says of its range, see `inference.range_evidence`."""
        daily, last = days_to_score(self.network, self.dataset), last_rows(self.prices)
        run_until(self.network, self.dataset, last, threads, 0, daily)
        return evidence_at(daily, self.dataset, self.prices, last)

    def width(self, i: int, log_width: OutputFunction, shift: float) -> Quantity:
        """The log of the width of the range of series i in price, but for a constant.

        `shift`: what the logs of steps lack.
        """
        if self._evidence is None:
            return _width(log_width)
        calm = without_wild_changes(self._evidence[[i]])[0]
        return _shrunk_width(log_width, calm, int(self.inverse.rows[i]), shift)

    def widening(self, i: int, x: Float64Array, path: ScaledPath, ahead: int) -> float:
        """By how much the log of the width is larger since the last price of series i may be wrong.

        `x`: the point of the line at which the series is.
        """
        if self._evidence is None:
            return 0.0
        outputs, _ = outputs_at(self.network, self.states(i), path, x)
        wild, calm = self._evidence[[i]], without_wild_changes(self._evidence[[i]])
        step, rows = self.inverse.steps[[i]], self.inverse.rows[[i]]
        scales = [
            distributions_ahead(
                self.network.architecture, shrunk(outputs, known, step, rows), np.ones(1), ahead
            ).scale[0, -1]
            for known in (wild, calm)
        ]
        return float(np.log(scales[0] / scales[1]))

    def inputs(self, i: int) -> Float64Array:
        """What the network is fed of the last rows (T, I)."""
        return self.dataset.inputs[self.dataset.offsets[i + 1] - self.counts[i] :][: self.counts[i]]

    def states(self, i: int) -> list[FloatArray]:
        """The states (S, H) of each layer before them."""
        if not self._before[i]:
            return [states[:, :, 0] for states in initial_states(self.network, 1)]
        place = int(np.searchsorted(self._older, i))
        return [states[:, :, place] for states in self._states.states]

    def baselines(self, i: int, path: ScaledPath) -> Float64Array:
        """The points (2, T, I) of a series that continues as before."""
        x, usual = self.inputs(i), np.array(usual_of_columns(self.preparation.inputs), str)
        further = np.where(usual == "any", x[:, 1:], 0.0)
        before = self.dataset.series(i)[: self._before[i]]
        if len(before):
            row_before = self.dataset.inputs[self.dataset.offsets[i] + len(before) - 1]
            further = np.where(usual == "before", row_before[1:], further)
        if self.preparation.is_of_changes:
            signs: Float64Array = np.where(np.arange(len(x))[::-1] % 2, -1.0, 1.0)
            turns = self._usual_move(i, before, path) * signs
        else:
            stays = float(before[-1] if len(before) else x[0, 0])
            return path.point(np.full(len(x), stays, np.float64), further)[None]
        return np.stack([path.point(moves, further) for moves in (turns, -turns)])

    def _usual_move(self, i: int, before: Float64Array, path: ScaledPath) -> float:
        """The deviation of a series before the rows: the recent one, or of all values before."""
        if path.deviation is not None:
            return path.deviation.before
        values = before if len(before) > 1 else self.dataset.series(i)
        return float(np.sqrt(np.mean(self.preparation.limited(values) ** 2)))


def _explained(
    windows: _Windows, i: int, functions: RangeFunctions, ahead: int
) -> SymbolExplanation:
    """What moved the forecast of series i."""
    count, prices, preparation = int(windows.counts[i]), windows.prices, windows.preparation
    series, fed = prices.series(i), windows.inputs(i)
    step = float(windows.inverse.steps[i] * windows.inverse.size[i])
    path = scaled_path(preparation, prices.symbols[i], series, fed)
    x, baselines = path.point(path.moves, fed[:, 1:]), windows.baselines(i, path)
    last = float(path.fed(x[..., None])[1][0])
    columns = (CLOSE, *names_of_columns(preparation.inputs))
    widening = 0.0 if functions.log_width is None else windows.widening(i, x, path, ahead)
    names = (*_names(columns, fed), *([WILD_MOVE] if widening else []))

    def effects(quantity: Quantity, unit: float, shift: float) -> Effects:
        attribution = attribute(windows.network, windows.states(i), path, x, baselines, quantity)
        by_name = _summed(attribution.effects, columns, names)
        return Effects(by_name * unit, attribution.value * unit + shift, attribution.gap * unit)

    width = None
    if functions.log_width is not None:
        shift = float(np.log(step)) - last
        width = effects(windows.width(i, functions.log_width, shift), 1.0, shift)
        if widening:
            width.by_row[-1, -1] = widening
            width = replace(width, value=width.value + widening)
    return SymbolExplanation(
        symbol=prices.symbols[i],
        dates=prices.dates_of(i)[-count:],
        row_numbers=np.arange(len(series) - count, len(series)) + 1,
        changes=_changes(series)[-count:],
        inputs=names,
        fed=_fed(fed, columns, names),
        unit="log" if preparation.scale == "log-return" else "absolute",
        width=width,
        location=effects(_middle(functions.location, last), step, 0.0),
        of_changes=preparation.is_of_changes,
    )


def _width(log_width: OutputFunction) -> Quantity:
    """The log of the width in price, but for a constant."""

    def quantity(
        outputs: FloatArray, log_steps: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        values, by_outputs = log_width(outputs)
        return values + log_steps, by_outputs, np.ones(len(values))

    return quantity


def _shrunk_width(
    log_width: OutputFunction, evidence: Float64Array, row: int, shift: float
) -> Quantity:
    """Likewise, of a range that is drawn to its mean."""

    def quantity(
        outputs: FloatArray, log_steps: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        known, rows = np.tile(evidence, (len(outputs), 1)), np.repeat(row, len(outputs))
        steps = np.exp(log_steps + shift)
        values, by_shrunk = log_width(shrunk(outputs, known, steps, rows))
        by_outputs, by_level = pulled_back(outputs, known, steps, rows, by_shrunk)
        return values + log_steps, by_outputs, 1 + by_level

    return quantity


def _middle(location: OutputFunction, last: float) -> Quantity:
    """The middle in units of what a value of 1 is after the last row, whose log is `last`."""

    def quantity(
        outputs: FloatArray, log_steps: Float64Array
    ) -> tuple[Float64Array, Float64Array, Float64Array]:
        values, by_outputs = location(outputs)
        steps = np.exp(log_steps - last)
        return values * steps, by_outputs * steps[:, None], values * steps

    return quantity


def _names(columns: Sequence[str], x: Float64Array) -> tuple[str, ...]:
    """The inputs that can have moved something: not those that a series has nothing of."""
    present = {CLOSE, *(name for name, one in zip(columns, x.T, strict=True) if np.any(one))}
    return tuple(name for name in dict.fromkeys(columns) if name in present - {PRESENCE})


def _summed(values: Float64Array, columns: Sequence[str], names: Sequence[str]) -> Float64Array:
    """Values (T, I) of columns, summed over those of a name: (T, J)."""
    of_names = np.array([[column == name for name in names] for column in columns], float)
    summed: Float64Array = values @ of_names
    return summed


def _fed(x: Float64Array, columns: Sequence[str], names: Sequence[str]) -> Float64Array:
    """What is fed by name (T, J); NaN where that is more than one number."""
    single = np.array([list(columns).count(name) == 1 for name in names])
    return np.where(single, _summed(x, columns, names), np.nan)


def _changes(series: Float64Array) -> Float64Array:
    """Relative change of the price to each row (rows); NaN without one, and from prices <= 0."""
    before = np.concatenate([[np.nan], series[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        changes: Float64Array = np.where(before > 0, series / before - 1, np.nan)
    return changes
