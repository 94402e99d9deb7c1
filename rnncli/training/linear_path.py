"""The linear path of a network: fitted before training and then fixed.

From the inputs of a day to the log scale of each row ahead: a Student's t by maximum likelihood,
with a ridge (see `distributions.scale_regression`). The head on top of the cells begins with
weights of zero, so that training starts at the linear model and can only add to it. Trained
together with the cells, the path was worse on each of five development markets. The location is the
forecast of a season, if the inputs have one (see `transforms.season_functions`); other linear
inputs overfit it.
"""

import numpy as np

from rnncli.arrays import BoolArray, Float64Array, IntArray, distinct
from rnncli.distributions.scale_regression import Penalty, ScaleRegression, fit_scale_regression
from rnncli.kernels.likelihoods import FEWEST, SPREAD
from rnncli.network.heads import OUTPUTS
from rnncli.network.network import LINEAR, Network
from rnncli.transforms.dataset import Dataset
from rnncli.transforms.features import (
    are_linear,
    are_of_season,
    columns_of_season,
    names_of_columns,
)
from rnncli.transforms.inputs.table import is_event

RIDGE = 100.0  # days that the penalty counts as: 30 and 300 are about as good
FEWEST_DAYS = 30  # of which something is learnt
WARM_UP = 5  # first days of a series: too few for its deviations
MOST_DAYS = 300_000  # that are fitted on; more change little
SMALLEST = 1e-3  # deviations: a return of nothing has no likeliest scale
START = 8.0  # degrees of freedom that the search begins with
CAREFUL_DOF = FEWEST + 0.05  # the least a network is started with


def fit_linear_path(network: Network, dataset: Dataset) -> None:
    """Fit the linear path of an untrained network, and its head, to the training days.

    Does nothing to a network without one, or with too few days.
    """
    if not network.architecture.linear or dataset.ahead is None:
        return
    each, p = OUTPUTS["student-t"], network.parameters
    inputs_of_day = dataset.preparation.inputs
    of_season = np.append(False, are_of_season(inputs_of_day))
    forecasts = _columns_of_forecasts(inputs_of_day)
    for k, rows in enumerate(network.architecture.rows_ahead):
        known, at = _known_in_training(dataset, k, rows), each * k
        if np.count_nonzero(known) < FEWEST_DAYS:
            continue
        days = _some(known)
        inputs, returns = dataset.inputs[days], dataset.ahead[days, k]
        if k < len(forecasts):
            p[LINEAR][at, forecasts[k]] = 1
            returns = returns - inputs[:, forecasts[k]]
        strength = _strength(dataset, known, rows)[~of_season]
        fitted = _fitted(inputs.T[~of_season], returns, strength)
        p[LINEAR][at + 1, ~of_season] = fitted.weights[1:]
        p["head.bias"][at + 1] = fitted.weights[0]
        p["head.bias"][at + 2] = np.log((max(fitted.dof, CAREFUL_DOF) - FEWEST) / SPREAD)
        p["head.weight"][at : at + each] = 0


def weights_at_zero(network: Network, inputs: tuple[str, ...]) -> IntArray:
    """Places (n) in the flat vector of the cell weights of what the linear path alone is fed."""
    architecture = network.architecture
    if not (architecture.linear and are_linear(inputs).any()):
        return np.zeros(0, np.int64)
    places = Network(architecture, np.arange(architecture.size, dtype=np.float64))
    of_cells = places.parameters["weight_ih_l0"][:, 1:][:, are_linear(inputs)]
    return of_cells.ravel().astype(np.int64)


def _columns_of_forecasts(inputs: tuple[str, ...]) -> range:
    """The columns of a day, the value first, that are a season's forecasts of the rows ahead."""
    columns = columns_of_season(inputs)
    return range(0) if columns is None else range(1 + columns[1].start, 1 + columns[1].stop)


def _known_in_training(dataset: Dataset, k: int, rows: int) -> BoolArray:
    """The days (values) whose return at this horizon lies within training."""
    assert dataset.ahead is not None
    day = np.arange(len(dataset.values)) - np.repeat(dataset.offsets[:-1], dataset.lengths)
    within = day + rows < np.repeat(dataset.training, dataset.lengths)
    known: BoolArray = within & (day >= WARM_UP) & np.isfinite(dataset.ahead[:, k])
    return known


def _strength(dataset: Dataset, known: BoolArray, rows_ahead: int) -> Float64Array:
    """How hard the weight of each input (I) is drawn to zero: the penalty as a share of the rows.

    Rows of one date, of many series, move together and count as one. Events of symbols are on
    days of their own: theirs count as one where they share a date, which is the number of rows up
    to the end of a series. What is the same for all symbols has as many values as there are
    returns that do not overlap.
    """
    days, rows = int(dataset.training.max()), int(np.count_nonzero(known))
    strength = np.full(dataset.inputs.shape[1], RIDGE / days)
    strength[1:][are_linear(dataset.preparation.inputs)] *= rows_ahead
    if not any(map(is_event, dataset.preparation.inputs)):
        return strength
    to_end = np.repeat(dataset.offsets[1:], dataset.lengths) - np.arange(len(dataset.values))
    for column, name in enumerate(names_of_columns(dataset.preparation.inputs), start=1):
        on = known & (dataset.inputs[:, column] > 0) if is_event(name) else known[:0]
        if on.any():
            shared = np.count_nonzero(on) / len(distinct(to_end[on]))
            strength[column] = min(strength[column], RIDGE * shared / rows)
    return strength


def _some(known: BoolArray) -> IntArray:
    """The days that are fitted on: of too many, evenly spread ones."""
    days = np.flatnonzero(known)
    return days[:: -(-len(days) // MOST_DAYS)]


def _fitted(inputs: Float64Array, returns: Float64Array, strength: Float64Array) -> ScaleRegression:
    """Weights (1 + I) of the log scale, the first of a constant, and dof; inputs (I, n)."""
    columns = np.concatenate([np.ones((1, len(returns))), inputs])
    y = np.maximum(np.abs(returns), SMALLEST)
    strengths = np.append(0.0, strength) * len(returns)
    towards = np.zeros(len(columns))
    towards[0] = np.log(np.sqrt(np.mean(y**2)))
    start = ScaleRegression(towards, START)
    return fit_scale_regression(columns.T, y, Penalty(towards, strengths), start)
