"""Forecasts, evaluations and what is behind them as those of the stages, and as data frames."""

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rnncli.errors import UsageError
from rnncli.evaluation import result, score_tables
from rnncli.evaluation.verdict import words
from rnncli.forecasting import forecast
from rnncli.gradients import explanation, report
from rnncli.report.explanation_rows import COLUMNS, explanation_rows, input_rows
from rnncli.report.forecasts import forecast_report
from rnncli.report.risk import risk_report
from rnncli.risk import measure

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Forecast(forecast.Forecast):
    """Forecasts (n, horizon) of n symbols in their own unit, with their bounds by level.

    Its arrays are those of the forecast that the command line prints; `failed`: why symbols have
    no forecast.
    """

    def to_frame(self, style: Literal["rnncli", "nixtla"] = "rnncli") -> "pd.DataFrame":
        """A row a symbol and row ahead, with the columns of the CSV of `rnncli predict`.

        With `style="nixtla"`: unique_id, ds, y_hat, and y_hat-lo-80, y_hat-hi-80 for each level.
        `cutoff` and `date` are datetime64, or row numbers where a series has no dates; bounds that
        are not known are NaN. Raises UsageError for another style.
        """
        if style not in ("rnncli", "nixtla"):
            raise UsageError(
                "is not a choice", option="style", value=style, remedy="use rnncli, nixtla"
            )
        shown = forecast_report(self, names=style)
        frame = _frame(list(shown.rows()), list(shown.columns))
        if not np.isnat(self.cutoffs).any():
            for name in {"cutoff", "date", "ds"}.intersection(frame.columns):
                frame[name] = frame[name].astype("datetime64[s]")
        return frame

    def __repr__(self) -> str:
        return f"<Forecast of {len(self.symbols)} symbols, {self.forecasts.shape[1]} rows ahead>"


@dataclass(frozen=True, repr=False)
class Evaluation(result.Evaluation):
    """Scores of a model and of baselines, from every cutoff that was forecast from."""

    @property
    def verdict(self) -> str:
        """What the scores show of the model, in words."""
        return words(self)

    def to_frame(self, by: Literal["ahead", "symbol"] = "ahead") -> "pd.DataFrame":
        """A row a method and row ahead, with the columns of the CSV of `rnncli evaluate`.

        With `by="symbol"`: a row a symbol and row ahead, errors in price. Errors are in the unit of
        the scores, coverages are shares, p-values are of the Diebold-Mariano test against the
        model; NaN where nothing is known. Raises UsageError for another grouping.
        """
        tables = {"ahead": score_tables.table, "symbol": score_tables.by_symbol}
        if by not in tables:
            raise UsageError("is not a choice", option="by", value=by, remedy="use ahead, symbol")
        return _frame(tables[by](self))

    def __repr__(self) -> str:
        methods = ", ".join(self.scores)
        return f"<Evaluation of {methods} from {len(self.cutoffs)} cutoffs: {self.verdict}>"


@dataclass(frozen=True, repr=False)
class GradientReport(report.GradientReport):
    """How gradients flow through a model: by parameter, by lag, with the verdict and a remedy."""

    def to_frame(self, of: Literal["lags", "parameters"] = "lags") -> "pd.DataFrame":
        """One row per lag (norm, relative to lag 0, number of series that long), or per parameter.

        Raises UsageError for anything else.
        """
        if of == "parameters":
            return _frame([asdict(parameter) for parameter in self.parameters])
        if of != "lags":
            raise UsageError(
                "is not a choice", option="of", value=of, remedy="use lags, parameters"
            )
        norms = zip(self.lags.norm, self.lags.relative, self.lags.series.astype(int), strict=True)
        return _frame(
            [(lag, *row) for lag, row in enumerate(norms)], ["lag", "norm", "relative", "series"]
        )

    def __repr__(self) -> str:
        return f"<GradientReport: {self.verdict}: {self.reason}>"


@dataclass(frozen=True, repr=False)
class Explanation(explanation.Explanation):
    """What moved the forecasts of a row ahead, by symbol, row and input."""

    def to_frame(self, by: Literal["row", "input"] = "row") -> "pd.DataFrame":
        """One row per symbol, row of prices and input; columns as in the CSV of `rnncli explain`.

        `range`: the effect on the logarithm of the width, which adds up; `forecast`: on the middle.
        With `by="input"`: one row per symbol and input, with its fraction of all effects. Raises
        UsageError for another grouping.
        """
        if by == "input":
            return _frame(list(input_rows(self)))
        if by != "row":
            raise UsageError("is not a choice", option="by", value=by, remedy="use row, input")
        frame = _frame(list(explanation_rows(self)), list(COLUMNS))
        if not any(np.isnat(one.dates).any() for one in self.symbols):
            frame["date"] = frame["date"].astype("datetime64[s]")
        return frame

    def __repr__(self) -> str:
        return f"<Explanation of {len(self.symbols)} symbols, row {self.ahead} ahead>"


@dataclass(frozen=True, repr=False)
class Risk(measure.Risk):
    """Values at risk and expected shortfalls, by line, row ahead and confidence level."""

    def to_frame(self) -> "pd.DataFrame":
        """A row a line, row ahead and confidence, with the columns of the CSV of `rnncli risk`."""
        shown = risk_report(self)
        return _frame(list(shown.rows()), list(shown.columns))

    def __repr__(self) -> str:
        return f"<Risk of {len(self.lines)} lines, {', '.join(map(str, self.aheads))} rows ahead>"


def _frame(rows: list[Any], columns: list[str] | None = None) -> "pd.DataFrame":
    """Rows as a frame of Pandas, which is loaded where one is asked for."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(rows, columns=columns)
