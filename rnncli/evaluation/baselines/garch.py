"""GARCH(1,1) with Student's t, one a series, fitted by the package arch (an extra).

    e_t = x_t - mu,   v_t = omega + alpha e_{t-1}^2 + beta v_{t-1}
    e_t / sqrt(v_t)   Student's t of variance 1

Bollerslev 1987, doi:10.2307/1925546. Fitted once on what was known; from then on the parameters
stay, and the variance follows every row up to the cutoff.
"""

import importlib
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.distributions.families import StudentT
from rnncli.errors import UsageError, setting
from rnncli.evaluation.result import Predictive, Predictor
from rnncli.inference.actuals import Actuals, difference_unit
from rnncli.prices.origins import Origins
from rnncli.prices.series import Prices
from rnncli.transforms.volatility import changes

LEAST = 100  # changes to fit on; a series with fewer has RiskMetrics' parameters
DECAY = 0.94
BACKCAST = 75  # changes whose weighted squares are the variance before the first


@dataclass(frozen=True)
class Garch:
    """Parameters of one series, in units of its own past deviation `unit`."""

    unit: float
    mu: float = 0.0
    omega: float = 0.0
    alpha: float = 1 - DECAY
    beta: float = DECAY
    dof: float = 8.0

    def variances(self, steps: Float64Array) -> Float64Array:
        """Variance of each change (n) given those before, and of the next: (n + 1)."""
        squares = ((steps / self.unit - self.mu) ** 2).tolist()
        weights = DECAY ** np.arange(min(BACKCAST, len(squares)))
        before = float(weights @ squares[: len(weights)] / weights.sum()) if squares else 1.0
        found = [self.omega + (self.alpha + self.beta) * before]
        for square in squares:
            found.append(self.omega + self.alpha * square + self.beta * found[-1])
        return np.array(found)

    def ahead(self, variance: float, horizon: int) -> Float64Array:
        """Variance of the sum of the next 1 to `horizon` changes, the next having `variance`."""
        each = [variance]
        while len(each) < horizon:
            each.append(self.omega + (self.alpha + self.beta) * each[-1])
        return np.cumsum(each)


def garch_t(past: Prices, unit: str, horizon: int) -> Predictor:
    """A baseline of one such model a series. Raises UsageError without the extra."""
    arch = _library()
    fitted = {
        symbol: fit_series(arch, changes(past.series(i), difference_unit(unit)))
        for i, symbol in enumerate(past.symbols)
    }

    def forecast(prices: Prices, origins: Origins, actuals: Actuals) -> Predictive:
        shape = (len(origins), horizon)
        location, scale, dof = np.empty(shape), np.empty(shape), np.empty((shape[0], 1))
        for i, at, rows in origins.by_series():
            steps = changes(prices.series(i)[: rows.max() + 1], difference_unit(unit))
            own = fitted.get(prices.symbols[i]) or Garch(deviation(steps[: rows[0]]))
            variances = own.variances(steps)[rows]
            ahead = np.stack([own.ahead(v, horizon) for v in variances.tolist()])
            location[at] = own.unit * own.mu * np.arange(1, horizon + 1)
            scale[at] = own.unit * np.sqrt(ahead * (own.dof - 2) / own.dof)
            dof[at] = own.dof
        size = actuals.step()[:, None]
        distribution = StudentT(location * size, scale * size, np.broadcast_to(dof, shape))
        return Predictive(actuals.priced(location * size), distribution)

    return forecast


def fit_series(arch: Any, steps: Float64Array) -> Garch:
    """The parameters of one series of changes, by maximum likelihood."""
    unit = deviation(steps)
    if len(steps) < LEAST:
        return Garch(unit)
    model = arch.arch_model(steps / unit, mean="Constant", vol="GARCH", dist="t", rescale=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the optimiser; what it finds is used as it is
        found = model.fit(disp="off", show_warning=False).params
    mu, omega, alpha, beta, dof = (float(value) for value in found)
    return Garch(unit, mu, omega, alpha, beta, dof)


def deviation(steps: Float64Array) -> float:
    """Root mean square of changes; 1 where nothing moved."""
    return float(np.sqrt(np.mean(steps**2))) or 1.0


def _library() -> Any:
    try:
        return importlib.import_module("arch")
    except ImportError as error:
        raise UsageError(
            f"{setting('baselines', 'garch-t')} needs an extra",
            remedy="run: pip install 'rnncli[baselines]'",
        ) from error
