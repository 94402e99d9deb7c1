"""Models of conditional variance with Student's t, one per series, fitted by arch (an extra).

    garch-t      GARCH(1,1)          figarch-t    FIGARCH(1,d,1), long memory
    gjr-garch-t  falls weigh more    aparch-t     the power of the deviation is fitted too

Fitted once on the rows up to the cutoff; then each variance is updated with every row by its
equation. A fit with parameters for which the variance is not finite is replaced by the series'
GARCH(1,1), and that one by RiskMetrics, which also forecasts a series with few rows or none before
the cutoff; a forecast lists the symbols with such a replacement.

EGARCH is left out: its variance is the exponential of past shocks, of which Student's t has no
mean, so that there is no variance more than one row ahead, and one large shock makes it explode.
"""

import importlib
import math
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnncli.arrays import Float64Array, IntArray
from rnncli.distributions.families import StudentT
from rnncli.errors import UsageError, setting
from rnncli.evaluation.baselines.aparch import Aparch
from rnncli.evaluation.baselines.figarch import Figarch
from rnncli.evaluation.baselines.garch import BACKCAST, Garch, VarianceModel
from rnncli.evaluation.baselines.simple import root_mean_square
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import FLOOR, changes

LEAST = 100  # changes to fit on; a series with fewer has RiskMetrics' parameters
GARCH = "garch-t"
RISK_METRICS = "RiskMetrics"
FAR = 250  # rows ahead at which
EXPLODED = 100.0  # times the mean square of the past: larger variances are not used


class _Kind(NamedTuple):
    """The options of arch for a model, and what its parameters between mu and dof are called."""

    make: Callable[..., VarianceModel]
    options: dict[str, Any]
    names: tuple[str, ...]


Fitted = tuple[VarianceModel, str]  # of a series, and the name of what it is

KINDS = {
    GARCH: _Kind(Garch, {"vol": "GARCH"}, ("omega", "alpha", "beta")),
    "gjr-garch-t": _Kind(Garch, {"vol": "GARCH", "o": 1}, ("omega", "alpha", "gamma", "beta")),
    "aparch-t": _Kind(
        Aparch, {"vol": "APARCH", "o": 1}, ("omega", "alpha", "gamma", "beta", "delta")
    ),
    "figarch-t": _Kind(Figarch, {"vol": "FIGARCH"}, ("omega", "phi", "d", "beta")),
}


def garch_family(name: str) -> Callable[[Prices, str, int], Predictor]:
    """The baseline of a name: a fit that raises UsageError without the extra."""

    def fit(past: Prices, unit: str, _horizon: int) -> Predictor:
        arch = arch_library(name)
        fitted = {
            symbol: fit_series(arch, name, changes(past.series(i), difference_unit(unit)))
            for i, symbol in enumerate(past.symbols)
        }

        def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
            return _forecast(name, fitted, prices, origins, actuals)

        return forecast

    return fit


def _forecast(
    name: str, fitted: dict[str, Fitted], prices: Prices, origins: Origins, actuals: Actuals
) -> Predictive:
    shape, stand_ins = (len(origins), actuals.horizon), {}
    location, scale, dof = np.empty(shape), np.empty(shape), np.empty((shape[0], 1))
    for i, at, rows in origins.by_series():
        steps = changes(prices.series(i)[: rows.max() + 1], difference_unit(actuals.unit))
        symbol = prices.symbols[i]
        model, used = fitted.get(symbol) or _risk_metrics(steps[: rows[0]])
        if used != name:
            stand_ins[symbol] = used
        variances = _sums_ahead(model, steps, rows, actuals.horizon)
        aheads = np.arange(1, actuals.horizon + 1)
        variances = np.maximum(variances, FLOOR**2 * aheads)  # a price that stood still may move
        location[at] = model.unit * model.mu * aheads
        scale[at] = model.unit * np.sqrt(variances * (model.dof - 2) / model.dof)
        dof[at] = model.dof
    size = actuals.step()[:, None]
    distribution = StudentT(location * size, scale * size, np.broadcast_to(dof, shape))
    return Predictive(actuals.priced(location * size), distribution, stand_ins=stand_ins)


def _sums_ahead(
    model: VarianceModel, steps: Float64Array, rows: IntArray, horizon: int
) -> Float64Array:
    """Those of the model; rows so early that the backcast would know later ones, each alone."""
    early = int(np.searchsorted(rows, BACKCAST))
    alone = [
        model.sums_ahead(steps[:row], np.array([row]), horizon) for row in rows[:early].tolist()
    ]
    return np.concatenate([*alone, model.sums_ahead(steps, rows[early:], horizon)])


def _risk_metrics(steps: Float64Array) -> Fitted:
    return Garch(root_mean_square(steps)), RISK_METRICS


def fit_series(arch: Any, name: str, steps: Float64Array) -> Fitted:
    """The model of one series of changes by maximum likelihood, and its name: see above."""
    unit = root_mean_square(steps)
    if len(steps) >= LEAST:
        for tried in dict.fromkeys((name, GARCH)):
            model = _fit(arch, tried, steps, unit)
            if model is not None and usable(model, steps):
                return model, tried
    return _risk_metrics(steps)


def _fit(arch: Any, name: str, steps: Float64Array, unit: float) -> VarianceModel | None:
    """The fit of arch, converged or not; None if it fails."""
    kind, scaled = KINDS[name], steps / unit
    fitted = _parameters(arch, scaled, "t", kind.options)
    if fitted is None:
        return None
    mu, *variance, dof = fitted
    named = dict(zip(kind.names, variance, strict=True))
    return kind.make(unit=unit, mu=mu, dof=dof, centre=float(np.mean(scaled)), **named)


def fit_normal(arch: Any, steps: Float64Array) -> Garch | None:
    """A GARCH(1,1) fitted to steps (n) by quasi maximum likelihood; None if that fails."""
    unit = root_mean_square(steps)
    if unit == 0:
        return None
    fitted = _parameters(arch, steps / unit, "normal", KINDS[GARCH].options)
    if fitted is None:
        return None
    mu, omega, alpha, beta = fitted
    model = Garch(
        unit, mu, centre=float(np.mean(steps / unit)), omega=omega, alpha=alpha, beta=beta
    )
    return model if usable(model, steps) else None


def _parameters(
    arch: Any, scaled: Float64Array, dist: str, options: dict[str, Any]
) -> list[float] | None:
    """What arch fits to scaled steps, in its order; None where it fails or is not finite."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # of the optimiser; what it finds is checked
        model = arch.arch_model(scaled, mean="Constant", dist=dist, rescale=False, **options)
        try:
            result = model.fit(disp="off", show_warning=False).params
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return None
    values = [float(value) for value in result]
    return values if all(map(math.isfinite, values)) else None


def usable(model: VarianceModel, steps: Float64Array) -> bool:
    """Whether a model is stationary, and its variances from the last row on stay in bounds."""
    if model.dof <= 2 or not model.stationary():
        return False
    with np.errstate(all="ignore"):
        sums = model.sums_ahead(steps, np.array([len(steps)]), FAR)[0]
    each = np.diff(sums, prepend=0.0)
    return bool(np.all(np.isfinite(each)) and each.min() > 0 and each.max() < EXPLODED)


def arch_library(name: str, option: str = "baselines") -> Any:
    """The library of an extra. Raises UsageError without it, naming what asked for it."""
    try:
        return importlib.import_module("arch")
    except ImportError as error:
        raise UsageError(
            f"{setting(option, name)} needs an extra",
            remedy="run: pip install 'rnncli[baselines]'",
        ) from error
