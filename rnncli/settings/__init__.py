"""The settings of every stage: one frozen dataclass each, and the only place a default is written.

A field is `Annotated[type, Option(help)]`; the command line, the environment names, the
TOML keys and the listing of `inspect` are all made from these classes. Imports nothing heavy:
`rnncli --help` reads this module and no other stage.
"""

from typing import TYPE_CHECKING

from rnncli import lazy

if TYPE_CHECKING:
    from rnncli.settings.forecasts import (
        EvaluateSettings,
        GroupSettings,
        LedgerSettings,
        PredictSettings,
        ScoreSettings,
        StateSettings,
    )
    from rnncli.settings.gradients import CompareSettings, ExplainSettings, UnrollSettings
    from rnncli.settings.nightly import (
        DeliverySettings,
        FeedSettings,
        KeepSettings,
        MonitorSettings,
        PlaceSettings,
        PortfolioSettings,
        RetrainSettings,
        WindowSettings,
    )
    from rnncli.settings.option import Loss, Option
    from rnncli.settings.output import (
        DoctorSettings,
        LogSettings,
        NamingSettings,
        OutputSettings,
        PictureSettings,
        ResultSettings,
        RunSettings,
        SummarySettings,
    )
    from rnncli.settings.page import HtmlSettings, ReportSettings
    from rnncli.settings.prices import MarketSettings, ReadSettings, SimulationSettings
    from rnncli.settings.risk import RiskSettings, RiskTestSettings, StressSettings
    from rnncli.settings.training import NetworkSettings, PrepareSettings, TrainSettings
    from rnncli.settings.training_run import CheckpointSettings, FleetSettings, WorkerSettings

__all__ = [
    "CheckpointSettings",
    "CompareSettings",
    "DeliverySettings",
    "DoctorSettings",
    "EvaluateSettings",
    "ExplainSettings",
    "FeedSettings",
    "FleetSettings",
    "GroupSettings",
    "HtmlSettings",
    "KeepSettings",
    "LedgerSettings",
    "LogSettings",
    "Loss",
    "MarketSettings",
    "MonitorSettings",
    "NamingSettings",
    "NetworkSettings",
    "Option",
    "OutputSettings",
    "PictureSettings",
    "PlaceSettings",
    "PortfolioSettings",
    "PredictSettings",
    "PrepareSettings",
    "ReadSettings",
    "ReportSettings",
    "ResultSettings",
    "RetrainSettings",
    "RiskSettings",
    "RiskTestSettings",
    "RunSettings",
    "ScoreSettings",
    "SimulationSettings",
    "StateSettings",
    "StressSettings",
    "SummarySettings",
    "TrainSettings",
    "UnrollSettings",
    "WindowSettings",
    "WorkerSettings",
]

__getattr__, __dir__ = lazy(
    __name__,
    {
        "forecasts": (
            "EvaluateSettings", "GroupSettings", "LedgerSettings", "PredictSettings",
            "ScoreSettings", "StateSettings",
        ),
        "gradients": ("CompareSettings", "ExplainSettings", "UnrollSettings"),
        "nightly": (
            "DeliverySettings", "FeedSettings", "KeepSettings", "MonitorSettings",
            "PlaceSettings", "PortfolioSettings", "RetrainSettings", "WindowSettings",
        ),
        "option": ("Loss", "Option"),
        "output": (
            "DoctorSettings", "LogSettings",
            "NamingSettings", "OutputSettings", "PictureSettings", "ResultSettings",
            "RunSettings", "SummarySettings",
        ),
        "page": ("HtmlSettings", "ReportSettings"),
        "prices": ("MarketSettings", "ReadSettings", "SimulationSettings"),
        "risk": ("RiskSettings", "RiskTestSettings", "StressSettings"),
        "training": ("NetworkSettings", "PrepareSettings", "TrainSettings"),
        "training_run": ("CheckpointSettings", "FleetSettings", "WorkerSettings"),
    },
)  # fmt: skip
