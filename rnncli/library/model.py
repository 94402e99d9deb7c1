"""A model: train or load it, forecast, evaluate, explain, save.

`Model` is the model of `rnncli.models` with methods added. They are here and not there because
forecasts, evaluations and gradient reports are layers above a model.
"""

import os
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Unpack

from rnncli.errors import UsageError
from rnncli.evaluation.backtest import backtest
from rnncli.forecasting import predict
from rnncli.gradients.compare import subjects_from_models
from rnncli.gradients.explain import explain
from rnncli.library.keywords import (
    EvaluateKeywords,
    ExplainKeywords,
    PredictKeywords,
    RiskKeywords,
    TrainKeywords,
    checked_threads,
    settings_from,
    takes,
)
from rnncli.library.reading import by_period, checked, some_symbols, with_fields
from rnncli.library.results import Evaluation, Explanation, Forecast, GradientReport, Risk
from rnncli.models import model
from rnncli.models.prior import (
    fed,
    fields_to_read,
    is_prior,
    load_prior,
)
from rnncli.models.provenance import warn_of_period
from rnncli.prices.series import Prices
from rnncli.prices.summary import fresh
from rnncli.risk.holdings_file import Holdings, holdings_of
from rnncli.risk.measure import measure
from rnncli.runtime.threads import threads as started
from rnncli.settings import (
    EvaluateSettings,
    ExplainSettings,
    NetworkSettings,
    PredictSettings,
    PrepareSettings,
    ReadSettings,
    RiskSettings,
    RunSettings,
    TrainSettings,
)
from rnncli.training.fit import fit_model
from rnncli.training.state import Epoch
from rnncli.transforms.custom_inputs import with_fields_of
from rnncli.transforms.fields import FieldsToRead, fields_of_inputs, fields_to_train
from rnncli.transforms.market_medians import unknown_market

OnEpoch = Callable[[Epoch], None]


@dataclass(frozen=True, repr=False)
class Model(model.Model):
    """A trained network with all that a forecast needs: see `train` and `load`."""

    @takes(PredictKeywords, PredictSettings)
    def predict(
        self, prices: Prices, *, threads: int = 0, **settings: Unpack[PredictKeywords]
    ) -> Forecast:
        """Forecast the rows that follow the last one of every symbol.

        Keywords are the settings of `rnncli predict`: `horizon` in rows, `level` in percent.
        `threads`: 0 is one per core; the result is the same. A symbol that cannot be forecast gives
        a warning, and `Forecast.failed` the reason. Raises UsageError for a setting that does not
        fit, DataError if no symbol can be forecast.
        """
        (predicting,) = settings_from(PredictKeywords, settings, PredictSettings)
        prices = fresh(self._fed(prices, predicting.inputs), predicting.max_age, _warn)
        with started(checked_threads(threads)) as pool:
            forecast = predict.predict(self, prices, predicting, pool)
        for fault in forecast.failed.values():
            _warn(fault)
        return Forecast(**vars(forecast))

    @takes(EvaluateKeywords, EvaluateSettings)
    def evaluate(
        self,
        prices: Prices,
        *,
        threads: int = 0,
        on_epoch: OnEpoch | None = None,
        **settings: Unpack[EvaluateKeywords],
    ) -> Evaluation:
        """Forecast from past cutoffs and score the forecasts against those of baselines.

        Keywords are the settings of `rnncli evaluate`. If too few cutoffs are later than the
        training data, the same settings are trained again up to the first of them, with
        `on_epoch` called after each epoch. A symbol that cannot be forecast gives a warning. Raises
        UsageError for a setting that does not fit, DataError if nothing can be scored,
        DivergedError.
        """
        (evaluating,) = settings_from(EvaluateKeywords, settings, EvaluateSettings)
        prices = self._fed(prices, evaluating.inputs)
        running = RunSettings(threads=checked_threads(threads))
        evaluation = backtest(self, prices, evaluating, running, _warn, on_epoch or _ignore)
        for fault in evaluation.failed.values():
            _warn(fault)
        return Evaluation(**vars(evaluation))

    def gradients(
        self, prices: Prices, *, at: Literal["final", "init"] = "final", threads: int = 0
    ) -> GradientReport:
        """Report how gradients flow back through the network on prices, by parameter and by lag.

        `at`: the trained weights, or those before training. Raises UsageError for others, DataError
        if no series has a day with a known next day.
        """
        if at not in ("final", "init"):
            raise UsageError("is not a choice", option="at", value=at, remedy="use final, init")
        prices = fed(self._read(prices, fields_of_inputs(self.preparation.inputs)), self, None)
        subjects = subjects_from_models({"model": self}, at, prices, _warn, _warn)
        with started(checked_threads(threads)) as pool:
            report = subjects["model"].report(pool)
        return GradientReport(**vars(report))

    @takes(ExplainKeywords, ExplainSettings)
    def explain(
        self,
        prices: Prices,
        *,
        symbols: str | Sequence[str] | None = None,
        threads: int = 0,
        **settings: Unpack[ExplainKeywords],
    ) -> Explanation:
        """Explain what moved the interval of a row ahead, and its middle, by input and by row.

        Integrated gradients over the last `rows`; keywords are the settings of `rnncli explain`.
        `symbols`: those that are explained, by default all. A symbol that cannot be forecast gives
        a warning. Raises UsageError for a setting that does not fit the model and for a model that
        cannot be explained, DataError if no symbol can be forecast.
        """
        (explaining,) = settings_from(ExplainKeywords, settings, ExplainSettings)
        known = some_symbols(self._fed(prices, explaining.inputs), symbols)
        with started(checked_threads(threads)) as pool:
            explanation = explain(self, known, explaining, pool, _warn)
        return Explanation(**vars(explanation))

    @takes(RiskKeywords, RiskSettings)
    def risk(
        self,
        prices: Prices,
        holdings: Holdings | None = None,
        *,
        threads: int = 0,
        **settings: Unpack[RiskKeywords],
    ) -> Risk:
        """Value at risk and expected shortfall of every symbol, or of a portfolio.

        `holdings`: quantities by symbol, below zero if short (`{"AAPL": 100, "cash": 5000}`), or a
        file of `rnncli risk --holdings`. Keywords are the settings of `rnncli risk`. A symbol that
        cannot be forecast gives a warning. Raises UsageError for a setting that does not fit,
        DataError for holdings without prices.
        """
        (measuring,) = settings_from(RiskKeywords, settings, RiskSettings)
        held = None if holdings is None else holdings_of(holdings)
        known = fresh(self._fed(prices, measuring.inputs), measuring.max_age, _warn)
        with started(checked_threads(threads)) as pool:
            measured = measure(self, known, measuring, held, pool)
        for fault in measured.failed.values():
            _warn(fault)
        return Risk(**vars(measured))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model into a file, whole or not at all, for `load` and the command line.

        Raises CannotCreateError, WriteError.
        """
        model.save_model(os.fspath(path), self)

    def _fed(self, prices: Prices, choice: str | None) -> Prices:
        """Prices with the columns that the model is fed, see `fed`."""
        known = fed(self._read(prices, fields_to_read(self, choice)), self, choice)
        if unknown := unknown_market(known):
            _warn(unknown)
        return known

    def _read(self, prices: Prices, beside: FieldsToRead) -> Prices:
        """Prices by the period of rows that the model was trained on, with further columns."""
        prices = by_period(prices, self.settings.get("read", {}).get("resample"), _warn)
        prices = with_fields(prices, beside)
        if not is_prior(self):
            warn_of_period(prices.resample, self.settings, _warn)
        return prices

    def __repr__(self) -> str:
        network, symbols = self.network.architecture, self.record["symbols"]
        if is_prior(self):
            return f"<Model: the prior, {network.cell} of {network.hidden_size} units>"
        return (
            f"<Model: {network.cell} of {network.layers} x {network.hidden_size} units, trained on"
            f" {len(symbols)} symbols to {self.record['last_date'] or 'their last rows'}>"
        )


@takes(TrainKeywords, PrepareSettings, NetworkSettings, TrainSettings)
def train(
    prices: Prices,
    *,
    threads: int = 0,
    on_epoch: OnEpoch | None = None,
    **settings: Unpack[TrainKeywords],
) -> Model:
    """Train one network over all series of prices.

    Keywords are the settings of `rnncli train`, with its defaults. `threads`: 0 is one a core; the
    model is the same. `on_epoch` is called after each epoch with its losses, norms and rates. A
    series that cannot be learnt from is warned of. Raises UsageError for a setting that does not
    fit, DataError where no series can be learnt from, DivergedError where the loss does not stay
    finite.
    """
    preparing, shape, training = settings_from(
        TrainKeywords, settings, PrepareSettings, NetworkSettings, TrainSettings
    )
    preparing = with_fields_of(preparing, checked(prices))
    fitted = fit_model(
        with_fields(prices, fields_to_train(preparing, training)),
        ReadSettings(column=prices.column, resample=prices.resample),
        preparing,
        shape,
        training,
        RunSettings(threads=checked_threads(threads)),
        warn=_warn,
        fail=_warn,
        on_epoch=on_epoch or _ignore,
        given=settings.keys(),
    )
    return Model(**vars(fitted.model))


def prior(cell: Literal["gru", "rnn"] = "gru") -> Model:
    """The model that has learnt from simulated markets alone, and forecasts without training.

    `cell`: the better one, or the vanilla RNN of `train`. Raises UsageError for others.
    """
    return Model(**vars(load_prior(cell)))


def load(path: str | os.PathLike[str]) -> Model:
    """The model in a file that `Model.save` or `rnncli train` wrote.

    Raises MissingInputError, or ModelFileError for any changed byte.
    """
    return Model(**vars(model.load_model(os.fspath(path))))


@takes(EvaluateKeywords, EvaluateSettings)
def evaluate(
    model: Model,
    prices: Prices,
    *,
    threads: int = 0,
    on_epoch: OnEpoch | None = None,
    **settings: Unpack[EvaluateKeywords],
) -> Evaluation:
    """Score a model's forecasts from cutoffs in the past: see `Model.evaluate`."""
    given: object = model
    if not isinstance(given, Model):
        remedy = "give what train or load returned, then the prices"
        raise UsageError(f"is a {type(given).__name__}", option="model", remedy=remedy)
    return model.evaluate(prices, threads=threads, on_epoch=on_epoch, **settings)


def _warn(message: str) -> None:
    """Warn in the place that called the library: each call of a notebook shows its warnings."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals["__name__"].startswith("rnncli"):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, stacklevel=level)


def _ignore(_: Epoch) -> None:
    """Nobody watches the epochs."""
