"""A model as pages show it: how gradients flow through it, and did so while it was trained."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnncli.models.model import Model
    from rnncli.prices.series import Prices
    from rnncli.report.page.content import Network
    from rnncli.settings import RunSettings

GRADIENT_SERIES = 32  # that gradients are measured on: more take long and say the same
GRADIENT_EPOCHS = 12  # with a checkpoint that they are measured after


def network_of(
    name: str, model: "Model", prices: "Prices", running: "RunSettings",
    warn: Callable[[str], None], missing: dict[str, str],
) -> "Network":  # fmt: skip
    """A model with its gradients, and those after epochs that have a checkpoint.

    If no series will do it has none, and `missing` gets the reason.
    """
    from rnncli.errors import DataError
    from rnncli.report.page.content import Network

    try:
        return _with_gradients(name, model, prices, running, warn)
    except DataError as fault:
        missing["gradients"] = str(fault)
        warn(f"the page has no gradients: {fault}")
        return Network(name, model)


def _with_gradients(
    name: str, model: "Model", prices: "Prices", running: "RunSettings", warn: Callable[[str], None]
) -> "Network":
    """Over some of the series where there are many, and after some epochs."""
    from rnncli.gradients.compare import after_epochs, subjects_from_models
    from rnncli.report.page.content import Network
    from rnncli.runtime.threads import threads
    from rnncli.training.checkpoints import networks_by_epoch

    count = len(prices.symbols)
    some = _spread(count, GRADIENT_SERIES)
    chosen = prices.subset(some) if len(some) < count else prices
    networks = networks_by_epoch(name, model)
    epochs = [list(networks)[k] for k in _spread(len(networks), GRADIENT_EPOCHS)]
    with threads(running.threads) as pool:
        (subject,) = subjects_from_models({name: model}, None, chosen, warn, warn).values()
        gradients = subject.report(pool)
        earlier = after_epochs(subject, model, {epoch: networks[epoch] for epoch in epochs})
        by_epoch = {epoch: one.report(pool) for epoch, one in earlier.items()}
    series = (len(some), count) if len(some) < count else None
    return Network(name, model, gradients, series, by_epoch)


def _spread(count: int, most: int) -> list[int]:
    """At most `most` of the numbers below `count`, evenly spaced, with the last one."""
    return sorted({(k + 1) * count // most - 1 for k in range(most) if (k + 1) * count >= most})
