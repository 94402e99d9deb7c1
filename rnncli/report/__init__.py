"""Results as tables and pictures for people, as CSV and JSON for programs; computes nothing.

A result goes in; a `Report` with all of its forms comes out, and one module writes it.

    text             foreign text made harmless
    output           writes results
    tables           how tables look
    parquet          forecasts as a Parquet file (an extra)
    fan_chart        data of the chart of a forecast
    copies_picture   an unrolled network as a picture
    heat_map         data of the map of gradients by lag and epoch
    charts           charts on a terminal
    figures          figures as PNG or SVG (an extra)
    network_diagram  diagram of a sequence mode
    forecasts        what `predict` prints
    forecast_summary  its summary, a row a symbol
    training         what `train` prints
    per_symbol       what `train --per-series` prints
    units            units of errors
    evaluation       what `evaluate` prints
    group_tables     scores by symbol, month or row ahead
    risk             what `risk` prints
    risk_tables      its tables
    risk_backtest    what `risk --backtest` prints
    joint            what `evaluate --joint` prints
    explanation      what `explain` prints
    explanation_rows  the same in plain values
    explanation_tables  its tables
    gradients        what `gradients` and `unroll` print
    companies        what `statland --chart` shows
    epochs           what `gradients --at epochs` prints
    unroll_steps     what `unroll --step` shows: every step forward and back, in words
    inspection       what `inspect` prints
    simulation       what `simulate` prints
    score            what `score` prints
    portfolio_score  what `score --portfolios` prints
    nightly          what `batch` prints
    upkeep           what `ledger` and `upgrade` print
    diagnostics      what `warmup`, `doctor` and `schema` print
    guide            what `help` prints
    schemas          JSON Schemas of all of these
    page/            the same as one HTML page (an extra)
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.report.diagnostics import doctor_report, warmup_report
    from rnncli.report.evaluation import evaluation_report, placebo_report
    from rnncli.report.explanation import explanation_report
    from rnncli.report.fan_chart import Fan, fans
    from rnncli.report.figures import coverage_figure, forecast_figure, lag_figure
    from rnncli.report.forecasts import forecast_report, samples_report
    from rnncli.report.gradients import comparison_report, gradients_report, unroll_report
    from rnncli.report.inspection import market_report, model_report, prices_report
    from rnncli.report.joint import joint_report
    from rnncli.report.nightly import job_report
    from rnncli.report.output import Report, write_parts, write_report
    from rnncli.report.per_symbol import fleet_report
    from rnncli.report.portfolio_score import portfolio_report
    from rnncli.report.risk import marks_report, risk_report, stress_report
    from rnncli.report.risk_backtest import risk_backtest_report
    from rnncli.report.score import export_report, ledger_report
    from rnncli.report.simulation import simulation_report, statistics_report
    from rnncli.report.training import training_report
    from rnncli.report.upkeep import upgrade_report, upkeep_report

__all__ = [
    "Fan",
    "Report",
    "comparison_report",
    "coverage_figure",
    "doctor_report",
    "evaluation_report",
    "explanation_report",
    "export_report",
    "fans",
    "fleet_report",
    "forecast_figure",
    "forecast_report",
    "gradients_report",
    "job_report",
    "joint_report",
    "lag_figure",
    "ledger_report",
    "market_report",
    "marks_report",
    "model_report",
    "placebo_report",
    "portfolio_report",
    "prices_report",
    "risk_backtest_report",
    "risk_report",
    "samples_report",
    "simulation_report",
    "statistics_report",
    "stress_report",
    "training_report",
    "unroll_report",
    "upgrade_report",
    "upkeep_report",
    "warmup_report",
    "write_parts",
    "write_report",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "output": ("Report", "write_parts", "write_report"),
        "fan_chart": ("Fan", "fans"),
        "figures": ("coverage_figure", "forecast_figure", "lag_figure"),
        "forecasts": ("forecast_report", "samples_report"),
        "training": ("training_report",),
        "per_symbol": ("fleet_report",),
        "evaluation": ("evaluation_report", "placebo_report"),
        "explanation": ("explanation_report",),
        "gradients": ("comparison_report", "gradients_report", "unroll_report"),
        "inspection": ("market_report", "model_report", "prices_report"),
        "simulation": ("simulation_report", "statistics_report"),
        "portfolio_score": ("portfolio_report",),
        "risk": ("marks_report", "risk_report", "stress_report"),
        "risk_backtest": ("risk_backtest_report",),
        "score": ("export_report", "ledger_report"),
        "joint": ("joint_report",),
        "nightly": ("job_report",),
        "diagnostics": ("doctor_report", "warmup_report"),
        "upkeep": ("upgrade_report", "upkeep_report"),
    },
)
