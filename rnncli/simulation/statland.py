"""StatLand: an example market with a known rule, for teaching and tests.

Prices are low, medium or high: 0, 0.5, 1. Two days decide the next, more often than not:

    low,  low    -> low         low,  medium -> high    (even higher)
    high, medium -> low         high, high   -> high    (even lower, before)

The other five pairs have no rule. With probability `noise` a rule is not followed; then, and
without a rule, the next price is a uniform draw of the three.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnncli.arrays import Float64Array
from rnncli.runtime.random_numbers import generator

LOW, MEDIUM, HIGH = PRICES = (0.0, 0.5, 1.0)
RULES = {
    (LOW, LOW): LOW,
    (LOW, MEDIUM): HIGH,
    (HIGH, MEDIUM): LOW,
    (HIGH, HIGH): HIGH,
}
BLUE_DAYS, RED_DAYS = 9, 5


@dataclass(frozen=True)
class OneUnit:
    """A network of one input, one recurrent unit, one output, as plain numbers.

    y_t = f(w1 x_t + w2 y_{t-1} + b1),  out_t = w3 y_t + b2; the defaults answer StatLand's four
    rules after two days.
    """

    w1: float = 1.8
    w2: float = -0.5
    w3: float = 1.1
    b1: float = 0.0
    b2: float = 0.0
    activation: str = "relu"


def company(days: int, noise: float, rng: np.random.Generator) -> Float64Array:
    """Prices (days,) of one company, oldest first."""
    prices = list(rng.choice(PRICES, size=min(days, 2)))
    while len(prices) < days:
        rule = RULES.get((prices[-2], prices[-1]))
        lawful = rule is not None and rng.random() >= noise
        prices.append(rule if lawful else rng.choice(PRICES))
    return np.array(prices)


def market(
    companies: int, min_days: int, max_days: int, noise: float, seed: int
) -> Iterator[tuple[str, Float64Array]]:
    """Companies by name: blue with nine days, red with five, then `companies` of drawn lengths."""
    rng = generator(seed)
    yield "blue", company(BLUE_DAYS, noise, rng)
    yield "red", company(RED_DAYS, noise, rng)
    width = len(str(companies))
    for number in range(1, companies + 1):
        days = int(rng.integers(min_days, max_days + 1))
        yield f"company_{number:0{width}d}", company(days, noise, rng)


def expected_next(noise: float, pair: tuple[float, float] | None) -> float:
    """Mean of the next price: the best forecast by squared error; None: fewer than two days."""
    uniform = float(np.mean(PRICES))
    rule = RULES.get(pair) if pair is not None else None
    return uniform if rule is None else (1 - noise) * rule + noise * uniform
