"""What settings that were left open come to, together."""

from dataclasses import replace

from rnncli.settings import Loss, NetworkSettings, PrepareSettings, TrainSettings

OF_LATE = 0.94  # decay of RiskMetrics (1996) for daily returns
DISTRIBUTION: Loss = "student-t"
OVER_DEVIATION = (DISTRIBUTION, "gaussian", "quantile")  # losses that returns are best scaled for


def settled(
    preparing: PrepareSettings, shape: NetworkSettings, training: TrainSettings
) -> tuple[PrepareSettings, TrainSettings]:
    """The settings with nothing left open.

    Log returns are learnt as a distribution, over the deviation of late: of the losses there are,
    that is the best on real stocks held back (see the README). Prices, classes and the forms that
    forecast a path are learnt as points.
    """
    returns = preparing.scale == "log-return"
    open_ended = returns and preparing.bins is None and shape.mode == "seq2seq"
    loss = training.loss or (DISTRIBUTION if open_ended else training.cost)
    decay = preparing.volatility_decay
    if decay is None:
        decay = OF_LATE if returns and loss in OVER_DEVIATION else 0.0
    return replace(preparing, volatility_decay=decay), replace(training, loss=loss)
