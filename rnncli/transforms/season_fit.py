"""How the functions of a season are fitted, and how much of each a symbol's past supports.

The common function is a regression over series that count the same. What each series would add to
it, by a ridge regression of its misses, varies among series in a few ways: the principal components
of these additions are the other functions (a regression of reduced rank: Izenman 1975,
doi:10.1016/0047-259X(75)90042-1). A series' weights of these are again a ridge regression of its
misses. So series that repeat by the day and series that repeat by the week need not agree, and a
short series adds little of its own. A row with a leap counts little, as with errors of Student's t
(Lange, Little & Taylor 1989, doi:10.1080/01621459.1989.10478852).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from rnncli.arrays import BoolArray, Float64Array
from rnncli.prices.series import Prices
from rnncli.runtime.blas import one_blas_thread
from rnncli.transforms.features import columns_of_season, features, standardised
from rnncli.transforms.season_functions import LARGEST, SeasonFunctions
from rnncli.transforms.target_transform import TargetTransform

FUNCTIONS = 4  # beside the common one: 8 are about as good
ROWS = 30.0  # that the penalty on the weights counts as
RIDGE = 30.0  # the same for what a series would add by itself
SMALL = 1e-6  # ridge of the common function, as a share of its squares
ROUNDS = 3  # reweightings of the common function
MOST_SERIES = 500  # that the functions are fitted on
FULL = 500  # rows from which a series counts fully
FEWEST = 60  # rows whose lags are all known, of a series that leaves out the others
WARM_UP = 5  # first rows of a series
NORMAL = 1.2533  # deviation of a normal variable over the mean of its size
DOF = 3.0  # of the errors
TINY = 1e-9
DIGITS = 6  # of a coefficient

Part = tuple[Float64Array, Float64Array]  # of a series: inputs (n, 1 + I), returns ahead (n, K)
PartOf = Callable[[int], Part]


def fit_functions(
    transform: TargetTransform, parts: Sequence[tuple[str, Float64Array]],
    further: Sequence[Float64Array],
) -> SeasonFunctions | None:  # fmt: skip
    """The functions and weights of training prices and unscaled inputs (rows, columns).

    None unless the inputs are of a season with rows ahead.
    """
    if not _rows_ahead(transform):
        return None

    def part(i: int) -> Part:
        return _part(transform, parts[i][1], further[i])

    every = -(-len(parts) // MOST_SERIES)
    some = range(0, len(parts), every)
    with one_blas_thread():
        common, squares = _common(part, some)
        functions = [common, *_components(part, some, common, squares)]
        rounded = tuple(tuple(_rounded(one)) for one in functions)
        fitted = SeasonFunctions(_rows_ahead(transform), rounded, {})
        series = ((symbol, part(i)) for i, (symbol, _) in enumerate(parts))
        return replace(fitted, weights=_weights(fitted, series))


def with_weights_of(transform: TargetTransform, prices: Prices) -> TargetTransform:
    """The transform with the weights that all rows of these prices support, of each symbol."""
    functions = transform.season_functions
    if functions is None:
        return transform

    def part(i: int) -> Part:
        further = features(prices, i, transform.inputs, transform.divisor, transform.start_weight)
        return _part(transform, prices.series(i), further)

    with one_blas_thread():
        series = ((symbol, part(i)) for i, symbol in enumerate(prices.symbols))
        weights = functions.weights | _weights(functions, series)
    return replace(transform, season_functions=replace(functions, weights=weights))


def _rows_ahead(transform: TargetTransform) -> int:
    columns = columns_of_season(transform.inputs)
    return 0 if columns is None else columns[1].stop - columns[1].start


def _part(transform: TargetTransform, prices: Float64Array, further: Float64Array) -> Part:
    """What is learnt from one series: of rows whose next is known, those with all lags if many."""
    columns = columns_of_season(transform.inputs)
    assert columns is not None
    scaled = standardised(further, transform.spread, transform.inputs)[:, columns[0]]
    scaled = scaled[min(1, len(scaled) - 1) :]
    ahead = transform.returns_ahead(prices, range(1, _rows_ahead(transform) + 1))
    first = scaled.shape[1] - 1  # a row with a price at every lag
    use = _usable(ahead, first if len(ahead) - first - ahead.shape[1] >= FEWEST else WARM_UP)
    x = np.column_stack([np.ones(len(scaled)), scaled])
    return x[use], np.clip(ahead[use], -LARGEST, LARGEST)


def _usable(ahead: Float64Array, first: int) -> BoolArray:
    """The rows (n) from the first on with a return ahead."""
    known: BoolArray = np.any(np.isfinite(ahead), axis=1)
    return known & (np.arange(len(ahead)) >= first)


def _missed(part: Part, function: Float64Array) -> tuple[Float64Array, Float64Array]:
    """What a function misses of a series (n, K), 0 where not known, and how a row counts (n)."""
    x, returns = part
    known = np.isfinite(returns)
    missed = np.where(known, returns - x @ function, 0.0)
    size = NORMAL * np.sum(np.abs(missed), axis=0) / np.maximum(known.sum(axis=0), 1) + TINY
    squares = np.sum((missed / size) ** 2, axis=1) / np.maximum(known.sum(axis=1), 1)
    return missed, (DOF + 1) / (DOF + squares)


def _common(part: PartOf, some: range) -> tuple[Float64Array, Float64Array]:
    """The function (1 + I, K) of all series, and the mean products of inputs of its last round."""
    columns, rows = part(some[0])[0].shape[1], part(some[0])[1].shape[1]
    common, squares = np.zeros((columns, rows)), np.eye(columns)
    for _ in range(ROUNDS):
        squares, products = np.zeros((columns, columns)), np.zeros((columns, rows))
        for i in some:
            x, returns = part(i)
            if not len(x):
                continue
            missed, counts = _missed((x, returns), common)
            weighted = x * (counts / len(x) / len(some))[:, None]
            squares += weighted.T @ x
            products += weighted.T @ missed
        squares += (SMALL * np.trace(squares) / columns + TINY) * np.eye(columns)
        common = common + np.linalg.solve(squares, products)
    return common, squares


def _components(
    part: PartOf, some: range, common: Float64Array, squares: Float64Array
) -> list[Float64Array]:
    """The ways (1 + I, K) in which what series add to the common function varies, largest first.

    Each forecasts returns whose squares add up to one over the rows ahead.
    """
    root = np.linalg.cholesky(squares)
    added = np.array([root.T @ _added(part(i), common, squares) for i in some])
    flat = added.reshape(len(added), -1)
    sizes, directions = np.linalg.eigh(flat @ flat.T)
    count = min(FUNCTIONS, len(some) - 1)
    largest = [k for k in range(len(sizes))[::-1][:count] if sizes[k] > SMALL * sizes[-1]]
    components = [directions[:, k] @ flat / np.sqrt(sizes[k]) for k in largest]
    return [np.linalg.solve(root.T, one.reshape(added.shape[1:])) for one in components]


def _added(part: Part, common: Float64Array, squares: Float64Array) -> Float64Array:
    """What a series would add to the common function (1 + I, K), short series less."""
    x, _ = part
    if len(x) < FEWEST:
        return np.zeros_like(common)
    missed, counts = _missed(part, common)
    weighted = x * counts[:, None]
    added = np.linalg.solve(weighted.T @ x + RIDGE * squares, weighted.T @ missed)
    return np.asarray(added * np.sqrt(min(len(x), FULL)), np.float64)


def _weights(
    functions: SeasonFunctions, series: Iterable[tuple[str, Part]]
) -> dict[str, tuple[float, ...]]:
    """The weights of the functions that the misses of each series support."""
    weights, flat = {}, np.array(functions.functions)
    for symbol, part in series:
        shapes = flat.reshape(len(flat), part[0].shape[1], -1)
        missed, counts = _missed(part, shapes[0])
        known = np.isfinite(part[1])
        parts = [np.where(known, part[0] @ one, 0.0) for one in shapes[1:]]
        products = np.array([np.sum(counts[:, None] * one * missed) for one in parts])
        squares = [[np.sum(counts[:, None] * one * other) for other in parts] for one in parts]
        penalty = ROWS * np.eye(len(parts))
        solved = np.linalg.solve(np.reshape(squares, penalty.shape) + penalty, products)
        weights[symbol] = tuple(_rounded(solved))
    return weights


def _rounded(numbers: Float64Array) -> list[float]:
    """Numbers as they are stored: of few digits, none too small to be read again."""
    return [
        float(f"{one:.{DIGITS}g}") if abs(one) > TINY else 0.0 for one in numbers.ravel().tolist()
    ]
